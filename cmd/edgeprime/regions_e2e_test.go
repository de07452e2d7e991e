//go:build e2e && linux

package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/fixtures/loopback"
	"github.com/edgeprime/edgeprime/fixtures/meter"
	"github.com/edgeprime/edgeprime/fixtures/netlab"
	"github.com/edgeprime/edgeprime/fixtures/stack"
	"github.com/edgeprime/edgeprime/report"
)

// What the origin of the regions has agreed to. One request to an edge may be four to it: three
// slices and one more when it breaks off.
const (
	farRPS           = 160
	farInFlight      = 32
	farAmplification = 4
	farPages         = 500
	farShort         = 30 // pictures with a short life, which edges refresh behind the answer
	farHost          = "docs.example"
	visitor          = "visitor"
)

// manual serves the Python manual, and breaks off now and then when asked for a part of a page.
type manual struct {
	files  http.Handler
	pages  []string
	since  time.Time
	ranges atomic.Int64
}

func newManual(t *testing.T) *manual {
	t.Helper()
	dir, err := filepath.EvalSymlinks("/usr/share/doc/python3-doc/html")
	require.NoError(t, err)
	m := &manual{files: http.FileServer(http.Dir(dir)), since: time.Now().Add(-time.Hour)}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".html" || len(m.pages) == farPages {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() < 3*256<<10 {
			name, _ := filepath.Rel(dir, path)
			m.pages = append(m.pages, "/"+filepath.ToSlash(name))
		}
		return err
	})
	require.NoError(t, err)
	require.Len(t, m.pages, farPages)
	return m
}

// ServeHTTP implements http.Handler.
func (m *manual) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/sitemap.xml" {
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">`)
		for i, p := range m.pages {
			fmt.Fprintf(w, "<url><loc>http://%s%s</loc>", farHost, p)
			if i < farShort {
				fmt.Fprintf(w, "<image:image><image:loc>http://%s/short/%d.png</image:loc></image:image>", farHost, i)
			}
			fmt.Fprint(w, "</url>")
		}
		fmt.Fprint(w, "</urlset>")
		return
	}
	if r.URL.Path == "/robots.txt" {
		http.NotFound(w, r)
		return
	}
	if r.Header.Get("Range") != "" && m.ranges.Add(1)%200 == 0 {
		panic(http.ErrAbortHandler)
	}
	if strings.HasPrefix(r.URL.Path, "/short/") {
		w.Header().Set("Cache-Control", "public, max-age=1, stale-while-revalidate=600")
		http.ServeContent(w, r, r.URL.Path, m.since, strings.NewReader(r.URL.Path+strings.Repeat("picture", 60<<10)))
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=3600, s-maxage=86400")
	m.files.ServeHTTP(w, r)
}

// visitOrigin asks the origin as its own visitors do, until the test ends.
func visitOrigin(t *testing.T, addr string, pages []string) (stop func()) {
	t.Helper()
	quit := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		ticker := time.NewTicker(200 * time.Millisecond)
		defer ticker.Stop()
		for i := 0; ; i++ {
			select {
			case <-quit:
				return
			case <-ticker.C:
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+pages[i%len(pages)], nil)
			if err != nil {
				return
			}
			req.Header.Set("User-Agent", visitor)
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_ = resp.Body.Close()
			}
		}
	})
	return func() {
		close(quit)
		wg.Wait()
	}
}

