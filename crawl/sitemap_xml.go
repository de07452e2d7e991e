package crawl

import (
	"bytes"
	"slices"
	"strings"
)

// element is the name of an element, as far as sitemaps and feeds give it a meaning.
type element int

const (
	elementOther element = iota
	elementHTML
	elementURL
	elementSitemap
	elementLoc
	elementLastmod
	elementPriority
	elementLink
	elementImage
	elementVideo
	elementThumbnail
	elementContent
	elementPlayer
	elementItem
	elementPubDate
	elementEntry
	elementUpdated
)

// elementOf finds an element by its local name; case does not matter, as in the wild.
func elementOf(name []byte) element {
	var lower [16]byte
	if len(name) > len(lower) {
		return elementOther
	}
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	name = lower[:len(name)]
	switch string(name) {
	case "html":
		return elementHTML
	case "url":
		return elementURL
	case "sitemap":
		return elementSitemap
	case "loc":
		return elementLoc
	case "lastmod":
		return elementLastmod
	case "priority":
		return elementPriority
	case "link":
		return elementLink
	}
	return furtherElement(name)
}

// furtherElement finds the elements of extensions and feeds.
func furtherElement(name []byte) element {
	switch string(name) {
	case "image":
		return elementImage
	case "video":
		return elementVideo
	case "thumbnail_loc":
		return elementThumbnail
	case "content_loc":
		return elementContent
	case "player_loc":
		return elementPlayer
	case "item":
		return elementItem
	case "pubdate":
		return elementPubDate
	case "entry":
		return elementEntry
	case "updated":
		return elementUpdated
	}
	return elementOther
}

// sitemapScan is where the reader of an XML sitemap stands.
type sitemapScan struct {
	xmlScanner

	head   []byte    // of the file, to show a reader
	path   []element // that are open
	rooted bool      // there was an element
}

// up is the element n levels above the innermost.
func (x *sitemapScan) up(n int) element {
	if len(x.path) <= n {
		return elementOther
	}
	return x.path[len(x.path)-1-n]
}

// within reports whether one of some elements is open.
func (x *sitemapScan) within(some ...element) bool {
	return slices.ContainsFunc(x.path, func(open element) bool { return slices.Contains(some, open) })
}

// token takes one token and returns false when reading must stop.
func (s *sitemap) token(x *sitemapScan, t xmlToken) bool {
	switch t {
	case xmlDirective:
		return s.directive(x)
	case xmlStart:
		return s.startElement(x)
	case xmlEnd:
		e := elementOf(x.name())
		if i := x.opened(e); i >= 0 {
			x.path = x.path[:i+1]
			s.endElement(x, e)
			x.path = x.path[:i]
		}
	}
	return true
}

// opened is the place of the element that an end ends; -1 for an end without a start. One without a
// meaning ends nothing beyond the entry that it stands in.
func (x *sitemapScan) opened(e element) int {
	for i, open := range slices.Backward(x.path) {
		switch {
		case open == e:
			return i
		case e == elementOther && slices.Contains([]element{elementURL, elementSitemap, elementItem, elementEntry}, open):
			return -1
		}
	}
	return -1
}

// directive refuses document types, which can define entities without end.
func (s *sitemap) directive(x *sitemapScan) bool {
	d, _ := x.in.Peek(32) // an error makes it shorter
	if strings.HasPrefix(strings.Join(strings.Fields(strings.ToLower(string(d))), " "), "doctype html") {
		s.failHTML(x.head)
		return false
	}
	s.fail("doctype", "the file has a document type, which sitemaps must not have; nothing was read, remove it")
	return false
}

func (s *sitemap) startElement(x *sitemapScan) bool {
	e := elementOf(x.name())
	if len(x.path) == 0 && e == elementHTML {
		s.failHTML(x.head)
		return false
	}
	x.rooted = true
	switch {
	case e == elementURL, e == elementItem, e == elementEntry:
		s.closeEntry() // one that was never ended
	case e == elementSitemap:
		s.entry = sitemapEntry{}
	case e == elementLink && x.up(0) == elementEntry && isAlternate(x):
		if href := x.attr("href"); href != "" {
			s.locate(href)
		}
	case e == elementLink && x.up(0) == elementURL && isAlternate(x):
		s.addLink(x.attr("href"), alternateLink)
	}
	x.path = append(x.path, e)
	if len(x.path) > maxXMLDepth {
		s.fail("too-deep", "elements are nested deeper than in any sitemap; fix the file")
		return false
	}
	return true
}

// isAlternate reports whether a link leads to the same content; without a rel it does.
func isAlternate(x *sitemapScan) bool {
	rel := x.attr("rel")
	return rel == "" || strings.EqualFold(rel, "alternate")
}

// endElement takes the text of an element by what it stands in.
func (s *sitemap) endElement(x *sitemapScan, e element) {
	parent := x.up(1)
	switch e {
	case elementURL, elementItem, elementEntry:
		s.closeEntry()
		return
	case elementSitemap:
		s.closeChild()
		return
	case elementOther, elementHTML, elementImage, elementVideo:
		return
	default: // what has text
	}
	text := string(bytes.TrimSpace(x.text))
	switch {
	case e == elementLoc && parent == elementURL, e == elementLink && parent == elementItem:
		s.locate(text)
	case e == elementLoc && parent == elementSitemap:
		s.entry.loc = text
	case e == elementLoc && parent == elementImage:
		s.addLink(text, imageLink)
	case parent == elementVideo && e == elementThumbnail:
		s.addLink(text, thumbnailLink)
	case parent == elementVideo && (e == elementContent || e == elementPlayer):
		s.addLink(text, videoLink)
	case e == elementLastmod && (parent == elementURL || parent == elementSitemap),
		e == elementUpdated && parent == elementEntry, e == elementPubDate && parent == elementItem:
		s.entry.lastmod = text
	case e == elementPriority && parent == elementURL:
		s.entry.priority = text
	}
}
