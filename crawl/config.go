package crawl

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// The defaults of [Limits]: high enough for a launch, low enough to stop a crawl trap.
const (
	DefaultPages           = 2000
	DefaultAssets          = 20000
	DefaultLinksPerPage    = 6000
	DefaultRedirects       = 5
	DefaultSitemapURLs     = 1_000_000 // 20 full files
	DefaultSitemapDepth    = 2
	DefaultLinksPerPattern = 100
	DefaultQueriesPerPath  = 50
	DefaultConcurrency     = 4
	DefaultRenderedPages   = 50 // which takes a browser a few minutes

	maxConcurrency = 64
)

// Limits bounds a crawl. The zero value of a field means its default; less than zero is an error.
type Limits struct {
	// Pages is how many documents are read. Default 2000.
	Pages int `yaml:"pages" json:"pages,omitempty"`
	// Assets is how many assets are taken beside those that the launch declares. Default 20000.
	Assets int `yaml:"assets" json:"assets,omitempty"`
	// LinksPerPage is how many URLs are taken from one document or style sheet. Default 6000.
	LinksPerPage int `yaml:"links_per_page" json:"links_per_page,omitempty"`
	// Redirects is how many hops are followed one after another. Default 5.
	Redirects int `yaml:"redirects" json:"redirects,omitempty"`
	// SitemapURLs is how many URLs are taken from all sitemaps together: pages, alternates, images
	// and videos; and how many sitemaps are taken from all indexes. Default 1000000.
	SitemapURLs int `yaml:"sitemap_urls" json:"sitemap_urls,omitempty"`
	// SitemapDepth is how many sitemap indexes may stand above a sitemap. Default 2.
	SitemapDepth int `yaml:"sitemap_depth" json:"sitemap_depth,omitempty"`
	// Depth is how many links are followed one after another from what the launch declares, its
	// sitemaps' pages included. Default 0: none.
	Depth int `yaml:"depth" json:"depth,omitempty"`
	// PagesPerHost is how many documents of one host are read. Default: as many as Pages.
	PagesPerHost int `yaml:"pages_per_host" json:"pages_per_host,omitempty"`
	// LinksPerPattern is how many links are followed that differ in numbers and ids only. Default 100.
	LinksPerPattern int `yaml:"links_per_pattern" json:"links_per_pattern,omitempty"`
	// QueriesPerPath is how many links are followed that differ in their query only. Default 50.
	QueriesPerPath int `yaml:"queries_per_path" json:"queries_per_path,omitempty"`
	// Concurrency is how many fetches are open at once, at most 64. Default 4.
	Concurrency int `yaml:"concurrency" json:"concurrency,omitempty"`
	// RenderedPages is how many entries and pages are loaded in a browser, when there is one.
	// Default 50.
	RenderedPages int `yaml:"rendered_pages" json:"rendered_pages,omitempty"`
}

// WithDefaults returns the limits with every zero filled in.
func (l Limits) WithDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{
		{&l.Pages, DefaultPages},
		{&l.Assets, DefaultAssets},
		{&l.LinksPerPage, DefaultLinksPerPage},
		{&l.Redirects, DefaultRedirects},
		{&l.SitemapURLs, DefaultSitemapURLs},
		{&l.SitemapDepth, DefaultSitemapDepth},
		{&l.LinksPerPattern, DefaultLinksPerPattern},
		{&l.QueriesPerPath, DefaultQueriesPerPath},
		{&l.Concurrency, DefaultConcurrency},
		{&l.RenderedPages, DefaultRenderedPages},
	} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	l.PagesPerHost = cmp.Or(l.PagesPerHost, l.Pages)
	return l
}

// Validate names every limit that is out of bounds.
func (l Limits) Validate() error {
	var errs []error
	for _, f := range []struct {
		name  string
		value int
	}{
		{"pages", l.Pages},
		{"assets", l.Assets},
		{"links_per_page", l.LinksPerPage},
		{"redirects", l.Redirects},
		{"sitemap_urls", l.SitemapURLs},
		{"sitemap_depth", l.SitemapDepth},
		{"depth", l.Depth},
		{"pages_per_host", l.PagesPerHost},
		{"links_per_pattern", l.LinksPerPattern},
		{"queries_per_path", l.QueriesPerPath},
		{"concurrency", l.Concurrency},
		{"rendered_pages", l.RenderedPages},
	} {
		if f.value < 0 {
			errs = append(errs, fmt.Errorf("crawl: limit %s is %d; give a number above zero, or leave it out for the default", f.name, f.value))
		}
	}
	if l.Concurrency > maxConcurrency {
		errs = append(errs, fmt.Errorf("crawl: limit concurrency is %d; the most is %d", l.Concurrency, maxConcurrency))
	}
	return errors.Join(errs...)
}

