package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
	"github.com/edgeprime/edgeprime/report"
)

// talk is what a program that runs beside the test says.
type talk struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *talk) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *talk) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// freePort is a port of loopback that nobody has, and that no outgoing connection gets before it is used:
// those have the ports from 32768 on.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 10_000 + rand.IntN(22_000)
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			require.NoError(t, l.Close())
			return port
		}
	}
	require.Fail(t, "no port is free")
	return 0
}

// startWorker runs a worker until the test, or stop, ends it. The launch beside it has the command line
// for itself: the library's help flag is one for all.
func (l *lab) startWorker(t *testing.T, region, name string, port int) (said *talk, stop func() int) {
	t.Helper()
	path := filepath.Join(l.dir, region+".token")
	code, _, stderr := l.do(t.Context(), "worker", "token", "--region", region, "-o", path)
	require.Equal(t, exitReady, code, stderr)
	token, err := readToken(path)
	require.NoError(t, err)
	guard, err := edge.NewAddressGuard([]string{l.addrs[region]})
	require.NoError(t, err)
	said = &talk{}
	w := &worker{
		e: newEnv(nil, nil, &bytes.Buffer{}, said), name: name, token: token, url: fmt.Sprintf("tls://127.0.0.1:%d", port),
		slots: mostSlots, guard: guard, limiter: rate.NewLimiter(workerRPS, 1), identity: "X-Edgeprime-Key", secret: edge.NewSecret(key),
	}
	w.bytes.Store(1 << 30)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() { done <- exitCode(ctx, w.run(ctx)) }()
	stop = sync.OnceValue(func() int {
		cancel()
		return <-done
	})
	t.Cleanup(func() { stop() })
	return said, stop
}

func remoteLab(t *testing.T) (l *lab, port int) {
	t.Helper()
	l = newLab(t, "us", "eu")
	port = freePort(t)
	l.write(t, l.with(t, fmt.Sprintf("workers: {regions: [eu], listen: \"127.0.0.1:%d\", patience: 20s}\n", port)))
	return l, port
}

func TestAWorkerElsewhereDoesItsRegionsWork(t *testing.T) {
	l, port := remoteLab(t)
	said, stop := l.startWorker(t, "eu", "eu-1", port)
	var identified atomic.Int32
	l.answers(func(_ http.ResponseWriter, r *http.Request, q question) bool {
		if r.Header.Get("X-Edgeprime-Key") == key {
			assert.Equal(t, "eu", q.region)
			identified.Add(1)
		}
		return false
	})
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr+said.String())
	assert.Positive(t, identified.Load(), "bot protection knows the worker")
	assert.Equal(t, report.Ready, l.report(t).Verdict)
	assert.Contains(t, stderr, "region eu: worker eu-1 is here")
	seen := map[string]int{}
	for _, q := range l.questions() {
		assert.NotEmpty(t, q.run)
		seen[q.region]++
	}
	assert.Positive(t, seen["eu"])
	checked := map[string]int{}
	for _, o := range l.seen(t) {
		if o.Pass == edge.Recheck {
			assert.Equal(t, http.StatusOK, o.Status, o.Error)
			checked[o.Region]++
		}
	}
	assert.Equal(t, map[string]int{"eu": 3}, checked, "what the worker says is asked again from here")
	assert.Equal(t, exitReady, stop())
	assert.Contains(t, said.String(), "worker eu-1: done")
}

