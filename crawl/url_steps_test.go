package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// TestURLSteps goes through the basic URL parser of the WHATWG URL standard (section 4.4), state by
// state, and the host parser (3.5). "-" stands for what is no URL that a page can request.
func TestURLSteps(t *testing.T) {
	const w = "https://www.example"
	base := func(t *testing.T, url string) resolver {
		t.Helper()
		r, err := newResolver(url)
		require.NoError(t, err)
		return r
	}
	r := base(t, w+"/a/b/c?d#e")
	for _, tt := range []struct{ clause, ref, want string }{
		{"1 C0 controls and blanks around it", "\x00\x1f /x \x00", w + "/x"},
		{"2 tabs and newlines inside", "/x\ty\nz\r/\t.\n.\r/w", w + "/w"},
		{"scheme start: no scheme", "1a:b", w + "/a/b/1a:b"},
		{"scheme: any case", "hTtPs://b.example/", "https://b.example/"},
		{"scheme: the base's own, relative", "https:x", w + "/a/b/x"},
		{"scheme: another special one", "http:x", "http://x/"},
		{"scheme: foreign ones", "ftp://b.example/x", "-"},
		{"scheme: foreign ones", "wss://b.example/x", "-"},
		{"scheme: file", "file:///x", "-"},
		{"scheme: opaque paths", "mailto:x@y", "-"},
		{"scheme: opaque paths", "javascript:void(0)", "-"},
		{"scheme: opaque paths", "JavaScript:void(0)", "-"},
		{"scheme: opaque paths", "data:text/plain,x", "-"},
		{"scheme: opaque paths", "blob:https://www.example/x", "-"},
		{"scheme: opaque paths", "about:blank", "-"},
		{"scheme: opaque paths", "tel:1", "-"},
		{"relative: nothing", "", "-"},
		{"relative: blanks", " \n", "-"},
		{"relative: a fragment", "#x", "-"},
		{"relative: a query", "?x", w + "/a/b/c?x"},
		{"relative: an empty query", "?", w + "/a/b/c?"},
		{"relative slash", "/x", w + "/x"},
		{"relative slash: a backslash", `\x`, w + "/x"},
		{"relative slash: two", "//b.example", "https://b.example/"},
		{"relative slash: two of any kind", `/\b.example/x`, "https://b.example/x"},
		{"special authority slashes: none", "http:b.example", "http://b.example/"},
		{"special authority slashes: many", `http:\\//b.example`, "http://b.example/"},
		{"authority: a user", "//u@b.example/", "-"},
		{"authority: a password", "//u:p@b.example/", "-"},
		{"authority: a password alone", "//:p@b.example/", "-"},
		{"authority: an empty user", "//@b.example/", "https://b.example/"},
		{"authority: an empty user and password", "//:@b.example/", "https://b.example/"},
		{"authority: the last at sign", "//a@b@c.example/", "-"},
		{"authority: none", "//", "-"},
		{"authority: a user and no host", "//u@/x", "-"},
		{"host: none before a port", "//:80/", "-"},
		{"host: ends at a slash, question mark or hash", "//b.example?x", "https://b.example/?x"},
		{"host: ends at a slash, question mark or hash", "//b.example#x", "https://b.example/"},
		{"host: ends at a backslash", `//b.example\x`, "https://b.example/x"},
		{"port: the default one", "//b.example:443/", "https://b.example/"},
		{"port: of the other scheme", "//b.example:80/", "https://b.example:80/"},
		{"port: http", "http://b.example:80/", "http://b.example/"},
		{"port: empty", "//b.example:/x", "https://b.example/x"},
		{"port: zeros", "//b.example:000443/", "https://b.example/"},
		{"port: zero", "//b.example:0/", "https://b.example:0/"},
		{"port: the largest", "//b.example:65535/", "https://b.example:65535/"},
		{"port: larger", "//b.example:65536/", "-"},
		{"port: no digits", "//b.example:8a/", "-"},
		{"port: a sign", "//b.example:-1/", "-"},
		{"path: dot", "./x", w + "/a/b/x"},
		{"path: dot at the end", "x/.", w + "/a/b/x/"},
		{"path: two dots", "../x", w + "/a/x"},
		{"path: two dots at the end", "x/..", w + "/a/b/"},
		{"path: two dots alone", "..", w + "/a/"},
		{"path: dot alone", ".", w + "/a/b/"},
		{"path: three dots", ".../x", w + "/a/b/.../x"},
		{"path: too many of them", "../../../../x", w + "/x"},
		{"path: encoded dots", "/x/%2e/%2E./.%2e/%2e%2E/y", w + "/y"},
		{"path: dots and more", "/x/.a/..b/c./d..", w + "/x/.a/..b/c./d.."},
		{"path: backslashes are slashes", `/x\..\y\.\z`, w + "/y/z"},
		{"path: not encoded ones", "/x%5C..%5Cy", w + "/x%5C..%5Cy"},
		{"path: empty segments", "//b.example//x//../y", "https://b.example//x/y"},
		{"path: a colon", "./x:y", w + "/a/b/x:y"},
		{"path: a drive letter is a name", "/C|/x", w + "/C|/x"},
		{"path: controls", "/\x01\x7f", w + "/%01%7F"},
		{"path: the set of the path", "/ \"<>`{}^", w + "/%20%22%3C%3E%60%7B%7D%5E"},
		{"path: what is not in it", "/!$%&'()*+,-./:;=@[]_|~", w + "/!$%&'()*+,-./:;=@[]_|~"},
		{"path: beyond ASCII", "/é漢😀", w + "/%C3%A9%E6%BC%A2%F0%9F%98%80"},
		{"path: encoded already", "/%c3%A9%zz%", w + "/%c3%A9%zz%"},
		{"query: the set of special queries", "?\x01 \"<>'\x7f", w + "/a/b/c?%01%20%22%3C%3E%27%7F"},
		{"query: what is not in it", "?!$%&()*+,-./:;=?@[\\]^_`{|}~", w + "/a/b/c?!$%&()*+,-./:;=?@[\\]^_`{|}~"},
		{"query: beyond ASCII", "?é", w + "/a/b/c?%C3%A9"},
		{"query: dots", "?x/../y", w + "/a/b/c?x/../y"},
		{"fragment: dropped", "/x?y#z?w#", w + "/x?y"},

		{"host: percent-decoded", "//%62.ex%61mple/", "https://b.example/"},
		{"host: IDNA", "//Bücher.example/", "https://xn--bcher-kva.example/"},
		{"host: IDNA, mapped", "//ＢÜCHER。example/", "https://xn--bcher-kva.example/"},
		{"host: IDNA, sharp s is kept", "//faß.example/", "https://xn--fa-hia.example/"},
		{"host: IDNA, soft hyphens are dropped", "//b\u00adc.example/", "https://bc.example/"},
		{"host: IDNA, composed", "//bu\u0308cher.example/", "https://xn--bcher-kva.example/"},
		{"host: IDNA, percent-encoded", "//b%C3%BCcher.example/", "https://xn--bcher-kva.example/"},
		{"host: punycode", "//XN--BCHER-KVA.example/", "https://xn--bcher-kva.example/"},
		{"host: bad punycode", "//xn--a/", "-"},
		{"host: a dot at the end", "//b.example./", "https://b.example./"},
		{"host: an underscore", "//a_b.example/", "https://a_b.example/"},
		{"host: hyphens", "//-a-.example/", "https://-a-.example/"},
		{"host: two hyphens", "//r3---x.example/", "https://r3---x.example/"},
		{"host: forbidden ones", "//a b.example/", "-"},
		{"host: forbidden ones", "//a<b.example/", "-"},
		{"host: forbidden ones", "//a^b.example/", "-"},
		{"host: forbidden ones", "//a%2Fb.example/", "-"},
		{"host: forbidden ones", "//a%00b.example/", "-"},
		{"host: forbidden ones", "//a|b.example/", "-"},
		{"host: a bare escape", "//a%b.example/", "-"},
		{"IPv4", "//192.168.0.1/", "https://192.168.0.1/"},
		{"IPv4: hexadecimal", "//0xc0.0XA8.0x0.0x1/", "https://192.168.0.1/"},
		{"IPv4: octal", "//0300.0250.0.01/", "https://192.168.0.1/"},
		{"IPv4: fewer parts", "//192.168.1/", "https://192.168.0.1/"},
		{"IPv4: one number", "//3232235521/", "https://192.168.0.1/"},
		{"IPv4: a hexadecimal number", "//0xc0a80001/", "https://192.168.0.1/"},
		{"IPv4: an empty hexadecimal", "//0x/", "https://0.0.0.0/"},
		{"IPv4: a dot at the end", "//127.0.0.1./", "https://127.0.0.1/"},
		{"IPv4: percent-encoded", "//%31%32%37.0.0.1/", "https://127.0.0.1/"},
		{"IPv4: full width", "//１２７.０.０.１/", "https://127.0.0.1/"},
		{"IPv4: too large", "//4294967296/", "-"},
		{"IPv4: a part too large", "//256.0.0.1/", "-"},
		{"IPv4: too many parts", "//1.2.3.4.5/", "-"},
		{"IPv4: ends in a number", "//a.example.1/", "-"},
		{"IPv4: a bad octal", "//1.2.3.08/", "-"},
		{"IPv4: names that begin with digits", "//1.2.3.a/", "https://1.2.3.a/"},
		{"IPv6", "//[2001:DB8:0:0:1:0:0:1]/", "https://[2001:db8::1:0:0:1]/"},
		{"IPv6 with a port", "//[::1]:8443/", "https://[::1]:8443/"},
		{"IPv6 with IPv4", "//[::ffff:1.2.3.4]/", "https://[::ffff:102:304]/"},
		{"IPv6: not closed", "//[::1/", "-"},
		{"IPv6: too short", "//[1:2]/", "-"},
		{"IPv6: a zone", "//[fe80::1%25eth0]/", "-"},
	} {
		l, err := r.resolve(tt.ref)
		got := l.key
		if err != nil {
			got = "-"
		}
		assert.Equal(t, tt.want, got, "%s: %q", tt.clause, tt.ref)
		if err == nil {
			again, err := parseAnyLink(l.key)
			require.NoError(t, err, tt.ref)
			assert.Equal(t, l, again, tt.ref)
		}
	}

	for _, tt := range []struct{ clause, base, ref, want string }{
		{"the base's query is not inherited", "https://h/a?x", "b", "https://h/b"},
		{"the base's port is", "https://h:8443/a", "b", "https://h:8443/b"},
		{"a base without a path", "https://h", "b", "https://h/b"},
		{"a base of another scheme, relative", "http://h/a", "https:b", "https://b/"},
		{"dots in the query of the base", "https://h/a/b?x/../y", "c", "https://h/a/c"},
		{"a slash in the query of the base", "https://h/a?x/y", "b", "https://h/b"},
	} {
		l, err := base(t, tt.base).resolve(tt.ref)
		require.NoError(t, err, tt.clause)
		assert.Equal(t, tt.want, l.key, tt.clause)
	}
	_, err := newResolver("no url")
	assert.Error(t, err)
	long := "/" + strings.Repeat("x", maxURL)
	_, err = r.resolve(long)
	assert.ErrorIs(t, err, errURLTooLong)
	_, err = r.resolve(long[:maxURL-len(w)])
	assert.NoError(t, err)
	_, err = r.resolve("//u:p@b.example/")
	assert.ErrorIs(t, err, errURLUserinfo)
}

