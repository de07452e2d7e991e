//go:build e2e && unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/fixtures/stack"
	"github.com/edgeprime/edgeprime/regions/natsq"
	"github.com/edgeprime/edgeprime/report"
)

// What the origin of these tests has agreed to.
const (
	e2eRPS      = 20
	e2eInFlight = 4
)

// encodings is what Chromium offers over plain HTTP.
const encodings = "gzip, deflate"

// edgeprimeBinary builds the program, with build tags.
func edgeprimeBinary(t *testing.T, tags string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "edgeprime")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", path, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// launchSite starts the real components and writes a launch file for them; include narrows the scope.
func launchSite(t *testing.T, include string) (s *stack.Stack, dir string) {
	t.Helper()
	dir = t.TempDir()
	s, err := stack.Start(t.Context(), t.TempDir(), stack.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	var regionLines, allow strings.Builder
	for _, region := range []string{stack.USEast, stack.EUWest, stack.APSouth} {
		fmt.Fprintf(&regionLines, "  - {name: %s, vantages: [{address: %q}]}\n", region, s.Edges[region].Addr)
		fmt.Fprintf(&allow, "%q, ", s.Edges[region].Addr)
	}
	file := fmt.Sprintf(`name: docs
launch: {at: %q, warm_window: 6h}
sitemaps: ["http://%s/sitemap.xml"]
scope: {include: [%s]}
variants: [{name: chromium, headers: {Accept-Encoding: %q}}]
regions:
%sstages: {shield: {name: shield, address: %q}}
origin: {max_rps: %d, max_in_flight: %d}
allow_addresses: [%s%q]
`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339), s.Host, include, encodings, regionLines.String(),
		s.Shield.Addr, e2eRPS, e2eInFlight, allow.String(), s.Shield.Addr)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "edgeprime.yaml"), []byte(file), 0o600))
	return s, dir
}

// edgeprimeCommand prepares the program in dir; its talk goes to the test's log.
func edgeprimeCommand(t *testing.T, binary, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	stderr := &bytes.Buffer{}
	cmd.Dir, cmd.Stderr = dir, stderr
	t.Cleanup(func() {
		t.Log(stderr.String())
	})
	return cmd
}

func exitCodeOf(t *testing.T, err error) int {
	t.Helper()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	require.NoError(t, err)
	return 0
}

func logOf(t *testing.T, c *stack.Component) []stack.Entry {
	t.Helper()
	entries, err := c.Log()
	require.NoError(t, err)
	return entries
}

// densest returns the most starts in any one-second window.
func densest(entries []stack.Entry) int {
	starts := make([]time.Time, 0, len(entries))
	for _, e := range entries {
		starts = append(starts, e.Start)
	}
	slices.SortFunc(starts, time.Time.Compare)
	most := 0
	for i, first := range starts {
		n, _ := slices.BinarySearchFunc(starts, first.Add(time.Second), time.Time.Compare)
		most = max(most, n-i)
	}
	return most
}

// mostOpen returns how many requests were open at once.
func mostOpen(entries []stack.Entry) int {
	changes := map[time.Time]int{}
	for _, e := range entries {
		changes[e.Start]++
		changes[e.End]--
	}
	return mostOpenOf(changes)
}

// mostOpenOf returns the highest sum of changes in the order of their times.
func mostOpenOf(changes map[time.Time]int) int {
	open, most := 0, 0
	for _, at := range slices.SortedFunc(maps.Keys(changes), time.Time.Compare) {
		open += changes[at]
		most = max(most, open)
	}
	return most
}

// runFolder returns the only run's folder.
func runFolder(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "readiness", "docs", "2*"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

func readReport(t *testing.T, folder string) *report.Report {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, reportFile))
	require.NoError(t, err)
	defer file.Close()
	r, err := report.Read(file)
	require.NoError(t, err)
	return r
}

func readManifest(t *testing.T, folder string) *crawl.Manifest {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, manifestFile))
	require.NoError(t, err)
	defer file.Close()
	m, err := crawl.ReadManifest(file)
	require.NoError(t, err)
	return m
}

// fills counts the origin's requests per URL and Accept-Encoding.
func fills(entries []stack.Entry) map[string]int {
	n := map[string]int{}
	for _, e := range entries {
		n[e.URL+" "+e.AcceptEncoding]++
	}
	return n
}

func TestLaunchOnRealCaches(t *testing.T) {
	s, dir := launchSite(t, `"/**"`)
	cmd := edgeprimeCommand(t, edgeprimeBinary(t, ""), dir, "launch")
	out, err := cmd.Output()
	require.Equal(t, exitReady, exitCodeOf(t, err), string(out))
	require.Contains(t, string(out), "READY")
	t.Logf("%s", out)
	folder := runFolder(t, dir)
	m, r := readManifest(t, folder), readReport(t, folder)
	require.Greater(t, m.Len(), 500)

	load := logOf(t, s.Origin)
	for key, n := range fills(load) {
		assert.Equal(t, 1, n, "fills of %s", key)
	}
	t.Logf("origin: %d requests, densest second %d, most open %d", len(load), densest(load), mostOpen(load))
	assert.LessOrEqual(t, densest(load), e2eRPS)
	assert.LessOrEqual(t, mostOpen(load), e2eInFlight)

	for region, c := range s.Edges {
		last := map[string]string{}
		for _, e := range logOf(t, c) {
			last[e.URL] = e.Outcome
		}
		checked := 0
		for a := range m.All() {
			if a.Priority == crawl.Critical && !a.ThirdParty {
				checked++
				assert.Contains(t, last[strings.TrimPrefix(a.URL, "http://")], "hit", "%s %s", region, a.URL)
			}
		}
		t.Logf("%s: the last request of all %d critical cells is a hit in its log", region, checked)
		assert.Positive(t, checked)
	}
	for _, v := range r.Vantages {
		if !v.Tier {
			assert.Equal(t, v.AfterCritical.Known, v.AfterCritical.Hits, v.Name)
			assert.Equal(t, r.Scope.Critical, v.AfterCritical.Known, v.Name)
		}
	}
	visit(t, s)
}