// A worker's secret is named by a reference, as in a launch file.
func TestAWorkersSecretIsAReference(t *testing.T) {
	l, port := remoteLab(t)
	token := filepath.Join(l.dir, "eu.token")
	code, _, stderr := l.do(t.Context(), "worker", "token", "--region", "eu", "-o", token)
	require.Equal(t, exitReady, code, stderr)
	for _, identify := range []string{"X-Edgeprime-Key=hunter2", "X-Edgeprime-Key", "Host=${env:HOME}", "=${env:HOME}"} {
		var out, said bytes.Buffer
		code := run(t.Context(), []string{
			"edgeprime", "worker", "--token", token, "--connect", fmt.Sprintf("tls://127.0.0.1:%d", port), "--identify", identify,
		}, nil, &out, &said)
		assert.Equal(t, exitUsage, code, identify)
		assert.Contains(t, said.String(), "hint: write --identify 'X-Edgeprime-Key=${env:EDGEPRIME_KEY}'")
		assert.NotContains(t, said.String(), "hunter2")
	}
}

// Without a worker the region is not measured, and the run ends all the same.
func TestARegionWithoutAWorkerIsNotMeasured(t *testing.T) {
	l, _ := remoteLab(t)
	token := filepath.Join(l.dir, "eu.token")
	code, _, stderr := l.do(t.Context(), "launch")
	assert.Equal(t, exitCredentials, code)
	assert.Contains(t, stderr, "hint: edgeprime worker token --region eu -o eu.token")
	code, _, stderr = l.do(t.Context(), "worker", "token", "--region", "eu", "-o", token)
	require.Equal(t, exitReady, code, stderr)
	l.write(t, string(bytes.Replace([]byte(l.with(t, "")), []byte("patience: 20s"), []byte("patience: 1s"), 1)))
	began := time.Now()
	code, stdout, stderr := l.do(t.Context(), "launch")
	assert.Equal(t, exitInconclusive, code, stdout+stderr)
	assert.Less(t, time.Since(began), time.Minute)
	assert.Contains(t, stderr, "no worker of region eu has said hello for 1s: the region is not measured")
	for _, q := range l.questions() {
		assert.Equal(t, "us", q.region)
	}
}

// A worker keeps caps of its own, and works for no launch of another version.
func TestAWorkerKeepsItsOwnCaps(t *testing.T) {
	l, port := remoteLab(t)
	token := filepath.Join(l.dir, "eu.token")
	code, _, stderr := l.do(t.Context(), "worker", "token", "--region", "eu", "-o", token)
	require.Equal(t, exitReady, code, stderr)
	e, _, _ := testEnv()
	e.now = time.Now
	file, err := loadLaunch(e, l.file, nil)
	require.NoError(t, err)
	config, err := engineConfig(e, file, t.TempDir())
	require.NoError(t, err)
	engine, err := natsq.Open(t.Context(), config)
	require.NoError(t, err)
	defer func() { assert.NoError(t, engine.Close()) }()
	guard, err := origin.NewGuard(origin.Limits{MaxRPS: 100, MaxInFlight: 4})
	require.NoError(t, err)
	run, err := engine.Run(t.Context(), "20261126T140000123Z-7f3a90c1")
	require.NoError(t, err)
	v := edge.Vantage{Name: "eu", Region: "eu", Via: edge.ConnectTo, Address: l.addrs["eu"]}
	session := regions.Session{
		Protocol: regions.Protocol, Run: "20261126T140000123Z-7f3a90c1", Scope: crawl.Scope{Hosts: []string{"www.example"}},
		Vantages: []edge.Vantage{v}, Timeout: 4 * time.Second, Slots: 2, Requests: 10,
	}
	for name, tt := range map[string]struct {
		change func(*regions.Session)
		args   []string
		says   string
	}{
		"another protocol": {func(s *regions.Session) { s.Protocol, s.Tool = 99, "v9" }, nil, "the launch speaks protocol 99 (edgeprime v9), this worker 2 (edgeprime"},
		"other hosts":      {func(s *regions.Session) { s.Scope.Hosts = []string{"internal.example"} }, nil, "hosts that this worker's token does not name: internal.example"},
		"bytes":            {func(*regions.Session) {}, []string{"--max-gb", "0.000000001"}, "this worker has fetched as much as --max-gb allows"},
	} {
		t.Run(name, func(t *testing.T) {
			s := session
			tt.change(&s)
			work, err := run.Work(t.Context(), s.Vantages)
			require.NoError(t, err)
			b := regions.Batch{Vantage: "eu"}
			for _, path := range []string{"a", "b", "c"} {
				cell := regions.Cell{Asset: crawl.Asset{URL: "http://www.example/" + path + ".png"}, Variant: edge.Variant{Name: "gzip"}, Vantage: v}
				b.Tasks = append(b.Tasks, regions.NewTask(s.Run, cell, "rest", edge.Prime))
			}
			require.NoError(t, work.Push(t.Context(), b))
			stop, err := engine.Serve("eu", func(regions.Hello) regions.Session { return s }, origin.NewBroker(guard))
			require.NoError(t, err)
			defer stop()
			said := &talk{}
			code := runSoon(t, said, append([]string{
				"edgeprime", "worker", "--token", token, "--connect", fmt.Sprintf("tls://127.0.0.1:%d", port), "--allow-address", l.addrs["eu"],
			}, tt.args...))
			assert.Equal(t, exitRuntime, code, said)
			assert.Contains(t, said.String(), tt.says)
		})
	}
}

