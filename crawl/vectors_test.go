package crawl

import (
	"context"
	"encoding/base64"
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
	Truth map[string]struct {
		Load []string `json:"load"`
	} `json:"truth"`
}

const probeHost = "http://probe.example"

// needsBrowser are the probes whose requests exist only while script runs, or which discovery
// leaves to priming (it does not fetch images).
var needsBrowser = []string{
	"js-", "img-lazyjs", "font-fontface-js", "script-webpack-chunks", "script-dynimport", "sw-workbox", "specrules-", "hdr-refresh",
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
			return response(p.Status, "text/html", html, p.Headers), nil
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

// truth is what either viewport requested on load, as absolute URLs.
func (p probe) truth() []string {
	var out []string
	for _, viewport := range []string{"mobile", "desktop"} {
		for _, path := range p.Truth[viewport].Load {
			path = strings.TrimSuffix(path, " [prefetch]")
			if rest, ok := strings.CutPrefix(path, "ABS:"); ok {
				out = append(out, probeHost+rest)
			} else {
				out = append(out, p.base()+path)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestDiscoveryProbes(t *testing.T) {
	var table struct {
		Cases []probe `json:"cases"`
	}
	vectors(t, "discovery_probes.json", &table)
	require.NotEmpty(t, table.Cases)
	for _, candidates := range []string{CandidatesAll, CandidatesSelected} {
		t.Run(candidates, func(t *testing.T) { crawlProbes(t, table.Cases, candidates) })
	}
}

// crawlProbes holds recall and precision on all probes that need no script to run.
func crawlProbes(t *testing.T, cases []probe, candidates string) {
	t.Helper()
	wanted, found, taken, probes := 0, 0, 0, 0
	for _, p := range cases {
		if slices.ContainsFunc(needsBrowser, func(prefix string) bool { return strings.HasPrefix(p.ID, prefix) }) {
			continue
		}
		m, err := New(Config{Entries: []string{p.base()}, Candidates: candidates}, p.fetch(t), nil).Crawl(t.Context())
		require.NoError(t, err, p.ID)
		checkManifest(t, m)
		probes++
		urls := m.urls()
		truth := p.truth()
		taken += len(urls) - 1
		for _, want := range truth {
			wanted++
			if slices.Contains(urls, want) {
				found++
			} else {
				t.Logf("%s: missed %s", p.ID, strings.TrimPrefix(want, p.base()))
			}
		}
	}
	recall := 100 * float64(found) / float64(wanted)
	precision := 100 * float64(found) / float64(taken)
	t.Logf("recall %.1f %% (%d of %d URLs of %d probes), precision %.1f %%", recall, found, wanted, probes, precision)
	assert.GreaterOrEqual(t, recall, 97.5)
	assert.GreaterOrEqual(t, precision, 79.0)
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
