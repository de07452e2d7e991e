package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// renderFunc is a browser of a few lines.
type renderFunc func(ctx context.Context, v Visit) (Rendered, error)

func (f renderFunc) Render(ctx context.Context, v Visit) (Rendered, error) { return f(ctx, v) }

// found is a Renderer that finds the same on every page.
func found(assets ...Asset) renderFunc {
	return func(_ context.Context, v Visit) (Rendered, error) {
		for i := range assets {
			assets[i].Page = v.Page.URL
		}
		return Rendered{Assets: assets}, nil
	}
}

func TestRenderedIsMergedWithStatic(t *testing.T) {
	s := site{"https://shop.example/": htmlPage(`<img srcset="/1x.png 1x, /3x.png 3x, /9x.png 9x"><img src="/a.png" loading="lazy">`)}
	cfg := Config{Entries: []string{"https://shop.example/"}, Renderer: found(
		Asset{URL: "https://shop.example/", Kind: Document, Priority: Critical, Mode: Navigate, Source: "render:other", Selected: []string{"mobile"}, Status: 200},
		Asset{URL: "https://shop.example/a.png", Kind: Image, Priority: Critical, Mode: NoCORS, Source: "render:parser", Reason: "largest contentful paint", Selected: []string{"desktop"}, Status: 200, Bytes: 7},
		Asset{URL: "https://shop.example/9x.png", Kind: Image, Priority: Low, Mode: NoCORS, Source: "render:parser", Selected: []string{"desktop"}},
		Asset{URL: "https://shop.example/DATA.json#x", Priority: High, Mode: CORS, Source: "render:fetch", Reason: "asked for by https://shop.example/app.js:3", Selected: []string{"desktop", "mobile"}, Status: 200},
		Asset{URL: "https://third.example/tag.js", Kind: Script, Priority: High, Mode: NoCORS, Source: "render:script", Selected: []string{"mobile"}},
	)}
	m := s.crawl(t, cfg)
	get := func(url string) Asset { a, _ := m.Find(url); return a }
	a := get("https://shop.example/a.png")
	assert.Equal(t, []any{"html:img[src]", Critical, "largest contentful paint", 200, int64(7)}, []any{a.Source, a.Priority, a.Reason, a.Status, a.Bytes})
	assert.Equal(t, []string{"desktop"}, get("https://shop.example/9x.png").Selected, "what no viewport was thought to choose")
	assert.NotContains(t, get("https://shop.example/9x.png").Reason, unchosen)
	assert.Equal(t, []string{"mobile"}, get("https://shop.example/3x.png").Selected, "what the browser did not request stays")
	data := get("https://shop.example/DATA.json")
	assert.Equal(t, []any{Data, "render:fetch", []string{"mobile", "desktop"}, "https://shop.example/"}, []any{data.Kind, data.Source, data.Selected, data.Page})
	assert.True(t, get("https://third.example/tag.js").ThirdParty)
}

// Who asks why hears of what a browser requested too.
func TestRenderedIsTraced(t *testing.T) {
	s := site{"https://shop.example/": htmlPage(`<img src=/a.png>`)}
	c := New(Config{Entries: []string{"https://shop.example/"}, Limits: Limits{Assets: 3}, Renderer: found(
		Asset{URL: "https://shop.example/a.png", Priority: High, Mode: NoCORS, Source: "render:parser"},
		Asset{URL: "https://shop.example/b", Priority: High, Mode: NoCORS, Source: "render:fetch", Reason: "asked for by /x.js"},
		Asset{URL: "https://shop.example/c", Priority: High, Mode: NoCORS, Source: "render:fetch"},
	)}, s.fetch, nil)
	var got []string
	c.Trace = func(d Decision) {
		if strings.HasPrefix(d.Source, "render:") {
			got = append(got, fmt.Sprint(d.URL, " ", d.Outcome, " ", d.Reason))
		}
	}
	_, err := c.Crawl(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{
		"https://shop.example/a.png known named by render:parser",
		"https://shop.example/b taken asked for by /x.js",
		"https://shop.example/c left beyond discovery.assets 3",
	}, got)
}

