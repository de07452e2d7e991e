package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module   = "github.com/edgeprime/edgeprime"
	topOfUs  = "../.."
	anything = "*"
)

// mayImport says for every package which of ours it may import. Reading order is import order.
func mayImport() map[string][]string {
	return map[string][]string{
		"crawl":           {},
		"crawl/render":    {"crawl"},
		"origin":          {},
		"edge":            {"crawl"},
		"edge/policy":     {},
		"edge/lint":       {"crawl", "edge", "edge/policy"},
		"edge/cloudflare": {"edge"},
		"edge/cloudfront": {"edge"},
		"regions":         {"crawl", "edge", "origin"},
		"regions/natsq":   {"crawl", "edge", "origin", "regions"},
		"report":          {"crawl", "edge", "edge/lint", "edge/policy", "origin", "regions", "report/safe"},
		"report/check":    {"crawl", "edge", "edge/lint", "edge/policy", "report/safe"},
		"report/safe":     {},
		"fixtures":        {},
		"cmd/edgeprime":   {anything},
	}
}

// allowed is true when the file of a package may import another package of ours.
func allowed(pkg, file, imported string) bool {
	fixture := func(p string) bool { return p == "fixtures" || strings.HasPrefix(p, "fixtures/") }
	switch {
	case fixture(pkg):
		return fixture(imported) && pkg != "fixtures"
	case fixture(imported):
		return pkg == "cmd/edgeprime" && strings.HasPrefix(file, "demo")
	}
	list := mayImport()[pkg]
	return slices.Contains(list, imported) || slices.Contains(list, anything)
}

// only says which package alone may import a dependency.
func only() map[string]string {
	return map[string]string{
		"github.com/urfave/cli": "cmd/edgeprime",
		"github.com/nats-io":    "regions/natsq",
		"github.com/chromedp":   "crawl/render",
	}
}

// imports calls visit for each import of each file of ours that is no test.
func imports(t *testing.T, visit func(pkg, file, imported string)) {
	t.Helper()
	err := filepath.WalkDir(topOfUs, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != topOfUs && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "readiness"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(topOfUs, filepath.Dir(name))
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			visit(filepath.ToSlash(pkg), d.Name(), path)
		}
		return err
	})
	require.NoError(t, err)
}

func TestImportsPointDownward(t *testing.T) {
	seen := 0
	imports(t, func(pkg, file, imported string) {
		seen++
		if !strings.HasPrefix(pkg, "fixtures") {
			assert.Contains(t, mayImport(), pkg, "folder %s has no place in the house", pkg)
		}
		if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
			assert.True(t, allowed(pkg, file, ours), "%s/%s imports %s", pkg, file, ours)
		}
		for dependency, home := range only() {
			if strings.HasPrefix(imported, dependency) {
				assert.Equal(t, home, pkg, "%s/%s imports %s", pkg, file, imported)
			}
		}
	})
	assert.Greater(t, seen, 100, "the walk has found the code")
}

func TestAllowed(t *testing.T) {
	for _, tt := range []struct {
		pkg, file, imported string
		want                bool
	}{
		{"edge", "fetch.go", "crawl", true},
		{"crawl", "crawl.go", "edge", false},
		{"origin", "guard.go", "crawl", false},
		{"edge", "fetch.go", "origin", false},
		{"edge/policy", "policy.go", "edge", false},
		{"edge/lint", "rules.go", "edge/policy", true},
		{"edge/lint", "rules.go", "report", false},
		{"regions", "plan.go", "report", false},
		{"regions", "plan.go", "origin", true},
		{"report", "build.go", "regions", true},
		{"report/safe", "safe.go", "report", false},
		{"cmd/edgeprime", "launch.go", "report", true},
		{"cmd/edgeprime", "demo.go", "fixtures/world", true},
		{"cmd/edgeprime", "demo_fault.go", "fixtures", true},
		{"cmd/edgeprime", "launch.go", "fixtures/world", false},
		{"fixtures/world", "world.go", "fixtures/cdn", true},
		{"fixtures/world", "world.go", "edge", false},
		{"fixtures", "doc.go", "fixtures/cdn", false},
		{"crawl/render", "render.go", "crawl", true},
		{"edge/cloudflare", "api.go", "edge", true},
		{"edge/cloudflare", "api.go", "edge/lint", false},
	} {
		assert.Equal(t, tt.want, allowed(tt.pkg, tt.file, tt.imported), "%s/%s imports %s", tt.pkg, tt.file, tt.imported)
	}
}

// TestTopLevel holds the folder list: whatever else stands at the top must be ignored by git.
func TestTopLevel(t *testing.T) {
	house := strings.Fields(`cmd crawl edge origin regions report fixtures go.mod go.sum Makefile README.md
		LICENSE CHANGELOG.md CONTRIBUTING.md SECURITY.md .golangci.yml .gitignore .git .github .ci`)
	data, err := os.ReadFile(filepath.Join(topOfUs, ".gitignore"))
	require.NoError(t, err)
	ignored := func(name string) bool {
		return slices.ContainsFunc(strings.Fields(string(data)), func(pattern string) bool {
			match, err := filepath.Match(strings.Trim(pattern, "/"), name)
			return err == nil && match
		})
	}
	entries, err := os.ReadDir(topOfUs)
	require.NoError(t, err)
	for _, e := range entries {
		assert.True(t, slices.Contains(house, e.Name()) || ignored(e.Name()), "%s has no place at the top level", e.Name())
	}
}
