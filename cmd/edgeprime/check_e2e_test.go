//go:build e2e && unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/fixtures/stack"
	"github.com/edgeprime/edgeprime/report/check"
)

// Where the site has its pages.
const (
	shopHost  = "www.shop.example"
	shopStyle = "/assets/site.3f9a1c7e.css"
	shopCode  = "/assets/app.9b1d04aa.js"
	shopFont  = "/fonts/plain.0c4e88d1.woff2"
	shopImage = "/img/hero.7d21b9f0.png"
)

// The caching policies of the site.
const (
	forDocuments = `add_header Cache-Control "max-age=60, s-maxage=604800";`
	forAssets    = `add_header Cache-Control "max-age=31536000, immutable, stale-if-error=86400";`
)

// shop is how nginx is told to serve the site well, by path.
func shop() map[string]string {
	return map[string]string{
		"/":       forDocuments,
		shopStyle: forAssets,
		shopCode:  forAssets,
		shopFont:  forAssets + ` add_header Access-Control-Allow-Origin "*";`,
		shopImage: forAssets,
	}
}

// seeds are single mistakes: how nginx is told to serve one path instead, and the rule that tells.
func seeds() map[string]struct{ path, config, rule string } {
	return map[string]struct{ path, config, rule string }{
		"a cookie on a style sheet": {shopStyle, forAssets + ` add_header Set-Cookie "session=1; Path=/";`, "ST003"},
		"no-store":                  {shopImage, `add_header Cache-Control no-store;`, "ST001"},
		"a page that is private":    {"/", `add_header Cache-Control "private, max-age=60";`, "ST002"},
		"Vary: User-Agent":          {shopImage, forAssets + ` add_header Vary User-Agent;`, "VAR001"},
		"gzip without Vary":         {shopCode, forAssets + ` gzip_vary off;`, "VAR005"},
		"no compression":            {shopStyle, forAssets + ` gzip off;`, "ENC001"},
		"a misspelt directive":      {shopStyle, `add_header Cache-Control "max-age=31536000, imutable, stale-if-error=86400";`, "PAR007"},
		"no validators":             {shopFont, forAssets + ` add_header Access-Control-Allow-Origin "*"; etag off; add_header Last-Modified "";`, "VAL001"},
		"a page that browsers keep": {"/", `add_header Cache-Control "max-age=3600, s-maxage=604800";`, "TTL003"},
	}
}

// shopFolder is the site's folder.
func shopFolder(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for path, body := range map[string]string{
		"/index.html": "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Spring</title></head>\n<body>" + strings.Repeat("<p>The spring sale begins.</p>\n", 100) + "</body></html>\n",
		shopStyle:     strings.Repeat(".sale { color: #060 }\n", 200),
		shopCode:      strings.Repeat("export const sale = true;\n", 200),
		shopFont:      "wOF2" + strings.Repeat("\x00\x81\x7f", 3000),
		shopImage:     "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x83\x7f", 3000),
	} {
		file := filepath.Join(root, filepath.FromSlash(path))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(body), 0o644))
	}
	return root
}

// shopLaunch serves the site, with nginx as its edge in two regions, and writes a launch file for it.
func shopLaunch(t *testing.T, pages map[string]string) (dir string) {
	t.Helper()
	var config, declared, regions, allowed strings.Builder
	for _, path := range slices.Sorted(maps.Keys(pages)) {
		index := ""
		if path == "/" {
			index = "try_files /index.html =404; "
		}
		fmt.Fprintf(&config, "    location = %s { %s%s }\n", path, index, pages[path])
		fmt.Fprintf(&declared, "  - \"http://%s%s\"\n", shopHost, path)
	}
	web, err := stack.ServeStatic(t.Context(), t.TempDir(), []stack.Server{{Host: shopHost, Root: shopFolder(t), Config: config.String()}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, web.Close()) })
	for _, region := range []string{"eu", "us"} {
		cache, err := stack.ServeCache(t.Context(), t.TempDir(), stack.Nginx, web.Addr)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, cache.Close()) })
		fmt.Fprintf(&regions, "  - {name: %s, vantages: [{address: %q}]}\n", region, cache.Addr)
		fmt.Fprintf(&allowed, "  - %q\n", cache.Addr)
	}
	dir = t.TempDir()
	file := fmt.Sprintf("name: shop\nlaunch: {at: %q, warm_window: 6h}\nentries:\n%scdn: {profile: nginx}\nrules: {preset: strict}\nregions:\n%sorigin: {max_rps: 50}\nallow_addresses:\n%s",
		time.Now().Add(7*24*time.Hour).UTC().Format(time.RFC3339), declared.String(), regions.String(), allowed.String())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "edgeprime.yaml"), []byte(file), 0o600))
	return dir
}

// firedRules checks the site with all probes, and returns the rules that fired with what they said.
func firedRules(t *testing.T, binary, dir string) map[string][]string {
	t.Helper()
	out, err := edgeprimeCommand(t, binary, dir, "check", "--probes", "all", "--fail-on", "never", "--format", "jsonl", "edgeprime.yaml").Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitInconclusive {
		require.NoError(t, err)
	}
	rules := map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	answers := 0
	for lines.Scan() {
		var a check.Answer
		require.NoError(t, json.Unmarshal(lines.Bytes(), &a))
		require.Empty(t, a.Failure)
		answers++
		for _, f := range a.Findings {
			rules[f.Rule] = append(rules[f.Rule], a.URL+": "+f.Message)
		}
	}
	require.Equal(t, 2*len(shop()), answers, "each page in each region")
	return rules
}

// TestCheckFindsSeededMistakes checks a site that nginx serves well: nothing is found. Of each
// mistake that it is then given, one rule tells, and no other.
func TestCheckFindsSeededMistakes(t *testing.T) {
	binary := edgeprimeBinary(t, "")
	dir := shopLaunch(t, shop())
	assert.Empty(t, firedRules(t, binary, dir), "cold")
	assert.Empty(t, firedRules(t, binary, dir), "warm")
	for name, seed := range seeds() {
		t.Run(name, func(t *testing.T) {
			pages := shop()
			pages[seed.path] = seed.config
			rules := firedRules(t, binary, shopLaunch(t, pages))
			assert.Equal(t, []string{seed.rule}, slices.Sorted(maps.Keys(rules)), "%v", rules)
		})
	}
}