// visit lets Chromium visit ten pages through each edge: nothing that it asks for is cold.
func visit(t *testing.T, s *stack.Stack) {
	t.Helper()
	step := len(s.Pages) / 10
	for region, c := range s.Edges {
		before := len(logOf(t, c))
		for i := range 10 {
			chromium(t, c.Addr, "http://"+s.Host+s.Pages[i*step])
		}
		require.Eventually(t, func() bool { return len(logOf(t, c)) > before+20 }, 10*time.Second, 100*time.Millisecond)
		time.Sleep(time.Second) // logs are flushed
		visits := logOf(t, c)[before:]
		for _, e := range visits {
			assert.Contains(t, e.Outcome, "hit", "%s %s", region, e.URL)
		}
		t.Logf("%s: Chromium made %d requests, all hits: %v", region, len(visits), !t.Failed())
	}
}

// chromium loads one page whose host is found at addr.
func chromium(t *testing.T, addr, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--host-resolver-rules=MAP "+stack.Host+":80 "+addr, "--virtual-time-budget=5000",
		"--dump-dom", url).Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "</html>", url)
}

// TestWithoutTheGuardTheOriginSuffers begins the same launch without the guard, and ends it as soon
// as the origin's log shows both limits broken.
func TestWithoutTheGuardTheOriginSuffers(t *testing.T) {
	s, dir := launchSite(t, `"/**"`)
	cmd := edgeprimeCommand(t, edgeprimeBinary(t, "unguarded"), dir, "launch")
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		load := logOf(t, s.Origin)
		return densest(load) > e2eRPS && mostOpen(load) > e2eInFlight
	}, 3*time.Minute, 500*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	assert.Equal(t, exitInterrupted, exitCodeOf(t, cmd.Wait()))
	load := logOf(t, s.Origin)
	t.Logf("origin: %d requests, densest second %d, most open %d", len(load), densest(load), mostOpen(load))
}

func TestInterruptedRunsResume(t *testing.T) {
	binary := edgeprimeBinary(t, "")
	for name, tc := range map[string]struct {
		signal os.Signal
		code   int
		ripe   func(*testing.T, *stack.Stack) bool
	}{
		"SIGINT while priming":      {os.Interrupt, exitInterrupted, priming},
		"kill -9 while priming":     {syscall.SIGKILL, -1, priming},
		"kill -9 while discovering": {syscall.SIGKILL, -1, discovering},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := launchSite(t, `"/sitemap.xml", "/c-api/*", "/_static/**", "/_images/**", "/favicon.ico"`)
			cmd := edgeprimeCommand(t, binary, dir, "launch")
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool { return tc.ripe(t, s) }, 3*time.Minute, 50*time.Millisecond)
			require.NoError(t, cmd.Process.Signal(tc.signal))
			assert.Equal(t, tc.code, exitCodeOf(t, cmd.Wait()))
			folder := runFolder(t, dir)
			if tc.signal == os.Interrupt {
				r := readReport(t, folder)
				assert.True(t, r.Run.Interrupted)
				assert.Equal(t, exitInterrupted, r.ExitCode)
				assert.NotEqual(t, report.Ready, r.Verdict)
			}
			recorded := recordedCells(t, folder)
			firstPart := len(logOf(t, s.Origin))

			resume := edgeprimeCommand(t, binary, dir, "launch", "--resume", filepath.Base(folder))
			out, err := resume.Output()
			require.Equal(t, exitReady, exitCodeOf(t, err), string(out))
			load := logOf(t, s.Origin)
			again := 0
			for key, n := range fills(load) {
				again += n - 1
				url, _, _ := strings.Cut(key, " ")
				assert.False(t, n > 1 && recorded[url], "%s was recorded, and filled again", url)
			}
			t.Logf("%d fills before, %d in all, %d again, %d cells recorded before", firstPart, len(load), again, len(recorded))
			assert.LessOrEqual(t, again, e2eInFlight, "at most what was in flight")
			assert.LessOrEqual(t, densest(load), e2eRPS, "also over the interruption")
			assert.LessOrEqual(t, mostOpen(load), e2eInFlight)
			assert.False(t, readReport(t, folder).Run.Interrupted)
		})
	}
}

// priming reports whether a run has left the shield behind and is priming a region.
func priming(t *testing.T, s *stack.Stack) bool {
	t.Helper()
	return len(logOf(t, s.Edges[stack.USEast])) >= 5
}

// discovering reports whether a run is in the middle of discovery.
func discovering(t *testing.T, s *stack.Stack) bool {
	t.Helper()
	return len(logOf(t, s.Shield)) >= 20
}

// recordedCells are the URLs with an observation of a priming request at the shield.
func recordedCells(t *testing.T, folder string) map[string]bool {
	t.Helper()
	urls := map[string]bool{}
	base, id := filepath.Split(folder)
	engine, err := natsq.Open(t.Context(), natsq.Config{Launch: "docs", Dir: filepath.Join(base, stateFolder, "engine")})
	require.NoError(t, err)
	run, err := engine.Run(t.Context(), id)
	require.NoError(t, err)
	for o, err := range run.Observations(t.Context()) {
		require.NoError(t, err)
		if o.Pass == edge.Prime && o.Failure == "" {
			urls[strings.TrimPrefix(o.URL, "http://")] = true
		}
	}
	require.NoError(t, engine.Close())
	return urls
}
