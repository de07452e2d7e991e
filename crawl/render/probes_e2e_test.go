//go:build e2e && unix

package render

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
)

// probeHost is a secure one, as the recorded loopback was: service workers need it.
const probeHost = "https://probe.example"

// probe is a small page with what Chromium was seen to request for it.
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
		Load   []string `json:"load"`
		Scroll []string `json:"scroll"`
	} `json:"truth"`
}

func (p probe) base() string { return probeHost + "/p/" + p.ID + "/" }

// truth is what the page requests, by absolute URL and viewport; what is not a GET is left out.
func (p probe) truth() map[string][]string {
	truth := map[string][]string{}
	for _, viewport := range []string{"mobile", "desktop"} {
		for _, requested := range slices.Concat(p.Truth[viewport].Load, p.Truth[viewport].Scroll) {
			requested = strings.TrimSuffix(requested, " [prefetch]")
			if strings.HasPrefix(requested, "POST ") {
				continue
			}
			url := p.base() + requested
			if rest, ok := strings.CutPrefix(requested, "ABS:"); ok {
				url = probeHost + rest
			}
			if !slices.Contains(truth[url], viewport) {
				truth[url] = append(truth[url], viewport)
			}
		}
	}
	return truth
}

// typeOf is the content type by which the probes' server answered.
func typeOf(name string) string {
	types := map[string]string{
		".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json",
		".txt": "text/plain", ".html": "text/html", "": "text/html", ".woff2": "font/woff2", ".mp4": "video/mp4", ".vtt": "text/vtt",
	}
	name, _, _ = strings.Cut(name, "?")
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	return "image/gif"
}

func (p probe) answer(name string) crawl.Response {
	r := crawl.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {typeOf(name)}}, Body: []byte(" ")}
	set := func(status int, fields map[string]string) {
		if status != 0 {
			r.Status = status
		}
		for name, value := range fields {
			r.Header.Set(name, value)
		}
	}
	f, named := p.Files[name]
	switch {
	case name == "":
		r.Body = []byte(p.HTML)
		if raw, err := base64.StdEncoding.DecodeString(p.HTMLB64); err == nil && len(raw) > 0 {
			r.Body = raw
		}
		set(p.Status, p.Headers)
	case named:
		r.Body = []byte(f.Body)
		if f.Type != "" {
			r.Header.Set("Content-Type", f.Type)
		}
		set(f.Status, f.Headers)
	case typeOf(name) == "image/gif":
		r.Body = []byte(gif)
	}
	r.Header.Del("Content-Encoding") // bodies come decoded
	return r
}

// recall counts what of the truth a manifest has, by URL and by URL and viewport, and returns the
// probes that lack something.
func recall(t *testing.T, m *crawl.Manifest, probes []probe) (lacking []probe, ratio [2]float64) {
	t.Helper()
	var wanted, found [2]int
	for _, p := range probes {
		before := found[0] + found[1] - wanted[0] - wanted[1]
		for url, viewports := range p.truth() {
			wanted[0]++
			wanted[1] += len(viewports)
			a, ok := m.Find(url)
			if ok {
				found[0]++
			}
			for _, v := range viewports {
				if slices.Contains(a.Selected, v) {
					found[1]++
				} else {
					t.Logf("%s: %s is missed on %s", p.ID, strings.TrimPrefix(url, p.base()), v)
				}
			}
		}
		if found[0]+found[1]-wanted[0]-wanted[1] < before {
			lacking = append(lacking, p)
		}
	}
	for i := range wanted {
		ratio[i] = float64(found[i]) / float64(wanted[i])
	}
	t.Logf("recall %.1f %% (%d of %d URLs), %.1f %% (%d of %d URLs on viewports)", 100*ratio[0], found[0], wanted[0], 100*ratio[1], found[1], wanted[1])
	return lacking, ratio
}

// TestRenderedProbes holds the recall of static discovery and browser together on the recorded
// pages, those included that only run script. The browser loads what is not found without it.
func TestRenderedProbes(t *testing.T) {
	dir := os.Getenv("EDGEPRIME_VECTORS")
	if dir == "" {
		t.Skip("EDGEPRIME_VECTORS is not set; it names the folder of test vectors")
	}
	text, err := os.ReadFile(filepath.Join(dir, "discovery_probes.json"))
	require.NoError(t, err)
	var table struct {
		Cases []probe `json:"cases"`
	}
	require.NoError(t, json.Unmarshal(text, &table))
	require.NotEmpty(t, table.Cases)
	byID := map[string]probe{}
	for _, p := range table.Cases {
		byID[p.ID] = p
	}
	discover := func(probes []probe, browser crawl.Renderer) *crawl.Manifest {
		cfg := crawl.Config{Renderer: browser, Limits: crawl.Limits{RenderedPages: len(probes)}}
		for _, p := range probes {
			cfg.Entries = append(cfg.Entries, p.base())
		}
		m, err := crawl.New(cfg, func(_ context.Context, a crawl.Asset) (crawl.Response, error) {
			id, name, _ := strings.Cut(strings.TrimPrefix(a.URL, probeHost+"/p/"), "/")
			return byID[id].answer(name), nil
		}, nil).Crawl(t.Context())
		require.NoError(t, err)
		return m
	}
	lacking, _ := recall(t, discover(table.Cases, nil), table.Cases)
	require.NotEmpty(t, lacking, "some pages need a browser")
	stillLacking, ratio := recall(t, discover(lacking, open(t, Config{})), lacking)
	assert.Empty(t, stillLacking)
	assert.Equal(t, [2]float64{1, 1}, ratio)
}
