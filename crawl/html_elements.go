package crawl

import (
	"bytes"
	"slices"
	"strings"
)

// startHTML reads one HTML element.
func (s *htmlScan) startHTML(tag []byte) {
	switch string(tag) {
	case "noscript":
		s.noscriptElement()
	case "base":
		s.base()
	case "link":
		s.link()
	case "meta":
		s.meta()
	case "a", "area":
		s.anchor(string(tag))
	case "script":
		s.script()
	case "style":
		s.style()
	case "img", "image":
		s.image()
	case "picture":
		s.picture = &picture{}
	case "source":
		s.source()
	case "video", "audio":
		s.openMedia(string(tag))
	case "track":
		s.track()
	case "input":
		if s.z.attrs.is("type", "image") {
			s.add("src", Asset{Kind: Image, Source: "html:input[src]"})
		}
	case "iframe", "frame":
		s.frame(string(tag))
	case "object":
		s.embedded("data", "html:object[data]")
	case "embed":
		s.embedded("src", "html:embed[src]")
	case "astro-island":
		s.island()
	case "body", "table", "thead", "tbody", "tfoot", "tr", "td", "th":
		s.add("background", Asset{Kind: Image, Source: "html:" + string(tag) + "[background]"})
	}
	s.lateSources()
}

// noscriptElement reads what browsers show when scripts are off.
func (s *htmlScan) noscriptElement() {
	if s.noscript {
		return
	}
	inHead := s.inHead
	s.raw = func(text []byte) {
		outer := s.doc.refs.off
		s.doc.refs.off = "noscript"
		s.doc.scanAs(&htmlScan{doc: s.doc, inHead: inHead, depth: s.depth, noscript: true}, bytes.Clone(text))
		s.doc.refs.off = outer
	}
}

// lateSources takes what scripts that load images late find in their usual attributes.
func (s *htmlScan) lateSources() {
	for i, name := range s.z.attrs.names {
		if len(name) < 7 || string(name[:5]) != "data-" {
			continue
		}
		value := string(s.z.attrs.values[i])
		a := Asset{Kind: Image, Source: "html:[" + string(name) + "]", Reason: "for a script that loads it late"}
		switch string(name) {
		case "data-src", "data-lazy-src", "data-original", "data-bg", "data-background", "data-background-image", "data-poster":
			s.doc.refs.addUnasked(value, a)
		case "data-srcset", "data-lazy-srcset", "data-bgset":
			for _, c := range parseSrcset(value) {
				s.doc.refs.addUnasked(c.url, a)
			}
		}
	}
}

// add takes the URL of an attribute; an element without the attribute names nothing.
func (s *htmlScan) add(attr string, a Asset) *ref {
	value, ok := s.z.attrs.get(attr)
	if !ok {
		return nil
	}
	return s.doc.refs.add(value, a)
}

// base obeys the first base element that has a URL, from here on.
func (s *htmlScan) base() {
	href, ok := s.z.attrs.get("href")
	if !ok || s.hasBase || s.noscript {
		return
	}
	s.hasBase = true
	s.doc.refs.resolver = s.doc.refs.resolver.withBase(href)
}

func (s *htmlScan) style() {
	if t := s.z.attrs.value("type"); t != "" && !strings.EqualFold(t, "text/css") {
		return
	}
	if s.noscript {
		return
	}
	media := s.z.attrs.value("media")
	s.raw = func(text []byte) { scanCSS(s.doc.style, text, media) }
}

// frame reads nested documents. A srcdoc document has the base URL of the page around it.
func (s *htmlScan) frame(tag string) {
	if srcdoc, ok := s.z.attrs.get("srcdoc"); ok && tag == "iframe" {
		if s.depth < maxSrcdoc {
			outer := s.doc.refs.resolver
			s.doc.scan([]byte(srcdoc), s.depth+1)
			s.doc.refs.resolver = outer
		}
		return
	}
	a := Asset{Kind: Document, Mode: Navigate, Source: "html:" + tag + "[src]", Priority: Critical, Reason: "document in a frame"}
	if s.z.attrs.is("loading", "lazy") {
		a.Priority, a.Reason = Low, "lazy frame"
	}
	if f := s.add("src", a); f != nil {
		f.role = readDocument
	}
}

// embedded reads object and embed, which show images as well as whole documents.
func (s *htmlScan) embedded(attr, source string) {
	raw, ok := s.z.attrs.get(attr)
	if !ok {
		return
	}
	essence := mediaType(s.z.attrs.value("type"))
	path, _, _ := strings.Cut(raw, "?")
	path = strings.ToLower(path)
	switch {
	case isDocumentType(essence), essence == "" && (strings.HasSuffix(path, ".svg") || kindOfURL(raw, Document) == Document):
		a := Asset{Kind: Document, Mode: Navigate, Source: source, Priority: High, Reason: "embedded document"}
		if f := s.doc.refs.add(raw, a); f != nil {
			f.role = readDocument
		}
	case strings.HasPrefix(essence, "image/"):
		s.doc.refs.add(raw, Asset{Kind: Image, Source: source})
	default:
		s.doc.refs.add(raw, Asset{Kind: kindOfURL(raw, Data), Source: source})
	}
}

// startForeign reads one element of embedded or stand-alone SVG.
func (s *htmlScan) startForeign(tag []byte, selfClosing bool) {
	switch string(tag) {
	case "svg":
		if !selfClosing {
			s.svg++
		}
	case "image", "feimage":
		s.addForeign(Asset{Kind: Image, Source: "svg:" + string(tag)})
	case "use":
		s.addForeign(Asset{Kind: Image, Source: "svg:use"})
	case "script":
		s.addForeign(Asset{Kind: Script, Source: "svg:script", Reason: "script of an SVG document"})
	case "style":
		if !selfClosing {
			s.raw = func(text []byte) {
				text = bytes.TrimPrefix(bytes.TrimSpace(text), []byte("<![CDATA["))
				scanCSS(s.doc.style, text, "")
			}
		}
	case "img", "iframe", "video", "audio", "source", "track", "picture", "link":
		s.startHTML(tag) // inside foreignObject, or where HTML breaks out of SVG
	}
	s.presentation()
}

// presentation takes the images that the presentation attributes of SVG name, such as mask.
func (s *htmlScan) presentation() {
	for i, name := range s.z.attrs.names {
		if string(name) == "style" || !bytes.Contains(s.z.attrs.values[i], []byte("url(")) {
			continue
		}
		from := len(s.doc.style.images)
		scanDeclarations(s.doc.style, slices.Concat(name, []byte(":"), s.z.attrs.values[i]))
		for _, image := range s.doc.style.images[from:] {
			image.mask = allViewports
		}
	}
}

func (s *htmlScan) addForeign(a Asset) {
	if s.z.attrs.has("href") {
		s.add("href", a)
		return
	}
	s.add("xlink:href", a)
}
