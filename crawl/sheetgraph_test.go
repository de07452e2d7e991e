package crawl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
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
