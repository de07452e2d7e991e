package origin

import (
	"context"
	"errors"
	"time"
)

// The reasons why no permit is granted any more.
var (
	// ErrAborted means that the guard stopped the run to protect the origin.
	ErrAborted = errors.New("origin: run aborted to protect the origin")
	// ErrDraining means that the run is about to end.
	ErrDraining = errors.New("origin: no more permits, the run is ending")
)

// Permits grants the right to put one request on the origin.
type Permits interface {
	// Acquire waits for a permit on behalf of a region. Its error is the context's, or wraps
	// ErrAborted or ErrDraining.
	Acquire(ctx context.Context, region string) (*Permit, error)
}

// Outcome is what became of the request that a permit stood for. Its zero value says that
// nothing was written.
type Outcome struct {
	Written  bool          // at least one byte may have reached the wire
	Complete bool          // the answer was read to its end
	Spared   bool          // the answer proves that the origin was not asked
	Status   int           // the answer's status code, 0 without one
	Backoff  time.Duration // the answer's Retry-After, 0 without one
	TTFB     time.Duration // request written to first byte of the answer, 0 without one
	TimedOut bool          // a deadline passed before the end
}

// failed reports whether the outcome counts against the origin's health.
func (o Outcome) failed() bool {
	return o.TimedOut || o.Status >= 500 || o.Status == 429
}

// Permit is the right to put one request on the origin. It must be started within its validity
// and released exactly once; later calls of Release do nothing. Safe for concurrent use.
type Permit struct {
	id      uint64
	region  string
	granted time.Time
	guard   *Guard
}

// Valid reports whether the request may still start. Ask immediately before the write, and
// release the permit unused when it may not.
func (p *Permit) Valid() bool { return time.Since(p.granted) <= startWithin }

// Release gives the permit back. Without Outcome.Complete, a permit whose request was written
// stays counted as in flight until its hold time is over.
func (p *Permit) Release(o Outcome) { p.guard.release(p, o) }
