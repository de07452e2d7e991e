package crawl

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSitemapExtensions(t *testing.T) {
	s := site{mapURL: xmlPage(`<urlset xmlns:x="http://www.w3.org/1999/xhtml">
		<url><loc>https://www.example/a</loc>
			<x:link rel="alternate" hreflang="de" href="https://www.example/de/a?x=1&amp;y"/>
			<x:link rel='alternate' hreflang=en href=https://www.example/a></x:link>
			<x:link rel="amphtml" href="https://www.example/amp"/>
			<image:image><image:loc> https://www.example/a.jpg </image:loc><image:caption>loc</image:caption></image:image>
			<image:image><image:loc>https://elsewhere.example/b.jpg</image:loc></image:image>
			<video:video><video:thumbnail_loc>https://www.example/t</video:thumbnail_loc><video:content_loc><![CDATA[https://www.example/v.mp4?a&b]]></video:content_loc>
				<video:player_loc allow_embed="yes">https://www.example/player?v</video:player_loc></video:video>
			<news:news><news:title>A > B</news:title></news:news></url>
		<url><loc>https://www.example/de/a?x=1&amp;y</loc>
			<x:link rel="alternate" href="https://www.example/a"/><x:link rel="alternate" href="https://www.example/de/a?x=1&amp;y"/></url>
		<url><image:image><image:loc>https://www.example/lost.jpg</image:loc></image:image></url>
	</urlset>`)}
	names := []string{"mobile", "desktop"}
	want := []Asset{
		{URL: "https://www.example/a", Kind: Document, Priority: Critical, Reason: "listed in a sitemap", Mode: Navigate, Page: mapURL, Source: "sitemap", Selected: names},
		{URL: "https://www.example/a.jpg", Kind: Image, Priority: High, Reason: "image of a page, listed in a sitemap", Mode: NoCORS, Page: "https://www.example/a", Source: "sitemap:image"},
		{URL: "https://www.example/de/a?x=1&y", Kind: Document, Priority: Critical, Reason: "alternate listed in a sitemap", Mode: Navigate, Page: mapURL, Source: "sitemap:link", Selected: names},
		{URL: "https://www.example/player?v", Kind: Media, Priority: Low, Reason: "video listed in a sitemap, loaded when it is played", Mode: NoCORS, Page: "https://www.example/a", Source: "sitemap:video"},
		{URL: "https://www.example/t", Kind: Image, Priority: Low, Reason: "preview of a video, listed in a sitemap", Mode: NoCORS, Page: "https://www.example/a", Source: "sitemap:video"},
		{URL: "https://www.example/v.mp4?a&b", Kind: Media, Priority: Low, Reason: "video listed in a sitemap, loaded when it is played", Mode: NoCORS, Page: "https://www.example/a", Source: "sitemap:video"},
	}
	m := s.crawl(t, Config{Sitemaps: []string{mapURL}})
	got := slices.Collect(m.All())
	for i := range got {
		got[i].Status = 0
	}
	assert.Equal(t, want, got)
	assert.Contains(t, m.problem("sitemap-foreign", mapURL).Detail, "1 entry is")
}

// TestAlternatesThatNameEachOtherCountOnce lists a hundred languages of each page in each of them.
func TestAlternatesThatNameEachOtherCountOnce(t *testing.T) {
	var b strings.Builder
	for lang := range 100 {
		fmt.Fprintf(&b, "<url><loc>https://www.example/%d</loc>", lang)
		for other := range 100 {
			fmt.Fprintf(&b, `<xhtml:link rel="alternate" href="https://www.example/%d"/>`, other)
		}
		b.WriteString("</url>")
	}
	m := site{mapURL: xmlPage("<urlset>" + b.String() + "</urlset>")}.crawl(t, Config{Sitemaps: []string{mapURL}, Limits: Limits{SitemapURLs: 100, Pages: 10}})
	assert.Equal(t, 100, m.Len())
	assert.Empty(t, m.problem("limit-sitemap-urls", mapURL))
}

