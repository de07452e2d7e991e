package crawl

import (
	"fmt"
	"net/http"
)

// item is one thing that discovery asks for.
type item struct {
	Asset
	role role
	// inert is for style sheets: fetched, but not applied.
	inert bool
	// origin is that of the document on whose behalf the item is asked for, page its URL and
	// imports its import map.
	origin  string
	page    string
	imports *importMap
	// declared is true for what the launch file or a sitemap names.
	declared bool
	hops     int // redirects so far
	depth    int // imports, frames or sitemap indexes above it
	level    int // links that were followed to the page
	// modest is what a page that is not critical loads: it is no more critical than the page.
	modest bool
}

// answer is what discovery made of one response. Its body is gone.
type answer struct {
	Response
	problem Problem // what keeps it from being read; its name is empty when there is nothing
	doc     *document
	sheet   *sheet
	refs    *refs // of modules and web app manifests
	bare    []string
	sitemap *listing
	robots  *robots
}

// read makes an answer of a response. It runs beside others and touches nothing shared.
func (r *run) read(it item, resp Response) answer {
	a := answer{Response: resp}
	body := resp.Body
	a.Body = nil
	if !resp.ok() {
		return a
	}
	contentType := resp.Header.Get("Content-Type")
	switch it.role {
	case readDocument:
		a.readDocument(it, contentType, body, r.devices, r.linksOf(it))
	case readSheet:
		a.readSheet(it, contentType, body)
	case readModule, readScript, readWorker:
		a.readScript(it, contentType, body)
	case readRules:
		a.readRules(it, body)
	case readWebApp:
		a.readWebApp(it, body)
	case readSitemap:
		a.sitemap = r.readSitemap(it, contentType, body)
	case readRobots:
		a.robots = parseRobots(body)
	case unread, probed:
	}
	return a
}

func (a *answer) fail(it item, name, detail string, incomplete bool) {
	a.problem = Problem{URL: it.URL, Problem: name, Detail: detail, Incomplete: incomplete}
}

func (a *answer) readDocument(it item, contentType string, body []byte, devices []Viewport, links *pageLinks) {
	essence := mediaType(contentType)
	if essence == "" {
		essence = mediaType(http.DetectContentType(body))
	}
	switch {
	case len(body) == 0:
		a.fail(it, "page-not-html", "the page's body is empty; check that the page is deployed", true)
		return
	case !isDocumentType(essence):
		if it.declared {
			a.fail(it, "page-not-html", fmt.Sprintf("the page is %q, not HTML, so it was listed and not read; if it is no page, name it in a file of url_lists instead", essence), it.Source == "entry" || it.Source == "page")
		}
		return
	}
	d := readHTML(body, contentType, it.URL, devices, links)
	if d == nil {
		return
	}
	if links != nil {
		links.obeyFields(a.Header.Values("X-Robots-Tag"))
		links.resolve(d.refs.resolver)
	}
	header := refs{resolver: d.own, page: it.URL, origin: d.refs.origin, screens: d.refs.screens}
	header.linkHeader(a.EarlyHints.Values("Link"))
	header.linkHeader(a.Header.Values("Link"))
	header.speculationHeader(a.Header.Values("Speculation-Rules"))
	for _, refresh := range a.Header.Values("Refresh") {
		header.refresh(refresh, "header:refresh")
	}
	d.refs.list = append(header.list, d.refs.list...)
	if header.canonical.key != "" {
		d.refs.canonical = header.canonical
	}
	if it.depth == 0 {
		d.addFavicon()
	}
	if d.style.cut {
		a.fail(it, "limit-rules", cutRules(), true)
	}
	if d.unread != "" {
		a.fail(it, "page-unread", d.unread+"; what stands behind it is missing, list it under urls", true)
	}
	a.doc, a.bare = d, d.bare
}

// cutRules says what a sheet is that nobody writes by hand.
func cutRules() string {
	return fmt.Sprintf("it has more than %d rules or %d font faces; what the rest asks for is unknown, split it or list that under urls", maxRules, maxFaces)
}

func (a *answer) readSheet(it item, contentType string, body []byte) {
	if essence := mediaType(contentType); essence != "" && essence != "text/css" {
		a.fail(it, "sheet-type", fmt.Sprintf("the style sheet is sent as %q; browsers apply text/css only, so it was not read", essence), false)
		return
	}
	resolver, err := newResolver(it.URL)
	if err != nil {
		return
	}
	a.sheet = newSheet(&refs{resolver: resolver, page: it.URL, origin: it.origin})
	scanCSS(a.sheet, decodeSheet(body, contentType), "")
	if a.sheet.cut {
		a.fail(it, "limit-rules", cutRules(), true)
	}
}

func (a *answer) readScript(it item, contentType string, body []byte) {
	module := it.role == readModule
	if essence := mediaType(contentType); essence != "" && !isScriptType(essence) {
		if module {
			a.fail(it, "script-type", fmt.Sprintf("the module is sent as %q; browsers run JavaScript types only, so it was not read", essence), false)
		}
		return
	}
	resolver, err := newResolver(it.URL)
	if err != nil {
		return
	}
	doc, _ := newResolver(it.page)
	a.refs = &refs{resolver: resolver, page: it.URL, origin: it.origin}
	scan := scriptScan{out: a.refs, doc: doc, imports: it.imports, priority: it.Priority, module: module, worker: it.role == readWorker}
	whole := scan.scan(decodeNamed(body, ""))
	a.bare = scan.bare
	if !whole && module {
		a.fail(it, "script-unread", "the module cannot be read to its end; list what it imports under urls", true)
	}
}

func (a *answer) readRules(it item, body []byte) {
	resolver, err := newResolver(it.URL)
	if err != nil {
		return
	}
	a.refs = &refs{resolver: resolver, page: it.URL, origin: it.origin}
	if !a.refs.speculation(body) {
		a.fail(it, "speculation-not-json", "the speculation rules are not JSON, so browsers ignore them; fix the file", false)
	}
}

func (a *answer) readWebApp(it item, body []byte) {
	resolver, err := newResolver(it.URL)
	if err != nil {
		return
	}
	a.refs = &refs{resolver: resolver, page: it.URL, origin: it.origin}
	if !a.refs.readIcons(body) {
		a.fail(it, "webapp-not-json", "the web app manifest is not JSON, so its icons are unknown; fix the file", false)
	}
}
