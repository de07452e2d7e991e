//go:build e2e && linux

package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var maxCPURatio = flag.Float64("cpu-ratio", 0, "what a URL may cost at a million over what it costs at ten thousand; 0 for anything")

// maxRSS is what `discover` may hold at its peak, in KiB.
const maxRSS = 256 << 10

// takes is what one run of the program took.
type takes struct {
	urls int
	cpu  time.Duration
	rss  int64 // KiB
}

func (d takes) perURL() time.Duration { return d.cpu / time.Duration(d.urls) }

// TestMillionSitemapURLs discovers an index of 20 packed sitemaps with 50 000 URLs each, and smaller
// ones to compare with.
func TestMillionSitemapURLs(t *testing.T) {
	binary := edgeprimeBinary(t, "")
	var runs []takes
	for _, files := range [][]int{{10_000}, {50_000, 50_000}, repeated(50_000, 20)} {
		d := discoverSitemaps(t, binary, files)
		t.Logf("%7d URLs in %2d files: %v CPU, %v a URL, peak RSS %d MiB", d.urls, len(files), d.cpu.Round(time.Millisecond), d.perURL(), d.rss>>10)
		assert.Less(t, d.rss, int64(maxRSS), "peak RSS in KiB")
		runs = append(runs, d)
	}
	small, middle, large := runs[0], runs[1], runs[2]
	ratio := float64(large.perURL()) / float64(small.perURL())
	further := func(a, b takes) time.Duration { return (b.cpu - a.cpu) / time.Duration(b.urls-a.urls) }
	t.Logf("a URL at a million costs %.2f times what it costs at ten thousand", ratio)
	t.Logf("a further URL costs %v up to a hundred thousand, %v up to a million", further(small, middle), further(middle, large))
	if *maxCPURatio > 0 {
		assert.LessOrEqual(t, ratio, *maxCPURatio)
	}
}

// TestLargePlainSitemap discovers a sitemap that nobody has packed.
func TestLargePlainSitemap(t *testing.T) {
	d := discoverSitemaps(t, edgeprimeBinary(t, ""), []int{-250_000})
	t.Logf("%d URLs: %v CPU, peak RSS %d MiB", d.urls, d.cpu.Round(time.Millisecond), d.rss>>10)
	assert.Less(t, d.rss, int64(maxRSS), "peak RSS in KiB")
}

func repeated(n, times int) []int {
	out := make([]int, times)
	for i := range out {
		out[i] = n
	}
	return out
}

// discoverSitemaps runs the program over an index of sitemaps with so many URLs each; a negative
// number is of one that is not packed.
func discoverSitemaps(t *testing.T, binary string, files []int) takes {
	t.Helper()
	server := httptest.NewServer(sitemapSite(t, files))
	defer server.Close()
	addr := server.Listener.Addr().String()
	dir := t.TempDir()
	file := fmt.Sprintf(`name: docs
launch: {at: %q}
sitemaps: ["http://shop.example/sitemap.xml"]
discovery: {pages: 1}
regions: [{name: local, vantages: [{address: %q}]}]
origin: {max_rps: 50, max_in_flight: 4}
allow_addresses: [%q]
`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339), addr, addr)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "edgeprime.yaml"), []byte(file), 0o600))
	runtime.GC() // a child begins with its parent's peak
	cmd := edgeprimeCommand(t, binary, dir, "discover", "--format", "manifest")
	var lines lineCounter
	cmd.Stdout = &lines
	require.NoError(t, cmd.Run())
	d := takes{}
	notes := 1 // what was not read
	for _, n := range files {
		d.urls += max(n, -n)
		if n < 0 {
			notes = 2 // and that there are too many in one file
		}
	}
	assert.Equal(t, d.urls+notes, int(lines), "assets and problems")
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	d.cpu, d.rss = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), usage.Maxrss
	return d
}

// lineCounter counts what is written to it.
type lineCounter int

func (c *lineCounter) Write(p []byte) (int, error) {
	*c += lineCounter(bytes.Count(p, []byte("\n")))
	return len(p), nil
}

// sitemapSite serves an index, its packed sitemaps, and one page for all that they list.
func sitemapSite(t *testing.T, files []int) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	serve := func(path, contentType string, body []byte) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(body)
		})
	}
	var index strings.Builder
	first := 0
	for i, n := range files {
		path := fmt.Sprintf("/sitemap-%d.xml", i)
		var body bytes.Buffer
		if n < 0 {
			n = -n
			writeSitemap(&body, first, n)
		} else {
			path += ".gz"
			z := gzip.NewWriter(&body)
			writeSitemap(z, first, n)
			require.NoError(t, z.Close())
		}
		fmt.Fprintf(&index, "<sitemap><loc>http://shop.example%s</loc></sitemap>\n", path)
		serve(path, "application/octet-stream", body.Bytes())
		first += n
	}
	serve("/sitemap.xml", "application/xml", []byte(`<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`+index.String()+"</sitemapindex>"))
	serve("/", "text/html", []byte("<!doctype html><link rel=icon href=data:,><title>A thing</title>"))
	return mux
}

// writeSitemap lists n pages in no order that would make them easy to sort or to pack.
func writeSitemap(z io.Writer, first, n int) {
	fmt.Fprintln(z, `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for i := first; i < first+n; i++ {
		mixed := uint32(i) * 2654435761
		fmt.Fprintf(z, "  <url>\n    <loc>http://shop.example/category-%03d/a-thing-to-buy-%08x.html</loc>\n    <lastmod>2026-11-%02d</lastmod>\n    <priority>0.8</priority>\n  </url>\n",
			mixed%500, mixed, i%28+1)
	}
	fmt.Fprintln(z, "</urlset>")
}
