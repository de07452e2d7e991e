package crawl

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestCascadeOrder goes through CSS Cascading 5 section 6.1: importance, style attributes, layers,
// specificity, order of appearance. Each row draws the image y and nothing else.
func TestCascadeOrder(t *testing.T) {
	for _, tt := range []struct{ clause, css, html string }{
		{"order of appearance", `p{background:url(n)}p{background:url(y)}`, `<p>x`},
		{"order of longhand and shorthand", `p{background:url(n)}p{background-image:url(y)}`, `<p>x`},
		{"a colour resets the image", `p{background:url(n)}p{background:red}p{list-style:url(y)}`, `<p>x`},
		{"specificity", `p.a{background:url(y)}p{background:url(n)}`, `<p class=a>x`},
		{"importance over specificity", `p{background:url(y)!important}#p{background:url(n)}`, `<p id=p>x`},
		{"important by specificity", `#p{background:url(y) ! important}p{background:url(n)!important}`, `<p id=p>x`},
		{"style attribute over ids", `#p{background:url(n)}`, `<p id=p style="background:url(y)">x`},
		{"importance over the style attribute", `p{background:url(y)!important}`, `<p style="background:url(n)">x`},
		{"important style attribute", `#p{background:url(n)!important}`, `<p id=p style="background:url(y)!important">x`},
		{"important style attribute over layers", `@layer a{#p{background:url(n)!important}}`, `<p id=p style="background:url(y)!important">x`},

		{"6.4 unlayered over layered", `p{background:url(y)}@layer a{#p{background:url(n)}}`, `<p id=p>x`},
		{"6.4 later layers win", `@layer a{#p{background:url(n)}}@layer b{p{background:url(y)}}`, `<p id=p>x`},
		{"6.4.1 by the first name", `@layer b,a;@layer a{p{background:url(y)}}@layer b{#p{background:url(n)}}`, `<p id=p>x`},
		{"6.4.1 important in reverse", `@layer a{p{background:url(y)!important}}@layer b{#p{background:url(n)!important}}`, `<p id=p>x`},
		{"6.4.1 important layered over unlayered", `@layer a{p{background:url(y)!important}}#p{background:url(n)!important}`, `<p id=p>x`},
		{"6.4.1 a layer over its own sublayers", `@layer a{p{background:url(y)}@layer b{#p{background:url(n)}}}`, `<p id=p>x`},
		{"6.4.1 sublayers stay inside their layer", `@layer a,b;@layer b{p{background:url(y)}}@layer a.c{#p{background:url(n)}}`, `<p id=p>x`},
		{"6.4.1 sublayers in order", `@layer a.x,a.y;@layer a{@layer y{p{background:url(y)}}@layer x{#p{background:url(n)}}}`, `<p id=p>x`},
		{"6.4.2 layers without a name", `@layer{#p{background:url(n)}}p{background:url(y)}`, `<p id=p>x`},
		{"6.4.2 each of them is another one", `@layer{#p{background:url(n)}}@layer{p{background:url(y)}}`, `<p id=p>x`},
		{"6.4.2 in between", `@layer a{#p{background:url(n)}}@layer{p{background:url(y)}}@layer a{#p{background:url(n)}}`, `<p id=p>x`},

		{"media that do not match", `p{background:url(y)}@media (min-width:999px){p{background:url(n)}}`, `<p>x`},
		{"media that match", `p{background:url(n)}@media (max-width:999px){p{background:url(y)}}`, `<p>x`},
		{"inherited is not drawn again", `body{background:url(y)}p{background:inherit}`, `<p>x`},
		{"what is not displayed", `p{background:url(n);display:none}b{background:url(y)}`, `<p>x</p><b>z</b>`},
		{"nor anything inside it", `div{display:none}p{background:url(n)}b{background:url(y)}`, `<div><p>x</p></div><b>z</b>`},
		{"hidden by markup", `p{background:url(n)}b{background:url(y)}`, `<div hidden><p>x</p></div><b>z</b>`},
		{"a sheet overrides the hidden attribute", `div{display:block}p{background:url(y)}`, `<div hidden><p>x</p></div>`},
		{"a closed dialog", `p{background:url(n)}b{background:url(y)}`, `<dialog><p>x</p></dialog><b>z</b>`},
		{"an open dialog", `p{background:url(y)}`, `<dialog open><p>x</p></dialog>`},
		{"before needs content", `p::before{background:url(n)}p::after{content:"";background:url(y)}`, `<p>x`},
		{"content none is none", `p::before{content:none;background:url(n)}b{background:url(y)}`, `<p><b>x`},
		{"content normal is none", `p::before{content:normal;background:url(n)}b{background:url(y)}`, `<p><b>x`},
		{"content is an image", `p:after{content:url(y)}`, `<p>x`},
		{"content of another rule", `p::before{background:url(y)}p::before{content:""}`, `<p>x`},
		{"a pseudo-element is not displayed", `p::before{content:"";display:none;background:url(n)}b{background:url(y)}`, `<p><b>x`},
		{"content by a variable", `:root{--c:""}p::before{content:var(--c);background:url(y)}`, `<p>x`},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			assert.Equal(t, "y", drawn(t, "<style>"+tt.css+"</style>"+tt.html))
		})
	}
}

