package crawl

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// vectors reads one table of the vectors folder into v. Without the folder the test is skipped;
// the tables in this package prove the same promises on fewer rows.
func vectors(t *testing.T, name string, v any) {
	t.Helper()
	dir := os.Getenv("EDGEPRIME_VECTORS")
	if dir == "" {
		t.Skip("EDGEPRIME_VECTORS is not set; it names the folder of test vectors")
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatalf("EDGEPRIME_VECTORS is set, but the table cannot be read: %v", err)
	}
	require.NoError(t, json.Unmarshal(text, v))
}

// site is a web site in memory: answers by URL. Everything else answers 404.
type site map[string]Response

// page makes an answer with a content type and further header fields as name, value pairs.
func page(contentType, body string, fields ...string) Response {
	h := http.Header{}
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		h.Add(fields[i], fields[i+1])
	}
	return Response{Status: http.StatusOK, Header: h, Body: []byte(body), WireBytes: int64(len(body))}
}

func htmlPage(body string) Response { return page("text/html; charset=utf-8", body) }
func cssPage(body string) Response  { return page("text/css", body) }
func jsPage(body string) Response   { return page("text/javascript", body) }
func xmlPage(body string) Response  { return page("application/xml", body) }
func statusPage(code int) Response  { return Response{Status: code, Header: http.Header{}} }
func moved(location string) Response {
	return Response{Status: http.StatusFound, Header: http.Header{"Location": {location}}}
}

func (s site) fetch(_ context.Context, a Asset) (Response, error) {
	if r, ok := s[a.URL]; ok {
		return r, nil
	}
	return statusPage(http.StatusNotFound), nil
}

// crawl runs a configuration over a site and checks what holds for every manifest.
func (s site) crawl(t *testing.T, cfg Config) *Manifest {
	t.Helper()
	m, err := New(cfg, s.fetch, nil).Crawl(t.Context())
	require.NoError(t, err)
	checkManifest(t, m)
	return m
}

// checkManifest proves that a manifest can be written and read back as it is.
func checkManifest(t *testing.T, m *Manifest) {
	t.Helper()
	var file strings.Builder
	require.NoError(t, m.Write(&file))
	back, err := ReadManifest(strings.NewReader(file.String()))
	require.NoError(t, err)
	require.Equal(t, m, back)
}

// find returns the asset of a URL; the zero asset when there is none.
func (m *Manifest) find(url string) Asset {
	a, _ := m.Find(url)
	return a
}

func (m *Manifest) urls() []string { return urlsOf(slices.Collect(m.All())) }

// problem returns the problem of a name at a URL; the zero problem when there is none.
func (m *Manifest) problem(name, url string) Problem {
	for _, p := range m.Problems {
		if p.Problem == name && p.URL == url {
			return p
		}
	}
	return Problem{}
}

func urlsOf(assets []Asset) []string {
	var out []string
	for _, a := range assets {
		out = append(out, a.URL)
	}
	slices.Sort(out)
	return out
}
