package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// named lists what a page names: kind, source and URL, with a star for what no first visit asks for.
func named(assets []Asset) string {
	var out []string
	for _, a := range assets {
		if a.Source == "html:favicon" {
			continue
		}
		line := string(a.Kind) + " " + a.Source + " " + strings.TrimPrefix(a.URL, "https://www.example")
		if len(a.Selected) == 0 {
			line += "*"
		}
		out = append(out, line)
	}
	return strings.Join(out, ", ")
}

func namedBy(html string) string { return named(ExtractHTML([]byte(html), testPage)) }

// TestRefresh: HTML section 4.2.5.3, refresh state; "" is no refresh to another page.
func TestRefresh(t *testing.T) {
	for content, want := range map[string]string{
		"0;url=x":            "/dir/x",
		"5; URL=x":           "/dir/x",
		"  3 ;  url =  x  ":  "/dir/x",
		"0.5,url='x'":        "/dir/x",
		`0;url="x"`:          "/dir/x",
		"0 url=x":            "/dir/x",
		".5;url=/x?url=y":    "/x?url=y",
		"0;url=":             "",
		"5":                  "",
		"0;":                 "",
		"0;x=y":              "",
		"0;url=javascript:x": "",
		"x;url=y":            "",
	} {
		want = strings.TrimSuffix("document html:meta[refresh] "+want, "document html:meta[refresh] ")
		assert.Equal(t, want, named(ExtractHTML([]byte(`<meta http-equiv=Refresh content="`+strings.ReplaceAll(content, `"`, "&quot;")+`">`), testPage)), content)
	}
}

func TestMetaImages(t *testing.T) {
	for html, want := range map[string]string{
		`<meta property=og:image content=/a>`:                              "social html:meta /a*",
		`<meta property=OG:Image:URL content=/a>`:                          "social html:meta /a*",
		`<meta property=og:image:secure_url content=/a>`:                   "social html:meta /a*",
		`<meta name=twitter:image content=/a>`:                             "social html:meta /a*",
		`<meta name=twitter:image:src content=/a>`:                         "social html:meta /a*",
		`<meta name=msapplication-TileImage content=/a>`:                   "social html:meta /a*",
		`<meta itemprop=image content=/a>`:                                 "social html:meta /a*",
		`<meta name=thumbnail content=/a>`:                                 "social html:meta /a*",
		`<meta property=og:image:width content=5><meta property=og:image>`: "",
		`<meta property=og:url content=/a><meta name=image content=/a>`:    "",
		`<link rel=image_src href=/a>`:                                     "social html:link[rel=image_src] /a*",
		`<link rel=apple-touch-icon href=/a>`:                              "image html:link[rel=touch-icon] /a*",
		`<link rel="mask-icon" href=/a color=red>`:                         "image html:link[rel=touch-icon] /a*",
		`<link rel=alternate type="application/rss+xml" href=/a>`:          "data html:link[rel=alternate] /a*",
		`<link rel=alternate hreflang=de href=/de/>`:                       "",
		`<meta property=og:image content=/a><img src=/a>`:                  "social html:meta /a",
	} {
		assert.Equal(t, want, namedBy(html), html)
	}
}

func TestJSONLD(t *testing.T) {
	for text, want := range map[string]string{
		`{"image":"/a"}`: "/a*",
		`{"image":["/a",{"url":"/b"},{"contentUrl":"/c"},{"@id":"/d"}]}`:               "/a* /b* /c* /d*",
		`{"image":{"url":"/a","@id":"/no","caption":"/no","thumbnail":"/t"}}`:          "/t* /a*",
		`{"@graph":[{"logo":"/a"},{"publisher":{"logo":{"url":"/b"}}}]}`:               "/a* /b*",
		`[{"thumbnailUrl":["/a"]},{"photo":"/b"},{"primaryImageOfPage":{"url":"/c"}}]`: "/a* /b* /c*",
		`{"url":"/no","name":"/no","sameAs":["/no"],"image":null,"logo":5}`:            "",
		`{"image":`: "",
		`{"a":` + strings.Repeat("[", maxJSONDepth) + `{"image":"/no"}` + strings.Repeat("]", maxJSONDepth) + `}`: "",
	} {
		want = strings.Join(strings.Fields(want), ", social json-ld ")
		if want != "" {
			want = "social json-ld " + want
		}
		assert.Equal(t, want, namedBy(`<script type="application/ld+json">`+text+`</script>`), text)
	}
}

