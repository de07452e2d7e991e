package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions/natsq"
	"github.com/edgeprime/edgeprime/report"
)

// lab is a small launch whose edges are all this test: every region's edge is a server of its own,
// which writes down what it is asked.
type lab struct {
	dir, file string
	addrs     map[string]string // by region

	mu     sync.Mutex
	asked  []question
	answer func(w http.ResponseWriter, r *http.Request, q question) bool // true when it has answered; nil for the usual
}

// question is one request as an edge saw it.
type question struct{ region, path, from, run, method string }

// newLab starts the edges and writes the launch file: a page with some images, in the given regions.
func newLab(t *testing.T, names ...string) *lab {
	t.Helper()
	l := &lab{dir: t.TempDir(), addrs: map[string]string{}}
	l.file = filepath.Join(l.dir, "edgeprime.yaml")
	var list, allow []string
	for _, name := range names {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serve(w, r, name) }))
		t.Cleanup(srv.Close)
		addr := srv.Listener.Addr().String()
		l.addrs[name] = addr
		list = append(list, fmt.Sprintf("{name: %s, vantages: [{address: %q}]}", name, addr))
		allow = append(allow, fmt.Sprintf("%q", addr))
	}
	l.write(t, fmt.Sprintf(`name: lab
launch: {at: %q}
entries: ["http://www.example/"]
regions: [%s]
origin: {max_rps: 50, max_in_flight: 3, timeout: 4s}
allow_addresses: [%s]
report: {dir: %q}
%s`, time.Now().Add(time.Hour).Format(time.RFC3339), strings.Join(list, ", "), strings.Join(allow, ", "), l.dir, once))
	return l
}

func (l *lab) write(t *testing.T, launchFile string) {
	t.Helper()
	require.NoError(t, os.WriteFile(l.file, []byte(launchFile), 0o600))
}

func (l *lab) serve(w http.ResponseWriter, r *http.Request, region string) {
	q := question{region, r.URL.Path, r.RemoteAddr, r.Header.Get(runHeader), r.Method}
	l.mu.Lock()
	l.asked = append(l.asked, q)
	answer := l.answer
	l.mu.Unlock()
	if answer != nil && answer(w, r, q) {
		return
	}
	w.Header().Set("Cache-Control", "max-age=86400")
	w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
	if r.URL.Path != "/" {
		w.Header().Set("Content-Type", "image/png")
		fmt.Fprint(w, "image")
		return
	}
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><img src="/a.png"><img src="/b.png"><img src="/c.png"><img src="/d.png">`)
}

// questions are what the edges were asked so far.
func (l *lab) questions() []question {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]question{}, l.asked...)
}

// do runs edgeprime on the lab's launch file.
func (l *lab) do(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, talk bytes.Buffer
	code = run(ctx, append(append([]string{"edgeprime"}, args...), l.file), nil, &out, &talk)
	return code, out.String(), talk.String()
}

// folder is the run's folder; there must be one.
func (l *lab) folder(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(l.dir, "lab", "2*"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// report is the report of the only run.
func (l *lab) report(t *testing.T) *report.Report {
	t.Helper()
	file, err := os.Open(filepath.Join(l.folder(t), reportFile))
	require.NoError(t, err)
	defer file.Close()
	r, err := report.Read(file)
	require.NoError(t, err)
	return r
}

// once measures each cell once, so that requests can be counted.
const once = "stages: {cover: 1}\n"

// with is the launch file with more settings.
func (l *lab) with(t *testing.T, more string) string {
	t.Helper()
	data, err := os.ReadFile(l.file)
	require.NoError(t, err)
	return string(data) + more
}

// covers makes the launch file one that repeats critical cells, as launch files do.
func (l *lab) covers(t *testing.T) {
	t.Helper()
	l.write(t, strings.ReplaceAll(l.with(t, ""), once, ""))
}

// seen is what the engine holds of the only run.
func (l *lab) seen(t *testing.T) []edge.Observation {
	t.Helper()
	engine, err := natsq.Open(t.Context(), natsq.Config{Launch: "lab", Dir: filepath.Join(l.dir, "lab", stateFolder, "engine")})
	require.NoError(t, err)
	run, err := engine.Run(t.Context(), filepath.Base(l.folder(t)))
	require.NoError(t, err)
	var all []edge.Observation
	for o, err := range run.Observations(t.Context()) {
		require.NoError(t, err)
		all = append(all, o)
	}
	require.NoError(t, engine.Close())
	return all
}

// answers says how the edges answer from now on, also to other processes.
func (l *lab) answers(answer func(w http.ResponseWriter, r *http.Request, q question) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer = answer
}
