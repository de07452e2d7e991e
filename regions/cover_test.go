package regions_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

func TestCoveredEnough(t *testing.T) {
	for _, c := range []struct {
		name       string
		cells      [][2]int // hits since the last miss, misses
		named      int
		cover      int
		want       bool
		wantsNodes int
	}{
		{"one cell, few hits", [][2]int{{31, 0}}, 0, 32, false, 1},
		{"one cell, enough hits", [][2]int{{32, 0}}, 1, 32, true, 1},
		{"many cells hit once", [][2]int{{16, 0}, {16, 0}}, 0, 32, true, 1},
		{"a cell that was not asked", [][2]int{{40, 0}, {0, 0}}, 0, 32, false, 1},
		{"nodes of two names, each cell on one connection", [][2]int{{40, 0}, {1, 0}}, 2, 32, false, 1},
		{"nodes of two names, each cell on two", [][2]int{{40, 0}, {2, 0}}, 2, 32, true, 1},
		{"a miss shows a second node", [][2]int{{40, 1}, {8, 0}}, 0, 32, false, 2},
		{"hits for two nodes", [][2]int{{56, 1}, {8, 0}}, 0, 32, true, 2},
		{"too few for one cell", [][2]int{{57, 1}, {7, 0}}, 0, 32, false, 2},
		{"three misses show four nodes", [][2]int{{111, 3}, {16, 0}}, 0, 32, false, 4},
		{"hits for four nodes", [][2]int{{112, 3}, {16, 0}}, 0, 32, true, 4},
		{"measured once is enough when so wanted", [][2]int{{1, 2}}, 5, 1, true, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			sum := regions.Covered{Named: c.named}
			for _, cell := range c.cells {
				sum.Add(cell[0], cell[1])
			}
			assert.Equal(t, c.wantsNodes, sum.Nodes())
			assert.Equal(t, c.want, sum.Enough(c.cover))
		})
	}
}

// pool is a vantage whose address is that of several cache nodes. While priming one connection is kept,
// so that one node answers; after that each request can meet another.
type pool struct {
	random *rand.Rand
	nodes  []map[string]bool // what each has stored
	cold   int               // a node that never stores; -1 for none
	named  bool
	primer int
}

func newPool(seed uint64, nodes int) *pool {
	p := &pool{random: rand.New(rand.NewPCG(seed, 7)), cold: -1}
	for range nodes {
		p.nodes = append(p.nodes, map[string]bool{})
	}
	p.primer = p.random.IntN(nodes)
	return p
}

func (p *pool) answer(t regions.Task, o *edge.Observation) {
	node := p.primer
	if t.Pass != edge.Prime {
		node = p.random.IntN(len(p.nodes))
	}
	hit := p.nodes[node][t.Asset.URL]
	if node != p.cold {
		p.nodes[node][t.Asset.URL] = true
	}
	o.Cache = edge.CacheStatus{Outcome: edge.Miss, EdgeHit: &hit}
	if hit {
		o.Cache.Outcome = edge.Hit
	}
	if p.named {
		o.Cache.Node = fmt.Sprintf("cache-%d", node)
	}
}

