package regions_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

// tiered is a world of edges behind upper tiers, which take some time to fill and collapse nothing.
type tiered struct {
	tierOf map[string]string // by vantage
	silent bool              // answers do not tell where they were filled from

	mu     sync.Mutex
	stored map[string]bool
	fills  map[string]int // of the origin, by tier and object
	order  []string       // vantages, each time another one fills a tier
}

func newTiered(tierOf map[string]string) *tiered {
	return &tiered{tierOf: tierOf, stored: map[string]bool{}, fills: map[string]int{}}
}

func (w *tiered) fetch(_ context.Context, t regions.Task) (edge.Observation, error) {
	object := t.Asset.URL + " " + t.Variant.Name
	atEdge, atTier := t.Vantage.Name+" "+object, w.tierOf[t.Vantage.Name]+" "+object
	hit := false
	o := edge.Observation{
		URL: t.Asset.URL, Variant: t.Variant.Name, Status: 200,
		Cache: edge.CacheStatus{Outcome: edge.Miss, EdgeHit: &hit, Origin: edge.ContactNo},
	}
	w.mu.Lock()
	inTier := w.stored[atTier]
	switch {
	case w.stored[atEdge]:
		hit, o.Cache.Outcome = true, edge.Hit
	case !inTier:
		o.Cache.Origin = edge.ContactYes
		w.fills[atTier]++
		if len(w.order) == 0 || w.order[len(w.order)-1] != t.Vantage.Name {
			w.order = append(w.order, t.Vantage.Name)
		}
	}
	w.mu.Unlock()
	if !inTier {
		time.Sleep(time.Millisecond)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stored[atEdge], w.stored[atTier] = true, true
	if w.silent {
		o.Cache.Origin = edge.ContactUnknown
	}
	return o, nil
}

// tiersInput is a launch of five regions without a shield.
func tiersInput() regions.Input {
	in := input(60)
	in.Stages = regions.Stages{Canary: "eu", Cover: 1}
	in.Regions = []regions.Region{{Name: "eu"}, {Name: "us"}, {Name: "ap"}, {Name: "sa"}, {Name: "af"}}
	in.Variants = []edge.Variant{{Name: "br"}, {Name: "identity"}}
	in.Limits = origin.Limits{MaxRPS: 1000, MaxInFlight: 100}
	return in
}

// lessons collects what a run learns.
type lessons []string

func (l *lessons) learn(one regions.Lesson) {
	word := "warm"
	if one.Alone {
		word = "alone"
	}
	*l = append(*l, fmt.Sprintf("%s %s %d/%d", one.Vantage.Name, word, one.Above, one.Origin))
}

func TestEachTierIsFilledOnce(t *testing.T) {
	for _, tt := range []struct {
		name    string
		tiers   map[string]string
		silent  bool
		fills   int // of the 120 objects
		lessons lessons
	}{
		{
			"one for all",
			map[string]string{"eu": "A", "us": "A", "ap": "A", "sa": "A", "af": "A"},
			false, 120,
			lessons{"us warm 8/0", "ap warm 8/0", "sa warm 8/0", "af warm 8/0"},
		},
		{
			"three",
			map[string]string{"eu": "A", "us": "A", "ap": "B", "sa": "B", "af": "C"},
			false, 360,
			lessons{"us warm 8/0", "ap alone 0/8", "sa warm 8/0", "af alone 0/8"},
		},
		{
			"mates scouted twice",
			map[string]string{"eu": "A", "us": "B", "ap": "C", "sa": "C", "af": "C"},
			false, 360,
			lessons{"us alone 0/8", "ap alone 0/8", "sa warm 8/0", "af warm 8/0"},
		},
		{
			"none",
			map[string]string{"eu": "A", "us": "B", "ap": "C", "sa": "D", "af": "E"},
			false, 600,
			lessons{"us alone 0/8", "ap alone 0/8", "sa alone 0/8"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newTiered(tt.tiers)
			r := newRun(t, tiersInput(), filepath.Join(t.TempDir(), "journal"))
			var got lessons
			r.dispatcher.Learned = got.learn
			require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime))
			assert.Len(t, w.fills, tt.fills)
			for object, n := range w.fills {
				assert.Equal(t, 1, n, object)
			}
			assert.Equal(t, tt.lessons, got)
		})
	}
}

