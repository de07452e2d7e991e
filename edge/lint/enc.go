package lint

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// encRules are the rules of content codings.
func encRules() []Rule {
	return []Rule{
		{
			ID: "ENC001", Severity: Warning, check: uncoded, Source: "RFC 9110, section 8.4",
			Title: "text that is sent without compression",
			Why:   "it takes several times the bandwidth and the time at the peak",
			Fix:   "compress the type with gzip or br, at the origin or at the edge",
		},
		{
			ID: "ENC002", Severity: Note, Needs: []Probe{ProbeGzip}, compare: codedInVain, Source: "edgeprime",
			Title: "compression that does not make the body smaller",
			Why:   "it costs time at both ends for nothing",
			Fix:   "leave out what is small or compressed already",
		},
		{
			ID: "ENC003", Severity: Error, Needs: []Probe{ProbeIdentity, ProbeGzip}, compare: otherOnceDecoded, Source: "RFC 9110, section 8.4",
			Title: "gzip body that decodes to something else than the identity body",
			Why:   "visitors get different releases, depending on what their client accepts",
			Fix:   "purge both copies, and prime again",
		},
		{
			ID: "ENC004", Severity: Warning, check: codedUnasked, Needs: []Probe{ProbeIdentity}, compare: identityRefused, Source: "RFC 9110, section 12.5.3",
			Title: "coding that the request did not offer",
			Why:   "the client may not be able to decode the body",
			Fix:   "choose the coding by Accept-Encoding, and set: Vary: Accept-Encoding",
		},
	}
}

func uncoded(a *answer) *complaint {
	o := a.Observation
	if o.Status != http.StatusOK || coding(o) != "identity" || !textLike(a.value(fieldContentType)) {
		return nil
	}
	size, ok := a.sizeOnWire()
	offered := sent(o, "Accept-Encoding")
	if !ok || size <= a.linter.config.CompressAbove || !offers(offered, "gzip") && !offers(offered, "br") {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("%d bytes of %s came without a coding, though the request offers %s", size, mediaType(a.value(fieldContentType)), offered),
		evidence: a.lines("Content-Type", "Content-Length"),
	}
}

func codedInVain(p *probed) *complaint {
	o := p.get(ProbeGzip)
	if coding(o) == "identity" || !whole(o) || o.Bytes == 0 || o.WireBytes < o.Bytes {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the body has %d bytes, coded with %s it has %d", o.Bytes, coding(o), o.WireBytes),
		evidence: linesOf(o, "Content-Encoding"),
	}
}

func otherOnceDecoded(p *probed) *complaint {
	identity, gzip := p.get(ProbeIdentity), p.get(ProbeGzip)
	if !whole(identity) || !whole(gzip) || sameCoding(identity, gzip) || !p.stable() ||
		sameContent(p.Asset.Kind, contentOf(identity), contentOf(gzip)) {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the %s body decodes to %s, the %s body is %s", coding(gzip), short(gzip.Digest), coding(identity), short(identity.Digest)),
		evidence: slices.Concat(linesOf(gzip, "Content-Encoding", "ETag", "Last-Modified"), linesOf(identity, "ETag", "Last-Modified")),
	}
}

// stable reports whether the release decides the body, and not the moment: whoever asked again got
// the same. Of data that must be known, because data is often made for each request.
func (p *probed) stable() bool {
	for _, n := range [...]Probe{ProbeAgain, ProbeQuery} {
		o := p.get(n)
		if o != nil && p.differs(o) {
			return false
		}
		if n == ProbeQuery && p.Asset.Kind == crawl.Data && (o == nil || !whole(o)) {
			return false
		}
	}
	return true
}

func codedUnasked(a *answer) *complaint {
	if !a.has(fieldContentEncoding) {
		return nil
	}
	return refusedCoding(a.Observation)
}

func identityRefused(p *probed) *complaint {
	o := p.get(ProbeIdentity)
	if o == p.Observation || p.lacksVary() { // was judged alone, or is the copy that VAR005 tells of
		return nil
	}
	return refusedCoding(o)
}

// refusedCoding complains about a coding that the request does not accept. A request without
// Accept-Encoding accepts any, and may be one whose fields are not known.
func refusedCoding(o *edge.Observation) *complaint {
	offered := sent(o, "Accept-Encoding")
	if offered == "" {
		return nil
	}
	for c := range strings.SplitSeq(coding(o), ",") {
		if c = strings.Trim(c, " \t"); c != "identity" && c != "" && !offers(offered, c) {
			return &complaint{
				message:  "the body is coded with " + c + ", the request accepts: " + offered,
				evidence: linesOf(o, "Content-Encoding", "Vary"),
			}
		}
	}
	return nil
}

// offers reports whether an Accept-Encoding accepts a coding, which is in lower case (RFC 9110,
// section 12.5.3).
func offers(accept, coding string) bool {
	others := false
	for member := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(member, ";")
		accepted := !isZeroWeight(weight)
		switch name = strings.ToLower(strings.Trim(name, " \t")); name {
		case coding, "x-" + coding:
			return accepted
		case "*":
			others = accepted
		}
		if "x-"+name == coding {
			return accepted
		}
	}
	return others
}

// isZeroWeight reports whether a parameter is q=0.
func isZeroWeight(parameter string) bool {
	name, value, _ := strings.Cut(strings.Trim(parameter, " \t"), "=")
	q, err := strconv.ParseFloat(value, 64)
	return strings.EqualFold(name, "q") && err == nil && q == 0
}

// textLike reports whether content of the type shrinks when coded.
func textLike(contentType string) bool {
	kind := mediaType(contentType)
	switch kind {
	case "application/javascript", "application/json", "application/manifest+json", "application/xml", "application/wasm",
		"font/ttf", "font/otf":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}
