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

// limitWords are what a cut-off counts and what it says behind the count, and whether assets may be
// missing by it: a limit stops in the middle, while a guard knows what it keeps out.
func (r *run) limitWords(name string) (noun, words string, incomplete bool) {
	l := r.limits
	switch name {
	case "limit-pages":
		return "document", fmt.Sprintf("beyond the limit of %d listed, but not read; raise discovery.pages", l.Pages), true
	case "limit-pages-per-host":
		return "document", fmt.Sprintf("beyond the limit of %d for one host listed, but not read; raise discovery.pages_per_host", l.PagesPerHost), true
	case "limit-listed":
		return "file", fmt.Sprintf("of sitemaps beyond the limit of %d listed, but not asked for; raise discovery.pages", l.Pages), true
	case "limit-rendered-pages":
		return "declared page", fmt.Sprintf("beyond the limit of %d read, but not loaded in the browser; raise discovery.rendered_pages", l.RenderedPages), true
	case "limit-assets":
		return "reference", fmt.Sprintf("beyond the limit of %d assets left out; raise discovery.assets", l.Assets), true
	case "limit-depth":
		return "nested file", "not read: frames, imports or modules are nested too deep; check for a loop that makes up URLs", true
	case "limit-sitemap-urls":
		return "sitemap entry", fmt.Sprintf("beyond the limit of %d left out; raise discovery.sitemap_urls", l.SitemapURLs), true
	case leftPages:
		return "linked page", fmt.Sprintf("beyond the limit of %d left out; raise discovery.pages, or lower discovery.depth", l.Pages), true
	case leftHostPages:
		return "linked page", fmt.Sprintf("beyond the limit of %d for one host left out; raise discovery.pages_per_host", l.PagesPerHost), true
	case leftPattern:
		return "link", fmt.Sprintf("left out: more than %d differ in numbers and ids only, as those of a calendar do; keep the path out with scope.exclude, or raise discovery.links_per_pattern", l.LinksPerPattern), true
	case leftQueries:
		return "link", fmt.Sprintf("left out: more than %d differ in their query only, as filters of a list do; keep the path out with scope.exclude, or raise discovery.queries_per_path", l.QueriesPerPath), true
	}
	return "link", guardWords(name) + "; declare those that belong to the launch under pages or url_lists", false
}

func guardWords(name string) string {
	switch name {
	case leftRepeats:
		return "left out: the path repeats itself, as relative links that grow do; mend the links"
	case leftSession:
		return "left out: it carries a session id, so that no two visitors share it; mend the links"
	case leftSideEffect:
		return "left out: following it could log out, delete or buy something, by its words"
	case leftRobots:
		return "left out: robots.txt keeps " + robotsAgent + " from following it; allow it there"
	}
	return "left out"
}

// nameLimits makes a problem of each limit and guard that kept something out.
func (r *run) nameLimits() {
	for name, c := range r.cut {
		noun, words, incomplete := r.limitWords(name)
		r.problem(Problem{URL: c.first, Problem: name, Detail: plural(c.count, noun) + " " + words, Incomplete: incomplete})
	}
}
