//go:build e2e && unix

package policy_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// exchange is one request at the origin.
type exchange struct {
	at          time.Time
	conditional bool // the cache has a copy and asks whether it is still good
}

// scriptedOrigin answers as its scripts say, each time with a new version of the body: a client
// that sees an old version was served by the cache. It never confirms an old version but for
// askKeeps, and after the first answer it fails for askFails. It is safe for concurrent use.
type scriptedOrigin struct {
	scripts map[string]script

	mu    sync.Mutex
	asked map[string][]exchange // by path
}

// exchanges returns what was asked for a path so far.
func (o *scriptedOrigin) exchanges(path string) []exchange {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[path]
}

// note records a request and returns its number, from 1.
func (o *scriptedOrigin) note(path string, e exchange) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked[path] = append(o.asked[path], e)
	return len(o.asked[path])
}

func (o *scriptedOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	s, ok := o.scripts[parts[1]]
	if !ok {
		http.NotFound(w, r)
		return
	}
	now, match := time.Now(), r.Header.Get("If-None-Match")
	n := o.note(r.URL.RequestURI(), exchange{now, match != "" || r.Header.Get("If-Modified-Since") != ""})
	switch ask := parts[len(parts)-1]; {
	case n > 1 && ask == askFails:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case n > 1 && ask == askKeeps && match != "":
		w.Header().Set("Etag", match)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	for _, h := range s.header(now) {
		w.Header()[http.CanonicalHeaderKey(h[0])] = append(w.Header()[http.CanonicalHeaderKey(h[0])], h[1])
	}
	version := strconv.Itoa(n)
	w.Header().Set("X-Version", version)
	w.Header().Set("Etag", `"`+version+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(version)))
	w.WriteHeader(s.status)
	_, _ = w.Write([]byte(version))
}
