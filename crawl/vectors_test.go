package crawl

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type probe struct {
	ID      string            `json:"id"`
	HTML    string            `json:"html"`
	HTMLB64 string            `json:"htmlB64"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Files   map[string]struct {
		Body    string            `json:"body"`
		Type    string            `json:"ct"`
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
	} `json:"files"`
	Early []string `json:"early"`
	Truth map[string]struct {
		Load   []string `json:"load"`
		Scroll []string `json:"scroll"`
	} `json:"truth"`
}

const probeHost = "http://probe.example"

// startedByScript are the probes of which some request exists only because a script runs: computed
// names, fetch calls, elements that scripts make. What they miss must be no more than listed here.
var startedByScript = map[string][]string{
	"font-fontface-js":       {"jsf.woff2"},
	"script-dynimport":       {"computed.js"},
	"script-import-meta-url": {"js/wdata.json"},
	"js-fetch":               {"POST b.txt", "es.txt", "f.json", "x.json"},
	"js-image":               {"ap.css", "ap.js", "apbg.png", "ce.png", "dw.js", "ih.png", "ni.png"},
	"js-inline-state":        {"s2.png", "state.png"},
	"js-css-in-js":           {"cij.png", "ins.png"},
	"js-responsive":          {"d@1x.png", "m@3x.png"},
	"js-customelement":       {"ce.css", "ph.png"},
	"sw-workbox":             {"wb1.html?__WB_REVISION__=abc"},
}

func (p probe) base() string { return probeHost + "/p/" + p.ID + "/" }

func response(status int, contentType, body string, fields map[string]string) Response {
	r := page(contentType, body)
	if status != 0 {
		r.Status = status
	}
	for name, value := range fields {
		r.Header.Set(name, value)
	}
	return r
}

func (p probe) fetch(t *testing.T) Fetch {
	t.Helper()
	html := p.HTML
	if p.HTMLB64 != "" {
		raw, err := base64.StdEncoding.DecodeString(p.HTMLB64)
		require.NoError(t, err)
		html = string(raw)
	}
	return func(_ context.Context, a Asset) (Response, error) {
		if a.URL == p.base() {
			r := response(p.Status, "text/html", html, p.Headers)
			r.EarlyHints = http.Header{"Link": p.Early}
			return r, nil
		}
		name := strings.TrimPrefix(a.URL, p.base())
		contentType := map[Kind]string{Document: "text/html", Stylesheet: "text/css", Script: "text/javascript"}[kindOfURL(name, Document)]
		if strings.HasSuffix(name, ".svg") {
			contentType = "image/svg+xml"
		}
		f, ok := p.Files[name]
		if !ok {
			return page(contentType, " "), nil
		}
		if f.Type != "" {
			contentType = f.Type
		}
		return response(f.Status, contentType, f.Body, f.Headers), nil
	}
}

// truth is what a viewport requested, on load and after scrolling, as absolute URLs.
func (p probe) truth(viewport string) []string {
	var out []string
	for _, name := range []string{viewport, viewport + "_h2"} {
		for _, path := range slices.Concat(p.Truth[name].Load, p.Truth[name].Scroll) {
			path = strings.TrimSuffix(path, " [prefetch]")
			if rest, ok := strings.CutPrefix(path, "ABS:"); ok {
				out = append(out, probeHost+rest)
			} else {
				out = append(out, p.base()+path)
			}
		}
	}
	return out
}

func TestDiscoveryProbes(t *testing.T) {
	var table struct {
		Cases []probe `json:"cases"`
	}
	vectors(t, "discovery_probes.json", &table)
	require.Len(t, table.Cases, 104)
	require.LessOrEqual(t, len(startedByScript), 15)
	chosen, right, wanted := 0, 0, 0
	for _, p := range table.Cases {
		t.Run(p.ID, func(t *testing.T) {
			m, err := New(Config{Entries: []string{p.base()}}, p.fetch(t), nil).Crawl(t.Context())
			require.NoError(t, err)
			checkManifest(t, m)
			var missed []string
			for _, viewport := range []string{"mobile", "desktop"} {
				for _, want := range p.truth(viewport) {
					wanted++
					if m.find(want).URL == "" {
						missed = append(missed, strings.TrimPrefix(want, p.base()))
					}
				}
				for a := range m.All() {
					if a.URL == p.base() || !slices.Contains(a.Selected, viewport) {
						continue
					}
					chosen++
					if slices.Contains(p.truth(viewport), a.URL) {
						right++
					} else {
						t.Logf("%s: selected for %s, not requested: %s", p.ID, viewport, a.URL)
					}
				}
			}
			slices.Sort(missed)
			assert.ElementsMatch(t, startedByScript[p.ID], slices.Compact(missed), "missed")
		})
	}
	t.Logf("selected: %d, requested of them %d (%.3f), requested in all %d", chosen, right, float64(right)/float64(chosen), wanted)
	assert.GreaterOrEqual(t, float64(right)/float64(chosen), 0.9)
}

func TestSrcsetVectors(t *testing.T) {
	var table struct {
		Cases []struct {
			Width  int     `json:"vw"`
			Height int     `json:"vh"`
			DPR    float64 `json:"dpr"`
			Srcset string  `json:"srcset"`
			Sizes  string  `json:"sizes"`
			Chosen string  `json:"chosen"`
		} `json:"cases"`
	}
	vectors(t, "srcset_selection.json", &table)
	require.Len(t, table.Cases, 504)
	for _, c := range table.Cases {
		set := parseSrcset(c.Srcset)
		require.NotEmpty(t, set, c.Srcset)
		v := device(c.Width, c.Height, c.DPR)
		got := set[v.choose(set, v.sourceSize(c.Sizes, autoSize{}))].url
		assert.Equal(t, c.Chosen, got, "%+v", c)
	}
}

func TestCSSVectors(t *testing.T) {
	var table struct {
		Cases []struct {
			CSS  string `json:"css"`
			Want string `json:"want"`
		} `json:"cases"`
	}
	vectors(t, "css_urls.json", &table)
	require.NotEmpty(t, table.Cases)
	right := 0
	for _, c := range table.Cases {
		want := []string{}
		for name := range strings.FieldsSeq(c.Want) {
			// Neither an embedded image nor a fragment is a request.
			if !strings.HasPrefix(name, "data:") && !strings.HasPrefix(name, "#") {
				r, err := newResolver(probeHost + "/")
				require.NoError(t, err)
				l, err := r.resolve(name)
				require.NoError(t, err)
				want = append(want, l.key)
			}
		}
		slices.Sort(want)
		if assert.ElementsMatch(t, want, urlsOf(ExtractCSS([]byte(c.CSS), probeHost+"/sheet.css")), c.CSS) {
			right++
		}
	}
	t.Logf("%d of %d sheets", right, len(table.Cases))
}
