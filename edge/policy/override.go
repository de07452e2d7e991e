package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// override applies what the profile does otherwise than RFC 9111, from what keeps a response out
// to what decides in spite of everything.
func (e *evaluation) override() {
	p, b := e.policy, e.behaviour
	if b.IgnoresAge || b.IgnoresAgeForExpires && p.Basis == BasisExpires {
		p.AgeValue, p.CorrectedAge = 0, saturate(e.received.Sub(e.requested))
	}
	if b.CountsApparentAge {
		p.CorrectedAge = max(p.CorrectedAge, p.ApparentAge)
	}
	minBeats := b.MinBeatsVary && b.MinTTL != nil && *b.MinTTL > 0
	p.VaryAny = p.VaryAny && !b.IgnoresVary && !minBeats && (!b.VaryAnyAlone || e.varyAnyAlone())
	e.byStatus()
	e.bySurrogate()
	e.clamp()
	if reason := e.keptOut(); reason != "" && (p.Reason == "" || p.Reason == ReasonNoFreshness) {
		p.Reason = reason
	}
	e.byAccel()
	e.byRule()
	e.stale()
	e.doubt()
}

// silent reports whether nothing in the header says how long the response is fresh.
func (p *Policy) silent() bool { return p.Basis == BasisNone || p.Basis == BasisHeuristic }

// decide sets the lifetime.
func (p *Policy) decide(basis Basis, lifetime time.Duration) {
	p.Basis, p.Lifetime = basis, saturate(lifetime)
}

// permit lets the response in when it is kept out for one of the reasons.
func (p *Policy) permit(reasons ...string) {
	if slices.Contains(reasons, p.Reason) {
		p.Reason = ""
	}
}

// byStatus applies the rule of the response's status.
func (e *evaluation) byStatus() {
	p := e.policy
	rule, ok := e.statusRule()
	switch {
	case !ok:
		return
	case rule.Refused:
		e.refuse(ReasonStatus)
	case p.silent() && rule.Silent == SilentRefuse:
		e.refuse(ReasonNoFreshness)
	case p.silent() && (rule.Silent == SilentDefault || rule.Silent == SilentGuess && p.Lifetime == 0):
		p.decide(BasisDefault, rule.Default)
		p.permit(ReasonNoFreshness)
	}
	if p.Lifetime < rule.Floor {
		p.decide(BasisMinTTL, rule.Floor)
		p.permit(ReasonNoFreshness)
	}
}

// refuse keeps out what is not kept out already.
func (e *evaluation) refuse(reason string) {
	if e.policy.Reason == "" {
		e.policy.Reason = reason
	}
}

// bySurrogate reads the cache's own fields that come before the policy.
func (e *evaluation) bySurrogate() {
	p := e.policy
	if e.behaviour.SurrogateStale && Lex(values(e.response.Header, "Surrogate-Control")).Has("max-age") {
		p.decide(BasisSurrogate, 0)
		p.permit(ReasonNoFreshness, ReasonNoStore, ReasonPrivate)
		return
	}
	for _, name := range e.behaviour.Surrogates {
		var found lines
		found.values(e.response.Header, name)
		if found.n == 0 {
			continue
		}
		ds := Lex(found.all())
		if d := ds.find("max-age"); d != nil {
			n, _ := d.Seconds()
			p.decide(BasisSurrogate, time.Duration(n)*time.Second)
			p.permit(ReasonNoFreshness)
		}
		p.SWR = window(ds, "stale-while-revalidate", p.SWR)
		p.SIE = window(ds, "stale-if-error", p.SIE)
		return
	}
}

// window returns the seconds of a directive, or another window when it is absent.
func window(ds Directives, name string, absent time.Duration) time.Duration {
	d := ds.find(name)
	if d == nil {
		return absent
	}
	n, _ := d.Seconds()
	return time.Duration(n) * time.Second
}

