package crawl

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	// maxXMLDepth is deeper than any sitemap or feed.
	maxXMLDepth = 16
	// maxSitemapEntries is what sitemaps.org allows one file to list.
	maxSitemapEntries = 50_000
	// maxEntryLinks is how many alternates, images and videos one entry may name: many times what
	// search engines read.
	maxEntryLinks = 10_000
)

// sitemapEntry is one page that a sitemap lists, with what belongs to it.
type sitemapEntry struct {
	loc               string
	lastmod, priority string
	links             []sitemapLink
}

// sitemapLink is what an extension of the protocol says of an entry.
type sitemapLink struct {
	url string
	as  linkRole
}

// linkRole is what a sitemapLink is to its entry.
type linkRole int

const (
	alternateLink linkRole = iota
	imageLink
	thumbnailLink
	videoLink
)

// sitemap is what reading one sitemap file shows. Its entries go to take, one after another and
// as soon as each has ended.
type sitemap struct {
	filter sitemapFilter
	most   int // entries and children that are taken, each
	take   func(*sitemapEntry)
	leave  func(loc, reason string) // hears of entries that are not taken; nil for nobody

	entries  int      // that were listed
	taken    int      // that passed the filter
	children []string // sitemaps below an index
	more     int      // entries and children beyond most
	filtered filtered
	// problem is the stable name of what is wrong with the file, detail says it in words.
	problem, detail string

	entry sitemapEntry // the one that is open
}

func (s *sitemap) fail(name, detail string) {
	if s.problem == "" {
		s.problem, s.detail = "sitemap-"+name, detail
	}
}

// read reads XML sitemaps and indexes, RSS, Atom, text lists and robots.txt, packed or not,
// whatever the name of the file says. It reads at most size bytes of text.
func (s *sitemap) read(size int, url, contentType string, body []byte) {
	in, err := openSitemap(body, size)
	if err != nil {
		s.unreadable(err)
		if in == nil {
			return
		}
	}
	first, err := in.Peek(1)
	switch {
	case strings.HasSuffix(strings.ToLower(pathOf(url)), "/robots.txt"):
		s.readRobots(in)
	case errors.Is(err, io.EOF):
		s.fail("empty", "the sitemap is empty; build it again")
	case err != nil:
		s.unreadable(err)
	case first[0] == '<':
		s.readXML(in)
	case mediaType(contentType) == "text/html":
		s.fail("html", "the sitemap's address answers a page instead; fix the address")
	default:
		s.readList(in)
	}
	if s.problem == "" && s.entries+s.more+len(s.children)+s.filtered.children == 0 {
		s.fail("empty", "the sitemap names no URL; build it again")
	}
}

// unreadable names the error that ends a sitemap early.
func (s *sitemap) unreadable(err error) {
	switch {
	case errors.Is(err, errSitemapSize):
		s.fail("too-large", "the sitemap is larger than 50 MiB unpacked; split it")
	case errors.Is(err, errSitemapPacked):
		s.fail("truncated", "the packed file breaks off; what could be unpacked was read, build the sitemap again")
	case errors.Is(err, errSitemapEncoding):
		s.fail("not-xml", "the file names an encoding that nobody knows; write it as UTF-8")
	default:
		s.fail("truncated", "the XML breaks off or is malformed; what stands before was read, build the sitemap again")
	}
}

func pathOf(raw string) string {
	l, err := parseLink(raw)
	if err != nil {
		return ""
	}
	return l.path
}

// closeEntry takes the entry that is open, if it has an address and the filter lets it pass.
func (s *sitemap) closeEntry() {
	e := s.entry
	s.entry = sitemapEntry{links: e.links[:0]}
	e.loc = strings.TrimSpace(e.loc)
	if e.loc == "" {
		return
	}
	s.entries++
	switch {
	case s.filter.leavesOut(&e, &s.filtered):
		s.left(e.loc, "left out by discovery.sitemap_since or discovery.sitemap_min_priority")
	case s.taken >= s.most:
		s.more++
		s.left(e.loc, "beyond discovery.sitemap_urls")
	default:
		s.taken++
		s.take(&e)
	}
}

func (s *sitemap) left(loc, reason string) {
	if s.leave != nil {
		s.leave(loc, reason)
	}
}

// closeChild takes the sitemap of an index that is open.
func (s *sitemap) closeChild() {
	e := s.entry
	s.entry = sitemapEntry{}
	e.loc = strings.TrimSpace(e.loc)
	switch {
	case e.loc == "":
	case s.filter.older(e.lastmod):
		s.filtered.children++
	case len(s.children) >= s.most:
		s.more++
	default:
		s.children = append(s.children, e.loc)
	}
}

// locate names the address of the open entry; a second address begins a second entry.
func (s *sitemap) locate(url string) {
	if s.entry.loc != "" {
		s.closeEntry()
	}
	s.entry.loc = url
}

func (s *sitemap) addLink(url string, as linkRole) {
	switch {
	case url == "":
	case len(s.entry.links) >= maxEntryLinks:
		s.fail("links", "an entry names more than 10000 alternates, images and videos; the rest of them was left out, split it")
	default:
		s.entry.links = append(s.entry.links, sitemapLink{url, as})
	}
}

// readList reads a text sitemap: one URL a line.
func (s *sitemap) readList(in *bufio.Reader) {
	for {
		line, err := in.ReadSlice('\n')
		s.entry.loc = string(line[:min(len(line), maxURL+2)])
		s.closeEntry()
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			s.unreadable(err)
			return
		}
	}
}

// readXML reads elements until the file ends or must not be read on.
func (s *sitemap) readXML(in *bufio.Reader) {
	x := &sitemapScan{xmlScanner: xmlScanner{in: in}}
	head, _ := in.Peek(sitemapWindow) // an error comes again
	x.head = bytes.Clone(head)
	for {
		token, err := x.next()
		switch {
		case errors.Is(err, io.EOF) && len(x.path) == 0 && x.rooted:
			return
		case err != nil:
			s.brokenXML(x, err)
			return
		}
		if !s.token(x, token) {
			return
		}
	}
}

// brokenXML keeps what was read, also of the entry that is open.
func (s *sitemap) brokenXML(x *sitemapScan, err error) {
	if x.within(elementURL, elementItem, elementEntry) {
		s.closeEntry()
	}
	malformed := errors.Is(err, errXML) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if malformed && len(x.path) == 0 && s.entries+len(s.children) == 0 {
		s.fail("not-xml", "the file is neither XML nor a list of URLs; fix the address or the file")
		return
	}
	s.unreadable(err)
}

func (s *sitemap) failHTML(text []byte) {
	detail := "the sitemap's address answers an HTML page instead; fix the address"
	if title := pageTitle(text); title != "" {
		detail = "the sitemap's address answers an HTML page (" + title + ") instead; fix the address"
	}
	s.fail("html", detail)
}