// TestQueryCharset: queries are encoded by the charset of the document, all else as UTF-8 (URL
// standard, section 1.3 and the query state).
func TestQueryCharset(t *testing.T) {
	r, err := newResolver("https://www.example/")
	require.NoError(t, err)
	latin, kana := r, r
	latin.query, kana.query = charmap.Windows1252.NewEncoder(), japanese.ShiftJIS.NewEncoder()
	for _, tt := range []struct {
		clause    string
		r         resolver
		ref, want string
	}{
		{"UTF-8", r, "/é?é", "/%C3%A9?%C3%A9"},
		{"windows-1252", latin, "/é?é", "/%C3%A9?%E9"},
		{"what it lacks", latin, "/?漢", "/?%26%2328450%3B"},
		{"the euro sign", latin, "/?€", "/?%80"},
		{"ASCII is the same", latin, "/?a=b&c='%20", "/?a=b&c=%27%20"},
		{"a fragment", latin, "/?é#é", "/?%E9"},
		{"a question mark in the fragment", latin, "/é#?é", "/%C3%A9"},
		{"Shift_JIS", kana, "/日?日", "/%E6%97%A5?%93%FA"},
		{"two bytes of which one is a letter", kana, "/?表", "/?%95\\"},
	} {
		l, err := tt.r.resolve(tt.ref)
		require.NoError(t, err, tt.clause)
		assert.Equal(t, "https://www.example"+tt.want, l.key, tt.clause)
	}
}