func TestSpeculationRules(t *testing.T) {
	for text, want := range map[string]string{
		`{"prefetch":[{"urls":["a","/b"]}]}`:                                     "document speculationrules:prefetch /dir/a, document speculationrules:prefetch /b",
		`{"prerender":[{"source":"list","urls":["a"],"eagerness":"immediate"}]}`: "document speculationrules:prerender /dir/a",
		`{"prefetch":[{"urls":["a"],"eagerness":"eager"}]}`:                      "document speculationrules:prefetch /dir/a",
		`{"prefetch":[{"urls":["a"],"eagerness":"moderate"}]}`:                   "document speculationrules:prefetch /dir/a*",
		`{"prefetch":[{"urls":["a"],"eagerness":"conservative"}]}`:               "document speculationrules:prefetch /dir/a*",
		`{"prefetch":[{"where":{"href_matches":"/*"}}]}`:                         "",
		`{"other":[{"urls":["a"]}]}`:                                             "",
		`[]`:                                                                     "",
		`{`:                                                                      "",
	} {
		assert.Equal(t, want, namedBy(`<script type=speculationrules>`+text+`</script>`), text)
	}
}

func TestNoscript(t *testing.T) {
	for html, want := range map[string]string{
		`<noscript><img src=/a></noscript>`:                                                                       "image noscript/html:img[src] /a*",
		`<head><noscript><link rel=stylesheet href=/a></noscript><link rel=stylesheet href=/b>`:                   "stylesheet noscript/html:link[rel=stylesheet] /a*, stylesheet html:link[rel=stylesheet] /b",
		`<noscript><meta http-equiv=refresh content="0;url=/a"></noscript>`:                                       "document noscript/html:meta[refresh] /a*",
		`<noscript><img srcset="/a, /b 2x"></noscript>`:                                                           "image noscript/html:img[srcset] /a*, image noscript/html:img[srcset] /b*",
		`<noscript><iframe src=/a></iframe></noscript><img src=/b>`:                                               "document noscript/html:iframe[src] /a*, image html:img[src] /b",
		`<noscript><noscript><img src=/a></noscript></noscript>`:                                                  "",
		`<noscript><style>p{background:url(/a)}</style><script type=module>import "/b"</script></noscript><p>`:    "",
		`<noscript><meta name=viewport content="width=300"></noscript><img srcset="/a 600w, /b 1200w, /c 5000w">`: "image html:img[srcset] /a*, image html:img[srcset] /b*, image html:img[srcset] /c",
		`<noscript><img src=/a></noscript><img src=/a>`:                                                           "image noscript/html:img[src] /a",
		`<noscript><template><img src=/a></template></noscript>`:                                                  "",
		`<template><noscript><img src=/a></noscript></template>`:                                                  "",
	} {
		assert.Equal(t, want, namedBy(html), html)
	}
}

func TestIslandsAndLateSources(t *testing.T) {
	for html, want := range map[string]string{
		`<astro-island component-url=/c.js renderer-url=/r.js before-hydration-url=/b.js></astro-island>`: "script html:astro-island[component-url] /c.js, script html:astro-island[renderer-url] /r.js, script html:astro-island[before-hydration-url] /b.js",
		`<astro-island component-url=/c.js client=idle>`:                                                  "script html:astro-island[component-url] /c.js",
		`<other-island component-url=/c.js>`:                                                              "",
		`<img data-src=/a>`:                                                                               "image html:[data-src] /a*",
		`<img data-lazy-src=/a data-original=/b>`:                                                         "image html:[data-lazy-src] /a*, image html:[data-original] /b*",
		`<img data-srcset="/a, /b 2x">`:                                                                   "image html:[data-srcset] /a*, image html:[data-srcset] /b*",
		`<div data-bg=/a data-background-image=/b>`:                                                       "image html:[data-bg] /a*, image html:[data-background-image] /b*",
		`<video data-poster=/a></video>`:                                                                  "image html:[data-poster] /a*",
		`<img data-id=/a data-url=/b datasrc=/c>`:                                                         "",
		`<img src=/a data-src=/b>`:                                                                        "image html:img[src] /a, image html:[data-src] /b*",
		`<template><img data-src=/a></template>`:                                                          "",
	} {
		assert.Equal(t, want, namedBy(html), html)
	}
}

