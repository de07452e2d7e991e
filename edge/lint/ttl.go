package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// defaultLifetime is what fixes propose when no window says how long: an hour.
const defaultLifetime = time.Hour

// ttlRules are the rules of lifetimes.
func ttlRules() []Rule { return slices.Concat(ttlEdge(), ttlBrowser(), ttlHeader()) }

// ttlEdge are the rules of lifetimes at the edge.
func ttlEdge() []Rule {
	return []Rule{
		{
			ID: "TTL001", Severity: Blocker, check: expiresEarly, Source: "edgeprime",
			Title: "critical copy that expires before the warm window ends",
			Why:   "the primed copy is gone when visitors come, and their requests reach the origin",
			Fix:   "set a longer lifetime for shared caches, or prime later",
		},
		{
			ID: "TTL002", Severity: Error, check: staleOnArrival, Source: "RFC 9111, section 4.2",
			Title: "answer that was stale on arrival",
			Why:   "the copy is older than its lifetime, so the next cache has to ask again",
			Fix:   "purge the copy, and repair the chain of caches that adds to Age",
		},
		{
			ID: "TTL013", Severity: Warning, check: inheritsAge, Source: "RFC 9213, section 2.3",
			Title: "edge answer that leaves browsers little of their lifetime",
			Why:   "browsers count the time that the copy spent at the edge, and ask again early",
			Fix:   "raise the browser's lifetime, or let the CDN reset Age where it may",
		},
		{
			ID: "TTL015", Severity: Note, check: clamped, Profiles: []string{"cloudfront"}, Source: "AWS CloudFront developer guide, expiration, 2023",
			Title: "lifetime outside CloudFront's bounds",
			Why:   "CloudFront keeps the copy for its minimum or maximum TTL, not for what the header says",
			Fix:   "bring the header and the cache policy's TTLs into line",
		},
	}
}

func expiresEarly(a *answer) *complaint {
	if !a.critical || a.Window.WarmUntil.IsZero() {
		return nil
	}
	until, ok := a.copyUntil()
	if !ok || !until.Before(a.Window.WarmUntil) {
		return nil
	}
	verb := "expires"
	if a.Planned {
		verb = "primed " + utc(a.primeAt()) + " expires"
	}
	return &complaint{
		message: fmt.Sprintf("the copy %s %s, %s before the warm window ends %s", verb, utc(until),
			a.Window.WarmUntil.Sub(until).Round(time.Second), utc(a.Window.WarmUntil)),
		evidence: a.lines(a.lifetimeFields("Date", "Age", "Cache-Status")...),
		fix:      "set " + a.withLifetime(a.needed()) + ", or prime later",
	}
}

// copyUntil is when the copy that the launch will rest on expires; false when nothing that is
// known decides that.
func (a *answer) copyUntil() (time.Time, bool) {
	if a.Planned {
		return a.primeAt().Add(a.cdn.Lifetime), a.lifetimeKnown()
	}
	if ttl := a.statedTTL(); ttl != nil {
		return a.policy.Received.Add(time.Duration(*ttl) * time.Second), true
	}
	return a.cdn.FreshUntil(), a.lifetimeKnown()
}

// statedTTL is the remaining lifetime that the cache itself states, which is better evidence than
// arithmetic; nil when it states none that fits a duration.
func (a *answer) statedTTL() *int64 {
	const most = 1 << 31
	if ttl := a.Observation.Cache.TTL; ttl != nil && *ttl > -most && *ttl <= most {
		return ttl
	}
	return nil
}

// primeAt is when the copy is stored.
func (a *answer) primeAt() time.Time {
	if a.Window.PrimeAt.IsZero() {
		return a.policy.Received
	}
	return a.Window.PrimeAt
}

// needed is the shared lifetime that covers the warm window, in whole seconds.
func (a *answer) needed() time.Duration {
	if a.Window.WarmUntil.IsZero() {
		return defaultLifetime
	}
	need := a.Window.WarmUntil.Sub(a.primeAt())
	if !a.Planned {
		need = max(need, a.Window.WarmUntil.Sub(a.policy.Received)+a.policy.CorrectedAge)
	}
	if need <= 0 {
		return defaultLifetime
	}
	return (need + time.Second - 1).Truncate(time.Second)
}

