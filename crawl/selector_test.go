package crawl

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// drawn lists the images and fonts that the styles of a page make a phone request.
func drawn(t *testing.T, html string) string {
	t.Helper()
	d := readHTML([]byte("<meta name=viewport content='width=device-width'>"+html), "text/html", testPage, DefaultViewports()[:1], nil)
	require.NotNil(t, d)
	require.False(t, d.shape.full)
	return drawnBy(d)
}

func drawnBy(d *document) string {
	names := map[string]bool{}
	for _, f := range d.pageStyle().apply(newCascade([]appliedSheet{{sheet: d.style}})) {
		names[strings.TrimPrefix(f.URL, "https://www.example/dir/")] = f.mask != 0
	}
	for _, image := range d.style.images {
		name := strings.TrimPrefix(image.URL, "https://www.example/dir/")
		names[name] = names[name] || image.mask != 0
	}
	return strings.Join(slices.DeleteFunc(sortedKeys(names), func(name string) bool { return !names[name] }), " ")
}

// TestSelectorMatches gives each selector the image y, and tells whether the page requests it.
func TestSelectorMatches(t *testing.T) {
	const page = `<html lang=en-GB data-theme=dark><body class="home wide"><main id=top><ul class="list a-b"><li class=item title=T>x<li class="item last">y</ul>
		<p>text<a class="link --on" href=x>link</a></p><input type=text data-k="One two"><svg class=logo><linearGradient class=lg /></svg></main>`
	for _, tt := range []struct{ clause, yes, no string }{
		{"5.1 type", "ul | UL | html", "ol"},
		{"5.1 type of foreign elements", "linearGradient | lineargradient", ""},
		{"5.2 universal", "* | *.item | *|li", ""},
		{"5.3 namespace", "svg|linearGradient", ""},
		{"6.1 attribute", "[lang] | html[data-theme] | [data-k] | [type]", "[data-x] | html[data-k]"},
		{"6.1 attribute equal", `[lang=en-GB] | [data-theme="dark"] | [data-k="One two"]`, `html[lang=en] | [data-theme=light] | [data-k=one]`},
		{"6.1 attribute of words", `html[data-theme~=dark] | [class~=last]`, `html[data-theme~=da] | [class~=ite]`},
		{"6.1 attribute up to a hyphen", `html[lang|=en] | html[lang|=en-GB]`, `html[lang|=e]`},
		{"6.2 attribute by beginning", `html[lang^=en] | [class^=home] | [id^=to]`, `html[lang^=GB] | html[lang^=""] | [class^=wide] | [id^=op]`},
		{"6.2 attribute by end", `html[lang$=GB] | [class$=wide] | [id$=op]`, `html[lang$=en] | [class$=home]`},
		{"6.2 attribute by part", `html[lang*=n-G] | [class*="tem la"] | [id*=o]`, `html[lang*=x] | [class*=x] | [id*=x]`},
		{"6.3 attribute whatever its case", `[data-theme=DARK i] | [data-k="one TWO" i]`, `html[data-theme=light i] | html[data-theme=DARK s]`},
		{"6.4 attribute without a value", `[type=""]`, `[data-x=""] | html[lang=""]`},
		{"6.6 class", ".item | .item.last | li.item | .a-b", ".ite | .item.home | p.item | .Item"},
		{"6.6 class with two hyphens", ".--on", ".--off"},
		{"6.6 class with escapes", `.a\-b | .\69tem`, `.a\.b`},
		{"6.7 id", "#top | main#top", "#to | ul#top | #Top"},
		{"4.2 any of", ":is(ol, ul) | li:is(.last) | :-webkit-any(ul)", ":is(ol, dl) | :is()"},
		{"4.2 what is not forgiven", "", "ul, .|ul, .5"},
		{"4.3 none of", "li:not(.last) | :not(ol) | ul:not(.x, .y)", "ul:not(.list) | ul:not(ul) | ul:not(.x, .list) | body :not(*)"},
		{"4.4 any of, without weight", ":where(ol, ul)", ":where(ol)"},
		{"4.5 not evaluated", "ul:has(li) | ul:has(> x)", "ol:has(li)"},
		{"8 links", "a:link | :any-link", "p:link"},
		{"8.3 target and 9 user action", "", "a:hover | a:visited | :focus | :focus-within | :focus-visible | a:active | main:target"},
		{"9 negated", "a:not(:hover)", ""},
		{"10 checked", "", "input:checked"},
		{"12 input states are not evaluated", "input:disabled | input:required | :placeholder-shown", ""},
		{"13.1 root", ":root | html:root", "body:root | :root :root"},
		{"13 structure is not evaluated", "li:first-child | li:nth-child(2n+1) | ul:empty | li:nth-of-type(odd of .x)", "ol:first-child"},
		{"14.1 descendant", "main li | html .item | body main ul li | main\nli", "ul main | li ul | li li"},
		{"14.2 child", "main > ul | main>ul>li | body> main >ul", "main > li | html > main"},
		{"14.3 next sibling", "li + li | ul + p | p+input", "li + p | p + html"},
		{"14.4 later sibling", "li ~ li | ul ~ input", "ul ~ li | main ~ ul"},
		{"14 mixed", "main > ul + p a | main ul > .item", "main > ul + p > li"},
		{"3.9 errors", "", "> | > li | main > | li:not(.5) | li:not() | ul >> li | .x|. list | ul:|li% | :is | a||b"},
		{"shadow hosts", "", ":host | :host(.list) | :host-context(html)"},
		{"pseudo-elements that nobody sees", "", "p::selection | ::-webkit-scrollbar | ::backdrop | p::before"},
		{"pseudo-elements with text", "p::first-line | p:first-letter | li::marker", ""},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			check := func(list, want string) {
				for selector := range strings.SplitSeq(list, " | ") {
					if selector != "" {
						assert.Equal(t, want, drawn(t, page+"<style>"+selector+"{background:url(y)}</style>"), selector)
					}
				}
			}
			check(tt.yes, "y")
			check(tt.no, "")
		})
	}
}

