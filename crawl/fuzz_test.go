package crawl

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkAssets is what must hold for everything that any extractor takes from foreign input.
func checkAssets(t *testing.T, assets []Asset) {
	t.Helper()
	seen := map[string]bool{}
	for _, a := range assets {
		require.NoError(t, a.validate(), "%+v", a)
		require.False(t, seen[a.URL], "twice: %s", a.URL)
		seen[a.URL] = true
	}
}

func FuzzHTML(f *testing.F) {
	f.Add(`<!doctype html><base href=/b/><link rel="preload icon" as=image imagesrcset="a 1x, b 2x" href=c><img srcset="a,b 2x" src="&#x6e;.png">`, "text/html")
	f.Add(`<svg><style>@import url(a)</style><use href="s#a"/></svg><template><img src=a></template><p style="background:url(x)">`, "")
	f.Add("<meta charset=shift_jis><img src=\"\x93\xfa?\x93\xfa\">", "text/html; charset=windows-1252")
	f.Add(`<iframe srcdoc="<script type=module>import './a'</script>"></iframe><?xml-stylesheet href="a"?>`, "image/svg+xml")
	f.Fuzz(func(t *testing.T, body, contentType string) {
		d := readHTML([]byte(body), contentType, testPage, DefaultViewports(), nil)
		require.NotNil(t, d)
		checkAssets(t, d.refs.assets())
		checkAssets(t, ExtractHTML([]byte(body), testPage))
		require.Equal(t, Fingerprint([]byte(body), testPage), Fingerprint([]byte(body), testPage))
	})
}