// TestRegionsFarApart launches 500 pages in two variants in three regions, each a network namespace
// with a real cache and two workers, far from the launch, the nats-servers and the origin. One edge
// asks for slices and again behind our back.
func TestRegionsFarApart(t *testing.T) {
	lab, err := netlab.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, lab.Close()) })
	host := func(name string) *netlab.Host {
		h, err := lab.Host(t.Context(), name)
		require.NoError(t, err)
		return h
	}
	site := newManual(t)
	origin := meter.New(site, meter.Options{Delay: 20 * time.Millisecond})
	srv, err := loopback.Serve(t.Context(), "127.0.0.1", origin)
	require.NoError(t, err)
	t.Cleanup(func() { _ = srv.Close() })

	binary, dir := edgeprimeBinary(t, ""), t.TempDir()
	server := goBinary(t, "nats-server", "github.com/nats-io/nats-server/v2")
	places := []struct {
		name  string
		cache stack.Software
		delay time.Duration // one way
	}{
		{"us-east", stack.Varnish, 5 * time.Millisecond},
		{"eu-west", stack.SlicingNginx, 20 * time.Millisecond},
		{"ap-south", stack.Squid, 50 * time.Millisecond},
	}
	hosts := map[string]*netlab.Host{}
	var regions, allow, names []string
	for i, p := range places {
		h := host(fmt.Sprintf("r%d", i))
		hosts[p.name] = h
		edge := h.Addr + ":8080"
		upstream := newLongWire(t, lab.Addr, p.delay, []string{srv.Addr()})
		c, err := stack.ServeCacheAt(t.Context(), t.TempDir(), p.cache, stack.Place{Addr: edge, Prefix: h.Prefix()}, upstream.addr)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, c.Close()) })
		regions = append(regions, fmt.Sprintf("{name: %s, vantages: [{address: %q}]}", p.name, edge))
		allow, names = append(allow, fmt.Sprintf("%q", edge)), append(names, p.name)
	}
	var seats []seat
	for i := range 3 {
		h := host(fmt.Sprintf("n%d", i))
		seats = append(seats, seat{h.Addr + ":4222", h.Addr + ":6222", h.Prefix()})
	}
	var urls []string
	for _, s := range seats {
		urls = append(urls, fmt.Sprintf("%q", "nats://"+s.client))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "edgeprime.yaml"), fmt.Appendf(nil, `name: docs
launch: {at: %q, warm_window: 6h}
sitemaps: ["http://%s/sitemap.xml"]
variants: [{name: gzip, headers: {Accept-Encoding: gzip}}, {name: identity, headers: {Accept-Encoding: identity}}]
regions: [%s]
origin: {max_rps: %d, confirm_max_rps: %d, max_in_flight: %d, amplification: %d}
workers: {regions: [%s], servers: [%s], replicas: 3}
allow_addresses: [%s]
discovery: {concurrency: 8}
`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339), farHost, strings.Join(regions, ", "), farRPS, farRPS, farInFlight, farAmplification,
		strings.Join(names, ", "), strings.Join(urls, ", "), strings.Join(allow, ", ")), 0o600))
	for _, name := range names {
		edgeprimeOnce(t, binary, dir, "worker", "token", "--region", name, "-o", name+".token")
	}
	cluster := newCluster(t, server, edgeprimeOnce(t, binary, dir, "worker", "accounts"), seats)
	cluster.start(t)
	var crew []*process
	for i, p := range places {
		way := newLongWire(t, lab.Addr, p.delay, cluster.addrs)
		for n := range 2 {
			w := &process{path: binary, dir: dir, said: &talk{}, prefix: hosts[p.name].Prefix(), args: []string{
				"worker", "--region", p.name, "--token", p.name + ".token", "--connect", "nats://" + way.addr,
				"--allow-address", strings.Trim(allow[i], `"`), "--name", fmt.Sprintf("%s-%d", p.name, n+1),
			}}
			w.start(t)
			t.Cleanup(w.end)
			crew = append(crew, w)
		}
	}
	leave := visitOrigin(t, srv.Addr(), site.pages)
	launch := &process{path: binary, dir: dir, said: &talk{}, prefix: host("hub").Prefix(), args: []string{"launch", "--format", "text"}}
	launch.start(t)
	t.Cleanup(launch.end)
	code := launch.wait()
	leave()
	t.Log(launch.said.String())
	for _, w := range crew {
		t.Log(w.said.String())
	}
	require.Equal(t, exitReady, code)

	r := readReport(t, runFolder(t, dir))
	assert.Equal(t, report.Ready, r.Verdict)
	judgeFar(t, origin)
}

// judgeFar reads the origin's meter: what edgeprime caused, and what visitors did.
func judgeFar(t *testing.T, origin *meter.Meter) {
	t.Helper()
	var ours []meter.Record
	var starts []time.Time
	visitors, parts, refreshed := 0, 0, 0
	for _, rec := range origin.Records() {
		if rec.UserAgent == visitor {
			visitors++
			continue
		}
		ours, starts = append(ours, rec), append(starts, rec.Start)
	}
	open := map[time.Time]int{}
	for _, rec := range ours {
		open[rec.Start]++
		open[rec.End]--
		if rec.Status == http.StatusPartialContent || rec.Status == 0 {
			parts++
		}
		if rec.Status == http.StatusNotModified {
			refreshed++
		}
	}
	most := mostOpenOf(open)
	t.Logf("origin: %d requests of ours, %d of them parts, %d refreshes, %d of visitors; densest second %d of %d, most open %d of %d",
		len(ours), parts, refreshed, visitors, meter.Peak(starts, time.Second), farRPS, most, farInFlight)
	assert.Greater(t, visitors, 50)
	assert.Greater(t, parts, farPages, "the slicing edge asked for parts")
	assert.Greater(t, refreshed, farShort, "edges asked whether what they had was still good")
	assert.LessOrEqual(t, meter.Peak(starts, time.Second), farRPS)
	assert.LessOrEqual(t, most, farInFlight)
}
