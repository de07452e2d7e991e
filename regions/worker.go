package regions

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
)

// How long a worker that was told to stop lets its open requests finish, and waits before it
// tries a request again.
const (
	drainGrace   = 30 * time.Second
	retryBackoff = 250 * time.Millisecond
)

// Fetch asks the edge for one task. The returned observation carries everything but the task's
// identity; an error means that edgeprime held the request back.
type Fetch func(ctx context.Context, t Task) (edge.Observation, error)

// Worker asks the edges of one vantage: it pulls batches, keeps Slots requests open, tries again
// within the run's budget, and puts one observation for each task.
type Worker struct {
	Vantage string
	Source  Source
	Sink    Sink
	Fetch   Fetch
	Slots   int // at least 1
	Budget  *origin.Budget
	Breaker *origin.Breaker
}

// Run works until the source is closed or the context ends. When the context ends, no further
// request starts; open ones have 30 seconds to finish and are recorded.
func (w *Worker) Run(ctx context.Context) error {
	group, groupCtx := errgroup.WithContext(ctx)
	detached, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	stop := context.AfterFunc(groupCtx, func() {
		timer := time.AfterFunc(drainGrace, func() { cut(context.Cause(groupCtx)) })
		context.AfterFunc(detached, func() { timer.Stop() })
	})
	defer stop()
	work := make(chan workItem)
	group.Go(func() error {
		defer close(work)
		return w.feed(groupCtx, work)
	})
	for range max(1, w.Slots) {
		group.Go(func() error {
			for item := range work {
				if err := w.handle(groupCtx, detached, item); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

type workItem struct {
	task Task
	done func() error // called once the task has its observation
}

// feed pulls leases and passes their tasks on; a lease is acked by its last task.
func (w *Worker) feed(ctx context.Context, work chan<- workItem) error {
	for {
		lease, err := w.Source.Pull(ctx, w.Vantage)
		if errors.Is(err, ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		tasks := lease.Batch().Tasks
		acks := newCountdown(len(tasks), lease.Ack)
		for _, t := range tasks {
			select {
			case work <- workItem{task: t, done: acks}:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}

// handle turns one task into one observation. ctx ends when the worker must stop taking work;
// open when its open requests must end.
func (w *Worker) handle(ctx, open context.Context, item workItem) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o, err := w.try(ctx, open, item.task)
	if err != nil {
		return fmt.Errorf("regions: worker %s: %w", w.Vantage, err)
	}
	t := item.task
	o.Task, o.Region, o.Vantage = t.ID, t.Vantage.Region, t.Vantage.Name
	o.Stage, o.Pass, o.Epoch = t.Stage, t.Pass, t.Epoch
	if err := w.Sink.Put(open, o); err != nil {
		return err
	}
	return item.done()
}

// try fetches, and fetches again while the failure may pass and the budget lasts.
func (w *Worker) try(ctx, open context.Context, t Task) (edge.Observation, error) {
	var attempts []edge.Attempt
	for try := 0; ; try++ {
		if !w.Breaker.Allow() {
			return notTried(t, attempts), nil
		}
		o, err := w.Fetch(open, t)
		if err != nil {
			return o, err
		}
		attempts = append(attempts, o.Attempts...)
		o.Attempts = attempts
		w.Breaker.Report(reached(o))
		if !worthRetry(o) || try == origin.RetriesPerItem || !w.Budget.Take() {
			return o, nil
		}
		if !sleep(ctx, retryBackoff<<try) {
			return o, nil
		}
	}
}

// notTried is the observation of a task whose vantage does not answer at all.
func notTried(t Task, attempts []edge.Attempt) edge.Observation {
	return edge.Observation{
		URL: t.Asset.URL, Variant: t.Variant.Name, At: time.Now().UTC(),
		Cache:    edge.CacheStatus{Outcome: edge.Unknown, Origin: edge.ContactUnknown},
		Failure:  edge.FailConnect,
		Error:    "not tried: the vantage refused several connections in a row",
		Attempts: attempts,
	}
}

// reached reports whether somebody answered at the vantage.
func reached(o edge.Observation) bool {
	switch o.Failure {
	case edge.FailConnect, edge.FailDNS, edge.FailAddress, edge.FailTLS:
		return false
	default:
		return true
	}
}

// worthRetry reports whether the same request may well succeed in a moment. A challenge is never
// asked again: that is how a rate limit becomes a ban.
func worthRetry(o edge.Observation) bool {
	switch o.Failure {
	case edge.FailConnect, edge.FailReset, edge.FailTimeout, edge.FailBody, edge.FailDNS:
		return true
	case "":
		return o.Challenge == "" && (o.Status == 502 || o.Status == 503 || o.Status == 504 || o.Status == 429)
	default:
		return false
	}
}

// sleep waits about d, up to twice, and reports whether the context is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d + rand.N(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