// launchPool primes and measures two critical pages at the pool, and returns what was seen.
func launchPool(t *testing.T, p *pool) (seen regions.Covered, asked int, warm bool) {
	t.Helper()
	pages := []crawl.Asset{
		{URL: "http://shop.example/", Kind: crawl.Document, Priority: crawl.Critical},
		{URL: "http://shop.example/a.css", Kind: crawl.Stylesheet, Priority: crawl.Critical},
		{URL: "http://shop.example/a.png", Kind: crawl.Image, Priority: crawl.Low},
	}
	in := regions.Input{Launch: "sale", Manifest: crawl.NewManifest(pages), Variants: []edge.Variant{{Name: "br"}}, Regions: []regions.Region{{Name: "eu"}}}
	path := filepath.Join(t.TempDir(), "j")
	r := newRun(t, in, path)
	w := &world{stored: map[string]bool{}, answer: p.answer}
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime, r.dispatcher.Verify))
	hits, misses, names := map[string]int{}, map[string]int{}, map[string]bool{}
	for o, err := range regions.ReadObservations(path) {
		require.NoError(t, err)
		if o.Pass == edge.Prime || o.URL == pages[2].URL {
			assert.NotEqual(t, edge.Cover, o.Pass, "only critical cells are repeated")
			continue
		}
		asked++
		names[o.Cache.Node] = o.Cache.Node != ""
		if hits[o.URL]++; !*o.Cache.EdgeHit {
			hits[o.URL] = 0
			misses[o.URL]++
		}
	}
	seen.Named = len(names) - len(map[bool]int{})
	if !p.named {
		seen.Named = 0
	}
	warm = true
	for _, page := range pages[:2] {
		seen.Add(hits[page.URL], misses[page.URL])
		for _, node := range p.nodes {
			warm = warm && node[page.URL]
		}
	}
	return seen, asked, warm
}

// One node is believed after hits in a row, without more.
func TestVerifyRepeatsUntilOneNodeIsProven(t *testing.T) {
	seen, asked, warm := launchPool(t, newPool(1, 1))
	assert.True(t, warm)
	assert.True(t, seen.Enough(regions.DefaultCover))
	assert.Equal(t, regions.DefaultCover, asked)
}

// Nodes that stay cold are found, however many there are: what is enough is warm everywhere.
func TestVerifyRepeatsUntilEveryNodeIsMet(t *testing.T) {
	enough, wrong := 0, 0
	for seed := range uint64(200) {
		p := newPool(seed, 2+int(seed%4))
		p.named = seed%2 == 0
		seen, _, warm := launchPool(t, p)
		if seen.Enough(regions.DefaultCover) {
			enough++
			if !warm {
				wrong++
			}
		}
	}
	assert.Greater(t, enough, 100, "pools get warm by being asked")
	assert.LessOrEqual(t, wrong, 2, "1 %% is what the hits in a row leave open")
	t.Logf("enough %d, of them not warm everywhere %d", enough, wrong)
}

// A node that stores nothing is met again and again, and never outvoted.
func TestVerifyNeverTrustsAPoolWithAColdNode(t *testing.T) {
	for seed := range uint64(200) {
		nodes := 2 + int(seed%7)
		p := newPool(seed, nodes)
		p.cold = (p.primer + 1) % nodes
		seen, _, _ := launchPool(t, p)
		assert.False(t, seen.Enough(regions.DefaultCover), "seed %d, %d nodes: %+v", seed, nodes, seen)
	}
}

// A resumed run goes on where the repetitions stopped, and asks none of them again.
func TestCoverResumes(t *testing.T) {
	in := regions.Input{
		Launch: "sale", Manifest: crawl.NewManifest([]crawl.Asset{{URL: "http://shop.example/", Kind: crawl.Document, Priority: crawl.Critical}}),
		Variants: []edge.Variant{{Name: "br"}}, Regions: []regions.Region{{Name: "eu"}},
	}
	path := filepath.Join(t.TempDir(), "j")
	first := newRun(t, in, path)
	w := &world{stored: map[string]bool{}}
	w.answer = func(task regions.Task, _ *edge.Observation) {
		if task.Pass == edge.Cover && task.Round == 11 {
			require.NoError(t, first.journal.Close()) // what comes after is lost
		}
	}
	require.Error(t, first.do(t.Context(), w.fetch, first.dispatcher.Prime, first.dispatcher.Verify))
	second := newRun(t, in, path)
	again := &world{stored: map[string]bool{"eu http://shop.example/": true}}
	require.NoError(t, second.do(t.Context(), again.fetch, second.dispatcher.Prime, second.dispatcher.Verify))
	assert.Equal(t, regions.DefaultCover-11, again.passes("cover eu"), "verify and ten repetitions had their answer")
	assert.Zero(t, again.passes("verify eu"))
}

