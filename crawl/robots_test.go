package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRobotsRules goes through RFC 9309 clause by clause.
func TestRobotsRules(t *testing.T) {
	const all = "User-agent: *\n"
	for _, tt := range []struct {
		clause, file string
		allowed      string // paths, separated by blanks
		disallowed   string
	}{
		{"2.1 a file without groups", "", "/ /a", ""},
		{"2.1 rules outside of groups", "Disallow: /a\n" + all + "Disallow: /b", "/a", "/b"},
		{"2.2.1 groups of one token are merged", "User-agent: EdgePrime\nDisallow: /a\n\nUser-agent: x\nDisallow: /x\n\nuser-agent: edgeprime\nDisallow: /b", "/x /c", "/a /b"},
		{"2.2.1 everyone's groups are merged", all + "Disallow: /a\nUser-agent: x\nDisallow: /x\n" + all + "Disallow: /b", "/x", "/a /b"},
		{"2.2.1 our group replaces everyone's", all + "Disallow: /\nUser-agent: edgeprime\nDisallow: /b", "/a", "/b"},
		{"2.2.1 our group without a rule replaces it too", all + "Disallow: /\n\nUser-agent: edgeprime\nAllow:", "/a", ""},
		{"2.2.1 one group of several tokens", "User-agent: a\nUser-agent: edgeprime\n\nUser-agent: b\nDisallow: /x", "/y", "/x"},
		{"2.2.1 a rule ends the tokens of a group", "User-agent: edgeprime\nDisallow: /x\nUser-agent: a\nDisallow: /y", "/y", "/x"},
		{"2.2.1 the token without its version", "User-agent: edgeprime/2.0\nDisallow: /x", "/y", "/x"},
		{"2.2.1 a token that is no text", "User-agent: 0\xf2\xf2\nUser-agent: edgeprime\xf2\nDisallow: /x\nUser-agent: İİİ\nDisallow: /y", "/y", "/x"},
		{"2.2.1 a token that only begins like ours", "User-agent: edgeprimer\nDisallow: /x\nUser-agent: edge\nDisallow: /x", "/x", ""},
		{"2.2.1 no group is ours", "User-agent: other\nDisallow: /", "/ /a", ""},
		{"2.2.2 the most octets win", all + "Disallow: /a\nAllow: /a/b\nDisallow: /a/b/c", "/ /a/b /a/b/d", "/a /a/x /a/b/c /a/b/cd"},
		{"2.2.2 whatever their order", all + "Allow: /a/b\nDisallow: /", "/a/b", "/a /"},
		{"2.2.2 of equal rules the one that allows", all + "Disallow: /a\nAllow: /a", "/a /ab", ""},
		{"2.2.2 matching is by case", all + "Disallow: /Ab", "/ab", "/Ab"},
		{"2.2.2 from the first octet on", all + "Disallow: /b", "/a/b", "/b /bc /b?x"},
		{"2.2.2 an empty pattern", all + "Disallow:", "/ /a", ""},
		{"2.2.2 robots.txt itself", all + "Disallow: /", "/robots.txt", "/robots.txt/x"},
		{"2.2.2 octets beyond US-ASCII", all + "Disallow: /foo/bar/ツ", "/foo/bar/", "/foo/bar/%E3%83%84 /foo/bar/%e3%83%84"},
		{"2.2.2 octets that are encoded in the file", all + "Disallow: /foo/bar/%E3%83%84", "/foo/bar/", "/foo/bar/%E3%83%84"},
		{"2.2.2 unreserved octets", all + "Disallow: /foo/bar/%62%61%7A", "/foo/bar/b", "/foo/bar/baz /foo/bar/%62az"},
		{"2.2.2 percent signs that encode nothing", all + "Disallow: /%%610\nDisallow: /50%", "/%a0", "/%25a0 /50% /50%25"},
		{"2.2.2 reserved octets", all + "Disallow: /foo/bar?baz=https://foo.bar\nDisallow: /x%2Fy", "/x/y /foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https://foo.bar /x%2fy"},
		{"2.2.3 a hash begins a comment", "# x\n" + all + "Disallow: /a # not /b\n#Disallow: /c", "/b /c", "/a"},
		{"2.2.3 a dollar ends the pattern", all + "Disallow: /a$\nDisallow: /*.php$", "/ab /a/ /x.php?y /x.php5", "/a /x.php /d/x.php"},
		{"2.2.3 a dollar elsewhere is itself", all + "Disallow: /a$b", "/a /ab", "/a$b /a$bc"},
		{"2.2.3 a star is any run", all + "Disallow: /a/*/c\nDisallow: /*?s=", "/a/c /s=", "/a/b/c /a/b/b/c/d /x?s= /?s=1"},
		{"2.2.3 a star of no octet", all + "Disallow: /a*b", "/a", "/ab /axb"},
		{"2.2.3 a star at the end", all + "Disallow: /a*", "/b", "/a /ab"},
		{"2.2.3 stars and a dollar", all + "Disallow: /*a*b$", "/ab/ /b", "/ab /xaxxb /aab"},
		{"2.2.3 special characters verbatim", all + "Disallow: /file-with-a-%2A.html\nDisallow: /path/foo-%24", "/file-with-a-x.html", "/file-with-a-*.html /path/foo-$ /path/foo-%24"},
		{"2.2.3 a star matches a real one", all + "Disallow: /a*b", "", "/a*b"},
		{"2.2.4 other records end no group", "User-agent: edgeprime\nSitemap: https://a.example/s.xml\nCrawl-delay: 100\nDisallow: /a", "/b", "/a"},
		{"2.3 line ends of all kinds", "User-agent: *\rDisallow: /a\r\nDisallow: /b\nDisallow: /c", "/d", "/a /b /c"},
		{"2.3 a byte order mark", "\ufeff" + all + "Disallow: /a", "/b", "/a"},
		{"a page instead of a file", "<!doctype html><p>User-agent: *<p>Disallow: /", "/", ""},
		{"the example of section 5.1", "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\nUser-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n", "/publications/ /x.gifs", "/x.gif /example/ /example/page.html"},
		{"the example of section 5.2", "User-Agent: edgeprime\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "/example/page/ /example/page/x", "/example/page/disallowed.gif"},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			b := parseRobots([]byte(tt.file))
			for want, paths := range map[bool]string{true: tt.allowed, false: tt.disallowed} {
				for path := range strings.FieldsSeq(paths) {
					l, err := parseLink("https://a.example" + path)
					require.NoError(t, err)
					why, ok := b.allows(l)
					assert.Equal(t, want, ok, "%s %s", path, why)
				}
			}
		})
	}
}

