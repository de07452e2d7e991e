package crawl

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/jimsmart/grobotstxt"
)

// readRobots takes the Sitemap lines of a robots.txt, and nothing else: its rules govern the
// following of links, not what a launch declares.
func (s *sitemap) readRobots(in io.Reader) {
	text, err := io.ReadAll(io.LimitReader(in, maxRobots))
	if err != nil {
		s.unreadable(err)
	}
	for _, raw := range grobotstxt.Sitemaps(string(text)) {
		s.entry.loc = raw
		s.closeChild()
	}
	if len(s.children) == 0 {
		s.fail("robots", "the robots.txt names no sitemap; add a Sitemap line, or name the sitemap in the launch file")
	}
}

// pageTitle is the title of an HTML page, to tell a reader what answered.
func pageTitle(text []byte) string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(text[:min(len(text), 64<<10)]))
	if err != nil {
		return ""
	}
	title := []rune(strings.Join(strings.Fields(doc.Find("title").First().Text()), " "))
	return string(title[:min(len(title), 80)])
}

// askSitemap queues a sitemap file. Each is asked for once.
func (r *run) askSitemap(l link, from item, declared bool) {
	l = r.scope.preview.public(l)
	if err := r.scope.allowsHost(l); err != nil {
		if declared {
			r.problem(Problem{
				URL: l.key, Problem: "third-party-entry",
				Detail: fmt.Sprintf("the launch names it, but it is out of scope (%v); add it to scope or take it out", err), Incomplete: true,
			})
		}
		return
	}
	key := fmt.Sprint(readSitemap, " ", l.key)
	if r.asked[key] {
		return
	}
	r.asked[key] = true
	from.URL, from.Kind, from.Mode, from.Priority = l.key, Data, NoCORS, Low
	from.Source, from.role = "sitemap", readSitemap
	r.sitemaps = append(r.sitemaps, from)
}

func (r *run) redirectSitemap(it item, l link) {
	if it.hops >= r.limits.Redirects || r.asked[fmt.Sprint(readSitemap, " ", l.key)] {
		r.problem(Problem{
			URL: it.URL, Problem: "sitemap-redirect",
			Detail: "it redirects in a circle, to a sitemap that is read already, or too often; name the final address", Incomplete: it.hops >= r.limits.Redirects,
		})
		return
	}
	it.hops++
	r.askSitemap(l, it, true)
}

// dropped counts the entries of one sitemap that are not taken.
type dropped struct {
	relative, invalid, foreign int
}

// unusable counts what cannot be parsed as an absolute URL.
func (d *dropped) unusable(raw string) {
	if strings.Contains(raw, "://") {
		d.invalid++
	} else {
		d.relative++
	}
}

func (r *run) mergeSitemap(it item, s *listing) {
	if s.problem != "" {
		r.problem(Problem{URL: it.URL, Problem: s.problem, Detail: s.detail, Incomplete: true})
	}
	assets := s.assets.packed()
	for _, d := range s.untaken {
		r.decide(Asset{URL: d.URL, Kind: d.Kind, Page: d.Page, Source: d.Source}, d.Outcome, d.Reason)
	}
	for a := range assets.all() {
		if r.countSitemap(it.URL, &r.sitemapped) {
			r.list(a)
		} else {
			r.decide(a, Left, fmt.Sprintf("beyond discovery.sitemap_urls %d", r.limits.SitemapURLs))
		}
	}
	r.mergeChildren(it, s)
	if s.more > 0 {
		r.cutSitemap(it.URL, s.more)
	}
	r.nameDropped(it.URL, s.dropped)
	if n := s.entries; n > maxSitemapEntries {
		r.problem(Problem{
			URL: it.URL, Problem: "sitemap-entries",
			Detail: fmt.Sprintf("it lists %d URLs; they were taken, but sitemaps.org allows %d in one file, and search engines may refuse it: split it", n, maxSitemapEntries),
		})
	}
	r.left.add(it.URL, s.filtered)
}

// countSitemap counts one URL of a sitemap against the limit on all of its sort together, and
// reports whether it may be taken.
func (r *run) countSitemap(url string, taken *int) bool {
	if *taken >= r.limits.SitemapURLs {
		r.cutSitemap(url, 1)
		return false
	}
	*taken++
	return true
}

func (r *run) cutSitemap(url string, n int) {
	r.leaveOut("limit-sitemap-urls", url)
	r.cut["limit-sitemap-urls"].count += n - 1
}

func (r *run) mergeChildren(it item, s *listing) {
	below := it.depth + 1
	if strings.HasSuffix(strings.ToLower(pathOf(it.URL)), "/robots.txt") {
		below = it.depth
	}
	if len(s.children) > 0 && below > r.limits.SitemapDepth {
		r.problem(Problem{
			URL: it.URL, Problem: "sitemap-depth",
			Detail:     fmt.Sprintf("sitemap indexes are nested deeper than %d; name the inner ones in the launch file", r.limits.SitemapDepth),
			Incomplete: true,
		})
		return
	}
	for _, raw := range s.children {
		l, err := parseLink(raw)
		switch l = r.scope.preview.public(l); {
		case err != nil:
			s.dropped.unusable(raw)
		case r.scope.allowsHost(l) != nil:
			s.dropped.foreign++
		case r.countSitemap(it.URL, &r.indexed):
			r.askSitemap(l, item{depth: below}, false)
		}
	}
}

func (r *run) nameDropped(url string, d dropped) {
	for _, p := range []struct {
		count      int
		name       string
		detail     string
		incomplete bool
	}{
		{d.relative, "sitemap-relative", "not absolute, which sitemaps do not allow; skipped, write them with scheme and host", true},
		{d.invalid, "sitemap-invalid", "not a usable http or https URL; skipped, fix them", true},
		{d.foreign, "sitemap-foreign", "out of the launch's scope; not taken, add the host to scope.hosts if it belongs to the launch", false},
	} {
		if p.count == 0 {
			continue
		}
		verb := " are "
		if p.count == 1 {
			verb = " is "
		}
		r.problem(Problem{URL: url, Problem: p.name, Detail: plural(p.count, "entry") + verb + p.detail, Incomplete: p.incomplete})
	}
}
