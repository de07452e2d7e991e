package origin_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/edgeprime/edgeprime/origin"
)

// link is a way between a region's workers and a broker that takes its time.
type link struct {
	broker *origin.Broker
	region string
	delay  time.Duration // one way
	deaf   bool          // nothing comes back from the worker
}

var errCut = errors.New("nobody there")

func (l *link) Ask(ctx context.Context, a origin.Ask) (origin.Grant, error) {
	time.Sleep(l.delay)
	if l.broker == nil {
		return origin.Grant{}, errCut
	}
	g := l.broker.Ask(context.WithoutCancel(ctx), l.region, a)
	time.Sleep(l.delay)
	return g, nil
}

func (l *link) Return(r origin.Return) {
	if l.deaf {
		return
	}
	go func() {
		time.Sleep(l.delay)
		l.broker.Return(l.region, r)
	}()
}

func TestLentPermitsKeepRateAndInFlight(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limits := origin.Limits{
			MaxRPS:      rapid.IntRange(1, 40).Draw(rt, "rps"),
			MaxInFlight: rapid.IntRange(1, 12).Draw(rt, "in flight"),
			Timeout:     3 * time.Second, HoldTail: time.Second,
		}
		delays := rapid.SliceOfN(rapid.IntRange(0, 240), 3, 3).Draw(rt, "one way ms")
		service := time.Duration(rapid.IntRange(1, 400).Draw(rt, "service ms")) * time.Millisecond
		way := rapid.SliceOfN(rapid.IntRange(0, 900), 8, 8).Draw(rt, "ms until the origin")
		fate := rapid.SliceOfN(rapid.SampledFrom([]string{"ends", "ends", "ends", "asked", "cut", "dies"}), 16, 16).Draw(rt, "fate")
		synctest.Test(t, func(t *testing.T) {
			g := newGuard(t, limits)
			b := origin.NewBroker(g)
			m := &meter{}
			var wg sync.WaitGroup
			for worker := range 9 {
				region := fmt.Sprintf("r%d", worker%3)
				remote := origin.NewRemote(&link{b, region, time.Duration(delays[worker%3]) * time.Millisecond, false}, strconv.Itoa(worker))
				dead := origin.NewRemote(&link{b, region, 0, true}, fmt.Sprint("dead", worker))
				wg.Go(func() {
					defer g.Enter(region)()
					for i := range 5 {
						what := fate[(worker*5+i)%len(fate)]
						from := remote
						if what == "dies" {
							from = dead
						}
						p, err := from.Acquire(t.Context(), "")
						if !assert.NoError(t, err) {
							return
						}
						if !p.Start() {
							p.Release(origin.Outcome{})
							continue
						}
						time.Sleep(time.Duration(way[(worker+i)%len(way)]) * time.Millisecond)
						switch what {
						case "cut": // the client leaves at once, the edge goes on
							p.Release(origin.Outcome{Written: true, TimedOut: true})
							m.serve(service)
						case "dies":
							m.serve(service)
						case "asked":
							m.serve(service)
							p.Answered(true)
							time.Sleep(service) // of the body
							p.Release(asked)
						default:
							m.serve(service)
							p.Answered(false)
							p.Release(done)
						}
					}
				})
			}
			wg.Wait()
			time.Sleep(time.Second) // what is on its way arrives
			assert.NotEmpty(t, m.starts)
			assert.LessOrEqual(t, m.densest(), limits.MaxRPS)
			assert.LessOrEqual(t, m.most, limits.MaxInFlight)
		})
	})
}

// perSecond is how many requests reach the origin a second, over some time.
func perSecond(t *testing.T, limits origin.Limits, delay time.Duration) float64 {
	t.Helper()
	const long = 15
	rate := 0.0
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, limits)
		b := origin.NewBroker(g)
		m := &meter{}
		ctx, cancel := context.WithTimeout(t.Context(), long*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for worker := range 8 {
			region := fmt.Sprintf("r%d", worker%2)
			var permits origin.Permits = g
			if delay > 0 {
				permits = origin.NewRemote(&link{b, region, delay, false}, strconv.Itoa(worker))
			}
			leave := g.Enter(region)
			for range 64 {
				wg.Go(func() {
					for {
						p, err := permits.Acquire(ctx, region)
						if err != nil {
							return
						}
						if !p.Start() {
							p.Release(origin.Outcome{})
							continue
						}
						m.serve(20 * time.Millisecond)
						p.Release(asked)
					}
				})
			}
			defer leave()
		}
		wg.Wait()
		time.Sleep(time.Second) // what is on its way arrives
		assert.LessOrEqual(t, m.densest(), limits.MaxRPS)
		rate = float64(len(m.starts)) / long
	})
	return rate
}

