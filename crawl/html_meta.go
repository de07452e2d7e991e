package crawl

import (
	"encoding/json"
	"strings"
)

// meta reads a meta element: a viewport, from here on; a refresh; an image for link previews. A
// document in a frame has no viewport of its own.
func (s *htmlScan) meta() {
	s.robotsMeta()
	content, ok := s.z.attrs.get("content")
	switch {
	case !ok:
	case s.z.attrs.is("name", "viewport"):
		if s.depth == 0 && !s.noscript {
			s.doc.refs.screens = screens(s.doc.devices, content)
		}
	case s.z.attrs.is("http-equiv", "refresh"):
		s.doc.refs.refresh(content, "html:meta[refresh]")
	case isPreviewImage(strings.ToLower(s.z.attrs.value("property"))), isPreviewImage(strings.ToLower(s.z.attrs.value("name"))),
		s.z.attrs.is("itemprop", "image"):
		s.doc.refs.addUnasked(content, previewImage("html:meta"))
	}
}

func previewImage(source string) Asset {
	return Asset{Kind: Social, Source: source, Reason: "image of link previews"}
}

func isPreviewImage(name string) bool {
	switch name {
	case "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "msapplication-tileimage", "thumbnail":
		return true
	}
	return false
}

// refresh takes the target of a refresh, from markup or from a header field. Browsers go there
// after a while without being asked.
func (r *refs) refresh(content, source string) {
	_, target, ok := strings.Cut(strings.TrimLeft(content, htmlSpace+"0123456789."), "=")
	word := strings.ToLower(strings.Trim(content[:len(content)-len(target)], htmlSpace+"0123456789.,;="))
	if !ok || word != "url" {
		return
	}
	a := Asset{Kind: Document, Mode: Navigate, Source: source, Priority: Critical, Reason: "page that a refresh leads to"}
	if f := r.add(strings.Trim(target, htmlSpace+`"'`), a); f != nil {
		f.role = readDocument
	}
}

// jsonLD takes the images of structured data: values of image, logo and thumbnail properties.
func (r *refs) jsonLD(text []byte) {
	var data any
	if json.Unmarshal(text, &data) == nil {
		r.jsonImages(data, false, 0)
	}
}

const maxJSONDepth = 32

func (r *refs) jsonImages(data any, isImage bool, depth int) {
	if depth > maxJSONDepth {
		return
	}
	switch v := data.(type) {
	case string:
		if isImage {
			r.addUnasked(v, previewImage("json-ld"))
		}
	case []any:
		for _, e := range v {
			r.jsonImages(e, isImage, depth+1)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			switch key {
			case "image", "logo", "thumbnail", "thumbnailUrl", "primaryImageOfPage", "photo":
				r.jsonImages(v[key], true, depth+1)
			case "url", "contentUrl", "@id":
				r.jsonImages(v[key], isImage && (key != "@id" || v["url"] == nil && v["contentUrl"] == nil), depth+1)
			default:
				r.jsonImages(v[key], false, depth+1)
			}
		}
	}
}

// speculation takes the pages that list rules prefetch or prerender (WICG nav-speculation). Rules
// that choose links by themselves name no URL. It returns false for what is no JSON object.
func (r *refs) speculation(text []byte) bool {
	type rule struct {
		URLs      []string `json:"urls"`
		Eagerness string   `json:"eagerness"`
	}
	var rules struct {
		Prefetch  []rule `json:"prefetch"`
		Prerender []rule `json:"prerender"`
	}
	if json.Unmarshal(text, &rules) != nil {
		return false
	}
	for _, list := range []struct {
		rules []rule
		verb  string
	}{{rules.Prefetch, "prefetch"}, {rules.Prerender, "prerender"}} {
		for _, rule := range list.rules {
			for _, url := range rule.URLs {
				a := Asset{Kind: Document, Mode: Navigate, Priority: Low, Source: "speculationrules:" + list.verb, Reason: "for a later page"}
				if rule.Eagerness == "moderate" || rule.Eagerness == "conservative" {
					r.addUnasked(url, a)
					continue
				}
				r.add(url, a)
			}
		}
	}
	return true
}
