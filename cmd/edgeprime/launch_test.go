package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

func TestLaunchAsksEachCellOnceAPass(t *testing.T) {
	l := newLab(t, "us", "eu")
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	asked := l.questions()
	times, connections := map[string]int{}, map[string]int{}
	id := filepath.Base(l.folder(t))
	for _, q := range asked {
		assert.Equal(t, id, q.run, "the origin's log can tell our requests")
		assert.Equal(t, http.MethodGet, q.method)
		times[q.region+q.path]++
		connections[q.from]++
	}
	times["us/"] -= 2 // the launch page must not have changed, between the stages and at the end
	for _, path := range []string{"/", "/a.png", "/b.png", "/c.png", "/d.png"} {
		assert.Equal(t, 3, times["us"+path], "primed, what discovery fetched too; asked for the gate; measured: %s", path)
		assert.Equal(t, 2, times["eu"+path], "primed and measured: %s", path)
	}
	require.Len(t, asked, 27)
	for i, q := range asked {
		if sampled, measured := i >= 5 && i < 11, i >= 16; sampled || measured {
			assert.Equal(t, 1, connections[q.from], "a measurement has a connection of its own: %s", q.path)
		}
	}
	assert.Less(t, len(connections), len(asked), "priming keeps its connections")
	assert.FileExists(t, filepath.Join(l.folder(t), observationsFile), "the run is complete")
	assert.NoFileExists(t, filepath.Join(l.dir, "lab", stateFolder, id+".jsonl"))
}

func TestVerifyAloneMeasuresOnFreshConnections(t *testing.T) {
	l := newLab(t, "us", "eu")
	code, stdout, stderr := l.do(t.Context(), "verify")
	require.Equal(t, exitReady, code, stdout+stderr)
	asked := l.questions()
	connections := map[string]int{}
	for _, q := range asked {
		connections[q.from]++
	}
	for _, q := range asked[len(asked)-10:] {
		assert.Equal(t, 1, connections[q.from], q.path)
	}
	assert.Len(t, asked, 1+10, "discovery reads the page; each cell is asked once")
}

// What discovery reads besides assets primes nothing.
func TestDiscoverRecordsWhatItReadForItself(t *testing.T) {
	l := newLab(t, "eu")
	l.write(t, l.with(t, "sitemaps: [\"http://www.example/sitemap.xml\"]\n"))
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		if q.path == "/sitemap.xml" {
			w.Header().Set("Content-Type", "application/xml")
			fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://www.example/</loc></url></urlset>`)
		}
		return q.path == "/sitemap.xml"
	}
	code, _, stderr := l.do(t.Context(), "discover")
	require.Equal(t, exitReady, code, stderr)
	passes := map[string]edge.Pass{}
	for _, o := range l.seen(t) {
		passes[o.URL] = o.Pass
	}
	assert.Equal(t, edge.Prime, passes["http://www.example/"])
	assert.Equal(t, edge.Discover, passes["http://www.example/sitemap.xml"])
}

// While another region is at work, none has all permits: an edge that hangs must not hold up the rest.
func TestLaunchKeepsAThirdForOtherRegions(t *testing.T) {
	l := newLab(t, "us", "eu", "ap", "second")
	file := strings.Replace(l.with(t, ""), fmt.Sprintf(", {name: second, vantages: [{address: %q}]}", l.addrs["second"]), "", 1)
	eu := fmt.Sprintf("{address: %q}", l.addrs["eu"]) // a region's vantages share what it may have
	l.write(t, strings.Replace(file, eu, fmt.Sprintf("%s, {address: %q}", eu, l.addrs["second"]), 1))
	apAsked := make(chan struct{})
	var once sync.Once
	l.answer = func(_ http.ResponseWriter, r *http.Request, q question) bool {
		switch q.region {
		case "ap":
			once.Do(func() { close(apAsked) })
		case "eu", "second":
			select {
			case <-apAsked:
			case <-r.Context().Done():
				assert.Fail(t, "eu had every permit until it gave up")
			}
		}
		return false
	}
	code, stdout, stderr := l.do(t.Context(), "launch")
	assert.Equal(t, exitReady, code, stdout+stderr)
}

