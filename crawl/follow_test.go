package crawl

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const www = "https://www.example"

// linked makes a page that declares no icon and links to paths.
func linked(hrefs ...string) Response {
	var b strings.Builder
	b.WriteString("<link rel=icon href=data:,>")
	for _, h := range hrefs {
		b.WriteString("<p><a href=\"" + h + "\">x</a>")
	}
	return htmlPage(b.String())
}

// counted is a site that remembers what it was asked for.
type counted struct {
	site

	mu    sync.Mutex
	asked map[string]int
}

func (s *counted) fetch(ctx context.Context, a Asset) (Response, error) {
	s.mu.Lock()
	s.asked[a.URL]++
	s.mu.Unlock()
	return s.site.fetch(ctx, a)
}

// follow crawls a site and returns the paths of what became an asset, with what was asked for.
func (s site) follow(t *testing.T, cfg Config) (*Manifest, *counted) {
	t.Helper()
	c := &counted{site: s, asked: map[string]int{}}
	m, err := New(cfg, c.fetch, nil).Crawl(t.Context())
	require.NoError(t, err)
	checkManifest(t, m)
	for url, n := range c.asked {
		assert.Equal(t, 1, n, url)
	}
	return m, c
}

func deep(depth int) Config {
	return Config{Entries: []string{www + "/"}, Limits: Limits{Depth: depth}}
}

func paths(m *Manifest) string {
	var out []string
	for a := range m.All() {
		out = append(out, strings.TrimPrefix(a.URL, www))
	}
	return strings.Join(out, " ")
}

func TestFollowByDepth(t *testing.T) {
	s := site{
		www + "/":   linked("/1", "/1#top", "mailto:a@b", "#x", "", "javascript:x()", "https://third.example/"),
		www + "/1":  linked("/2", "/"),
		www + "/2":  moved("/2b"),
		www + "/2b": linked("/3"),
		www + "/3":  linked("/4"),
	}
	for depth, want := range []string{"/", "/ /1", "/ /1 /2 /2b", "/ /1 /2 /2b /3", "/ /1 /2 /2b /3 /4"} {
		m, c := s.follow(t, deep(depth))
		assert.Equal(t, want, paths(m), "depth %d", depth)
		robots := c.asked[www+"/robots.txt"]
		assert.Equal(t, min(depth, 1), robots, "robots.txt is read when links are followed, depth %d", depth)
	}
	m, _ := s.follow(t, deep(2))
	assert.Equal(t, Asset{
		URL: www + "/1", Kind: Document, Priority: High, Reason: "linked, depth 1", Mode: Navigate,
		Page: www + "/", Source: "html:a[href]", Selected: []string{"mobile", "desktop"}, Status: 200, Bytes: m.find(www + "/1").Bytes,
	}, m.find(www+"/1"))
	assert.Equal(t, "linked, depth 2", m.find(www+"/2b").Reason)
	assert.Equal(t, "redirect", m.find(www+"/2b").Source)
	assert.Equal(t, www+"/2b", m.find(www+"/2").Location)
	assert.Empty(t, m.Problems)
}

func TestFollowWhatIsALink(t *testing.T) {
	s := site{
		www + "/": htmlPage(`<link rel=icon href=data:,>
<a href=before>x</a><base href=/b/><AREA HREF=area><a href="x/../after?q=a b&amp;c#f">x</a>
<a href=/load download>x</a><a href=/no rel="external NoFollow">x</a><a href=/yes rel=nofollow>x</a><a href=/yes>x</a><a href=/too>x</a><a href=/too rel=nofollow>x</a>
<link rel=next href=/next><link rel=alternate hreflang=de href=/de><link rel=alternate href=/feed><link rel=prev href=/prev>
<a name=x>x</a><template><a href=/inert>x</a></template><a href=/a.pdf>x</a><a href=/b.PNG>x</a><a href=/c.php>x</a>
<a href="http://[">x</a><a href="/` + strings.Repeat("x", maxURL) + `">x</a><!-- <a href=/comment> --><iframe srcdoc="<a href=/doc>x</a>"></iframe>`),
	}
	m, _ := s.follow(t, deep(1))
	assert.Equal(t, "/ /b/after?q=a%20b&c /b/area /b/before /c.php /de /doc /next /too /yes", paths(m))
	assert.Equal(t, "html:area[href]", m.find(www+"/b/area").Source)
	assert.Equal(t, "html:link[rel=next]", m.find(www+"/next").Source)
	assert.Equal(t, "html:link[hreflang]", m.find(www+"/de").Source)
	for _, p := range m.Problems {
		assert.Equal(t, "page-status", p.Problem, "%v", p)
		assert.False(t, p.Incomplete, "a broken link keeps no launch from being ready")
	}
}

