package crawl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestProbing: what a first visit requests is asked for once, though nothing in it is read, so that
// its redirects are known.
func TestProbing(t *testing.T) {
	const w = "https://www.example/"
	s := site{
		w: page("text/html", `<meta name=viewport content="width=device-width"><link rel=icon href=i.ico><link rel=apple-touch-icon href=touch.png>
			<link rel=stylesheet href=s.css><meta property=og:image content=og.png><noscript><img src=ns.png></noscript>
			<img src=moved.png><img srcset="a.png, b.png 3x, c.png 9x"><img data-src=late.png><video src=v.mp4 poster=p.png autoplay></video>
			<img src=https://o.example/x.png><link rel=prefetch href=next.html><p>x`),
		w + "s.css":     cssPage(`@font-face{font-family:U;src:url(u.woff2)}@font-face{font-family:N;src:url(n.woff2)}p{font-family:U;background:url(bg.png)}.x{background:url(unused.png)}`),
		w + "moved.png": moved("/to.png"),
		w + "to.png":    moved("/end.png"),
		w + "end.png":   page("image/png", "x"),
		w + "bg.png":    moved("https://o.example/bg.png"),
		w + "late.png":  moved("/never.png"),
	}
	for ask, want := range map[string]string{
		"":          "a.png b.png bg.png end.png i.ico moved.png p.png s.css to.png u.woff2",
		AskSelected: "a.png b.png bg.png end.png i.ico moved.png p.png s.css to.png u.woff2",
		AskNeeded:   "s.css",
	} {
		t.Run("ask "+ask, func(t *testing.T) {
			asked := map[string]int{}
			m, err := New(Config{Entries: []string{w}, Ask: ask}, counting(s.fetch, func(a Asset) { asked[a.URL]++ }), nil).Crawl(t.Context())
			require.NoError(t, err)
			checkManifest(t, m)
			var got []string
			for _, url := range sortedKeys(asked) {
				assert.Equal(t, 1, asked[url], url)
				if url != w {
					got = append(got, strings.TrimPrefix(url, w))
				}
			}
			assert.Equal(t, want, strings.Join(got, " "))
			_, found := m.Find(w + "end.png")
			assert.Equal(t, ask != AskNeeded, found, "the target of redirects")
			_, found = m.Find("https://o.example/bg.png")
			assert.Equal(t, ask != AskNeeded, found, "named, never fetched")
			_, found = m.Find(w + "never.png")
			assert.False(t, found)
		})
	}
	require.ErrorContains(t, Config{Entries: []string{w}, Ask: "all"}.Validate(), `ask is "all"; write "selected" or "needed"`)
}
