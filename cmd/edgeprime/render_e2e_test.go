//go:build e2e && unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/fixtures/world"
)

// TestRenderedDiscovery discovers the demo's site without a browser and with one: the browser adds
// to what is found, and costs the origin nothing that the limit does not count.
func TestRenderedDiscovery(t *testing.T) {
	binary, dir := edgeprimeBinary(t, ""), t.TempDir()
	w, err := world.Start(t.Context(), world.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.Close()) })
	file, err := demoFile(w, "readiness", time.Now())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "edgeprime.yaml"), []byte(file), 0o600))
	discover := func(args ...string) *crawl.Manifest {
		out, err := edgeprimeCommand(t, binary, dir, append([]string{"discover", "--format", "manifest"}, args...)...).Output()
		require.NoError(t, err)
		m, err := crawl.ReadManifest(strings.NewReader(string(out)))
		require.NoError(t, err)
		return m
	}
	plain, rendered := discover(), discover("--render")
	for a := range plain.All() {
		got, ok := rendered.Find(a.URL)
		assert.True(t, ok, "%s is still there", a.URL)
		assert.Equal(t, a.Source, got.Source)
	}
	assert.Empty(t, plain.Problems)
	for _, p := range rendered.Problems {
		assert.Equal(t, "render-third-party", p.Problem)
		assert.Contains(t, p.Detail, "https://analytics.example/collect.js", "is named, and nobody asks it")
	}
	assert.Len(t, rendered.Problems, 2)
}
