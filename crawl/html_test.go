package crawl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const testPage = "https://www.example/dir/page.html"

// brief writes assets so that a table can hold them: kind, priority, mode, source and the URL
// without the test site's origin.
func brief(assets []Asset) []string {
	out := []string{}
	for _, a := range assets {
		if a.Source == "html:favicon" {
			continue
		}
		mode := ""
		if a.Mode != NoCORS {
			mode = " " + string(a.Mode)
		}
		out = append(out, fmt.Sprintf("%s %s%s %s %s", a.Kind, a.Priority, mode, a.Source, strings.TrimPrefix(a.URL, "https://www.example")))
	}
	return out
}

func TestExtractHTMLElements(t *testing.T) {
	for name, c := range map[string]struct {
		html string
		want []string
	}{
		"img":                    {`<IMG SRC='a.png'><img src=b.png src=c.png>`, []string{"image critical html:img[src] /dir/a.png", "image critical html:img[src] /dir/b.png"}},
		"img entities":           {`<img src="e.png?a=1&amp;b=2&copy=3">`, []string{"image critical html:img[src] /dir/e.png?a=1&b=2&copy=3"}},
		"img lazy":               {`<img loading=LAZY src=a.png>`, []string{"image low html:img[src] /dir/a.png"}},
		"img crossorigin":        {`<img crossorigin src=a.png>`, []string{"image critical cors html:img[src] /dir/a.png"}},
		"icons are not counted":  {`<img src=1 width=24 height=24><img src=2 width=1px><img src=3><img src=4 width=100% height=20><img src=5 width=40 height=400><img src=6>`, []string{"image high html:img[src] /dir/1", "image high html:img[src] /dir/2", "image critical html:img[src] /dir/3", "image critical html:img[src] /dir/4", "image critical html:img[src] /dir/5", "image high html:img[src] /dir/6"}},
		"fourth image":           {`<img src=1><img src=2><img loading=lazy src=z><img src=3><img src=4><img fetchpriority=high src=5>`, []string{"image critical html:img[src] /dir/1", "image critical html:img[src] /dir/2", "image low html:img[src] /dir/z", "image critical html:img[src] /dir/3", "image high html:img[src] /dir/4", "image critical html:img[src] /dir/5"}},
		"img srcset":             {`<img srcset="a.png 1x, b,c.png 2x" src=d.png>`, []string{"image critical html:img[srcset] /dir/a.png", "image critical html:img[srcset] /dir/b,c.png", "image low html:img[src] /dir/d.png"}},
		"image alias":            {`<image src=a.png>`, []string{"image critical html:img[src] /dir/a.png"}},
		"data attributes":        {`<img data-src=a.png data-srcset="b.png 2x" data-x=c.png><a data-bg=d.png>`, []string{"image low html:[data-src] /dir/a.png", "image low html:[data-srcset] /dir/b.png", "image low html:[data-bg] /dir/d.png"}},
		"picture":                {`<picture><source srcset=a.avif type=image/avif><source srcset=n.bin type=image/nonsense><source srcset=p.png media=print><source src=no.png><img loading=lazy src=b.png><source srcset=late.png></picture>`, []string{"image low html:source[srcset] /dir/a.avif", "image low html:img[src] /dir/b.png"}},
		"picture without img":    {`<picture><source srcset=a.png></picture>`, []string{}},
		"input":                  {`<input type=IMAGE src=a.png><input type=text src=b.png>`, []string{"image high html:input[src] /dir/a.png"}},
		"background":             {`<body background=a.png><table><tr><td background=b.png>`, []string{"image high html:body[background] /dir/a.png", "image high html:td[background] /dir/b.png"}},
		"video":                  {`<video poster=p.png src=v.mp4></video>`, []string{"image high html:video[poster] /dir/p.png", "media low html:video[src] /dir/v.mp4"}},
		"video autoplay":         {`<video preload=none autoplay src=v.mp4>`, []string{"media high html:video[src] /dir/v.mp4"}},
		"video preload none":     {`<video preload=none src=v.mp4 poster=p.png><source src=w.mp4></video>`, []string{"image high html:video[poster] /dir/p.png"}},
		"video sources":          {`<video><source src=a.webm type="video/webm; codecs=vp9"><source src=b.exe type=application/x-nonsense><track default src=en.vtt><track src=fr.vtt></video><source src=outside.mp4>`, []string{"media low html:source[src] /dir/a.webm", "media low html:track[src] /dir/en.vtt"}},
		"audio":                  {`<audio src=a.mp3></audio>`, []string{"media low html:audio[src] /dir/a.mp3"}},
		"object":                 {`<object data=o.svg></object><object data=a.png type=image/png></object><object data=d.pdf></object>`, []string{"document high navigate html:object[data] /dir/o.svg", "image high html:object[data] /dir/a.png", "data high html:object[data] /dir/d.pdf"}},
		"embed":                  {`<embed src=e.html><embed src=e.swf type=application/x-shockwave-flash>`, []string{"document high navigate html:embed[src] /dir/e.html", "data high html:embed[src] /dir/e.swf"}},
		"iframe":                 {`<iframe src=i.html></iframe><iframe loading=lazy src=l.html></iframe>`, []string{"document critical navigate html:iframe[src] /dir/i.html", "document low navigate html:iframe[src] /dir/l.html"}},
		"iframe srcdoc":          {`<base href=/b/><iframe srcdoc="<base href=/c/><img src=a.png>" src=no.html></iframe><img src=d.png>`, []string{"image critical html:img[src] /c/a.png", "image critical html:img[src] /b/d.png"}},
		"frame":                  {`<frameset><frame src=l.html></frameset>`, []string{"document critical navigate html:frame[src] /dir/l.html"}},
		"base":                   {`<img src=a.png><base target=_top><base href="//cdn.example/x/"><base href=/no/><img src=b.png><style>a{background:url(c.png)}</style>`, []string{"image critical html:img[src] /dir/a.png", "image critical html:img[src] https://cdn.example/x/b.png", "image high css:url https://cdn.example/x/c.png"}},
		"base that is no URL":    {`<base href="data:text/plain,x"><img src=a.png>`, []string{"image critical html:img[src] /dir/a.png"}},
		"svg":                    {`<svg><use href="s.svg#a"/><use href="#b"/><image xlink:href=i.png /><feImage href=f.png /><rect fill="url(p.svg#x)" style="mask:url(m.svg)"/><script href=s.js /><style>a{background:url(c.png)}</style></svg><img src=a.png>`, []string{"image high svg:use /dir/s.svg", "image high svg:image /dir/i.png", "image high svg:feimage /dir/f.png", "script high svg:script /dir/s.js", "image critical html:img[src] /dir/a.png", "image high cors css:url /dir/m.svg", "image high css:url /dir/p.svg", "image high css:url /dir/c.png"}},
		"svg self-closing title": {`<svg><title/><script/></svg><img src=a.png>`, []string{"image critical html:img[src] /dir/a.png"}},
		"template":               {`<template><template><img src=a.png></template><link rel=stylesheet href=a.css><style>a{background:url(b.png)}</style></template><img src=b.png>`, []string{"image critical html:img[src] /dir/b.png"}},
		"shadow root":            {`<div><template shadowrootmode=open><img src=a.png></template></div>`, []string{"image critical html:img[src] /dir/a.png"}},
		"noscript":               {`<noscript><img src=a.png><link rel=stylesheet href=n.css><style>*{background:url(no.png)}</style></noscript><img src=b.png>`, []string{"image low noscript/html:img[src] /dir/a.png", "stylesheet low noscript/html:link[rel=stylesheet] /dir/n.css", "image critical html:img[src] /dir/b.png"}},
		"comments":               {`<!-- <img src=a.png> --><!--[if IE]><img src=b.png><![endif]--><?xml-stylesheet href="no.css"?>`, []string{}},
		"raw text":               {`<textarea><img src=a.png></textarea><title><img src=b.png></title><xmp><img src=c.png></xmp>`, []string{}},
		"malformed":              {`<img src=a.png<p><div><img alt="x><img src=no.png"><b><img src="c.png"`, []string{"image critical html:img[src] /dir/a.png%3Cp"}},
		"style attribute":        {`<p style="background:url(&quot;a.png&quot;);--x:url(b.png)">`, []string{"image high css:url /dir/a.png", "image high css:url /dir/b.png"}},
		"style element":          {`<style>a{background:url(a.png)}</style><style media=print>@import "p.css";a{background:url(no.png)}</style><style type=text/less>a{background:url(no.png)}</style>`, []string{"stylesheet high css:import /dir/p.css", "image high css:url /dir/a.png"}},
		"fonts of one page":      {`<style>@font-face{font-family:U;src:url(u.woff2)format("woff2")}@font-face{font-family:N;src:url(n.woff2)}</style><p style="font:12px U">text`, []string{"font critical cors css:font-face /dir/u.woff2"}},
		"no request":             {`<img src=""><img src="#x"><img src="javascript:1"><img src="data:image/png,a"><a href=a.html><form action=f><meta name=description content=x.png>`, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, brief(ExtractHTML([]byte(c.html), testPage)))
		})
	}
}

