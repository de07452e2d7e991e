package regions

import (
	"context"
	"sync"
)

// MemoryQueue is a double of a queue for tests: bounded, first in first out per vantage. Create one
// with NewMemoryQueue; it is safe for concurrent use.
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
func (q *MemoryQueue) Pull(ctx context.Context, vantage string) (Batch, error) {
	select {
	case b := <-q.channel(vantage):
		return b, nil
	case <-q.closed:
		return Batch{}, ErrClosed
	case <-ctx.Done():
		return Batch{}, context.Cause(ctx)
	}
}

// Close ends every Push and Pull with ErrClosed.
func (q *MemoryQueue) Close() { q.once.Do(func() { close(q.closed) }) }