func TestSitemapEntryWithTooManyLinks(t *testing.T) {
	s := parseSitemap(mapURL, "", []byte("<urlset><url><loc>https://www.example/</loc>"+strings.Repeat("<image:image><image:loc>https://www.example/i</image:loc></image:image>", maxEntryLinks+1)+"</url></urlset>"), 9)
	assert.Equal(t, "sitemap-links", s.problem)
	assert.Len(t, s.links, maxEntryLinks)
}

func TestSitemapFilters(t *testing.T) {
	entry := func(path, lastmod, priority string) string {
		return "<url><loc>https://www.example/" + path + "</loc><lastmod>" + lastmod + "</lastmod><priority>" + priority + "</priority></url>"
	}
	s := site{
		mapURL: xmlPage(`<sitemapindex><sitemap><loc>https://www.example/old.xml</loc><lastmod>2025</lastmod></sitemap>
			<sitemap><lastmod>2026-11-02</lastmod><loc>https://www.example/new.xml</loc></sitemap><sitemap><loc>https://www.example/feed</loc></sitemap></sitemapindex>`),
		"https://www.example/new.xml": xmlPage("<urlset>" + entry("old.png", "2026-10-31", "") + entry("new.png", "2026-11-01", "0.5") + entry("minor.png", "2026-11-01", "0.4") +
			entry("undated.png", "", "") + entry("broken.png", "yesterday", "high") + "</urlset>"),
		"https://www.example/feed": xmlPage(`<feed><entry><link href="https://www.example/f1.png"/><updated>2026-10-01T00:00:00Z</updated></entry></feed>`),
	}
	cfg := Config{Sitemaps: []string{mapURL}, SitemapSince: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), SitemapMinPriority: 0.5}
	m := s.crawl(t, cfg)
	assert.Equal(t, []string{"https://www.example/broken.png", "https://www.example/new.png", "https://www.example/undated.png"}, m.urls())
	assert.Equal(t, []Problem{{
		URL: mapURL, Problem: "sitemap-filtered",
		Detail: "left out of the sitemaps, as the launch file asks: 2 entries by discovery.sitemap_since, 1 sitemap of an index by discovery.sitemap_since, 1 entry by discovery.sitemap_min_priority",
	}}, m.Problems)

	cfg.SitemapSince, cfg.SitemapMinPriority = time.Time{}, 0
	s["https://www.example/old.xml"] = xmlPage("<urlset>" + entry("older.png", "", "") + "</urlset>")
	m = s.crawl(t, cfg)
	assert.Equal(t, 7, m.Len())
	assert.Empty(t, m.Problems)

	cfg.SitemapMinPriority = 1.1
	require.ErrorContains(t, cfg.Validate(), "sitemap_min_priority is 1.1")
}

func TestLatestInstant(t *testing.T) {
	for text, want := range map[string]string{
		"2026":                          "2026-12-31T23:59:59.999999999Z",
		"2026-02":                       "2026-02-28T23:59:59.999999999Z",
		"2026-02-28":                    "2026-02-28T23:59:59.999999999Z",
		"2026-11-01T10:20Z":             "2026-11-01T10:20:00Z",
		"2026-11-01T10:20+01:00":        "2026-11-01T09:20:00Z",
		"2026-11-01T10:20:30-05:00":     "2026-11-01T15:20:30Z",
		"2026-11-01T10:20:30.45+01:00":  "2026-11-01T09:20:30.45Z",
		"2026-11-01T10:20:30+0100":      "2026-11-01T09:20:30Z",
		"2026-11-01T10:20:30":           "2026-11-01T10:20:30Z",
		"2026-11-01 10:20:30":           "2026-11-01T10:20:30Z",
		"Sun, 01 Nov 2026 10:20:30 GMT": "2026-11-01T10:20:30Z",
	} {
		got, ok := latestInstant(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got.UTC().Format(time.RFC3339Nano), text)
	}
	for _, text := range []string{"", "26", "2026-13", "01.11.2026", "now"} {
		_, ok := latestInstant(text)
		assert.False(t, ok, text)
	}
}
