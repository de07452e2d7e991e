package lint

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// Window is when evidence must hold. A zero WarmUntil means that it is not known: lifetimes are
// then not judged against it.
type Window struct {
	// PrimeAt is when priming happens or is planned; zero means when the answer was seen.
	PrimeAt time.Time
	// LaunchAt is the launch instant.
	LaunchAt time.Time
	// WarmUntil is the end of the warm window.
	WarmUntil time.Time
}

// Side is which side of a CDN an answer was seen on.
type Side string

// The sides.
const (
	// SideUnknown is told by the answer itself: what a cache has signed is its side.
	SideUnknown Side = ""
	// SideEdge is what visitors get.
	SideEdge Side = "edge"
	// SideOrigin is what the CDN gets.
	SideOrigin Side = "origin"
)

// Response is one observation to be judged on its status and headers.
type Response struct {
	// Asset is what was asked for.
	Asset crawl.Asset
	// Observation is what was seen; nil is judged as nothing.
	Observation *edge.Observation
	// Window is when the copy must be fresh.
	Window Window
	// Planned is true before priming: a copy primed at Window.PrimeAt must stay fresh to the end
	// of the warm window. False: this copy must.
	Planned bool
	// Method is what was sent; empty means GET.
	Method string
	// Side is where the answer was seen.
	Side Side
	// Now is when the answer is judged; zero means when it was received.
	Now time.Time
	// Body is the decoded body, for rules that look at it; nil when it was not kept.
	Body []byte
}

// answer is a Response with what the checks share.
type answer struct {
	Response

	linter *Linter
	// policy is what a shared cache by the letter of RFC 9111 makes of it, cdn what the profile's
	// cache does, browser what a visitor's does.
	policy, cdn, browser policy.Policy
	vary                 []string
	written              []string // header lines that were quoted, by place
	critical             bool
	index                index
}

// answer prepares a response for the rules.
func (l *Linter) answer(r Response) answer {
	o := r.Observation
	requested, received := Instants(o)
	if r.Now.IsZero() {
		r.Now = received
	}
	req := policy.Request{Method: r.Method, URL: firstOf(o.URL, r.Asset.URL), Header: o.Sent}
	res := policy.Response{Status: o.Status, Header: o.Header}
	a := answer{
		Response: r, linter: l,
		policy:   policy.Evaluate(req, res, requested, received, policy.RFC9111()),
		browser:  policy.Evaluate(req, res, requested, received, policy.Browser()),
		vary:     policy.VaryMembers(o.Header),
		critical: r.Asset.Priority == crawl.Critical,
		index:    indexOf(o.Header),
	}
	a.cdn = a.policy
	if !l.profile.IsRFC9111() {
		a.cdn = policy.Evaluate(req, res, requested, received, l.profile)
	}
	return a
}

// Policies returns what a shared cache by the letter of RFC 9111 and what the profile's cache make of
// an answer. Hidden is true when the answer itself proves that its edge goes by a lifetime that no
// header shows: of the profile's policy only what was declared is then known.
func (l *Linter) Policies(r Response) (rfc, profile policy.Policy, hidden bool) {
	a := l.answer(r)
	return a.policy, a.cdn, a.edgeDecides() && a.cdn.Basis != policy.BasisEdgeTTL
}

// Instants returns when the last attempt of an observation was written, and when its answer began.
func Instants(o *edge.Observation) (requested, received time.Time) {
	requested = o.At.Add(milliseconds(o.Timing.Connect + o.Timing.Permit))
	if n := len(o.Attempts); n > 0 && !o.Attempts[n-1].At.IsZero() {
		requested = o.Attempts[n-1].At
	}
	return requested, requested.Add(milliseconds(o.Timing.TTFB))
}

// has reports whether an answer with the status belongs to the set.
func (s answers) has(status int) bool {
	switch s {
	case onContent:
		return status == http.StatusOK || isRedirect(status)
	case onErrors:
		return status >= http.StatusBadRequest
	default:
		return true
	}
}

