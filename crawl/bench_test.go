package crawl

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkExtractHTML(b *testing.B) {
	var page strings.Builder
	page.WriteString(`<!doctype html><html><head><link rel=stylesheet href=/main.css><script src=/a.js defer></script></head><body>`)
	for i := range 500 {
		fmt.Fprintf(&page, `<article class="card card--%d"><a href="/p/%d">Item %d</a><img src="/i/%d.jpg" srcset="/i/%d-400.jpg 400w, /i/%d-800.jpg 800w" sizes="(max-width: 600px) 100vw, 50vw" loading=lazy alt="item"><p>Some words about the item, as a shop would have them.</p></article>`, i, i, i, i, i, i)
	}
	body := []byte(page.String())
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if len(ExtractHTML(body, testPage)) != 1503 {
			b.Fatal("assets were lost")
		}
	}
}

func BenchmarkExtractCSS(b *testing.B) {
	var sheet strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&sheet, ".card--%d > .title:hover { margin: 0 auto; color: #%06x; transition: color .2s ease-in-out; font-family: \"Inter\", system-ui, sans-serif }\n", i, i)
		if i%20 == 0 {
			fmt.Fprintf(&sheet, ".bg-%d { background: url(\"../img/%d.png\") no-repeat }\n", i, i)
		}
	}
	body := []byte(sheet.String())
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if len(ExtractCSS(body, testSheet)) != 100 {
			b.Fatal("assets were lost")
		}
	}
}
