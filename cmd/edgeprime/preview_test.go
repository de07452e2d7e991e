package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A launch that is not public yet is discovered on its preview host, with its credential, and
// primed under its public host, without. What the preview sends back of the credential is masked.
func TestPreviewCredentialsStayOnThePreviewHost(t *testing.T) {
	const secret = "s3cret-preview-token"
	page := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
		if r.URL.Path == "/a.png" {
			w.Header().Set("Content-Type", "image/png")
		} else {
			w.Header().Set("Content-Type", "text/html")
		}
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><img src="/a.png">`)
	}
	asked, refused := map[string]int{}, false
	preview := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked["preview"]++
		assert.Equal(t, secret, r.Header.Get("X-Preview"))
		if refused {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		w.Header().Set("X-Echo", "you said "+r.Header.Get("X-Preview"))
		page(w, r)
	}))
	defer preview.Close()
	edge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked[r.Host]++
		assert.Empty(t, r.Header.Get("X-Preview"))
		page(w, r)
	}))
	defer edge.Close()

	dir := t.TempDir()
	t.Setenv("PREVIEW_TOKEN", secret)
	addr, previewAddr := edge.Listener.Addr().String(), preview.Listener.Addr().String()
	file := filepath.Join(dir, "edgeprime.yaml")
	require.NoError(t, os.WriteFile(file, []byte(fmt.Sprintf(`name: soon
launch: {at: %q}
entries: ["http://www.example/"]
scope: {preview: {%q: www.example}}
headers: {X-Preview: "${env:PREVIEW_TOKEN}"}
regions: [{name: eu, vantages: [{address: %q}]}]
stages: {cover: 1}
origin: {max_rps: 50, max_in_flight: 8}
allow_addresses: [%q, %q]
report: {dir: %q}
`, time.Now().Add(time.Hour).Format(time.RFC3339), previewAddr, addr, addr, previewAddr, dir)), 0o600))
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"edgeprime", "launch", file}, nil, &stdout, &stderr)
	assert.Equal(t, exitReady, code, stdout.String()+stderr.String())
	refused = true
	var refusal bytes.Buffer
	code = run(t.Context(), []string{"edgeprime", "discover", file}, nil, &bytes.Buffer{}, &refusal)
	assert.Equal(t, exitCredentials, code)
	assert.Regexp(t, `edgeprime: .*the preview host 127.0.0.1:\d+ answered 401`, refusal.String())
	assert.Contains(t, refusal.String(), "hint: check the credential of headers: X-Preview")
	assert.Equal(t, map[string]int{"preview": 3, "www.example": 5}, asked, "page and image are primed and measured under the public host, and the page once more")

	assert.NotContains(t, stdout.String()+stderr.String(), secret)
	masked := false
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		assert.NotContains(t, string(data), secret, path)
		masked = masked || bytes.Contains(data, []byte("you said ***"))
		return err
	}))
	assert.True(t, masked, "the echo was recorded, without the credential")
}
