package crawl

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// merge adds one answer to the run.
func (r *run) merge(it item, a answer) {
	if it.role == readRobots {
		r.mergeRobots(it, a)
		return
	}
	if it.role == readSheet {
		r.node(it.URL, it).done = true
	}
	if known := r.assets[it.URL]; known != nil {
		known.Status, known.Bytes = a.Status, max(0, a.WireBytes)
	}
	if a.redirects() {
		r.redirect(it, a)
		return
	}
	if !a.ok() {
		r.failed(it, a)
		return
	}
	if a.problem.Problem != "" {
		r.problem(a.problem)
	}
	switch {
	case a.doc != nil:
		r.mergeDocument(it, a.doc)
	case a.sheet != nil:
		node := r.node(it.URL, it)
		node.sheet = a.sheet
		r.countDropped(it.URL, a.sheet.refs)
		node.emit(r)
	case a.refs != nil:
		r.countDropped(it.URL, a.refs)
		r.takeAll(a.refs.list, it)
	case a.sitemap != nil:
		r.mergeSitemap(it, a.sitemap)
	}
	if len(a.bare) > 0 {
		r.problem(Problem{
			URL: it.URL, Problem: "import-bare",
			Detail:     fmt.Sprintf("it imports %s by a bare name, which import maps resolve; list the module's URL under urls", plural(len(a.bare), "module")),
			Incomplete: true,
		})
	}
}

func (r *run) mergeDocument(it item, d *document) {
	it.origin = d.own.origin()
	if known := r.assets[it.URL]; known != nil && d.refs.canonical.key != "" {
		known.Canonical = r.scope.preview.public(d.refs.canonical).key
	}
	r.countDropped(it.URL, &d.refs)
	modest := it.level > 0 && it.Priority != Critical
	style := d.pageStyle()
	style.modest = modest
	for _, f := range r.limitLinks(it.URL, d.refs.list) {
		if f.role == readSheet {
			style.sheets = append(style.sheets, r.edge(f))
		}
	}
	r.takeAll(d.refs.list, item{
		origin: it.origin, page: it.URL, imports: d.imports, role: readDocument, depth: it.depth, level: it.level, modest: modest,
	})
	r.mergeLinks(it, d.links)
	d.refs.list, d.links, d.shape = nil, nil, nil
	r.keepPage(style)
}

// takeAll takes what one file names, up to the limit.
func (r *run) takeAll(list []ref, from item) {
	from.declared, from.hops = false, 0
	for _, f := range r.limitLinks(from.URL, list) {
		r.take(f, from)
	}
}

func (r *run) limitLinks(url string, list []ref) []ref {
	if len(list) <= r.limits.LinksPerPage {
		return list
	}
	if url != "" {
		r.problem(Problem{
			URL: url, Problem: "limit-links",
			Detail:     fmt.Sprintf("it names %d URLs; the first %d were taken, raise discovery.links_per_page", len(list), r.limits.LinksPerPage),
			Incomplete: true,
		})
	}
	return list[:r.limits.LinksPerPage]
}

func (r *run) countDropped(url string, from *refs) {
	if from.invalid > 0 {
		r.problem(Problem{
			URL: url, Problem: "url-invalid",
			Detail: plural(from.invalid, "reference") + " cannot be parsed as a URL, so no browser requests it; fix the markup",
		})
	}
	if from.tooLong > 0 {
		r.problem(Problem{
			URL: url, Problem: "limit-url-length",
			Detail: fmt.Sprintf("%s longer than %d characters left out; shorten the URL", plural(from.tooLong, "reference"), maxURL), Incomplete: true,
		})
	}
}

