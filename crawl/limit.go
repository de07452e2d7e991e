package crawl

import "fmt"

// cutCount counts what a limit left out.
type cutCount struct {
	first string
	count int
}

// maxDepth bounds chains that a server can make up without end.
func maxDepth(is role) int {
	switch is {
	case readDocument:
		return 5 // frames in frames
	case readSheet:
		return 16 // imports of imports
	case readModule, readScript, readWorker:
		return 64
	case unread, probed, readRules, readWebApp, readSitemap, readRobots:
	}
	return 1
}

// overLimit is the limit that keeps an item from being read; empty when none does, and then a
// document counts.
func (r *run) overLimit(it item, l link) string {
	host := l.hostPort()
	switch {
	case it.depth > maxDepth(it.role):
		return "limit-depth"
	case it.role != readDocument:
		return ""
	case r.documents >= r.limits.Pages:
		return "limit-pages"
	case r.hosts[host] >= r.limits.PagesPerHost:
		return "limit-pages-per-host"
	}
	r.documents++
	r.hosts[host]++
	return ""
}

// leaveOut counts what a limit or a guard keeps out.
func (r *run) leaveOut(limit, url string) {
	c := r.cut[limit]
	if c == nil {
		c = &cutCount{first: url}
		r.cut[limit] = c
	}
	c.count++
}

// limitWords are what a cut-off says behind its count, and whether assets may be missing by it: a
// limit stops in the middle, while a guard knows what it keeps out.
func (r *run) limitWords(name string) (words string, incomplete bool) {
	l := r.limits
	const harmless = "; declare those that belong to the launch under pages or url_lists"
	switch name {
	case "limit-pages":
		return fmt.Sprintf("documents beyond the limit of %d are listed but were not read; raise discovery.pages", l.Pages), true
	case "limit-pages-per-host":
		return fmt.Sprintf("documents beyond the limit of %d for one host are listed but were not read; raise discovery.pages_per_host", l.PagesPerHost), true
	case "limit-listed":
		return fmt.Sprintf("files of sitemaps beyond the limit of %d are listed but were not asked for; raise discovery.pages", l.Pages), true
	case "limit-rendered-pages":
		return fmt.Sprintf("declared pages beyond the limit of %d were read, but not loaded in the browser; raise discovery.rendered_pages", l.RenderedPages), true
	case "limit-assets":
		return fmt.Sprintf("references beyond the limit of %d assets were left out; raise discovery.assets", l.Assets), true
	case "limit-depth":
		return "nested frames, imports or modules were not read because they are nested too deep; check for a loop that makes up URLs", true
	case "limit-sitemap-urls":
		return fmt.Sprintf("sitemap entries beyond the limit of %d were left out; raise discovery.sitemap_urls", l.SitemapURLs), true
	case leftPages:
		return fmt.Sprintf("linked pages beyond the limit of %d were left out; raise discovery.pages, or lower discovery.depth", l.Pages), true
	case leftHostPages:
		return fmt.Sprintf("linked pages beyond the limit of %d for one host were left out; raise discovery.pages_per_host", l.PagesPerHost), true
	case leftPattern:
		return fmt.Sprintf("links were left out because more than %d differ in numbers and ids only, as those of a calendar do; keep the path out with scope.exclude, or raise discovery.links_per_pattern", l.LinksPerPattern), true
	case leftQueries:
		return fmt.Sprintf("links were left out because their paths are linked with more than %d queries, as filters of a list are; keep the path out with scope.exclude, or raise discovery.queries_per_path", l.QueriesPerPath), true
	case leftRepeats:
		return "links were left out because their paths repeat themselves, as relative links that grow do; mend the links" + harmless, false
	case leftSession:
		return "links were left out because they carry a session id, so that no two visitors share them; mend the links" + harmless, false
	case leftSideEffect:
		return "links were left out because following them could log out, delete or buy something, by their words" + harmless, false
	case leftRobots:
		return "links were not followed because robots.txt keeps " + robotsAgent + " from it; allow it there" + harmless, false
	}
	return "references were left out", true
}

// nameLimits makes a problem of each limit and guard that kept something out.
func (r *run) nameLimits() {
	for name, c := range r.cut {
		words, incomplete := r.limitWords(name)
		r.problem(Problem{URL: c.first, Problem: name, Detail: fmt.Sprintf("%d %s", c.count, words), Incomplete: incomplete})
	}
}