func TestFollowAsksThePage(t *testing.T) {
	for name, tt := range map[string]struct {
		answer Response
		want   string
	}{
		"meta":           {htmlPage(`<link rel=icon href=data:,><a href=/x>x</a><meta name=robots content="noindex, NOFOLLOW">`), "/"},
		"meta for us":    {htmlPage(`<link rel=icon href=data:,><meta name=EdgePrime content=none><a href=/x>x</a>`), "/"},
		"meta for other": {htmlPage(`<link rel=icon href=data:,><meta name=otherbot content=nofollow><a href=/x>x</a>`), "/ /x"},
		"noindex alone":  {htmlPage(`<link rel=icon href=data:,><meta name=robots content=noindex><a href=/x>x</a>`), "/ /x"},
		"header":         {page("text/html", `<link rel=icon href=data:,><a href=/x>x</a>`, "X-Robots-Tag", "noindex,nofollow"), "/"},
		"header for us":  {page("text/html", `<link rel=icon href=data:,><a href=/x>x</a>`, "X-Robots-Tag", "EDGEPRIME : nofollow"), "/"},
		"for other":      {page("text/html", `<link rel=icon href=data:,><a href=/x>x</a>`, "X-Robots-Tag", "otherbot: nofollow"), "/ /x"},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := site{www + "/": tt.answer, www + "/x": linked()}.follow(t, deep(1))
			assert.Equal(t, tt.want, paths(m))
		})
	}
}

func TestFollowStartsAtWhatIsDeclared(t *testing.T) {
	s := site{
		www + "/":            linked("/from-entry"),
		www + "/page":        linked("/from-page"),
		www + "/list":        linked("/from-list"),
		www + "/sitemap.xml": xmlPage(`<urlset><url><loc>` + www + `/mapped</loc></url></urlset>`),
		www + "/mapped":      linked("/from-map"),
		www + "/frame":       linked("/from-frame"),
	}
	s[www+"/page"] = htmlPage(`<link rel=icon href=data:,><a href=/from-page>x</a><iframe src=/frame></iframe>`)
	for _, p := range []string{"/from-entry", "/from-page", "/from-list", "/from-map", "/from-frame"} {
		s[www+p] = linked()
	}
	cfg := Config{Entries: []string{www + "/"}, Pages: []string{www + "/page"}, URLs: []string{www + "/list"}, Sitemaps: []string{www + "/sitemap.xml"}}
	m, _ := s.follow(t, cfg)
	assert.Equal(t, "/ /frame /list /mapped /page", paths(m))
	cfg.Limits.Depth = 1
	m, _ = s.follow(t, cfg)
	assert.Equal(t, "/ /frame /from-entry /from-frame /from-list /from-map /from-page /list /mapped /page", paths(m))
	assert.Equal(t, Critical, m.find(www+"/mapped").Priority)
}

