package origin_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/edgeprime/edgeprime/origin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// meter is the origin's own view: when requests start there and how many are open.
type meter struct {
	mu     sync.Mutex
	starts []time.Time
	open   int
	most   int
}

func (m *meter) serve(d time.Duration) {
	m.mu.Lock()
	m.starts = append(m.starts, time.Now())
	m.open++
	m.most = max(m.most, m.open)
	m.mu.Unlock()
	time.Sleep(d)
	m.mu.Lock()
	m.open--
	m.mu.Unlock()
}

// densest returns the most starts in any one-second window.
func (m *meter) densest() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.SortFunc(m.starts, time.Time.Compare)
	best := 0
	for i, first := range m.starts {
		n, _ := slices.BinarySearchFunc(m.starts, first.Add(time.Second), time.Time.Compare)
		best = max(best, n-i)
	}
	return best
}

func newGuard(tb testing.TB, l origin.Limits) *origin.Guard {
	tb.Helper()
	g, err := origin.NewGuard(l)
	require.NoError(tb, err)
	return g
}

func acquire(tb testing.TB, g *origin.Guard, region string) *origin.Permit {
	tb.Helper()
	p, err := g.Acquire(tb.Context(), region)
	require.NoError(tb, err)
	return p
}

var (
	done  = origin.Outcome{Written: true, Complete: true, Status: 200}
	asked = origin.Outcome{Written: true, Complete: true, Status: 200, Asked: true}
)

func TestGuardKeepsRateAndInFlightOverAllRegions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limits := origin.Limits{
			MaxRPS:      rapid.IntRange(1, 40).Draw(rt, "rps"),
			MaxInFlight: rapid.IntRange(1, 12).Draw(rt, "in flight"),
		}
		regions := rapid.IntRange(1, 4).Draw(rt, "regions")
		service := time.Duration(rapid.IntRange(1, 400).Draw(rt, "service ms")) * time.Millisecond
		lag := rapid.SliceOfN(rapid.IntRange(0, 99), 8, 8).Draw(rt, "ms until the write")
		way := rapid.SliceOfN(rapid.IntRange(0, 900), 8, 8).Draw(rt, "ms until the origin")
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, limits)
			m := &meter{}
			var wg sync.WaitGroup
			for worker := range 16 {
				region := fmt.Sprintf("r%d", worker%regions)
				wg.Go(func() {
					defer g.Enter(region)()
					for i := range 6 {
						p, err := g.Acquire(t.Context(), region)
						if !assert.NoError(t, err) {
							return
						}
						time.Sleep(time.Duration(lag[(worker+i)%len(lag)]) * time.Millisecond)
						if !assert.True(t, p.Start()) {
							return
						}
						time.Sleep(time.Duration(way[(worker+i)%len(way)]) * time.Millisecond)
						m.serve(service)
						p.Release([]origin.Outcome{done, asked}[i%2])
					}
				})
			}
			wg.Wait()
			assert.Len(t, m.starts, 96)
			assert.LessOrEqual(t, m.densest(), limits.MaxRPS)
			assert.LessOrEqual(t, m.most, limits.MaxInFlight)
		})
	})
}

// What strictness costs is the time in which a start may still lie: none once an answer shows that the
// origin was asked before it, and more where nothing is known of it.
func TestGuardUsesWhatTheLimitAllows(t *testing.T) {
	const took = 10 * time.Millisecond
	for name, tt := range map[string]struct {
		outcome origin.Outcome
		second  time.Duration // in which 20 start
	}{
		"asked":          {asked, time.Second + took},
		"nothing proven": {done, time.Second + took + 150*time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, origin.Limits{MaxRPS: 20, MaxInFlight: 20})
				began := time.Now()
				for range 400 {
					p := acquire(t, g, "eu")
					require.True(t, p.Start())
					time.Sleep(took)
					p.Release(tt.outcome)
				}
				assert.InDelta(t, (400.0/20-1)*tt.second.Seconds(), time.Since(began).Seconds(), 1)
			})
		})
	}
}

// What the window allows is not spent in one burst: at most at twice the rate.
func TestGuardSpacesPermits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 10, MaxInFlight: 10})
		began := time.Now()
		for i := range 10 {
			p := acquire(t, g, "eu")
			assert.InDelta(t, time.Duration(i)*50*time.Millisecond, time.Since(began), float64(2*time.Millisecond))
			defer p.Release(done)
		}
	})
}