// clamp bounds the lifetime.
func (e *evaluation) clamp() {
	p, b := e.policy, e.behaviour
	if b.MaxTTL != nil && !p.silent() && p.Basis != BasisDefault && p.Lifetime > *b.MaxTTL {
		p.decide(BasisMaxTTL, *b.MaxTTL)
	}
	if b.MinTTL == nil || *b.MinTTL == 0 {
		return
	}
	if slices.ContainsFunc(b.MinBeats, e.unqualified) {
		p.permit(ReasonNoStore, ReasonPrivate, ReasonNoFreshness)
		p.NoCache = false
		p.decide(BasisMinTTL, *b.MinTTL)
		return
	}
	if p.Lifetime < *b.MinTTL {
		p.decide(BasisMinTTL, *b.MinTTL)
	}
}

// keptOut returns why the cache does not store what RFC 9111 would let it store, or "".
func (e *evaluation) keptOut() string {
	b, header := e.behaviour, e.response.Header
	method := e.request.Method
	if method == "" {
		method = "GET"
	}
	switch {
	case len(b.Methods) > 0 && !slices.Contains(b.Methods, method):
		return ReasonMethod
	case has(e.request.Header, b.PassRequest):
		return ReasonRequest
	case !e.eligible():
		return ReasonNotEligible
	case b.MaxObject > 0 && contentLength(header) > b.MaxObject:
		return ReasonTooLarge
	}
	if reason := e.refusedByDirective(); reason != "" {
		return reason
	}
	for _, name := range b.RefusesFields {
		if _, ok := find(header, name); ok {
			if strings.EqualFold(name, "Set-Cookie") {
				return ReasonSetCookie
			}
			return ReasonField
		}
	}
	if e.varyRefused() {
		return ReasonVary
	}
	return e.refusedAsStale()
}

// varyRefused reports whether a member of Vary keeps the response out.
func (e *evaluation) varyRefused() bool {
	b := e.behaviour
	if len(b.RefusesVary) == 0 && len(b.AcceptsVary) == 0 {
		return false
	}
	return slices.ContainsFunc(VaryMembers(e.response.Header), func(member string) bool {
		return slices.Contains(b.RefusesVary, member) && (member != "*" || e.policy.VaryAny) || len(b.AcceptsVary) > 0 && !slices.Contains(b.AcceptsVary, member)
	})
}

// byAccel reads X-Accel-Expires: seconds from now on, @ and seconds since 1970, or 0 for not at
// all. It decides before Cache-Control and Expires; what cannot be read decides nothing.
func (e *evaluation) byAccel() {
	value, ok := find(e.response.Header, "X-Accel-Expires")
	if !ok || !e.behaviour.AccelExpires {
		return
	}
	value = trim(value)
	at, absolute := strings.CutPrefix(value, "@")
	n, valid := deltaSeconds(at)
	if !valid {
		return
	}
	p := e.policy
	lifetime := time.Duration(n) * time.Second
	if absolute {
		lifetime = time.Unix(n, 0).Sub(e.received)
	}
	p.decide(BasisAccel, lifetime)
	if p.Lifetime == 0 {
		e.refuse(ReasonStale)
		return
	}
	p.permit(ReasonNoStore, ReasonPrivate, ReasonNoCache, ReasonNoFreshness, ReasonStale)
	p.NoCache = false
}

// byRule applies an edge TTL that was declared.
func (e *evaluation) byRule() {
	if e.behaviour.EdgeTTL == nil || e.response.Status >= 400 {
		return
	}
	p := e.policy
	p.decide(BasisEdgeTTL, *e.behaviour.EdgeTTL)
	p.permit(ReasonNoStore, ReasonPrivate, ReasonNoCache, ReasonNoFreshness, ReasonStale, ReasonNotEligible)
	p.NoCache = false
}

