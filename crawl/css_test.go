package crawl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testSheet = "https://www.example/css/s.css"

func scanSheet(t *testing.T, css string) *sheet {
	t.Helper()
	r, err := newResolver(testSheet)
	require.NoError(t, err)
	s := newSheet(&refs{resolver: r, page: testSheet, origin: "https://www.example"})
	scanCSS(s, []byte(css), "")
	return s
}

func TestCSSURLs(t *testing.T) {
	for css, want := range map[string]string{
		`a{background:url(a.png)}`:                                                       "image high css:url /css/a.png",
		`a{background:url( '../a.png' )}`:                                                "image high css:url /a.png",
		`a{background:url(a\.p\6e g)}`:                                                   "image high css:url /css/a.png",
		`a{background:url("u).png")}`:                                                    "image high css:url /css/u).png",
		`a{background:url(a b.png);color:url(ok.png)}`:                                   "image high css:url /css/ok.png",
		`a{background:url("a.png`:                                                        "image high css:url /css/a.png",
		`a{background:url(a.png`:                                                         "image high css:url /css/a.png",
		`a{background:\75rl(esc.png)}`:                                                   "image high css:url /css/esc.png",
		"a{background:url(\"a\\\nb.png\")}":                                              "image high css:url /css/ab.png",
		`/* url(no.png) */ a{background:URL(e.png)}`:                                     "image high css:url /css/e.png",
		`@namespace svg url(http://www.w3.org/2000/svg);`:                                "",
		`a{background:image-set("a.png" 1x,url(b.png) type("no") 2x)}`:                   "image high css:image-set /css/a.png|image high css:url /css/b.png",
		`a{mask-image:url(m.svg)}b{shape-outside:url(s.png)}`:                            "image high cors css:url /css/m.svg|image high cors css:url /css/s.png",
		`:root{--x:url(v.png)}`:                                                          "image high css:url /css/v.png",
		`.a{background:src("s.png")}`:                                                    "image high css:url /css/s.png",
		`a{content:attr(data-x) "no.png" url(c.png) / "alt"}`:                            "image high css:url /css/c.png",
		`a{filter:url(#f);background:url("data:,x")}`:                                    "",
		`.c{& .in{background:url(n.png)} @media (min-width:1px){background:url(m.png)}}`: "image high css:url /css/n.png|image high css:url /css/m.png",
		`@media print{a{background:url(no.png)}b{c{background:url(no.png)}}} a{background:url(y.png)}`: "image high css:url /css/y.png",
		`@media print, screen{a{background:url(a.png)}}`:                                               "image high css:url /css/a.png",
		`@media not print{a{background:url(a.png)}}`:                                                   "image high css:url /css/a.png",
		`@media not all{a{background:url(no.png)}}`:                                                    "",
		`@supports (a:url(no.png)){a{background:url(a.png)}}`:                                          "image high css:url /css/a.png",
		`a{background:url(a.png)}}}b{background:url(b.png)}`:                                           "image high css:url /css/a.png|image high css:url /css/b.png",
	} {
		t.Run(css, func(t *testing.T) {
			assert.Equal(t, want, strings.Join(brief(ExtractCSS([]byte(css), testSheet)), "|"))
		})
	}
}

func TestCSSImports(t *testing.T) {
	for css, want := range map[string]string{
		`@import "a.css";`:                                       "stylesheet critical css:import /css/a.css",
		`@IMPORT url(a.css)screen;`:                              "stylesheet critical css:import /css/a.css",
		`@import/**/"a.css"/**/print;`:                           "stylesheet high css:import /css/a.css",
		`@import "a.css" layer(x) supports(display:grid) print;`: "stylesheet high css:import /css/a.css",
		`@import "a.css" layer;`:                                 "stylesheet critical css:import /css/a.css",
		`@import "a.css" layer print;`:                           "stylesheet high css:import /css/a.css",
		`@import "a.css" layerless;`:                             "stylesheet critical css:import /css/a.css",
		`@import \75rl(a.css);`:                                  "stylesheet critical css:import /css/a.css",
		`@charset "utf-8";@layer a,b;@import "a.css"`:            "stylesheet critical css:import /css/a.css",
		`<!-- @import "a.css"; -->`:                              "stylesheet critical css:import /css/a.css",
		`a{} @import "late.css";`:                                "",
		`@font-face{} @import "late.css";`:                       "",
		`@layer x{} @import "late.css";`:                         "",
		`@media all{@import "no.css";}`:                          "",
		`@import "";@import;@import url();`:                      "",
		`@import "data:text/css,a{}";@import "b.css";`:           "stylesheet critical css:import /css/b.css",
	} {
		t.Run(css, func(t *testing.T) {
			assert.Equal(t, want, strings.Join(brief(ExtractCSS([]byte(css), testSheet)), "|"))
		})
	}
}

