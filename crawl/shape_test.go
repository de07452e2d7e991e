package crawl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestImpliedEnds goes through HTML section 13.1.2.4: the element x is where the selector says.
func TestImpliedEnds(t *testing.T) {
	for _, tt := range []struct{ html, selector string }{
		{`<ul><li>a<li id=x>b`, `body > ul > #x`},
		{`<ul><li>a<ul><li>b</ul><li id=x>c</ul>`, `body > ul > #x`},
		{`<ul><li><ol><li id=x>`, `ul > li > ol > #x`},
		{`<menu><li>a<li id=x>`, `menu > #x`},
		{`<dl><dt>a<dd id=x>b`, `dl > #x`},
		{`<dl><dt>a<dd>b<dt id=x>c`, `dl > #x`},
		{`<dl><dd><dl><dt id=x>`, `dl > dd > dl > #x`},
		{`<table><tr><td>a<td id=x>b`, `tr > #x`},
		{`<table><tr><td>a<tr id=x>`, `table > #x`},
		{`<table><tr><th>a<td id=x>`, `tr > #x`},
		{`<table><thead><tr><td>a<tbody><tr><td id=x>`, `table > tbody > tr > #x`},
		{`<table><tbody><tr><td>a<tbody id=x>`, `table > #x`},
		{`<table><tr><td><table><tr><td id=x>`, `td > table > tr > #x`},
		{`<table><tbody><tr><td>a<tfoot id=x>`, `table > #x`},
		{`<select><option>a<option id=x>`, `select > #x`},
		{`<select><option>a<optgroup id=x>`, `select > #x`},
		{`<p>a<p id=x>b`, `body > #x`},
		{`<p>a<div id=x>`, `body > #x`},
		{`<p>a<h1 id=x>`, `body > #x`},
		{`<p>a<ul id=x>`, `body > #x`},
		{`<p>a<i id=x>`, `p > #x`},
		{`<div>a<div id=x>`, `div > #x`},
		{`<br><i id=x>`, `body > #x`},
		{`<img><input><hr><wbr><embed><i id=x>`, `body > #x`},
		{`<div/><i id=x>`, `div > #x`},
		{`<svg><g/><path id=x>`, `svg > #x`},
		{`<svg><g><path id=x>`, `g > #x`},
		{`<b></b><i id=x>`, `body > #x`},
		{`<div><b></div><i id=x>`, `body > #x`},
		{`<div></b></div></div></body><i id=x>`, `body > #x`},
		{`<div><template><b></template><i id=x>`, `div > #x`},
		{`<div><noscript><b></noscript><i id=x>`, `div > #x`},
		{`<div><script>"<b>"</script><i id=x>`, `div > #x`},
		{`<head><title>a</title><link><meta><style></style></head><i id=x>`, `body > #x`},
		{`<i id=x>`, `html > body > #x`},
		{`<DIV><I ID=x>`, `div > i`},
		{`<main><body class=late><i id=x>`, `.late > main > #x`},
	} {
		t.Run(tt.html, func(t *testing.T) {
			assert.Equal(t, "y", drawn(t, `<style>`+tt.selector+`{background:url(y)}</style>`+tt.html))
		})
	}
}

// TestShapeOfPage: what is kept of elements and their attributes.
func TestShapeOfPage(t *testing.T) {
	for _, tt := range []struct{ clause, html, css, want string }{
		{"a second body adds what is missing", `<body class=a><body class=b id=c>`, `.a#c{background:url(y)}.b{background:url(n)}`, "y"},
		{"a second html too", `<html class=a><html class=b lang=de>`, `.a[lang=de]{background:url(y)}.b{background:url(n)}`, "y"},
		{"the style of body", ``, `i{background:url(n)}`, ""},
		{"a hidden body", `<body hidden><p>x`, `p{background:url(n)}`, ""},
		{"details that are open", `<details open><p>x`, `[open]{background:url(y)}details:not([open]) p{background:url(n)}`, "y"},
		{"details that are closed", `<details><p>x`, `[open]{background:url(n)}details:not([open]) p{background:url(y)}`, "y"},
		{"white space in class names", "<p class=' a\tb\nc '>", `.a.b.c{background:url(y)}`, "y"},
		{"two elements of one path", `<p class=a></p><p class=a>`, `p.a + p.a{background:url(y)}`, "y"},
		{"one element is its own sibling", `<p class=a></p>`, `p.a + p.a{background:url(y)}`, "y"},
		{"elements with styles of their own", `<p style="display:none">x</p><p>y`, `p{background:url(y)}`, "y"},
		{"an id on two elements", `<p id=a><b id=a>`, `b#a{background:url(y)}`, "y"},
		{"an empty class", `<p class="">`, `[class]{background:url(n)}`, ""},
	} {
		t.Run(tt.clause, func(t *testing.T) {
			assert.Equal(t, tt.want, drawn(t, "<style>"+tt.css+"</style>"+tt.html))
		})
	}
	body := `<body style="background:url(y)">`
	assert.Equal(t, "y", drawn(t, body))
	assert.Equal(t, "y", drawn(t, body+`<body style="background:url(n)">`))
}