// TestFollowIsModest: what only a linked page loads is no more critical than the page.
func TestFollowIsModest(t *testing.T) {
	const head = `<link rel=icon href=data:,>`
	s := site{
		www + "/":         htmlPage(head + `<link rel=stylesheet href=/both.css><a href=/linked>x</a><a href=/glob>x</a>`),
		www + "/linked":   htmlPage(head + `<link rel=stylesheet href=/both.css><link rel=stylesheet href=/own.css><p style="font-family:f">x`),
		www + "/glob":     htmlPage(head + `<link rel=stylesheet href=/glob.css>`),
		www + "/both.css": cssPage(""),
		www + "/glob.css": cssPage(""),
		www + "/own.css":  cssPage(`@import "deep.css"; @font-face{font-family:f;src:url(f.woff2)}`),
		www + "/deep.css": cssPage(""),
	}
	cfg := deep(1)
	cfg.Critical.Include = []string{"/glob"}
	m, _ := s.follow(t, cfg)
	got := map[string]Priority{}
	for a := range m.All() {
		got[strings.TrimPrefix(a.URL, www)] = a.Priority
	}
	assert.Equal(t, map[string]Priority{
		"/": Critical, "/both.css": Critical, "/linked": High, "/own.css": High, "/deep.css": High, "/f.woff2": High,
		"/glob": Critical, "/glob.css": Critical,
	}, got)
}

func TestFollowObeysRobots(t *testing.T) {
	root := linked("/open", "/closed", "/moved", "https://b.example/", "https://c.example/")
	base := site{
		www + "/": root, www + "/open": linked(), www + "/closed": linked(), www + "/moved": moved("/closed/x"),
		"https://b.example/": linked(), "https://c.example/": linked(),
		"https://c.example/robots.txt": page("text/plain", "User-agent: *\nDisallow: /"),
	}
	text := func(body string) Response { return page("text/plain", body) }
	hops := func(n int) site {
		s := site{www + "/robots.txt": moved("/r1"), www + fmt.Sprint("/r", n): text("User-agent: *\nDisallow: /closed")}
		for i := 1; i < n; i++ {
			s[fmt.Sprint(www, "/r", i)] = moved(fmt.Sprint("/r", i+1))
		}
		return s
	}
	const all, open, none = "/ /closed /closed/x /moved /open", "/ /moved /open", "/"
	for name, tt := range map[string]struct {
		more   site
		want   string
		detail string // of robots-unreachable
	}{
		"rules":                 {site{www + "/robots.txt": text("User-agent: *\nDisallow: /closed")}, open, ""},
		"2.3.1.1 no content":    {site{www + "/robots.txt": {Status: 204, Header: http.Header{}}}, all, ""},
		"2.3.1.2 redirected":    {hops(5), open, ""},
		"2.3.1.2 too often":     {hops(6), none, "more than 5 times"},
		"2.3.1.2 in a circle":   {site{www + "/robots.txt": moved("/robots.txt")}, none, "more than 5 times"},
		"2.3.1.2 other host":    {site{www + "/robots.txt": moved("https://b.example/r"), "https://b.example/r": text("User-agent: *\nDisallow: /closed")}, open, ""},
		"2.3.1.2 out of scope":  {site{www + "/robots.txt": moved("https://o.example/r")}, none, "redirects out of scope"},
		"2.3.1.2 nowhere":       {site{www + "/robots.txt": moved("")}, none, "without a Location"},
		"2.3.1.3 not found":     {site{}, all, ""},
		"2.3.1.3 gone":          {site{www + "/robots.txt": statusPage(410)}, all, ""},
		"2.3.1.3 forbidden":     {site{www + "/robots.txt": statusPage(403)}, all, ""},
		"2.3.1.4 unavailable":   {site{www + "/robots.txt": statusPage(503)}, none, "it answers 503"},
		"2.3.1.4 no answer":     {site{www + "/robots.txt": {}}, none, "there was no answer"},
		"2.3.1.4 broken off":    {site{www + "/robots.txt": {Status: 200, Failure: "the body broke off"}}, none, "broke off"},
		"2.3.1.4 a challenge":   {site{www + "/robots.txt": {Status: 403, Failure: "bot protection answered"}}, none, "bot protection"},
		"2.3.1.4 not modified":  {site{www + "/robots.txt": statusPage(304)}, none, "it answers 304"},
		"2.3.1.5 no robots.txt": {site{www + "/robots.txt": text("<html>nothing here")}, all, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := maps.Clone(base)
			maps.Copy(s, tt.more)
			cfg := deep(2)
			cfg.Scope.Hosts = []string{"www.example", "b.example", "c.example"}
			m, err := New(cfg, s.fetch, nil).Crawl(t.Context())
			require.NoError(t, err)
			want := strings.TrimSpace("https://b.example/ " + tt.want)
			assert.Equal(t, want, paths(m), "each host by its own rules")
			p := m.problem("robots-unreachable", www+"/robots.txt")
			assert.Contains(t, p.Detail, tt.detail)
			assert.Equal(t, tt.detail != "", p.Incomplete)
			left := map[string]int{all: 1, open: 3, none: 4}[tt.want]
			i := slices.IndexFunc(m.Problems, func(p Problem) bool { return p.Problem == leftRobots })
			require.GreaterOrEqual(t, i, 0)
			assert.Contains(t, m.Problems[i].Detail, plural(left, "link")+" left out: robots.txt keeps edgeprime from following it")
			assert.False(t, m.Problems[i].Incomplete)
		})
	}
}

