package crawl

import (
	"bytes"
	"strings"
)

// startHTML reads one HTML element.
func (s *htmlScan) startHTML(tag string) {
	switch tag {
	case "base":
		s.base()
	case "link":
		s.link()
	case "meta":
		s.meta()
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
		s.openMedia(tag)
	case "track":
		s.track()
	case "input":
		if s.attrs.is("type", "image") {
			s.add("src", Asset{Kind: Image, Source: "html:input[src]"})
		}
	case "iframe", "frame":
		s.frame(tag)
	case "object":
		s.embedded("data", "html:object[data]")
	case "embed":
		s.embedded("src", "html:embed[src]")
	case "body", "table", "thead", "tbody", "tfoot", "tr", "td", "th":
		s.add("background", Asset{Kind: Image, Source: "html:" + tag + "[background]"})
	}
}

// add takes the URL of an attribute; an element without the attribute names nothing.
func (s *htmlScan) add(attr string, a Asset) *ref {
	value, ok := s.attrs.get(attr)
	if !ok {
		return nil
	}
	return s.doc.refs.add(value, a)
}

// base obeys the first base element that has a URL, from here on.
func (s *htmlScan) base() {
	href, ok := s.attrs.get("href")
	if !ok || s.hasBase {
		return
	}
	s.hasBase = true
	s.doc.refs.resolver = s.doc.refs.resolver.withBase(href)
}

// meta obeys a viewport, from here on. A document in a frame has none of its own.
func (s *htmlScan) meta() {
	if s.attrs.is("name", "viewport") && s.depth == 0 {
		s.doc.refs.screens = screens(s.doc.devices, s.attrs.value("content"))
	}
}

func (s *htmlScan) style() {
	if t := s.attrs.value("type"); t != "" && !strings.EqualFold(t, "text/css") {
		return
	}
	where := cssSheet
	if offScreen(s.attrs.value("media")) {
		where = cssInert
	}
	s.raw = func(text []byte) { scanCSS(s.doc.style, text, where) }
}

// frame reads nested documents. A srcdoc document has the base URL of the page around it.
func (s *htmlScan) frame(tag string) {
	if srcdoc, ok := s.attrs.get("srcdoc"); ok && tag == "iframe" {
		if s.depth < maxSrcdoc {
			outer := s.doc.refs.resolver
			s.doc.scan([]byte(srcdoc), s.depth+1)
			s.doc.refs.resolver = outer
		}
		return
	}
	a := Asset{Kind: Document, Mode: Navigate, Source: "html:" + tag + "[src]", Priority: Critical, Reason: "document in a frame"}
	if s.attrs.is("loading", "lazy") {
		a.Priority, a.Reason = Low, "lazy frame"
	}
	if f := s.add("src", a); f != nil {
		f.role = readDocument
	}
}

// embedded reads object and embed, which show images as well as whole documents.
func (s *htmlScan) embedded(attr, source string) {
	raw, ok := s.attrs.get(attr)
	if !ok {
		return
	}
	essence := mediaType(s.attrs.value("type"))
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
func (s *htmlScan) startForeign(tag string, selfClosing bool) {
	switch tag {
	case "svg":
		if !selfClosing {
			s.svg++
		}
	case "image", "feimage":
		s.addForeign(Asset{Kind: Image, Source: "svg:" + tag})
	case "use":
		s.addForeign(Asset{Kind: Image, Source: "svg:use"})
	case "script":
		s.addForeign(Asset{Kind: Script, Source: "svg:script", Reason: "script of an SVG document"})
	case "style":
		if !selfClosing {
			s.raw = func(text []byte) {
				text = bytes.TrimPrefix(bytes.TrimSpace(text), []byte("<![CDATA["))
				scanCSS(s.doc.style, text, cssSheet)
			}
		}
	case "img", "iframe", "video", "audio", "source", "track", "picture", "link":
		s.startHTML(tag) // inside foreignObject, or where HTML breaks out of SVG
	}
	for i, name := range s.attrs.names {
		if name == "font-family" || name != "style" && strings.Contains(s.attrs.values[i], "url(") {
			scanCSS(s.doc.style, []byte(name+":"+s.attrs.values[i]), cssDeclarations)
		}
	}
}

func (s *htmlScan) addForeign(a Asset) {
	if s.attrs.has("href") {
		s.add("href", a)
		return
	}
	s.add("xlink:href", a)
}