// Timers are late by a millisecond: what should have been granted meanwhile is granted then, and no more.
func TestGuardCatchesUpWithALateTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 1000})
		began := time.Now()
		for range 300 {
			time.Sleep(time.Millisecond)
			for range 2 {
				acquire(t, g, "eu").Release(done)
			}
		}
		assert.Equal(t, 300*time.Millisecond, time.Since(began), "twice the rate")
		time.Sleep(100 * time.Millisecond)
		for range 10 {
			acquire(t, g, "eu").Release(done)
		}
		assert.GreaterOrEqual(t, time.Since(began), 402*time.Millisecond, "a long pause is no credit")
	})
}

// A request that the CDN may amplify can start another one until it has ended; any other one has
// started once its answer has begun.
func TestGuardWaitsForTheEndOfWhatIsAmplified(t *testing.T) {
	for amplification, want := range map[int]time.Duration{1: 1005 * time.Millisecond, 2: 3005 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: amplification, MaxInFlight: 4, Amplification: amplification})
			began := time.Now()
			p := acquire(t, g, "eu")
			p.Answered(true)
			go func() {
				time.Sleep(2 * time.Second) // of the body
				p.Release(asked)
			}()
			acquire(t, g, "eu").Release(origin.Outcome{})
			assert.Equal(t, want, time.Since(began))
			time.Sleep(2 * time.Second)
		})
	}
}

func TestGuardHoldsAPermitWhoseRequestDidNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 100, MaxInFlight: 1, Timeout: 10 * time.Second, HoldTail: 5 * time.Second})
		began := time.Now()
		acquire(t, g, "eu").Release(origin.Outcome{Written: true, TimedOut: true})
		acquire(t, g, "eu").Release(done)
		assert.Equal(t, 15*time.Second, time.Since(began), "the edge may still be filling from the origin")
	})
}

func TestGuardGivesBackWhatTheOriginWasSpared(t *testing.T) {
	for name, outcome := range map[string]origin.Outcome{
		"hit":             {Written: true, Complete: true, Spared: true},
		"nothing written": {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, origin.Limits{MaxRPS: 1, MaxInFlight: 1})
				began := time.Now()
				for range 50 {
					acquire(t, g, "eu").Release(outcome)
				}
				assert.Zero(t, time.Since(began))
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1, MaxInFlight: 1})
		began := time.Now()
		acquire(t, g, "eu").Release(origin.Outcome{Written: true, Spared: true}) // cut in the middle: held
		acquire(t, g, "eu").Release(done)
		assert.Equal(t, 15*time.Second, time.Since(began))
	})
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1, MaxInFlight: 2})
		began := time.Now()
		acquire(t, g, "eu").Release(origin.Outcome{Written: true, Spared: true}) // and still counts against the rate
		acquire(t, g, "eu").Release(done)
		assert.Equal(t, 11*time.Second+5*time.Millisecond, time.Since(began), "it may start as long as its fetch lasts")
	})
}

func TestGuardKeepsAThirdForOtherRegions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 6})
		defer g.Enter("eu")()
		leave := g.Enter("us")
		frozen := make([]*origin.Permit, 0, 6)
		for range 4 {
			frozen = append(frozen, acquire(t, g, "eu"))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := g.Acquire(ctx, "eu")
		require.ErrorIs(t, err, context.DeadlineExceeded, "eu holds two thirds already")
		acquire(t, g, "us").Release(done)
		leave()
		for range 2 { // alone, eu may have all
			frozen = append(frozen, acquire(t, g, "eu"))
		}
		for _, p := range frozen {
			p.Release(done)
		}
	})
}

func TestGuardReleasesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 100, MaxInFlight: 2})
		p, q := acquire(t, g, "eu"), acquire(t, g, "eu")
		p.Release(done)
		p.Release(done)
		r := acquire(t, g, "eu")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := g.Acquire(ctx, "eu")
		require.Error(t, err, "a second release must not free another's place")
		q.Release(origin.Outcome{Written: true})
		q.Release(done) // too late: it is held
		r.Release(done)
		acquire(t, g, "eu")
		again, cancelAgain := context.WithTimeout(t.Context(), time.Second)
		defer cancelAgain()
		_, err = g.Acquire(again, "eu")
		require.Error(t, err, "one permit is held, the other is out")
	})
}

func TestGuardGivesUpWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1, MaxInFlight: 1})
		p := acquire(t, g, "eu")
		reason := errors.New("drain")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		_, err := g.Acquire(ctx, "eu")
		require.ErrorIs(t, err, reason)
		_, err = g.Acquire(ctx, "eu")
		require.ErrorIs(t, err, reason)
		p.Release(done)
		acquire(t, g, "eu").Release(done) // who gave up left no ghost in the queue
	})
}

// A permit that is granted in the moment in which its waiter gives up goes back.
func TestGuardLosesNoPermitToWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 1})
		for range 50 { // who is first is chance
			p := acquire(t, g, "eu")
			ctx, cancel := context.WithCancel(t.Context())
			var waiter sync.WaitGroup
			waiter.Go(func() {
				if q, err := g.Acquire(ctx, "eu"); err == nil {
					q.Release(origin.Outcome{})
				}
			})
			synctest.Wait()
			cancel()
			p.Release(origin.Outcome{}) // before the waiter has left the queue
			waiter.Wait()
		}
	})
}

func TestGuardDrainsWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1, MaxInFlight: 1})
		p := acquire(t, g, "eu")
		time.AfterFunc(time.Second, g.Drain)
		_, err := g.Acquire(t.Context(), "eu")
		require.ErrorIs(t, err, origin.ErrDraining)
		p.Release(done)
		_, err = g.Acquire(t.Context(), "eu")
		require.ErrorIs(t, err, origin.ErrDraining)
	})
}

func TestGuardTellsItsSuccessorHowLongToBeQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := origin.Limits{MaxRPS: 10, MaxInFlight: 4}
		g := newGuard(t, limits)
		assert.Zero(t, g.Legacy())
		assert.Equal(t, 15*time.Second, g.LongestLegacy())
		acquire(t, g, "eu").Release(origin.Outcome{Written: true, Complete: true, Spared: true})
		assert.Zero(t, g.Legacy(), "the origin was spared")
		acquire(t, g, "eu").Release(done)
		assert.Equal(t, 1155*time.Millisecond, g.Legacy(), "until the request is a second old")
		p := acquire(t, g, "eu")
		assert.InDelta(t, 15, g.Legacy().Seconds(), 0.2, "a request is open")
		time.Sleep(5 * time.Second)
		p.Release(origin.Outcome{Written: true})
		assert.InDelta(t, 10, g.Legacy().Seconds(), 0.2, "its permit is held")

		next := newGuard(t, limits)
		next.Quiet(time.Now().Add(g.Legacy()))
		began := time.Now()
		acquire(t, next, "eu").Release(done)
		assert.InDelta(t, 10, time.Since(began).Seconds(), 0.2)
		time.Sleep(time.Minute)
		assert.Zero(t, g.Legacy())
		acquire(t, g, "eu").Release(origin.Outcome{Written: true, Complete: true, Status: 503, Backoff: time.Minute})
		assert.Equal(t, time.Minute, g.Legacy(), "what the origin asked for holds for the next one too")
	})
}

func TestGuardWaitsAsLongAsTheOriginAsks(t *testing.T) {
	for name, tc := range map[string]struct {
		outcome origin.Outcome
		want    time.Duration
	}{
		"429":                    {origin.Outcome{Status: 429, Backoff: 30 * time.Second}, 30 * time.Second},
		"503":                    {origin.Outcome{Status: 503, Backoff: 7 * time.Second}, 7 * time.Second},
		"cut at two minutes":     {origin.Outcome{Status: 429, Backoff: time.Hour}, 2 * time.Minute},
		"200 asks nothing":       {origin.Outcome{Status: 200, Backoff: time.Hour}, 0},
		"also when edge limited": {origin.Outcome{Status: 429, Spared: true, Backoff: time.Minute}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
				tc.outcome.Written, tc.outcome.Complete = true, true
				acquire(t, g, "eu").Release(tc.outcome)
				began := time.Now()
				acquire(t, g, "us").Release(done) // another region waits as well
				assert.InDelta(t, tc.want.Seconds(), time.Since(began).Seconds(), 0.01)
			})
		})
	}
}