// TestRobotsDoNotGovernDeclarations: what a launch declares, and what that loads, is read anyway.
func TestRobotsDoNotGovernDeclarations(t *testing.T) {
	s := site{
		www + "/":           htmlPage(`<link rel=icon href=data:,><link rel=stylesheet href=/a.css><iframe src=/frame></iframe><a href=/x>x</a>`),
		www + "/a.css":      cssPage("b{background:url(i.png)}"),
		www + "/frame":      linked(),
		www + "/x":          linked(),
		www + "/robots.txt": page("text/plain", "User-agent: *\nDisallow: /"),
	}
	m, c := s.follow(t, deep(3))
	assert.Equal(t, "/ /a.css /frame /i.png", paths(m))
	assert.Zero(t, c.asked[www+"/x"])
}

func TestFollowLimits(t *testing.T) {
	var many []string
	for i := range 30 {
		many = append(many, "/page-"+strings.Repeat("x", i+1))
	}
	s := site{www + "/": linked(append(many, "https://b.example/one", "https://b.example/two")...)}
	hosts := []string{"www.example", "b.example"}
	for name, tt := range map[string]struct {
		limits Limits
		want   int // assets
		left   string
		detail string
	}{
		"pages":          {Limits{Pages: 11}, 11, leftPages, "22 linked pages beyond the limit of 11 left out; raise discovery.pages"},
		"pages per host": {Limits{PagesPerHost: 5}, 7, leftHostPages, "26 linked pages beyond the limit of 5 for one host left out; raise discovery.pages_per_host"},
		"assets":         {Limits{Assets: 3}, 4, "limit-assets", "29 references beyond the limit of 3 assets"},
		"links per page": {Limits{LinksPerPage: 4}, 5, "limit-links-followed", "it has 32 links; the first 4 were considered"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.limits.Depth = 1
			m, _ := s.follow(t, Config{Entries: []string{www + "/"}, Scope: Scope{Hosts: hosts}, Limits: tt.limits})
			assert.Equal(t, tt.want, m.Len())
			i := slices.IndexFunc(m.Problems, func(p Problem) bool { return p.Problem == tt.left })
			require.GreaterOrEqual(t, i, 0, "%v", m.Problems)
			assert.Contains(t, m.Problems[i].Detail, tt.detail)
			assert.True(t, m.Problems[i].Incomplete)
		})
	}
}

func TestLimitsDoNotCountTwice(t *testing.T) {
	s := site{www + "/": linked("/a", "/b"), www + "/a": moved("/"), www + "/b": linked()}
	cfg := deep(2)
	cfg.Limits.Pages = 3
	m, _ := s.follow(t, cfg)
	assert.Empty(t, m.Problems, "what a redirect leads back to was read in time")
}

