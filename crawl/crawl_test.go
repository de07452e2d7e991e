package crawl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counting tells see about every asset that is asked for.
func counting(fetch Fetch, see func(Asset)) Fetch {
	var mu sync.Mutex
	return func(ctx context.Context, a Asset) (Response, error) {
		mu.Lock()
		see(a)
		mu.Unlock()
		return fetch(ctx, a)
	}
}

// shop is a site with something of everything.
func shop() site {
	const w = "https://www.example"
	return site{
		w + "/": page("text/html", `<!doctype html><head><link rel=stylesheet href=/css/main.css><link rel="alternate stylesheet" href=/css/alt.css>
<link rel=preload as=style href=/css/preloaded.css><script type=module src=/js/m.js></script><link rel=manifest href=/app.webmanifest></head>
<body><img srcset="/h1.png 1x, /h2.png 2x" src=/h1.png><iframe src=/frame.html></iframe><img src=https://third.example/t.png><style>p{font-family:Used}</style><p>text<a>x</a>`,
			"Link", `</early.css>; rel=preload; as=style`),
		w + "/css/main.css":      cssPage(`@import "base.css";@import "print.css" print;a{background:url(../bg.png)}`),
		w + "/css/base.css":      cssPage(`@import "main.css";@font-face{font-family:Used;src:url(used.woff2)}@font-face{font-family:Other;src:url(other.woff2)}`),
		w + "/css/print.css":     cssPage(`a{background:url(print.png)}`),
		w + "/css/alt.css":       cssPage(`@import "altbase.css";a{background:url(alt.png)}`),
		w + "/css/altbase.css":   cssPage(`a{background:url(altbase.png)}`),
		w + "/css/preloaded.css": cssPage(`a{background:url(preloaded.png)}`),
		w + "/js/m.js":           jsPage(`import "./dep.js"; import("./later.js")`),
		w + "/js/dep.js":         jsPage(`import "./m.js"; export * from "./leaf.js"`),
		w + "/js/leaf.js":        jsPage(``),
		w + "/js/later.js":       jsPage(``),
		w + "/app.webmanifest":   page("application/manifest+json", "\xef\xbb\xbf"+`{"icons":[{"src":"icon.png"},{"src":"/i/2.png"}]}`),
		w + "/frame.html":        htmlPage(`<img src=framed.png>`),
		w + "/other":             htmlPage(`<link rel=stylesheet href=/css/alt.css><p style="font-family:'Other'">text<a>x</a>`),
		w + "/moved":             moved("/moved/"),
		w + "/moved/":            htmlPage(`<link rel=icon href=data:,><link rel=stylesheet href=old.css>text<a>x</a>`),
		w + "/moved/old.css":     moved("/css/new/new.css"),
		w + "/css/new/new.css":   cssPage(`a{background:url(n.png)}@font-face{font-family:M;src:url(m.woff)}body{font-family:M}`),
		w + "/sitemap.xml":       xmlPage(`<urlset><url><loc>https://www.example/other</loc></url></urlset>`),
	}
}

var shopConfig = func() Config {
	return Config{Entries: []string{"https://www.example/"}, Pages: []string{"https://www.example/moved"}, Sitemaps: []string{"https://www.example/sitemap.xml"}}
}

func TestGoldenManifest(t *testing.T) {
	m := shop().crawl(t, shopConfig())
	var file strings.Builder
	require.NoError(t, m.Write(&file))
	golden := filepath.Join("testdata", "shop.jsonl")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(golden, []byte(file.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), file.String())
}

func TestSheetsThatAreNotApplied(t *testing.T) {
	s := shop()
	delete(s, "https://www.example/sitemap.xml")
	urls := s.crawl(t, Config{Entries: []string{"https://www.example/"}}).urls()
	for _, not := range []string{"/css/alt.png", "/css/altbase.png", "/css/print.png", "/css/preloaded.png", "/css/other.woff2"} {
		assert.NotContains(t, urls, "https://www.example"+not)
	}
	for _, want := range []string{"/css/altbase.css", "/css/print.css", "/css/preloaded.css", "/css/used.woff2", "/early.css", "/bg.png"} {
		assert.Contains(t, urls, "https://www.example"+want)
	}
	// Another page applies the alternate sheet, so that its images count, and those of its import.
	both := s.crawl(t, Config{Entries: []string{"https://www.example/", "https://www.example/other"}}).urls()
	assert.Contains(t, both, "https://www.example/css/alt.png")
	assert.Contains(t, both, "https://www.example/css/altbase.png")
	// A page that uses a family without declaring it gets no font.
	assert.NotContains(t, both, "https://www.example/css/other.woff2")
}