func TestStrictnessLeavesMostOfTheRate(t *testing.T) {
	for _, rps := range []int{50, 200, 1000} {
		limits := origin.Limits{MaxRPS: rps, MaxInFlight: rps}
		near, far := perSecond(t, limits, 0), perSecond(t, limits, 50*time.Millisecond)
		t.Logf("%d a second: %.1f %% here, %.1f %% behind 100 ms", rps, 100*near/float64(rps), 100*far/float64(rps))
		assert.GreaterOrEqual(t, near, 0.95*float64(rps))
		assert.GreaterOrEqual(t, far, 0.70*float64(rps))
	}
}

func TestBrokerTakesReturnsOfTheRegionOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := origin.NewBroker(newGuard(t, origin.Limits{MaxRPS: 100, MaxInFlight: 1, Timeout: 8 * time.Second, HoldTail: time.Second}))
		g := b.Ask(t.Context(), "eu", origin.Ask{Slot: "1"})
		require.NotEmpty(t, g.ID)
		b.Return("us", origin.Return{ID: g.ID, Outcome: done})
		assert.Empty(t, b.Ask(t.Context(), "us", origin.Ask{Slot: "1"}).ID, "another region's slot of that name frees nothing")
		assert.Empty(t, b.Ask(t.Context(), "eu", origin.Ask{Slot: "2"}).ID)
		b.Return("eu", origin.Return{ID: g.ID, Outcome: done})
		next := b.Ask(t.Context(), "eu", origin.Ask{Slot: "2"})
		require.NotEmpty(t, next.ID)
		assert.NotEqual(t, g.ID, next.ID)
		b.Return("eu", origin.Return{ID: g.ID, Outcome: done})
		assert.Empty(t, b.Ask(t.Context(), "eu", origin.Ask{Slot: "3"}).ID, "a permit comes back once")
		assert.NotEmpty(t, b.Ask(t.Context(), "eu", origin.Ask{Slot: "2"}).ID, "who asks again has ended")
	})
}

func TestBrokerHoldsAPermitThroughItsWorkersDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := origin.NewBroker(newGuard(t, origin.Limits{MaxRPS: 100, MaxInFlight: 1, Timeout: 8 * time.Second, HoldTail: time.Second}))
		began := time.Now()
		require.NotEmpty(t, b.Ask(t.Context(), "eu", origin.Ask{Slot: "1"}).ID)
		id := ""
		for id == "" && time.Since(began) < time.Minute {
			id = b.Ask(t.Context(), "us", origin.Ask{Slot: "1"}).ID
		}
		assert.Equal(t, 9*time.Second, time.Since(began), "timeout and hold tail")
	})
}

func TestRemoteLeavesASlotWhoseRequestDidNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 100, MaxInFlight: 1, Timeout: 8 * time.Second, HoldTail: time.Second})
		remote := origin.NewRemote(&link{broker: origin.NewBroker(g), region: "eu"}, "w")
		began := time.Now()
		for range 2 {
			p, err := remote.Acquire(t.Context(), "")
			require.NoError(t, err)
			require.True(t, p.Start())
			p.Release(origin.Outcome{Written: true, TimedOut: true})
		}
		assert.Equal(t, 9*time.Second, time.Since(began), "the edge may still be filling from the origin")
	})
}

func TestBrokerSaysWhyItEnds(t *testing.T) {
	g := newGuard(t, origin.Limits{})
	remote := origin.NewRemote(&link{broker: origin.NewBroker(g), region: "eu"}, "w")
	g.Drain()
	_, err := remote.Acquire(t.Context(), "")
	assert.ErrorIs(t, err, origin.ErrDraining)
}

func TestNoBrokerNoPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := origin.NewRemote(&link{}, "w").Acquire(ctx, "")
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotErrorIs(t, err, errCut)
	})
}
