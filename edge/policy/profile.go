package policy

import "slices"

// DefaultHeuristicFraction is the share of a response's age since its last modification for which
// a cache may guess it fresh (RFC 9111, section 4.2.2).
const DefaultHeuristicFraction = 0.10

// Profile is the kind of cache that a policy is evaluated for: RFC 9111 and, one by one, the
// deviations of a named cache. Its zero value is a private cache by the letter of RFC 9111 that
// never guesses. Safe for concurrent use; nothing changes a profile once it is made.
type Profile struct {
	// Name stands in reports, such as "rfc9111".
	Name string
	// Shared is true for a cache that serves more than one user.
	Shared bool
	// Targets are the targeted fields that the cache reads (RFC 9213), most specific first.
	Targets []string
	// HeuristicFraction is the share of Date minus Last-Modified that a cache guesses as lifetime.
	HeuristicFraction float64

	base       *Profile // where the deviations start; nil means here
	mode       string   // the cache mode whose deviations are in force
	deviations []deviation
	behaviour  *Behaviour // nil behaves as the zero value
}

// Fact is something that a cache does otherwise than RFC 9111 says, and where that stands. CDNs
// change and their documents disagree, so a fact has a date.
type Fact struct {
	// ID names the fact, such as "cloudflare-extensions". It never changes.
	ID string `json:"id"`
	// Says is what the cache does, for people.
	Says string `json:"says"`
	// Source is the document, code or measurement that says so.
	Source string `json:"source"`
	// Read is when the source was read: YYYY-MM-DD, YYYY-MM or YYYY.
	Read string `json:"read"`
}

// deviation is a fact with its effect.
type deviation struct {
	fact Fact
	// mode is the cache mode under which it holds; empty is every mode.
	mode string
	set  func(*Profile, *Behaviour)
}

// RFC9111 returns the profile of a shared cache by the letter of RFC 9111: no targeted field.
func RFC9111() Profile {
	return Profile{Name: "rfc9111", Shared: true, HeuristicFraction: DefaultHeuristicFraction}
}

// Browser returns the profile of a visitor's private cache.
func Browser() Profile {
	return Profile{Name: "browser", HeuristicFraction: DefaultHeuristicFraction}
}

// CDN returns the profile of a shared cache that reads CDN-Cache-Control (RFC 9213, section 3).
func CDN() Profile {
	return shared("cdn", "", deviation{
		fact: Fact{ID: "cdn-targets", Says: "reads CDN-Cache-Control before Cache-Control", Source: "RFC 9213, section 3.1", Read: "2026-11"},
		set:  targets("CDN-Cache-Control"),
	})
}

// Named returns the profile of that name; see [Names].
func Named(name string) (Profile, bool) {
	for _, p := range profiles() {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}

// Names returns the names of all profiles, sorted.
func Names() []string {
	var names []string
	for _, p := range profiles() {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// profiles are all profiles that have a name.
func profiles() []Profile {
	return slices.Concat([]Profile{RFC9111(), Browser(), CDN()}, cdns(), servers())
}

// IsRFC9111 reports whether the cache does what RFC 9111 says to a shared one, by the letter and with
// nothing declared.
func (p Profile) IsRFC9111() bool { return p.Shared && len(p.Targets) == 0 && len(p.deviations) == 0 }

// Facts returns how the cache deviates from RFC 9111, in the order in which the facts apply.
func (p Profile) Facts() []Fact {
	var facts []Fact
	for _, d := range p.deviations {
		if d.holds(p.mode) {
			facts = append(facts, d.fact)
		}
	}
	return facts
}

// Behaviour returns how the cache deviates, as values; its slices and pointers are not to be
// changed.
func (p Profile) Behaviour() Behaviour {
	if p.behaviour == nil {
		return Behaviour{}
	}
	return *p.behaviour
}

// holds reports whether the deviation is in force under a cache mode.
func (d deviation) holds(mode string) bool { return d.mode == "" || d.mode == mode }

// shared builds the profile of a named shared cache.
func shared(name, mode string, ds ...deviation) Profile {
	base := RFC9111()
	base.Name = name
	return base.deviate(mode, ds)
}

// deviate returns the profile with these deviations instead of its own.
func (p Profile) deviate(mode string, ds []deviation) Profile {
	base := &p
	if p.base != nil {
		base = p.base
	}
	q := *base
	q.base, q.mode, q.deviations, q.behaviour = base, mode, ds, &Behaviour{}
	for _, d := range ds {
		if d.holds(mode) {
			d.set(&q, q.behaviour)
		}
	}
	return q
}

// targets makes the cache read targeted fields.
func targets(fields ...string) func(*Profile, *Behaviour) {
	return func(p *Profile, _ *Behaviour) { p.Targets = fields }
}

// does makes a deviation of behaviour.
func does(set func(*Behaviour)) func(*Profile, *Behaviour) {
	return func(_ *Profile, b *Behaviour) { set(b) }
}

// doubts makes a deviation whose effect is not known under a condition.
func doubts(ds ...Doubt) func(*Profile, *Behaviour) {
	return does(func(b *Behaviour) { b.Doubts = slices.Concat(b.Doubts, ds) })
}