func TestLateActivation(t *testing.T) {
	s := site{
		"https://www.example/":       htmlPage(`<link rel=icon href=data:,><link rel=stylesheet media=print href=a.css><iframe src=f.html></iframe>`),
		"https://www.example/a.css":  moved("b.css"),
		"https://www.example/b.css":  cssPage(`@import "c.css";a{background:url(b.png)}`),
		"https://www.example/c.css":  cssPage(`a{background:url(c.png)}`),
		"https://www.example/f.html": moved("g.html"),
		"https://www.example/g.html": moved("h.html"),
		"https://www.example/h.html": moved("k.html"),
		"https://www.example/k.html": htmlPage(`<link rel=stylesheet href=a.css>`),
	}
	urls := s.crawl(t, Config{Entries: []string{"https://www.example/"}}).urls()
	assert.Contains(t, urls, "https://www.example/b.png")
	assert.Contains(t, urls, "https://www.example/c.png")
	assert.NotContains(t, urls, "https://www.example/favicon.ico", "a frame has no icon")
}

// Under conditions, each round of a cycle would be another sheet.
func TestImportsInACircle(t *testing.T) {
	const w = "https://www.example"
	for _, how := range []string{"", " screen", " layer(x)", " layer"} {
		m := site{
			w + "/":      htmlPage(`<link rel=icon href=data:,><link rel=stylesheet href=/a.css><p>text`),
			w + "/a.css": cssPage(`@import "b.css"` + how + `;p{background:url(a.png)}`),
			w + "/b.css": cssPage(`@import "a.css"` + how + `;@import "b.css"` + how + `;p{list-style:url(b.png)}`),
		}.crawl(t, Config{Entries: []string{w + "/"}})
		assert.NotEmpty(t, m.find(w+"/a.png").Selected, how)
		assert.NotEmpty(t, m.find(w+"/b.png").Selected, how)
	}
}

func TestFontsOfSheetsThatAreNotApplied(t *testing.T) {
	const use = `<link rel=icon href=data:,><p style="font-family:U">text</p>`
	face := cssPage(`@font-face{font-family:U;src:url(u.woff2)}`)
	for name, c := range map[string]struct {
		html string
		want bool
	}{
		"applied":          {`<link rel=stylesheet href=/a.css>`, true},
		"import":           {`<style>@import "/a.css";</style>`, true},
		"print":            {`<link rel=stylesheet media=print href=/a.css>`, false},
		"print at first":   {`<link rel=stylesheet media=print href=/a.css onload="this.onload=null;this.media='all'">`, true},
		"preload at first": {`<link rel=preload as=style href=/a.css onload="this.onload=null;this.rel = 'stylesheet'">`, true},
		"preload":          {`<link rel=preload as=style href=/a.css onload="track(this.relation)">`, false},
		"print import":     {`<style>@import "/a.css" print;</style>`, false},
		"import of print":  {`<link rel=stylesheet media=print href=/b.css>`, false},
		"third party":      {`<link rel=stylesheet href=https://o.example/a.css>`, false},
	} {
		s := site{"https://www.example/": htmlPage(use + c.html), "https://www.example/a.css": face, "https://www.example/b.css": cssPage(`@import "a.css";`), "https://o.example/a.css": face}
		urls := s.crawl(t, Config{Entries: []string{"https://www.example/"}}).urls()
		if c.want {
			assert.Contains(t, urls, "https://www.example/u.woff2", name)
		} else {
			assert.NotContains(t, strings.Join(urls, " "), "u.woff2", name)
		}
	}
}

func TestCrawlIsDeterministic(t *testing.T) {
	var first string
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			random := rand.New(rand.NewPCG(seed, 1))
			s := shop()
			slow := func(ctx context.Context, a Asset) (Response, error) {
				mu.Lock()
				delay := time.Duration(random.IntN(1000)) * time.Millisecond
				mu.Unlock()
				time.Sleep(delay)
				return s.fetch(ctx, a)
			}
			cfg := shopConfig()
			cfg.Limits.Concurrency = 1 + int(seed%8)
			cfg.Limits.Assets = 25
			m, err := New(cfg, slow, nil).Crawl(t.Context())
			require.NoError(t, err)
			var file strings.Builder
			require.NoError(t, m.Write(&file))
			if first == "" {
				first = file.String()
			}
			assert.Equal(t, first, file.String())
		})
	}
}

func TestConcurrencyIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		open, peak := 0, 0
		s := shop()
		fetch := func(ctx context.Context, a Asset) (Response, error) {
			mu.Lock()
			open++
			peak = max(peak, open)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			open--
			mu.Unlock()
			return s.fetch(ctx, a)
		}
		cfg := shopConfig()
		cfg.Limits.Concurrency = 3
		_, err := New(cfg, fetch, slog.New(slog.DiscardHandler)).Crawl(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 3, peak)
	})
}

func TestEachAssetIsAskedOnce(t *testing.T) {
	asked := map[string]int{}
	s := shop()
	_, err := New(shopConfig(), counting(s.fetch, func(a Asset) {
		asked[a.URL]++
		assert.False(t, a.ThirdParty)
	}), nil).Crawl(t.Context())
	require.NoError(t, err)
	for url, n := range asked {
		assert.Equal(t, 1, n, url)
		assert.NotContains(t, url, "third.example")
	}
	assert.NotContains(t, asked, "https://www.example/icon.png", "no visitor asks for it")
	assert.Equal(t, 1, asked["https://www.example/h2.png"], "it may redirect")

	cfg := shopConfig()
	cfg.Ask = AskNeeded
	_, err = New(cfg, counting(s.fetch, func(a Asset) { assert.Contains(t, []Kind{Document, Stylesheet, Script, WebApp, Data}, a.Kind) }), nil).Crawl(t.Context())
	require.NoError(t, err)
}

func TestRedirects(t *testing.T) {
	const w = "https://www.example"
	s := site{
		w + "/":                            moved("https://WWW.example/home?utm_source=A%20b&c=%41#frag"),
		w + "/home?utm_source=A%20b&c=%41": htmlPage(`<link rel=icon href=data:,><img src=x.png>`),
		w + "/loop1":                       moved("/loop2"),
		w + "/loop2":                       moved("/loop3"),
		w + "/loop3":                       moved("/loop2"),
		w + "/self":                        moved("/self"),
		w + "/out":                         moved("https://o.example/"),
		w + "/nowhere":                     moved(""),
		w + "/mail":                        moved("mailto:a@b"),
		w + "/notmod":                      statusPage(http.StatusNotModified),
	}
	for i := range 9 {
		s[fmt.Sprintf("%s/hop%d", w, i)] = moved(fmt.Sprintf("/hop%d", i+1))
	}
	m := s.crawl(t, Config{
		Entries: []string{w + "/", w + "/loop1", w + "/loop3", w + "/self", w + "/out", w + "/nowhere", w + "/mail", w + "/notmod", w + "/hop0"},
		Scope:   Scope{Hosts: []string{"www.example"}},
	})
	home := m.find(w + "/home?utm_source=A%20b&c=%41")
	assert.Equal(t, Asset{URL: home.URL, Kind: Document, Priority: Critical, Reason: "entry page", Mode: Navigate, Page: w + "/", Source: "redirect", Selected: []string{"mobile", "desktop"}, Status: 200, Bytes: home.Bytes}, home)
	assert.NotZero(t, home.Bytes)
	assert.Equal(t, home.URL, m.find(w+"/").Location)
	assert.Equal(t, 302, m.find(w+"/").Status)
	assert.NotEmpty(t, m.find(w+"/x.png"))

	loop := m.problem("redirect-loop", w+"/loop2")
	assert.Contains(t, loop.Detail, "/loop2 -> /loop3 -> /loop2")
	assert.True(t, loop.Incomplete)
	assert.NotEmpty(t, m.problem("redirect-loop", w+"/self"))
	assert.Empty(t, m.problem("redirect-loop", w+"/loop1"))

	out := m.find("https://o.example/")
	assert.True(t, out.ThirdParty)
	assert.Zero(t, out.Status)
	assert.True(t, m.problem("redirect-out-of-scope", w+"/out").Incomplete)
	assert.NotEmpty(t, m.problem("redirect-invalid", w+"/nowhere"))
	assert.NotEmpty(t, m.problem("redirect-invalid", w+"/mail"))
	assert.NotEmpty(t, m.problem("page-status", w+"/notmod"))

	assert.NotEmpty(t, m.find(w+"/hop5"))
	assert.Empty(t, m.find(w+"/hop6"), "five hops and no more")
	assert.True(t, m.problem("redirect-limit", w+"/hop5").Incomplete)
}