func TestPagesPerHostOfDeclaredPages(t *testing.T) {
	s := site{www + "/a": linked(), www + "/b": linked(), "https://b.example/": linked()}
	m := s.crawl(t, Config{Pages: []string{www + "/a", www + "/b", "https://b.example/"}, Limits: Limits{PagesPerHost: 1}})
	assert.Equal(t, 3, m.Len(), "declared pages are listed in any case")
	assert.Zero(t, m.find(www+"/b").Status)
	assert.Contains(t, m.problem("limit-pages-per-host", www+"/b").Detail, "1 document beyond the limit of 1 for one host listed, but not read")
}

// endless answers every path with a page whose links lead on without end.
func endless(links func(path string) []string) Fetch {
	return func(_ context.Context, a Asset) (Response, error) {
		path := strings.TrimPrefix(a.URL, www)
		if path == "/robots.txt" {
			return statusPage(http.StatusNotFound), nil
		}
		return linked(links(path)...), nil
	}
}

func TestFollowLeavesTraps(t *testing.T) {
	next := func(path string) int {
		var n int
		_, _ = fmt.Sscanf(path[strings.IndexAny(path+"0", "0123456789"):], "%d", &n)
		return n + 1
	}
	for name, tt := range map[string]struct {
		links func(path string) []string
		left  string
		most  int // assets
	}{
		"counter": {func(p string) []string { return []string{fmt.Sprintf("/n/%d", next(p))} }, leftPattern, 12},
		"calendar": {func(p string) []string {
			n := next(p)
			return []string{fmt.Sprintf("/cal/%d/%d/%d", n, n%12+1, n%28+1)}
		}, leftPattern, 12},
		"query":      {func(p string) []string { return []string{fmt.Sprintf("/cal?month=%d", next(p))} }, leftPattern, 12},
		"facets":     {func(p string) []string { return []string{"/list?" + strings.Repeat("x&", strings.Count(p, "&")+1)} }, leftQueries, 12},
		"relative":   {func(p string) []string { return []string{strings.TrimSuffix(p, "/") + "/sub/"} }, leftRepeats, 4},
		"sequence":   {func(p string) []string { return []string{strings.TrimSuffix(p, "/") + "/a/b/"} }, leftRepeats, 3},
		"session":    {func(string) []string { return []string{"/x;jsessionid=1", "/y"} }, leftSession, 2},
		"side":       {func(string) []string { return []string{"/logout", "/y"} }, leftSideEffect, 2},
		"random ids": {func(p string) []string { return []string{fmt.Sprintf("/v/%x", sha256.Sum256([]byte(p)))} }, leftPattern, 12},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := deep(1000)
			cfg.Limits.LinksPerPattern, cfg.Limits.QueriesPerPath = 10, 10
			cfg.Limits.Pages = 200
			m, err := New(cfg, endless(tt.links), nil).Crawl(t.Context())
			require.NoError(t, err)
			assert.LessOrEqual(t, m.Len(), tt.most, paths(m))
			i := slices.IndexFunc(m.Problems, func(p Problem) bool { return p.Problem == tt.left })
			require.GreaterOrEqual(t, i, 0, "%v", m.Problems)
			assert.NotEmpty(t, m.Problems[i].URL)
			assert.Regexp(t, `^\d+ links? left out: .*; .*(discovery\.\w+|url_lists)$`, m.Problems[i].Detail)
			walk := tt.left == leftPattern || tt.left == leftQueries
			assert.Equal(t, walk, m.Problems[i].Incomplete, "a number that cuts off leaves something unknown")
		})
	}
}

