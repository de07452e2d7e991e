package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report"
)

const key = "s3cret-of-the-launch"

// Every request carries the secret that bot protection goes by, and nothing that is kept or said shows it,
// even when an edge sends it back.
func TestLaunchIdentifiesItself(t *testing.T) {
	t.Setenv("EDGEPRIME_KEY", key)
	l := newLab(t, "us", "eu")
	l.write(t, l.with(t, "identify: {header: X-Edgeprime-Key, secret: \"${env:EDGEPRIME_KEY}\"}\n"))
	var asked, without atomic.Int32
	l.answers(func(w http.ResponseWriter, r *http.Request, _ question) bool {
		asked.Add(1)
		if r.Header.Get("X-Edgeprime-Key") != key {
			without.Add(1)
		}
		w.Header().Set("X-Echo", r.Header.Get("X-Edgeprime-Key"))
		return false
	})
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	assert.Positive(t, asked.Load())
	assert.Zero(t, without.Load())
	assert.Contains(t, stderr, "note: ", "it goes over http here")
	assert.NotContains(t, stdout+stderr, key)
	require.NoError(t, filepath.WalkDir(l.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		assert.NotContains(t, string(data), key, path)
		return err
	}))
	code, stdout, _ = l.do(t.Context(), "config", "print", "--resolved")
	require.Equal(t, exitReady, code)
	assert.Contains(t, stdout, `secret: "***" # ${env:EDGEPRIME_KEY},`)
}

// Bot protection that answers is asked a few times more and then left alone, and the report says how to be
// let through.
func TestLaunchLeavesBotProtectionAlone(t *testing.T) {
	l := newLab(t, "us", "eu")
	var asked atomic.Int32
	l.answers(func(w http.ResponseWriter, _ *http.Request, q question) bool {
		if q.region == "us" && q.path == "/" {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Cache-Control", "max-age=86400")
			w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
			fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,">`)
			for i := range 200 {
				fmt.Fprintf(w, `<script src="/%d.js"></script>`, i)
			}
			return true
		}
		if q.region != "eu" {
			return false
		}
		asked.Add(1)
		w.Header().Set("Cf-Mitigated", "challenge")
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.NotEqual(t, exitReady, code, stdout+stderr)
	assert.LessOrEqual(t, asked.Load(), int32(30), "of more than 400 that were planned")
	r := l.report(t)
	assert.NotEqual(t, report.Ready, r.Verdict)
	assert.Contains(t, stdout, "bot protection")
	assert.Contains(t, stdout, "User-Agent begins with edgeprime/")
}