func TestPageProblems(t *testing.T) {
	const w = "https://www.example"
	s := site{
		w + "/ok":              htmlPage(`<link rel=icon href=data:,><iframe src=/frame404></iframe><iframe src=/frame500></iframe><link rel=stylesheet href=/css404><link rel=stylesheet href=/gone><link rel=stylesheet href=/plain.css><script type=module src=/m.js></script><script type=module src=/t.js></script><link rel=manifest href=/bad.webmanifest><img src="http://[">`),
		w + "/500":             statusPage(500),
		w + "/none":            {},
		w + "/dns":             {Failure: "the name cannot be resolved"},
		w + "/cut":             {Status: 200, Failure: "the body broke off"},
		w + "/pdf":             page("application/pdf", "%PDF"),
		w + "/empty":           htmlPage(""),
		w + "/sniff":           page("", "<!doctype html><link rel=icon href=data:,><img src=sniffed.png>"),
		w + "/svg":             page("image/svg+xml", `<?xml version="1.0"?><?xml-stylesheet href="s.css"?><svg/>`),
		w + "/huge":            htmlPage(`<link rel=icon href=data:,><p title="` + strings.Repeat("x", maxToken) + `">`),
		w + "/frame500":        statusPage(500),
		w + "/gone":            {Failure: "reset"},
		w + "/plain.css":       page("text/plain", "a{background:url(no.png)}"),
		w + "/m.js":            jsPage("import 'bare'; a = /x\n"),
		w + "/t.js":            page("text/html", "<p>"),
		w + "/bad.webmanifest": page("application/json", "{"),
	}
	m := s.crawl(t, Config{Entries: []string{w + "/ok", w + "/500", w + "/none"}, Pages: []string{w + "/dns", w + "/cut", w + "/pdf", w + "/empty"}, URLs: []string{w + "/404", w + "/sniff", w + "/svg", w + "/huge", w + "/x.woff2", w + "/x.js"}})
	for _, c := range []struct {
		name, path, detail string
		incomplete         bool
	}{
		{"page-status", "/500", "answers 500; fix it, or take it out of the launch file", true},
		{"page-status", "/404", "answers 404", true},
		{"page-unreachable", "/none", "there was no answer; ", true},
		{"page-unreachable", "/dns", "cannot be resolved; ", true},
		{"page-unreachable", "/cut", "broke off; ", true},
		{"page-not-html", "/pdf", `"application/pdf", not HTML`, true},
		{"page-not-html", "/empty", "empty", true},
		{"page-unread", "/huge", "4 MiB", true},
		{"asset-status", "/frame404", "404", false},
		{"asset-status", "/frame500", "500", true},
		{"asset-status", "/css404", "404; browsers load nothing from it either", false},
		{"asset-unreachable", "/gone", "reset; what it would load is unknown", true},
		{"sheet-type", "/plain.css", "text/plain", false},
		{"import-bare", "/m.js", "1 module by a bare name", true},
		{"script-unread", "/m.js", "read to its end", true},
		{"script-type", "/t.js", "text/html", false},
		{"webapp-not-json", "/bad.webmanifest", "not JSON", false},
		{"url-invalid", "/ok", "1 reference cannot", false},
	} {
		p := m.problem(c.name, w+c.path)
		assert.Contains(t, p.Detail, c.detail, c.path)
		assert.Equal(t, c.incomplete, p.Incomplete, c.path)
	}
	assert.NotEmpty(t, m.problem("asset-status", w+"/s.css"))
	assert.Len(t, m.Problems, 20)
	assert.Equal(t, 500, m.find(w+"/500").Status, "a page that failed stays, to be judged")
	assert.Contains(t, m.urls(), w+"/sniffed.png")
	assert.Contains(t, m.urls(), w+"/s.css")
	assert.NotContains(t, m.urls(), w+"/no.png")
	assert.Equal(t, CORS, m.find(w+"/x.woff2").Mode)
	assert.Equal(t, Critical, m.find(w+"/x.js").Priority)
}

