package crawl

import (
	"testing"

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