// A challenge ends the repetitions: they must not become a ban.
func TestCoverEndsAtAChallenge(t *testing.T) {
	in := regions.Input{
		Launch: "sale", Manifest: crawl.NewManifest([]crawl.Asset{{URL: "http://shop.example/", Kind: crawl.Document, Priority: crawl.Critical}}),
		Variants: []edge.Variant{{Name: "br"}}, Regions: []regions.Region{{Name: "eu"}},
	}
	r := newRun(t, in, filepath.Join(t.TempDir(), "j"))
	w := &world{stored: map[string]bool{}, answer: func(task regions.Task, o *edge.Observation) {
		if task.Round == 3 {
			o.Challenge = "a challenge page"
		}
	}}
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime, r.dispatcher.Verify))
	assert.Equal(t, 3, w.passes("cover eu"))
}

// A run that only measures repeats what hit, and nothing where something missed: that would fill it.
func TestCoverFillsNothingWhenOnlyMeasuring(t *testing.T) {
	for name, c := range map[string]struct {
		stored map[string]bool
		want   int
	}{
		"warm": {map[string]bool{"eu http://shop.example/": true}, regions.DefaultCover - 1},
		"cold": {map[string]bool{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := regions.Input{
				Launch: "sale", Manifest: crawl.NewManifest([]crawl.Asset{{URL: "http://shop.example/", Kind: crawl.Document, Priority: crawl.Critical}}),
				Variants: []edge.Variant{{Name: "br"}}, Regions: []regions.Region{{Name: "eu"}},
			}
			r := newRun(t, in, filepath.Join(t.TempDir(), "j"))
			r.dispatcher.MeasureOnly = true
			w := &world{stored: c.stored}
			require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Verify))
			assert.Equal(t, 1, w.passes("verify eu"))
			assert.Equal(t, c.want, w.passes("cover eu"))
		})
	}
}

// What can never hit is not repeated: neither by its outcome, nor when it keeps missing.
func TestCoverLeavesWhatCannotHit(t *testing.T) {
	for outcome, want := range map[edge.Outcome]int{edge.Bypass: 0, edge.Miss: 6} {
		in := regions.Input{
			Launch: "sale", Manifest: crawl.NewManifest([]crawl.Asset{{URL: "http://shop.example/", Kind: crawl.Document, Priority: crawl.Critical}}),
			Variants: []edge.Variant{{Name: "br"}}, Regions: []regions.Region{{Name: "eu"}},
		}
		r := newRun(t, in, filepath.Join(t.TempDir(), "j"))
		no := false
		w := &world{stored: map[string]bool{}, answer: func(_ regions.Task, o *edge.Observation) {
			o.Cache = edge.CacheStatus{Outcome: outcome, EdgeHit: &no}
		}}
		require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime, r.dispatcher.Verify))
		assert.Equal(t, want, w.passes("cover eu"), "%s: with verify and confirm, eight misses are enough", outcome)
	}
}

// A host whose bot protection answers is left alone after a few requests, like one that refuses
// connections; one challenge among answers changes nothing.
func TestChallengesInARowEndTheAsking(t *testing.T) {
	for name, c := range map[string]struct {
		challenged func(i int) bool
		want       int
	}{
		"each":         {func(int) bool { return true }, 5 + 3},
		"every second": {func(i int) bool { return i%2 == 0 }, 40},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				asker := &regions.Asker{
					Budget: origin.NewBudget(100), Breakers: &origin.Breakers{},
					Fetch: func(context.Context, regions.Task) (edge.Observation, error) {
						o := edge.Observation{Status: 403}
						if c.challenged(asked) {
							o.Challenge = "a challenge page"
						}
						asked++
						return o, nil
					},
				}
				for i := range 40 {
					cell := regions.Cell{Asset: crawl.Asset{URL: fmt.Sprintf("http://shop.example/%d", i)}, Vantage: edge.Vantage{Name: "eu"}}
					_, err := asker.Ask(t.Context(), t.Context(), regions.NewTask("r1", cell, "s", edge.Prime))
					require.NoError(t, err)
				}
				assert.Equal(t, c.want, asked)
			})
		})
	}
}
