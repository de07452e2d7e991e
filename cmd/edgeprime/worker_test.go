package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

// freePort is a port of loopback that nobody has.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr, ok := l.Addr().(*net.TCPAddr)
	require.True(t, ok)
	require.NoError(t, l.Close())
	return addr.Port
}

// startWorker runs a worker until the test, or stop, ends it.
func (l *lab) startWorker(t *testing.T, region string, port int, more ...string) (said *talk, stop func() int) {
	t.Helper()
	token := filepath.Join(l.dir, region+".token")
	code, _, stderr := l.do(t.Context(), "worker", "token", "--region", region, "-o", token)
	require.Equal(t, exitReady, code, stderr)
	return l.joinWorker(t, region, token, port, more...)
}

func (l *lab) joinWorker(t *testing.T, region, token string, port int, more ...string) (said *talk, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	said = &talk{}
	done := make(chan int, 1)
	args := append([]string{
		"edgeprime", "worker", "--region", region, "--token", token,
		"--connect", fmt.Sprintf("tls://127.0.0.1:%d", port), "--allow-address", l.addrs[region],
	}, more...)
	go func() { done <- run(ctx, args, nil, &bytes.Buffer{}, said) }()
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
	said, stop := l.startWorker(t, "eu", port, "--name", "eu-1")
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr+said.String())
	assert.Equal(t, report.Ready, l.report(t).Verdict)
	assert.Contains(t, stderr, "region eu: worker eu-1 is here")
	seen := map[string]int{}
	for _, q := range l.questions() {
		assert.NotEmpty(t, q.run)
		seen[q.region]++
	}
	assert.Positive(t, seen["eu"])
	assert.Equal(t, exitReady, stop())
	assert.Contains(t, said.String(), "worker eu-1: done")
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