func TestFontFaces(t *testing.T) {
	const used = `p{font-family:"U"}`
	for css, want := range map[string][]string{
		used + `@font-face{font-family:U;src:local("A"),url(a.woff2) format("woff2"),url(a.woff)}`:                                      {"a.woff2"},
		used + `@font-face{font-family:'u';src:url(a.svg)format("svg"),url(a.woff)format(woff)}`:                                        {"a.woff"},
		used + `@font-face{font-family:U;src:url(a.eot);src:url(a.eot?#iefix)format("embedded-opentype"),url(a.ttf)format("truetype")}`: {"a.ttf"},
		used + `@font-face{font-family:U;src:url(a.eot?x),url(v.woff2)format("woff2-variations")}`:                                      {"v.woff2"},
		used + `@font-face{font-family:U;src:url(data:font/woff2;base64,AA),url(a.woff)}`:                                               {},
		used + `@font-face{font-family:U;src:url(first.woff);src:url(last.woff)}`:                                                       {"last.woff"},
		used + `@font-face{font-family:U;src:local(x)}`:                                                                                 {},
		used + `@font-face{src:url(a.woff)}@font-face{font-family:N;src:url(n.woff)}`:                                                   {},
		used + `@font-face{font-family:U;src:url(r.woff);font-weight:400}@font-face{font-family:U;src:url(b.woff);font-weight:700}`:     {"r.woff", "b.woff"},
		used + `@media print{@font-face{font-family:U;src:url(p.woff)}}`:                                                                {},
		`@font-face{font-family:Two Words;src:url(a.woff)}p{font:italic 700 12px/1.5 Two  Words, serif !important}`:                     {"a.woff"},
		`@font-face{font-family:Two Words;src:url(a.woff)}p{font-family:Georgia,two words}`:                                             {"a.woff"},
		`@font-face{font-family:U;src:url(a.woff)}p{font:U}`:                                                                            {"a.woff"},
		`@font-face{font-family:U;src:url(a.woff)}:root{--f:"U",serif}`:                                                                 {"a.woff"},
		`@font-face{font-family:U;src:url(a.woff)}p{font-family:var(--x, U)}`:                                                           {"a.woff"},
		`@font-face{font-family:U;src:url(a.woff)}p{color:U}U{color:red}`:                                                               {},
		`@font-face{font-family:"\55";src:url(a.woff)`:                                                                                  {},
		`p{font-family:U!important}@font-face{font-family:"\55";src:url(a.woff`:                                                         {"a.woff"},
	} {
		t.Run(css, func(t *testing.T) {
			s := scanSheet(t, css)
			got := []string{}
			page := pageStyle{origin: "https://page.example", shape: anyShape(), screens: screens(DefaultViewports(), "")}
			for _, f := range page.apply(newCascade([]appliedSheet{{sheet: s}})) {
				assert.Equal(t, Font, f.Kind)
				assert.Equal(t, CORS, f.Mode)
				assert.Equal(t, "https://page.example", f.Initiator)
				assert.Equal(t, testSheet, f.Page)
				if f.mask != 0 {
					got = append(got, strings.TrimPrefix(f.URL, "https://www.example/css/"))
				}
			}
			assert.Equal(t, want, got)
		})
	}
}

func TestHostileCSS(t *testing.T) {
	s := scanSheet(t, strings.Repeat("a{", 100000)+"b:url(no.png)"+strings.Repeat("}", 100000)+"a{b:url(x.png)}")
	assert.Len(t, s.images, 1, "what is nested without end is left out, not what stands behind it")
	var many, faces strings.Builder
	for i := range maxFamilies + 100 {
		fmt.Fprintf(&many, "a{font-family:f%d}", i)
		fmt.Fprintf(&faces, "@font-face{font-family:f%d;src:url(a)}", i)
	}
	assert.Len(t, scanSheet(t, many.String()).families, maxFamilies)
	assert.Len(t, scanSheet(t, faces.String()).faces, maxFaces)
	assert.Nil(t, ExtractCSS([]byte("a{}"), "no url"))
	selectors := 0
	for _, r := range scanSheet(t, strings.Repeat(strings.Repeat("a,", 30000)+"a{b:url(x.png)}", 20)).rules {
		selectors += len(r.selectors)
	}
	assert.LessOrEqual(t, selectors, maxSelectors)
	layers := 0
	for _, name := range scanSheet(t, strings.Repeat("@layer "+strings.Repeat("x", maxURL/2)+"{", 250)+strings.Repeat("@layer y{}", 10)).layers {
		layers += len(name)
	}
	assert.Less(t, layers, 20*maxURL, "nested names must not add up")
}

func TestSheetCharset(t *testing.T) {
	for name, c := range map[string]struct{ contentType, body string }{
		"header":      {"text/css; charset=iso-8859-1", "ü=\xfc"},
		"rule":        {"text/css", "@charset \"windows-1252\";ü=\xfc"},
		"utf-16 rule": {"", "@charset \"utf-16le\";ü=ü"},
		"utf-8 bom":   {"text/css; charset=iso-8859-1", "\xef\xbb\xbfü=ü"},
		"utf-16 bom":  {"", "\xff\xfe=\x00\xfc\x00"},
		"unknown":     {"text/css; charset=nonsense", "=ü"},
		"bad header":  {"text/css; charset", "=ü"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.True(t, strings.HasSuffix(string(decodeSheet([]byte(c.body), c.contentType)), "=ü"))
		})
	}
}

// What a sheet has beyond the limits leaves a gap that is told.
func TestSheetsBeyondTheLimits(t *testing.T) {
	const w = "https://www.example/"
	faces := strings.Repeat("@font-face{font-family:f;src:url(a)}", maxFaces+1)
	rules := strings.Repeat("a{display:b}", maxRules+1)
	m := site{
		w:           htmlPage(`<link rel=stylesheet href=s.css><link rel=stylesheet href=ok.css>`),
		w + "s.css": cssPage(faces), w + "ok.css": cssPage(strings.TrimSuffix(faces, "@font-face{font-family:f;src:url(a)}")),
		w + "p": htmlPage("<style>" + rules + "</style>"),
	}.crawl(t, Config{Entries: []string{w}, Pages: []string{w + "p"}})
	assert.True(t, m.problem("limit-rules", w+"s.css").Incomplete)
	assert.True(t, m.problem("limit-rules", w+"p").Incomplete)
	assert.Empty(t, m.problem("limit-rules", w+"ok.css"))
}
