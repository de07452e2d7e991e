package crawl

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/jimsmart/grobotstxt"
)

// maxRobots is how much of a robots.txt is read (RFC 9309 section 2.5).
const maxRobots = 500 << 10

// readRobots takes the Sitemap lines of a robots.txt, and nothing else: its rules govern the
// following of links, not what a launch declares.
func (s *sitemap) readRobots(text []byte, most int) {
	for _, raw := range grobotstxt.Sitemaps(string(text[:min(len(text), maxRobots)])) {
		s.addChild(raw, most)
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

func (r *run) mergeSitemap(it item, s *sitemap) {
	if s.problem != "" {
		r.problem(Problem{URL: it.URL, Problem: s.problem, Detail: s.detail, Incomplete: true})
	}
	var d dropped
	for _, raw := range s.pages {
		l, ok := r.sitemapEntry(it.URL, raw, &d)
		if !ok {
			continue
		}
		if r.scope.allows(l) != nil {
			d.foreign++
			continue
		}
		r.takeDeclared(l, Asset{Source: "sitemap", Page: it.URL, Reason: "listed in a sitemap"}, true)
	}
	r.mergeChildren(it, s.children, &d)
	if s.more > 0 {
		r.cutSitemap(it.URL, s.more)
	}
	r.nameDropped(it.URL, d)
}

// sitemapEntry judges one address of a sitemap against the limits on all of them together.
func (r *run) sitemapEntry(sitemapURL, raw string, d *dropped) (link, bool) {
	l, err := parseLink(raw)
	switch {
	case err == nil:
	case !strings.Contains(raw, "://"):
		d.relative++
		return link{}, false
	default:
		d.invalid++
		return link{}, false
	}
	if r.sitemapped >= r.limits.SitemapURLs {
		r.cutSitemap(sitemapURL, 1)
		return link{}, false
	}
	r.sitemapped++
	return r.scope.preview.public(l), true
}

func (r *run) cutSitemap(url string, n int) {
	r.leaveOut("limit-sitemap-urls", url)
	r.cut["limit-sitemap-urls"].count += n - 1
}

func (r *run) mergeChildren(it item, children []string, d *dropped) {
	below := it.depth + 1
	if strings.HasSuffix(strings.ToLower(pathOf(it.URL)), "/robots.txt") {
		below = it.depth
	}
	if len(children) > 0 && below > r.limits.SitemapDepth {
		r.problem(Problem{
			URL: it.URL, Problem: "sitemap-depth",
			Detail:     fmt.Sprintf("sitemap indexes are nested deeper than %d; name the inner ones in the launch file", r.limits.SitemapDepth),
			Incomplete: true,
		})
		return
	}
	for _, raw := range children {
		l, ok := r.sitemapEntry(it.URL, raw, d)
		if !ok {
			continue
		}
		if r.scope.allowsHost(l) != nil {
			d.foreign++
			continue
		}
		r.askSitemap(l, item{depth: below}, false)
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
