package regions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// drainGrace is how long a worker that was told to stop lets its open requests finish.
const drainGrace = 30 * time.Second

// Worker asks the edges of one vantage: it pulls batches, keeps Slots requests open, and puts one
// observation for each task.
type Worker struct {
	Vantage string
	Source  Source
	Sink    Sink
	Asker   *Asker
	Slots   int // at least 1
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
	work := make(chan Task)
	group.Go(func() error {
		defer close(work)
		return w.feed(groupCtx, work)
	})
	for range max(1, w.Slots) {
		group.Go(func() error {
			for t := range work {
				if err := w.handle(groupCtx, detached, t); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// feed pulls batches and passes their tasks on.
func (w *Worker) feed(ctx context.Context, work chan<- Task) error {
	for {
		batch, err := w.Source.Pull(ctx, w.Vantage)
		if errors.Is(err, ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, t := range batch.Tasks {
			select {
			case work <- t:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}

// handle turns one task into one observation. ctx ends when the worker must stop taking work;
// open when its open requests must end.
func (w *Worker) handle(ctx, open context.Context, t Task) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o, err := w.Asker.Ask(ctx, open, t)
	if err != nil {
		return fmt.Errorf("regions: worker %s: %w", w.Vantage, err)
	}
	return w.Sink.Put(open, o)
}
