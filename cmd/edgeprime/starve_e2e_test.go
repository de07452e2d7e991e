//go:build e2e && unix

package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report"
)

// One request a second for ten regions is little, but each gets its share, and the launch ends.
func TestOneRequestASecondStarvesNobody(t *testing.T) {
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("r%d", i))
	}
	l := newLab(t, names...)
	l.write(t, strings.Replace(l.with(t, ""), "max_rps: 50, max_in_flight: 3", "max_rps: 1, max_in_flight: 1", 1))
	var mu sync.Mutex
	filled := map[string]bool{}
	misses := map[string]int{}
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Cache-Control", "max-age=86400")
		if key := q.region + q.path; filled[key] {
			w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
		} else {
			filled[key] = true
			misses[q.region]++
			w.Header().Set("Cache-Status", "edge; fwd=miss; stored")
		}
		if q.path == "/" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><img src="/a.png">`)
			return true
		}
		w.Header().Set("Content-Type", "image/png")
		fmt.Fprint(w, "image")
		return true
	}
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	assert.Equal(t, report.Ready, l.report(t).Verdict)
	for _, name := range names {
		assert.Equal(t, 2, misses[name], name)
	}
}
