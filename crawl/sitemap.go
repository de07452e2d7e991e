package crawl

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

const (
	// maxSitemapBytes is what sitemaps.org allows one file to hold when it is unpacked.
	maxSitemapBytes = 50 << 20
	// maxXMLDepth is deeper than any sitemap or feed.
	maxXMLDepth = 16
)

// sitemap is what one sitemap file names.
type sitemap struct {
	pages    []string // as they are written, trimmed
	children []string // sitemaps below an index
	more     int      // entries beyond the limit
	// problem is the stable name of what is wrong with the file, detail says it in words.
	problem, detail string
}

func (s *sitemap) fail(name, detail string) {
	if s.problem == "" {
		s.problem, s.detail = "sitemap-"+name, detail
	}
}

// parseSitemap reads XML sitemaps and indexes, RSS, Atom, text lists and robots.txt, packed or
// not, whatever the name of the file says. It takes at most a number of entries.
func parseSitemap(url, contentType string, body []byte, most int) *sitemap {
	return parseSitemapUpTo(maxSitemapBytes, url, contentType, body, most)
}

func parseSitemapUpTo(size int, url, contentType string, body []byte, most int) *sitemap {
	s := &sitemap{}
	r := io.Reader(bytes.NewReader(body))
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(r)
		if err != nil {
			s.fail("truncated", "the gzip header is broken; build the sitemap again")
			return s
		}
		r = z
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(size)+1))
	switch {
	case len(text) > size:
		s.fail("too-large", "the sitemap is larger than 50 MiB unpacked; split it")
		text = text[:size]
	case err != nil:
		s.fail("truncated", "the packed file breaks off; what could be unpacked was read, build the sitemap again")
	}
	text, transcoded := decodeSitemap(text)
	text = bytes.TrimLeft(text, " \t\r\n\f\v")
	switch {
	case strings.HasSuffix(strings.ToLower(pathOf(url)), "/robots.txt"):
		s.readRobots(text, most)
	case len(text) == 0:
		s.fail("empty", "the sitemap is empty; build it again")
	case text[0] == '<':
		s.readXML(text, transcoded, most)
	case mediaType(contentType) == "text/html":
		s.fail("html", "the sitemap's address answers a page instead; fix the address")
	default:
		s.readList(text, most)
	}
	if s.problem == "" && len(s.pages)+len(s.children) == 0 {
		s.fail("empty", "the sitemap names no URL; build it again")
	}
	return s
}

func pathOf(raw string) string {
	l, err := parseLink(raw)
	if err != nil {
		return ""
	}
	return l.path
}

// decodeSitemap handles what an XML declaration cannot say: byte order marks, and UTF-16.
func decodeSitemap(text []byte) (decoded []byte, transcoded bool) {
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return text[3:], false
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}), bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		return decodeNamed(text, ""), true
	case bytes.HasPrefix(text, []byte{0, '<'}):
		return decodeNamed(text, "utf-16be"), true
	case bytes.HasPrefix(text, []byte{'<', 0}):
		return decodeNamed(text, "utf-16le"), true
	}
	return text, false
}

func (s *sitemap) addPage(raw string, most int) {
	s.pages, s.more = addEntry(s.pages, s.more, raw, most)
}

func (s *sitemap) addChild(raw string, most int) {
	s.children, s.more = addEntry(s.children, s.more, raw, most)
}

func addEntry(list []string, more int, raw string, most int) (entries []string, left int) {
	raw = strings.TrimSpace(raw)
	switch {
	case raw == "":
		return list, more
	case len(list) >= most:
		return list, more + 1
	}
	return append(list, raw), more
}

// readList reads a text sitemap: one URL a line.
func (s *sitemap) readList(text []byte, most int) {
	for line := range bytes.Lines(text) {
		s.addPage(string(line[:min(len(line), maxURL+2)]), most)
	}
}

// xmlScan is where a sitemap's reader stands.
type xmlScan struct {
	path []string // local names of the open elements
	text strings.Builder
}

// up is the name of the element n levels above the innermost.
func (x *xmlScan) up(n int) string {
	if len(x.path) <= n {
		return ""
	}
	return x.path[len(x.path)-1-n]
}

func (s *sitemap) readXML(text []byte, transcoded bool, most int) {
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if transcoded {
			return in, nil
		}
		return charset.NewReaderLabel(label, in)
	}
	x := &xmlScan{}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.brokenXML(x)
			return
		}
		if !s.xmlToken(x, token, text, most) {
			return
		}
	}
}

func (s *sitemap) brokenXML(x *xmlScan) {
	if len(x.path) == 0 && len(s.pages)+len(s.children) == 0 {
		s.fail("not-xml", "the file is neither XML nor a list of URLs; fix the address or the file")
		return
	}
	s.fail("truncated", "the XML breaks off or is malformed; what stands before was read, build the sitemap again")
}

// xmlToken returns false when reading must stop.
func (s *sitemap) xmlToken(x *xmlScan, token xml.Token, text []byte, most int) bool {
	switch t := token.(type) {
	case xml.Directive:
		return s.directive(t, text)
	case xml.StartElement:
		if len(x.path) == 0 && strings.EqualFold(t.Name.Local, "html") {
			s.failHTML(text)
			return false
		}
		x.path = append(x.path, strings.ToLower(t.Name.Local))
		x.text.Reset()
		if len(x.path) > maxXMLDepth {
			s.fail("too-deep", "elements are nested deeper than in any sitemap; fix the file")
			return false
		}
		s.atomLink(x, t, most)
	case xml.CharData:
		if x.text.Len() <= maxURL {
			x.text.Write(t[:min(len(t), maxURL+1)])
		}
	case xml.EndElement:
		s.endElement(x, most)
		if len(x.path) > 0 {
			x.path = x.path[:len(x.path)-1]
		}
		x.text.Reset()
	}
	return true
}

// directive refuses document types, which can define entities without end.
func (s *sitemap) directive(d xml.Directive, text []byte) bool {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(string(d[:min(len(d), 32)]))), "doctype html") {
		s.failHTML(text)
		return false
	}
	s.fail("doctype", "the file has a document type, which sitemaps must not have; nothing was read, remove it")
	return false
}

func (s *sitemap) failHTML(text []byte) {
	detail := "the sitemap's address answers an HTML page instead; fix the address"
	if title := pageTitle(text); title != "" {
		detail = "the sitemap's address answers an HTML page (" + title + ") instead; fix the address"
	}
	s.fail("html", detail)
}

func (s *sitemap) endElement(x *xmlScan, most int) {
	text := x.text.String()
	switch name, parent := x.up(0), x.up(1); {
	case name == "loc" && parent == "url":
		s.addPage(text, most)
	case name == "loc" && parent == "sitemap":
		s.addChild(text, most)
	case name == "link" && parent == "item":
		s.addPage(text, most)
	}
}

func (s *sitemap) atomLink(x *xmlScan, t xml.StartElement, most int) {
	if x.up(0) != "link" || x.up(1) != "entry" {
		return
	}
	href, rel := "", "alternate"
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "href":
			href = a.Value
		case "rel":
			rel = a.Value
		}
	}
	if rel == "alternate" {
		s.addPage(href, most)
	}
}
