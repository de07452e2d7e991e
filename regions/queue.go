package regions

import (
	"context"
	"errors"

	"github.com/edgeprime/edgeprime/edge"
)

// ErrClosed means that a queue will not deliver any more.
var ErrClosed = errors.New("regions: queue is closed")

// Queue is the coordinator's end: it takes batches, and blocks while it is full.
type Queue interface {
	Push(ctx context.Context, b Batch) error
}

// Source is a worker's end: it hands out the batches of one vantage, one lease each, and waits
// for the next. A lease ends when the sink beside it has an observation of every task; a batch whose
// lease ends otherwise is handed out again. Its error is the context's, or ErrClosed.
type Source interface {
	Pull(ctx context.Context, vantage string) (Batch, error)
}

// Sink takes observations from workers. Putting an observation of a task that has one already is
// no error and changes nothing.
type Sink interface {
	Put(ctx context.Context, o edge.Observation) error
}
