package crawl

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzCascade applies a sheet to a page: twice the same, nothing that is not named, and no more
// than a page gets that is not told apart.
func FuzzCascade(f *testing.F) {
	f.Add(`<html class=a><body id=b><p class="a b" style="--x:url(i);font:bold 1px/2 U">&#1234;<b hidden>x</b><li><li>`,
		`@layer a,b;@layer b{.a>#b ~ p:not(.c,:is(x,*)):hover,p+p{background:url(a);font-family:var(--f,U)}}@font-face{font-family:U;src:url(f)format(woff2),url(g);unicode-range:U+4??,u+20-7f}`)
	f.Add(`<p><template shadowrootmode=open><style>:host{a:b}</style></template>`, `.m{&:is(&,x) > &{--a:var(--a) var(--b,url(x));content:"";background:image-set("a" 1x,url(b) 2x)!important}}:root{--a:none}`)
	f.Add(`<details open><dialog>x`, `[open],[a~="b" i],[c|=d]::before{content:var(--x,"y");mask:var(--m)}@media (min-width:1px){*|*{display:none}}`)
	f.Fuzz(func(t *testing.T, page, css string) {
		styled := func(full bool) map[string]bool {
			d := readHTML([]byte(page), "text/html", testPage, DefaultViewports(), nil)
			require.NotNil(t, d)
			r, err := newResolver(testSheet)
			require.NoError(t, err)
			s := newSheet(&refs{resolver: r, page: testSheet, origin: "https://www.example"})
			scanCSS(s, []byte(css), "")
			d.shape.full = d.shape.full || full
			out := map[string]bool{}
			for _, ref := range d.pageStyle().apply(newCascade([]appliedSheet{{sheet: s, layer: "l"}, {sheet: s, media: []string{"screen"}}, {sheet: d.style}})) {
				require.Equal(t, Font, ref.Kind)
				require.Less(t, ref.mask, viewportMask(4))
				out[ref.URL] = out[ref.URL] || ref.mask != 0
			}
			for _, image := range append(s.images, d.style.images...) {
				require.NoError(t, image.validate())
				out[image.URL] = out[image.URL] || image.mask != 0
			}
			return out
		}
		once := styled(false)
		require.Equal(t, once, styled(false))
		all := styled(true)
		for url, asked := range once {
			require.True(t, all[url] || !asked, url)
		}
	})
}
