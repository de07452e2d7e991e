package lint

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// Probe is a further request that tells more than the answer alone.
type Probe string

// The probes, in the order of their worth. Each is one request to the same URL and vantage, unless
// it says otherwise. Those from [ProbeQuery] to [ProbeCookie] go to the URL with a query parameter
// that nobody knows, each with another value: a copy that is stored under the URL itself would
// hide what the origin makes of the request.
const (
	ProbeAgain          Probe = "again"             // the same once more
	ProbeIfNoneMatch    Probe = "if-none-match"     // with the answer's ETag
	ProbeIfModified     Probe = "if-modified-since" // with the answer's Last-Modified
	ProbeIdentity       Probe = "identity"          // Accept-Encoding: identity
	ProbeGzip           Probe = "gzip"              // Accept-Encoding: gzip
	ProbeRange          Probe = "range"             // Range: bytes=0-99
	ProbeHead           Probe = "head"              // HEAD
	ProbeQuery          Probe = "query"             // with a query parameter that nobody knows
	ProbeAccept         Probe = "accept"            // another Accept
	ProbeAcceptLanguage Probe = "accept-language"   // another Accept-Language
	ProbeOrigin         Probe = "origin"            // another Origin
	ProbeCookie         Probe = "cookie"            // a cookie that nobody knows
	ProbeRegion         Probe = "region"            // at every other vantage, see [Linter.URL]
)

// Probes are all probes, in the order of their worth.
func Probes() []Probe {
	return []Probe{
		ProbeAgain, ProbeIfNoneMatch, ProbeIfModified, ProbeIdentity, ProbeGzip, ProbeRange, ProbeHead, ProbeQuery,
		ProbeAccept, ProbeAcceptLanguage, ProbeOrigin, ProbeCookie, ProbeRegion,
	}
}

// What probes send. Names that end in .invalid are nobody's (RFC 6761, section 6.4).
const (
	probeRange    = 100 // bytes
	probeOrigin   = "https://edgeprime.invalid"
	probeLanguage = "eo" // a language that few sites have and most answer with their default
	probeName     = "edgeprime"
)

// ProbeSpec is the request of a probe. What it does not say is as in the first request.
type ProbeSpec struct {
	Probe Probe
	// Method is GET or HEAD.
	Method string
	URL    string
	// Header are request fields, which win over those of the first request.
	Header map[string]string
}

// ProbeRequest returns the request of a probe, given the first answer; false where it can tell
// nothing: only a usable 200 to a GET is probed, a condition needs its validator, a coding an
// answer that may have one. The same answer always gets the same requests.
func ProbeRequest(p Probe, r Response) (ProbeSpec, bool) {
	o := r.Observation
	if !usable(o) || o.Status != http.StatusOK || r.Method != "" && r.Method != http.MethodGet {
		return ProbeSpec{}, false
	}
	spec := ProbeSpec{Probe: p, Method: http.MethodGet, URL: firstOf(o.URL, r.Asset.URL)}
	ok := spec.vary(o)
	return spec, ok
}

// vary makes the request differ from the first one as the probe's name says.
func (s *ProbeSpec) vary(o *edge.Observation) bool {
	switch s.Probe {
	case ProbeAgain:
		return true
	case ProbeIfNoneMatch:
		_, ok := policy.ParseETag(o.Get("ETag"))
		return ok && s.set("If-None-Match", o.Get("ETag"))
	case ProbeIfModified:
		_, err := policy.ParseDate(o.Get("Last-Modified"), o.At)
		return err == nil && s.set("If-Modified-Since", o.Get("Last-Modified"))
	case ProbeIdentity, ProbeGzip:
		return codable(o) && !askedFor(o, s.Probe) && s.set("Accept-Encoding", string(s.Probe))
	case ProbeRange:
		return !strings.EqualFold(o.Get("Accept-Ranges"), "none") && s.set("Range", "bytes=0-"+strconv.Itoa(probeRange-1))
	case ProbeHead:
		s.Method = http.MethodHead
		return true
	case ProbeQuery:
		return s.apart(o)
	case ProbeAccept:
		return s.apart(o) && s.set("Accept", otherAccept(sent(o, "Accept")))
	case ProbeAcceptLanguage:
		return s.apart(o) && s.set("Accept-Language", probeLanguage)
	case ProbeOrigin:
		return s.apart(o) && s.set("Origin", probeOrigin)
	case ProbeCookie:
		return s.apart(o) && s.set("Cookie", probeName+"=1")
	case ProbeRegion: // is no request to this vantage
	}
	return false
}

func (s *ProbeSpec) set(name, value string) bool {
	s.Header = map[string]string{name: value}
	return true
}

// apart gives the request a URL of its own.
func (s *ProbeSpec) apart(o *edge.Observation) bool {
	mark := "?"
	if strings.Contains(s.URL, "?") {
		mark = "&"
	}
	s.URL += mark + probeName + "=" + strconv.FormatInt(o.At.UnixNano(), 36) + "-" + string(s.Probe)
	return true
}

// otherAccept is an Accept whose first choice is another one. Any type is still accepted.
func otherAccept(accept string) string {
	if accept == "" || accept == "*/*" {
		return "text/html,*/*;q=0.1"
	}
	return "*/*"
}

// usable reports whether there is an answer that can be compared.
func usable(o *edge.Observation) bool {
	return o != nil && o.Status != 0 && o.Failure == "" && o.Challenge == ""
}

// codable reports whether an answer may have more than one coding.
func codable(o *edge.Observation) bool {
	return textLike(o.Get("Content-Type")) || o.Get("Content-Encoding") != "" || slices.Contains(policy.VaryMembers(o.Header), "accept-encoding")
}

// askedFor reports whether the first request asked for the coding of a probe and for nothing else.
func askedFor(o *edge.Observation, p Probe) bool {
	return (p == ProbeIdentity || p == ProbeGzip) && strings.EqualFold(strings.TrimSpace(sent(o, "Accept-Encoding")), string(p))
}

// sent returns a field of the request, or "".
func sent(o *edge.Observation, name string) string {
	for _, h := range o.Sent {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// Wants returns the probes that the rules in force read, in the order of their worth: whoever
// bounds the number of requests takes the first ones.
func (l *Linter) Wants() []Probe {
	wanted := map[Probe]bool{}
	for i := range catalogue {
		if rule := &catalogue[i]; rule.compare != nil && l.levels[i] != Off && rule.about(l.profile.Name) {
			for _, p := range rule.Needs {
				wanted[p] = true
			}
		}
	}
	return slices.DeleteFunc(Probes(), func(p Probe) bool { return !wanted[p] })
}

// probed is an answer with what its probes got.
type probed struct {
	answer

	probes map[Probe]*edge.Observation
}

// get returns what a probe got, nil when that cannot be compared. An answer to a request that
// asked for identity alone is what that probe would get, and so with gzip.
func (p *probed) get(n Probe) *edge.Observation {
	o := p.probes[n]
	if o == nil && askedFor(p.Observation, n) {
		o = p.Observation
	}
	if !usable(o) {
		return nil
	}
	return o
}

// has reports whether the rule has what it compares: all its probes, or one where one is enough.
func (p *probed) has(rule *Rule) bool {
	missing := func(n Probe) bool { return p.get(n) == nil }
	if rule.some {
		return slices.ContainsFunc(rule.Needs, func(n Probe) bool { return !missing(n) })
	}
	return !slices.ContainsFunc(rule.Needs, missing)
}
