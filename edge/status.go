package edge

import "strings"

// field is a response header that says something about caches or places. The zero field is none.
type field uint8

// The fields, by the family that sends them.
const (
	noField field = iota
	fieldCloudflare
	fieldAkamai
	fieldAkamaiRemote
	fieldFastlyDebug
	fieldFastlyState
	fieldVercel
	fieldBunny
	fieldPerma
	fieldHuawei
	fieldLiteSpeed
	fieldAlibaba
	fieldAzureRef
	fieldEdgio
	fieldCacheStatus
	fieldXCache
	fieldXLookup
	fieldXDetail
	fieldWarning
	fieldNginx
	fieldProxyCache
	fieldGoogle
	fieldXVarnish
	fieldAge
	fieldServer
	fieldVia
	fieldCFRay
	fieldAmzPop
	fieldServedBy
	fieldVercelID
	fieldEdgeLocation
	fieldPoP
	fieldCount
)

// fieldNames maps lower-case header names to fields. Names that a site's owner chooses are the
// ones that are seen in practice (2026-11).
var fieldNames = map[string]field{
	"cf-cache-status":       fieldCloudflare,
	"akamai-cache-status":   fieldAkamai,
	"x-cache-remote":        fieldAkamaiRemote,
	"fastly-debug-ttl":      fieldFastlyDebug,
	"x-fastly-state":        fieldFastlyState,
	"fastly-state":          fieldFastlyState,
	"x-vercel-cache":        fieldVercel,
	"cdn-cache":             fieldBunny,
	"perma-cache":           fieldPerma,
	"x-hcs-proxy-type":      fieldHuawei,
	"x-litespeed-cache":     fieldLiteSpeed,
	"x-qc-cache":            fieldLiteSpeed,
	"x-lsadc-cache":         fieldLiteSpeed,
	"x-swift-cachetime":     fieldAlibaba,
	"x-azure-ref":           fieldAzureRef,
	"x-ec-cache":            fieldEdgio,
	"cache-status":          fieldCacheStatus,
	"x-cache":               fieldXCache,
	"x-cache-lookup":        fieldXLookup,
	"x-cache-detail":        fieldXDetail,
	"warning":               fieldWarning,
	"x-cache-status":        fieldNginx,
	"x-nginx-cache":         fieldNginx,
	"x-nginx-cache-status":  fieldNginx,
	"x-proxy-cache":         fieldProxyCache,
	"x-proxy-cache-status":  fieldProxyCache,
	"x-upstream-cache":      fieldProxyCache,
	"upstream-cache-status": fieldProxyCache,
	"x-fastcgi-cache":       fieldProxyCache,
	"cdn-cache-status":      fieldGoogle,
	"x-cdn-cache-status":    fieldGoogle,
	"x-varnish":             fieldXVarnish,
	"age":                   fieldAge,
	"server":                fieldServer,
	"via":                   fieldVia,
	"cf-ray":                fieldCFRay,
	"x-amz-cf-pop":          fieldAmzPop,
	"x-served-by":           fieldServedBy,
	"x-vercel-id":           fieldVercelID,
	"x-edge-location":       fieldEdgeLocation,
	"x-edge-location-klb":   fieldEdgeLocation,
	"x-pop":                 fieldPoP,
	"x-edge-pop":            fieldPoP,
	"x-cdn-pop":             fieldPoP,
}

// maxFieldName is the length of the longest name in fieldNames.
const maxFieldName = len("upstream-cache-status")

// signals are the values of the fields that were received. Lines of one field are one list.
type signals struct {
	value   [fieldCount]string
	present [fieldCount]bool
}

// gatherSignals reads the header once.
func gatherSignals(header [][2]string, s *signals) {
	var buf [maxFieldName]byte
	for _, h := range header {
		if len(h[0]) > maxFieldName {
			continue
		}
		f := fieldNames[string(lower(buf[:0], h[0]))]
		value := strings.Trim(h[1], " \t")
		if f != noField && s.present[f] {
			value = s.value[f] + ", " + value
		}
		s.value[f], s.present[f] = value, true
	}
}

// ReadCacheStatus reads what a response's header pairs, in received order, say about the caches
// on the way. The own header of the outermost CDN decides, then Cache-Status (RFC 9211), then the
// headers that anybody may set, then Age, which never tells which cache it was. A cache that is
// not known, or a word that is not, reads Unknown, never Miss. Two headers that disagree are
// named in Conflict; the outermost still decides.
func ReadCacheStatus(header [][2]string) CacheStatus {
	var s signals
	gatherSignals(header, &s)
	cs := CacheStatus{Outcome: Unknown, Origin: ContactUnknown}
	var decided *dialect
	var taken [fieldCount]bool
	for i := range dialects {
		d := &dialects[i]
		if !s.present[d.field] || taken[d.field] || d.when != nil && !d.when(&s) {
			continue
		}
		taken[d.field] = true
		said := d.reads(&s)
		if decided == nil {
			decided = d
			said.describe(&cs, d.name)
			continue
		}
		noteConflict(&cs, decided, d, said)
	}
	age, _, _ := strings.Cut(s.value[fieldAge], ",") // the first counts, as RFC 9111, section 5.1, says
	if decided == nil && strings.Trim(age, "0") != "" && allDigits(age) {
		cs.Outcome, cs.Dialect = Hit, "age"
	}
	cs.PoP, cs.Node = place(&s, cs.Dialect, cs.Node)
	return cs
}

// describe writes what the deciding dialect said.
func (r said) describe(cs *CacheStatus, name string) {
	cs.Outcome, cs.Origin, cs.EdgeHit = r.outcome, r.origin, r.edgeHit()
	cs.Synthetic = r.synthetic()
	cs.Dialect, cs.Layers, cs.TTL, cs.Node, cs.Conflict = name, r.layers, r.ttl, r.node, r.conflict
	if r.dialect != "" {
		cs.Dialect = r.dialect
	}
}

// noteConflict compares what a header behind the deciding one says. They disagree when one says
// that its store answered and the other that it did not, or that the CDN failed.
func noteConflict(cs *CacheStatus, outer, inner *dialect, said said) {
	hit := said.edgeHit()
	a, b := cs.EdgeHit != nil && *cs.EdgeHit, hit != nil && *hit
	known := cs.EdgeHit != nil || cs.Outcome == Errored
	innerKnown := hit != nil || said.outcome == Errored
	if !known || !innerKnown || a == b {
		return
	}
	if len(cs.Layers) == 0 {
		cs.Layers = []Outcome{said.outcome, cs.Outcome}
	}
	if cs.Conflict == "" {
		cs.Conflict = outer.header() + " says " + string(cs.Outcome) + ", " + inner.header() + " says " + string(said.outcome)
	}
}

// lower appends s in lower-case ASCII to buf, at most its capacity.
func lower(buf []byte, s string) []byte {
	for i := 0; i < len(s) && len(buf) < cap(buf); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buf = append(buf, c)
	}
	return buf
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