// stale applies what the cache does with stale copies.
func (e *evaluation) stale() {
	p, b := e.policy, e.behaviour
	if p.SWR == 0 && !e.has("stale-while-revalidate") {
		p.SWR = b.DefaultSWR
	}
	if p.SIE == 0 && !e.has("stale-if-error") {
		p.SIE = b.DefaultSIE
	}
	if b.NoSWR {
		p.SWR = 0
	}
	if b.NoSIE {
		p.SIE = 0
	}
}

// doubt notes what is not known. What is refused for sure stays refused, and a declared edge TTL
// leaves no doubt.
func (e *evaluation) doubt() {
	p := e.policy
	if p.Basis == BasisEdgeTTL {
		return
	}
	for _, d := range e.behaviour.Doubts {
		if !e.meets(d) || d.When != Always && p.Reason != "" && p.Reason != ReasonNoFreshness && p.Reason != ReasonUnknown {
			continue
		}
		if p.Unknown == "" {
			p.Unknown = d.Why
		}
		if d.Storable {
			p.Reason, p.StorableKnown = ReasonUnknown, false
		}
		if d.Lifetime {
			p.LifetimeKnown = false
			p.decide(BasisUnknown, 0)
		}
	}
}

// meets reports whether the condition of a doubt holds.
func (e *evaluation) meets(d Doubt) bool {
	switch d.When {
	case Always:
		return true
	case WhenField:
		value, ok := find(e.response.Header, d.Field)
		return ok && (d.Value == "" || sameWords(value, d.Value))
	case WhenQuiet:
		return e.policy.silent() || e.policy.Basis == BasisDefault
	case WhenNoURL:
		return e.request.URL == "" && len(e.behaviour.Extensions) > 0 && e.evidence() == ""
	case WhenVary:
		return slices.ContainsFunc(VaryMembers(e.response.Header), func(member string) bool { return !slices.Contains(d.Members, member) })
	case WhenCode:
		return !hasCode(d.Codes, e.response.Status)
	case WhenMaxAge:
		return e.policy.Field == "Cache-Control" && e.first("max-age") != nil && e.first("s-maxage") == nil &&
			(d.Below == 0 || e.policy.Lifetime < d.Below)
	}
	return false
}

// sameWords compares two field values without case and without white space.
func sameWords(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, " ", ""), strings.ReplaceAll(b, " ", ""))
}

// eligible reports whether the cache considers such a URL at all. The answer itself tells better
// than the extension.
func (e *evaluation) eligible() bool {
	b := e.behaviour
	if seen := e.evidence(); seen != "" {
		return !strings.EqualFold(seen, b.Ineligible)
	}
	return e.request.URL == "" || hasExtension(e.request.URL, b.Extensions)
}

// evidence is what the cache says of the URL's eligibility in its own status field, or "".
func (e *evaluation) evidence() string {
	if e.behaviour.StatusField == "" {
		return ""
	}
	value, _ := find(e.response.Header, e.behaviour.StatusField)
	value = trim(value)
	if slices.ContainsFunc(e.behaviour.StatusSilent, func(word string) bool { return strings.EqualFold(word, value) }) {
		return ""
	}
	return value
}

// hasExtension reports whether a URL's last path segment has one of the extensions, or is one of
// the names with a dot.
func hasExtension(url string, names []string) bool {
	if len(names) == 0 {
		return true
	}
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i]
	}
	if _, rest, ok := strings.Cut(url, "://"); ok {
		_, url, _ = strings.Cut(rest, "/")
	}
	file := url[strings.LastIndexByte(url, '/')+1:]
	extension := file[strings.LastIndexByte(file, '.')+1:]
	return slices.ContainsFunc(names, func(name string) bool {
		return sameName(extension, name) && len(extension) < len(file) || sameName(file, name) && strings.Contains(name, ".")
	})
}

// contentLength is the size that the header states; 0 when it states none.
func contentLength(header [][2]string) int64 {
	value, _ := find(header, "Content-Length")
	n, err := strconv.ParseInt(trim(value), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