// TestCheckedByMarkup: what a page has at first may be checked, and is then shown.
func TestCheckedByMarkup(t *testing.T) {
	const style = `<style>p{display:none;background:url(y)}input:checked~p{display:block}</style>`
	assert.Empty(t, drawn(t, style+`<input type=radio><p>x`))
	assert.Equal(t, "y", drawn(t, style+`<input type=radio checked><p>x`))
}

func TestShadowHosts(t *testing.T) {
	const tree = `<style>:host{background:url(h)}:host(.a){background:url(a)}:host-context(.b){background:url(b)}</style>`
	assert.Equal(t, "b h", drawn(t, `<div><template shadowrootmode=open>`+tree+`</template></div>`))
	assert.Equal(t, "a", drawn(t, `<div class=a><template shadowrootmode=closed>`+tree+`</template></div>`), "the more specific rule wins")
	assert.Empty(t, drawn(t, `<div><template><template shadowrootmode=open>`+tree+`</template></template></div>`))
}

// TestSelectorNesting: CSS Nesting 1.
func TestSelectorNesting(t *testing.T) {
	const page = `<body class=b><main class=m><p class=p>x<i class=i>y</i></p></main>`
	for css, want := range map[string]string{
		`.m{.p{background:url(y)}}`:                                  "y",
		`.m{.m{background:url(y)}}`:                                  "",
		`.m{& .p{background:url(y)}}`:                                "y",
		`.m{> .p{background:url(y)}}`:                                "y",
		`.m{> .i{background:url(y)}}`:                                "",
		`.b{&.x{background:url(n)}&.b{background:url(y)}}`:           "y",
		`.p{.m &{background:url(y)}}`:                                "y",
		`.m{.p &{background:url(y)}}`:                                "",
		`.i{.m > .p > &{background:url(y)}}`:                         "y",
		`.x,.m{.p{background:url(y)}}`:                               "y",
		`.m{.p{.i{background:url(y)}}}`:                              "y",
		`.m{.p{.m .i{background:url(y)}}}`:                           "",
		`.p{:not(&){background:url(y)}}`:                             "y",
		`.p{body:not(&){background:url(y)}}`:                         "y",
		`.p{:is(&,.x){background:url(y)}}`:                           "y",
		`.p{background:url(n);&{background:url(y)}}`:                 "y",
		`.p{background:url(y);@media print{background:url(n)}}`:      "y",
		`.p{@media screen{background:url(y);.i{background:url(z)}}}`: "y z",
		`#x,.m{.p{background:url(y)}} .b .m .p{background:url(n)}`:   "y",
		`.m{.p{background:url(n)}} .b .m .p{background:url(y)}`:      "y",
		`.x,#y{.p{background:url(n)}}`:                               "",
		`.m{}.p{background:url(y)}`:                                  "y",
		`& .p{background:url(y)}`:                                    "",
	} {
		assert.Equal(t, want, drawn(t, "<style>"+css+"</style>"+page), css)
	}
}