func TestTraceNamesEveryDecision(t *testing.T) {
	s := site{
		www + "/": htmlPage(`<link rel=icon href=data:,><img src=/i.png><img src=/i.png><img srcset="/s.png 1x, /l.png 4x, /xl.png 9x"><script src=https://t.example/t.js></script>
<a href=/1>x</a><a href=/no rel=nofollow>x</a><a href=https://o.example/>x</a><a href=/closed>x</a><a href=/a.zip>x</a><a href=/logout>x</a>`),
		www + "/1":           linked("/2", "/", "/2"),
		www + "/robots.txt":  page("text/plain", "User-agent: *\nDisallow: /closed"),
		www + "/sitemap.xml": xmlPage(`<urlset><url><loc>` + www + `/mapped</loc></url><url><loc>https://o.example/x</loc></url><url><loc>/rel</loc></url></urlset>`),
		www + "/mapped":      linked(),
	}
	trace := func(depth int) []string {
		var got []string
		cfg := Config{Entries: []string{www + "/"}, Sitemaps: []string{www + "/sitemap.xml"}, Candidates: CandidatesSelected, Limits: Limits{Depth: depth}}
		c := New(cfg, s.fetch, nil)
		c.Trace = func(d Decision) {
			got = append(got, fmt.Sprintf("%s %s %s", d.Outcome, strings.TrimPrefix(d.URL, www), d.Reason))
		}
		_, err := c.Crawl(t.Context())
		require.NoError(t, err)
		return got
	}
	want := []string{
		"taken / entry page",
		"taken /mapped listed in a sitemap",
		`left https://o.example/x out of scope: host "o.example:443" is not in hosts`,
		"left /rel only absolute http and https URLs are fetched",
		"known /i.png image 2 of the page, may be its largest paint",
		"left /xl.png requested by no viewport, and discovery.candidates is selected",
		"taken https://t.example/t.js third party: named, never fetched",
		"left /no the page asks not to follow the link (nofollow)",
		`left https://o.example/ out of scope: host "o.example:443" is not in hosts`,
		"left /a.zip linked, but no page by its extension",
		"left /logout following it could change something, by its words",
		"taken /1 linked, depth 1",
		"left /closed robots.txt of www.example: Disallow: /closed",
		"left /2 linked beyond discovery.depth 1",
		"known / linked, and read already",
	}
	got := trace(1)
	for _, line := range want {
		assert.Contains(t, got, line)
	}
	assert.Equal(t, got, trace(1), "always in the same order")
	assert.Contains(t, trace(0), "left /1 linked beyond discovery.depth 0")
	assert.Contains(t, trace(2), "taken /2 linked, depth 2")
}

func TestFollowIsDeterministic(t *testing.T) {
	s := site{}
	for i := range 100 {
		s[www+"/"+strconv.Itoa(i)] = linked("/"+strconv.Itoa(i*7%100), "/"+strconv.Itoa(i*13%100), "/x"+strconv.Itoa(i%10))
	}
	var first string
	for _, concurrency := range []int{1, 16} {
		cfg := Config{Entries: []string{www + "/1"}, Limits: Limits{Depth: 4, Pages: 40, Concurrency: concurrency}}
		m := s.crawl(t, cfg)
		if first == "" {
			first = m.Digest()
		}
		assert.Equal(t, first, m.Digest())
	}
}

// TestFollowTheShortestWay: a redirect on the way does not make a page deeper than another way
// that has more links.
func TestFollowTheShortestWay(t *testing.T) {
	s := site{
		www + "/":        linked("/moved", "/a"),
		www + "/moved":   moved("/moved/1"),
		www + "/moved/1": moved("/moved/2"),
		www + "/moved/2": linked("/x"),
		www + "/a":       linked("/b"),
		www + "/b":       linked("/x"),
		www + "/x":       linked("/y"),
		www + "/y":       linked("/z"),
	}
	m, _ := s.follow(t, deep(3))
	assert.Equal(t, "/ /a /b /moved /moved/1 /moved/2 /x /y", paths(m))
	assert.Equal(t, "linked, depth 2", m.find(www+"/x").Reason)
}

// TestOneAssetForOneURL: each spelling of a link is the same page.
func TestOneAssetForOneURL(t *testing.T) {
	s := site{www + "/": linked("/x/y", "HTTPS://WWW.EXAMPLE:443/x/./y", `\x\y#z`, "/x/%2e%2e/x/y", "x\t/y"), www + "/x/y": linked()}
	m, _ := s.follow(t, deep(1))
	assert.Equal(t, "/ /x/y", paths(m))
}
