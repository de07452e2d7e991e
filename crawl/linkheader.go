package crawl

import (
	"strings"

	"github.com/dunglas/httpsfv"
)

// speculationHeader takes the files that a Speculation-Rules field names, a list of strings.
func (r *refs) speculationHeader(fields []string) {
	list, err := httpsfv.UnmarshalList(fields)
	if err != nil {
		return
	}
	for _, member := range list {
		item, ok := member.(httpsfv.Item)
		if !ok {
			continue
		}
		if url, ok := item.Value.(string); ok {
			a := Asset{Kind: Data, Mode: CORS, Priority: Low, Reason: "speculation rules", Source: "header:speculation-rules"}
			if f := r.add(url, a); f != nil {
				f.role = readRules
			}
		}
	}
}

// linkHeader takes what the Link fields of a document's response (RFC 8288) make browsers
// request. A style sheet named there is not requested.
func (r *refs) linkHeader(fields []string) {
	for _, field := range fields {
		for field != "" {
			var h hint
			var ok bool
			h, field, ok = parseLinkValue(field)
			if ok {
				r.hint(h)
				if h.has["canonical"] {
					r.canonize(h.url)
				}
			}
		}
	}
}

// parseLinkValue reads one link of a field and returns what stands behind it.
func parseLinkValue(s string) (h hint, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t,")
	if !strings.HasPrefix(s, "<") {
		return hint{}, "", false // no way to tell where the next link begins
	}
	target, s, found := strings.Cut(s[1:], ">")
	if !found {
		return hint{}, "", false
	}
	h = hint{url: target, source: "header:link"}
	seen := map[string]bool{}
	for {
		s = strings.TrimLeft(s, " \t")
		if !strings.HasPrefix(s, ";") {
			break
		}
		var name, value string
		name, value, s = parseLinkParam(s[1:])
		if name != "" && !seen[name] {
			seen[name] = true
			h.set(name, value)
		}
	}
	if i := strings.IndexByte(s, ','); i >= 0 {
		return h, s[i+1:], h.has != nil
	}
	return h, "", h.has != nil
}

// parseLinkParam reads one parameter, whose value may be quoted.
func parseLinkParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, " \t")
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		return strings.ToLower(strings.TrimSpace(s)), "", ""
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	if s[end] != '=' {
		return name, "", s[end:]
	}
	s = strings.TrimLeft(s[end+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		if end = strings.IndexAny(s, ";,"); end < 0 {
			end = len(s)
		}
		return name, strings.TrimSpace(s[:end]), s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return name, b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return name, b.String(), ""
}

func (h *hint) set(name, value string) {
	switch name {
	case "rel":
		h.has = map[string]bool{}
		for rel := range strings.FieldsSeq(strings.ToLower(value)) {
			h.has[rel] = true
		}
	case "as":
		h.as = strings.ToLower(value)
	case "type":
		h.mime = value
	case "media":
		h.media = value
	case "imagesrcset":
		h.srcset = value
	case "imagesizes":
		h.sizes = value
	case "crossorigin":
		h.cors = true
	}
}