// What a worker and a launch that cannot begin say names the next step.
func TestAWorkerAndALaunchSayWhyTheyCannotBegin(t *testing.T) {
	l, port := remoteLab(t)
	path := filepath.Join(l.dir, "eu.token")
	code, _, stderr := l.do(t.Context(), "worker", "token", "--region", "eu", "-o", path)
	require.Equal(t, exitReady, code, stderr)
	e, _, _ := testEnv()
	e.now = time.Now
	file, err := loadLaunch(e, l.file, nil)
	require.NoError(t, err)
	config, err := engineConfig(e, file, t.TempDir())
	require.NoError(t, err)
	engine, err := natsq.Open(t.Context(), config)
	require.NoError(t, err)
	defer func() { assert.NoError(t, engine.Close()) }()

	code, _, stderr = l.do(t.Context(), "launch")
	assert.Equal(t, exitRuntime, code)
	assert.Contains(t, stderr, "address already in use")
	assert.Contains(t, stderr, fmt.Sprintf("hint: workers.listen is 127.0.0.1:%d: end what has the port, or choose another", port))

	token, err := readToken(path)
	require.NoError(t, err)
	token.Seed, _, err = natsq.NewKey()
	require.NoError(t, err)
	require.NoError(t, writeJSON(path, token))
	said := &talk{}
	code = runSoon(t, said, []string{"edgeprime", "worker", "--token", path, "--connect", fmt.Sprintf("tls://127.0.0.1:%d", port)})
	assert.Equal(t, exitCredentials, code, said)
	assert.Contains(t, said.String(), "the token of region eu is not known there")
	assert.Contains(t, said.String(), "hint: begin the launch again after edgeprime worker token")
}

// runSoon runs the program to its end, within a minute.
func runSoon(t *testing.T, said *talk, args []string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return run(ctx, args, nil, &bytes.Buffer{}, said)
}

// When no permit is granted any more, workers elsewhere go away and come back, and nobody here asks: the
// launch must end all the same.
func TestALaunchEndsWithItsPermits(t *testing.T) {
	l, port := remoteLab(t)
	l.startWorker(t, "eu", "eu-1", port)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	e, _, _ := testEnv()
	e.now = time.Now
	file, err := loadLaunch(e, l.file, nil)
	require.NoError(t, err)
	err = e.inRun(ctx, file, "", true, func(ctx context.Context, r *launchRun) error {
		l.answer = func(_ http.ResponseWriter, _ *http.Request, q question) bool {
			if q.region == "eu" {
				r.tower.permits.Drain()
			}
			return false
		}
		return r.wholeWay(ctx, "text")
	})
	require.ErrorIs(t, err, origin.ErrDraining)
}
