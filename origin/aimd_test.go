package origin_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/edgeprime/edgeprime/origin"
)

// miss is a proven miss that took a time.
func miss(ttfb time.Duration) origin.Outcome {
	return origin.Outcome{Written: true, Complete: true, Status: 200, Asked: true, TTFB: ttfb}
}

func status(code int) origin.Outcome {
	return origin.Outcome{Written: true, Complete: true, Status: code}
}

// tell puts n answers for a region through a guard, fifty a second.
func tell(g *origin.Guard, n int, o origin.Outcome) { tellFrom(g, "eu", n, o) }

func tellFrom(g *origin.Guard, region string, n int, o origin.Outcome) {
	for range n {
		p, err := g.Acquire(context.Background(), region)
		if err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
		p.Release(o)
	}
}

func TestPaceIsHalvedByWhatCountsAgainstTheOrigin(t *testing.T) {
	const usual = 100 * time.Millisecond
	spared := status(503)
	spared.Spared = true
	unproven, page, missing := miss(4*usual), miss(4*usual), miss(4*usual)
	unproven.Asked, page.Page, missing.Status = false, true, 404
	for name, tt := range map[string]struct {
		n    int
		o    origin.Outcome
		want int // decreases
	}{
		"500":                                 {1, status(500), 1},
		"429":                                 {1, status(429), 1},
		"a deadline":                          {1, origin.Outcome{Written: true, Complete: true, TimedOut: true}, 1},
		"404":                                 {40, status(404), 0},
		"what spared the origin":              {40, spared, 0},
		"twice as slow":                       {60, miss(2 * usual), 1},
		"less than that":                      {70, miss(usual * 18 / 10), 0},
		"slow for one window":                 {28, miss(4 * usual), 0},
		"slow, but maybe no miss":             {70, unproven, 0},
		"slow, but something else":            {70, missing, 0},
		"documents are not compared to files": {40, page, 0},
		"quicker":                             {70, miss(usual / 4), 0},
		"four times as slow, again and again": {150, miss(4 * usual), 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 48})
				tell(g, 60, miss(usual))
				require.Zero(t, g.Pace().Decreases)
				tell(g, tt.n, tt.o)
				tell(g, 30, miss(usual))
				assert.Equal(t, tt.want, g.Pace().Decreases)
			})
		})
	}
}

// What nobody would notice is not slow, by however much it is.
func TestPaceIgnoresWhatNobodyNotices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 48})
		tell(g, 60, miss(time.Millisecond))
		tell(g, 200, miss(50*time.Millisecond))
		assert.Zero(t, g.Pace().Decreases)
	})
}

// One broken document among many does not make a sick origin.
func TestPaceSuffersFewFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 48})
		quickly := func(n int, o origin.Outcome) {
			for range n {
				acquire(t, g, "eu").Release(o)
			}
		}
		tell(g, 30, miss(quick))
		for range 4 {
			quickly(60, miss(quick))
			quickly(1, status(500))
			quickly(60, miss(quick))
			time.Sleep(time.Second)
		}
		quickly(1, miss(quick))
		assert.Zero(t, g.Pace().Decreases)
	})
}

// What was asked for before the pace was lowered says nothing of the lower one.
func TestPaceIsHalvedOnceForWhatWasOpenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 48})
		tell(g, 30, miss(quick))
		var open []*origin.Permit
		for range 20 {
			open = append(open, acquire(t, g, "eu"))
		}
		for _, p := range open {
			time.Sleep(time.Second)
			p.Release(status(503))
		}
		assert.Equal(t, origin.Pace{RPS: 500, InFlight: 24, LowestRPS: 500, LowestInFlight: 24, Decreases: 1}, g.Pace())
	})
}

// The way back is a step for each clean window: 1, and a thirty-second of a large ceiling.
func TestPaceGrowsByAStepForEachCleanWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 320, MaxInFlight: 8})
		tell(g, 30, miss(quick))
		time.Sleep(time.Second)
		tell(g, 1, status(503))
		pace := g.Pace()
		require.Equal(t, []int{160, 4}, []int{pace.RPS, pace.InFlight})
		var rates, slots []int
		for range 1000 {
			tell(g, 1, miss(quick))
			if now := g.Pace(); now != pace {
				pace = now
				rates, slots = append(rates, now.RPS), append(slots, now.InFlight)
			}
		}
		assert.Equal(t, []int{170, 180, 190, 200, 210}, rates[:5])
		assert.Equal(t, []int{5, 6, 7, 8, 8}, slots[:5])
		assert.Equal(t, origin.Pace{RPS: 320, InFlight: 8, LowestRPS: 160, LowestInFlight: 4, Decreases: 1}, g.Pace())
	})
}

// The pace is what permits are granted at.
func TestGuardGrantsAtItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 20, MaxInFlight: 8})
		acquire(t, g, "eu").Release(status(503))
		require.Equal(t, 10, g.Pace().RPS)
		time.Sleep(2 * time.Second)
		m, began := &meter{}, time.Now()
		for range 7 { // a window that is not full changes nothing
			p := acquire(t, g, "eu")
			m.serve(0)
			p.Release(done)
		}
		assert.InDelta(t, 0.3, time.Since(began).Seconds(), 0.01, "spaced at twice the lower rate")
		defer g.Enter("eu")()
		defer g.Enter("us")()
		defer g.Enter("ap")()
		refused := func(region string) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, err := g.Acquire(ctx, region)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		eu := []*origin.Permit{acquire(t, g, "eu"), acquire(t, g, "eu")}
		refused("eu") // two thirds of half of eight are out
		us := []*origin.Permit{acquire(t, g, "us"), acquire(t, g, "us")}
		refused("ap") // half of eight are out
		for _, p := range append(eu, us...) {
			p.Release(done)
		}
	})
}

func TestPaceIsToldOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 200, MaxInFlight: 48, Amplification: 2})
		var told []string
		g.Notify = func(why string) { told = append(told, why) }
		tell(g, 60, miss(usual))
		tell(g, 110, miss(4*usual))
		require.Greater(t, g.Pace().Decreases, 1)
		assert.Equal(t, []string{"misses take 800ms where they took 200ms: slowing down to 100 per second, 24 at once"}, told)
		time.Sleep(time.Minute)
		tell(g, 1, status(502))
		require.Len(t, told, 2)
		assert.Regexp(t, `^1 of [0-9]+ answers failed: slowing down to 12 per second, 2 at once$`, told[1])
	})
}

// What takes long at the slowest pace is not the run's doing: it becomes the usual time.
func TestPaceLearnsWhatIsUsualWhenItCannotBeSlower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 8, MaxInFlight: 8})
		tell(g, 60, miss(10*time.Millisecond))
		tell(g, 300, miss(150*time.Millisecond))
		assert.Equal(t, origin.Pace{RPS: 8, InFlight: 8, LowestRPS: 1, LowestInFlight: 1, Decreases: 3}, g.Pace())
	})
}

// What grows little by little while the limits hold is another kind of asset, and no other origin.
func TestPaceGetsUsedToWhatGrowsSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 48})
		for _, ms := range []int{100, 150, 220, 330} {
			tell(g, 1000, miss(time.Duration(ms)*time.Millisecond))
		}
		assert.Zero(t, g.Pace().Decreases)
	})
}

// An origin that was slow at first, and warmed up, is slow when it is as slow again.
func TestPaceGetsUsedToWhatIsQuicker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 48})
		tell(g, 60, miss(4*usual))
		tell(g, 1000, miss(usual))
		require.Zero(t, g.Pace().Decreases)
		tell(g, 80, miss(4*usual))
		assert.NotZero(t, g.Pace().Decreases)
	})
}

// A region that is heard seldom speaks for the origin as well, and one that has ended does not.
func TestPaceAsksTheRegionsThatAreAtWork(t *testing.T) {
	for name, tt := range map[string]struct {
		ap        int // answers for each eight of the other region
		decreases bool
	}{
		"seldom": {1, false},
		"ended":  {0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 48})
				tellFrom(g, "ap", 60, miss(usual))
				tell(g, 60, miss(usual))
				tellFrom(g, "ap", 12, miss(usual))
				for range 20 {
					tell(g, 8, miss(4*usual))
					tellFrom(g, "ap", tt.ap, miss(usual))
				}
				assert.Equal(t, tt.decreases, g.Pace().Decreases > 0)
			})
		})
	}
}

// Slowness is what the pace is for; it pauses the run only when there is nothing left to lower.
func TestGuardPausesForSlownessOnlyAtTheSlowestPace(t *testing.T) {
	for limit, pauses := range map[int]bool{48: false, 1: true} {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: limit, MaxInFlight: limit})
			tell(g, 60, miss(usual))
			tell(g, 60, miss(4*usual))
			assert.Equal(t, pauses, !g.Health().PausedUntil.IsZero(), "limits of %d", limit)
			assert.Equal(t, pauses, g.Pace().Decreases == 0)
		})
	}
}

func TestPaceStaysBetweenOneAndTheCeiling(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limits := origin.Limits{
			MaxRPS: rapid.IntRange(1, 300).Draw(rt, "rps"), MaxInFlight: rapid.IntRange(1, 60).Draw(rt, "in flight"),
		}
		outcome := rapid.Custom(func(rt *rapid.T) origin.Outcome {
			return origin.Outcome{
				Written: rapid.Bool().Draw(rt, "written"), Complete: true,
				Asked: rapid.Bool().Draw(rt, "asked"), Spared: rapid.Bool().Draw(rt, "spared"), Page: rapid.Bool().Draw(rt, "page"),
				Status:   rapid.SampledFrom([]int{0, 200, 200, 404, 429, 500, 503}).Draw(rt, "status"),
				TTFB:     time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(rt, "ttfb")),
				TimedOut: rapid.IntRange(0, 20).Draw(rt, "timed out") == 0,
			}
		})
		outcomes := rapid.SliceOfN(outcome, 1, 200).Draw(rt, "outcomes")
		gap := time.Duration(rapid.IntRange(0, 700).Draw(rt, "gap ms")) * time.Millisecond
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, limits)
			m := &meter{}
			for i, o := range outcomes {
				p, err := g.Acquire(t.Context(), []string{"eu", "us"}[i%2])
				if err != nil {
					require.ErrorIs(t, err, origin.ErrAborted)
					break
				}
				before := g.Pace()
				m.serve(0)
				time.Sleep(gap * time.Duration(i%3) / 2)
				p.Release(o)
				pace := g.Pace()
				for _, of := range [][4]int{
					{pace.LowestRPS, pace.RPS, before.RPS, limits.MaxRPS},
					{pace.LowestInFlight, pace.InFlight, before.InFlight, limits.MaxInFlight},
				} {
					assert.True(t, 1 <= of[0] && of[0] <= of[1] && of[1] <= of[3], "%v", of)
					assert.GreaterOrEqual(t, of[1], max(1, of[2]/2), "halved at most")
				}
			}
			if !slices.ContainsFunc(outcomes, func(o origin.Outcome) bool { return o.Spared || !o.Written }) {
				assert.LessOrEqual(t, m.densest(), limits.MaxRPS)
			}
		})
	})
}
