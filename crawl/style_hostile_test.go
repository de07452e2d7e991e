package crawl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile are pages whose style would take hours if nothing bounded the work: what is to be
// requested is then everything that the sheets name.
func hostile() map[string]string {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	deep := strings.Repeat("<div>", 500)
	var laughs strings.Builder
	for i := range 16 {
		fmt.Fprintf(&laughs, "--v%d:%s;", i, strings.Repeat(fmt.Sprintf("var(--v%d) ", i+1), 12))
	}
	paths := many(maxNodes-1, "<p class=c%d>x</p>")
	return map[string]string{
		"many paths and rules":       "<style>" + many(100_000, "[data-x]:not(.c%d){background:url(y)}") + "</style>" + paths + "<b data-x>",
		"many rules of one class":    "<style>" + strings.Repeat(".c{background:url(y)}", 150_000) + "</style>" + many(maxNodes-1, "<p class='c c%d'></p>"),
		"descendants":                "<style>" + "x" + strings.Repeat(" div", 60) + ",z{background:url(y)}</style>" + deep,
		"any ancestors":              "<style>" + "x" + strings.Repeat(" :not(z)", 60) + ",z{background:url(y)}</style>" + deep,
		"siblings":                   "<style>" + strings.Repeat("x+p+p+p{background:url(y)}", 500) + "</style>" + paths,
		"nesting":                    "<style>" + strings.Repeat("z,& :is(&,& &,:not(&)){", 60) + "background:url(y)" + strings.Repeat("}", 60) + "</style>" + deep,
		"lists of lists":             "<style>" + strings.Repeat(":not("+strings.Repeat("x y,", 20), 8) + "z" + strings.Repeat(")", 8) + strings.Repeat(":is(div div div,x)", 2000) + "{background:url(y)}</style>" + deep + paths,
		"variables":                  "<style>p{" + laughs.String() + "--v16:url(y);background:var(--v0);font-family:var(--v0)}</style><p>x",
		"variables in a circle":      "<style>p{--a:" + strings.Repeat("var(--a) ", 50) + "url(y);background:var(--a)}</style><p>x",
		"classes of one element":     "<style>" + many(50_000, ".a%d{background:url(y)}") + "</style><p class='" + many(200_000, "a%d ") + "'>",
		"attributes of one element":  "<style>" + strings.Repeat("html[a]{background:url(y)}", 50_000) + "</style>" + many(200_000, "<html b%d>") + paths,
		"declarations":               "<style>p{" + strings.Repeat("background:url(y);", 10_000) + "}</style>" + paths,
		"faces":                      "<style>" + many(maxFaces, "@font-face{font-family:U;font-weight:%d;src:url(y)}") + "*{font-family:U}" + many(8000, ".c%d{font-weight:1%[1]d}") + "</style>" + paths,
		"subsets":                    "<style>" + many(maxFaces, "@font-face{font-family:U;src:url(y);unicode-range:U+%x}") + "*{font-family:U}</style>" + many(4000, "<p class=c%d>&#1%[1]d;</p>"),
		"families":                   "<style>*{font-family:" + many(8000, "f%d,") + "U}@font-face{font-family:U;src:url(y)}</style>" + paths,
		"attributes that are joined": "<style>" + strings.Repeat("[class*=q]{background:url(y)}", 20_000) + "</style>" + many(maxNodes-1, "<p class='a b c d e c%d'></p>"),
		"more paths than are kept":   "<style>.z{background:url(y)}</style>" + many(maxNodes+1, "<p class=c%d>"),
	}
}

// TestHostileStyles would not end, or not within a test's patience, without a bound on the work.
func TestHostileStyles(t *testing.T) {
	for name, page := range hostile() {
		t.Run(name, func(t *testing.T) {
			d := readHTML([]byte(page), "text/html", testPage, DefaultViewports()[:1], nil)
			require.NotNil(t, d)
			d.shape.work /= 20 // the bound holds for any budget
			assert.Equal(t, "y", drawnBy(d))
			assert.True(t, d.shape.full, "%d left", d.shape.left)
		})
	}
}

func BenchmarkHostileStyles(b *testing.B) {
	for name, page := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if drawnBy(readHTML([]byte(page), "text/html", testPage, DefaultViewports()[:1], nil)) != "y" {
					b.Fatal("images were lost")
				}
			}
		})
	}
}

// BenchmarkHostileSheet is a page of 20,000 paths and a sheet of 200,000 rules that any element may
// match, read and applied.
func BenchmarkHostileSheet(b *testing.B) {
	var page strings.Builder
	for i := range maxNodes - 3 {
		fmt.Fprintf(&page, "<p class=c%d title='%0170d'></p>", i, i)
	}
	page.WriteString("<b data-x>")
	sheetText := []byte(strings.Repeat("[data-x]:not(b){list-style:url(y)}", maxRules))
	for b.Loop() {
		d := readHTML([]byte(page.String()), "text/html", testPage, DefaultViewports(), nil)
		s := newSheet(&refs{resolver: d.refs.resolver, page: testSheet})
		scanCSS(s, sheetText, "")
		d.pageStyle().apply(newCascade([]appliedSheet{{sheet: s}}))
		if !d.shape.full || len(d.shape.nodes) != maxNodes {
			b.Fatal("the page is too small")
		}
	}
	b.ReportMetric(float64(page.Len()), "page-bytes")
}