func TestExtractHTMLLinksAndScripts(t *testing.T) {
	for name, c := range map[string]struct {
		html string
		want []string
	}{
		"stylesheet":     {`<LINK REL="StyleSheet" HREF=a.css><link rel="alternate stylesheet" href=b.css><link rel=stylesheet media=print href=c.css><link rel=stylesheet media="(min-width:1px)" href=d.css>`, []string{"stylesheet critical html:link[rel=stylesheet] /dir/a.css", "stylesheet high html:link[rel=stylesheet] /dir/b.css", "stylesheet high html:link[rel=stylesheet] /dir/c.css", "stylesheet critical html:link[rel=stylesheet] /dir/d.css"}},
		"not applied":    {`<link rel=stylesheet disabled href=a.css><link rel=stylesheet type=text/less href=b.css><link rel=stylesheet>`, []string{}},
		"icon":           {`<link rel="shortcut icon" href=s.ico><link rel=apple-touch-icon href=t.png>`, []string{"image low html:link[rel=icon] /dir/s.ico", "image low html:link[rel=touch-icon] /dir/t.png"}},
		"manifest":       {`<link rel=manifest href=m.webmanifest>`, []string{"manifest low cors html:link[rel=manifest] /dir/m.webmanifest"}},
		"preload":        {`<link rel=preload as=font type=font/woff2 crossorigin href=f.woff2><link rel=preload as=style href=s.css><link rel=preload as=SCRIPT href=s.js><link rel=preload as=fetch crossorigin href=d.json>`, []string{"font critical cors html:link[rel=preload] /dir/f.woff2", "stylesheet critical html:link[rel=preload] /dir/s.css", "script critical html:link[rel=preload] /dir/s.js", "data critical cors html:link[rel=preload] /dir/d.json"}},
		"preload unused": {`<link rel=preload href=a><link rel=preload as=video href=v.mp4><link rel=preload as=document href=d.html><link rel=preload as=font type=font/eot href=e><link rel=preload as=image type=image/x-no href=i><link rel=preload as=image media=print href=p><link rel=preload as=style type=text/less href=l><link rel=preload as=script type=text/plain href=t>`, []string{}},
		"imagesrcset":    {`<link rel=preload as=image imagesrcset="a.png 400w, b.png 800w" href=c.png>`, []string{"image low html:link[imagesrcset] /dir/a.png", "image critical html:link[imagesrcset] /dir/b.png", "image low html:link[rel=preload] /dir/c.png"}},
		"several rels":   {`<link rel="preload stylesheet" as=style href=ps.css><link rel="icon preload" as=image href=ip.png>`, []string{"stylesheet critical html:link[rel=preload] /dir/ps.css", "image low html:link[rel=icon] /dir/ip.png"}},
		"modulepreload":  {`<link rel=modulepreload href=m.js><link rel=modulepreload as=image href=no.png>`, []string{"script critical cors html:link[rel=modulepreload] /dir/m.js"}},
		"prefetch":       {`<link rel=prefetch href=next.html><link rel=prefetch as=script crossorigin href=next.js><link rel=preconnect href=//x.example><link rel=dns-prefetch href=//y.example><link rel=prerender href=p.html>`, []string{"document low html:link[rel=prefetch] /dir/next.html", "script low cors html:link[rel=prefetch] /dir/next.js"}},
		"scripts in the head": {
			`<head><title>t</title><script src=a.js></script><script async src=b.js></script><script defer src=c.js></script><script type=module src=d.js></script><script type=module async src=e.js></script></head>`,
			[]string{"script critical html:script[src] /dir/a.js", "script high html:script[src] /dir/b.js", "script high html:script[src] /dir/c.js", "script critical cors html:script[src] /dir/d.js", "script high cors html:script[src] /dir/e.js"},
		},
		"scripts in the body": {`<body><script src=a.js></script><script type=module src=b.js></script>`, []string{"script high html:script[src] /dir/a.js", "script high cors html:script[src] /dir/b.js"}},
		"head without tags":   {`<script src=a.js></script><p><script src=b.js></script>`, []string{"script critical html:script[src] /dir/a.js", "script high html:script[src] /dir/b.js"}},
		"script types":        {`<body><script nomodule src=a.js></script><script type=text/plain src=b.js></script><script type="application/ld+json">{"a":"<img src=x>"}</script><script language=JavaScript src=c.js></script><script language=vbscript src=d.js></script><script type="TEXT/JAVASCRIPT" src=e.js></script>`, []string{"script high html:script[src] /dir/c.js", "script high html:script[src] /dir/e.js"}},
		"inline module":       {`<script type=module>import "./a.js"; import("./b.js")</script><script>import("./c.js");new Worker('w.js');navigator.serviceWorker.register("sw.js")</script>`, []string{"script critical cors js:import /dir/a.js", "script high cors js:import() /dir/b.js", "script high cors js:import() /dir/c.js", "script high js:worker /dir/w.js", "script high js:service-worker /dir/sw.js"}},
		"module with nomodule": {
			`<script type=module nomodule src=a.js></script>`, []string{"script critical cors html:script[src] /dir/a.js"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, brief(ExtractHTML([]byte(c.html), testPage)))
		})
	}
}

