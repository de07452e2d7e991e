package regions

import (
	"context"
	"errors"
	"sync"

	"github.com/edgeprime/edgeprime/edge"
)

// ErrClosed means that a queue will not deliver any more.
var ErrClosed = errors.New("regions: queue is closed")

// Queue is the coordinator's end: it takes batches, and blocks while it is full.
type Queue interface {
	Push(ctx context.Context, b Batch) error
}

// Source is a worker's end: it hands out the batches of one vantage, one lease each, and waits
// for the next. Its error is the context's, or ErrClosed.
type Source interface {
	Pull(ctx context.Context, vantage string) (Lease, error)
}

// Lease is a batch in a worker's hands.
type Lease struct {
	Batch

	// Ack says that every task of the batch has its observation. A lease that ends without it is
	// delivered again.
	Ack func() error
}

// Sink takes observations from workers. Putting an observation of a task that has one already is
// no error and changes nothing.
type Sink interface {
	Put(ctx context.Context, o edge.Observation) error
}

// MemoryQueue is a queue inside one process: bounded, first in first out per vantage. What a
// worker leaves un-acked is lost with the process; the journal knows what is missing then.
// Create one with NewMemoryQueue; it is safe for concurrent use.
type MemoryQueue struct {
	mu       sync.Mutex
	depth    int
	channels map[string]chan Batch
	closed   chan struct{}
	once     sync.Once
}

// NewMemoryQueue returns a queue that holds depth batches per vantage.
func NewMemoryQueue(depth int) *MemoryQueue {
	return &MemoryQueue{depth: depth, channels: map[string]chan Batch{}, closed: make(chan struct{})}
}

func (q *MemoryQueue) channel(vantage string) chan Batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.channels[vantage]
	if c == nil {
		c = make(chan Batch, q.depth)
		q.channels[vantage] = c
	}
	return c
}

// Push implements Queue.
func (q *MemoryQueue) Push(ctx context.Context, b Batch) error {
	select {
	case q.channel(b.Vantage) <- b:
		return nil
	case <-q.closed:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Pull implements Source.
func (q *MemoryQueue) Pull(ctx context.Context, vantage string) (Lease, error) {
	select {
	case b := <-q.channel(vantage):
		return Lease{Batch: b, Ack: func() error { return nil }}, nil
	case <-q.closed:
		return Lease{}, ErrClosed
	case <-ctx.Done():
		return Lease{}, context.Cause(ctx)
	}
}

// Close ends every Push and Pull with ErrClosed.
func (q *MemoryQueue) Close() { q.once.Do(func() { close(q.closed) }) }