func TestGuardPausesAndAbortsOnErrorBurn(t *testing.T) {
	answer := func(g *origin.Guard, n, status int, ttfb time.Duration) {
		for range n {
			p, err := g.Acquire(context.Background(), "eu")
			if err != nil {
				return
			}
			p.Release(origin.Outcome{Written: true, Complete: true, Status: status, TTFB: ttfb})
		}
	}
	const usual = 50 * time.Millisecond
	t.Run("healthy", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
			answer(g, 97, 200, usual)
			answer(g, 4, 500, usual)
			assert.Zero(t, g.Health().PausedUntil)
			assert.Empty(t, g.Health().Aborted)
			assert.Equal(t, 4, g.Health().Failures)
		})
	})
	t.Run("too few answers to judge", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
			answer(g, 49, 500, usual)
			assert.Empty(t, g.Health().Aborted)
		})
	})
	t.Run("pause", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
			var told []string
			g.Notify = func(why string) {
				if strings.Contains(why, "pausing") {
					told = append(told, why)
				}
			}
			answer(g, 60, 200, usual)
			answer(g, 4, 500, usual)
			began := time.Now()
			acquire(t, g, "us").Release(done)
			assert.InDelta(t, 10, time.Since(began).Seconds(), 0.5)
			assert.Equal(t, []string{"4 of the last 64 answers failed: pausing for 10s"}, told)
		})
	})
	t.Run("slow origin", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
			answer(g, 60, 200, 200*time.Millisecond)
			answer(g, 8, 200, 700*time.Millisecond)
			assert.NotZero(t, g.Health().PausedUntil)
		})
	})
	t.Run("answers that spared the origin say nothing of it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
			for range 80 {
				acquire(t, g, "eu").Release(origin.Outcome{Written: true, Complete: true, Spared: true, Status: 503})
			}
			assert.Equal(t, origin.Health{}, g.Health())
		})
	})
	t.Run("abort", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
			answer(g, 39, 200, usual)
			answer(g, 11, 503, usual)
			_, err := g.Acquire(t.Context(), "us")
			require.ErrorIs(t, err, origin.ErrAborted)
			assert.Contains(t, err.Error(), "answers failed")
		})
	})
}

func TestGuardDividesByAmplification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 20, MaxInFlight: 8, Amplification: 4})
		assert.Equal(t, 2, g.Slots())
		m := &meter{}
		for range 30 {
			p := acquire(t, g, "eu")
			m.serve(0)
			p.Release(done)
		}
		assert.Equal(t, 5, m.densest())
	})
}

func TestLimitsValidate(t *testing.T) {
	for name, tc := range map[string]struct {
		limits origin.Limits
		want   string
	}{
		"rps":           {origin.Limits{MaxRPS: -1}, "max_rps is -1"},
		"in flight":     {origin.Limits{MaxInFlight: -2}, "max_in_flight is -2"},
		"amplification": {origin.Limits{Amplification: -1}, "amplification is -1"},
		"amplified":     {origin.Limits{MaxInFlight: 4, MaxRPS: 20, Amplification: 10}, "over max_in_flight 4"},
		"amplified rps": {origin.Limits{MaxInFlight: 40, MaxRPS: 2, Amplification: 4}, "or max_rps 2"},
		"timeout":       {origin.Limits{Timeout: -1}, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, tc.limits.Validate(), tc.want)
			_, err := origin.NewGuard(tc.limits)
			assert.Error(t, err)
		})
	}
	assert.NoError(t, origin.Limits{}.Validate())
	assert.Equal(t, origin.Limits{MaxRPS: 5, MaxInFlight: 4, Amplification: 1, Timeout: 10 * time.Second, HoldTail: 5 * time.Second},
		origin.Limits{}.WithDefaults())
}

func BenchmarkGuard(b *testing.B) {
	g := newGuard(b, origin.Limits{MaxRPS: 1 << 30, MaxInFlight: 64})
	spared := origin.Outcome{Written: true, Complete: true, Spared: true}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p, err := g.Acquire(b.Context(), "eu")
			if err != nil {
				b.Fatal(err)
			}
			p.Release(spared)
		}
	})
}