func TestFavicon(t *testing.T) {
	favicon := Asset{
		URL: "https://www.example/favicon.ico", Kind: Image, Priority: Low, Mode: NoCORS, Page: testPage,
		Source: "html:favicon", Reason: "icon when none is declared", Selected: []string{"mobile", "desktop"},
	}
	assert.Equal(t, []Asset{favicon}, ExtractHTML([]byte(`<base href="https://cdn.example/"><p>`), testPage))
	assert.Empty(t, ExtractHTML([]byte(`<link rel=icon href="data:,">`), testPage))
	assert.Empty(t, ExtractHTML([]byte(`<img src=a.png>`), "no url"))
}

// What stands in noscript says nothing about the page around it.
func TestNoscriptKeepsToItself(t *testing.T) {
	const off = `<head><noscript><base href=//x.example/><link rel=icon href=n.png><link rel=canonical href=n></noscript>`
	assert.Equal(t, []string{"image low noscript/html:link[rel=icon] /dir/n.png", "image critical html:img[src] /dir/a.png"}, brief(ExtractHTML([]byte(off+`<link rel=icon href=data:,><img src=a.png>`), testPage)))
	d := readHTML([]byte(off), "", testPage, nil, nil)
	assert.False(t, d.hasIcon)
	assert.Empty(t, d.refs.canonical.key)
}