// TestSpecificity: of two rules the heavier one wins, though it comes first (Selectors 4 section 17).
func TestSpecificity(t *testing.T) {
	const page = `<body class=b><main id=m class=m><p id=p class="p q" title=x lang=en>x`
	for _, tt := range [][2]string{ // in order of their weight
		{"p", ":where(p)"},
		{"body p", "p"},
		{".p", "html body main p"},
		{".p.q", ".p"},
		{"p[lang]", ".p"},
		{"p.p:root, .q.p", "p.p"},
		{"#p", ".b .m .p.q[lang]"},
		{"#m #p", "#p.p.q"},
		{"p:is(.p, #zz)", ".b .m .p"},
		{"p:not(#zz)", ".b .m .p"},
		{"p:not(zz)", "p"},
		{".p", "p:not(zz)"},
		{"p", ":where(#m #p)"},
		{".b .p", "p:where(#p).p"},
		{"p:is(#m, p)", ".p"},
	} {
		heavy, light := "{background:url(heavy)}", "{background:url(light)}"
		if tt[0] == "p[lang]" { // an attribute may match, and overrides nothing then
			assert.Equal(t, "heavy light", drawn(t, "<style>"+tt[0]+heavy+tt[1]+light+"</style>"+page), tt)
			continue
		}
		assert.Equal(t, "heavy", drawn(t, "<style>"+tt[0]+heavy+tt[1]+light+"</style>"+page), tt)
	}
	for _, list := range []string{".p{background:url(a)}.q{background:url(b)}", "p.p{background:url(a)}p.q,x{background:url(b)}", "p{background:url(a);background:url(b)}"} {
		assert.Equal(t, "b", drawn(t, "<style>"+list+"</style>"+page), "of equal weight the later one")
	}
}

// TestSelectorsOfRealSheets: none of these is taken for a mistake, which would drop its rule.
func TestSelectorsOfRealSheets(t *testing.T) {
	for _, selector := range []string{
		`*,::after,::before,::backdrop,::file-selector-button`, `:root,[data-bs-theme=light]`, `input::-webkit-inner-spin-button`, `a:not([href]):not([class])`, `a:not([href]):not([class]):hover`,
		`.sm\:w-1\/2`, `.\31 0`, `.\!p-0`, `.w-\[10px\]`, `.u-\@md`, `.hover\:a:hover`, `[class*='col-']`, `[class^=icon-],[class*=" icon-"]`, `.btn:not(:disabled):not(.disabled)`, `::-moz-focus-inner`,
		`audio:not([controls])`, `_::-webkit-full-page-media,_:future,:root .x`, `.a>*+*`, `.a> :not([hidden])~:not([hidden])`, `.group:is(.x *)`, `:where(.dark,.dark *)`, `.peer:checked~.y`,
		`[type='text']:focus`, `.x:nth-child(2n + 1)`, `.x:nth-child( -n+3 )`, `.x:nth-last-of-type(odd)`, `.x:lang(en)`, `a[href^='http']:not([href*="x"])`, `.a:hover:not(.b,.c)`, `html:not([dir=rtl]) .a`,
		`::view-transition-old(root)`, `.a:has(> .b)`, `:is(h1,h2):where(:not(.x))`, `.grid>:first-child`, `svg|a`, `::part(foo)`, `::slotted(*)`, `*|*:link`, `a:where(:not(.plain))::after`,
		`table tr td:first-child > a[data-x="y" i]`, `.a/**/.b`, `.é`, `#\#a`, `.a:not(.b):not(.c)>.d~.e+.f g`, `:-ms-input-placeholder`, `::cue(b)`, `[data-a=b]`, `[data-a~="b c"]`, `.a._b.-c.--d`, `custom-element::part(a b)`,
	} {
		s := scanSheet(t, selector+"{background:url(a)}")
		assert.Len(t, s.rules, 1, selector)
	}
}