// Config says where a crawl starts and how far it goes. All URLs are absolute public URLs.
type Config struct {
	// Entries and Pages are documents: the launch's entry pages, and further pages.
	Entries, Pages []string
	// Sitemaps are sitemaps, sitemap indexes, text lists, feeds, or a robots.txt whose Sitemap
	// lines are then read.
	Sitemaps []string
	// SitemapSince leaves out the entries of sitemaps, and the sitemaps of indexes, whose lastmod
	// says that they were not modified any more since then; those without one are kept. The zero
	// time leaves out nothing.
	SitemapSince time.Time
	// SitemapMinPriority leaves out the entries of sitemaps of a lower priority; one without has
	// 0.5, as sitemaps.org says. From 0, which leaves out nothing, to 1.
	SitemapMinPriority float64
	// URLs are the lines of URL lists: documents, unless their extension says otherwise.
	URLs []string
	// Scope is what may be fetched; without hosts, the hosts of the URLs above.
	Scope Scope
	// Critical overrides priorities.
	Critical Globs
	// Limits bounds the crawl.
	Limits Limits
	// Viewports are the devices whose choices among image candidates are marked. Default: those
	// of [DefaultViewports].
	Viewports []Viewport `yaml:"viewports" json:"viewports,omitempty"`
	// Candidates is "all", the default, or "selected", which leaves out the candidates of a srcset, and
	// the fonts and images of style sheets, that no viewport requests and Critical does not name.
	Candidates string `yaml:"candidates" json:"candidates,omitempty"`
	// Ask is "selected", the default: discovery asks for every asset but media that a first visit
	// requests, so that redirects, sizes and broken ones are known, and each counts as primed where
	// it was asked. With "needed" it asks only for what names further assets.
	Ask string `yaml:"ask" json:"ask,omitempty"`
	// Renderer loads the entries and pages in a browser too; nil leaves that out.
	Renderer Renderer `yaml:"-" json:"-"`
}

// The values of [Config.Ask].
const (
	AskSelected = "selected"
	AskNeeded   = "needed"
)

func (c Config) validateAsk() error {
	switch c.Ask {
	case "", AskSelected, AskNeeded:
		return nil
	}
	return fmt.Errorf("crawl: ask is %q; write %q or %q", c.Ask, AskSelected, AskNeeded)
}

// viewports are Viewports, or the default ones.
func (c Config) viewports() []Viewport {
	if len(c.Viewports) == 0 {
		return DefaultViewports()
	}
	return c.Viewports
}

func (c Config) validateMinPriority() error {
	if c.SitemapMinPriority >= 0 && c.SitemapMinPriority <= 1 {
		return nil
	}
	return fmt.Errorf("crawl: sitemap_min_priority is %g; priorities of sitemaps are from 0 to 1", c.SitemapMinPriority)
}

func (c Config) validateCandidates() error {
	switch c.Candidates {
	case "", CandidatesAll, CandidatesSelected:
		return nil
	}
	return fmt.Errorf("crawl: candidates is %q; write %q or %q", c.Candidates, CandidatesAll, CandidatesSelected)
}

// Validate names every mistake in the configuration.
func (c Config) Validate() error {
	var errs []error
	declared := 0
	for _, list := range []struct {
		name string
		urls []string
	}{
		{"entry", c.Entries},
		{"page", c.Pages},
		{"sitemap", c.Sitemaps},
		{"url", c.URLs},
	} {
		for i, raw := range list.urls {
			declared++
			if _, err := parseLink(raw); err != nil {
				errs = append(errs, fmt.Errorf("crawl: %s %d: %w", list.name, i+1, err))
			}
		}
	}
	if declared == 0 {
		errs = append(errs, errors.New("crawl: nothing to discover; name at least one entry page, sitemap or URL"))
	}
	return errors.Join(append(errs, c.Scope.Validate(), c.Critical.Validate(), c.Limits.Validate(),
		validateViewports(c.Viewports), c.validateCandidates(), c.validateAsk(), c.validateMinPriority())...)
}

// EffectiveScope is Scope with its hosts filled in from the declared URLs when it names none.
func (c Config) EffectiveScope() Scope {
	s := c.Scope
	if len(s.Hosts) > 0 {
		return s
	}
	view := newPreview(s.Preview)
	seen := map[string]bool{}
	for _, list := range [][]string{c.Entries, c.Pages, c.Sitemaps, c.URLs} {
		for _, raw := range list {
			l, err := parseLink(raw)
			if err != nil {
				continue
			}
			if host := view.public(l).hostPort(); !seen[host] {
				seen[host] = true
				s.Hosts = append(s.Hosts, host)
			}
		}
	}
	return s
}
