package lint_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

func TestFingerprint(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]lint.Fingerprint{
		"https://a.example/assets/jquery-2.1.1.js":                  lint.FingerprintVersion,
		"https://a.example/assets/favicon.123.ico":                  lint.FingerprintVersion,
		"https://a.example/assets/favicon.12.ico":                   lint.FingerprintNone,
		"https://a.example/assets/123.ico":                          lint.FingerprintNone,
		"https://a.example/js/v5/jquery.js":                         lint.FingerprintVersion,
		"https://a.example/js/5.0.1/jquery.js":                      lint.FingerprintVersion,
		"https://a.example/js/5.0/jquery.js":                        lint.FingerprintNone,
		"https://a.example/js/5..1/jquery.js":                       lint.FingerprintNone,
		"https://a.example/js/video/jquery.js":                      lint.FingerprintNone,
		"https://a.example/data/v5/prices.json":                     lint.FingerprintNone,
		"https://a.example/lib-1.2_min.js":                          lint.FingerprintVersion,
		"https://a.example/lib-1.x.js":                              lint.FingerprintNone,
		"https://a.example/app.e1c7a.js":                            lint.FingerprintHash,
		"https://a.example/app_e1c7a.js":                            lint.FingerprintHash,
		"https://a.example/app.e1c7.js":                             lint.FingerprintNone,
		"https://a.example/app.E1C7A.js":                            lint.FingerprintHash,
		"https://a.example/app.12345.js":                            lint.FingerprintVersion,
		"https://a.example/app-12345.js":                            lint.FingerprintNone,
		"https://a.example/app-" + strings.Repeat("a1", 32) + ".js": lint.FingerprintHash,
		"https://a.example/app-" + strings.Repeat("a1", 33) + ".js": lint.FingerprintNone,
		"https://a.example/facade.js":                               lint.FingerprintNone,
		"https://a.example/index-BQy3X2kL.js":                       lint.FingerprintHash,
		"https://a.example/index-of-all-the-pages-BQyXX2k.js":       lint.FingerprintNone,
		"https://a.example/index-of-all-the-pages-bqy3x2kl.js":      lint.FingerprintNone,
		"https://a.example/index-of-all-the-pages-BQY3X2KL.js":      lint.FingerprintNone,
		"https://a.example/index-of-all-the-pages-BQyXXzkL.js":      lint.FingerprintNone,
		"https://a.example/chunks/BYsF2dl-.js":                      lint.FingerprintHash,
		"https://a.example/a-b-BQy3-2kLq.js":                        lint.FingerprintHash,
		"https://a.example/BQy3X2kL/hero.webp":                      lint.FingerprintHash,
		"https://a.example/BQy3X2kL/page.html":                      lint.FingerprintNone,
		"https://a.example/0a1b2c3d/hero.webp":                      lint.FingerprintHash,
		"https://a.example/0a1b2c3/hero.webp":                       lint.FingerprintNone,
		"https://a.example/app.js?v=9f61f58d":                       lint.FingerprintNone,
		"https://a.example/app.js#9f61f58d":                         lint.FingerprintNone,
		"https://9f61f58d.example/app.js":                           lint.FingerprintNone,
		"https://a.example/%39f61f.js":                              lint.FingerprintHash,
		"https://a.example/":                                        lint.FingerprintNone,
		"http://[/app.9f61f.js?v=1":                                 lint.FingerprintHash,
		"":                                                          lint.FingerprintNone,
	} {
		assert.Equal(t, want, lint.Default().Fingerprint(url), url)
	}
}

func TestFingerprintPatterns(t *testing.T) {
	t.Parallel()
	l, err := lint.New(lint.Config{Fingerprint: lint.FingerprintPatterns{Include: []string{`^/r/\d+/`}, Exclude: []string{`^/r/0/`, `/Form2Mail`}}}, policy.RFC9111())
	require.NoError(t, err)
	for url, want := range map[string]lint.Fingerprint{
		"https://a.example/r/12/app.css":    lint.FingerprintHash,
		"https://a.example/r/0/app.css":     lint.FingerprintNone,
		"https://a.example/Form2Mail.js":    lint.FingerprintNone,
		"https://a.example/app.css?/r/12/":  lint.FingerprintNone,
		"https://a.example/x/app.9f61f.css": lint.FingerprintHash,
	} {
		assert.Equal(t, want, l.Fingerprint(url), url)
	}
}

// TestFingerprintVectors reads the labelled URLs of the folder that EDGEPRIME_VECTORS names.
func TestFingerprintVectors(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("EDGEPRIME_VECTORS")
	if folder == "" {
		t.Skip("EDGEPRIME_VECTORS is not set")
	}
	data, err := os.ReadFile(filepath.Join(folder, "fingerprint_urls.json"))
	require.NoError(t, err)
	var vectors struct {
		URLs []struct {
			URL  string           `json:"url"`
			Kind lint.Fingerprint `json:"kind"`
		} `json:"urls"`
	}
	require.NoError(t, json.Unmarshal(data, &vectors))
	require.Len(t, vectors.URLs, 20)
	for _, v := range vectors.URLs {
		assert.Equal(t, v.Kind, lint.Default().Fingerprint(v.URL), v.URL)
	}
}

func FuzzFingerprint(f *testing.F) {
	f.Add("/assets/index-BQy3X2kL", ".js", "v=1")
	f.Add("/v3/1.2.3/..", "", "9f61f")
	f.Add("//%zz", "-.-", "#?")
	f.Fuzz(func(t *testing.T, path, extension, query string) {
		l := lint.Default()
		plain := "https://a.example" + path + extension
		got := l.Fingerprint(plain)
		require.Contains(t, []lint.Fingerprint{lint.FingerprintNone, lint.FingerprintHash, lint.FingerprintVersion}, got)
		if !strings.ContainsAny(plain, "?#") {
			require.Equal(t, got, l.Fingerprint(plain+"?"+query), "a query never counts")
		}
	})
}
