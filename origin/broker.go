package origin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strconv"
	"sync"
	"time"
)

const (
	// lendWithin is how long after its grant a lent permit's request may start: the way to the worker
	// and back, with room for what stands in line there.
	lendWithin = 500 * time.Millisecond
	// askWait is how long a question is kept; the worker asks again.
	askWait = 2 * time.Second
)

// Ask is a worker's question for a permit. A slot has one question or one request at a time.
type Ask struct {
	Slot string `json:"slot"`
}

// Grant answers an Ask. Without an ID there was no permit in time, and the worker asks again.
type Grant struct {
	ID     string        `json:"id,omitempty"`        // never repeats, over restarts too
	Waited time.Duration `json:"waited_ns,omitempty"` // between the question's arrival and the grant
	Within time.Duration `json:"within_ns,omitempty"` // after the grant, the request may start
	End    string        `json:"end,omitempty"`       // why no permit is granted any more
	Abort  bool          `json:"abort,omitempty"`     // the end protects the origin
}

// Return says what became of a permit. Its times are counted from when the question was sent, so
// that clocks need not agree.
type Return struct {
	ID       string        `json:"id"`
	Answered time.Duration `json:"answered_ns,omitempty"` // zero without an answer
	Ended    time.Duration `json:"ended_ns"`
	Outcome  Outcome       `json:"outcome"`
}

// Broker lends a guard's permits to workers elsewhere. A question is answered for the region whose
// door it came through; a permit that does not come back is held to its deadline, as if its request
// went on. Create one with NewBroker; it is safe for concurrent use.
type Broker struct {
	guard *Guard
	epoch string

	mu    sync.Mutex
	next  uint64
	slots map[slotKey]*lent
	lent  map[string]*lent // by permit id
}

type slotKey struct{ region, slot string }

// lent is a slot's question, and then its permit.
type lent struct {
	key    slotKey
	asked  time.Time
	cancel context.CancelFunc
	id     string
	permit *Permit // nil while the question waits
}

// NewBroker returns a broker that lends the permits of a guard.
func NewBroker(guard *Guard) *Broker {
	var epoch [6]byte
	_, _ = rand.Read(epoch[:]) // never fails
	return &Broker{guard: guard, epoch: hex.EncodeToString(epoch[:]), slots: map[slotKey]*lent{}, lent: map[string]*lent{}}
}

// Ask waits at most two seconds for a permit on behalf of a region. A slot that asks again has
// ended its request: its earlier question and permit are over.
func (b *Broker) Ask(ctx context.Context, region string, a Ask) Grant {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	l := &lent{key: slotKey{region, a.Slot}, asked: time.Now(), cancel: cancel}
	b.take(l)
	p, err := b.guard.acquire(ctx, region, lendWithin)
	switch {
	case errors.Is(err, ErrAborted), errors.Is(err, ErrDraining), errors.Is(err, ErrExpired):
		b.forget(l)
		return Grant{End: err.Error(), Abort: errors.Is(err, ErrAborted)}
	case err != nil:
		b.forget(l)
		return Grant{}
	}
	return b.hand(l, p)
}

// take makes a question its slot's current one.
func (b *Broker) take(l *lent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.slots[l.key]
	b.slots[l.key] = l
	if before == nil {
		return
	}
	before.cancel()
	if before.permit != nil {
		delete(b.lent, before.id)
		b.guard.release(before.permit, Outcome{Written: true, Complete: true}, time.Now())
	}
}

// hand notes who has a permit. A slot that has asked again meanwhile gets none.
func (b *Broker) hand(l *lent, p *Permit) Grant {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.slots[l.key] != l {
		b.guard.release(p, Outcome{}, time.Now())
		return Grant{}
	}
	b.sweep()
	b.next++
	l.permit, l.id = p, b.epoch+"-"+strconv.FormatUint(b.next, 10)
	b.lent[l.id] = l
	b.guard.lend(p)
	return Grant{ID: l.id, Waited: p.granted.Sub(l.asked), Within: p.within}
}

func (b *Broker) forget(l *lent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.slots[l.key] == l {
		delete(b.slots, l.key)
	}
}

// sweep forgets permits that the guard holds no more: their workers are gone.
func (b *Broker) sweep() {
	for id, l := range b.lent {
		if time.Since(l.permit.granted) > b.guard.hold() {
			delete(b.lent, id)
			if b.slots[l.key] == l {
				delete(b.slots, l.key)
			}
		}
	}
}

// Return takes a permit back that was lent to the region. What is no permit of the region, or came
// back before, is ignored.
func (b *Broker) Return(region string, r Return) {
	b.mu.Lock()
	l := b.lent[r.ID]
	if l == nil || l.key.region != region {
		b.mu.Unlock()
		return
	}
	delete(b.lent, r.ID)
	if b.slots[l.key] == l {
		delete(b.slots, l.key)
	}
	b.mu.Unlock()
	now := time.Now()
	if r.Answered > 0 {
		b.guard.answered(l.permit, r.Outcome.Asked, earlier(l.asked.Add(r.Answered), now))
	}
	b.guard.release(l.permit, r.Outcome, earlier(l.asked.Add(r.Ended), now))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
