package origin_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/origin"
)

// queue is an origin that works on so many requests at once and lets the others stand in line.
type queue struct {
	mu   sync.Mutex
	room int
	busy int
	line []chan struct{}
	took []time.Duration // since the last look
}

func (q *queue) serve(work time.Duration) {
	began := time.Now()
	turn := make(chan struct{})
	q.mu.Lock()
	q.line = append(q.line, turn)
	q.admit()
	q.mu.Unlock()
	<-turn
	time.Sleep(work)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	q.took = append(q.took, time.Since(began))
	q.admit()
}

func (q *queue) admit() {
	for q.busy < q.room && len(q.line) > 0 {
		close(q.line[0])
		q.line, q.busy = q.line[1:], q.busy+1
	}
}

func (q *queue) resize(room int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.room = room
	q.admit()
}

// seen is what an origin has seen in a while.
type seen struct {
	requests int
	p50, p95 time.Duration
}

func (q *queue) look() seen {
	q.mu.Lock()
	defer q.mu.Unlock()
	slices.Sort(q.took)
	n := len(q.took)
	s := seen{n, q.took[n/2], q.took[n*95/100]}
	q.took = nil
	return s
}

// world is an origin, the ways to it, and a crowd that asks for it: half of what it asks for is a
// hit, and a third of the rest are documents that take five times as long as files.
type world struct {
	limits origin.Limits
	origin *queue
	work   time.Duration // for a file
	noise  float64       // of that work: the standard deviation of its logarithm
	blind  bool          // what slows down is not told
	mu     sync.Mutex
	trips  map[string]time.Duration
}

func (w *world) trip(region string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trips[region]
}

func (w *world) setTrip(region string, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trips[region] = d
}

// run lets the crowd ask until the story ends.
func (w *world) run(t *testing.T, story func(g *origin.Guard)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, w.limits)
		ctx := t.Context()
		var wg sync.WaitGroup
		i := uint64(0)
		for region := range w.trips {
			for range 32 {
				random := rand.New(rand.NewPCG(i, 7))
				i++
				wg.Go(func() {
					defer g.Enter(region)()
					for {
						p, err := g.Acquire(ctx, region)
						if err != nil {
							assert.ErrorIs(t, err, origin.ErrDraining)
							return
						}
						assert.True(t, p.Start())
						p.Release(w.ask(region, random))
					}
				})
			}
		}
		story(g)
		g.Drain()
		wg.Wait()
	})
}

func (w *world) ask(region string, random *rand.Rand) origin.Outcome {
	began := time.Now()
	o := origin.Outcome{Written: true, Complete: true, Status: 200, Spared: random.IntN(2) == 0, Page: random.IntN(3) == 0}
	o.Asked = !o.Spared
	time.Sleep(w.trip(region))
	if o.Asked {
		work := w.work
		if o.Page {
			work *= 5
		}
		w.origin.serve(time.Duration(float64(work) * math.Exp(w.noise*random.NormFloat64())))
	}
	if !w.blind {
		o.TTFB = time.Since(began)
	}
	return o
}

func nearAndFar() map[string]time.Duration {
	return map[string]time.Duration{"eu": 20 * time.Millisecond, "ap": 200 * time.Millisecond}
}

// weather asks an origin whose room goes from 8 to 2 and back, a minute each.
func weather(t *testing.T, blind bool) (phases [3]seen) {
	t.Helper()
	w := &world{
		limits: origin.Limits{MaxRPS: 1000, MaxInFlight: 48}, origin: &queue{}, trips: nearAndFar(),
		work: 10 * time.Millisecond, noise: 0.3, blind: blind,
	}
	w.run(t, func(g *origin.Guard) {
		for i, room := range []int{8, 2, 8} {
			w.origin.resize(room)
			time.Sleep(time.Minute)
			phases[i] = w.origin.look()
			t.Logf("room for %d, blind %v: %d requests, p50 %s, p95 %s, %+v", room, blind, phases[i].requests, phases[i].p50, phases[i].p95, g.Pace())
		}
	})
	return phases
}

// An origin that weakens is slow for its visitors as long as all that is allowed is asked of it.
func TestPaceFollowsAnOriginThatWeakens(t *testing.T) {
	fixed, adaptive := weather(t, true), weather(t, false)
	for i, share := range []float64{0.95, 0.8, 0.8} {
		assert.Greater(t, float64(adaptive[i].requests), share*float64(fixed[i].requests), "requests in phase %d", i)
	}
	assert.Less(t, adaptive[1].p50, fixed[1].p50/3)
	assert.Less(t, adaptive[1].p95, fixed[1].p95*2/3)
	assert.InEpsilon(t, adaptive[0].p95, adaptive[2].p95, 0.1, "it is as quick as before once it has recovered")
}

// A healthy origin is asked at the agreed pace, whatever the noise of its work and of the ways to it.
func TestPaceOfAHealthyOriginIsTheCeiling(t *testing.T) {
	one := map[string]time.Duration{"eu": 20 * time.Millisecond}
	for name, tt := range map[string]struct {
		rps   int
		work  time.Duration
		noise float64
		trips map[string]time.Duration
		runs  time.Duration
	}{
		"few, one region":            {5, 60 * time.Millisecond, 1, one, 10 * time.Minute},
		"few, near and far":          {5, 10 * time.Millisecond, 1, nearAndFar(), 10 * time.Minute},
		"some, one region":           {50, 60 * time.Millisecond, 1, one, time.Minute},
		"some, near and far":         {50, 60 * time.Millisecond, 0.7, nearAndFar(), time.Minute},
		"many, one region":           {200, 60 * time.Millisecond, 1, one, 20 * time.Second},
		"all that slots allow, both": {1000, 10 * time.Millisecond, 0.7, nearAndFar(), 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			requests := map[bool]int{}
			for _, blind := range []bool{true, false} {
				w := &world{
					limits: origin.Limits{MaxRPS: tt.rps, MaxInFlight: 48}, origin: &queue{room: 1000}, trips: tt.trips,
					work: tt.work, noise: tt.noise, blind: blind,
				}
				w.run(t, func(g *origin.Guard) {
					time.Sleep(tt.runs)
					requests[blind] = w.origin.look().requests
					assert.Equal(t, tt.rps, g.Pace().RPS)
				})
			}
			t.Logf("%d requests, %d at a fixed pace", requests[false], requests[true])
			assert.GreaterOrEqual(t, float64(requests[false]), 0.95*float64(requests[true]))
		})
	}
}

// A region whose way to the origin gets longer says nothing against the origin while another one does
// not see it. The same from everywhere does.
func TestPaceBlamesNoOriginForOneRegionsWay(t *testing.T) {
	for name, tt := range map[string]struct {
		regions   []string
		decreases bool
	}{
		"one of two": {[]string{"ap"}, false},
		"both":       {[]string{"ap", "eu"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{
				limits: origin.Limits{MaxRPS: 100, MaxInFlight: 48}, origin: &queue{room: 1000}, trips: nearAndFar(),
				work: 10 * time.Millisecond, noise: 0.3,
			}
			w.run(t, func(g *origin.Guard) {
				time.Sleep(20 * time.Second)
				for _, region := range tt.regions {
					w.setTrip(region, w.trip(region)+500*time.Millisecond)
				}
				time.Sleep(20 * time.Second)
				assert.Equal(t, tt.decreases, g.Pace().Decreases > 0, "%+v", g.Pace())
			})
		})
	}
}
