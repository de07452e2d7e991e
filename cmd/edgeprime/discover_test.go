package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
)

// hostile is a manifest of a site that attacks whoever shows it.
func hostile() *crawl.Manifest {
	const evil = "=cmd|'/c calc'!A1\x1b[31m\u202e\r\nx,\"y\""
	return crawl.NewManifest([]crawl.Asset{
		{URL: "https://a.example/?token=geheim", Kind: crawl.Document, Priority: crawl.Critical, Reason: evil, Source: evil, Page: evil, Selected: []string{evil}},
		{URL: "https://t.example/t.js", Kind: crawl.Script, Priority: crawl.Critical, Reason: evil, Source: evil, Page: evil, ThirdParty: true},
		{URL: "https://a.example/x", Kind: crawl.Data, Priority: crawl.Low},
	}, crawl.Problem{URL: evil, Problem: evil, Detail: evil, Incomplete: true})
}

func TestDiscoverFormatsOfAHostileSite(t *testing.T) {
	e, _, _ := testEnv()
	d := &discoverer{e: e, adHoc: true}
	r := &launchRun{e: e, launch: &launch{}, manifest: hostile()}
	for _, format := range discoverFormats()[:5] {
		t.Run(format, func(t *testing.T) {
			d.format = format
			var out bytes.Buffer
			require.NoError(t, d.render(&out, r))
			assert.NotContains(t, out.String(), "\x1b")
			if format != "jsonl" && format != "manifest" { // JSON is data, and escapes what it must
				assert.NotContains(t, out.String(), "\u202e")
			}
			if format == "text" || format == "csv" {
				assert.NotContains(t, out.String(), "geheim")
			} else {
				assert.Contains(t, out.String(), "geheim", "an export has the URL that is requested")
			}
		})
	}
}

func TestDiscoveredCSV(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, writeDiscoveredCSV(&out, hostile()))
	assert.Contains(t, out.String(), "\r\n", "RFC 4180")
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	for _, row := range rows {
		for _, cell := range row {
			assert.NotRegexp(t, `^[=+\-@\t\r]`, cell)
		}
	}
	assert.Equal(t, "url", rows[0][0])
	assert.Equal(t, []string{"https://a.example/x", "data", "low", "false"}, rows[2][:4])
	assert.Equal(t, "true", rows[3][9])
}

func TestDiscoveredLinesSayEveryField(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, writeDiscoveredLines(&out, hostile()))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 4)
	for _, line := range lines[:3] {
		var asset map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &asset))
		for _, key := range []string{"url", "kind", "priority", "critical", "page", "source", "selected", "third_party"} {
			assert.Contains(t, asset, key)
		}
		assert.IsType(t, []any{}, asset["selected"])
	}
	assert.Contains(t, lines[3], `"problem"`)
}

func TestWriteToAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here; every other system's tests have it")
	}
	defer full.Close()
	e, _, _ := testEnv()
	d := &discoverer{e: e, adHoc: true}
	for _, format := range discoverFormats()[:5] {
		d.format = format
		require.Error(t, d.render(full, &launchRun{e: e, launch: &launch{}, manifest: hostile()}), format)
	}
}

func manyFiles(n int, suffix string) *crawl.Manifest {
	assets := make([]crawl.Asset, 0, n)
	for i := range n {
		assets = append(assets, crawl.Asset{URL: fmt.Sprintf("https://a.example/%06d%s.js", i, suffix), Kind: crawl.Script, Priority: crawl.High})
	}
	return crawl.NewManifest(assets)
}

func TestPrefetchManifests(t *testing.T) {
	files, skipped, beyond := prefetchManifests(manyFiles(prefetchURLs*prefetchFiles+5, ""))
	require.Len(t, files, prefetchFiles)
	for _, f := range files {
		assert.Len(t, f, prefetchURLs)
	}
	assert.Equal(t, []int{0, 5}, []int{skipped, beyond})

	files, _, _ = prefetchManifests(manyFiles(1024, strings.Repeat("x", 1400)))
	require.Len(t, files, 2, "a manifest has at most a megabyte")
	for _, f := range files {
		assert.LessOrEqual(t, len(strings.Join(f, "\n"))+1, prefetchBytes)
	}

	files, skipped, _ = prefetchManifests(crawl.NewManifest([]crawl.Asset{
		{URL: "https://a.example/low.PNG?v=1.html", Priority: crawl.Low},
		{URL: "https://a.example/z.css", Priority: crawl.Critical},
		{URL: "https://a.example/gone.css", Priority: crawl.Critical, Status: 404},
		{URL: "https://a.example/", Priority: crawl.Critical},
		{URL: "https://a.example/m.mjs", Priority: crawl.High},
		{URL: "https://a.example/d.json?x=y.js", Priority: crawl.High},
		{URL: "https://t.example/t.js", Priority: crawl.Critical, ThirdParty: true},
	}))
	assert.Equal(t, [][]string{{"https://a.example/z.css", "https://a.example/low.PNG?v=1.html"}}, files)
	assert.Equal(t, 3, skipped, "what Cloudflare does not cache by default")
}

func TestWritePrefetchFiles(t *testing.T) {
	e, _, stderr := testEnv()
	name := filepath.Join(t.TempDir(), "list.txt")
	d := &discoverer{e: e, output: name}
	require.NoError(t, d.writePrefetch(manyFiles(prefetchURLs+1, "")))
	second, err := os.ReadFile(numbered(name, 1))
	require.NoError(t, err)
	assert.Equal(t, "https://a.example/001024.js\n", string(second))
	assert.Contains(t, stderr.String(), "list-2.txt: 1 URL; serve it as text/plain")

	e, stdout, stderr := testEnv()
	d = &discoverer{e: e}
	require.NoError(t, d.writePrefetch(manyFiles(prefetchURLs+1, "")))
	assert.Equal(t, prefetchURLs, strings.Count(stdout.String(), "\n"))
	assert.Contains(t, stderr.String(), "1 asset left out: a manifest holds 1024 URLs")

	var coded *exitError
	require.ErrorAs(t, d.writePrefetch(&crawl.Manifest{}), &coded)
	assert.Equal(t, exitInconclusive, coded.code)
}

func TestExplanationCountsReferences(t *testing.T) {
	e, stdout, _ := testEnv()
	x := &explanation{raw: "https://a.example/x", url: "https://a.example/x"}
	for i := range mostReferences + 3 {
		x.hear(crawl.Decision{URL: "https://a.example/x", Outcome: crawl.Known, Page: fmt.Sprint("https://a.example/", i)})
		x.hear(crawl.Decision{URL: "https://a.example/other"})
	}
	require.NoError(t, x.write(e, "", hostile()))
	assert.Contains(t, stdout.String(), "and 3 more")
	assert.Equal(t, mostReferences, strings.Count(stdout.String(), "; known: "))
}
