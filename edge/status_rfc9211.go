package edge

import (
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"
)

// hop is one member of Cache-Status (RFC 9211, section 2), with the parameters that count.
type hop struct {
	name      string
	hit       bool
	fwd       string
	fwdStatus int64
	collapsed bool
	detail    string
	ttl       *int64
}

// fwdReadings are the reasons of the fwd parameter (RFC 9211, section 2.2).
var fwdReadings = words{
	"uri-miss":  says(Miss, ContactYes),
	"vary-miss": says(Miss, ContactYes),
	"miss":      says(Miss, ContactYes),
	"partial":   says(Miss, ContactYes),
	"stale":     says(Expired, ContactYes),
	"bypass":    says(Bypass, ContactYes),
	"method":    says(Bypass, ContactYes),
	"request":   says(Bypass, ContactYes),
}

// The members that tiers of one CDN add.
const (
	netlifyEdge    = "Netlify Edge"
	netlifyDurable = "Netlify Durable"
)

// readRFC9211 reads Cache-Status: strictly as a Structured Field List, and leniently when it is
// none. The edge is the member that a CDN is known by, else the last.
func readRFC9211(s *signals) said {
	value := s.value[fieldCacheStatus]
	hops, ok := strictHops(value)
	if !ok {
		hops = lenientHops(value)
	}
	if len(hops) == 0 {
		return said{reading: silent()}
	}
	edge := len(hops) - 1
	for i := range hops {
		if hops[i].name == netlifyEdge {
			edge = i
		}
	}
	h := &hops[edge]
	r := said{reading: h.reading(), ttl: h.ttl, node: h.name}
	if len(hops) > 1 {
		for i := range hops[:edge] {
			r.layers = append(r.layers, hops[i].reading().outcome)
		}
		r.layers = append(r.layers, r.outcome)
	}
	switch {
	case h.name == netlifyEdge:
		r.dialect = "netlify"
		r.sparedByDurable(hops)
	case h.squid(s):
		r.dialect = "squid"
		if r.outcome == Hit {
			r.origin = ContactUnknown // Squid also says so after a validation or a failed refresh
		}
	}
	return r
}

// sparedByDurable corrects the origin for Netlify's second tier, which the edge asked.
func (r *said) sparedByDurable(hops []hop) {
	for i := range hops {
		durable := hops[i].reading()
		if hops[i].name == netlifyDurable && durable.outcome != Unknown && r.origin == ContactYes {
			r.origin = durable.origin
		}
	}
}

// reading is what a member's parameters mean together.
func (h *hop) reading() reading {
	switch {
	case h.hit && h.fwd != "":
		return says(Stale, ContactUnknown)
	case h.hit && h.ttl != nil && *h.ttl < 0:
		return says(Stale, ContactNo)
	case h.hit:
		return says(Hit, ContactNo)
	}
	r := fwdReadings.read(h.fwd)
	if h.fwd == "stale" && h.fwdStatus == 304 {
		r.outcome = Revalidated
	}
	if h.collapsed && r.origin == ContactYes {
		r.origin = ContactUnknown
	}
	return r
}

// squid tells Squid's members by its details, or by the headers beside it.
func (h *hop) squid(s *signals) bool {
	switch h.detail {
	case "match", "mismatch", "no-match":
		return true
	}
	return hasPrefixFold(s.value[fieldServer], "squid") || strings.Contains(s.value[fieldVia], "(squid")
}

// strictHops parses by RFC 9651. It is false when the value is no list of Items.
func strictHops(value string) ([]hop, bool) {
	list, err := httpsfv.UnmarshalList([]string{value})
	if err != nil {
		return nil, false
	}
	hops := make([]hop, 0, len(list))
	for _, member := range list {
		item, ok := member.(httpsfv.Item)
		if !ok {
			return nil, false
		}
		h := hop{name: text(item.Value)}
		for _, key := range item.Params.Names() {
			value, _ := item.Params.Get(key)
			h.set(key, value)
		}
		hops = append(hops, h)
	}
	return hops, true
}

// set keeps a parameter that has the type which RFC 9211 gives it.
func (h *hop) set(key string, value any) {
	switch key {
	case "hit":
		h.hit, _ = value.(bool)
	case "collapsed":
		h.collapsed, _ = value.(bool)
	case "fwd":
		h.fwd = text(value)
	case "detail":
		h.detail = text(value)
	case "fwd-status":
		h.fwdStatus, _ = value.(int64)
	case "ttl":
		if ttl, ok := value.(int64); ok {
			h.ttl = &ttl
		}
	}
}

// text returns a String or a Token.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case httpsfv.Token:
		return string(v)
	}
	return ""
}

// lenientHops splits at commas and semicolons outside quotes. A member that is nothing but a
// parameter belongs to the member before it: Netlify writes "hit, fwd=stale".
func lenientHops(value string) []hop {
	var hops []hop
	for value != "" {
		var member string
		member, value = cutOutsideQuotes(value, ',')
		name, params := cutOutsideQuotes(member, ';')
		name = strings.Trim(name, " \t")
		if key, arg, found := strings.Cut(name, "="); found && len(hops) > 0 && isHopParameter(key) {
			hops[len(hops)-1].set(key, bare(arg))
		} else if name != "" {
			hops = append(hops, hop{name: strings.Trim(name, `"`)})
		}
		for params != "" && len(hops) > 0 {
			var param string
			param, params = cutOutsideQuotes(params, ';')
			key, arg, found := strings.Cut(strings.Trim(param, " \t"), "=")
			if !found {
				arg = "?1"
			}
			hops[len(hops)-1].set(key, bare(arg))
		}
	}
	return hops
}

// isHopParameter reports whether RFC 9211 knows a parameter of that name.
func isHopParameter(key string) bool {
	switch key {
	case "hit", "fwd", "fwd-status", "ttl", "stored", "collapsed", "key", "detail":
		return true
	}
	return false
}

// bare reads a parameter's value by its looks.
func bare(arg string) any {
	switch arg {
	case "?1":
		return true
	case "?0":
		return false
	}
	if n, err := strconv.ParseInt(arg, 10, 64); err == nil {
		return n
	}
	return strings.Trim(arg, `"`)
}

// cutOutsideQuotes splits at the first separator that is not inside a quoted string.
func cutOutsideQuotes(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
