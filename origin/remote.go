package origin

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// askAgain is how long a worker waits, up to twice, after a question that reached nobody.
const askAgain = 250 * time.Millisecond

// Lender is the way from a worker to a Broker elsewhere. The region is that of the door which the
// worker has the key to.
type Lender interface {
	// Ask returns the broker's answer, or an error when the question reached nobody.
	Ask(ctx context.Context, a Ask) (Grant, error)
	// Return is sent and not answered: a permit that is lost on the way is held to its deadline.
	Return(r Return)
}

// Remote grants the permits of a broker elsewhere: no broker, no permit. Create one with NewRemote;
// it is safe for concurrent use.
type Remote struct {
	lender Lender
	worker string

	mu   sync.Mutex
	next uint64
	free []string // slots without a question or a request
}

// NewRemote returns the permits that a worker with a name of its own gets from a lender.
func NewRemote(lender Lender, worker string) *Remote {
	return &Remote{lender: lender, worker: worker}
}

// Acquire implements Permits.
func (r *Remote) Acquire(ctx context.Context, _ string) (*Permit, error) {
	slot := r.take()
	for {
		sent := time.Now()
		g, err := r.lender.Ask(ctx, Ask{Slot: slot})
		switch {
		case ctx.Err() != nil:
			r.release(&loan{id: g.ID, slot: slot, sent: sent}, Outcome{})
			return nil, context.Cause(ctx)
		case err != nil:
			pause(ctx)
		case g.Abort:
			r.give(slot)
			return nil, fmt.Errorf("%w (the coordinator says: %s)", ErrAborted, g.End)
		case g.End != "":
			r.give(slot)
			return nil, ErrDraining
		case g.ID != "":
			l := &loan{remote: r, slot: slot, id: g.ID, sent: sent}
			return &Permit{granted: sent.Add(g.Waited), within: g.Within, lent: l}, nil
		}
	}
}

func pause(ctx context.Context) {
	timer := time.NewTimer(askAgain + rand.N(askAgain)) //nolint:gosec // jitter is no secret
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// take returns a slot that nothing is open on.
func (r *Remote) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last := len(r.free) - 1; last >= 0 {
		slot := r.free[last]
		r.free = r.free[:last]
		return slot
	}
	r.next++
	return r.worker + "-" + strconv.FormatUint(r.next, 10)
}

func (r *Remote) give(slot string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = append(r.free, slot)
}

// release sends a permit back. A slot whose request did not end is never used again: asking with it
// would say that it ended.
func (r *Remote) release(l *loan, o Outcome) {
	if l.id != "" {
		back := Return{ID: l.id, Ended: time.Since(l.sent), Outcome: o}
		if !l.answered.IsZero() {
			back.Answered = l.answered.Sub(l.sent)
		}
		r.lender.Return(back)
	}
	if !o.Written || o.Complete {
		r.give(l.slot)
	}
}

// loan is a permit in a worker's hands.
type loan struct {
	remote   *Remote
	slot     string
	id       string
	sent     time.Time // when its question was
	answered time.Time // zero before
	once     sync.Once
}

func (l *loan) release(o Outcome) { l.once.Do(func() { l.remote.release(l, o) }) }