func TestScopeInCrawl(t *testing.T) {
	s := site{
		"https://www.example/":          htmlPage(`<link rel=icon href=data:,><link rel=stylesheet href=/css/a.css><link rel=stylesheet href=https://cdn.example/b.css><link rel=stylesheet href=/private/c.css>`),
		"https://www.example/css/a.css": cssPage(``),
	}
	asked := []string{}
	m, err := New(Config{
		Entries: []string{"https://www.example/", "https://o.example/entry"},
		Scope:   Scope{Hosts: []string{"www.example"}, Exclude: []string{"/private/**"}},
	}, counting(s.fetch, func(a Asset) { asked = append(asked, a.URL) }), nil).Crawl(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"https://www.example/", "https://www.example/css/a.css"}, asked)
	for _, url := range []string{"https://cdn.example/b.css", "https://www.example/private/c.css", "https://o.example/entry"} {
		assert.True(t, m.find(url).ThirdParty, url)
	}
	assert.Contains(t, m.problem("third-party-entry", "https://o.example/entry").Detail, "not in hosts")
}

func TestNothingInScope(t *testing.T) {
	m, err := New(Config{Entries: []string{"https://o.example/"}, Scope: Scope{Hosts: []string{"www.example"}}}, site{}.fetch, nil).Crawl(t.Context())
	require.ErrorIs(t, err, ErrNothing)
	assert.Len(t, m.Problems, 1)
	m, err = New(Config{Sitemaps: []string{mapURL}}, site{}.fetch, nil).Crawl(t.Context())
	require.ErrorIs(t, err, ErrNothing)
	assert.NotEmpty(t, m.problem("sitemap-status", mapURL))
}

