package origin

import "sync/atomic"

// The retry budget's defaults: enough to ride out a blip, too little for a storm.
const (
	RetriesPerItem = 2
	retryShare     = 10 // one retry per this many requests planned
	retryFloor     = 10
)

// Budget bounds the retries of a whole run over all regions. Safe for concurrent use.
type Budget struct{ left atomic.Int64 }

// NewBudget returns the retry budget of a run with the given number of planned requests: a
// tenth of them, at least ten.
func NewBudget(planned int) *Budget {
	b := &Budget{}
	b.left.Store(int64(max(retryFloor, planned/retryShare)))
	return b
}

// Take reports whether one more retry may be made, and counts it.
func (b *Budget) Take() bool { return b.left.Add(-1) >= 0 }