func TestLesson(t *testing.T) {
	for _, tt := range []struct {
		above, origin int
		warm, cold    bool
	}{{0, 0, false, false}, {8, 0, true, false}, {5, 3, true, false}, {4, 4, false, true}, {0, 1, false, true}} {
		l := regions.Lesson{Above: tt.above, Origin: tt.origin}
		assert.Equal(t, tt.warm, l.Warm(), l)
		assert.Equal(t, tt.cold, l.Cold(), l)
	}
}

// What a cache does not keep is asked of the origin from everywhere, and teaches nothing; a shield that is
// known needs no lesson.
func TestNothingIsLearnedWhereNothingIsToLearn(t *testing.T) {
	for name, in := range map[string]regions.Input{"uncacheable": tiersInput(), "shield": input(60)} {
		t.Run(name, func(t *testing.T) {
			w := newTiered(map[string]string{"eu": "A", "us": "A", "ap": "A", "sa": "A", "af": "A"})
			r := newRun(t, in, filepath.Join(t.TempDir(), "journal"))
			var got lessons
			r.dispatcher.Learned = got.learn
			require.NoError(t, r.do(t.Context(), func(ctx context.Context, task regions.Task) (edge.Observation, error) {
				o, err := w.fetch(ctx, task)
				if task.Pass == edge.Prime && name == "uncacheable" {
					o.Cache.Outcome, o.Cache.Origin = edge.Bypass, edge.ContactYes
				}
				return o, err
			}, r.dispatcher.Prime))
			assert.Empty(t, got)
		})
	}
}

// Where answers do not tell what was asked behind them there is nothing to learn, and nobody waits.
func TestSilentEdgesArePrimedTogether(t *testing.T) {
	w := newTiered(map[string]string{"eu": "A", "us": "B", "ap": "B", "sa": "B", "af": "B"})
	w.silent = true
	r := newRun(t, tiersInput(), filepath.Join(t.TempDir(), "journal"))
	var got lessons
	r.dispatcher.Learned = got.learn
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime))
	assert.Empty(t, got)
	assert.Greater(t, len(w.order), 8, "they take turns")
}

// A run that ended in between learns again, and fills nothing twice.
func TestTiersAreLearnedAgainWhenTheRunGoesOn(t *testing.T) {
	for _, after := range []int{130, 150, 200, 250, 300, 350, 400, 450, 500} {
		t.Run(strconv.Itoa(after), func(t *testing.T) {
			w := newTiered(map[string]string{"eu": "A", "us": "B", "ap": "C", "sa": "C", "af": "C"})
			path := filepath.Join(t.TempDir(), "journal")
			ctx, cancel := context.WithCancelCause(t.Context())
			enough := errors.New("enough")
			var mu sync.Mutex
			n := 0
			r := newRun(t, tiersInput(), path)
			err := r.do(ctx, func(ctx context.Context, task regions.Task) (edge.Observation, error) {
				mu.Lock()
				if n++; n == after {
					cancel(enough)
				}
				mu.Unlock()
				return w.fetch(ctx, task)
			}, r.dispatcher.Prime)
			require.ErrorIs(t, err, enough)
			again := newRun(t, tiersInput(), path)
			require.NoError(t, again.do(t.Context(), w.fetch, again.dispatcher.Prime))
			assert.Len(t, w.fills, 360)
			for object, n := range w.fills {
				assert.Equal(t, 1, n, object)
			}
		})
	}
}

// A region that is given up while it is primed alone holds nobody up.
func TestAVantageAloneThatIsGivenUpHoldsNobodyUp(t *testing.T) {
	w := newTiered(map[string]string{"eu": "A", "us": "B", "ap": "B", "sa": "B", "af": "B"})
	r := newRun(t, tiersInput(), filepath.Join(t.TempDir(), "journal"))
	r.dispatcher.Learned = func(l regions.Lesson) {
		if l.Vantage.Name == "us" {
			r.dispatcher.GiveUp("us")
		}
	}
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime))
	primed := map[string]int{}
	for key := range w.stored {
		vantage, _, _ := strings.Cut(key, " ")
		primed[vantage]++
	}
	for _, v := range []string{"eu", "ap", "sa", "af"} {
		assert.Equal(t, 120, primed[v], v)
	}
	assert.Less(t, primed["us"], 120, "nobody works there")
}
