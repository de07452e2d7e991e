package lint

import (
	"fmt"
	"net/http"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// datRules are the rules of dates and ages.
func datRules() []Rule {
	return []Rule{
		{
			ID: "DAT001", Severity: Warning, Static: true, check: noDate, answers: onAny, Source: "RFC 9110, section 6.6.1",
			Title: "answer without Date",
			Why:   "an origin that has a clock must send it, and caches count from it",
			Fix:   "send Date",
		},
		{
			ID: "DAT002", Severity: Error, check: skewedClock, Source: "RFC 9110, section 6.6.1; RFC 9111, section 4.2.3",
			Title: "Date and Age that do not add up to now",
			Why:   "a clock is off, which moves every lifetime that Expires states",
			Fix:   "synchronise the clocks of origin and caches, such as by NTP",
		},
		{
			ID: "DAT003", Severity: Warning, check: rewrittenDate, Source: "RFC 9110, section 6.6.1",
			Title: "Date of now on an old copy",
			Why:   "a proxy wrote its own Date, so caches behind it miscount Expires",
			Fix:   "let the proxy pass Date through",
		},
		{
			ID: "DAT004", Severity: Warning, check: ageless, Source: "RFC 9111, section 4",
			Title: "hit without Age",
			Why:   "a cache must say how old the copy is; without it caches and browsers keep it too long",
			Fix:   "have the cache send Age",
		},
		{
			ID: "DAT005", Severity: Note, Needs: []Probe{ProbeAgain}, compare: agesFall, Source: "edgeprime",
			Title: "Age that falls between two hits",
			Why:   "the point of presence has several cache nodes with copies of their own, and each must be primed",
			Fix:   "ask more often: rules.samples",
		},
		{
			ID: "DAT006", Severity: Note, check: olderThanRun, Source: "edgeprime",
			Title: "copy that is older than priming",
			Why:   "the edge had it before this run, so it may be of an older release",
			Fix:   "purge the URL and prime again, or compare the content's digest",
		},
	}
}

func noDate(a *answer) *complaint {
	if a.has(fieldDate) || a.Observation.Status < http.StatusOK || a.Observation.Status >= http.StatusInternalServerError {
		return nil
	}
	return &complaint{message: "there is no Date"}
}

// date is the answer's Date and how far it lies behind the arrival; false without one, or where
// nobody noted the arrival.
func (a *answer) date() (t time.Time, behind time.Duration, ok bool) {
	if !a.has(fieldDate) || a.Observation.At.IsZero() {
		return t, 0, false
	}
	t, err := policy.ParseDate(a.value(fieldDate), a.policy.Received)
	return t, a.policy.Received.Sub(t), err == nil
}

// skewedClock is silent where a cache has written a Date of its own, which is another rule's matter,
// and where a copy came without its age, which explains an old Date.
func skewedClock(a *answer) *complaint {
	date, behind, ok := a.date()
	skew := a.linter.config.ClockSkew
	if !ok || behind.Abs() <= skew {
		return nil
	}
	off := behind - a.policy.AgeValue
	exchange := a.policy.CorrectedAge - a.policy.AgeValue // Date may be of any instant within it
	if off >= -skew && off <= skew+exchange || off > 0 && !a.has(fieldAge) && a.copied() {
		return nil
	}
	where := "behind"
	if off < 0 {
		where = "ahead"
	}
	return &complaint{
		message: fmt.Sprintf("Date and Age give %s, %s %s of the arrival at %s", utc(date.Add(a.policy.AgeValue)),
			seconds(off.Abs()), where, utc(a.policy.Received)),
		evidence: a.lines("Date", "Age"),
	}
}

// copied reports whether the answer may be a copy from a cache's store.
func (a *answer) copied() bool { return a.atEdge() && a.Observation.Cache.Outcome != edge.Miss }

// oldAge is the age from which on a Date of now is not the copy's.
const oldAge = 5 * time.Second

func rewrittenDate(a *answer) *complaint {
	if a.policy.AgeValue <= oldAge {
		return nil
	}
	_, behind, ok := a.date()
	if !ok || behind.Abs() > a.linter.config.ClockSkew {
		return nil
	}
	return &complaint{message: fmt.Sprintf("the copy is %s old, yet its Date is now", seconds(a.policy.AgeValue)), evidence: a.lines("Age", "Date")}
}

// ageless excepts Cloudflare, which leaves Age out while a lower tier is filled from an upper one,
// and nginx, which never sends it.
func ageless(a *answer) *complaint {
	if !a.hit() || a.has(fieldAge) || a.Observation.Cache.Dialect == "cloudflare" || a.Observation.Cache.Dialect == "nginx" {
		return nil
	}
	return &complaint{message: "the cache says that this is a hit, and not how old the copy is"}
}

func agesFall(p *probed) *complaint {
	again := p.probes[ProbeAgain]
	if !p.hit() || again.Cache.Outcome != edge.Hit || p.Observation.Cache.PoP != again.Cache.PoP {
		return nil
	}
	later := policy.Evaluate(policy.Request{}, policy.Response{Status: again.Status, Header: again.Header}, again.At, again.At, policy.RFC9111())
	if later.AgeValue >= p.policy.AgeValue {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("Age was %s, and %s when asked again", seconds(p.policy.AgeValue), seconds(later.AgeValue)),
		evidence: p.lines("Age"),
	}
}

func olderThanRun(a *answer) *complaint {
	if a.Planned || a.policy.AgeValue == 0 || a.Window.PrimeAt.IsZero() || !a.atEdge() {
		return nil
	}
	since := a.policy.Received.Sub(a.Window.PrimeAt)
	if since < 0 || a.policy.AgeValue <= since+time.Second {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the copy is %s old, priming began %s ago", seconds(a.policy.AgeValue), seconds(since)),
		evidence: a.lines("Age"),
	}
}
