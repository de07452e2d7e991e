//go:build e2e && unix

package policy_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// script is what the origin answers on the paths below one name, and what a client asks with.
type script struct {
	name    string
	query   string
	status  int         // 0 means 200
	answer  [][2]string // {+4s} in a value is an HTTP-date relative to the answer
	request [][2]string // headers of every request
	again   [][2]string // headers of every request but the first
}

// path is where a round's ask of the script is found.
func (s script) path(round, ask string) string {
	path := "/" + s.name + "/" + round + ask
	if s.query != "" {
		path += "?" + s.query
	}
	return path
}

// exchange is one request at the origin.
type exchange struct {
	at          time.Time
	header      [][2]string // of the answer
	conditional bool        // the cache has a copy and asks whether it is still good
}

// scriptedOrigin answers as its scripts say, each time with a new version of the body, and never
// confirms an old one: a client that sees an old version was served by the cache. Below a path
// that ends in /fails it breaks down after the first answer. It is safe for concurrent use.
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
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s, ok := o.scripts[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	now := time.Now()
	header := [][2]string{}
	dated := false
	for _, h := range s.answer {
		header = append(header, [2]string{h[0], dates(h[1], now)})
		dated = dated || h[0] == "Date"
	}
	if !dated {
		header = append(header, [2]string{"Date", now.UTC().Format(http.TimeFormat)})
	}
	n := o.note(r.URL.RequestURI(), exchange{now, header, r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != ""})
	if n > 1 && strings.HasSuffix(r.URL.Path, askFails) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if n > 1 && strings.HasSuffix(r.URL.Path, askKeeps) && r.Header.Get("If-None-Match") != "" {
		w.Header().Set("Etag", r.Header.Get("If-None-Match"))
		w.WriteHeader(http.StatusNotModified)
		return
	}
	for _, h := range header {
		w.Header()[h[0]] = append(w.Header()[h[0]], h[1])
	}
	version := strconv.Itoa(n)
	w.Header().Set("X-Version", version)
	if _, unset := w.Header()["Etag"]; !unset {
		w.Header().Set("Etag", `"`+version+`"`)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(version)))
	w.WriteHeader(max(s.status, 200))
	_, _ = w.Write([]byte(version))
}

// dates replaces {+4s} by an HTTP-date.
func dates(value string, now time.Time) string {
	before, rest, found := strings.Cut(value, "{")
	offset, after, _ := strings.Cut(rest, "}")
	d, err := time.ParseDuration(offset)
	if !found || err != nil {
		return value
	}
	return before + now.Add(d).UTC().Format(http.TimeFormat) + after
}
