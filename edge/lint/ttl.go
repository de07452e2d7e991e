package lint

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// defaultLifetime is what fixes propose when no window says how long: an hour.
const defaultLifetime = time.Hour

// ttlRules are the rules of lifetimes.
func ttlRules() []Rule {
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
	}
}

func expiresEarly(a *answer) *complaint {
	if !a.critical || a.Window.WarmUntil.IsZero() || !a.policy.Explicit && a.statedTTL() == nil {
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
		evidence: a.lines("Cache-Control", "Expires", "Date", "Age", "Cache-Status"),
		fix:      "set " + a.withSMaxage(a.needed()) + ", or prime later",
	}
}

// copyUntil is when the copy that the launch will rest on expires; false when the headers do not
// decide that.
func (a *answer) copyUntil() (time.Time, bool) {
	if a.Planned {
		return a.primeAt().Add(a.policy.Lifetime), a.policy.Explicit
	}
	if ttl := a.statedTTL(); ttl != nil {
		return a.policy.Received.Add(time.Duration(*ttl) * time.Second), true
	}
	return a.policy.FreshUntil(), !a.edgeDecides()
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

// withSMaxage is the Cache-Control line of the answer with the given lifetime for shared caches,
// without what would keep that from having effect.
func (a *answer) withSMaxage(lifetime time.Duration) string {
	var members []string
	if a.policy.Field == "Cache-Control" {
		for _, d := range a.policy.Directives {
			if d.Err == "" && d.Occurrence == 1 && !contradicts(d) {
				members = append(members, d.Raw)
			}
		}
	}
	members = append(members, "s-maxage="+strconv.FormatInt(int64(lifetime/time.Second), 10))
	return "Cache-Control: " + strings.Join(members, ", ")
}

// contradicts reports whether a directive defeats or duplicates s-maxage.
func contradicts(d policy.Directive) bool {
	for _, name := range [...]string{"s-maxage", "no-store", "no-cache", "private", "must-understand"} {
		if d.Is(name) {
			return true
		}
	}
	return false
}

func staleOnArrival(a *answer) *complaint {
	p := a.policy
	if !p.Explicit || p.AgeValue == 0 || p.Fresh(p.Received) || a.edgeDecides() {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the copy is %s old, its lifetime by %s is %s", seconds(p.CorrectedAge), p.Basis, seconds(p.Lifetime)),
		evidence: a.lines("Age", "Cache-Control", "Expires", "Date"),
	}
}

func heuristic(a *answer) *complaint {
	if a.policy.Explicit || !policy.HeuristicStatus(a.Observation.Status) || a.Observation.Get("Last-Modified") == "" {
		return nil
	}
	return &complaint{
		message:  "no lifetime is stated; by Last-Modified a cache may guess " + seconds(a.policy.Lifetime),
		evidence: a.lines("Last-Modified", "Date", "Cache-Control"),
	}
}

func noLifetime(a *answer) *complaint {
	if !a.critical || a.policy.Explicit {
		return nil
	}
	return &complaint{
		message:  "no max-age, s-maxage or Expires: the CDN's default decides how long the copy lives",
		evidence: a.lines("Cache-Control"),
		fix:      "state the lifetime for shared caches: " + a.withSMaxage(a.needed()),
	}
}

// utc writes an instant for people.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// seconds writes a duration as caches count.
func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) + " s" }