// What stands behind a closed gate is left cold, what stands before it is measured, and the run can
// still be told from one that came to its end.
func TestLaunchEndsAtAClosedGate(t *testing.T) {
	l := newLab(t, "us", "eu")
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		if q.path != "/" {
			w.WriteHeader(http.StatusNotFound)
		}
		return q.path != "/"
	}
	l.write(t, strings.ReplaceAll(l.with(t, ""), once, "")+"stages: {cover: 1, gate: {max_error_ratio: 0.1}}\ncritical: {include: [\"*\"]}\n")
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitNotReady, code, stdout+stderr)
	assert.Contains(t, stdout, "the run stopped early: gate closed behind stage canary-us")
	measured := map[string]int{}
	for _, o := range l.seen(t) {
		if o.Pass == edge.Verify {
			measured[o.Vantage]++
		}
	}
	assert.Equal(t, map[string]int{"us": 5}, measured)
	assert.NoFileExists(t, filepath.Join(l.folder(t), observationsFile))
	for _, q := range l.questions() {
		assert.Equal(t, "us", q.region)
	}
	assert.NotEmpty(t, l.report(t).Run.StoppedBecause)

	code, _, stderr = l.do(t.Context(), "prime")
	assert.Equal(t, exitNotReady, code)
	assert.Contains(t, stderr, "hint: mend the cause, then begin anew; what was primed so far is measured by: edgeprime verify --resume 2")
}

// interrupt launches, and interrupts with the n-th request. While priming or measuring, the only permit is
// that request's, so whoever else asks for one is told when the guard grants no more.
func (l *lab) interrupt(t *testing.T, n int) (code int, stdout string) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	e, out, _ := testEnv()
	e.now = time.Now
	file, err := loadLaunch(e, l.file, nil)
	require.NoError(t, err)
	err = e.inRun(ctx, file, "", true, func(ctx context.Context, r *launchRun) error {
		l.answer = func(_ http.ResponseWriter, req *http.Request, _ question) bool {
			if len(l.questions()) == n {
				cancel(errInterrupted)
				_, err := r.tower.permits.Acquire(req.Context(), "test")
				assert.Error(t, err)
			}
			return false
		}
		return r.wholeWay(ctx, "text")
	})
	return e.finish(ctx, err), out.String()
}

// A signal ends the run: what is open is read to its end, and nothing starts any more.
func TestInterruptStartsNothing(t *testing.T) {
	for _, at := range []struct {
		pass  string
		after int // requests of the whole run
	}{{"discovery", 1}, {"priming", 3}, {"measuring", 7}} {
		t.Run(at.pass, func(t *testing.T) {
			l := newLab(t, "eu")
			file := strings.Replace(l.with(t, ""), "max_in_flight: 3, timeout: 4s", "max_in_flight: 1, timeout: 1s, hold_tail: 100ms", 1) + "discovery: {ask: needed}\n"
			l.write(t, file)
			code, stdout := l.interrupt(t, at.after)
			assert.Equal(t, exitInterrupted, code)
			assert.Contains(t, stdout, "INCOMPLETE")
			assert.Len(t, l.questions(), at.after)
			assert.NoFileExists(t, filepath.Join(l.folder(t), observationsFile))
			r := l.report(t)
			assert.True(t, r.Run.Interrupted)

			l.answer = nil
			code, stdout, stderr := l.do(t.Context(), "launch", "--resume", r.Run.ID)
			assert.Equal(t, exitReady, code, stdout+stderr)
			want := 5 + 5 + 1 // primed, measured, and the launch page once more
			if at.pass == "discovery" {
				want++ // what is being found out when the signal comes is cut, and found out anew
			}
			assert.Len(t, l.questions(), want, "what was recorded is not asked again")
		})
	}
}

// A resumed run is the one that began: with its settings, by its id.
func TestResumeGoesOnWithTheSameRun(t *testing.T) {
	l := newLab(t, "eu")
	code, stdout, stderr := l.do(t.Context(), "prime")
	require.Equal(t, exitReady, code, stderr)
	id := strings.TrimSpace(stdout)
	asked := len(l.questions())
	for name, tc := range map[string]struct{ id, edit, want string }{
		"another limit": {id, "max_rps: 49", "began with other settings"},
		"a path":        {"../lab/" + stateFolder + "/" + id, "max_rps: 50", "is no run id"},
		"no such run":   {"20261201T140000123Z-7f3a90c1", "max_rps: 50", "launch lab has no run"},
	} {
		was := l.with(t, "")
		l.write(t, strings.Replace(was, "max_rps: 50", tc.edit, 1))
		code, _, stderr = l.do(t.Context(), "verify", "--resume", tc.id)
		assert.Equal(t, exitUsage, code, name)
		assert.Contains(t, stderr, tc.want, name)
		l.write(t, was)
	}
	assert.Len(t, l.questions(), asked, "nothing was asked")
	code, _, stderr = l.do(t.Context(), "verify", "--resume", id)
	assert.Equal(t, exitReady, code, stderr)
	assert.Len(t, l.questions(), asked+5+1, "what prime has left is measured, the launch page is asked once more, and nothing else is done")
}