// TestHeaderFields: what the fields of a document's response ask for.
func TestHeaderFields(t *testing.T) {
	const w = "https://www.example"
	early := page("text/html", `<link rel=icon href=data:,>`)
	early.EarlyHints = map[string][]string{"Link": {"</early.css>; rel=preload; as=style"}}
	for name, tt := range map[string]struct {
		entry Response
		want  string
	}{
		"refresh":               {page("text/html", "<link rel=icon href=data:,>", "Refresh", "3; url=/next"), "/next"},
		"refresh of itself":     {page("text/html", "<link rel=icon href=data:,>", "Refresh", "3"), ""},
		"speculation rules":     {page("text/html", "<link rel=icon href=data:,>", "Speculation-Rules", `"/rules.json", "/other.json"`), "/doc /other.json /rules.json"},
		"no list":               {page("text/html", "<link rel=icon href=data:,>", "Speculation-Rules", `/rules.json`), ""},
		"no strings":            {page("text/html", "<link rel=icon href=data:,>", "Speculation-Rules", `rules, 5`), ""},
		"early hints":           {early, "/early.css"},
		"links":                 {page("text/html", "<link rel=icon href=data:,>", "Link", `</a.css>; rel=preload; as=style, </b.js>; rel="modulepreload"`), "/a.css /b.js"},
		"a base moves no field": {page("text/html", "<link rel=icon href=data:,><base href=/x/>", "Link", `<a.css>; rel=preload; as=style`), "/a.css"},
	} {
		t.Run(name, func(t *testing.T) {
			s := site{
				w + "/":           tt.entry,
				w + "/next":       htmlPage("<link rel=icon href=data:,>"),
				w + "/rules.json": page("application/speculationrules+json", `{"prefetch":[{"urls":["doc"]}]}`),
				w + "/other.json": page("application/speculationrules+json", `{`),
				w + "/a.css":      cssPage(""), w + "/early.css": cssPage(""), w + "/b.js": jsPage(""),
			}
			m := s.crawl(t, Config{Entries: []string{w + "/"}})
			var got []string
			for _, url := range m.urls() {
				if url != w+"/" {
					got = append(got, strings.TrimPrefix(url, w))
				}
			}
			assert.Equal(t, tt.want, strings.Join(got, " "))
			assert.Equal(t, name == "speculation rules", m.problem("speculation-not-json", w+"/other.json").Detail != "")
		})
	}
}

// TestWebApp: icons, screenshots and shortcuts of a web app manifest, relative to it.
func TestWebApp(t *testing.T) {
	r, err := newResolver("https://www.example/app/m.webmanifest")
	assert.NoError(t, err)
	for text, want := range map[string]string{
		`{"icons":[{"src":"a.png"},{"src":"/b.png","sizes":"1x1"}]}`:                             "image manifest:icons /app/a.png*, image manifest:icons /b.png*",
		`{"screenshots":[{"src":"s.png"}],"shortcuts":[{"url":"/x","icons":[{"src":"c.png"}]}]}`: "image manifest:screenshots /app/s.png*, image manifest:shortcuts /app/c.png*",
		"\xef\xbb\xbf" + `{"icons":[{"src":""},{},{"src":"data:,x"}],"start_url":"/no"}`:         "",
		`{}`: "",
	} {
		out := refs{resolver: r, page: r.near.key, screens: screens(DefaultViewports(), "")}
		assert.True(t, out.readIcons([]byte(text)), text)
		assert.Equal(t, want, named(out.assets()), text)
	}
	for _, not := range []string{"", "<html>", "[]", `{"icons":{}}`, `{"icons":[5]}`} {
		out := refs{resolver: r}
		assert.False(t, out.readIcons([]byte(not)), not)
	}
}
