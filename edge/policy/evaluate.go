package policy

import (
	"slices"
	"strings"
	"time"
)

// Request is what was asked.
type Request struct {
	Method string // empty means GET
	// URL is what was asked for, absolute or from the path on; empty means unknown. Only profiles
	// of caches that go by the path's extension read it.
	URL    string
	Header [][2]string
}

// Response is what was answered: the header pairs as received.
type Response struct {
	Status int
	Header [][2]string
}

// input is everything that a policy depends on.
type input struct {
	request             Request
	response            Response
	requested, received time.Time
	profile             Profile
}

// evaluation is one call of Evaluate.
type evaluation struct {
	*input

	policy    *Policy
	behaviour *Behaviour
	fields    *fields
}

// Evaluate applies RFC 9111 to one response: whether a cache of the profile's kind may store it,
// for how long it is fresh, and how old it was on arrival; then the profile's deviations.
// Requested and received are when the request was written and when the answer began. It reads
// every input and never fails: what cannot be understood makes a response stale, as the RFC asks.
func Evaluate(req Request, res Response, requested, received time.Time, p Profile) Policy {
	pol := Policy{
		Profile: p.Name, Received: received, Basis: BasisNone, StorableKnown: true, LifetimeKnown: true,
		input: input{request: req, response: res, requested: requested, received: received, profile: p},
	}
	// What an evaluation only needs itself stays on the stack.
	var plain Behaviour
	var gathered fields
	e := evaluation{input: &pol.input, policy: &pol, behaviour: p.behaviour, fields: &gathered}
	if e.behaviour == nil {
		e.behaviour = &plain
	}
	gathered.gather(res.Header)
	if e.ignoresExpires() {
		e.fields.expires = lines{}
	}
	e.choose()
	e.directives()
	pol.Reason = e.whyNot()
	e.lifetime()
	e.ages()
	if p.behaviour != nil {
		e.override()
	}
	pol.Storable = pol.Reason == ""
	return pol
}

// choose picks the policy field: the first usable target (RFC 9213, section 2.2), else
// Cache-Control. With a target, neither Cache-Control nor Expires counts any more.
func (e *evaluation) choose() {
	for _, target := range e.profile.Targets {
		var found lines
		found.values(e.response.Header, target)
		if found.n == 0 {
			continue
		}
		if ds, ok := LexTargeted(found.all()); ok {
			e.policy.Field, e.policy.Directives = target, ds
			e.fields.expires = lines{}
			return
		}
	}
	if e.fields.cacheControl.n > 0 && !has(e.response.Header, e.behaviour.Hiders) {
		e.policy.Field = "Cache-Control"
		e.policy.Directives = Lex(e.fields.cacheControl.all())
	}
}

// first returns the directive of that lower-case name that counts for this cache, or nil.
func (e *evaluation) first(name string) *Directive {
	b := e.behaviour
	if slices.Contains(b.Ignores, name) {
		return nil
	}
	var found *Directive
	ds := e.policy.Directives
	for i := range ds {
		if !ds[i].Is(name) || !e.counts(&ds[i], name) {
			continue
		}
		if found == nil || b.LastWins || b.LastLineWins && ds[i].Line > found.Line {
			found = &ds[i]
		}
	}
	return found
}

// counts reports whether a directive that is one of that lower-case name is one to this cache.
func (e *evaluation) counts(d *Directive, name string) bool {
	b := e.behaviour
	return (!b.CaseSensitive || d.Name == name) && (!isDelta(name) || !b.Number.skips(d))
}

// has reports whether the directive is present and counts.
func (e *evaluation) has(name string) bool { return e.first(name) != nil }

// unqualified reports whether the directive counts and has no list of field names in any of its
// occurrences: of two that conflict, the more restrictive holds (RFC 9111, section 4.2.1).
func (e *evaluation) unqualified(name string) bool {
	b := e.behaviour
	if slices.Contains(b.Ignores, name) {
		return false
	}
	ds := e.policy.Directives
	for i := range ds {
		if ds[i].Is(name) && e.counts(&ds[i], name) && (!ds[i].qualified() || slices.Contains(b.Unqualifies, name)) {
			return true
		}
	}
	return false
}