// The plan that is resumed, and the plan that was approved, are for one manifest.
func TestAPlanIsForItsManifest(t *testing.T) {
	l := newLab(t, "eu")
	plan := filepath.Join(l.dir, "plan.json")
	code, _, stderr := l.do(t.Context(), "plan", "-o", plan)
	require.Equal(t, exitReady, code, stderr)
	asked := len(l.questions())
	folder := l.folder(t)
	for _, manifest := range []string{filepath.Join(folder, manifestFile), manifestBeside(plan)} {
		data, err := os.ReadFile(manifest)
		require.NoError(t, err)
		lines := bytes.SplitAfter(data, []byte("\n"))
		i := 0
		for !bytes.Contains(lines[i], []byte("/b.png")) {
			i++
		}
		lines[i] = bytes.Replace(lines[i], []byte("/b.png"), []byte("/bb.png"), 1)
		require.NoError(t, os.WriteFile(manifest, bytes.Join(lines, nil), 0o600))
	}
	code, _, stderr = l.do(t.Context(), "launch", "--resume", filepath.Base(folder))
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "was made for another manifest")
	code, _, stderr = l.do(t.Context(), "prime", "--plan", plan)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "is not what")
	assert.Len(t, l.questions(), asked, "nothing was asked")
}

// An approved plan begins a run: it must not replace what a run has found.
func TestAnApprovedPlanBeginsARun(t *testing.T) {
	l := newLab(t, "eu")
	plan := filepath.Join(l.dir, "plan.json")
	code, _, stderr := l.do(t.Context(), "plan", "-o", plan)
	require.Equal(t, exitReady, code, stderr)
	asked := len(l.questions())
	code, _, stderr = l.do(t.Context(), "prime", "--plan", plan, "--resume", filepath.Base(l.folder(t)))
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "--plan begins a new run")
	assert.Len(t, l.questions(), asked)
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool { // the page has changed meanwhile
		if q.path == "/" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html>soon")
		}
		return q.path == "/"
	}
	code, stdout, stderr := l.do(t.Context(), "prime", "--plan", plan)
	require.Equal(t, exitReady, code, stderr)
	assert.Regexp(t, `^\d{8}T\d{9}Z-[0-9a-f]{8}\n$`, stdout, "the run's id, for verify --resume")
	assert.Len(t, l.questions(), asked+5, "nothing was discovered anew")
}

func TestWhatEndsARunEarlyIsTold(t *testing.T) {
	for _, cause := range []error{origin.ErrAborted, regions.ErrGate, crawl.ErrNothing} {
		r := &launchRun{}
		assert.True(t, r.endedEarly(t.Context(), fmt.Errorf("a: %w", cause)))
		assert.NotEmpty(t, r.stopped, cause)
	}
	r := &launchRun{}
	assert.False(t, r.endedEarly(t.Context(), errors.New("disk full")))
	assert.Empty(t, r.stopped)
}

// The guard ends a run whose origin fails; that is no verdict on the launch.
func TestPrimeErrors(t *testing.T) {
	r := &launchRun{beginning: beginning{ID: "20261201T140000123Z-7f3a90c1"}, launch: &launch{Path: "edgeprime.yaml"}}
	for name, tc := range map[string]struct {
		err  error
		code int
	}{
		"gate":        {fmt.Errorf("a: %w", regions.ErrGate), exitNotReady},
		"aborted":     {fmt.Errorf("a: %w", origin.ErrAborted), exitInconclusive},
		"interrupted": {fmt.Errorf("a: %w", errInterrupted), exitInterrupted},
		"other":       {errors.New("disk full"), exitRuntime},
	} {
		err := primeError(r, tc.err)
		assert.Equal(t, tc.code, exitCode(t.Context(), err), name)
		require.ErrorIs(t, err, tc.err, name)
		if h, ok := errors.AsType[*hinted](err); ok {
			assert.Contains(t, h.hint, "--resume 20261201T140000123Z-7f3a90c1", name)
		} else {
			assert.Equal(t, "other", name)
		}
	}
}
