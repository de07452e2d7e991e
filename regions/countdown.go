package regions

import "sync/atomic"

// newCountdown returns a function whose n-th call runs last.
func newCountdown(n int, last func() error) func() error {
	var left atomic.Int64
	left.Store(int64(n))
	return func() error {
		if left.Add(-1) == 0 {
			return last()
		}
		return nil
	}
}
