package origin

import (
	"container/heap"
	"time"
)

// apart is how far two starts must be from each other not to count together: a second, and what clocks
// and logs of an origin round.
const apart = time.Second + 5*time.Millisecond

// ledger knows of each granted request the latest time at which it can still start at the origin.
// A new request may be granted when fewer than a limit's worth of them can start less than a second
// before it: then no second at the origin holds more than the limit. See doc.go.
type ledger struct {
	entries []*entry // a heap, the soonest to be over first
	of      map[uint64]*entry
}

type entry struct {
	id     uint64
	latest time.Time
	index  int
}

func newLedger() *ledger { return &ledger{of: map[uint64]*entry{}} }

// add takes a granted request in.
func (l *ledger) add(id uint64, latest time.Time) {
	e := &entry{id: id, latest: latest}
	l.of[id] = e
	heap.Push(l, e)
}

// settle says that a request cannot start later than at a time; it never makes a time later.
func (l *ledger) settle(id uint64, latest time.Time) {
	if e := l.of[id]; e != nil && latest.Before(e.latest) {
		e.latest = latest
		heap.Fix(l, e.index)
	}
}

// drop takes a request back that did not reach the origin.
func (l *ledger) drop(id uint64) {
	if e := l.of[id]; e != nil {
		heap.Remove(l, e.index)
		delete(l.of, id)
	}
}

// expire forgets what cannot share a second with a request that starts now or later.
func (l *ledger) expire(now time.Time) {
	for len(l.entries) > 0 && now.Sub(l.entries[0].latest) >= apart {
		l.drop(l.entries[0].id)
	}
}

// wait returns how long a further request must wait until the first of at least limit others is
// forgotten; 0 when there are fewer.
func (l *ledger) wait(limit int, now time.Time) time.Duration {
	if len(l.entries) < limit {
		return 0
	}
	return l.entries[0].latest.Add(apart).Sub(now)
}

// last returns the latest time of all, the zero time without any.
func (l *ledger) last() time.Time {
	var last time.Time
	for _, e := range l.entries {
		if e.latest.After(last) {
			last = e.latest
		}
	}
	return last
}

// Len implements heap.Interface.
func (l *ledger) Len() int { return len(l.entries) }

// Less implements heap.Interface.
func (l *ledger) Less(i, j int) bool { return l.entries[i].latest.Before(l.entries[j].latest) }

// Swap implements heap.Interface.
func (l *ledger) Swap(i, j int) {
	l.entries[i], l.entries[j] = l.entries[j], l.entries[i]
	l.entries[i].index, l.entries[j].index = i, j
}

// Push implements heap.Interface.
func (l *ledger) Push(x any) {
	e, _ := x.(*entry)
	e.index = len(l.entries)
	l.entries = append(l.entries, e)
}

// Pop implements heap.Interface.
func (l *ledger) Pop() any {
	last := len(l.entries) - 1
	e := l.entries[last]
	l.entries[last] = nil
	l.entries = l.entries[:last]
	return e
}
