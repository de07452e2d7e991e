package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report"
)

// release is what is deployed behind a lab's edges: a page that needs an image of its own, one with the same
// name in every release, which the first deploy changes, and one that never changes. Deploys purge the edges.
type release struct {
	mu     sync.Mutex
	number int
	stored map[string]bool // by region, path and release
	at     func(q question, asked int) bool
	asked  int
	last   int // release of deploys; the first is 0
}

// serve answers as a cold edge does that fills from the release. A deploy comes in front of the question
// that at names.
func (r *release) serve(w http.ResponseWriter, _ *http.Request, q question) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked++; r.number < r.last && r.at(q, r.asked) {
		r.number++
	}
	key := fmt.Sprint(q.region, q.path, r.number)
	status := "edge; hit; ttl=86400"
	if !r.stored[key] {
		r.stored[key], status = true, "edge; fwd=miss; stored"
	}
	w.Header().Set("Cache-Control", "max-age=86400")
	w.Header().Set("Cache-Status", status)
	w.Header().Set("Content-Type", "image/png")
	switch q.path {
	case "/":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><script>var nonce=%d</script><img src="/own-%d.png"><img src="/logo.png"><img src="/same.png">`, r.asked, r.number)
	case fmt.Sprintf("/own-%d.png", r.number):
		fmt.Fprint(w, "own")
	case "/logo.png":
		fmt.Fprint(w, "logo ", min(r.number, 1))
	case "/same.png":
		fmt.Fprint(w, "same")
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	return true
}

func newRelease(t *testing.T, last int, at func(q question, asked int) bool) (*lab, *release) {
	t.Helper()
	l := newLab(t, "us", "eu")
	r := &release{stored: map[string]bool{}, at: at, last: last}
	l.answer = r.serve
	return l, r
}

// A deploy during the run voids what was seen of what it changed, wherever the run is by then.
func TestADeployDuringTheRunIsFollowed(t *testing.T) {
	seen := map[string]int{}
	for _, tt := range []struct {
		name, where string
		at          func(q question, asked int) bool
	}{
		{"while the canary is sampled", "behind stage canary-us", func(_ question, asked int) bool { return asked == 7 }},
		{"while the rest is primed", "at the end", func(q question, _ int) bool { seen["rest"]++; return q.region == "eu" }},
		{"while the rest is measured", "at the end", func(q question, _ int) bool {
			if q.region == "eu" && q.path == "/same.png" {
				seen["measured"]++
			}
			return seen["measured"] == 2
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, deployed := newRelease(t, 1, tt.at)
			code, stdout, stderr := l.do(t.Context(), "launch")
			require.Equal(t, exitReady, code, stdout+stderr)
			assert.Contains(t, stdout, "the launch changed during the run, found "+tt.where)
			assert.Contains(t, stderr, "the launch changed during the run, found "+tt.where+": http://www.example/; discovering anew")
			assert.Equal(t, 1, deployed.number)
			r := l.report(t)
			require.Len(t, r.Deploys, 1)
			assert.Equal(t, []string{"http://www.example/"}, r.Deploys[0].Pages)
			assert.Equal(t, []string{"http://www.example/", "http://www.example/logo.png", "http://www.example/own-1.png"}, r.Deploys[0].URLs)
			assert.Equal(t, 3, r.Deploys[0].Assets)
			assert.Equal(t, 4, r.Scope.Assets, "what the page does not need any more is no part of the launch")
			manifest, err := os.ReadFile(filepath.Join(l.folder(t), manifestFile))
			require.NoError(t, err)
			assert.NotContains(t, string(manifest), "own-0")
			epochs := map[string]int{}
			for _, o := range l.seen(t) {
				if o.Pass == edge.Verify {
					epochs[o.URL] = max(epochs[o.URL], o.Epoch)
				}
			}
			assert.Equal(t, map[string]int{
				"http://www.example/": 1, "http://www.example/logo.png": 1, "http://www.example/own-1.png": 1, "http://www.example/same.png": 0,
			}, withoutOld(epochs))
		})
	}
}

// withoutOld leaves out what the first release alone had.
func withoutOld(epochs map[string]int) map[string]int {
	delete(epochs, "http://www.example/own-0.png")
	return epochs
}

// A second deploy voids what that one has changed, and nothing that stands since the first.
func TestASecondDeployVoidsNoMoreThanItChanges(t *testing.T) {
	l, _ := newRelease(t, 2, func(q question, asked int) bool { return asked == 7 || q.region == "eu" })
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	r := l.report(t)
	require.Len(t, r.Deploys, 2)
	assert.Equal(t, 3, r.Deploys[0].Assets)
	assert.Equal(t, []string{"http://www.example/", "http://www.example/own-2.png"}, r.Deploys[1].URLs)
}

// What only the edge or a nonce changes is no deploy, and a run that is done asks nothing again.
func TestWhatDoesNotChangeIsNotAskedTwice(t *testing.T) {
	l, deployed := newRelease(t, 0, nil)
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	assert.Empty(t, l.report(t).Deploys)
	asked := deployed.asked
	code, stdout, stderr = l.do(t.Context(), "launch", "--resume", filepath.Base(l.folder(t)))
	require.Equal(t, exitReady, code, stdout+stderr)
	assert.Equal(t, asked, deployed.asked)
}

// A launch that is deployed again and again is never ready, and the run ends.
func TestALaunchThatKeepsChangingIsNotReady(t *testing.T) {
	pages := 0
	l, deployed := newRelease(t, 1000, func(q question, _ int) bool {
		if q.path == "/" {
			pages++
		}
		return q.path == "/" && pages%4 == 0
	})
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitInconclusive, code, stdout+stderr)
	assert.Contains(t, stdout, "the launch keeps changing: it was discovered anew 3 times")
	assert.Len(t, l.report(t).Deploys, mostDeploys)
	assert.Less(t, deployed.number, 20)
}

// A page that differs from answer to answer, and nothing else does, is told of and not followed for ever.
func TestAPageThatDiffersFromAnswerToAnswerIsNoDeploy(t *testing.T) {
	l := newLab(t, "us", "eu")
	var mu sync.Mutex
	n := 0
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		if q.path != "/" {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		n++
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><p>visitor %d</p><img src="/a.png">`, n)
		return true
	}
	_, stdout, stderr := l.do(t.Context(), "launch")
	assert.Contains(t, stdout, "note        launch pages differ from answer to answer", stderr)
	assert.Contains(t, stdout, "discovery is incomplete: page-unsteady at http://www.example/")
	r := l.report(t)
	assert.Len(t, r.Deploys, mostDeploys)
	assert.NotEqual(t, report.Ready, r.Verdict, "what was measured may not be what is served")
	for _, v := range r.Vantages {
		assert.LessOrEqual(t, v.Before.Known, v.Cells, "what the run itself has filled was not there before")
	}
}

