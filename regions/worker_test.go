package regions_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

func TestWorkerTriesAgainWithinTheBudget(t *testing.T) {
	for name, tc := range map[string]struct {
		answer func(o *edge.Observation, try int)
		tries  int
		want   edge.Failure
	}{
		"passes":            {func(o *edge.Observation, try int) { o.Failure = failUntil(try, 2, edge.FailReset) }, 2, ""},
		"stays":             {func(o *edge.Observation, _ int) { o.Failure = edge.FailTimeout }, 3, edge.FailTimeout},
		"503":               {func(o *edge.Observation, _ int) { o.Status = 503 }, 3, ""},
		"404 is an answer":  {func(o *edge.Observation, _ int) { o.Status = 404 }, 1, ""},
		"500 is an answer":  {func(o *edge.Observation, _ int) { o.Status = 500 }, 1, ""},
		"challenge":         {func(o *edge.Observation, _ int) { o.Status, o.Challenge = 503, "bot" }, 1, ""},
		"refused addresses": {func(o *edge.Observation, _ int) { o.Failure = edge.FailAddress }, 1, edge.FailAddress},
		"no connection":     {func(o *edge.Observation, _ int) { o.Failure = edge.FailConnect }, 3, edge.FailConnect},
		"no name":           {func(o *edge.Observation, _ int) { o.Failure = edge.FailDNS }, 3, edge.FailDNS},
		"certificate":       {func(o *edge.Observation, _ int) { o.Failure = edge.FailTLS }, 1, edge.FailTLS},
		"no HTTP":           {func(o *edge.Observation, _ int) { o.Failure = edge.FailProtocol }, 1, edge.FailProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				got := work(t, 1, origin.NewBudget(0), func(_ context.Context, _ regions.Task) (edge.Observation, error) {
					tries++
					o := edge.Observation{Status: 200, Attempts: []edge.Attempt{{Status: tries}}}
					tc.answer(&o, tries)
					return o, nil
				})
				assert.Equal(t, tc.tries, tries)
				assert.Equal(t, tc.want, got[0].Failure)
				assert.Len(t, got[0].Attempts, tries, "every attempt is written down")
			})
		})
	}
	t.Run("budget of the run", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			work(t, 40, origin.NewBudget(0), func(context.Context, regions.Task) (edge.Observation, error) {
				tries++
				return edge.Observation{Failure: edge.FailReset}, nil
			})
			assert.Equal(t, 40+10, tries, "ten retries for the whole run")
		})
	})
}

func failUntil(try, success int, f edge.Failure) edge.Failure {
	if try < success {
		return f
	}
	return ""
}

func TestWorkerGivesADeadHostUpAndNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		got := work(t, 200, origin.NewBudget(0), func(_ context.Context, task regions.Task) (edge.Observation, error) {
			if task.Asset.URL == "http://alive.example/" {
				return edge.Observation{URL: task.Asset.URL, Status: 200}, nil
			}
			tries++
			return edge.Observation{Failure: edge.FailConnect}, nil
		})
		assert.Len(t, got, 200, "each task has an answer, so that the round ends")
		assert.Less(t, tries, 12)
		count := map[edge.Failure]int{}
		for _, o := range got {
			count[o.Failure]++
		}
		assert.Equal(t, 100, count[""], "the other host is not given up")
		assert.Greater(t, count[edge.FailUnreachable], 80)
	})
}

// A host that answers badly is not unreachable: giving it up would leave its other assets unmeasured.
func TestWorkerKnowsADeadHostFromABadAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		o    edge.Observation
		dead bool
	}{
		"no connection":     {edge.Observation{Failure: edge.FailConnect}, true},
		"no name":           {edge.Observation{Failure: edge.FailDNS}, true},
		"refused address":   {edge.Observation{Failure: edge.FailAddress}, true},
		"certificate":       {edge.Observation{Failure: edge.FailTLS}, true},
		"silence":           {edge.Observation{Failure: edge.FailTimeout}, true},
		"stalled body":      {edge.Observation{Failure: edge.FailTimeout, Status: 200}, false},
		"broken connection": {edge.Observation{Failure: edge.FailReset}, false},
		"no HTTP":           {edge.Observation{Failure: edge.FailProtocol}, false},
		"error":             {edge.Observation{Status: 500}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				given := 0
				for _, o := range work(t, 40, origin.NewBudget(0), func(context.Context, regions.Task) (edge.Observation, error) { return tc.o, nil }) {
					if o.Failure == edge.FailUnreachable {
						given++
					}
				}
				assert.Equal(t, tc.dead, given > 0, "%d of 40 tasks were given up", given)
			})
		})
	}
}

