package crawl

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestURLIdentity goes through the rules of the WHATWG URL standard that make two spellings one
// URL, and through those that keep them apart: "" stands for a reference that is no URL.
func TestURLIdentity(t *testing.T) {
	r, err := newResolver("https://www.example/a/b?c#d")
	require.NoError(t, err)
	for _, tt := range []struct{ rule, ref, want string }{
		{"scheme in lower case", "HTTPS://www.example/x", "https://www.example/x"},
		{"host in lower case", "https://WWW.Example/X", "https://www.example/X"},
		{"host by IDNA", "https://bücher.example/", "https://xn--bcher-kva.example/"},
		{"host decoded first", "https://www%2Eexample/", "https://www.example/"},
		{"full width digits and dots", "http://１２７．０．０．１/", "http://127.0.0.1/"},
		{"IPv4 in its short forms", "http://0x7f.1/", "http://127.0.0.1/"},
		{"IPv4 as one number", "http://2130706433/", "http://127.0.0.1/"},
		{"IPv6 compressed", "http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"},
		{"default port dropped", "https://www.example:443/x", "https://www.example/x"},
		{"port without leading zeros", "https://www.example:08443/", "https://www.example:8443/"},
		{"the other scheme's port kept", "http://www.example:443/", "http://www.example:443/"},
		{"a host always has a path", "https://www.example", "https://www.example/"},
		{"dot segments", "https://www.example/x/./y/../z", "https://www.example/x/z"},
		{"encoded dot segments", "https://www.example/x/%2e/y/%2E%2e/z", "https://www.example/x/z"},
		{"above the root", "/../../x", "https://www.example/x"},
		{"an encoded slash is no separator", "/x%2F../y", "https://www.example/x%2F../y"},
		{"backslashes", "\\\\www.example\\x", "https://www.example/x"},
		{"tabs and newlines dropped", " ht\ntps://www.exa\tmple/x\r ", "https://www.example/x"},
		{"slashes missing", "https:x", "https://www.example/a/x"},
		{"slashes in plenty", "https:////www.example/x", "https://www.example/x"},
		{"without a scheme", "//b.example/x", "https://b.example/x"},
		{"relative to the path", "x", "https://www.example/a/x"},
		{"query alone", "?x", "https://www.example/a/b?x"},
		{"fragment dropped", "/x#y", "https://www.example/x"},
		{"path: the set of the path is encoded", "/a b\"<>^`{}é", "https://www.example/a%20b%22%3C%3E%5E%60%7B%7D%C3%A9"},
		{"path: a caret alone", "/x^y", "https://www.example/x%5Ey"},
		{"path: a caret in a plain URL", "https://www.example/x^y", "https://www.example/x%5Ey"},
		{"query: the set of the query is encoded", "?a b\"<>'^`{}é", "https://www.example/a/b?a%20b%22%3C%3E%27^`{}%C3%A9"},

		{"what is encoded stays so", "/%41", "https://www.example/%41"},
		{"in the case it is written in", "/%e9", "https://www.example/%e9"},
		{"a bad escape stays", "/100%", "https://www.example/100%"},
		{"case of the path", "/X", "https://www.example/X"},
		{"an empty query is one", "/x?", "https://www.example/x?"},
		{"a slash at the end", "/x/", "https://www.example/x/"},
		{"empty segments", "/x//y", "https://www.example/x//y"},
		{"order of parameters", "?b&a", "https://www.example/a/b?b&a"},
		{"a plus is no blank", "?a+b", "https://www.example/a/b?a+b"},
		{"matrix parameters", "/x;a=1", "https://www.example/x;a=1"},

		{"user names", "https://me@www.example/", ""},
		{"another scheme", "ftp://www.example/", ""},
		{"no host", "https://", ""},
		{"a host that cannot be one", "https://a b/", ""},
		{"a port too large", "https://www.example:65536/", ""},
		{"IPv4 out of range", "http://256.256.256.256/", ""},
	} {
		l, err := r.resolve(tt.ref)
		assert.Equal(t, tt.want, l.key, tt.rule)
		assert.Equal(t, tt.want == "", err != nil, tt.rule)
		if err == nil {
			again, err := parseLink(l.key)
			require.NoError(t, err, tt.rule)
			assert.Equal(t, l, again, "the form of a URL is its own form: %s", tt.rule)
		}
	}
}