func FuzzCSS(f *testing.F) {
	f.Add(`@charset "utf-8";@import url(a.css) layer(x) supports(a:b) print;a{background:image-set("a" 1x,url(b) 2x)}`)
	f.Add(`@font-face{font-family:"U";src:url(a)format(woff2),local(x)}p{font:12px/1 U!important;--x:\75rl(y)}`)
	f.Add(`a{b:url("\`)
	f.Add(`}}{(@media not all{`)
	f.Fuzz(func(t *testing.T, css string) {
		before := css
		checkAssets(t, ExtractCSS([]byte(css), testSheet))
		require.Equal(t, before, css)
	})
}

func FuzzSrcset(f *testing.F) {
	f.Add("a.png 1x, b,c.png 2x")
	f.Add("data:,a ,b (1w, 2) 3w 4h")
	f.Fuzz(func(t *testing.T, srcset string) {
		for _, c := range parseSrcset(srcset) {
			assert.NotEmpty(t, c.url)
			assert.False(t, strings.ContainsAny(c.url, htmlSpace))
			assert.False(t, strings.HasPrefix(c.url, ",") || strings.HasSuffix(c.url, ","))
			assert.False(t, c.width > 0 && c.density > 0)
		}
	})
}

func FuzzScript(f *testing.F) {
	f.Add(`import{a}from"./a.js";export*from'./b';import(` + "`./c`" + `);new Worker(new URL("./w.js",import.meta.url))`)
	f.Add(`r.p="/x/";r.u=e=>"c/"+({1:"a"}[e]||e)+"."+{1:"b",2:"c"}[e]+".js",const __vite__mapDeps=(i,m=(m.f=["assets/a.js"]))=>i;[{url:"a",revision:null}]`)
	f.Add(`/a/.b/c;x={}/1;if(a)/b/;` + "`${`${1}`}`")
	f.Fuzz(func(t *testing.T, script string) {
		r, err := newResolver(testPage)
		require.NoError(t, err)
		out := &refs{resolver: r, page: testPage, origin: "https://www.example"}
		scan := scriptScan{out: out, doc: r, priority: High, module: true, worker: true}
		scan.scan([]byte(script))
		checkAssets(t, out.assets())
	})
}

// FuzzURL holds the short way of resolving plain references against the parser.
func FuzzURL(f *testing.F) {
	for _, ref := range []string{"a.png", "../a/b.png?x=1&y=%20", "/a/b", "/", "../../../../x", "//h/x", "https://www.example/x", "https://www.example.org/x", "./a", "a/../b", "a/.b", "a//b", "?q", "x?a/b?c:d", "..", "...", "a/%2e%2e/b", "/..", "https://www.example", "a?", "/a,b~_-", "../", ".well-known/x"} {
		f.Add(ref, testPage)
		f.Add(ref, "http://h:8080/?x=/y/")
	}
	f.Fuzz(func(t *testing.T, ref, base string) {
		r, err := newResolver(base)
		if err != nil {
			return
		}
		got, ok := r.plain(ref)
		if !ok {
			return
		}
		slow := r
		slow.near = link{}
		want, err := slow.resolve(ref)
		require.NoError(t, err, "%q on %q", ref, base)
		require.Equal(t, want, got, "%q on %q", ref, base)
	})
}

func FuzzSitemap(f *testing.F) {
	f.Add(`<?xml version="1.0" encoding="latin1"?><urlset><url><loc>https://a.example/&eacute;</loc></url></urlset>`, true)
	f.Add(`<sitemapindex><sitemap><loc><![CDATA[x]]></loc></sitemap>`, false)
	f.Add("\xff\xfe<\x00a\x00", false)
	f.Add("\x1f\x8b\x08\x00", false)
	f.Add("Sitemap: https://a.example/s.xml", true)
	f.Fuzz(func(t *testing.T, body string, robots bool) {
		url := mapURL
		if robots {
			url = "https://www.example/robots.txt"
		}
		s := parseSitemap(url, "", []byte(body), 5)
		assert.LessOrEqual(t, len(s.pages), 5)
		assert.LessOrEqual(t, len(s.children), 5)
		assert.Equal(t, s.problem == "", s.detail == "")
		assert.False(t, s.problem == "" && len(s.pages)+len(s.children) == 0, "nothing read and nothing said")
	})
}

func FuzzLinkHeader(f *testing.F) {
	f.Add(`<a.css>; rel=preload; as=style, <b>; rel="x \" y"; type=`)
	f.Add(`<;,>;=;"`)
	f.Fuzz(func(t *testing.T, field string) {
		r, err := newResolver(testPage)
		require.NoError(t, err)
		out := &refs{resolver: r, page: testPage, origin: "https://www.example"}
		out.linkHeader([]string{field})
		checkAssets(t, out.assets())
	})
}

func FuzzManifest(f *testing.F) {
	f.Add(lineA + "\n" + lineB + "\n" + lineP + "\n")
	f.Add(`{"url":"http://a/","problem":null}`)
	f.Fuzz(func(t *testing.T, file string) {
		m, err := ReadManifest(strings.NewReader(file))
		if err != nil {
			return
		}
		checkManifest(t, m)
	})
}

func FuzzScope(f *testing.F) {
	f.Add("www.example", "/a/**", "https://www.example/a/b?c#d")
	f.Add("*.example:8443", "**", "http://①②⑦.⓪.⓪.①/%2e%2e/")
	f.Fuzz(func(t *testing.T, host, glob, url string) {
		s := Scope{Hosts: []string{host}, Include: []string{glob}}
		err := s.Allows(url)
		l, parseErr := parseLink(url)
		if parseErr != nil {
			require.Error(t, err)
			return
		}
		again, parseErr := parseLink(l.key)
		require.NoError(t, parseErr)
		require.Equal(t, l, again, "the key of a key is itself")
		require.True(t, strings.HasPrefix(l.key, l.origin()+"/"))
		require.True(t, utf8.ValidString(l.key))
		require.Equal(t, err == nil, s.Allows(l.key) == nil)
		if err == nil {
			require.False(t, Scope{Hosts: []string{host}, Exclude: []string{l.path}}.Allows(url) == nil && !strings.Contains(l.path, "*"))
		}
	})
}

// FuzzRobots holds the rules of hostile files against any path: nothing but a disallow that the file
// names keeps a link out, and robots.txt itself is always allowed.
func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /a", "/axb")
	f.Add("user-agent:edgeprime/1\rdisallow:/%e3%83%84\n\nUser-agent: x\nDisallow: /", "/%E3%83%84?x=$*")
	f.Add("Disallow /x y\nUser-agent\n:\n# \xff", "/")
	f.Fuzz(func(t *testing.T, file, path string) {
		l, err := parseLink("https://a.example/" + path)
		if err != nil {
			return
		}
		b := parseRobots([]byte(file))
		why, ok := b.allows(l)
		if !ok {
			assert.NotEmpty(t, b.rules)
			assert.Contains(t, why, "Disallow: ")
		}
		assert.Equal(t, robotsForm(path), robotsForm(robotsForm(path)), "the form of a form is itself")
		l, err = parseLink("https://a.example/robots.txt")
		require.NoError(t, err)
		_, ok = b.allows(l)
		assert.True(t, ok)
	})
}

// FuzzTrap judges any URL: a guard that keeps a link out says why.
func FuzzTrap(f *testing.F) {
	f.Add("a/b/a/b?sid=9f8a7b6c5d4e3f2a1b0c&x")
	f.Add("cal/2026/05;jsessionid=1?month=2026-05&;&=")
	f.Fuzz(func(t *testing.T, path string) {
		l, err := parseLink("https://a.example/" + path)
		if err != nil {
			return
		}
		name, why := trap(l)
		assert.Equal(t, name == "", why == "")
		assert.NotEmpty(t, patternOf(l))
	})
}