// A page that the check found changed is void, whatever discovery is answered then.
func TestAChangedPageIsVoidWhenItCannotBeReadAnew(t *testing.T) {
	l := newLab(t, "us", "eu")
	var mu sync.Mutex
	asked := 0
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		if q.path != "/" {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		text := "old"
		if asked++; asked > 2 { // primed and sampled; now checked
			text = "new"
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
		if asked == 4 {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><p>%s</p><img src="/a.png">`, text)
		return true
	}
	_, stdout, stderr := l.do(t.Context(), "launch")
	r := l.report(t)
	require.Len(t, r.Deploys, 1, stdout+stderr)
	assert.Contains(t, r.Deploys[0].URLs, "http://www.example/")
}

// Discovery on a preview host cannot tell which public copies are old: a deploy voids them all.
func TestADeployOfALaunchWithAPreviewHost(t *testing.T) {
	page := func(w http.ResponseWriter, path, text string) {
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
		if path != "/" {
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "image")
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><p>%s</p><img src="/a.png">`, text)
	}
	preview := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { page(w, r.URL.Path, "new") }))
	defer preview.Close()
	l := newLab(t, "eu")
	var mu sync.Mutex
	asked := 0
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		mu.Lock()
		defer mu.Unlock()
		text := "old"
		if q.path == "/" {
			if asked++; asked > 2 { // primed and measured; now checked
				text = "new"
			}
		}
		page(w, q.path, text)
		return true
	}
	addr := preview.Listener.Addr().String()
	l.write(t, strings.Replace(l.with(t, ""), "allow_addresses: [", fmt.Sprintf("scope: {preview: {%q: www.example}}\nallow_addresses: [%q, ", addr, addr), 1))
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	r := l.report(t)
	require.Len(t, r.Deploys, 1)
	assert.Equal(t, 2, r.Deploys[0].Assets)
	anew := 0
	for _, o := range l.seen(t) {
		anew += one(o.Pass == edge.Verify && o.Epoch == 1)
	}
	assert.Equal(t, 2, anew, "READY rests on what was measured since")
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// With an approved plan nothing is primed that nobody has approved: the report says what is lacking.
func TestADeployAddsNothingToAnApprovedPlan(t *testing.T) {
	l, deployed := newRelease(t, 1, func(q question, _ int) bool { return q.region == "eu" })
	plan := filepath.Join(l.dir, "plan.json")
	code, _, stderr := l.do(t.Context(), "plan", "-o", plan)
	require.Equal(t, exitReady, code, stderr)
	require.NoError(t, os.RemoveAll(filepath.Join(l.dir, "lab")))
	code, id, stderr := l.do(t.Context(), "prime", "--plan", plan)
	require.Equal(t, exitReady, code, stderr)
	code, stdout, stderr := l.do(t.Context(), "verify", "--resume", strings.TrimSpace(id))
	require.NotEqual(t, exitReady, code, stdout+stderr)
	assert.Equal(t, 1, deployed.number)
	r := l.report(t)
	assert.NotEqual(t, report.Ready, r.Verdict)
	assert.Equal(t, 4, r.Scope.Assets)
	assert.Contains(t, stdout, "not-approved at http://www.example/own-1.png")
	for _, o := range l.seen(t) {
		if o.URL == "http://www.example/own-1.png" {
			assert.Equal(t, edge.Discover, o.Pass)
			assert.Equal(t, "us", o.Region)
		}
	}
}

