package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/fixtures/meter"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

// newShares plans the launch of a lab for two regions in two shares.
func newShares(t *testing.T) (l *lab, plan string) {
	t.Helper()
	l = newLab(t, "us", "eu")
	plan = filepath.Join(l.dir, "plan.json")
	code, _, stderr := l.do(t.Context(), "plan", "--shares", "2", "-o", plan)
	require.Equal(t, exitReady, code, stderr)
	l.mu.Lock()
	l.asked = nil // by discovery
	l.mu.Unlock()
	return l, plan
}

// share carries out a share of the lab's plan.
func (l *lab) share(ctx context.Context, name, plan string) (code int, stderr string) {
	var out, talk bytes.Buffer
	code = run(ctx, []string{"edgeprime", "prime", "--config", l.file, "--share", name, plan}, nil, &out, &talk)
	return code, talk.String()
}

// What a share has asked before it was interrupted is not asked again, and what it saw is not lost.
func TestAShareGoesOnWhereItStopped(t *testing.T) {
	l, plan := newShares(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	l.answer = func(_ http.ResponseWriter, _ *http.Request, _ question) bool {
		if len(l.questions()) >= 3 {
			cancel(errInterrupted)
		}
		return false
	}
	code, stderr := l.share(ctx, "2/2", plan)
	require.Equal(t, exitInterrupted, code, stderr)
	assert.Contains(t, stderr, "hint: edgeprime prime --region eu --share 2/2 "+plan)
	l.answer = nil
	code, stderr = l.share(t.Context(), "2/2", plan)
	require.Equal(t, exitReady, code, stderr)
	times := map[string]int{}
	for _, q := range l.questions() {
		assert.Equal(t, "eu", q.region)
		times[q.path]++
	}
	assert.Equal(t, map[string]int{"/": 2, "/a.png": 2, "/b.png": 2, "/c.png": 2, "/d.png": 2}, times, "primed once and measured once")
	code, stderr = l.share(t.Context(), "1/2", plan)
	require.Equal(t, exitReady, code, stderr)
	for _, q := range l.questions()[10:] {
		assert.Equal(t, "us", q.region)
	}
	assert.Len(t, l.questions(), 10+5+5, "discovery has primed the first region: it is sampled and measured")
	folders, err := filepath.Glob(filepath.Join(l.dir, "lab", "2*", "share-*"))
	require.NoError(t, err)
	require.Len(t, folders, 2)
	var out, talk bytes.Buffer
	code = run(t.Context(), append([]string{"edgeprime", "report", "--config", l.file, "--from"}, folders...), nil, &out, &talk)
	assert.Equal(t, exitReady, code, out.String()+talk.String())
}

// A share whose time is over asks for nothing more, and leaves what it saw.
func TestAShareEndsAtItsExpiry(t *testing.T) {
	l, path := newShares(t)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var plan regions.Plan
	require.NoError(t, json.Unmarshal(data, &plan))
	l.answer = func(http.ResponseWriter, *http.Request, question) bool {
		time.Sleep(600 * time.Millisecond)
		return false
	}
	plan.Detached.Expires = time.Now().Add(1500 * time.Millisecond)
	require.NoError(t, writeJSON(path, plan))
	code, stderr := l.share(t.Context(), "2/2", path)
	require.Equal(t, exitInconclusive, code, stderr)
	assert.Contains(t, stderr, "what was seen is kept")
	asked := len(l.questions())
	assert.Less(t, asked, 10)
	folder, err := filepath.Glob(filepath.Join(l.dir, "lab", "2*", "share-2-of-2"))
	require.NoError(t, err)
	require.Len(t, folder, 1)
	kept := 0
	for o, err := range regions.ReadObservations(filepath.Join(folder[0], observationsFile)) {
		require.NoError(t, err)
		assert.True(t, o.Attempts[0].At.Before(plan.Detached.Expires), "%s was asked for after the expiry", o.URL)
		kept++
	}
	assert.Equal(t, asked, kept)
	code, stderr = l.share(t.Context(), "1/2", path)
	require.Equal(t, exitInconclusive, code, stderr)
	assert.Contains(t, stderr, "nothing was asked")
	assert.Len(t, l.questions(), asked, "a late share asks for nothing")

	plan.Detached.Expires = time.Now().Add(time.Hour)
	require.NoError(t, writeJSON(path, plan))
	code, stderr = l.share(t.Context(), "2/2", path)
	require.Equal(t, exitUsage, code, stderr)
	assert.Contains(t, stderr, "plan.json is there already, and is another one", "nobody prolongs a plan on the quiet")
}

// Five processes at once, each with cold edges to fill, together keep the limit of the origin that they
// share, and use it.
func TestSharesAtOnceKeepOneLimit(t *testing.T) {
	const shares, images, rps, inFlight = 5, 40, 50, 10
	l := newLab(t, "us", "eu", "ap", "sa", "af")
	l.write(t, strings.Replace(l.with(t, "discovery: {ask: needed}\n"), "max_rps: 50, max_in_flight: 3", fmt.Sprintf("max_rps: %d, max_in_flight: %d", rps, inFlight), 1))
	behind := meter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		w.Header().Set("Content-Type", "image/png")
		if r.URL.Path == "/" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,">`)
			for i := range images {
				fmt.Fprintf(w, `<img src="/%d.png">`, i)
			}
			return
		}
		fmt.Fprint(w, "image")
	}), meter.Options{})
	var mu sync.Mutex
	type answer struct{ kind, body string }
	stored := map[string]answer{}
	l.answers(func(w http.ResponseWriter, r *http.Request, q question) bool {
		mu.Lock()
		copied, held := stored[q.region+q.path]
		mu.Unlock()
		status := "edge; hit; ttl=86400"
		if !held {
			status = "edge; fwd=miss; stored"
			filled := httptest.NewRecorder()
			behind.ServeHTTP(filled, r)
			copied = answer{filled.Header().Get("Content-Type"), filled.Body.String()}
			mu.Lock()
			stored[q.region+q.path] = copied
			mu.Unlock()
		}
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", status)
		w.Header().Set("Content-Type", copied.kind)
		fmt.Fprint(w, copied.body)
		return true
	})
	edgeprime := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "edgeprime", args...)
		cmd.Dir, cmd.Stderr = l.dir, t.Output()
		return cmd
	}
	require.NoError(t, edgeprime("plan", "--shares", strconv.Itoa(shares), "-o", "plan.json").Run())
	var processes []*exec.Cmd
	for k := 1; k <= shares; k++ {
		p := edgeprime("prime", "--share", fmt.Sprintf("%d/%d", k, shares), "plan.json")
		require.NoError(t, p.Start())
		processes = append(processes, p)
	}
	for _, p := range processes {
		require.NoError(t, p.Wait())
	}
	densest := behind.PeakStarts(time.Second)
	assert.Equal(t, shares*(images+1), behind.Count(), "each object is filled once in each region")
	assert.LessOrEqual(t, densest, rps)
	assert.Greater(t, densest, rps/shares*2, "they were at work together")
	assert.LessOrEqual(t, behind.MaxInFlight(), inFlight)

	folders, err := filepath.Glob(filepath.Join(l.dir, "lab", "2*", "share-*"))
	require.NoError(t, err)
	require.NoError(t, edgeprime(append([]string{"report", "--from"}, folders...)...).Run())
	log, _ := accessLog(behind.Records())
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, "access.log"), []byte(log), 0o600))
	out, err := edgeprime("audit", "--run", filepath.Dir(folders[0]), "--origin-log", "access.log", "--format", "json").Output()
	require.NoError(t, err)
	var receipt origin.Receipt
	require.NoError(t, json.Unmarshal(out, &receipt))
	assert.Equal(t, origin.Kept, receipt.Proof)
	assert.Equal(t, behind.Count(), receipt.Requests)
	assert.Equal(t, origin.Bounds{Low: densest, High: densest}, receipt.Peak)
}
