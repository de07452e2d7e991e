package crawl

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestUnicodeRanges: CSS Fonts 4 section 4.5, the syntax of CSS Syntax 3 section 7.
func TestUnicodeRanges(t *testing.T) {
	for text, want := range map[string][][2]rune{
		"U+26":                {{0x26, 0x26}},
		"u+26":                {{0x26, 0x26}},
		"U+0-7F":              {{0, 0x7f}},
		"U+0025-00FF":         {{0x25, 0xff}},
		"U+4??":               {{0x400, 0x4ff}},
		"U+??":                {{0, 0xff}},
		"U+26, U+0-7F":        {{0, 0x7f}},
		"U+100-200,U+150-300": {{0x100, 0x300}},
		"U+300, U+100":        {{0x100, 0x100}, {0x300, 0x300}},
		"U+10ffff":            {{0x10ffff, 0x10ffff}},
		"U+110000":            nil,
		"U+20-10":             nil,
		"U+":                  nil,
		"U+xyz":               nil,
		"26":                  nil,
		"U+26, nonsense, U+a": {{0xa, 0xa}, {0x26, 0x26}},
	} {
		s := scanSheet(t, "@font-face{font-family:U;src:url(u);unicode-range:"+text+"}")
		assert.Equal(t, want, append([][2]rune(nil), s.faces[0].ranges...), text)
	}
	long := make([]string, 0, 500)
	for i := range 500 {
		long = append(long, "U+"+strconv.FormatInt(int64(0x4e00+2*i), 16))
	}
	s := scanSheet(t, "@font-face{font-family:U;src:url(u);unicode-range:"+strings.Join(long, ", ")+"}")
	assert.Len(t, s.faces[0].ranges, 500, "a list as long as those of Chinese fonts")
	f := s.faces[0]
	assert.True(t, f.has(0x4e00) && f.has(0x4e00+998) && !f.has(0x4e01) && !f.has('a') && !f.has(0x10000))
}

// TestSubsets: each character is set in the last face that has it. Chromium asks for the face of the
// blank too, whatever the text.
func TestSubsets(t *testing.T) {
	const faces = `<style>@font-face{font-family:U;src:url(all)}@font-face{font-family:U;src:url(latin);unicode-range:U+0-FF}
		@font-face{font-family:U;src:url(greek);unicode-range:U+370-3FF}@font-face{font-family:U;src:url(alpha);unicode-range:U+3B1}
		@font-face{font-family:V;src:url(cyrillic);unicode-range:U+400-4FF}p{font-family:V,U}</style>`
	for text, want := range map[string]string{
		"":                       "",
		" \n\t":                  "",
		"abc":                    "latin",
		"é":                      "latin",
		"&eacute;":               "latin",
		"β":                      "greek latin",
		"α":                      "alpha latin",
		"αβ":                     "alpha greek latin",
		"aβ":                     "greek latin",
		"&#x3b1;":                "alpha latin",
		"&#945;":                 "alpha latin",
		"漢":                      "all latin",
		"я":                      "cyrillic latin",
		"aя":                     "cyrillic latin",
		"&amp;":                  "latin",
		"&;&#;&nonsense;":        "latin",
		"<!-- β -->a":            "latin",
		"<b>β</b>":               "greek latin",
		"<script>β</script>":     "",
		"<img alt=β>":            "",
		"<textarea>a</textarea>": "",
	} {
		assert.Equal(t, want, drawn(t, faces+"<p>"+text+"</p>"), text)
	}
}

// A face may have a part of ASCII, such as the figures, or an ampersand finer than that of the text.
func TestSubsetsOfASCII(t *testing.T) {
	const faces = `<style>@font-face{font-family:A;src:url(and);unicode-range:U+26}@font-face{font-family:N;src:url(figures);unicode-range:U+30-39}
		@font-face{font-family:U;src:url(text)}p{font-family:A,N,U}</style>`
	for text, want := range map[string]string{
		"a b":       "text",
		"a &amp; b": "and text",
		"a & b":     "and text",
		"&#65;":     "text",
		"&#49;":     "figures text",
		"a1":        "figures text",
		"é":         "text",
	} {
		assert.Equal(t, want, drawn(t, faces+"<p>"+text+"</p>"), text)
	}
}