// redirect takes the target of a redirect as an asset of the same kind, one hop at a time.
func (r *run) redirect(it item, a answer) {
	resolver, err := newResolver(it.URL)
	if err != nil {
		return
	}
	location := a.Header.Get("Location")
	l, err := resolver.resolve(location)
	if err != nil || location == "" {
		r.problem(Problem{
			URL: it.URL, Problem: "redirect-invalid",
			Detail: fmt.Sprintf("it answers %d without a Location that can be fetched; fix the redirect", a.Status), Incomplete: true,
		})
		return
	}
	l = r.scope.preview.public(l)
	if known := r.assets[it.URL]; known != nil {
		known.Location = l.key
	}
	if it.role == readSitemap {
		r.redirectSitemap(it, l)
		return
	}
	if it.hops >= r.limits.Redirects {
		r.problem(Problem{
			URL: it.URL, Problem: "redirect-limit",
			Detail: fmt.Sprintf("it is redirect %d in a row; link to the final URL, or raise discovery.redirects", it.hops+1), Incomplete: true,
		})
		return
	}
	if err := r.scope.allows(l); err != nil {
		r.problem(Problem{
			URL: it.URL, Problem: "redirect-out-of-scope",
			Detail: fmt.Sprintf("it redirects out of scope (%v), so its target was not read; add the host to scope if it belongs to the launch", err), Incomplete: it.level == 0,
		})
	}
	target := ref{Asset: it.Asset, link: l, role: it.role, mask: r.chosen.masks[it.URL]}
	if it.role == readSheet {
		n := r.node(it.URL, it)
		n.moved, target.inert = l.key, !n.active
	}
	target.Page, target.Source = it.URL, "redirect"
	it.hops++
	if it.level > 0 && it.role == readDocument && r.scope.allows(l) == nil {
		target.URL = l.key
		r.follow.next = append(r.follow.next, prospect{target, it})
		return
	}
	r.take(target, it)
}

// failed names what could not be read. The asset keeps its status, by which it is judged.
func (r *run) failed(it item, a answer) {
	if it.role == probed {
		return
	}
	incomplete := it.role == readDocument || it.role == readSheet || it.role == readModule || it.role == readSitemap
	what, next := "page", "fix it, or take it out of the launch file"
	switch {
	case it.role == readSitemap:
		what, next = "sitemap", "fix it, or list its pages in the launch file"
	case it.role == readDocument && it.level > 0:
		next, incomplete = "fix it, or the links to it", a.Failure != "" || a.Status < 400 || a.Status > 499
	case !it.declared:
		what, next = "asset", "what it would load is unknown; fix it and discover again"
	}
	if a.Status == 0 || a.Failure != "" {
		reason := a.Failure
		if reason == "" {
			reason = "there was no answer"
		}
		r.problem(Problem{URL: it.URL, Problem: what + "-unreachable", Detail: reason + "; " + next, Incomplete: incomplete})
		return
	}
	if gone := a.Status == http.StatusNotFound || a.Status == http.StatusGone; gone && what == "asset" {
		next, incomplete = "browsers load nothing from it either; fix it, or remove the reference", false
	}
	r.problem(Problem{
		URL: it.URL, Problem: what + "-status", Detail: fmt.Sprintf("it answers %d; %s", a.Status, next), Incomplete: incomplete,
	})
}

// nameLoops finds redirects that lead back to themselves, whichever page began them.
func (r *run) nameLoops() {
	done := map[string]bool{}
	for _, start := range slices.Sorted(maps.Keys(r.assets)) {
		var path []string
		at := map[string]int{}
		for url := start; !done[url]; {
			if i, again := at[url]; again {
				r.nameLoop(path[i:])
				break
			}
			a := r.assets[url]
			if a == nil || a.Location == "" {
				break
			}
			at[url] = len(path)
			path = append(path, url)
			url = a.Location
		}
		for _, url := range path {
			done[url] = true
		}
	}
}

func (r *run) nameLoop(urls []string) {
	paths := make([]string, 0, len(urls)+1)
	for _, u := range append(urls, urls[0]) {
		if l, err := parseLink(u); err == nil {
			paths = append(paths, l.path)
		}
	}
	r.problem(Problem{
		URL: slices.Min(urls), Problem: "redirect-loop",
		Detail: "redirects run in a circle: " + strings.Join(paths, " -> ") + "; break it", Incomplete: true,
	})
}
