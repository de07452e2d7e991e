package lint

import (
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// field is a header field that rules ask for.
type field uint8

// The fields.
const (
	noField field = iota
	fieldAcceptRanges
	fieldAge
	fieldAllowOrigin
	fieldCacheControl
	fieldCacheGroups
	fieldCacheGroupInvalidation
	fieldCacheStatus
	fieldCdnCacheControl
	fieldCfCacheStatus
	fieldClearSiteData
	fieldContentEncoding
	fieldContentLength
	fieldContentLocation
	fieldContentRange
	fieldContentType
	fieldDate
	fieldDebug // what a cache shows of itself to those who ask for it
	fieldEtag
	fieldExpires
	fieldLastModified
	fieldLocation
	fieldNoVarySearch
	fieldPragma
	fieldRetryAfter
	fieldSetCookie
	fieldSurrogateControl
	fieldTransferEncoding
	fieldVary
	fieldVia
	fieldWarning
	fieldOtherTargeted // any other field ending in -Cache-Control
	fieldCount
)

// fieldNames are the names of the fields in lower case.
var fieldNames = map[string]field{
	"accept-ranges":               fieldAcceptRanges,
	"age":                         fieldAge,
	"access-control-allow-origin": fieldAllowOrigin,
	"cache-control":               fieldCacheControl,
	"cache-groups":                fieldCacheGroups,
	"cache-group-invalidation":    fieldCacheGroupInvalidation,
	"cache-status":                fieldCacheStatus,
	"cdn-cache-control":           fieldCdnCacheControl,
	"cf-cache-status":             fieldCfCacheStatus,
	"clear-site-data":             fieldClearSiteData,
	"content-encoding":            fieldContentEncoding,
	"content-length":              fieldContentLength,
	"content-location":            fieldContentLocation,
	"content-range":               fieldContentRange,
	"content-type":                fieldContentType,
	"date":                        fieldDate,
	"etag":                        fieldEtag,
	"expires":                     fieldExpires,
	"last-modified":               fieldLastModified,
	"location":                    fieldLocation,
	"no-vary-search":              fieldNoVarySearch,
	"pragma":                      fieldPragma,
	"retry-after":                 fieldRetryAfter,
	"set-cookie":                  fieldSetCookie,
	"surrogate-control":           fieldSurrogateControl,
	"transfer-encoding":           fieldTransferEncoding,
	"fastly-debug-digest":         fieldDebug,
	"fastly-debug-path":           fieldDebug,
	"fastly-debug-ttl":            fieldDebug,
	"vary":                        fieldVary,
	"via":                         fieldVia,
	"warning":                     fieldWarning,
	"x-cache-key":                 fieldDebug,
	"x-check-cacheable":           fieldDebug,
	"x-ec-cache-key":              fieldDebug,
	"x-true-cache-key":            fieldDebug,
}

// longestField is the length above which a name is none of these: none in fieldNames, and no
// targeted field of a known CDN, is longer.
const longestField = 40

// targetedSuffix ends the names of targeted fields (RFC 9213, section 3.1).
const targetedSuffix = "-cache-control"

// fieldOf returns the field of a header name, which is compared without case.
func fieldOf(name string) field {
	var buf [longestField]byte
	if len(name) > longestField {
		return noField
	}
	lower := buf[:len(name)]
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	if f, ok := fieldNames[string(lower)]; ok {
		return f
	}
	if strings.HasSuffix(string(lower), targetedSuffix) {
		return fieldOtherTargeted
	}
	return noField
}

// index says where in a header each field is.
type index struct {
	first [fieldCount]int16 // place of the first line plus one; 0 is absent
	lines [fieldCount]int16
}

// mostLines bounds what is indexed: an answer with more header lines never becomes an observation.
const mostLines = 10_000

func indexOf(header [][2]string) index {
	var x index
	for i, h := range header[:min(len(header), mostLines)] {
		f := fieldOf(h[0])
		if x.first[f] == 0 {
			x.first[f] = int16(i + 1)
		}
		x.lines[f]++
	}
	return x
}

// has reports whether the answer has the field.
func (a *answer) has(f field) bool { return a.index.first[f] > 0 }

// count returns how many lines of the field the answer has.
func (a *answer) count(f field) int { return int(a.index.lines[f]) }

// value returns the first line of the field without white space around it, or "".
func (a *answer) value(f field) string {
	if i := a.index.first[f]; i > 0 {
		return strings.Trim(a.Observation.Header[i-1][1], " \t")
	}
	return ""
}

// values returns all lines of the field in received order.
func (a *answer) values(f field) []string {
	if !a.has(f) {
		return nil
	}
	values := make([]string, 0, a.count(f))
	for _, h := range a.Observation.Header {
		if fieldOf(h[0]) == f {
			values = append(values, h[1])
		}
	}
	return values
}

// lines returns the header lines of the named fields, in that order, as received. Values of
// cookies are left out: they can be credentials.
func (a *answer) lines(names ...string) []string {
	var lines []string
	for _, name := range names {
		for i := range a.Observation.Header {
			if h := &a.Observation.Header[i]; len(h[0]) == len(name) && strings.EqualFold(h[0], name) {
				lines = append(lines, a.headerLine(i))
			}
		}
	}
	return lines
}

// headerLine is a header line by its place. Rules quote the same few again and again.
func (a *answer) headerLine(i int) string {
	if a.written == nil {
		a.written = make([]string, len(a.Observation.Header))
	}
	if a.written[i] == "" {
		h := &a.Observation.Header[i]
		a.written[i] = h[0] + ": " + withoutCookie(h[0], h[1])
	}
	return a.written[i]
}

// quote returns the line that a directive stands in as evidence, and the directive's place in it;
// no place for a directive of a targeted field, which keeps none.
func (a *answer) quote(name string, d policy.Directive) ([]string, *Span) {
	lines := a.lines(name)
	if d.Line >= len(lines) || d.End == 0 {
		return lines, nil
	}
	line := lines[d.Line]
	before := len(name) + len(": ")
	if d.End > len(line)-before {
		return lines[d.Line : d.Line+1], nil
	}
	return lines[d.Line : d.Line+1], &Span{Start: before + d.Start, End: before + d.End}
}

// withoutCookie hides what a Set-Cookie sets.
func withoutCookie(name, value string) string {
	if !strings.EqualFold(name, "Set-Cookie") {
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
