package policy

import (
	"slices"
	"strings"
)

// refusedByDirective returns the directive that keeps the response out of this cache, or "".
func (e *evaluation) refusedByDirective() string {
	b, header := e.behaviour, e.response.Header
	surrogate, has := find(header, "Surrogate-Control")
	switch {
	case has && b.SurrogateNoStore && containsFold(surrogate, "no-store"):
		return ReasonNoStore
	case e.pragma(PragmaRefuses):
		return ReasonNoCache
	case has && b.SurrogateLifts:
		return ""
	}
	for _, name := range b.Refuses {
		if e.has(name) {
			return name
		}
	}
	for _, name := range b.RefusesQualified {
		if d := e.first(name); d != nil && d.qualified() {
			return name
		}
	}
	for _, text := range b.RefusesText {
		for _, line := range e.fields.cacheControl.all() {
			if containsFold(line, text) {
				return text
			}
		}
	}
	return ""
}

// refusedAsStale returns ReasonStale when this cache stores no response that is as old, or
// ReasonNoFreshness when it stores none that says as little.
func (e *evaluation) refusedAsStale() string {
	p, b := e.policy, e.behaviour
	switch {
	case b.RefusesZero && !p.silent() && p.Lifetime <= p.AgeValue:
		return ReasonStale
	case b.RefusesExpired && p.Basis == BasisExpires && p.Lifetime <= p.ApparentAge:
		return ReasonStale
	case b.RefusesSilentQuery && !p.Explicit && e.hasQuery():
		return ReasonNoFreshness
	}
	return ""
}

// pragma reports whether the response says no-cache in Pragma and the cache treats it that way.
func (e *evaluation) pragma(way Pragma) bool {
	if e.behaviour.Pragma != way {
		return false
	}
	value, ok := find(e.response.Header, "Pragma")
	return ok && hasMember(value, "no-cache")
}

// ignoresExpires reports whether Expires counts as absent.
func (e *evaluation) ignoresExpires() bool {
	b := e.behaviour
	if !b.IgnoresBadExpires || e.fields.expires.n == 0 {
		return b.IgnoresExpires
	}
	_, err := ParseDate(e.fields.expires.few[0], e.received)
	return err != nil
}

// varyAnyAlone reports whether a line of Vary is nothing but "*".
func (e *evaluation) varyAnyAlone() bool {
	return slices.ContainsFunc(values(e.response.Header, "Vary"), func(line string) bool { return trim(line) == "*" })
}

// hasQuery reports whether the URL that was asked for is known to have a query.
func (e *evaluation) hasQuery() bool { return strings.Contains(e.request.URL, "?") }

// values returns the lines of a field in received order.
func values(header [][2]string, name string) []string {
	var l lines
	l.values(header, name)
	return l.all()
}

// containsFold is strings.Contains without case; sub is ASCII in lower case.
func containsFold(s, sub string) bool {
	for i := 0; i+len(sub) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(sub)], sub) {
			return true
		}
	}
	return false
}
