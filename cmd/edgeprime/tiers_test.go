package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Without a shield in the launch file, the answers teach which regions are behind one upper tier: each
// object is filled once a tier, and the report says what was learned.
func TestLaunchLearnsWhichRegionsShareATier(t *testing.T) {
	l := newLab(t, "us", "eu", "ap", "sa")
	tier := map[string]string{"us": "west", "eu": "west", "ap": "east", "sa": "east"}
	var mu sync.Mutex
	stored, fills := map[string]bool{}, map[string]int{}
	l.answer = func(w http.ResponseWriter, _ *http.Request, q question) bool {
		atEdge, atTier := q.region+q.path, tier[q.region]+q.path
		mu.Lock()
		status := `"tier"; hit, "edge"; fwd=uri-miss; stored`
		filling := false
		switch {
		case stored[atEdge]:
			status = `"edge"; hit; ttl=86400`
		case !stored[atTier]:
			status, filling = `"tier"; fwd=uri-miss; stored, "edge"; fwd=uri-miss; stored`, true
			fills[atTier]++
		}
		mu.Unlock()
		if filling {
			time.Sleep(5 * time.Millisecond) // two at once would both ask the origin
		}
		mu.Lock()
		stored[atEdge], stored[atTier] = true, true
		mu.Unlock()
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", status)
		if q.path != "/" {
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "image")
			return true
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,">`)
		for i := range 30 {
			fmt.Fprintf(w, `<img src="/%d.png">`, i)
		}
		return true
	}
	code, stdout, stderr := l.do(t.Context(), "launch")
	require.Equal(t, exitReady, code, stdout+stderr)
	assert.Len(t, fills, 2*31)
	for object, n := range fills {
		assert.Equal(t, 1, n, object)
	}
	assert.Contains(t, stderr, "prime rest: 93 of 93")
	for _, said := range []string{
		"eu fills from an upper tier that is warm already: it had 8 of 8 misses",
		"ap does not fill from a tier that is warm (8 of 8 misses asked the origin)",
	} {
		assert.Contains(t, stderr, said)
		assert.Contains(t, stdout, said)
	}
	r := l.report(t)
	got := map[string]int{}
	for _, v := range r.Vantages {
		got[v.Name] = v.TierFills
	}
	assert.Equal(t, map[string]int{"us": 0, "eu": 31, "ap": 8, "sa": 31 - 8}, got, "what sa was scouted with was filled by the origin, and was there for ap")
	assert.Contains(t, strings.Join(r.Method, "\n"), "eu: 31 misses while priming were filled from a cache above the edge")
}
