package crawl

import (
	"bytes"
	"slices"
	"strings"
)

const (
	// maxSrcdoc is how deep documents inside srcdoc attributes are read.
	maxSrcdoc = 3
	// heroImages is how many images from the top of a page count as candidates for its largest
	// contentful paint.
	heroImages = 3
)

// document is what one HTML or SVG document names.
type document struct {
	refs    refs
	own     resolver // of the document's own URL, which a base element does not move
	devices []Viewport
	// style gathers the inline styles; shape is what style sheets see of the markup.
	style *sheet
	shape *shape
	// hasIcon is true when the document declares an icon, even an embedded one.
	hasIcon bool
	// bare are imports of inline modules that only an import map resolves; imports is that map.
	bare    []string
	imports *importMap
	// xml is true for documents whose processing instructions count.
	xml bool
	// links are what visitors may click; nil when nobody asks.
	links *pageLinks
	// unread says what could not be read to its end; empty when all was.
	unread string
}

// ExtractHTML returns every http and https URL that a browser may request for a document: what
// its markup, inline styles and inline modules name, and the favicon. Candidates are marked for
// [DefaultViewports]. It follows nothing.
func ExtractHTML(body []byte, pageURL string) []Asset {
	d := readHTML(body, "", pageURL, DefaultViewports(), nil)
	if d == nil {
		return nil
	}
	d.addFavicon()
	fonts := d.pageStyle().apply(newCascade([]appliedSheet{{sheet: d.style}}))
	for _, image := range d.style.images {
		d.refs.list = append(d.refs.list, image.ref)
	}
	d.refs.list = append(d.refs.list, fonts...)
	return d.refs.assets()
}

// pageStyle is what remains of a document until all its style sheets are read.
func (d *document) pageStyle() *pageStyle {
	return &pageStyle{origin: d.refs.origin, own: d.style, shape: d.shape, screens: d.refs.screens}
}

// readHTML returns nil when the page's own URL cannot be parsed. It gathers links when they are
// not nil.
func readHTML(body []byte, contentType, pageURL string, devices []Viewport, links *pageLinks) *document {
	text, enc := decodeDocument(body, contentType)
	r, err := newResolver(pageURL)
	if err != nil {
		return nil
	}
	d := &document{own: r, devices: devices, links: links, shape: newShape()}
	r.query = enc
	d.refs = refs{resolver: r, page: pageURL, origin: r.origin(), screens: screens(devices, "")}
	d.style = newSheet(&d.refs)
	d.xml = strings.Contains(mediaType(contentType), "xml") || bytes.HasPrefix(bytes.TrimSpace(text), []byte("<?xml"))
	d.scan(text, 0)
	d.shape.seal()
	return d
}

func (d *document) scan(text []byte, depth int) {
	d.scanAs(&htmlScan{doc: d, inHead: true, depth: depth}, text)
}

func (d *document) scanAs(s *htmlScan, text []byte) {
	s.z.text = text
	for s.next() {
		continue
	}
	if s.z.tooLong {
		d.unread = "a tag, comment or inline script is longer than 4 MiB"
	}
}

// addFavicon adds what browsers ask for when a page declares no icon.
func (d *document) addFavicon() {
	if d.hasIcon {
		return
	}
	root := refs{resolver: d.own, page: d.refs.page}
	root.add("/favicon.ico", Asset{Kind: Image, Priority: Low, Reason: "icon when none is declared", Source: "html:favicon"})
	d.refs.list = append(d.refs.list, root.list...)
}

// htmlScan walks the tokens of a document. It builds no tree, so that neither depth nor
// malformed nesting stops it; what it must know of its ancestors it keeps in a few fields.
type htmlScan struct {
	doc   *document
	z     htmlTokens
	depth int // of srcdoc documents

	inHead    bool
	hasBase   bool
	templates []bool // open template elements; true for those whose content is inert
	inert     int    // how many of them are
	svg       int    // open svg elements
	images    int    // eager images so far
	picture   *picture
	media     *mediaElement
	noscript  bool // what stands here is for browsers without scripts
	// raw reads the text of the style or script element that has just begun.
	raw func(text []byte)
}

func (s *htmlScan) next() bool {
	kind := s.z.next()
	raw := s.raw
	s.raw = nil
	switch kind {
	case noToken:
		return false
	case textToken:
		switch {
		case raw != nil:
			raw(s.z.raw)
		case s.inert == 0 && !s.noscript:
			s.doc.shape.write(s.z.raw)
		}
	case otherToken:
		s.instruction()
	case startToken:
		s.start(s.z.name, s.z.selfClosing)
	case endToken:
		s.end(s.z.name)
	}
	return true
}