func TestRenderedPages(t *testing.T) {
	var loaded []string
	s := site{"https://shop.example/": htmlPage("<p>"), "https://shop.example/2": htmlPage("<p>"), "https://shop.example/3": htmlPage("<p>"), "https://shop.example/moved": moved("/2")}
	m := s.crawl(t, Config{
		Entries: []string{"https://shop.example/", "https://shop.example/moved"},
		Pages:   []string{"https://shop.example/#again", "https://shop.example/gone", "https://shop.example/2", "https://shop.example/3"},
		URLs:    []string{"https://shop.example/4"}, Limits: Limits{RenderedPages: 3},
		Renderer: renderFunc(func(_ context.Context, v Visit) (Rendered, error) {
			assert.Equal(t, DefaultViewports(), v.Viewports)
			loaded = append(loaded, v.Page.URL)
			return Rendered{Problems: []Problem{{URL: v.Page.URL, Problem: "render-scroll", Detail: "x"}}}, nil
		}),
	})
	assert.Equal(t, []string{"https://shop.example/", "https://shop.example/moved", "https://shop.example/2"}, loaded, "each once, and none that failed")
	assert.Equal(t, "x", m.problem("render-scroll", "https://shop.example/2").Detail)
	assert.Equal(t, "1 declared page beyond the limit of 3 read, but not loaded in the browser; raise discovery.rendered_pages",
		m.problem("limit-rendered-pages", "https://shop.example/3").Detail)
}

func TestRenderedLimits(t *testing.T) {
	s := site{"https://shop.example/": htmlPage("<p>")}
	m := s.crawl(t, Config{Entries: []string{"https://shop.example/"}, Limits: Limits{Assets: 2}, Renderer: found(
		Asset{URL: "https://shop.example/1", Priority: High, Mode: NoCORS, Source: "render:fetch"},
		Asset{URL: "https://shop.example/2", Priority: High, Mode: NoCORS, Source: "render:fetch"},
		Asset{URL: "https://shop.example/" + string(make([]byte, maxURL)), Priority: High, Mode: NoCORS, Source: "render:fetch"},
	)})
	assert.True(t, m.problem("limit-assets", "https://shop.example/2").Incomplete)
	assert.True(t, m.problem("render-url", "https://shop.example/").Incomplete)
}

func TestRenderErrorStopsTheCrawl(t *testing.T) {
	s := site{"https://shop.example/": htmlPage("<p>")}
	_, err := New(Config{Entries: []string{"https://shop.example/"}, Renderer: renderFunc(func(context.Context, Visit) (Rendered, error) {
		return Rendered{}, errors.New("no browser")
	})}, s.fetch, nil).Crawl(t.Context())
	assert.EqualError(t, err, "crawl: stopped: render: no browser")
}

// TestRenderDoor proves that a browser gets nothing but what the crawl would ask for: in scope, on
// the preview host, with the answer as the public host would give it, and once.
func TestRenderDoor(t *testing.T) {
	asked := map[string]int{}
	fetch := func(_ context.Context, a Asset) (Response, error) {
		asked[a.URL]++
		switch a.URL {
		case "https://preview.example/moved":
			return moved("https://preview.example/target#x"), nil
		case "https://preview.example/open":
			assert.Equal(t, "https://preview.example", a.Initiator)
			return page("", "", "Access-Control-Allow-Origin", "https://preview.example"), nil
		}
		return htmlPage("<p>"), nil
	}
	ask := func(v Visit, url, initiator string) Response {
		a := Asset{URL: url, Mode: NoCORS}
		if initiator != "" {
			a.Mode, a.Initiator = CORS, initiator
		}
		r, err := v.Fetch(t.Context(), a)
		require.NoError(t, err)
		return r
	}
	_, err := New(Config{
		Entries: []string{"https://www.example/"}, Ask: AskNeeded,
		Scope: Scope{Hosts: []string{"www.example"}, Preview: map[string]string{"preview.example": "www.example"}, Exclude: []string{"/private/**"}},
		Renderer: renderFunc(func(_ context.Context, v Visit) (Rendered, error) {
			assert.Equal(t, http.StatusOK, ask(v, "https://www.example/", "").Status)
			assert.Equal(t, "https://www.example/target", ask(v, "https://www.example/moved", "").Header.Get("Location"))
			assert.Equal(t, "https://www.example", ask(v, "https://www.example/open", "https://www.example").Header.Get("Access-Control-Allow-Origin"))
			for url, in := range map[string]bool{
				"https://www.example/a": true, "https://preview.example/a": true, "https://third.example/": false, "https://www.example/private/a": false, "file:///etc/passwd": false,
			} {
				assert.Equal(t, in, v.Allows(url), url)
				assert.Equal(t, in, ask(v, url, "").Failure == "", url)
			}
			return Rendered{}, nil
		}),
	}, fetch, nil).Crawl(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"https://preview.example/": 1, "https://preview.example/moved": 1, "https://preview.example/open": 1, "https://preview.example/a": 1}, asked)
}