// TestUncertainRules: what may apply overrides nothing, so that both images are asked for.
func TestUncertainRules(t *testing.T) {
	for _, tt := range []struct{ clause, css, html, want string }{
		{"may override", `p{background:url(a)}p:first-child{background:url(b)}`, `<p>x`, "a b"},
		{"two that may", `p{background:url(a)}p:first-child{background:url(b)}p:last-child{background:url(c)}`, `<p>x`, "a b c"},
		{"a sure one after it", `p:first-child{background:url(a)}p:is(p,x),p{background:url(b)}`, `<p>x`, "a b"},
		{"a sure and heavier one", `p:first-child{background:url(a)}p.x.y{background:url(b)}`, `<p class="x y">x`, "b"},
		{"may hide", `p{background:url(a)}p:first-child{display:none}`, `<p>x`, "a"},
		{"may show", `p{background:url(a);display:none}p:first-child{display:block}`, `<p>x`, "a"},
		{"hides either way", `p{background:url(a);display:none}p:first-child{display:none}`, `<p>x`, ""},
		{"may hide what the markup hides", `p{background:url(a)}p:first-child{display:none}`, `<p hidden>x`, ""},
		{"container queries", `p{background:url(a)}@container (min-width:1px){p{background:url(b)}}`, `<p>x`, "a b"},
		{"scopes", `p{background:url(a)}@scope (.x){p{background:url(b)}}`, `<p>x`, "a b"},
		{"starting styles", `p{background:url(a)}@starting-style{p{background:url(b)}}`, `<p>x`, "a b"},
		{"siblings", `p{background:url(a)}i+p{background:url(b)}b+p{background:url(c)}`, `<i>x</i><p>x`, "a b"},
		{"keyframes draw nothing", `p{background:url(a)}@keyframes k{from{background:url(b)}50%{background:url(c)}}`, `<p>x`, "a"},
		{"supports", `@supports (display:grid){p{background:url(a)}}@supports not (display:grid){p{list-style:url(b)}}`, `<p>x`, "a"},
		{"an attribute that some element has", `p{background:url(a)}p[data-x=u]{background:url(b)}p[data-x=v]{background:url(c)}`, `<p>x<i data-x=u>`, "a b"},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			assert.Equal(t, tt.want, drawn(t, "<style>"+tt.css+"</style>"+tt.html))
		})
	}
}

// TestVariables: CSS Variables 1.
func TestVariables(t *testing.T) {
	for _, tt := range []struct{ clause, css, html, want string }{
		{"2 a value", `:root{--i:url(a)}p{background:var(--i)}`, `<p>x`, "a"},
		{"2 names have case", `:root{--I:url(a)}p{background:var(--i,url(b))}`, `<p>x`, "b"},
		{"2 inherited from the nearest", `:root{--i:url(a)}div{--i:url(b)}p{background:var(--i)}`, `<div><p>x</p></div>`, "b"},
		{"2 not from below", `p{--i:url(a)}div{background:var(--i)}`, `<div><p>x</p></div>`, ""},
		{"2 the cascade decides", `p{--i:url(a)}p{--i:url(b)}p{background:var(--i)}`, `<p>x`, "b"},
		{"2 of a style attribute", `p{background:var(--i)}`, `<p style="--i:url(a)">x`, "a"},
		{"2 unused", `:root{--i:url(a)}`, `<p>x`, ""},
		{"2.2 variables in variables", `:root{--i:var(--j);--j:var(--k);--k:url(a)}p{background:var(--i)}`, `<p>x`, "a"},
		{"2.3 cycles end", `:root{--i:var(--j) url(a);--j:var(--i)}p{background:var(--i);list-style:url(b)}`, `<p>x`, "a b"},
		{"2.3 a cycle of one ends", `:root{--i:var(--i) url(a)}p{background:var(--i)}`, `<p>x`, "a"},
		{"3 a fallback", `p{background:var(--i,url(a))}`, `<p>x`, "a"},
		{"3 an unused fallback", `:root{--i:none}p{background:var(--i,url(a))}`, `<p>x`, ""},
		{"3 a fallback in a fallback", `p{background:var(--i,var(--j,url(a)))}`, `<p>x`, "a"},
		{"3 a variable as a fallback", `:root{--j:url(a)}p{background:var(--i,var(--j))}`, `<p>x`, "a"},
		{"3 inside of functions", `:root{--i:url(a)}p{background:linear-gradient(red,blue),var(--i)}`, `<p>x`, "a"},
		{"may be set", `:root{--i:url(a)}p:first-child{--i:url(b)}p{background:var(--i)}`, `<p>x`, "a b"},
		{"set in media", `:root{--i:url(a)}@media (min-width:999px){:root{--i:url(b)}}p{background:var(--i)}`, `<p>x`, "a"},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			assert.Equal(t, tt.want, drawn(t, "<style>"+tt.css+"</style>"+tt.html))
		})
	}
}

