package lint

import (
	"slices"

	"github.com/edgeprime/edgeprime/edge"
)

// Probe is a further request that tells more than the answer alone.
type Probe string

// The probes, in the order of their worth. Each is one request to the same URL and vantage, unless
// it says otherwise.
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

// probed is an answer with what its probes got.
type probed struct {
	answer

	probes map[Probe]*edge.Observation
}

// has reports whether all probes got an answer that can be compared.
func (p *probed) has(needs []Probe) bool {
	return !slices.ContainsFunc(needs, func(n Probe) bool {
		o := p.probes[n]
		return n != ProbeRegion && (o == nil || o.Status == 0 || o.Failure != "" || o.Challenge != "")
	})
}