// TestManyIDs: the first ids of a page are kept with their elements, the others may be anywhere.
func TestManyIDs(t *testing.T) {
	var page strings.Builder
	for i := range maxIDs + 10 {
		fmt.Fprintf(&page, "<p id=i%d></p><b class=c%d></b>", i, i)
	}
	style := func(css string) string { return drawn(t, "<style>"+css+"</style>"+page.String()) }
	assert.Equal(t, "y", style(`p#i0{background:url(y)}p#i0.c{background:url(n)}`), "an early id")
	assert.Equal(t, "y", style(fmt.Sprintf(`p#i%d{background:url(y)}`, maxIDs+5)), "a late one")
	assert.Equal(t, "y", style(fmt.Sprintf(`b#i%d{background:url(y)}`, maxIDs+5)), "a late one may be any element's")
	assert.Empty(t, style(`p#missing,#i0#i1{background:url(n)}`), "one that no element has")
	assert.Equal(t, "y", style(`p{background:url(y)}p#missing{background:url(n)}`))
	assert.Equal(t, "y", style(`p{background:url(y)}p[id=missing]{background:url(n)}`))
	assert.Equal(t, "y", style(`p[id^=i7]{background:url(y)}`))

	var many strings.Builder
	for i := range maxAttrs + 1 {
		fmt.Fprintf(&many, "<p id=i%d data-a%d>", i, i)
	}
	d := readHTML([]byte(many.String()), "text/html", testPage, DefaultViewports(), nil)
	require.False(t, d.shape.full)
	assert.Equal(t, isUnknown, d.shape.hasID(len(d.shape.nodes)-1, fmt.Sprintf("i%d", maxAttrs)), "more than are counted")
	assert.Equal(t, isUnknown, d.shape.hasAttr(bodyNode+2, attrTest{name: "data-never"}))
}

// TestShapeLimits: what is too much leaves the page unknown, and then everything is requested.
func TestShapeLimits(t *testing.T) {
	full := func(html string) bool {
		d := readHTML([]byte(html), "text/html", testPage, DefaultViewports(), nil)
		return d.shape.full
	}
	var paths strings.Builder
	for i := range maxNodes - 2 {
		fmt.Fprintf(&paths, "<p class=c%d>", i)
	}
	assert.False(t, full(paths.String()))
	assert.True(t, full(paths.String()+"<p>"))
	assert.False(t, full("<p class='"+strings.Repeat("a ", maxClasses)+"'>"))
	assert.True(t, full("<p class='"+strings.Repeat("a ", maxClasses+1)+"'>"))
	d := readHTML([]byte(strings.Repeat("<div>", 2*maxOpen)), "text/html", testPage, DefaultViewports(), nil)
	assert.Len(t, d.shape.nodes, maxOpen+1, "elements that are nested too deeply are siblings")
	assert.False(t, d.shape.full)
	d = readHTML([]byte(strings.Repeat("<section><p class='a b'>text</p></section>", 1000)), "text/html", testPage, DefaultViewports(), nil)
	assert.Len(t, d.shape.nodes, 4, "paths that repeat are one")
	var attrs strings.Builder
	for i := range maxRootAttrs + 1 {
		fmt.Fprintf(&attrs, "<html a%d>", i)
	}
	d = readHTML([]byte(attrs.String()), "text/html", testPage, DefaultViewports(), nil)
	assert.Len(t, d.shape.nodes[rootNode].attrs, maxRootAttrs)
	var c characters
	for i := range maxCharacters + 10 {
		c.addRune(0x10000 + rune(i))
	}
	c.seal()
	assert.Len(t, c.sorted, maxCharacters)
	d = readHTML([]byte(`<html a a=1 b>`), "text/html", testPage, DefaultViewports(), nil)
	assert.Len(t, d.shape.nodes[rootNode].attrs, 2)

	html := `<style>.z{background:url(y)}@font-face{font-family:U;src:url(u)}.z{font-family:U}@media print{.z{background:url(n)}}</style><p style="--a:url(s);background:var(--a)">` + paths.String() + "<p>"
	d = readHTML([]byte(html), "text/html", testPage, DefaultViewports()[:1], nil)
	require.True(t, d.shape.full)
	assert.Equal(t, "s u y", drawnBy(d))
}
