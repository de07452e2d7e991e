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

// chunkedAbove is the size in bytes above which Azure stores ranges as chunks of their own
// (Microsoft documentation, object chunking, 2026-11).
const chunkedAbove = 10 << 20

// rngRules are the rules of ranges.
func rngRules() []Rule {
	ranged := []Probe{ProbeRange}
	return []Rule{
		{
			ID: "RNG001", Severity: Error, check: partUnasked, answers: onAny, Source: "RFC 9110, section 15.3.7",
			Title: "206 to a request without Range",
			Why:   "clients and caches take the part for the whole, or refuse it",
			Fix:   "answer 200 with the whole body unless the request has Range; purge the URL",
		},
		{
			ID: "RNG002", Severity: Warning, Needs: ranged, compare: rangeIgnored, Source: "RFC 9110, section 14.3",
			Title: "Accept-Ranges: bytes, yet a range gets the whole body",
			Why:   "each seek and each resumed download fetches the whole file",
			Fix:   "serve ranges, or do not offer them: Accept-Ranges: none",
		},
		{
			ID: "RNG003", Severity: Warning, Needs: ranged, compare: poorPart, Source: "RFC 9110, section 15.3.7",
			Title: "206 that lacks a field of the 200 or states a wrong size",
			Why:   "caches cannot combine the parts, and may lose the policy",
			Fix:   "send Date, Cache-Control, Content-Location, ETag, Expires and Vary with a 206 as with the 200, and true sizes",
		},
		{
			ID: "RNG004", Severity: Error, Needs: ranged, compare: partCodedOtherwise, Source: "RFC 9111, section 3.4",
			Title: "206 with another coding than the 200 under the same validator",
			Why:   "caches may join parts of both, and the body cannot be decoded",
			Fix:   "code both alike, or give each coding its own ETag",
		},
		{
			ID: "RNG005", Severity: Note, Profiles: []string{"azure"}, check: chunksUnprimed, Source: "Microsoft documentation, object chunking, 2026-11",
			Title: "large media file primed by a whole GET only",
			Why:   "players ask for ranges, which this CDN stores as chunks of 8 MB",
			Fix:   "prime the ranges too, or serve the file in segments",
		},
	}
}

func partUnasked(a *answer) *complaint {
	o := a.Observation
	if o.Status != http.StatusPartialContent || len(o.Sent) == 0 || sent(o, "Range") != "" {
		return nil // without the request's fields nobody knows
	}
	return &complaint{message: "the answer is 206 to a request without Range", evidence: a.lines("Content-Range")}
}

func rangeIgnored(p *probed) *complaint {
	o := p.get(ProbeRange)
	offered := slices.ContainsFunc(p.values(fieldAcceptRanges), func(v string) bool { return strings.EqualFold(strings.Trim(v, " \t"), "bytes") })
	if o.Status != http.StatusOK || !offered || o.WireBytes <= probeRange || p.unstored() {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("a request for %d bytes was answered 200 with %d", probeRange, o.WireBytes),
		evidence: p.lines("Accept-Ranges"),
	}
}

func poorPart(p *probed) *complaint {
	o := p.get(ProbeRange)
	if o.Status != http.StatusPartialContent {
		return nil
	}
	if lost := p.lost(o, "Date", "Cache-Control", "Content-Location", "ETag", "Expires", "Vary"); len(lost) > 0 {
		return &complaint{message: "the 206 lacks " + strings.Join(lost, ", "), evidence: p.lines(lost...)}
	}
	part, ok := parseContentRange(o.Get("Content-Range"))
	if !ok {
		return nil
	}
	if size, has := lengthOf(o); has && size != part.last-part.first+1 {
		return &complaint{
			message:  fmt.Sprintf("Content-Range has %d bytes, Content-Length says %d", part.last-part.first+1, size),
			evidence: linesOf(o, "Content-Range", "Content-Length"),
		}
	}
	if size, has := p.sizeOnWire(); has && part.total >= 0 && part.total != size && p.sameSelected(o) {
		return &complaint{
			message:  fmt.Sprintf("Content-Range says that the whole has %d bytes, and it has %d", part.total, size),
			evidence: slices.Concat(linesOf(o, "Content-Range"), p.lines("Content-Length")),
		}
	}
	return nil
}

// sameSelected reports whether a part belongs to the representation that the first answer had.
func (p *probed) sameSelected(o *edge.Observation) bool {
	return sameCoding(p.Observation, o) && p.Observation.Get("ETag") == o.Get("ETag") &&
		p.Observation.Get("Last-Modified") == o.Get("Last-Modified")
}

// partCodedOtherwise asks for a validator under which parts may be joined: an edge that codes on
// the fly weakens the tag of the coded body and serves ranges of the other one, which harms nobody.
func partCodedOtherwise(p *probed) *complaint {
	o := p.get(ProbeRange)
	x, y, ok := tags(p.Observation, o)
	if o.Status != http.StatusPartialContent || sameCoding(p.Observation, o) || !ok || !x.StrongEqual(y) {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the 206 is %s, the 200 is %s, and both have ETag %s", coding(o), coding(p.Observation), x),
		evidence: slices.Concat(p.lines("Content-Encoding", "ETag"), linesOf(o, "Content-Encoding", "ETag")),
	}
}

func chunksUnprimed(a *answer) *complaint {
	if a.Asset.Kind != crawl.Media || a.Observation.Status != http.StatusOK {
		return nil
	}
	size, ok := a.sizeOnWire()
	if !ok || size <= chunkedAbove {
		return nil
	}
	return &complaint{message: fmt.Sprintf("the file has %d bytes and was asked for as a whole", size), evidence: a.lines("Content-Length")}
}

// sizeOnWire is how many bytes the body has as it is coded: what came whole, else what
// Content-Length says.
func (a *answer) sizeOnWire() (int64, bool) {
	if o := a.Observation; o.Completeness == edge.Complete && o.WireBytes > 0 {
		return o.WireBytes, true
	}
	return lengthOf(a.Observation)
}

// lengthOf reads Content-Length.
func lengthOf(o *edge.Observation) (int64, bool) {
	n, err := strconv.ParseInt(strings.Trim(o.Get("Content-Length"), " \t"), 10, 64)
	return n, err == nil && n >= 0
}

// contentRange is a Content-Range of bytes; total is -1 when it is not known.
type contentRange struct{ first, last, total int64 }

// parseContentRange reads "bytes 0-99/1234" (RFC 9110, section 14.4).
func parseContentRange(value string) (contentRange, bool) {
	unit, rest, _ := strings.Cut(strings.Trim(value, " \t"), " ")
	span, total, ok := strings.Cut(rest, "/")
	from, to, alsoOK := strings.Cut(span, "-")
	if !ok || !alsoOK || !strings.EqualFold(unit, "bytes") {
		return contentRange{}, false
	}
	r := contentRange{total: -1}
	numbers := map[*int64]string{&r.first: from, &r.last: to}
	if total != "*" {
		numbers[&r.total] = total
	}
	for n, digits := range numbers {
		v, err := strconv.ParseUint(digits, 10, 63)
		if err != nil {
			return contentRange{}, false
		}
		*n = int64(v)
	}
	return r, r.first <= r.last && (r.total < 0 || r.last < r.total)
}
