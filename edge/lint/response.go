package lint

import (
	"net/http"
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

// DefaultHitRatio is the share of known critical cells of a region that must hit: what remains is
// eviction between priming and measuring.
const DefaultHitRatio = 0.95

// Thresholds come from the launch's criteria.
type Thresholds struct {
	// HitRatio is the share, 0 to 1, of a region's known critical cells that must hit; 0 means
	// DefaultHitRatio.
	HitRatio float64
}

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
}

// answer is a Response with what the checks share.
type answer struct {
	Response
	policy   policy.Policy
	vary     []string
	critical bool
}

// CheckResponse applies the rules over one observation: ST, TTL, VAR and ERR. Without an answer,
// and for a challenge page, there is nothing to judge: that is missing evidence, not a finding.
// Findings come in the order of reports.
func CheckResponse(r Response) []Finding {
	o := r.Observation
	if o == nil || o.Status == 0 || o.Challenge != "" {
		return nil
	}
	a := newAnswer(r)
	var findings []Finding
	for i := range catalogue {
		rule := &catalogue[i]
		if rule.check == nil || !rule.answers.has(o.Status) {
			continue
		}
		if c := rule.check(&a); c != nil {
			findings = append(findings, a.finding(rule, c))
		}
	}
	return findings
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

func newAnswer(r Response) answer {
	o := r.Observation
	requested := o.At.Add(milliseconds(o.Timing.Connect + o.Timing.Permit))
	if n := len(o.Attempts); n > 0 && !o.Attempts[n-1].At.IsZero() {
		requested = o.Attempts[n-1].At
	}
	received := requested.Add(milliseconds(o.Timing.TTFB))
	req := policy.Request{Method: r.Method, Header: o.Sent}
	res := policy.Response{Status: o.Status, Header: o.Header}
	return answer{
		Response: r,
		policy:   policy.Evaluate(req, res, requested, received, policy.RFC9111()),
		vary:     policy.VaryMembers(o.Header),
		critical: r.Asset.Priority == crawl.Critical,
	}
}

// finding completes a complaint.
func (a *answer) finding(rule *Rule, c *complaint) Finding {
	o := a.Observation
	fix := c.fix
	if fix == "" {
		fix = rule.Fix
	}
	return Finding{
		Rule: rule.ID, Severity: rule.Severity, URL: firstOf(o.URL, a.Asset.URL), Variant: o.Variant,
		Region: o.Region, Vantage: o.Vantage, Message: c.message, Evidence: c.evidence, Fix: fix,
	}
}

// lines returns the header lines of the named fields, in that order, as received. Values of
// cookies are left out: they can be credentials.
func (a *answer) lines(names ...string) []string {
	var lines []string
	for _, name := range names {
		for _, h := range a.Observation.Header {
			if strings.EqualFold(h[0], name) {
				lines = append(lines, h[0]+": "+withoutCookie(name, h[1]))
			}
		}
	}
	return lines
}

// withoutCookie hides what a Set-Cookie sets.
func withoutCookie(name, value string) string {
	if name != "Set-Cookie" {
		return value
	}
	pair, attributes, _ := strings.Cut(value, ";")
	cookie, _, found := strings.Cut(pair, "=")
	if !found {
		cookie = ""
	}
	if attributes != "" {
		attributes = ";" + attributes
	}
	return cookie + "=[redacted]" + attributes
}

// edgeDecides reports whether the answer itself proves that the edge goes by a lifetime of its
// own: a CDN that can be given one serves as fresh what its headers call stale or never reusable.
func (a *answer) edgeDecides() bool {
	return a.Observation.Cache.Outcome == edge.Hit && hasOwnTTL(a.Observation.Cache.Dialect) &&
		(a.policy.NoCache || !a.policy.Fresh(a.policy.Received))
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
