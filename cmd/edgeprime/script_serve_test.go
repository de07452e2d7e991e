package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgeprime/edgeprime/fixtures/loopback"
)

// serve serves a folder of the script on loopback, index.html for a folder, and writes every path
// that is asked for to a file: serve FOLDER [NAME]. $SITE, or $NAME, is its ip:port. A file
// NAME.redirect in place of a page says where it redirects to, a file NAME.headers beside it what
// stands in its header.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: serve FOLDER [NAME]")
	}
	name := "SITE"
	if len(args) == 2 {
		name = args[1]
	}
	f := &folder{root: ts.MkAbs(args[0]), log: ts.MkAbs(args[0] + ".log")}
	s, err := loopback.Serve(context.Background(), "127.0.0.1", f)
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
	ts.Setenv(name, s.Addr())
}

type folder struct {
	root, log string
	mu        sync.Mutex
}

// ServeHTTP implements http.Handler.
func (f *folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.note(r.URL.RequestURI())
	file := filepath.Join(f.root, filepath.FromSlash(filepath.Clean("/"+r.URL.Path)))
	if strings.HasSuffix(r.URL.Path, "/") {
		file = filepath.Join(file, "index.html")
	}
	if to, err := os.ReadFile(file + ".redirect"); err == nil {
		http.Redirect(w, r, strings.TrimSpace(string(to)), http.StatusFound)
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	data = []byte(strings.ReplaceAll(string(data), "SITE", r.Host))
	switch filepath.Ext(file) {
	case ".css":
		w.Header().Set("Content-Type", "text/css")
	case ".js":
		w.Header().Set("Content-Type", "text/javascript")
	case ".png":
		w.Header().Set("Content-Type", "image/png")
	case ".txt":
		w.Header().Set("Content-Type", "text/plain")
	case ".xml":
		w.Header().Set("Content-Type", "application/xml")
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	head, _ := os.ReadFile(file + ".headers")
	for line := range strings.Lines(string(head)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			w.Header().Add(name, value)
		}
	}
	_, _ = w.Write(data)
}

// note writes down what was asked for.
func (f *folder) note(uri string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	log, err := os.OpenFile(f.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = log.WriteString(uri + "\n")
	_ = log.Close()
}
