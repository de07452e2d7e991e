package crawl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestListedIsAsTaken proves that a URL which is only listed ends in the manifest as one that was
// taken: packing it away changes nothing but that nobody reads it.
func TestListedIsAsTaken(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		url := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("https://www.example/%d%s", rapid.IntRange(0, 30).Draw(t, "n"), rapid.SampledFrom([]string{"", ".png", ".js", ".woff2", ".pdf"}).Draw(t, "end"))
		})
		s := site{}
		var maps []string
		for i := range rapid.IntRange(1, 4).Draw(rt, "sitemaps") {
			maps = append(maps, fmt.Sprintf("https://www.example/%d.txt", 100+i))
			s[maps[i]] = page("text/plain", strings.Join(rapid.SliceOfN(url, 1, 20).Draw(rt, "urls"), "\n"))
		}
		cfg := Config{
			Entries: []string{"https://www.example/0"}, Sitemaps: maps, Limits: Limits{Pages: rapid.IntRange(1, 20).Draw(rt, "pages")},
			Critical: Globs{Include: []string{"/1*"}, Exclude: []string{"/2*"}},
		}
		crawl := func(cfg Config) []Asset {
			m, err := New(cfg, s.fetch, nil).Crawl(t.Context())
			require.NoError(rt, err)
			assets := slices.Collect(m.All())
			for i := range assets {
				assets[i].Status = 0
			}
			return assets
		}
		few := crawl(cfg)
		cfg.Limits.Pages = 1000
		require.Equal(rt, crawl(cfg), few)
	})
}

func TestMergePacked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var blocks []packed
		var all []Asset
		for range rapid.IntRange(0, 5).Draw(rt, "blocks") {
			block := rapid.SliceOfN(someAsset(), 0, 2*packedGroup).Draw(rt, "block")
			all = append(all, block...)
			blocks = append(blocks, packSorted(slices.Clone(block)))
		}
		want, got := packSorted(all), mergePacked(blocks)
		require.Equal(rt, slices.Collect(want.all()), slices.Collect(got.all()))
		require.Equal(rt, want.n, got.n)
	})
}

func TestListedInBlocks(t *testing.T) {
	var l listed
	want := 3*listedBlock/2 - 1
	for i := range want {
		l.add(Asset{URL: strconv.Itoa((i * 7919) % want)})
	}
	l.add(Asset{URL: "0"})
	l.seal()
	assert.Equal(t, want, l.whole.n)
	assert.Nil(t, l.pending)
	for _, url := range []string{"0", "17", strconv.Itoa(want - 1)} {
		_, ok := l.whole.find(url)
		assert.True(t, ok, url)
	}
}

// TestListedAndLinked names an image in a sitemap, beyond what is asked for, and then on a page with a
// choice and a mode of its own.
func TestListedAndLinked(t *testing.T) {
	m := site{
		mapURL:                     page("text/plain", "https://www.example/z.png\nhttps://www.example/a.png\nhttps://www.example/b.png"),
		"https://www.example/page": htmlPage(`<link rel=icon href=data:,><img crossorigin srcset="a.png, c.png 2x"><img src=d.png>`),
	}.crawl(t, Config{Entries: []string{"https://www.example/page"}, Sitemaps: []string{mapURL}, Limits: Limits{Assets: 1, Pages: 1}})
	a := m.find("https://www.example/a.png")
	assert.Equal(t, CORS, a.Mode)
	assert.Equal(t, "sitemap", a.Source)
	assert.Equal(t, Critical, a.Priority)
	assert.Equal(t, []string{"mobile", "desktop"}, a.Selected)
	assert.Contains(t, m.problem("limit-assets", "https://www.example/d.png").Detail, "1 reference", "what is listed does not count as found")
}

func TestFilesOfSitemapsAreLimited(t *testing.T) {
	s := site{mapURL: page("text/plain", "https://www.example/1.css\nhttps://www.example/2.css\nhttps://www.example/3.css")}
	for i := range 3 {
		s[fmt.Sprintf("https://www.example/%d.css", i+1)] = cssPage("a{background:url(i.png)}")
	}
	m := s.crawl(t, Config{Sitemaps: []string{mapURL}, Limits: Limits{Pages: 2}})
	assert.Equal(t, 200, m.find("https://www.example/2.css").Status)
	assert.Zero(t, m.find("https://www.example/3.css").Status)
	assert.Contains(t, m.problem("limit-listed", "https://www.example/3.css").Detail, "1 file of sitemaps beyond the limit of 2")
}

func TestLongSitemapsAreNamed(t *testing.T) {
	list := strings.Repeat("https://www.example/a.png\n", maxSitemapEntries+1)
	m := site{mapURL: page("text/plain", list)}.crawl(t, Config{Sitemaps: []string{mapURL}})
	p := m.problem("sitemap-entries", mapURL)
	assert.Contains(t, p.Detail, "it lists 50001 URLs")
	assert.False(t, p.Incomplete)
}

// A sitemap of other hosts' pages is told about up to a bound, and counted whole.
func TestWhatASitemapLeavesOutIsBounded(t *testing.T) {
	list := strings.Repeat("https://o.example/\n", maxUntaken+5) + "https://www.example/\n"
	s := site{mapURL: page("text/plain", list), "https://www.example/": htmlPage("")}
	c := New(Config{Sitemaps: []string{mapURL}}, s.fetch, nil)
	told := 0
	c.Trace = func(d Decision) {
		if d.Outcome == Left {
			told++
		}
	}
	m, err := c.Crawl(t.Context())
	require.NoError(t, err)
	assert.Equal(t, maxUntaken, told)
	assert.Contains(t, m.problem("sitemap-foreign", mapURL).Detail, strconv.Itoa(maxUntaken+5))
}