// TestFontMatching: CSS Fonts 4 section 5.2, steps 4 of style and weight.
func TestFontMatching(t *testing.T) {
	for _, tt := range []struct {
		clause, faces string // weight, or weight range, and i for italic
		css, want     string
	}{
		{"style first", "400 700i", "font-style:italic", "700i"},
		{"style before weight", "700 400i", "font-weight:700", "700"},
		{"oblique is like italic", "400 400i", "font-style:oblique 14deg", "400i"},
		{"normal", "400 400i", "font-style:normal", "400"},
		{"italic by another face", "400", "font-style:italic", "400"},
		{"normal by another face", "400i", "", "400i"},
		{"exact", "100 400 700", "font-weight:400", "400"},
		{"400: 500 before lighter ones", "300 500 600", "font-weight:400", "500"},
		{"400: lighter ones before heavier ones", "100 300 600", "font-weight:400", "300"},
		{"450: up to 500 first", "400 500 600", "font-weight:450", "500"},
		{"450: then below", "300 400 600", "font-weight:450", "400"},
		{"500: 400 before 600", "400 600", "font-weight:500", "400"},
		{"500: then heavier ones", "600 900", "font-weight:500", "600"},
		{"below 400: lighter ones first", "100 200 400", "font-weight:300", "200"},
		{"below 400: then heavier ones", "400 500", "font-weight:300", "400"},
		{"above 500: heavier ones first", "400 800 900", "font-weight:600", "800"},
		{"above 500: then lighter ones", "300 400", "font-weight:bold", "400"},
		{"a range", "100-500 700", "font-weight:450", "100-500"},
		{"the nearer end of a range", "100-300 600-900", "font-weight:550", "600-900"},
		{"bold is 700", "400 600 700", "font-weight:bold", "700"},
		{"normal is 400", "400 700", "font-weight:normal", "400"},
		{"a line height is no weight", "100 400", "font:16px/1.5 U", "400"},
		{"bolder than 400", "400 700 900", "font-weight:bolder", "700"},
		{"lighter than 400", "100 400", "font-weight:lighter", "100"},
		{"of equal faces all that the characters need", "400 400", "font-weight:400", "400"},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			var css strings.Builder
			for face := range strings.FieldsSeq(tt.faces) {
				weight, italic := strings.CutSuffix(face, "i")
				css.WriteString("@font-face{font-family:U;src:url(" + face + ");font-weight:" + strings.ReplaceAll(weight, "-", " "))
				if italic {
					css.WriteString(";font-style:italic")
				}
				css.WriteString("}")
			}
			assert.Equal(t, tt.want, drawn(t, "<style>"+css.String()+"p{font-family:U;"+tt.css+"}</style><p>x"))
		})
	}
}

// TestFontWidths: CSS Fonts 4 section 5.2, step 4 of width.
func TestFontWidths(t *testing.T) {
	for _, tt := range []struct{ clause, faces, css, want string }{
		{"normal before what comes last", "100 75", "", "100"},
		{"a face that names no width is normal", "none 75", "", "none"},
		{"condensed", "100 75", "font-stretch:condensed", "75"},
		{"by its new name", "100 75", "font-width:75%", "75"},
		{"by the shorthand", "100 75", "font:condensed 12px U", "75"},
		{"the shorthand resets it", "100 75", "font-stretch:75%;font:50% U", "100"},
		{"a family's name is no width", "100 75", "font:12px U, condensed", "100"},
		{"up to normal: narrower ones first", "50 87.5", "font-stretch:80%", "50"},
		{"up to normal: then wider ones", "100 125", "font-stretch:80%", "100"},
		{"above normal: wider ones first", "100 200", "font-stretch:expanded", "200"},
		{"above normal: then narrower ones", "75 100", "font-stretch:expanded", "100"},
		{"a range", "75-100 125", "font-stretch:semi-condensed", "75-100"},
		{"other values are normal", "100 75", "font-stretch:inherit", "100"},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			var css strings.Builder
			for face := range strings.FieldsSeq(tt.faces) {
				css.WriteString("@font-face{font-family:U;src:url(" + face + ");font-stretch:" + strings.ReplaceAll(face, "-", "% ") + "%}")
			}
			assert.Equal(t, tt.want, drawn(t, "<style>"+css.String()+"p{font-family:U;"+tt.css+"}</style><p>x"))
		})
	}
	const bold = `<style>@font-face{font-family:U;src:url(narrow);font-stretch:75%;font-weight:700}@font-face{font-family:U;src:url(thin);font-weight:100}p{font-family:U`
	assert.Equal(t, "thin", drawn(t, bold+`;font-weight:700}</style><p>x`), "width before weight")
	assert.Equal(t, "narrow", drawn(t, bold+`}body{font-stretch:condensed}</style><p>x`), "widths are inherited")
}