func (s *htmlScan) start(tag []byte, selfClosing bool) {
	if s.svg > 0 && selfClosing {
		s.z.rawTag = "" // foreign elements can close themselves
	}
	if string(tag) == "template" {
		s.openTemplate()
		return
	}
	if s.inert > 0 {
		return
	}
	s.inHead = s.inHead && isHeadElement(tag)
	if !s.noscript {
		s.dress(tag, selfClosing)
	}
	if s.svg > 0 || string(tag) == "svg" {
		s.startForeign(tag, selfClosing)
		return
	}
	s.startHTML(tag)
}

// dress reads what style sheets and style attributes make of an element.
func (s *htmlScan) dress(tag []byte, selfClosing bool) {
	var inline []decl
	if style, ok := s.z.attrs.bytes("style"); ok && mayAsk(style) {
		inline = scanDeclarations(s.doc.style, style)
	}
	s.doc.shape.start(tag, &s.z.attrs, selfClosing && s.svg > 0, inline)
	switch string(tag) {
	case "title", "script", "style", "noscript", "iframe", "noembed", "noframes", "xmp":
		s.raw = func([]byte) {} // text that is not shown
	}
}

// mayAsk tells whether a style attribute can make a browser request something, or not display.
func mayAsk(style []byte) bool {
	for _, part := range []string{"url(", "font", "display", "--", "var(", "image-set", `\`, "URL", "FONT"} {
		if bytes.Contains(style, []byte(part)) {
			return true
		}
	}
	return false
}

func (s *htmlScan) openTemplate() {
	inert := !s.z.attrs.is("shadowrootmode", "open") && !s.z.attrs.is("shadowrootmode", "closed")
	s.templates = append(s.templates, inert)
	switch {
	case inert:
		s.inert++
	case s.inert == 0 && !s.noscript:
		s.doc.shape.nodes[s.doc.shape.top()].host = true
	}
}

func (s *htmlScan) end(name []byte) {
	if s.inert == 0 && !s.noscript {
		s.doc.shape.end(name)
	}
	switch string(name) {
	case "template":
		if n := len(s.templates); n > 0 {
			if s.templates[n-1] {
				s.inert--
			}
			s.templates = s.templates[:n-1]
		}
	case "head":
		s.inHead = false
	case "svg":
		s.svg = max(0, s.svg-1)
	case "picture":
		s.picture = nil
	case "video", "audio":
		s.media = nil
	}
}

// instruction reads the one processing instruction that loads something. HTML takes it for a
// comment, so that it counts in SVG documents only.
func (s *htmlScan) instruction() {
	rest, ok := bytes.CutPrefix(s.z.raw, []byte("<?xml-stylesheet"))
	if !ok || !s.doc.xml {
		return
	}
	z := htmlTokens{text: append([]byte("<p "), bytes.Replace(rest, []byte("?>"), []byte(">"), 1)...)}
	if z.next() != startToken {
		return
	}
	href, _ := z.attrs.get("href")
	s.sheetLink(href, Asset{Source: "xml:stylesheet", Priority: Critical, Reason: "style sheet of an SVG document"}, z.attrs.value("media"), false)
}

func isHeadElement(tag []byte) bool {
	switch string(tag) {
	case "html", "head", "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style", "title":
		return true
	}
	return false
}

// attributes are those of one start tag, in order, each name once. They live until the next token.
type attributes struct {
	names, values [][]byte
}

// take adds an attribute unless it has no name, or one that is there already.
func (a *attributes) take(name, value []byte) bool {
	if len(name) == 0 || slices.ContainsFunc(a.names, func(n []byte) bool { return bytes.Equal(n, name) }) {
		return false
	}
	a.names, a.values = append(a.names, name), append(a.values, value)
	return true
}

// bytes returns the first attribute of a name; later ones do not count.
func (a *attributes) bytes(name string) ([]byte, bool) {
	for i, n := range a.names {
		if string(n) == name {
			return a.values[i], true
		}
	}
	return nil, false
}

func (a *attributes) get(name string) (string, bool) {
	v, ok := a.bytes(name)
	return string(v), ok
}

func (a *attributes) value(name string) string {
	v, _ := a.bytes(name)
	return string(v)
}

func (a *attributes) has(name string) bool {
	_, ok := a.bytes(name)
	return ok
}

// is compares an enumerated attribute.
func (a *attributes) is(name, value string) bool {
	v, _ := a.bytes(name)
	return len(v) >= len(value) && bytes.EqualFold(bytes.Trim(v, htmlSpace), []byte(value))
}

// mode is the request mode that a crossorigin attribute asks for.
func (a *attributes) mode() Mode {
	if a.has("crossorigin") {
		return CORS
	}
	return NoCORS
}