func TestInitiatorIsThePagesOrigin(t *testing.T) {
	html := `<base href="https://cdn.example/x/"><link rel=preload as=font crossorigin href=f.woff2><style>@font-face{font-family:U;src:url(u.woff2)}p{font-family:"u"}</style>`
	for _, a := range ExtractHTML([]byte(html), testPage) {
		if a.Kind == Font {
			assert.Equal(t, "https://www.example", a.Initiator)
			assert.Equal(t, CORS, a.Mode)
		} else {
			assert.Empty(t, a.Initiator)
		}
	}
}

func TestDocumentCharset(t *testing.T) {
	want := []string{"https://www.example/dir/%C3%BC.png?q=%FC&e=%80&h=%26%2326085%3B#"}
	want[0] = strings.TrimSuffix(want[0], "#")
	for name, c := range map[string]struct{ contentType, meta string }{
		"header": {"text/html; charset=windows-1252", ""},
		"meta":   {"", "<meta charset=windows-1252>"},
	} {
		t.Run(name, func(t *testing.T) {
			d := readHTML([]byte(c.meta+"<img src=\"\xfc.png?q=\xfc&e=&euro;&h=&#26085;#\xfc\">"), c.contentType, testPage, DefaultViewports(), nil)
			assert.Equal(t, want, urlsOf(d.refs.assets()))
		})
	}
	d := readHTML([]byte(strings.Repeat(" ", 2000)+"<img src=ü.png?q=ü>"), "", testPage, DefaultViewports(), nil)
	assert.Equal(t, []string{"https://www.example/dir/%C3%BC.png?q=%C3%BC"}, urlsOf(d.refs.assets()), "valid UTF-8 without a label")
	d = readHTML([]byte("\xff\xfe<\x00i\x00m\x00g\x00 \x00s\x00r\x00c\x00=\x00a\x00>\x00"), "", testPage, DefaultViewports(), nil)
	assert.Equal(t, []string{"https://www.example/dir/a"}, urlsOf(d.refs.assets()), "UTF-16")
}

func TestHostileHTML(t *testing.T) {
	deep := strings.Repeat("<div>", 20000) + "<img src=a.png>"
	assert.Contains(t, urlsOf(ExtractHTML([]byte(deep), testPage)), "https://www.example/dir/a.png")

	d := readHTML([]byte("<img src=a.png><p title=\""+strings.Repeat("x", maxToken+1)+"\"><img src=b.png>"), "", testPage, DefaultViewports(), nil)
	assert.NotEmpty(t, d.unread)
	assert.Equal(t, []string{"https://www.example/dir/a.png"}, urlsOf(d.refs.assets()))

	nested := "<img src=leaf.png>"
	for range 6 {
		nested = `<iframe srcdoc="` + strings.ReplaceAll(strings.ReplaceAll(nested, "&", "&amp;"), `"`, "&quot;") + `"></iframe>`
	}
	assert.NotContains(t, urlsOf(ExtractHTML([]byte(nested), testPage)), "https://www.example/dir/leaf.png")

	long := readHTML([]byte(`<img src="`+strings.Repeat("x", maxURL+1)+`"><img src="http://[bad"><img src="http://u:p@www.example/"><img src="`+strings.Repeat("ü", 600)+`">`), "", testPage, DefaultViewports(), nil)
	assert.Equal(t, 2, long.refs.tooLong)
	assert.Equal(t, 2, long.refs.invalid)
	assert.Empty(t, long.refs.list)
}
