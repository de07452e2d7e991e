package main

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/report"
)

// nodesBehind makes the lab's edge a pool of cache nodes behind one address: the source port of a connection
// decides which answers, and each has a store of its own. Cold is one that stores nothing, -1 for none.
func nodesBehind(l *lab, nodes, cold int) (stored func(path string) []int) {
	var mu sync.Mutex
	stores := make([]map[string]bool, nodes)
	for i := range stores {
		stores[i] = map[string]bool{}
	}
	l.answers(func(w http.ResponseWriter, _ *http.Request, q question) bool {
		h := fnv.New32a()
		_, _ = h.Write([]byte(q.from))
		node := int(h.Sum32() % uint32(nodes))
		mu.Lock()
		hit := stores[node][q.path]
		stores[node][q.path] = hit || node != cold
		mu.Unlock()
		status := `"edge"; fwd=uri-miss; stored`
		if hit {
			status = `"edge"; hit; ttl=86400`
		}
		w.Header().Set("Cache-Status", status)
		w.Header().Set("X-Served-By", fmt.Sprintf("node-%d", node))
		w.Header().Set("Cache-Control", "max-age=86400")
		if q.path != "/" {
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "image")
			return true
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><img src="/a.png">`)
		return true
	})
	return func(path string) (have []int) {
		mu.Lock()
		defer mu.Unlock()
		for i, s := range stores {
			if s[path] {
				have = append(have, i)
			}
		}
		return have
	}
}

// A pool of cache nodes of which one stays cold is never ready, and the report says which nodes answered.
func TestLaunchNeverTrustsAPoolWithAColdNode(t *testing.T) {
	for nodes := 2; nodes <= 6; nodes++ {
		t.Run(fmt.Sprint(nodes, " nodes"), func(t *testing.T) {
			l := newLab(t, "eu")
			l.covers(t)
			stored := nodesBehind(l, nodes, nodes-1)
			code, stdout, stderr := l.do(t.Context(), "launch")
			require.NotEqual(t, exitReady, code, stdout+stderr)
			r := l.report(t)
			assert.NotEqual(t, report.Ready, r.Verdict)
			require.Len(t, r.Vantages, 1)
			assert.Contains(t, r.Vantages[0].Nodes, fmt.Sprintf("node-%d", nodes-1))
			assert.NotContains(t, stored("/"), nodes-1)
			if r.Verdict == report.Inconclusive {
				assert.Contains(t, stdout, "cache nodes behind it disagree")
			}
			assert.Contains(t, strings.Join(r.Method, "\n"), fmt.Sprintf("node-%d", nodes-1))
		})
	}
}

// A pool whose nodes all store is ready once every one of them has been met.
func TestLaunchTrustsAPoolThatIsWarm(t *testing.T) {
	ready := 0
	for range 5 {
		l := newLab(t, "eu")
		l.covers(t)
		stored := nodesBehind(l, 3, -1)
		code, stdout, stderr := l.do(t.Context(), "launch")
		if code != exitReady {
			assert.Contains(t, stdout, "cache nodes", stderr)
			continue
		}
		ready++
		assert.Equal(t, []int{0, 1, 2}, stored("/"))
		r := l.report(t)
		require.Len(t, r.Vantages, 1)
		assert.Equal(t, []string{"node-0", "node-1", "node-2"}, r.Vantages[0].Nodes)
		require.NotNil(t, r.Vantages[0].Repeats)
		assert.Less(t, r.Vantages[0].Repeats.Low, r.Vantages[0].Repeats.High)
	}
	assert.Positive(t, ready, "a pool gets warm by being asked")
}