// eager hands out one batch, whether or not the run is over, once every slot waits for work.
type eager struct{ batch regions.Batch }

func (e eager) Pull(context.Context, string) (regions.Batch, error) {
	synctest.Wait()
	return e.batch, nil
}

func TestWorkerStartsNothingOnceTheRunIsOver(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 { // which of two ready channels is read is chance
		synctest.Test(t, func(t *testing.T) {
			w := &regions.Worker{
				Vantage: "v", Source: eager{regions.Batch{Vantage: "v", Tasks: make([]regions.Task, 4)}}, Sink: &sink{}, Slots: 4,
				Asker: asker(func(context.Context, regions.Task) (edge.Observation, error) {
					assert.Fail(t, "a request started")
					return edge.Observation{Status: 200}, nil
				}),
			}
			require.ErrorIs(t, w.Run(over), context.Canceled)
		})
	}
}

func TestWorkerEndsWithTheRunWhenHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := regions.NewMemoryQueue(1)
		w := &regions.Worker{
			Vantage: "v", Source: queue, Slots: 2, Asker: asker(func(context.Context, regions.Task) (edge.Observation, error) {
				return edge.Observation{}, origin.ErrAborted
			}),
		}
		require.NoError(t, queue.Push(t.Context(), regions.Batch{Vantage: "v", Tasks: make([]regions.Task, 4)}))
		require.ErrorIs(t, w.Run(t.Context()), origin.ErrAborted)
	})
}

func TestWorkerDrainsAndThenCuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		queue := regions.NewMemoryQueue(1)
		sink := &sink{}
		w := &regions.Worker{
			Vantage: "v", Source: queue, Sink: sink, Slots: 2, Asker: asker(func(ctx context.Context, task regions.Task) (edge.Observation, error) {
				d := 10 * time.Second
				if task.ID == "1" {
					d = time.Hour
				}
				select {
				case <-time.After(d):
					return edge.Observation{Status: 200}, nil
				case <-ctx.Done():
					return edge.Observation{}, context.Cause(ctx)
				}
			}),
		}
		require.NoError(t, queue.Push(t.Context(), regions.Batch{Vantage: "v", Tasks: []regions.Task{{ID: "0"}, {ID: "1"}, {ID: "2"}, {ID: "3"}}}))
		time.AfterFunc(time.Second, func() { cancel(stopped) })
		began := time.Now()
		require.ErrorIs(t, w.Run(ctx), stopped)
		assert.Equal(t, 31*time.Second, time.Since(began))
		require.Len(t, sink.got, 1, "the open request finished, none was started, the endless one was cut")
		assert.Equal(t, "0", sink.got[0].Task)
	})
}

// work lets one worker with one slot answer n tasks.
func work(t *testing.T, n int, budget *origin.Budget, fetch regions.Fetch) []edge.Observation {
	t.Helper()
	queue := regions.NewMemoryQueue(1)
	sink := &sink{}
	a := asker(fetch)
	a.Budget = budget
	w := &regions.Worker{Vantage: "v", Source: queue, Sink: sink, Asker: a, Slots: 1}
	tasks := make([]regions.Task, n)
	for i := range tasks {
		tasks[i].Asset.URL = []string{"http://dead.example/", "http://alive.example/"}[i%2]
	}
	require.NoError(t, queue.Push(t.Context(), regions.Batch{Vantage: "v", Tasks: tasks}))
	group, ctx := errgroup.WithContext(t.Context())
	group.Go(func() error { return w.Run(ctx) })
	group.Go(func() error {
		for {
			time.Sleep(time.Second)
			sink.mu.Lock()
			done := len(sink.got) == n
			sink.mu.Unlock()
			if done {
				queue.Close()
				return nil
			}
		}
	})
	require.NoError(t, group.Wait())
	return sink.got
}

func asker(fetch regions.Fetch) *regions.Asker {
	return &regions.Asker{Fetch: fetch, Budget: origin.NewBudget(0), Breakers: &origin.Breakers{}}
}

type sink struct {
	mu  sync.Mutex
	got []edge.Observation
}

func (s *sink) Put(_ context.Context, o edge.Observation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, o)
	return nil
}
