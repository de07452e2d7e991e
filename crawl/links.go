package crawl

import "strings"

// pageLinks are the links of one document: what visitors may click. A nil pointer takes none, so
// that a crawl that follows no link does not pay for them.
type pageLinks struct {
	most     int // links that are taken; the rest is counted
	more     int
	nofollow bool // the document asks that none of them be followed
	written  []writtenLink
	list     []pageLink // after resolve
}

type writtenLink struct {
	href, source string
	nofollow     bool
}

// pageLink is a link with its URL.
type pageLink struct {
	link     link
	source   string
	nofollow bool
}

// add takes a link as it is written.
func (p *pageLinks) add(href, source string, nofollow bool) {
	switch {
	case p == nil:
	case len(p.written) >= p.most:
		p.more++
	default:
		p.written = append(p.written, writtenLink{href, source, nofollow})
	}
}

// obey reads the content of a robots meta element or of an X-Robots-Tag field.
func (p *pageLinks) obey(content string) {
	for word := range strings.FieldsFuncSeq(strings.ToLower(content), func(r rune) bool { return strings.ContainsRune(htmlSpace+",", r) }) {
		if word == "nofollow" || word == "none" {
			p.nofollow = true
		}
	}
}

// obeyFields reads X-Robots-Tag fields: those for everyone, and those for us.
func (p *pageLinks) obeyFields(fields []string) {
	for _, field := range fields {
		agent, content, named := strings.Cut(field, ":")
		switch {
		case !named:
			p.obey(field)
		case strings.EqualFold(strings.TrimSpace(agent), robotsAgent):
			p.obey(content)
		}
	}
}

// resolve gives the links their URLs once the whole document is read: a base element holds for
// the links before it too, since they are resolved when they are clicked. Each URL stands once;
// one that any link lets us follow may be followed.
func (p *pageLinks) resolve(r resolver) {
	at := map[string]int{}
	for _, w := range p.written {
		l, err := r.resolve(w.href)
		if err != nil {
			continue // nothing that a click could fetch, or nothing that can be fetched
		}
		nofollow := w.nofollow || p.nofollow
		if i, again := at[l.key]; again {
			p.list[i].nofollow = p.list[i].nofollow && nofollow
			continue
		}
		at[l.key] = len(p.list)
		p.list = append(p.list, pageLink{l, w.source, nofollow})
	}
	p.written = nil
}

// anchor reads an a or area element.
func (s *htmlScan) anchor(tag string) {
	href, ok := s.z.attrs.get("href")
	if s.doc.links == nil || !ok || s.z.attrs.has("download") {
		return
	}
	rel := strings.Fields(strings.ToLower(s.z.attrs.value("rel")))
	nofollow := false
	for _, r := range rel {
		nofollow = nofollow || r == "nofollow"
	}
	s.doc.links.add(href, "html:"+tag+"[href]", nofollow)
}

// pageRelations takes what a link element relates the document to: its next page, and itself in
// other languages.
func (s *htmlScan) pageRelations(href string, has map[string]bool) {
	switch {
	case s.doc.links == nil:
	case has["next"]:
		s.doc.links.add(href, "html:link[rel=next]", has["nofollow"])
	case has["alternate"] && s.z.attrs.has("hreflang"):
		s.doc.links.add(href, "html:link[hreflang]", has["nofollow"])
	}
}

// robotsMeta obeys a robots meta element.
func (s *htmlScan) robotsMeta() {
	if s.doc.links != nil && (s.z.attrs.is("name", "robots") || s.z.attrs.is("name", robotsAgent)) {
		s.doc.links.obey(s.z.attrs.value("content"))
	}
}
