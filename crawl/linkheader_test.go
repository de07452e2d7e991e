package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLinkHeader(t *testing.T) {
	for field, want := range map[string]string{
		`<a.css>; rel=preload; as=style`:                                               "stylesheet critical header:link[rel=preload] /dir/a.css",
		`</a.js>;rel="preload";as="script", <b.js>; rel=modulepreload`:                 "script critical header:link[rel=preload] /a.js|script critical cors header:link[rel=modulepreload] /dir/b.js",
		`<f.woff2>; REL="next preload"; AS=Font; crossorigin; type="font/woff2"`:       "font critical cors header:link[rel=preload] /dir/f.woff2",
		`<n.html>; rel=prefetch`:                                                       "document low header:link[rel=prefetch] /dir/n.html",
		`<a,b;c.png>; rel=preload; as=image; title="x, <no>; rel=preload \" as=image"`: "image critical header:link[rel=preload] /dir/a,b;c.png",
		`<fb.png>; rel=preload; as=image; imagesrcset="a.png 400w, b.png 800w"`:        "image critical header:link[imagesrcset] /dir/a.png|image critical header:link[imagesrcset] /dir/b.png|image high header:link[rel=preload] /dir/fb.png",
		`<p.png>; rel=preload; as=image; media=print`:                                  "",
		`<ls.css>; rel=stylesheet, <x>; rel=preconnect, <y>`:                           "",
		`<a.png>; rel=next; rel=preload; as=image`:                                     "",
		`, ,<a.png> ; rel = preload ; as = image ; ; x,<b.png>;rel=preload;as=image`:   "image critical header:link[rel=preload] /dir/a.png|image critical header:link[rel=preload] /dir/b.png",
		`a.png; rel=preload; as=image`:                                                 "",
		`<a.png; rel=preload`:                                                          "",
		`<a.png>; rel=preload; as="image`:                                              "image critical header:link[rel=preload] /dir/a.png",
	} {
		t.Run(field, func(t *testing.T) {
			resolver, err := newResolver(testPage)
			require.NoError(t, err)
			r := &refs{resolver: resolver, page: testPage, origin: "https://www.example"}
			r.linkHeader([]string{field})
			assert.Equal(t, want, strings.Join(brief(r.assets()), "|"))
		})
	}
}
