package crawl

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const mapURL = "https://www.example/sitemap.xml"

// parsed is what a sitemap holds, all at once.
type parsed struct {
	sitemap

	pages []string
	links []sitemapLink
}

func parseSitemap(url, contentType string, body []byte, most int) *parsed {
	return parseSitemapUpTo(MaxSitemapBytes, url, contentType, body, most)
}

func parseSitemapUpTo(size int, url, contentType string, body []byte, most int) *parsed {
	p := &parsed{}
	p.sitemap = sitemap{most: most, take: func(e *sitemapEntry) {
		p.pages = append(p.pages, e.loc)
		p.links = append(p.links, e.links...)
	}}
	p.read(size, url, contentType, body)
	return p
}

func zipped(t *testing.T, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&b)
		_, err := z.Write([]byte(p))
		require.NoError(t, err)
		require.NoError(t, z.Close())
	}
	return b.String()
}

func utf16LE(s string, bom bool) string {
	var b strings.Builder
	if bom {
		b.WriteString("\xff\xfe")
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func utf16BE(s string) string {
	le := []byte(utf16LE(s, false))
	for i := 0; i < len(le); i += 2 {
		le[i], le[i+1] = le[i+1], le[i]
	}
	return string(le)
}

func TestParseSitemap(t *testing.T) {
	const one = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://www.example/a</loc></url></urlset>`
	a := []string{"https://www.example/a"}
	for name, c := range map[string]struct {
		url, contentType, body string
		pages, children        []string
		problem                string
	}{
		"plain":                {body: `<?xml version="1.0"?>` + one, pages: a},
		"byte order mark":      {body: "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + one, pages: a},
		"blank line":           {body: "\n\n <?xml version=\"1.0\"?>" + one, pages: a},
		"prefix":               {body: `<s:urlset xmlns:s="urn:x"><s:url><s:loc>https://www.example/a</s:loc></s:url></s:urlset>`, pages: a},
		"undeclared prefix":    {body: `<x:urlset><x:url><x:loc>https://www.example/a</x:loc></x:url></x:urlset>`, pages: a},
		"cdata and comment":    {body: `<urlset><url><loc> <![CDATA[https://www.example/a]]><!-- c -->?x </loc></url></urlset>`, pages: []string{"https://www.example/a?x"}},
		"entities":             {body: `<urlset><url><loc>https://www.example/a?b=1&amp;c=&#100;&d=2&eacute;</loc></url></urlset>`, pages: []string{"https://www.example/a?b=1&c=d&d=2é"}},
		"extensions":           {body: `<urlset><url><loc>https://www.example/a</loc><image:image><image:loc>https://www.example/i.png</image:loc></image:image><xhtml:link rel="alternate" hreflang="de" href="https://www.example/de"/><lastmod>2026-01-01</lastmod></url></urlset>`, pages: a},
		"latin-1":              {body: "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><urlset><url><loc>https://www.example/\xfc</loc></url></urlset>", pages: []string{"https://www.example/ü"}},
		"utf-16":               {body: utf16LE(`<?xml version="1.0" encoding="UTF-16"?>`+one, true), pages: a},
		"utf-16 without mark":  {body: utf16LE(`<?xml version="1.0" encoding="UTF-16LE"?>`+one, false), pages: a},
		"utf-16 big endian":    {body: utf16BE(`<?xml version="1.0" encoding="UTF-16BE"?>` + one), pages: a},
		"unknown encoding":     {body: `<?xml version="1.0" encoding="klingon"?>` + one, problem: "sitemap-not-xml"},
		"truncated":            {body: `<urlset><url><loc>https://www.example/a</loc></url><url><loc>https://www.exa`, pages: a, problem: "sitemap-truncated"},
		"malformed":            {body: `<urlset><url><loc>https://www.example/a</loc></url><<<`, pages: a, problem: "sitemap-truncated"},
		"html":                 {body: "<!doctype html><html><title>Just  a\nmoment</title>", problem: "sitemap-html"},
		"html without doctype": {body: "<HTML><body>404", problem: "sitemap-html"},
		"text that is html":    {contentType: "text/html", body: "sorry", problem: "sitemap-html"},
		"doctype":              {body: `<!DOCTYPE urlset [<!ENTITY a "https://www.example/a">]><urlset><url><loc>&a;</loc></url></urlset>`, problem: "sitemap-doctype"},
		"gzip":                 {body: zipped(t, one), pages: a},
		"gzip members":         {url: "https://www.example/sitemap.xml.gz", body: zipped(t, `<urlset><url><loc>https://www.exa`, `mple/a</loc></url></urlset>`), pages: a},
		"gz that is plain":     {url: "https://www.example/sitemap.xml.gz", body: one, pages: a},
		"gzip with rubbish":    {body: zipped(t, one) + "rubbish", pages: a, problem: "sitemap-truncated"},
		"gzip header only":     {body: "\x1f\x8b", problem: "sitemap-truncated"},
		"index":                {body: `<sitemapindex><sitemap><loc>https://www.example/s1.xml</loc></sitemap><sitemap><loc>https://www.example/s2.xml.gz</loc></sitemap></sitemapindex>`, children: []string{"https://www.example/s1.xml", "https://www.example/s2.xml.gz"}},
		"unclosed":             {body: `<urlset><url><x><loc><b>https://www.example/no</loc></x><loc><b>https://www.example/a</loc></y></url></urlset>`, pages: a},
		"rss":                  {body: `<rss><channel><link>https://www.example/no</link><item><title>t</title><link>https://www.example/a</link></item></channel></rss>`, pages: a},
		"atom":                 {body: `<feed><link href="https://www.example/no"/><entry><link rel="alternate" href="https://www.example/a"/><link rel="self" href="https://www.example/no"/></entry><entry><link href="https://www.example/b"/></entry></feed>`, pages: []string{"https://www.example/a", "https://www.example/b"}},
		"text":                 {body: "\xef\xbb\xbfhttps://www.example/a\r\n\nhttps://www.example/b", pages: []string{"https://www.example/a", "https://www.example/b"}},
		"robots":               {url: "https://www.example/robots.txt", body: "User-agent: *\nDisallow: /\nSitemap: https://www.example/s.xml\nsitemap:https://www.example/t.xml", children: []string{"https://www.example/s.xml", "https://www.example/t.xml"}},
		"robots without":       {url: "https://www.example/robots.txt", body: "User-agent: *", problem: "sitemap-robots"},
		"empty":                {body: " \n", problem: "sitemap-empty"},
		"empty set":            {body: `<urlset/>`, problem: "sitemap-empty"},
		"too deep":             {body: strings.Repeat("<url>", 20) + "<loc>https://www.example/a</loc>", problem: "sitemap-too-deep"},
		"beyond the limit":     {body: "https://a.example/1\nhttps://a.example/2\nhttps://a.example/3\nhttps://a.example/4\nhttps://a.example/5", pages: []string{"https://a.example/1", "https://a.example/2", "https://a.example/3"}},
	} {
		t.Run(name, func(t *testing.T) {
			url := c.url
			if url == "" {
				url = mapURL
			}
			s := parseSitemap(url, c.contentType, []byte(c.body), 3)
			assert.Equal(t, c.pages, s.pages)
			assert.Equal(t, c.children, s.children)
			assert.Equal(t, c.problem, s.problem)
			assert.Equal(t, c.problem != "", s.detail != "")
			if name == "html" {
				assert.Contains(t, s.detail, "(Just a moment)")
			}
			if name == "beyond the limit" {
				assert.Equal(t, 2, s.more)
			}
		})
	}
}

func TestSitemapBomb(t *testing.T) {
	assert.Equal(t, 50<<20, MaxSitemapBytes)
	const one = "<urlset><url><loc>https://www.example/a</loc></url>"
	for _, body := range []string{
		zipped(t, one, strings.Repeat(" ", 1<<20)),
		one + strings.Repeat(" ", 1<<20),
	} {
		s := parseSitemapUpTo(1<<19, mapURL, "", []byte(body), 10)
		assert.Equal(t, "sitemap-too-large", s.problem)
		assert.Equal(t, []string{"https://www.example/a"}, s.pages)
	}
	s := parseSitemapUpTo(len(one), mapURL, "", []byte(one+"</urlset>"), 10)
	assert.Equal(t, "sitemap-too-large", s.problem, "one byte too many")
	s = parseSitemapUpTo(len(one)+9, mapURL, "", []byte(one+"</urlset>"), 10)
	assert.Empty(t, s.problem)
}

func TestCrawlSitemaps(t *testing.T) {
	index := func(urls ...string) Response {
		return xmlPage("<sitemapindex><sitemap><loc>" + strings.Join(urls, "</loc></sitemap><sitemap><loc>") + "</loc></sitemap></sitemapindex>")
	}
	set := func(urls ...string) Response {
		return xmlPage("<urlset><url><loc>" + strings.Join(urls, "</loc></url><url><loc>") + "</loc></url></urlset>")
	}
	s := site{
		"https://www.example/robots.txt":           page("text/plain", "Disallow: /\nSitemap: https://www.example/i0.xml"),
		"https://www.example/i0.xml":               index("https://www.example/i1.xml", "https://www.example/i0.xml", "https://www.example/a.xml", "https://o.example/s.xml"),
		"https://www.example/i1.xml":               index("https://www.example/i2.xml", "https://www.example/b.xml"),
		"https://www.example/i2.xml":               index("https://www.example/deep.xml"),
		"https://www.example/a.xml":                moved("a2.xml"),
		"https://www.example/a2.xml":               set("https://www.example/one?utm_source=x%20y", "https://www.example/one.css", "https://www.example/two.jpg", "/relative", "https://o.example/x", "https://p.example/y", "mailto:a@b://"),
		"https://www.example/b.xml":                statusPage(500),
		"https://www.example/one?utm_source=x%20y": htmlPage(`<link rel=icon href=data:,><img src=i.png>`),
		"https://www.example/one.css":              cssPage(`a{background:url(c.png)}`),
	}
	var asked []string
	fetch := func(a Asset) { asked = append(asked, a.URL) }
	m, err := New(Config{Sitemaps: []string{"https://www.example/robots.txt", "https://o.example/out.xml"}, Scope: Scope{Hosts: []string{"www.example"}}, Limits: Limits{Concurrency: 1}, Ask: AskNeeded}, counting(s.fetch, fetch), nil).Crawl(t.Context())
	require.NoError(t, err)
	checkManifest(t, m)
	assert.Equal(t, []string{
		"https://www.example/c.png", "https://www.example/i.png", "https://www.example/one.css",
		"https://www.example/one?utm_source=x%20y", "https://www.example/two.jpg",
	}, m.urls())
	assert.Equal(t, Document, m.find("https://www.example/one?utm_source=x%20y").Kind)
	assert.Equal(t, Critical, m.find("https://www.example/one?utm_source=x%20y").Priority)
	assert.Equal(t, "https://www.example/a2.xml", m.find("https://www.example/two.jpg").Page)
	assert.Equal(t, Stylesheet, m.find("https://www.example/one.css").Kind)
	assert.Equal(t, Image, m.find("https://www.example/two.jpg").Kind)
	for _, url := range asked {
		assert.True(t, strings.HasPrefix(url, "https://www.example/"), url)
	}
	assert.Len(t, asked, 9, "each once: %v", asked)

	assert.True(t, m.problem("sitemap-depth", "https://www.example/i2.xml").Incomplete)
	assert.True(t, m.problem("sitemap-status", "https://www.example/b.xml").Incomplete)
	assert.Contains(t, m.problem("sitemap-foreign", "https://www.example/a2.xml").Detail, "2 entries are")
	assert.False(t, m.problem("sitemap-foreign", "https://www.example/a2.xml").Incomplete)
	assert.Contains(t, m.problem("sitemap-foreign", "https://www.example/i0.xml").Detail, "1 entry is")
	assert.Contains(t, m.problem("sitemap-relative", "https://www.example/a2.xml").Detail, "1 entry is")
	assert.True(t, m.problem("sitemap-invalid", "https://www.example/a2.xml").Incomplete)
	assert.True(t, m.problem("third-party-entry", "https://o.example/out.xml").Incomplete)
	assert.Len(t, m.Problems, 7)
}

func TestSitemapRedirects(t *testing.T) {
	s := site{
		"https://www.example/s.xml": moved("/s.xml"),
		"https://www.example/t.xml": moved("https://o.example/s.xml"),
		"https://www.example/u.xml": moved(""),
		"https://www.example/":      htmlPage(""),
	}
	m := s.crawl(t, Config{Entries: []string{"https://www.example/"}, Sitemaps: []string{"https://www.example/s.xml", "https://www.example/t.xml", "https://www.example/u.xml"}, Scope: Scope{Hosts: []string{"www.example"}}})
	assert.NotEmpty(t, m.problem("sitemap-redirect", "https://www.example/s.xml"))
	assert.NotEmpty(t, m.problem("third-party-entry", "https://o.example/s.xml"))
	assert.NotEmpty(t, m.problem("redirect-invalid", "https://www.example/u.xml"))
}

func TestSitemapLimit(t *testing.T) {
	var list strings.Builder
	for i := range 30 {
		fmt.Fprintf(&list, "https://www.example/%02d.png\n", i)
	}
	s := site{mapURL: page("text/plain", list.String()), "https://www.example/2.txt": page("text/plain", list.String())}
	m := s.crawl(t, Config{Sitemaps: []string{mapURL, "https://www.example/2.txt"}, Limits: Limits{SitemapURLs: 20}})
	assert.Equal(t, 20, m.Len())
	assert.Contains(t, m.problem("limit-sitemap-urls", mapURL).Detail, "40 sitemap entries")
	assert.True(t, m.problem("limit-sitemap-urls", mapURL).Incomplete)
}