// TestRelativeWeights: CSS Fonts 4 section 2.2.1.
func TestRelativeWeights(t *testing.T) {
	for parent, want := range map[float64][2]float64{ // bolder, lighter
		99: {400, 100}, 100: {400, 100}, 349: {400, 100}, 350: {700, 100}, 549: {700, 100}, 550: {900, 400}, 749: {900, 400}, 750: {900, 700}, 900: {900, 700}, 1000: {900, 700},
	} {
		assert.Equal(t, want[:1], weightOf([]cssItem{{kind: itemWord, text: "bolder"}}, false, []float64{parent}), parent)
		assert.Equal(t, want[1:], weightOf([]cssItem{{kind: itemWord, text: "lighter"}}, false, []float64{parent}), parent)
	}
}

// TestFontProperties: which text asks for which face of the regular (r), bold (b), italic (i) and
// bold italic (z) ones, and of another family (v).
func TestFontProperties(t *testing.T) {
	const faces = `@font-face{font-family:U;src:url(r)}@font-face{font-family:U;font-weight:bold;src:url(b)}@font-face{font-family:u;font-style:italic;src:url(i)}
		@font-face{font-family:U;font-weight:700;font-style:italic;src:url(z)}@font-face{font-family:"V  w";src:url(v)}`
	for _, tt := range []struct{ clause, css, html, want string }{
		{"no text, no font", `p{font-family:U}`, `<p><img>`, ""},
		{"inherited", `body{font-family:U}`, `<div><p>x`, "r"},
		{"overridden", `body{font-family:U}p{font-family:V w}`, `<div><p>x`, "v"},
		{"names have no case", `p{font-family:u}`, `<p>x`, "r"},
		{"white space in names", `p{font-family:V   W}`, `<p>x`, "v"},
		{"quoted names", `p{font-family:'v w'}`, `<p>x`, "v"},
		{"the first that is there", `p{font-family:N,U,V w}`, `<p>x`, "r"},
		{"behind a generic family", `p{font-family:serif,U}`, `<p>x`, ""},
		{"behind a system's family", `p{font-family:system-ui,-apple-system,U}`, `<p>x`, ""},
		{"before a generic family", `p{font-family:U,serif}`, `<p>x`, "r"},
		{"nothing", `p{color:red}`, `<p>x`, ""},
		{"bold by default", `body{font-family:U}`, `<h1>x</h1>`, "b"},
		{"bold and not", `body{font-family:U}`, `<p>x<strong>y`, "b r"},
		{"italic by default", `body{font-family:U}`, `<em>x`, "i"},
		{"both", `body{font-family:U}`, `<em><b>x`, "z"},
		{"not bold by rule", `body{font-family:U}h1{font-weight:400}`, `<h1>x`, "r"},
		{"code is monospace", `body{font-family:U}`, `<code>x`, ""},
		{"code by rule", `body{font-family:U}code{font-family:inherit}`, `<code>x`, "r"},
		{"controls have the system's font", `body{font-family:U}`, `<button>x`, ""},
		{"controls by rule", `body{font-family:U}button{font:inherit}`, `<button>x`, "r"},
		{"unset", `body{font-family:U}h1{font-weight:unset}`, `<h1>x`, "r"},
		{"revert", `body{font-family:U}h1{font-weight:revert}`, `<h1>x`, "b"},
		{"initial", `body{font-family:U}h1{font-weight:initial}`, `<h1>x`, "r"},
		{"shorthand", `p{font:12px U}`, `<p>x`, "r"},
		{"shorthand with everything", `p{font:italic small-caps bold condensed 16px/2 U}`, `<p>x`, "z"},
		{"shorthand with a weight", `p{font:700 1em/1.5 U,serif}`, `<p>x`, "b"},
		{"shorthand resets the weight", `p{font-weight:bold;font:12px U}`, `<p>x`, "r"},
		{"shorthand resets the style", `em{font:12px U}`, `<em>x`, "r"},
		{"shorthand with a size by name", `p{font:bold larger U}`, `<p>x`, "b"},
		{"shorthand of several words", `p{font:12px/normal V w}`, `<p>x`, "v"},
		{"shorthand by variables", `:root{--f:U;--s:12px}p{font:bold var(--s)/1 var(--f)}`, `<p>x`, "b"},
		{"family by a variable", `:root{--f:N,"U"}p{font-family:var(--f)}`, `<p>x`, "r"},
		{"family by a fallback", `p{font-family:var(--f,U)}`, `<p>x`, "r"},
		{"weight by a variable", `:root{--w:bold}p{font-family:U;font-weight:var(--w)}`, `<p>x`, "b"},
		{"style attribute", ``, `<p style="font-family:U;font-style:italic">x`, "i"},
		{"not displayed", `p{font-family:U;display:none}`, `<p>x`, ""},
		{"generated text", `p{font-family:U}p::before{content:"x";font-weight:bold}`, `<p>`, "b"},
		{"generated of nothing", `p{font-family:U}p::before{content:"";font-weight:bold}`, `<p>`, ""},
		{"generated image alone", `p{font-family:U}p::before{content:url(q)}`, `<p>`, "q"},
		{"first letter", `p{font-family:U}p::first-letter{font-weight:bold}`, `<p>x`, "b r"},
		{"may be bold", `p{font-family:U}p:first-child{font-weight:bold}`, `<p>x`, "b r"},
		{"may be another family", `p{font-family:U}p:first-child{font-family:V w}`, `<p>x`, "r v"},
		{"may be another family below", `body{font-family:U}p:first-child{font-family:V w}`, `<p>x`, "r v"},
		{"may be, on many levels", `body{font-family:U}div:first-child,p:first-child{font-family:V w}`, strings.Repeat("<div>", 40) + `<p>x`, "r v"},
		{"of other media", `p{font-family:U}@media print{p{font-family:V w}}`, `<p>x`, "r"},
		{"root for all by :root and :host", `html,:host{font-family:U}div{font-family:V w}`, `<div><p>x`, "v"},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			assert.Equal(t, tt.want, drawn(t, "<style>"+faces+tt.css+"</style>"+tt.html))
		})
	}
}