// delta returns the seconds of a directive; absent or invalid is 0.
func (e *evaluation) delta(name string) time.Duration {
	d := e.first(name)
	if d == nil {
		return 0
	}
	n, _ := e.behaviour.Number.seconds(d)
	return time.Duration(n) * time.Second
}

// directives reads what the policy says beside lifetimes.
func (e *evaluation) directives() {
	p := e.policy
	p.NoCache = e.unqualified("no-cache") || e.pragma(PragmaNoCache) ||
		e.fields.cacheControl.n == 0 && e.pragma(PragmaAlone)
	p.Immutable = e.has("immutable")
	b := e.behaviour
	p.StaleForbidden = !b.StaleDespiteRevalidate && (e.has("must-revalidate") || e.profile.Shared && e.has("proxy-revalidate")) ||
		!b.StaleDespiteSMaxage && e.profile.Shared && e.has("s-maxage")
	p.SWR = e.delta("stale-while-revalidate")
	p.SIE = e.delta("stale-if-error")
	p.VaryAny = e.fields.varyAny
}

// lifetime follows RFC 9111, section 4.2.1: the first match decides, even when it is invalid.
func (e *evaluation) lifetime() {
	p := e.policy
	switch {
	case e.profile.Shared && e.has("s-maxage"):
		p.Basis, p.Lifetime = BasisSMaxage, e.delta("s-maxage")
	case e.has("max-age"):
		p.Basis, p.Lifetime = BasisMaxAge, e.delta("max-age")
	case e.fields.expires.n > 0:
		p.Basis, p.Lifetime = BasisExpires, e.expires()
	case e.fields.hasLM && (HeuristicStatus(e.response.Status) || e.has("public")):
		p.Basis, p.Lifetime = BasisHeuristic, e.guess()
	}
	if e.behaviour.LongerExpires {
		if longer := e.expires(); longer > p.Lifetime {
			p.Basis, p.Lifetime = BasisExpires, longer
		}
	}
	p.Explicit = p.Basis != BasisNone && p.Basis != BasisHeuristic
}

// expires is Expires minus Date; 0 for a bad date or more than one line.
func (e *evaluation) expires() time.Duration {
	if e.fields.expires.n != 1 && !e.behaviour.FirstExpires {
		return 0
	}
	t, err := ParseDate(trim(e.fields.expires.few[0]), e.received)
	if err != nil {
		return 0
	}
	generated := e.generated()
	inStep := e.received.Sub(generated).Abs() < e.behaviour.ClockSkew && !t.Before(generated)
	if e.behaviour.ExpiresFromArrival || inStep {
		return saturate(t.Sub(e.received))
	}
	return saturate(t.Sub(generated))
}

// guess is the heuristic lifetime (RFC 9111, section 4.2.2).
func (e *evaluation) guess() time.Duration {
	b := e.behaviour
	if b.NoGuessForQuery && e.hasQuery() {
		return 0
	}
	modified, err := ParseDate(e.fields.lastModified, e.received)
	if err != nil {
		return 0
	}
	since := saturate(e.generated().Sub(modified))
	guess := saturate(time.Duration(float64(since) * e.profile.HeuristicFraction).Truncate(time.Second))
	if b.MaxGuess > 0 {
		guess = min(guess, b.MaxGuess)
	}
	return max(guess, b.MinGuess)
}

// generated is the Date of the response, or when it arrived.
func (e *evaluation) generated() time.Time {
	if !e.fields.hasDate {
		return e.received
	}
	if t, err := ParseDate(e.fields.date, e.received); err == nil {
		return t
	}
	return e.received
}

// ages follows RFC 9111, section 4.2.3.
func (e *evaluation) ages() {
	first, _, _ := strings.Cut(e.fields.age, ",")
	value, _ := deltaSeconds(trim(first))
	delay := saturate(e.received.Sub(e.requested))
	e.policy.AgeValue = time.Duration(value) * time.Second
	e.policy.CorrectedAge = saturate(e.policy.AgeValue + delay)
	e.policy.ApparentAge = saturate(e.received.Sub(e.generated()))
}