// TestImageSets: CSS Images 4 section 2.4, on a screen of three dots a pixel and of one.
func TestImageSets(t *testing.T) {
	for value, want := range map[string]string{
		`image-set("a" 1x, "b" 2x)`:                                        "b:mobile a:desktop",
		`image-set("a" 1x, "b" 2x, "c" 3x, "d" 4x)`:                        "c:mobile a:desktop",
		`image-set("c" 3x, "a" 1x)`:                                        "c:mobile a:desktop",
		`image-set(url(a), url(b) 288dpi)`:                                 "b:mobile a:desktop",
		`image-set("a" 1dppx, "b" 3DPPX)`:                                  "b:mobile a:desktop",
		`image-set("a" type("image/nonsense") 1x, "b" type("image/webp"))`: "b:mobile+desktop",
		`-webkit-image-set(url(a) 1x, url(b) 3x)`:                          "b:mobile a:desktop",
		`image-set("a" 2x)`:                                                "a:mobile+desktop",
		`image-set(linear-gradient(red,red) 1x, "b" 3x)`:                   "b:mobile+desktop",
		`url(z), image-set("a" 1x, "b" 3x)`:                                "b:mobile a:desktop z:mobile+desktop",
		`image-set()`:                                                      "",
		`cross-fade(url(a), url(b))`:                                       "a:mobile+desktop b:mobile+desktop",
	} {
		got := map[string]string{}
		page := `<meta name=viewport content="width=device-width"><style>body{background:` + value + `}</style>`
		for _, a := range ExtractHTML([]byte(page), testPage) {
			if a.Source != "html:favicon" && len(a.Selected) > 0 {
				got[selected([]Asset{a})] = ""
			}
		}
		for one := range strings.FieldsSeq(want) {
			assert.Contains(t, got, one, value)
		}
		assert.Len(t, got, len(strings.Fields(want)), value)
	}
}

// TestImportedLayers: a layer's place is where it is first named, in the order of reading that
// imports make.
func TestImportedLayers(t *testing.T) {
	for _, tt := range []struct{ clause, main, one, two string }{
		{"import into a layer", `@import "1.css" layer(a);p{background:url(y)}`, `#p{background:url(n)}`, ``},
		{"import into one without a name", `@import "1.css" layer;p{background:url(y)}`, `#p{background:url(n)}`, ``},
		{"two of them", `@import "1.css" layer;@import "2.css" layer;`, `#p{background:url(n)}`, `p{background:url(y)}`},
		{"in the order of imports", `@import "1.css" layer(a);@import "2.css" layer(b);`, `#p{background:url(n)}`, `p{background:url(y)}`},
		{"named before the imports", `@layer b,a;@import "1.css" layer(a);@import "2.css" layer(b);`, `p{background:url(y)}`, `#p{background:url(n)}`},
		{"named behind the imports", `@import "1.css";@import "2.css";@layer b,a;`, `@layer a{#p{background:url(n)}}`, `@layer b{p{background:url(y)}}`},
		{"named between them", `@import "1.css" layer(a);@layer c;@import "2.css";@layer b;`, ``, `@layer b{p{background:url(y)}}@layer c{#p{background:url(n)}}`},
		{"layers inside of it", `@import "1.css" layer(a);@import "2.css" layer(a);`, `@layer x{#p{background:url(n)}}`, `@layer y{p{background:url(y)}}`},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			s := site{
				testPage:                        htmlPage(`<link rel=icon href=data:,><link rel=stylesheet href=m.css><p id=p>x`),
				"https://www.example/dir/m.css": cssPage(tt.main),
				"https://www.example/dir/1.css": cssPage(tt.one),
				"https://www.example/dir/2.css": cssPage(tt.two),
			}
			m := s.crawl(t, Config{Entries: []string{testPage}})
			assert.NotEmpty(t, m.find("https://www.example/dir/y").Selected)
			assert.Empty(t, m.find("https://www.example/dir/n").Selected)
		})
	}
}

// TestLayerLimits: hostile sheets name layers without end.
func TestLayerLimits(t *testing.T) {
	var names []string
	for i := range maxLayers + 10 {
		names = append(names, "l"+strconv.Itoa(i))
	}
	assert.Len(t, rankLayers([]appliedSheet{{sheet: &sheet{}, named: names}}), maxLayers)
	deep := strings.Repeat("a.", maxLayerDepth-1) + "a"
	ranks := rankLayers([]appliedSheet{{sheet: &sheet{}, named: []string{deep, deep + ".a"}}})
	assert.Contains(t, ranks, deep)
	assert.NotContains(t, ranks, deep+".a")
}
