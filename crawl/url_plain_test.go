package crawl

import (
	"strings"
	"testing"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlainLinks(t *testing.T) {
	for raw, plain := range map[string]bool{
		"https://www.example/":                       true,
		"http://a-1.b2.example/p/a.b/~c%20d;e=f?g=h": true,
		"https://www.example/a?b=/../.":              true,
		"https://www.example":                        false,
		"https://www.example:8443/":                  false,
		"https://WWW.example/":                       false,
		"https://user@www.example/":                  false,
		"https://127.0.0.1/":                         false,
		"https://a.0x7f/":                            false,
		"https://xn--a/":                             false,
		"https://a.example./":                        false,
		"https://a_b.example/":                       false,
		"https://www.example/a/../b":                 false,
		"https://www.example/a/.":                    false,
		"https://www.example/%2E/":                   false,
		"https://www.example/a/b%2e%2E/":             false,
		"https://www.example/a b":                    false,
		"https://www.example/a?b'c":                  false,
		"https://www.example/a?":                     false,
		"https://www.example/a#b":                    false,
		"https://www.example/ü":                      false,
		"ftp://www.example/":                         false,
		"//www.example/":                             false,
	} {
		_, ok := plainLink(raw)
		assert.Equal(t, plain, ok, raw)
	}
}

// FuzzPlainLink holds the short way against the parser.
func FuzzPlainLink(f *testing.F) {
	f.Add("https://www.example/a'b(c)*d!e$f&g,h;i=j:k@l%zz?m?n/o")
	f.Add("http://1a.b-c.d/%")
	f.Add("https://www.example/.well-known")
	f.Fuzz(func(t *testing.T, raw string) {
		got, ok := plainLink(raw)
		if !ok {
			return
		}
		want, err := parseAnyLink(raw)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// TestPlainReferences holds the short way of resolving against the parser, on every pair of these.
func TestPlainReferences(t *testing.T) {
	bases := []string{
		"https://www.example/", "https://www.example/a", "https://www.example/a/b/c", "https://www.example/a//b/", "http://h:8080/x?y=/z/../w", "https://www.example/a/?#b/c",
		"https://xn--bcher-kva.example/a%2Fb/c", "http://127.0.0.1/a/b", "https://www.example/a;b=c/d,e", "https://www.example/%2e%2e/a/b",
	}
	refs := []string{
		"a", "a/b.c", "a?b", "a?b?c", "a?", "?a", "?", "/", "/a", "/a/", "/a?b/../c", "//b.example/c", "///b", "../a", "../../a", "../../../../../a", "..", "../", "../..", "../.a", "../..a",
		"../a/../b", ".", "./", "./a", ".a", "a/.", "a/./b", "a/.b", "a/..", "a/..b", "a..", "a.", "...", "a/.../b", "a//b", "a///", "%2e", "a%2e", "a/%2E%2e/b", "%2e%2e/a", "a%", "a%2", "a%41%zz",
		"a:b", "a/b:c", "?a:b", "a'b", "a?b'c", "a b", "a\tb", "a\\b", "\\a", "a#b", "é", "a?é", "a^b", "a|b", "a[b]", "a{b}", "a\"b", "a<b>", "a`b", "~a-_.!$&()*+,;=@b", "https:a", "https:/a",
		"https://www.example", "https://www.example/", "https://www.example/a/../b", "http://h:8080/a", "https://WWW.example/a", "https://u@www.example/", "HTTPS://www.example/a", "https://www.example/a?", "https://127.1/a",
	}
	short := 0
	for _, base := range bases {
		r, err := newResolver(base)
		require.NoError(t, err)
		for _, ref := range refs {
			got, ok := r.plain(ref)
			if !ok {
				continue
			}
			short++
			u, err := r.parser.BasicParser(ref, r.base, nil, whatwg.NoState)
			require.NoError(t, err)
			want, err := newLink(u)
			require.NoError(t, err)
			assert.Equal(t, want, got, "%q on %q", ref, base)
		}
	}
	assert.Greater(t, short, 200, "many of them take the short way")
	l, ok := resolver{}.plain("a")
	assert.False(t, ok, l)
	r, err := newResolver("https://www.example/" + strings.Repeat("x/", 1000))
	require.NoError(t, err)
	_, ok = r.plain(strings.Repeat("y", 100))
	assert.False(t, ok, "too long")
}
