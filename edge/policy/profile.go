package policy

// DefaultHeuristicFraction is the share of a response's age since its last modification for which
// a cache may guess it fresh (RFC 9111, section 4.2.2).
const DefaultHeuristicFraction = 0.10

// Profile is the kind of cache that a policy is evaluated for. Its zero value is a private cache
// that never guesses.
type Profile struct {
	// Name stands in reports, such as "rfc9111".
	Name string
	// Shared is true for a cache that serves more than one user.
	Shared bool
	// Targets are the targeted fields that the cache reads (RFC 9213), most specific first.
	Targets []string
	// HeuristicFraction is the share of Date minus Last-Modified that a cache guesses as lifetime.
	HeuristicFraction float64
}

// RFC9111 returns the profile of a shared cache by the letter of RFC 9111: no targeted field.
func RFC9111() Profile {
	return Profile{Name: "rfc9111", Shared: true, HeuristicFraction: DefaultHeuristicFraction}
}

// CDN returns the profile of a shared cache that reads CDN-Cache-Control (RFC 9213, section 3).
func CDN() Profile {
	p := RFC9111()
	p.Name, p.Targets = "cdn", []string{"CDN-Cache-Control"}
	return p
}

// Browser returns the profile of a visitor's private cache.
func Browser() Profile {
	return Profile{Name: "browser", HeuristicFraction: DefaultHeuristicFraction}
}
