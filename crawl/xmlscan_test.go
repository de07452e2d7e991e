package crawl

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scanXML writes down what a scanner finds: <start> text </end>.
func scanXML(text string, window int) string {
	x := xmlScanner{in: bufio.NewReaderSize(strings.NewReader(text), window)}
	var out strings.Builder
	for {
		token, err := x.next()
		switch {
		case err != nil:
			return out.String() + "!" + err.Error()
		case token == xmlStart:
			out.WriteString("<" + string(x.name()) + "=" + x.attr("a") + ">")
		case token == xmlEnd:
			out.WriteString(string(x.text) + "</" + string(x.name()) + ">")
		case token == xmlDirective:
			return out.String() + "directive"
		}
	}
}

func TestXMLScanner(t *testing.T) {
	for text, want := range map[string]string{
		`<a>b</a>`: `<a=>b</a>!EOF`,
		`<?p <x> ?><!-- <y> -- > --><n:a z="1>2" q:a='<"'>x</n:a >`: `<a=<">x</a>!EOF`,
		`<a a=1 /><b/>`: `<a=1></a><b=></b>!EOF`,
		`<a  a = "&lt;&#65;&#x42;&nbsp;&copy=1&;&no;&"/>`: "<a=<AB\u00a0&copy=1&;&no;&></a>!EOF",
		`<a><![CDATA[<b>&amp;]]]]><![CDATA[>]]>c&#0;</a>`: `<a=><b>&amp;]]>c&#0;</a>!EOF`,
		`<a> <b> c </b> d </a>`:                           `<a=><b=>c </b>d </a>!EOF`,
		`<a><!DOCTYPE x>`:                                 `<a=>directive`,
		`<a`:                                              `!unexpected EOF`,
		`<a><!-- -`:                                       `<a=>!unexpected EOF`,
		`<`:                                               `!unexpected EOF`,
		`<<`:                                              `!unexpected EOF`,
		`<<<a>`:                                           `!crawl: malformed XML`,
		`< a>`:                                            `!crawl: malformed XML`,
		`<a href="` + strings.Repeat("<", maxXMLTag) + `"/>`: `!crawl: malformed XML`,
	} {
		assert.Equal(t, want, scanXML(text, sitemapWindow), "%.80s", text)
	}
}

// TestXMLScannerAtEdges moves the edge of the window over every byte.
func TestXMLScannerAtEdges(t *testing.T) {
	const text = `<a a="1>2"><![CDATA[x]]>y<!-- z -->&#119;</a>`
	for n := range 200 {
		assert.Equal(t, `<b=>`+strings.Repeat(".", n)+`</b><a=1>2>xyw</a>!EOF`, scanXML("<b>"+strings.Repeat(".", n)+"</b>"+text, 64))
	}
	long := scanXML("<a>"+strings.Repeat("x", 3*sitemapWindow)+"</a>", sitemapWindow)
	assert.Less(t, len(long), maxURL+64)
}

// locations reads a sitemap with encoding/xml; it is false when that finds fault with it.
func locations(text string) (locs []string, ok bool) {
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.Entity = xml.HTMLEntity
	var path []string
	var content strings.Builder
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return locs, true
		}
		if err != nil {
			return nil, false
		}
		switch x := token.(type) {
		case xml.StartElement:
			path = append(path, x.Name.Local)
			content.Reset()
		case xml.CharData:
			content.Write(x)
		case xml.EndElement:
			if n := len(path); n > 1 && path[n-1] == "loc" && path[n-2] == "url" && strings.TrimSpace(content.String()) != "" {
				locs = append(locs, strings.TrimSpace(content.String()))
			}
			path = path[:len(path)-1]
			content.Reset()
		}
	}
}

// FuzzSitemapXML holds the scanner against encoding/xml on what that accepts.
func FuzzSitemapXML(f *testing.F) {
	f.Add(`<urlset><url><loc> https://a.example/?a&amp;b <!-- c --><![CDATA[<]]></loc></url><u:url><u:loc a="/>">x</u:loc></u:url></urlset>`)
	f.Add(`<?xml version="1.0"?><urlset><url><loc>a</loc><loc>b</loc><x/></url></urlset>`)
	f.Fuzz(func(t *testing.T, text string) {
		lower := strings.ToLower(text)
		if !strings.HasPrefix(text, "<urlset>") || strings.Contains(text, "<!D") || strings.Contains(lower, "<item") || lower != text || strings.ContainsRune(text, '\r') || len(text) > maxURL {
			return // what they read differently on purpose
		}
		want, ok := locations(text)
		if !ok {
			return
		}
		got := parseSitemap(mapURL, "", []byte(text), 1000)
		if got.problem == "sitemap-too-deep" {
			return
		}
		require.Equal(t, want, got.pages)
	})
}