func isRedirect(status int) bool {
	return status >= http.StatusMultipleChoices && status < http.StatusBadRequest && status != http.StatusNotModified
}

// finding completes a complaint. A level from the configuration wins over the complaint's own
// severity.
func (a *answer) finding(rule *Rule, level Severity, c *complaint) Finding {
	o := a.Observation
	severity := level
	if c.severity != "" && level == rule.Severity {
		severity = c.severity
	}
	return Finding{
		Rule: rule.ID, Severity: severity, URL: firstOf(o.URL, a.Asset.URL), Variant: o.Variant,
		Region: o.Region, Vantage: o.Vantage, Profile: a.linter.profile.Name,
		Message: c.message, Evidence: c.evidence, At: c.at, Fix: firstOf(c.fix, rule.Fix),
	}
}

// atEdge reports whether the answer is what a visitor gets: it says so, or a cache has signed it.
func (a *answer) atEdge() bool {
	if a.Side != SideUnknown {
		return a.Side == SideEdge
	}
	return a.Observation.Cache.Dialect != ""
}

// hit reports whether the edge answered from its store.
func (a *answer) hit() bool { return a.Observation.Cache.Outcome == edge.Hit }

// servedCopy reports whether a cache says that it sent a copy from its store, fresh or not.
func (a *answer) servedCopy() bool {
	switch a.Observation.Cache.Outcome {
	case edge.Hit, edge.Stale, edge.Updating:
		return true
	default:
		return false
	}
}

// edgeDecides reports whether the answer itself proves that the edge goes by a lifetime of its
// own: a CDN that can be given one serves as fresh what its headers call stale or never reusable.
func (a *answer) edgeDecides() bool {
	if !a.hit() || !hasOwnTTL(a.Observation.Cache.Dialect) {
		return false
	}
	p := &a.cdn
	forbidden := p.Reason == policy.ReasonNoStore || p.Reason == policy.ReasonPrivate
	return forbidden || p.NoCache || !p.Fresh(p.Received)
}

// lifetimeKnown reports whether the edge may keep the answer, and a.cdn's lifetime is then the one that
// it applies.
func (a *answer) lifetimeKnown() bool { return a.mayKeep() && decided(a.cdn) && !a.edgeDecides() }

// mayKeep reports whether the edge keeps the answer by its headers, or would if a rule that nobody
// declared made it eligible.
func (a *answer) mayKeep() bool { return a.cdn.Storable || a.cdn.Reason == policy.ReasonNotEligible }

// unstored reports whether the edge does not keep the answer, which another rule tells: it then has
// nothing to validate, nor to take parts of.
func (a *answer) unstored() bool { return a.cdn.StorableKnown && !a.cdn.Storable }

// declared reports whether the owner declared a setting of the cache, by its name in facts.
func (a *answer) declared(setting string) bool {
	return slices.ContainsFunc(a.linter.profile.Facts(), func(f policy.Fact) bool { return f.ID == "declared-"+setting })
}

// static reports whether the asset is of a kind that pages load and that rarely changes.
func (a *answer) static() bool {
	switch a.Asset.Kind {
	case crawl.Stylesheet, crawl.Script, crawl.Font, crawl.Image, crawl.Media, crawl.Social:
		return true
	default:
		return false
	}
}

// hasOwnTTL reports whether a CDN can be given an edge lifetime by a rule, or consumes the field
// that says it.
func hasOwnTTL(dialect string) bool {
	switch dialect {
	case "cloudflare", "cloudfront", "fastly", "akamai", "vercel", "netlify", "azure", "edgio",
		"google", "bunny", "keycdn", "cdn77", "alibaba", "tencent", "huawei":
		return true
	}
	return false
}

func milliseconds(ms float64) time.Duration {
	return time.Duration(ms * float64(time.Millisecond))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// mediaType returns the type of a Content-Type in lower case, without parameters.
func mediaType(value string) string {
	kind, _, _ := strings.Cut(value, ";")
	return strings.ToLower(strings.Trim(kind, " \t"))
}
