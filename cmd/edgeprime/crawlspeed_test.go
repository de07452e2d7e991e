//go:build e2e && linux

package main

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/fixtures/stack"
)

var (
	minCrawlRatio  = flag.Float64("crawl-ratio", 0, "pages a CPU second that discover must have over the faster peer's; 0 for any")
	maxMemoryRatio = flag.Float64("memory-ratio", 0, "what discover may hold over what muffet holds; 0 for anything")
	minExtract     = flag.Float64("extract", 0, "MB of HTML that a CPU second must extract; 0 for any")
	muffet         = flag.String("muffet", "", "the program muffet; without it wget is the only peer")
)

// manualDir is where Debian's python3-doc has its pages.
const manualDir = "/usr/share/doc/python3-doc/html"

// crawlSpeed is what one program took to get a site.
type crawlSpeed struct {
	pages int
	cpu   time.Duration
	rss   int64 // KiB
}

func (s crawlSpeed) rate() float64 { return float64(s.pages) / s.cpu.Seconds() }

// TestCrawlSpeed gets the Python manual from nginx with discover and with its peers, each on one
// core, and compares what that takes.
func TestCrawlSpeed(t *testing.T) {
	rounds := 1
	if *minCrawlRatio > 0 {
		rounds = 3
	}
	programs := crawlPrograms(t)
	best := map[string]crawlSpeed{}
	for range rounds { // in turn, so that a noisy neighbour hits all alike; the least counts
		for _, name := range slices.Sorted(maps.Keys(programs)) {
			s := crawlManual(t, programs[name])
			if known, ok := best[name]; !ok || s.cpu < known.cpu {
				best[name] = s
			}
		}
	}
	own, peer := best["edgeprime"], crawlSpeed{}
	t.Logf("%-9s %6s %7s %12s %12s", "program", "pages", "CPU s", "pages/CPU s", "peak RSS MiB")
	for _, name := range slices.Sorted(maps.Keys(best)) {
		s := best[name]
		t.Logf("%-9s %6d %7.2f %12.0f %12d", name, s.pages, s.cpu.Seconds(), s.rate(), s.rss>>10)
		assert.InEpsilon(t, own.pages, s.pages, 0.01, "pages of %s: all must get the same", name)
		if name != "edgeprime" && (peer.pages == 0 || s.rate() > peer.rate()) {
			peer = s
		}
	}
	ratio := own.rate() / peer.rate()
	t.Logf("discover has %.2f times the pages a CPU second of the faster peer", ratio)
	assert.GreaterOrEqual(t, ratio, *minCrawlRatio)
	judgeMemory(t, own, best)
}

// judgeMemory compares with muffet, which holds pages in memory as discover does; wget does not.
func judgeMemory(t *testing.T, own crawlSpeed, all map[string]crawlSpeed) {
	t.Helper()
	other, ok := all["muffet"]
	if !ok {
		t.Log("MEMORY IS NOT JUDGED: there is no muffet to compare with")
		assert.Zero(t, *maxMemoryRatio, "a limit that cannot be measured is not kept")
		return
	}
	ratio := float64(own.rss) / float64(other.rss)
	t.Logf("discover holds %.2f of what muffet holds", ratio)
	if *maxMemoryRatio > 0 {
		assert.LessOrEqual(t, ratio, *maxMemoryRatio)
	}
}

// crawlPrograms are the command lines that are compared, by program; ADDR stands for the site.
func crawlPrograms(t *testing.T) map[string][]string {
	t.Helper()
	programs := map[string][]string{
		"edgeprime": {edgeprimeBinary(t, ""), "discover", "--format", "urls"},
		"wget":      {"wget", "--quiet", "--recursive", "--page-requisites", "--level=inf", "--delete-after", "http://ADDR/"},
	}
	if *muffet != "" {
		programs["muffet"] = []string{
			*muffet, "--ignore-fragments", "--header=Accept-Encoding:identity", "--max-connections=64", "--timeout=60", "--include=^http://ADDR/", "http://ADDR/",
		}
	}
	return programs
}

// crawlManual runs a program over the manual on one core. What it thinks of dead links is its own
// business: the server's log says which pages it got.
func crawlManual(t *testing.T, program []string) crawlSpeed {
	t.Helper()
	server, err := stack.ServeStatic(t.Context(), t.TempDir(), []stack.Server{{Host: stack.StaticIP, Root: manualDir}})
	require.NoError(t, err)
	defer func() { assert.NoError(t, server.Close()) }()
	args := []string{"-c", "0"}
	for _, arg := range program {
		args = append(args, strings.ReplaceAll(arg, "ADDR", server.Addr))
	}
	runtime.GC() // a child begins with its parent's peak
	cmd := edgeprimeCommand(t, "taskset", manualLaunch(t, server.Addr), args...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	return crawlSpeed{pages: pagesGot(t, server), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), rss: usage.Maxrss}
}

// manualLaunch writes a launch file that follows every link of a site, and returns its folder. Like
// wget, discover asks for no content coding: all read the same bytes.
func manualLaunch(t *testing.T, addr string) string {
	t.Helper()
	dir := t.TempDir()
	file := fmt.Sprintf(`name: manual
launch: {at: %q}
pages: ["http://%s/"]
discovery: {depth: 20, pages: 5000, pages_per_host: 5000, links_per_page: 20000, links_per_pattern: 1000}
variants: [{name: plain, headers: {Accept-Encoding: identity}}]
regions: [{name: local}]
origin: {max_rps: 10000, confirm_max_rps: 10000, max_in_flight: 8}
allow_addresses: [%q]
`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339), addr, addr)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "edgeprime.yaml"), []byte(file), 0o600))
	return dir
}

// pagesGot counts the HTML documents that a server has given away.
func pagesGot(t *testing.T, server *stack.Static) int {
	t.Helper()
	log, err := server.Log()
	require.NoError(t, err)
	pages := map[string]bool{}
	for _, v := range log {
		if v.Status == http.StatusOK && strings.HasPrefix(v.Type, "text/html") {
			pages[v.URL] = true
		}
	}
	return len(pages)
}

// TestExtractionSpeed extracts the pages of the manual's library part on one core.
func TestExtractionSpeed(t *testing.T) {
	files, err := filepath.Glob(manualDir + "/library/*.html")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	pages := make([][]byte, 0, len(files))
	size := 0
	for _, file := range files {
		page, err := os.ReadFile(file)
		require.NoError(t, err)
		pages = append(pages, page)
		size += len(page)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const rounds = 5
	began, assets := ownCPU(t), 0
	for range rounds {
		for _, page := range pages {
			assets += len(crawl.ExtractHTML(page, "http://manual.example/library/page.html"))
		}
	}
	rate := float64(size) * rounds / 1e6 / (ownCPU(t) - began).Seconds()
	t.Logf("%d pages, %d bytes: ExtractHTML reads %.0f MB a CPU second", len(pages), size, rate)
	assert.Greater(t, assets, len(pages))
	assert.GreaterOrEqual(t, rate, *minExtract)
}

// ownCPU is the CPU time that this process has taken, its garbage collection included.
func ownCPU(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
