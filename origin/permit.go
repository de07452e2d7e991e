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
	// ErrExpired means that the time is over for which the origin has agreed.
	ErrExpired = errors.New("origin: the time for which the origin has agreed to its limit is over")
)

// Permits grants the right to put one request on the origin.
type Permits interface {
	// Acquire waits for a permit on behalf of a region. Its error is the context's, or wraps
	// ErrAborted, ErrDraining or ErrExpired.
	Acquire(ctx context.Context, region string) (*Permit, error)
}

// Outcome is what became of the request that a permit stood for. Its zero value says that
// nothing was written.
type Outcome struct {
	Written  bool          `json:"written,omitempty"`    // at least one byte may have reached the wire
	Complete bool          `json:"complete,omitempty"`   // the answer was read to its end
	Spared   bool          `json:"spared,omitempty"`     // the answer proves that the origin was not asked
	Asked    bool          `json:"asked,omitempty"`      // the answer proves that the origin was asked before it, and not behind it
	Page     bool          `json:"page,omitempty"`       // the answer is a document, and not a file
	Status   int           `json:"status,omitempty"`     // the answer's status code, 0 without one
	Backoff  time.Duration `json:"backoff_ns,omitempty"` // the answer's Retry-After, 0 without one
	TTFB     time.Duration `json:"ttfb_ns,omitempty"`    // request written to first byte of the answer, 0 without one
	TimedOut bool          `json:"timed_out,omitempty"`  // a deadline passed before the end
}

// failed reports whether the outcome counts against the origin's health.
func (o Outcome) failed() bool {
	return o.TimedOut || o.Status >= 500 || o.Status == 429
}

// timed reports whether the outcome tells how long the origin takes for what it has: the time to
// first byte of a proven miss.
func (o Outcome) timed() bool { return o.Asked && o.TTFB > 0 && o.Status < 400 }

// Permit is the right to put one request on the origin. Its request must be started within its
// validity, and it is released exactly once; later calls of Release do nothing. Safe for concurrent use.
type Permit struct {
	id       uint64
	region   string
	granted  time.Time // never later than the grant
	within   time.Duration
	guard    *Guard
	released bool  // guarded by the guard's lock
	lent     *loan // of a broker elsewhere; nil for a permit of the guard itself
}

// Start reports whether the request may still start. Ask immediately before the write, and release
// the permit unused when it may not.
func (p *Permit) Start() bool { return age(p.granted, time.Now()) <= p.within }

// Answered says that the answer has begun, and whether it proves that the origin was asked before it.
func (p *Permit) Answered(asked bool) {
	now := time.Now()
	if p.lent != nil {
		p.lent.answered = now
		return
	}
	p.guard.answered(p, asked, now)
}

// age is how long ago a time was, by the clock that went on the most: a host that slept stops one.
func age(then, now time.Time) time.Duration {
	return max(now.Sub(then), now.Round(0).Sub(then.Round(0)))
}

// Release gives the permit back. Without Outcome.Complete, a permit whose request was written
// stays counted as in flight until its hold time is over.
func (p *Permit) Release(o Outcome) {
	if p.lent != nil {
		p.lent.release(o)
		return
	}
	p.guard.release(p, o, time.Now())
}
