package policy

import (
	"slices"
	"strings"
	"time"
)

// Request is what was asked.
type Request struct {
	Method string // empty means GET
	Header [][2]string
}

// Response is what was answered: the header pairs as received.
type Response struct {
	Status int
	Header [][2]string
}

// evaluation is one call of Evaluate.
type evaluation struct {
	request  Request
	response Response
	received time.Time
	profile  Profile
	policy   *Policy
	fields   fields
}

// fields are the response fields that count, gathered in one pass.
type fields struct {
	cacheControl, expires   []string
	age, date, lastModified string
	hasAge, hasDate, hasLM  bool
	contentLocation         bool
}

// Evaluate applies RFC 9111 to one response: whether a cache of the profile's kind may store it,
// for how long it is fresh, and how old it was on arrival. Requested and received are when the
// request was written and when the answer began. It reads every input and never fails: what
// cannot be understood makes a response stale, as the RFC asks.
func Evaluate(req Request, res Response, requested, received time.Time, p Profile) Policy {
	pol := Policy{Profile: p.Name, Received: received, Basis: BasisNone}
	e := evaluation{request: req, response: res, received: received, profile: p, policy: &pol, fields: gather(res.Header)}
	e.choose()
	ds := pol.Directives
	pol.NoCache = ds.Unqualified("no-cache")
	pol.Immutable = ds.Has("immutable")
	pol.StaleForbidden = ds.Has("must-revalidate") || p.Shared && (ds.Has("proxy-revalidate") || ds.Has("s-maxage"))
	pol.SWR = delta(ds, "stale-while-revalidate")
	pol.SIE = delta(ds, "stale-if-error")
	pol.VaryAny = slices.Contains(VaryMembers(res.Header), "*")
	pol.Reason = e.whyNot()
	pol.Storable = pol.Reason == ""
	e.lifetime()
	e.ages(requested)
	return pol
}

// VaryMembers returns the members of all Vary lines in received order, in lower case.
func VaryMembers(header [][2]string) []string {
	var members []string
	for _, h := range header {
		if !strings.EqualFold(h[0], "Vary") {
			continue
		}
		for m := range strings.SplitSeq(h[1], ",") {
			if m = trim(m); m != "" {
				members = append(members, strings.ToLower(m))
			}
		}
	}
	return members
}

// gather reads the header once. The first line of a singleton counts.
func gather(header [][2]string) fields {
	var f fields
	for _, h := range header {
		switch name := h[0]; {
		case strings.EqualFold(name, "Cache-Control"):
			f.cacheControl = append(f.cacheControl, h[1])
		case strings.EqualFold(name, "Expires"):
			f.expires = append(f.expires, trim(h[1]))
		case strings.EqualFold(name, "Age") && !f.hasAge:
			f.age, f.hasAge = h[1], true
		case strings.EqualFold(name, "Date") && !f.hasDate:
			f.date, f.hasDate = trim(h[1]), true
		case strings.EqualFold(name, "Last-Modified") && !f.hasLM:
			f.lastModified, f.hasLM = trim(h[1]), true
		case strings.EqualFold(name, "Content-Location"):
			f.contentLocation = true
		}
	}
	return f
}

// choose picks the policy field: the first usable target (RFC 9213, section 2.2), else
// Cache-Control. With a target, neither Cache-Control nor Expires counts any more.
func (e *evaluation) choose() {
	for _, target := range e.profile.Targets {
		if ds, ok := LexTargeted(values(e.response.Header, target)); ok {
			e.policy.Field, e.policy.Directives = target, ds
			e.fields.expires = nil
			return
		}
	}
	if len(e.fields.cacheControl) > 0 {
		e.policy.Field = "Cache-Control"
		e.policy.Directives = Lex(e.fields.cacheControl)
	}
}

// lifetime follows RFC 9111, section 4.2.1: the first match decides, even when it is invalid.
func (e *evaluation) lifetime() {
	p, ds := e.policy, e.policy.Directives
	switch {
	case e.profile.Shared && ds.Has("s-maxage"):
		p.Basis, p.Lifetime = BasisSMaxage, delta(ds, "s-maxage")
	case ds.Has("max-age"):
		p.Basis, p.Lifetime = BasisMaxAge, delta(ds, "max-age")
	case len(e.fields.expires) > 0:
		p.Basis, p.Lifetime = BasisExpires, e.expires()
	case e.fields.hasLM && (HeuristicStatus(e.response.Status) || ds.Has("public")):
		p.Basis, p.Lifetime = BasisHeuristic, e.guess()
	}
	p.Explicit = p.Basis != BasisNone && p.Basis != BasisHeuristic
}

// expires is Expires minus Date; 0 for a bad date or more than one line.
func (e *evaluation) expires() time.Duration {
	if len(e.fields.expires) != 1 {
		return 0
	}
	t, err := ParseDate(e.fields.expires[0], e.received)
	if err != nil {
		return 0
	}
	return saturate(t.Sub(e.generated()))
}

// guess is the heuristic lifetime (RFC 9111, section 4.2.2).
func (e *evaluation) guess() time.Duration {
	modified, err := ParseDate(e.fields.lastModified, e.received)
	if err != nil {
		return 0
	}
	since := saturate(e.generated().Sub(modified))
	return saturate(time.Duration(float64(since) * e.profile.HeuristicFraction).Truncate(time.Second))
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
func (e *evaluation) ages(requested time.Time) {
	first, _, _ := strings.Cut(e.fields.age, ",")
	value, _ := deltaSeconds(trim(first))
	delay := saturate(e.received.Sub(requested))
	e.policy.AgeValue = time.Duration(value) * time.Second
	e.policy.CorrectedAge = saturate(e.policy.AgeValue + delay)
	e.policy.ApparentAge = saturate(e.received.Sub(e.generated()))
}

// delta returns the seconds of the first directive of that name; absent or invalid is 0.
func delta(ds Directives, name string) time.Duration {
	d, _ := ds.First(name)
	n, _ := d.Seconds()
	return time.Duration(n) * time.Second
}

// values returns the values of a field in received order.
func values(header [][2]string, name string) []string {
	var vs []string
	for _, h := range header {
		if strings.EqualFold(h[0], name) {
			vs = append(vs, h[1])
		}
	}
	return vs
}