// A run that is killed after a deploy goes on with what is deployed, wherever it was.
func TestAKilledRunGoesOnWithTheDeploy(t *testing.T) {
	for _, after := range []int{9, 11, 13, 15, 18} {
		t.Run(fmt.Sprintf("at request %d", after), func(t *testing.T) {
			l, deployed := newRelease(t, 1, func(_ question, asked int) bool { return asked == 7 })
			l.write(t, strings.Replace(l.with(t, ""), "timeout: 4s", "timeout: 1s, hold_tail: 100ms", 1))
			killed := exec.CommandContext(t.Context(), "edgeprime", "launch", l.file)
			var once sync.Once
			var started sync.Mutex // until the process is known
			started.Lock()
			l.answers(func(w http.ResponseWriter, r *http.Request, q question) bool {
				if len(l.questions()) >= after {
					once.Do(func() {
						started.Lock()
						defer started.Unlock()
						assert.NoError(t, killed.Process.Kill())
					})
				}
				return deployed.serve(w, r, q)
			})
			require.NoError(t, killed.Start())
			started.Unlock()
			require.Error(t, killed.Wait())
			l.answers(deployed.serve)
			code, stdout, stderr := l.do(t.Context(), "launch", "--resume", filepath.Base(l.folder(t)))
			require.Equal(t, exitReady, code, stdout+stderr)
			r := l.report(t)
			assert.Len(t, r.Deploys, 1, "however often it was found")
			assert.Equal(t, 4, r.Scope.Assets)
			for _, v := range r.Vantages {
				assert.Equal(t, report.Hit{Hits: 4, Known: 4}, v.After, v.Name)
			}
		})
	}
}
