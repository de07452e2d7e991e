package edge_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// article answers conditional, partial and HEAD requests to a coded body.
func article(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"v1"`)
	w.Header().Set("Content-Encoding", "gzip")
	http.ServeContent(w, r, "article", time.Time{}, strings.NewReader("this is no gzip at all, but a part need not be"))
}

func TestFetchProbes(t *testing.T) {
	t.Parallel()
	s := serve(t, http.HandlerFunc(article), edge.Caps{})
	for _, c := range []struct {
		name, method string
		probe        map[string]string
		status       int
		body         string
	}{
		{"condition", "", map[string]string{"If-None-Match": `"v1"`}, 304, ""},
		{"part", "", map[string]string{"Range": "bytes=0-3"}, 206, "this"},
		{"head", http.MethodHead, nil, 200, ""},
	} {
		o, body := s.get(t, "/article", func(r *edge.Request) { r.Method, r.Probe = c.method, c.probe })
		assert.Equal(t, c.status, o.Status, c.name)
		assert.Equal(t, c.body, body, c.name)
		assert.Empty(t, o.Failure, "%s: %s", c.name, o.Error)
		assert.Equal(t, c.body != "", o.Digest != "", "%s: nothing has no digest", c.name)
	}
	o, _ := s.get(t, "/article")
	assert.Equal(t, edge.FailBody, o.Failure, "the whole of it must be gzip")
}

func TestFetchSendsGETAndHEADOnly(t *testing.T) {
	t.Parallel()
	s := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { assert.Fail(t, "was asked") }), edge.Caps{})
	for _, method := range []string{"POST", "get", "DELETE", "OPTIONS"} {
		o, _, err := s.f.Fetch(t.Context(), edge.Request{Asset: crawl.Asset{URL: "http://" + host + "/"}, Method: method})
		assert.NoError(t, err)
		assert.Equal(t, edge.FailScope, o.Failure, method)
	}
}
