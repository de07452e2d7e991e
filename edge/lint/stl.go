package lint

import (
	"fmt"
	"time"
)

// stlRules are the rules of stale answers.
func stlRules() []Rule {
	return []Rule{
		{
			ID: "STL001", Severity: Warning, check: expiryBlocks, Source: "RFC 5861, section 3",
			Title: "critical asset that expires within the window, without stale-while-revalidate",
			Why:   "when the copy expires at the peak, visitors wait for the origin",
			Fix:   "add stale-while-revalidate, and state the lifetime by max-age: Cache-Control: max-age=3600, stale-while-revalidate=60",
		},
		{
			ID: "STL002", Severity: Warning, check: failureReaches, Source: "RFC 5861, section 4",
			Title: "critical asset without stale-if-error",
			Why:   "when the origin fails after the copy has expired, visitors get the error",
			Fix:   "add stale-if-error=86400, or have the CDN serve stale and declare it: serve_stale: true",
		},
		{
			ID: "STL003", Severity: Error, Static: true, check: staleForbidden, Source: "RFC 9111, sections 4.2.4 and 5.2.2.10",
			Title: "stale answers that the same policy forbids",
			Why:   "must-revalidate, proxy-revalidate and s-maxage forbid shared caches every stale answer, so the window has no effect",
			Fix:   "give the CDN a policy of its own: CDN-Cache-Control: max-age=3600, stale-while-revalidate=60, stale-if-error=86400",
		},
		{
			ID: "STL004", Severity: Note, check: alwaysOnline, Profiles: []string{"cloudflare"}, Source: "Cloudflare documentation, Always Online, 2026-11",
			Title: "stale answers beside Always Online",
			Why:   "with Always Online Cloudflare ignores stale-while-revalidate and stale-if-error",
			Fix:   "choose one: switch Always Online off, or remove the directives",
		},
		{
			ID: "STL006", Severity: Note, check: revalidatedStatic, Source: "RFC 9111, section 5.2.2.2",
			Title: "must-revalidate on a static asset",
			Why:   "a cache that cannot reach the origin must answer 504 instead of the copy that it has",
			Fix:   "drop must-revalidate",
		},
	}
}

// within is how long a copy has to serve: from priming, or from its arrival, to the end of the warm
// window; 0 when that is not known.
func (a *answer) within() time.Duration {
	switch {
	case a.Window.WarmUntil.IsZero():
		return 0
	case a.Planned:
		return a.Window.WarmUntil.Sub(a.primeAt())
	}
	return a.Window.WarmUntil.Sub(a.policy.Received)
}

func expiryBlocks(a *answer) *complaint {
	if !a.critical || a.cdn.Lifetime >= a.within() || a.cdn.SWRInForce() || !a.lifetimeKnown() {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the copy lives %s of the %s to come, and no stale-while-revalidate is in force", seconds(a.cdn.Lifetime), seconds(a.within())),
		evidence: a.lines(a.lifetimeFields()...),
	}
}

// failureReaches is silent where the copy outlives the window: then no failure matters.
func failureReaches(a *answer) *complaint {
	p := &a.cdn
	if !a.critical || p.SIE > 0 || !p.Reusable() || a.linter.profile.Behaviour().ServesStale {
		return nil
	}
	if w := a.within(); w > 0 && a.lifetimeKnown() && p.Lifetime >= w || a.declared("always-online") {
		return nil
	}
	c := &complaint{message: "no stale-if-error: once the copy has expired, a failure of the origin reaches visitors", evidence: a.lines(a.lifetimeFields()...)}
	if a.linter.profile.Behaviour().NoSIE {
		c.message = "the CDN knows no stale-if-error: once the copy has expired, a failure of the origin reaches visitors"
		c.fix = "lengthen the lifetime for shared caches: " + a.withLifetime(max(a.needed(), day))
	}
	return c
}

func staleForbidden(a *answer) *complaint {
	p := &a.cdn
	if !p.StaleForbidden {
		return nil
	}
	for _, name := range [...]string{"stale-while-revalidate", "stale-if-error"} {
		if window, ok := deltaOf(p.Directives, name); ok && window > 0 {
			return a.blame(p.Field, name, "%s has no effect beside %s", name, a.forbiddenBy())
		}
	}
	return nil
}

// forbiddenBy is the directive that forbids stale answers.
func (a *answer) forbiddenBy() string {
	for _, name := range [...]string{"must-revalidate", "proxy-revalidate"} {
		if a.cdn.Directives.Has(name) {
			return name
		}
	}
	return "s-maxage"
}

func alwaysOnline(a *answer) *complaint {
	for _, name := range [...]string{"stale-while-revalidate", "stale-if-error"} {
		if a.cdn.Directives.Has(name) && a.declared("always-online") {
			return a.blame(a.cdn.Field, name, "Cloudflare ignores %s while Always Online is on", name)
		}
	}
	return nil
}

func revalidatedStatic(a *answer) *complaint {
	if !a.static() || !a.policy.Directives.Has("must-revalidate") {
		return nil
	}
	return a.blame("Cache-Control", "must-revalidate", "must-revalidate on a static asset, kind %s", a.Asset.Kind)
}