// lifetimeFields are the fields that state how long the cache keeps the copy, and others.
func (a *answer) lifetimeFields(others ...string) []string {
	fields := []string{"Cache-Control", "Expires"}
	if a.cdn.Field != "" && a.cdn.Field != "Cache-Control" {
		fields[0] = a.cdn.Field
	}
	if a.cdn.Basis == policy.BasisSurrogate {
		fields = append(fields, "Surrogate-Control")
	}
	if a.cdn.Basis == policy.BasisAccel {
		fields = append(fields, "X-Accel-Expires")
	}
	return append(fields, others...)
}

// withLifetime is what gives the cache the lifetime: the line to set of the field that decides, or
// the cache's own setting where that one does.
func (a *answer) withLifetime(lifetime time.Duration) string {
	n := strconv.FormatInt(int64(lifetime/time.Second), 10)
	switch a.cdn.Basis {
	case policy.BasisEdgeTTL:
		return "the edge TTL of the cache's rule to " + n + " s"
	case policy.BasisMaxTTL:
		return "the cache's maximum TTL to " + n + " s"
	case policy.BasisSurrogate:
		return "Surrogate-Control: max-age=" + n
	case policy.BasisAccel:
		return "X-Accel-Expires: " + n
	default:
		return a.line(n)
	}
}

// line is the line of the policy field with a lifetime of n seconds.
func (a *answer) line(n string) string {
	if field := a.cdn.Field; field != "" && field != "Cache-Control" {
		return field + ": " + strings.Join(append(a.kept("max-age"), "max-age="+n), ", ")
	}
	// s-maxage would forbid the stale answers that the policy permits.
	stale := a.cdn.Directives.Has("stale-while-revalidate") || a.cdn.Directives.Has("stale-if-error")
	if name := "max-age"; stale && (a.cdn.SWRInForce() || a.cdn.SIE > 0 && !a.cdn.StaleForbidden) {
		return "Cache-Control: " + strings.Join(append(a.kept(name), name+"="+n), ", ")
	}
	return "Cache-Control: " + strings.Join(append(a.kept("s-maxage"), "s-maxage="+n), ", ")
}

// kept are the members of the deciding field without those that a lifetime in the named directive
// replaces, or that would keep it from having effect.
func (a *answer) kept(name string) []string {
	var members []string
	for _, d := range a.cdn.Directives {
		if d.Err == "" && d.Occurrence == 1 && !d.Is(name) && !contradicts(d) {
			members = append(members, d.Raw)
		}
	}
	return members
}

// contradicts reports whether a directive defeats a lifetime for shared caches.
func contradicts(d policy.Directive) bool {
	for _, name := range [...]string{"s-maxage", "no-store", "no-cache", "private", "must-understand"} {
		if d.Is(name) {
			return true
		}
	}
	return false
}

func staleOnArrival(a *answer) *complaint {
	p := &a.cdn
	stated := p.Basis == policy.BasisSMaxage || p.Basis == policy.BasisMaxAge || p.Basis == policy.BasisExpires
	if !stated || p.AgeValue == 0 || p.Fresh(p.Received) || !a.lifetimeKnown() || p.State(p.Received) == policy.StateSWR {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the copy is %s old, its lifetime by %s is %s", seconds(p.CorrectedAge), p.Basis, seconds(p.Lifetime)),
		evidence: a.lines(append([]string{"Age"}, a.lifetimeFields("Date")...)...),
	}
}

func inheritsAge(a *answer) *complaint {
	lifetime, age := a.browser.Lifetime, a.browser.AgeValue
	if age == 0 || lifetime == 0 || age <= lifetime/2 || !a.atEdge() {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the copy is %s old, and browsers keep it for %s in all", seconds(age), seconds(lifetime)),
		evidence: a.lines("Age", "Cache-Control", "Expires"),
	}
}

func clamped(a *answer) *complaint {
	if a.cdn.Basis != policy.BasisMinTTL && a.cdn.Basis != policy.BasisMaxTTL {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("CloudFront keeps the copy for %s by its %s", seconds(a.cdn.Lifetime), strings.ReplaceAll(string(a.cdn.Basis), "-ttl", "imum TTL")),
		evidence: a.lines(a.lifetimeFields()...),
	}
}

// utc writes an instant for people.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// seconds writes a duration as caches count.
func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) + " s" }
