package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScopeAllows(t *testing.T) {
	s := Scope{
		Hosts:   []string{"www.Example", "cdn.example:8443", "*.img.example", "bücher.example", "[::1]:8080", "plain.example:80"},
		Preview: map[string]string{"preview.example": "www.example"},
		Include: []string{"/shop/**", "/a/*.png"},
		Exclude: []string{"/shop/admin/**"},
	}
	require.NoError(t, s.Validate())
	for raw, why := range map[string]string{
		"https://www.example/shop/":                        "",
		"http://WWW.EXAMPLE:80/shop/x/y?admin":             "",
		"https://www.example:443/a/b.png":                  "",
		"https://www.example/a/b/c.png":                    "in no include",
		"https://www.example/shop/admin/x":                 `kept out by exclude "/shop/admin/**"`,
		"https://www.example/shop/../shop/admin/x":         "kept out by exclude",
		"https://www.example/shop/%2e%2e/other":            "in no include",
		"https://www.example:8443/shop/":                   "not in hosts",
		"https://cdn.example:8443/shop/":                   "",
		"https://cdn.example/shop/":                        "not in hosts",
		"https://x.img.example/shop/":                      "",
		"https://x.y.img.example/shop/":                    "",
		"https://img.example/shop/":                        "not in hosts",
		"https://evilimg.example/shop/":                    "not in hosts",
		"https://xn--bcher-kva.example/shop/":              "",
		"https://BÜCHER.example/shop/":                     "",
		"http://[0:0::1]:8080/shop/":                       "",
		"http://plain.example/shop/":                       "",
		"https://plain.example/shop/":                      "not in hosts",
		"https://preview.example/shop/":                    "",
		"https://preview.example/shop/admin/x":             "kept out",
		"https://www.example.evil.example/shop/":           "not in hosts",
		"https://www.example@evil.example/shop/":           "user name",
		"ftp://www.example/shop/":                          "http and https",
		"//www.example/shop/":                              "http and https",
		"https://www.example\\.evil.example/shop/":         "in no include",
		"https://①②⑦.⓪.⓪.①/shop/":                          `host "127.0.0.1:443"`,
		"https://www.example/" + strings.Repeat("x", 2048): "longer",
		"http://[": "cannot be parsed",
	} {
		t.Run(raw[:min(len(raw), 60)], func(t *testing.T) {
			err := s.Allows(raw)
			if why == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, why)
			assert.True(t, strings.HasPrefix(err.Error(), "crawl: scope: "))
		})
	}
	require.Error(t, Scope{}.Allows("https://www.example/"), "the zero scope allows nothing")
}

func TestScopeErrorsHoldNoSecrets(t *testing.T) {
	s := Scope{Hosts: []string{"www.example"}, Exclude: []string{"/a"}}
	for _, raw := range []string{"https://user:canary@www.example/", "https://o.example/?token=canary", "https://www.example/a?canary", "http://canary@["} {
		err := s.Allows(raw)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
	}
}

func TestScopeValidate(t *testing.T) {
	err := Scope{
		Hosts:   []string{"", "*", "a/b", "u@h", "*.10.0.0.1", "h:x", "h:0", "a b", "ok.example"},
		Preview: map[string]string{"p1": "www.example", "p2": "www.example:80", "p3": "www.example", "*.p": "x/y"},
		Include: []string{"", "nope", "https://x/*", "/ok/**"},
		Exclude: []string{"/a b", strings.Repeat("/", 3000)},
	}.Validate()
	require.Error(t, err)
	for _, want := range []string{
		`hosts: ""`, `hosts: "*"`, `hosts: "a/b"`, `hosts: "u@h"`, `hosts: "*.10.0.0.1"`, `hosts: "h:x"`, `hosts: "h:0"`, `hosts: "a b"`,
		`"p1" and "p3" both stand for`, `preview: "*.p": give one host`, `preview: "x/y"`,
		"include: an empty glob", `include: glob "nope"`, `include: "https://x/*" is a URL`, `exclude: glob "/a b"`, "exclude: a glob is longer",
	} {
		require.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "ok")
}

