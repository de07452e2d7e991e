package lint

import (
	"fmt"
	"time"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// maxDelta is the most seconds that a cache need be able to represent (RFC 9111, section 1.2.2).
const maxDelta = 1<<31 - 1

// agreeing is how far max-age and Expires may be apart and mean the same.
const agreeing = 5 * time.Second

// ttlHeader are the rules of how a lifetime is stated.
func ttlHeader() []Rule {
	return []Rule{
		{
			ID: "TTL007", Severity: Warning, Static: true, check: heuristic, Source: "RFC 9111, section 4.2.2",
			Title: "lifetime left to each cache's guess",
			Why:   "without a stated lifetime caches guess from Last-Modified, each in its own way",
			Fix:   "state a lifetime: Cache-Control: max-age=3600",
		},
		{
			ID: "TTL008", Severity: Error, Static: true, check: noLifetime, Source: "edgeprime",
			Title: "critical asset without a stated lifetime",
			Why:   "the CDN's default decides, and it differs from CDN to CDN",
			Fix:   "state the lifetime for shared caches: Cache-Control: s-maxage=3600",
		},
		{
			ID: "TTL009", Severity: Warning, Static: true, check: hugeDelta, Source: "RFC 9111, section 1.2.2",
			Title: "lifetime above a year",
			Why:   "caches cut it to what they can hold, and some overflow",
			Fix:   "state at most a year: max-age=31536000",
		},
		{
			ID: "TTL010", Severity: Warning, Static: true, check: swapped, Source: "edgeprime",
			Title: "s-maxage below max-age",
			Why:   "the edge asks the origin more often than browsers ask the edge, which is usually a mix-up",
			Fix:   "swap the values of max-age and s-maxage",
		},
		{
			ID: "TTL011", Severity: Error, Static: true, check: twoLifetimes, Source: "RFC 9111, section 5.3",
			Title: "max-age and Expires together",
			Why:   "max-age wins and Expires is dead; where they differ, old caches keep the response for another time",
			Fix:   "drop Expires",
		},
		{
			ID: "TTL012", Severity: Note, Static: true, check: expiresOnly, Source: "RFC 9111, section 5.3",
			Title: "lifetime stated by Expires alone",
			Why:   "an absolute date depends on every clock on the way",
			Fix:   "state it as seconds: Cache-Control: max-age=3600",
		},
	}
}

func heuristic(a *answer) *complaint {
	p := &a.policy
	if p.Explicit || !a.has(fieldLastModified) || !policy.HeuristicStatus(a.Observation.Status) || !p.Storable || p.NoCache {
		return nil
	}
	return &complaint{
		message:  "no lifetime is stated; by Last-Modified a cache may guess " + seconds(p.Lifetime),
		evidence: a.lines("Last-Modified", "Date", "Cache-Control"),
	}
}

func noLifetime(a *answer) *complaint {
	p := &a.cdn
	if !a.critical || p.Explicit || a.policy.NoCache || p.NoCache || a.consumed() {
		return nil
	}
	if p.Reason == policy.ReasonNoStore || p.Reason == policy.ReasonPrivate {
		return nil
	}
	switch p.Basis {
	case policy.BasisEdgeTTL, policy.BasisAccel, policy.BasisSurrogate, policy.BasisMinTTL:
		return nil
	case policy.BasisDefault:
		if a.declared("default-ttl") {
			return nil
		}
	default:
	}
	return &complaint{
		message:  "no max-age, s-maxage or Expires: the CDN's default decides how long the copy lives",
		evidence: a.lines("Cache-Control"),
		fix:      "state the lifetime for shared caches: " + a.withLifetime(a.needed()),
	}
}

// consumed reports whether a hit may rest on a lifetime in a field that the CDN took out.
func (a *answer) consumed() bool {
	if !a.hit() {
		return false
	}
	switch a.Observation.Cache.Dialect {
	case "cloudflare", "fastly", "akamai", "vercel", "netlify":
		return true
	}
	return false
}

func hugeDelta(a *answer) *complaint {
	ds := a.policy.Directives
	var worst *policy.Directive
	most := int64(year / time.Second)
	for i := range ds {
		if n, ok := ds[i].Seconds(); ok && isDelta(&ds[i]) && n > most {
			worst, most = &ds[i], n
		}
	}
	if worst == nil {
		return nil
	}
	if most > maxDelta {
		return a.point(worst, "%s is more than 2147483647 s", worst.Raw)
	}
	c := a.point(worst, "%s is more than a year", worst.Raw)
	c.severity = Note
	return c
}

func swapped(a *answer) *complaint {
	ds := a.policy.Directives
	shared, ok := ds.First("s-maxage")
	if !ok {
		return nil
	}
	ours, valid := shared.Seconds()
	browsers, _ := ds.First("max-age")
	theirs, _ := browsers.Seconds()
	if !valid || ours >= theirs {
		return nil
	}
	return a.point(&shared, "s-maxage is %d s, max-age %d s", ours, theirs)
}

func twoLifetimes(a *answer) *complaint {
	if !a.has(fieldExpires) || !a.policy.Directives.Has("max-age") {
		return nil
	}
	d, _ := a.policy.Directives.First("max-age")
	n, ok := d.Seconds()
	if !ok {
		return nil
	}
	c := &complaint{
		message:  "Expires says the same as max-age, and nobody reads it",
		evidence: a.lines("Cache-Control", "Expires", "Date", "Age"), severity: Note,
	}
	if stated, agrees := a.expiresAgrees(time.Duration(n) * time.Second); !agrees {
		c.severity = Error
		c.message = fmt.Sprintf("max-age says %d s, Expires %s", n, seconds(stated))
	}
	return c
}

// expiresAgrees returns the lifetime that Expires states, and whether it is max-age, by the Date as
// received. A cache that writes its own Date leaves Expires as it was, so that the copy's age is
// missing from it: then the age that the cache tells is counted, and one that it does not tell is
// believed.
func (a *answer) expiresAgrees(maxAge time.Duration) (time.Duration, bool) {
	received := a.policy.Received
	var stated time.Duration
	if expires, err := policy.ParseDate(a.value(fieldExpires), received); err == nil {
		date, err := policy.ParseDate(a.value(fieldDate), received)
		if err != nil {
			date = received
		}
		stated = expires.Sub(date)
	}
	apart := max(0, stated) - maxAge
	if apart.Abs() <= agreeing {
		return max(0, stated), true
	}
	if aged := apart + a.policy.AgeValue; a.policy.AgeValue > 0 && aged.Abs() <= agreeing {
		return stated, true
	}
	return max(0, stated), apart < 0 && a.atEdge() && a.servedCopy() && !a.has(fieldAge)
}

// expiresOnly needs a date: one that is none is another rule's matter.
func expiresOnly(a *answer) *complaint {
	if a.policy.Basis != policy.BasisExpires || a.count(fieldExpires) > 1 {
		return nil
	}
	if _, err := policy.ParseDate(a.value(fieldExpires), a.policy.Received); err != nil {
		return nil
	}
	return &complaint{message: "Expires alone says how long the response is fresh: " + seconds(a.policy.Lifetime), evidence: a.lines("Expires", "Date", "Cache-Control")}
}
