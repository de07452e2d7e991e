package crawl

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mustLink(t *testing.T, raw string) link {
	t.Helper()
	l, err := parseLink(raw)
	require.NoError(t, err)
	return l
}

func TestTrap(t *testing.T) {
	for path, want := range map[string]string{
		"/":                            "",
		"/a/b/c/a":                     "",
		"/a/b/a/b":                     leftRepeats,
		"/x/a/b/c/a/b/c/y":             leftRepeats,
		"/a/b/a/c/a":                   leftRepeats,
		"/a/a":                         "",
		"/a/a/a":                       leftRepeats,
		"/2011/11/11/11":               "",
		"/11/12/11/12/x":               "",
		"/docs//x//y//":                "",
		"/shop;jsessionid=1A2B/x":      leftSession,
		"/SHOP;JSESSIONID=1A2B":        leftSession,
		"/(S(lit3py55t21z5v55))/x":     leftSession,
		"/x?PHPSESSID=abc":             leftSession,
		"/x?a=1&ASPSESSIONIDQQ=abc":    leftSession,
		"/x?sid=42":                    "",
		"/x?sid=9f8a7b6c5d4e3f2a1b0c":  leftSession,
		"/x?sessionid=":                "",
		"/sessionid":                   "",
		"/logout":                      leftSideEffect,
		"/Log-Out":                     leftSideEffect,
		"/account/sign_out.php":        leftSideEffect,
		"/wp-login.php?action=logout":  leftSideEffect,
		"/p/1?add-to-cart=5":           leftSideEffect,
		"/posts/17/delete":             leftSideEffect,
		"/newsletter/unsubscribe?u=1":  leftSideEffect,
		"/how-to-delete-your-account":  "",
		"/signs/outdoor":               "",
		"/carts-and-wagons":            "",
		"/blog/catalogue-offline":      "",
		"/search?q=how+to+delete+mail": "",
	} {
		name, why := trap(mustLink(t, "https://a.example"+path))
		assert.Equal(t, want, name, path)
		assert.Equal(t, want == "", why == "", path)
	}
}

func TestPattern(t *testing.T) {
	for _, same := range [][]string{
		{"/cal/2026/5/17", "/cal/1999/12/1"},
		{"/cal?month=2026-05", "/cal?month=1970-01"},
		{"/cal?y=1&m=2", "/cal?m=12&y=2026"},
		{"/p/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/p/9f8a7b6c5d4e3f2a1b0c"},
		{"/Page-1", "/page-22"},
		{"/v/aB3dE5fG7hJ9kL2m", "/v/zZ1yY2xX3wW4vV5u"},
	} {
		assert.Equal(t, patternOf(mustLink(t, "https://a.example"+same[0])), patternOf(mustLink(t, "https://a.example"+same[1])), "%v", same)
	}
	for _, differ := range [][]string{
		{"/a", "/b"},
		{"/2026/summer-sale-of-50-shoes-1-2-3", "/2026/winter-sale-of-50-shoes-1-2-3"},
		{"/x?a=1", "/x?b=1"},
		{"/x?colour=red", "/x?colour=blue"},
		{"/x", "/x?a"},
	} {
		assert.NotEqual(t, patternOf(mustLink(t, "https://a.example"+differ[0])), patternOf(mustLink(t, "https://a.example"+differ[1])), "%v", differ)
	}
	assert.NotEqual(t, patternOf(mustLink(t, "https://a.example/1")), patternOf(mustLink(t, "https://b.example/1")))
}