func TestRobotsLimit(t *testing.T) {
	const head, last = "User-agent: *\nDisallow: /a\n", "Disallow: /bcdefgh\n"
	for name, tt := range map[string]struct {
		beyond  int // octets of the last line behind the limit
		allowed map[string]bool
	}{
		"the line fits":   {0, map[string]bool{"/a": false, "/b": true, "/bcdefgh": false, "/c": true}},
		"the line is cut": {5, map[string]bool{"/a": false, "/b": true, "/bcd": true, "/bcdefgh": true, "/c": true}},
	} {
		t.Run(name, func(t *testing.T) {
			filler := strings.Repeat("#", maxRobots-len(head)-len(last)-1+tt.beyond) + "\n"
			b := parseRobots([]byte(head + filler + last + "Disallow: /c\n"))
			for path, want := range tt.allowed {
				l, err := parseLink("https://a.example" + path)
				require.NoError(t, err)
				_, ok := b.allows(l)
				assert.Equal(t, want, ok, path)
			}
		})
	}
	assert.Empty(t, parseRobots([]byte("User-agent: *\nDisallow: /"+strings.Repeat("x", maxRobots))).rules, "a line without an end")
}

// TestRobotsStars would not end if each star multiplied the work.
func TestRobotsStars(t *testing.T) {
	b := parseRobots([]byte("User-agent: *\nDisallow: /" + strings.Repeat("*a", 2000) + "$\n"))
	l, err := parseLink("https://a.example/" + strings.Repeat("a", 1999) + "b")
	require.NoError(t, err)
	_, ok := b.allows(l)
	assert.True(t, ok)
}
