package policy

import "time"

// Basis names what decided a lifetime.
type Basis string

// The bases, in the order in which they are looked for.
const (
	BasisEdgeTTL   Basis = "edge-ttl"        // a rule of the CDN that was declared
	BasisAccel     Basis = "x-accel-expires" // nginx's own field
	BasisSurrogate Basis = "surrogate"       // a field for surrogates, such as Surrogate-Control
	BasisMinTTL    Basis = "min-ttl"         // the header states less than the cache's least
	BasisMaxTTL    Basis = "max-ttl"         // the header states more than the cache's most
	BasisSMaxage   Basis = "s-maxage"
	BasisMaxAge    Basis = "max-age"
	BasisExpires   Basis = "expires"
	BasisDefault   Basis = "default"   // the cache's default for what states nothing
	BasisHeuristic Basis = "heuristic" // the cache guesses from Last-Modified
	BasisNone      Basis = "none"      // nothing says how long
	BasisUnknown   Basis = "unknown"   // see Policy.Unknown
)

// The reasons why a response is not storable.
const (
	ReasonMethod        = "method"        // not GET or HEAD, or POST without what it needs
	ReasonRequest       = "request"       // the request says no-store, or has a field that the cache passes
	ReasonStatus        = "status"        // not final, or not understood
	ReasonNoStore       = "no-store"      // the policy forbids it
	ReasonPrivate       = "private"       // the policy forbids it to shared caches
	ReasonAuthorization = "authorization" // the request had credentials and nothing permits sharing
	ReasonNoFreshness   = "no-freshness"  // nothing permits to store this status
)

// The reasons of named caches.
const (
	ReasonNotEligible = "not-eligible" // the cache's rules leave such a URL out
	ReasonTooLarge    = "too-large"    // above the largest object that the cache keeps
	ReasonNoCache     = "no-cache"     // the cache takes it for no-store
	ReasonSetCookie   = "set-cookie"   // the cache stores nothing with this field
	ReasonField       = "field"        // the cache stores nothing with some other field
	ReasonVary        = "vary"         // a member of Vary that the cache refuses
	ReasonStale       = "stale"        // stale on arrival, and the cache stores no such thing
	ReasonUnknown     = "unknown"      // see Policy.Unknown
)

// State is what a stored response is good for at an instant.
type State string

// The states.
const (
	StateFresh State = "fresh" // reused without asking
	StateSWR   State = "swr"   // sent stale while a refresh runs behind (RFC 5861, section 3)
	StateStale State = "stale" // needs a successful validation
)

// Policy is what a response says about its own caching, for one kind of cache.
type Policy struct {
	// Profile is the name of the profile that it was evaluated for.
	Profile string
	// Field is the field that decided: a target, Cache-Control, or empty when there is none.
	Field string
	// Directives are the members of Field as written.
	Directives Directives
	// Storable is whether the cache may keep the response; Reason is why not, one of the Reason
	// constants, empty when it may.
	Storable bool
	Reason   string
	// Lifetime is how long the response is fresh from its generation on, whether storable or not;
	// Basis is what decided it.
	Lifetime time.Duration
	Basis    Basis
	// Explicit is true when s-maxage, max-age or Expires decided, valid or not.
	Explicit bool
	// AgeValue is what the Age field says, 0 when it says nothing valid. CorrectedAge is the age on
	// arrival, ApparentAge the more cautious Date-based one.
	AgeValue, CorrectedAge, ApparentAge time.Duration
	// Received is when the response arrived.
	Received time.Time
	// NoCache is true for an unqualified no-cache: every use needs a validation.
	NoCache bool
	// StaleForbidden is true when must-revalidate, or for shared caches proxy-revalidate or
	// s-maxage, rules out every use of a stale copy.
	StaleForbidden bool
	// SWR and SIE are the windows of stale-while-revalidate and stale-if-error as declared; see
	// StaleForbidden and NoCache for whether they are in force.
	SWR, SIE time.Duration
	// Immutable is true when the policy says so (RFC 8246).
	Immutable bool
	// VaryAny is true when Vary has the member "*": no other request ever matches.
	VaryAny bool
	// Unknown is why the profile's answer is not known, empty when it is. StorableKnown and
	// LifetimeKnown say which answer is meant: one that is not known is the cautious one, not
	// storable for ReasonUnknown and a Lifetime of 0 for BasisUnknown.
	Unknown                      string
	StorableKnown, LifetimeKnown bool

	input input // for Deviations
}

// Age returns the response's age at now (RFC 9111, section 4.2.3), never less than on arrival.
func (p Policy) Age(now time.Time) time.Duration {
	return saturate(p.CorrectedAge + saturate(now.Sub(p.Received)))
}

// Fresh reports whether the response is fresh at now (RFC 9111, section 4.2): its lifetime is
// greater than its age.
func (p Policy) Fresh(now time.Time) bool { return p.Lifetime > p.Age(now) }

// FreshUntil returns the instant at which the response stops being fresh; it lies before the
// arrival when the response came stale.
func (p Policy) FreshUntil() time.Time { return p.Received.Add(p.Lifetime - p.CorrectedAge) }

// Remaining returns how long the response stays fresh after now; negative when it is stale.
func (p Policy) Remaining(now time.Time) time.Duration { return p.Lifetime - p.Age(now) }

// SWRInForce reports whether a stale copy may be sent while a refresh runs behind.
func (p Policy) SWRInForce() bool { return p.SWR > 0 && !p.NoCache && !p.StaleForbidden }

// State returns what the stored response is good for at now while the origin answers.
func (p Policy) State(now time.Time) State {
	switch {
	case !p.Reusable():
		return StateStale
	case p.Fresh(now):
		return StateFresh
	case p.SWRInForce() && -p.Remaining(now) <= p.SWR:
		return StateSWR
	}
	return StateStale
}

// ServesOnError reports whether the stored response may be sent at now when the origin fails with
// 500, 502, 503 or 504, or cannot be reached (RFC 5861, section 4).
func (p Policy) ServesOnError(now time.Time) bool {
	switch {
	case !p.Reusable() && !p.reusableOnError():
		return false
	case !p.NoCache && p.Fresh(now):
		return true
	}
	return !p.StaleForbidden && (p.input.profile.servesStale() || p.SIE > 0 && -p.Remaining(now) <= p.SIE)
}

// Reusable reports whether any later request can be answered without asking the origin, as long
// as the copy is fresh.
func (p Policy) Reusable() bool { return p.Storable && !p.NoCache && !p.VaryAny }

// saturate keeps a delta within 0 and 2^31 seconds.
func saturate(d time.Duration) time.Duration {
	return max(0, min(d, maxSeconds*time.Second))
}
