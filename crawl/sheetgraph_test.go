package crawl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A page of too many different elements requests all that its styles name, in attributes too.
func TestPagesThatAreTooVaried(t *testing.T) {
	const w = "https://www.example/"
	const inline = `<style>.no{background:url(sheet.png)}</style><p style="background:url(early.png)">`
	var many strings.Builder
	for i := range maxNodes {
		fmt.Fprintf(&many, "<p class=c%d>", i)
	}
	m := site{w: htmlPage(inline + many.String() + `<p style="background:url(late.png)">x`)}.crawl(t, Config{Entries: []string{w}})
	for _, name := range []string{"sheet.png", "early.png", "late.png"} {
		assert.NotEmpty(t, m.find(w+name).Selected, name)
	}
	r := newRun(New(Config{Entries: []string{w}}, nil, nil))
	r.paths = maxPaths - 3
	for range 2 {
		r.keepPage(readHTML([]byte(inline), "", w, DefaultViewports(), nil).pageStyle())
	}
	assert.Equal(t, maxPaths, r.paths)
	assert.False(t, r.pages[0].shape.full)
	assert.True(t, r.pages[1].shape.full)
	r.applyStyles()
	assert.NotEmpty(t, r.manifest().find(w+"sheet.png").Selected)
}

// TestShapesAreDropped holds that a page's shape goes once its style sheets are answered, whatever the
// answers, and not at the end only.
func TestShapesAreDropped(t *testing.T) {
	const page = "https://www.example/"
	s := site{
		page:                            htmlPage(`<link rel=stylesheet href=a.css><link rel=stylesheet href=gone.css><link rel=stylesheet href=moved.css><link rel=stylesheet href=https://other.example/x.css><p>text`),
		"https://www.example/a.css":     cssPage(`@import "b.css"; p { font-family: F }`),
		"https://www.example/b.css":     cssPage(`@font-face { font-family: F; src: url(f.woff2) }`),
		"https://www.example/moved.css": moved("b.css"),
	}
	r := newRun(New(Config{Entries: []string{page}}, s.fetch, nil))
	r.declare()
	require.NoError(t, r.drainAll(t.Context()))
	require.Len(t, r.pages, 1)
	assert.Empty(t, r.unstyled)
	assert.Nil(t, r.pages[0].shape)
	assert.Zero(t, r.paths)
	require.Len(t, r.pages[0].fonts, 1)
	assert.Equal(t, "https://www.example/f.woff2", r.pages[0].fonts[0].URL)
}