func TestCrawlStops(t *testing.T) {
	boom := errors.New("aborted")
	_, err := New(shopConfig(), func(context.Context, Asset) (Response, error) { return Response{}, boom }, nil).Crawl(t.Context())
	require.ErrorIs(t, err, boom)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = New(shopConfig(), shop().fetch, nil).Crawl(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = New(Config{}, shop().fetch, nil).Crawl(t.Context())
	require.ErrorContains(t, err, "nothing to discover")
}

func TestLimits(t *testing.T) {
	const w = "https://www.example"
	var links strings.Builder
	for i := range 50 {
		fmt.Fprintf(&links, "<img src=%d.png>", i)
	}
	s := site{w + "/": htmlPage(`<link rel=icon href=data:,>` + links.String()), w + "/2": htmlPage(`<link rel=icon href=data:,><img src=z.png>`)}
	m := s.crawl(t, Config{Entries: []string{w + "/", w + "/2"}, Limits: Limits{Pages: 1, LinksPerPage: 20, Assets: 10}})
	assert.Equal(t, 12, m.Len())
	assert.Zero(t, m.find(w+"/2").Status, "listed, not read")
	assert.Contains(t, m.problem("limit-pages", w+"/2").Detail, "1 document beyond the limit of 1")
	assert.Contains(t, m.problem("limit-links", w+"/").Detail, "names 50 URLs; the first 20")
	assert.Contains(t, m.problem("limit-assets", w+"/10.png").Detail, "10 references")
	for _, p := range m.Problems {
		assert.True(t, p.Incomplete)
	}
}

// TestEndlessChains asks a server that makes up one more frame, import and module each time.
func TestEndlessChains(t *testing.T) {
	n := 0
	fetch := counting(func(_ context.Context, a Asset) (Response, error) {
		switch next := a.URL + "x"; a.Kind {
		case Document:
			return htmlPage(fmt.Sprintf(`<link rel=icon href=data:,><iframe src=%q></iframe><link rel=stylesheet href=/s><script type=module src=/m></script>`, next)), nil
		case Stylesheet:
			return cssPage(fmt.Sprintf(`@import %q;`, next)), nil
		case Script, Font, Image, Media, WebApp, Data, Social:
			return jsPage(fmt.Sprintf(`import %q;`, next)), nil
		}
		return Response{}, nil
	}, func(Asset) { n++ })
	m, err := New(Config{Entries: []string{"https://www.example/"}}, fetch, nil).Crawl(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 6+17+65, n)
	assert.True(t, m.Problems[0].Incomplete)
	assert.Equal(t, "limit-depth", m.Problems[0].Problem)
}

func TestPreview(t *testing.T) {
	s := site{
		"https://preview.example/":      htmlPage(`<link rel=icon href=data:,><link rel=stylesheet href=/a.css><link rel=stylesheet href="https://preview.example/b.css"><link rel=stylesheet href="https://www.example/c.css"><script type=module src=m.js></script>`),
		"https://preview.example/a.css": moved("https://preview.example/d.css"),
		"https://preview.example/b.css": cssPage(`@font-face{font-family:U;src:url(https://preview.example/u.woff2)}a{font-family:U}`),
		"https://preview.example/c.css": cssPage(`a{background:url(//preview.example/c.png)}`),
		"https://preview.example/d.css": cssPage(`a{background:url(d.png)}`),
		"https://preview.example/s.xml": xmlPage(`<urlset><url><loc>https://preview.example/listed.png</loc></url><url><loc>https://www.example/</loc></url></urlset>`),
		"https://preview.example/m.js":  jsPage(`import "https://preview.example/n.js"`),
		"https://preview.example/n.js":  jsPage(``),
	}
	m, err := New(Config{
		Entries: []string{"https://www.example/"}, Sitemaps: []string{"https://www.example/s.xml"},
		Scope: Scope{Preview: map[string]string{"preview.example": "www.example"}},
	}, counting(s.fetch, func(a Asset) {
		assert.True(t, strings.HasPrefix(a.URL, "https://preview.example/"), a.URL)
		assert.Contains(t, []string{"", "https://preview.example"}, a.Initiator)
	}), nil).Crawl(t.Context())
	require.NoError(t, err)
	checkManifest(t, m)
	assert.Empty(t, m.Problems)
	names := []string{}
	for a := range m.All() {
		assert.Contains(t, []string{"", "https://www.example"}, a.Initiator)
		assert.NotContains(t, a.Page+a.Location, "preview")
		names = append(names, strings.TrimPrefix(a.URL, "https://www.example/"))
	}
	assert.Equal(t, []string{"", "a.css", "b.css", "c.css", "c.png", "d.css", "d.png", "listed.png", "m.js", "n.js", "u.woff2"}, names)
}

func TestJoin(t *testing.T) {
	a := Asset{Priority: Low, Reason: "lazy", Mode: NoCORS}
	a.join(Asset{Priority: Critical, Reason: "hero", Mode: CORS, Initiator: "https://www.example"})
	assert.Equal(t, Asset{Priority: Critical, Reason: "hero", Mode: CORS, Initiator: "https://www.example"}, a)
	a.join(Asset{Priority: High, Mode: NoCORS})
	assert.Equal(t, Critical, a.Priority)
	assert.Equal(t, CORS, a.Mode)
	b := Asset{Mode: Navigate}
	b.join(Asset{Mode: CORS, Initiator: "x"})
	assert.Empty(t, b.Initiator)
}

func TestCriticalGlobsInCrawl(t *testing.T) {
	s := shop()
	cfg := shopConfig()
	cfg.Critical = Globs{Include: []string{"/bg.png"}, Exclude: []string{"/css/base.css"}}
	m := s.crawl(t, cfg)
	assert.Equal(t, Critical, m.find("https://www.example/bg.png").Priority)
	assert.Equal(t, High, m.find("https://www.example/css/base.css").Priority)
}

// A background near the top of a page may be its largest paint; one far below, or of another
// property, is not taken for that.
func TestBackgroundsAtTheTop(t *testing.T) {
	const w = "https://www.example/"
	var many strings.Builder
	for i := range heroNodes {
		fmt.Fprintf(&many, "<p class=c%d>x</p>", i)
	}
	m := site{w: htmlPage(`<style>header{background:url(hero.png)}.low{background:url(low.png)}.no{background:url(no.png)}header{list-style-image:url(list.png)}</style>
		<header>x</header><div style="background-image:url(own.png)">x</div>` + many.String() + `<div class=low>x</div>`)}.crawl(t, Config{Entries: []string{w}})
	for name, want := range map[string]Priority{"hero.png": Critical, "own.png": Critical, "low.png": High, "list.png": High, "no.png": Low} {
		assert.Equal(t, want, m.find(w+name).Priority, name)
	}
}