// TestFontSources: CSS Fonts 4 section 4.3: the first source that a browser can read.
func TestFontSources(t *testing.T) {
	for src, want := range map[string]string{
		`url(a) format("woff2"), url(b)`:                                         "a",
		`url(a) format("woff2" ), url(b) format("woff")`:                         "a",
		`url(a) format("nonsense"), url(b) format("truetype")`:                   "b",
		`url(a) format("embedded-opentype"), url(b) format("OPENTYPE")`:          "b",
		`url(a) format(svg), url(b) format(collection)`:                          "b",
		`url(a.EOT?#iefix), url(b)`:                                              "b",
		`url(a) format(woff2) tech(variations), url(b)`:                          "a",
		`url(a)format("woff2-variations"), url(b)`:                               "a",
		`local("A"), local(B), url(a)`:                                           "a",
		`local(A)`:                                                               "",
		`url("data:font/woff2;base64,AA"), url(b)`:                               "",
		`url(a) format("svg"), url("data:font/woff2;base64,AA") format("woff2")`: "",
		`url(), url(b)`:      "b",
		`url("a" ) , url(b)`: "a",
		`"a"`:                "a",
	} {
		assert.Equal(t, want, drawn(t, `<style>@font-face{font-family:U;src:`+src+`}p{font-family:U}</style><p>x`), src)
	}
	assert.Equal(t, "b", drawn(t, `<style>@font-face{font-family:U;src:url(a);src:url(b)}p{font-family:U}</style><p>x`), "the last src")
	assert.Equal(t, "a", drawn(t, `<style>@media screen{@font-face{font-family:U;src:url(a)}}@media (min-width:999px){@font-face{font-family:U;src:url(b)}}p{font-family:U}</style><p>x`))
}