func TestMatchGlob(t *testing.T) {
	for _, c := range []struct {
		glob, s string
		want    bool
	}{
		{"/", "/", true},
		{"/a", "/a/", false},
		{"/*", "/", true},
		{"/*", "/a", true},
		{"/*", "/a/b", false},
		{"/**", "/a/b", true},
		{"/a/**", "/a", false},
		{"**.png", "/x/y.png", true},
		{"*.png", "/y.png", false},
		{"/*/b/*.css", "/a/b/c.css", true},
		{"/*/b/*.css", "/a/a/b/c.css", false},
		{"/**/b/*.css", "/a/a/b/c.css", true},
		{"/**/b*/c", "/b1/c/b2/d/b3/c", true},
		{"/a**z", "/abz/az", true},
		{"/a*b*c", "/axbxbxc", true},
		{"/a*b*c", "/axb/xc", false},
		{"/***", "/a/b", true},
		{"", "", true},
		{"", "/", false},
		{"/?", "/?", true},
		{"/?", "/a", false},
	} {
		assert.Equal(t, c.want, matchGlob(c.glob, c.s), "%q %q", c.glob, c.s)
	}
	assert.False(t, matchGlob(strings.Repeat("**a", 600), strings.Repeat("a", 2000)+"b"), "no exponential time")
}

func TestCriticalGlobs(t *testing.T) {
	g := Globs{Include: []string{"/hero/**", "https://cdn.example/*.js"}, Exclude: []string{"/hero/old/*"}}
	require.NoError(t, g.Validate())
	for url, want := range map[string][2]Priority{
		"https://www.example/hero/a.png":     {Critical, Critical},
		"https://www.example/hero/old/a.png": {Low, High},
		"https://cdn.example/x.js":           {Critical, Critical},
		"https://www.example/x.js":           {Low, Critical},
	} {
		for i, before := range []Priority{Low, Critical} {
			l, err := parseLink(url)
			require.NoError(t, err)
			a := Asset{Priority: before}
			g.apply(&a, l)
			assert.Equal(t, want[i], a.Priority, url)
			assert.Equal(t, before != a.Priority || strings.Contains(a.Reason, "include"), a.Reason != "", url)
		}
	}
	require.Error(t, Globs{Exclude: []string{"x"}}.Validate())
	for url, want := range map[string]bool{
		"https://www.example/hero/a.png?x=1": true, "HTTPS://CDN.example/x.js": true,
		"https://www.example/hero/old/a.png": false, "https://cdn.example/a/x.js": false, "no URL": false,
	} {
		assert.Equal(t, want, g.Match(url), url)
	}
}

func TestPreviewBothWays(t *testing.T) {
	p := newPreview(map[string]string{"127.0.0.1:8081": "www.example", "preview.example": "shop.example:8443", "no good": "x", "y": "no good"})
	for public, private := range map[string]string{
		"https://www.example/a?b=%41&c#": "https://127.0.0.1:8081/a?b=%41&c",
		"http://shop.example:8443/":      "http://preview.example/",
		"https://other.example/":         "https://other.example/",
		"https://www.example:8080/":      "https://www.example:8080/",
	} {
		l, err := parseLink(public)
		require.NoError(t, err)
		moved := p.private(l)
		assert.Equal(t, private, moved.key)
		assert.Equal(t, l.key, p.public(moved).key)
	}
}

func TestConfigValidate(t *testing.T) {
	require.ErrorContains(t, Config{}.Validate(), "nothing to discover")
	err := Config{
		Entries: []string{"/relative"}, Pages: []string{"ftp://x/"}, Sitemaps: []string{"https://u:p@x/"}, URLs: []string{"https://x/", "http://["},
		Scope: Scope{Hosts: []string{""}}, Critical: Globs{Include: []string{""}},
		Limits: Limits{Pages: -1, Concurrency: 65},
	}.Validate()
	for _, want := range []string{"entry 1", "page 1", "sitemap 1", "url 2", "hosts", "critical", "limit pages is -1", "limit concurrency is 65"} {
		require.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "u:p")
	require.NoError(t, Config{Entries: []string{"https://www.example/"}}.Validate())

	s := Config{Entries: []string{"https://A.example/x", "http://a.example/y", "/bad"}, URLs: []string{"https://b.example:8443/"}}.EffectiveScope()
	assert.Equal(t, []string{"a.example", "b.example:8443"}, s.Hosts)
	s = Config{Entries: []string{"https://a.example/"}, Scope: Scope{Hosts: []string{"c.example"}}}.EffectiveScope()
	assert.Equal(t, []string{"c.example"}, s.Hosts)
	s = Config{Entries: []string{"https://p.example/"}, Scope: Scope{Preview: map[string]string{"p.example": "w.example"}}}.EffectiveScope()
	assert.Equal(t, []string{"w.example"}, s.Hosts)
}
