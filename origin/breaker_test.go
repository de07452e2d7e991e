package origin_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/origin"
)

func TestBreakerRidesOutABlip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b origin.Breaker
		for range 4 {
			require.NoError(t, b.Wait(t.Context()))
			b.Report(false)
		}
		b.Report(true) // four in a row are not five
		for range 5 {
			require.NoError(t, b.Wait(t.Context()))
			b.Report(false)
		}
		for range 20 {
			b.Report(false) // was open meanwhile: no probe
		}
		began := time.Now()
		var tried []time.Duration
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				assert.NoError(t, b.Wait(t.Context()))
				tried = append(tried, time.Since(began)) // one at a time
				b.Report(time.Since(began) > 4*time.Second)
			})
		}
		wg.Wait()
		require.Len(t, tried, 3)
		assert.Equal(t, []time.Duration{3 * time.Second, 6 * time.Second}, tried[:2], "one probe after another until one succeeds")
		assert.Contains(t, []time.Duration{6 * time.Second, 9 * time.Second}, tried[2], "then all; who looked while it was under way, at the next probe")
		require.NoError(t, b.Wait(t.Context()))
		assert.Equal(t, tried[2], time.Since(began), "nobody waits any more")
	})
}

func TestBreakerGivesAHostUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hosts origin.Breakers
		b := hosts.For("dead.example")
		began := time.Now()
		for range 8 {
			require.NoError(t, b.Wait(t.Context()))
			b.Report(false)
		}
		assert.Equal(t, 9*time.Second, time.Since(began), "five tries and three probes")
		for range 100 {
			require.ErrorIs(t, b.Wait(t.Context()), origin.ErrUnreachable)
		}
		assert.Equal(t, 9*time.Second, time.Since(began), "nobody waits for it any more")
		require.NoError(t, hosts.For("other.example").Wait(t.Context()), "other hosts go on")
		assert.Same(t, b, hosts.For("dead.example"))
		time.Sleep(3 * time.Second)
		require.NoError(t, b.Wait(t.Context()), "one more probe")
		require.ErrorIs(t, b.Wait(t.Context()), origin.ErrUnreachable)
		b.Report(true)
		require.NoError(t, b.Wait(t.Context()))
	})
}

func TestBreakerBeginsAnewAfterASuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b origin.Breaker
		fail := func(n int) {
			for range n {
				require.NoError(t, b.Wait(t.Context()))
				b.Report(false)
			}
		}
		fail(5 + 2)
		require.NoError(t, b.Wait(t.Context()))
		b.Report(true)
		fail(5)
		b.Report(false) // was open meanwhile: no probe
		fail(1)
		b.Report(false) // nor are these
		b.Report(false)
		fail(2)
		require.ErrorIs(t, b.Wait(t.Context()), origin.ErrUnreachable, "three probes, none of them from before the success")
	})
}

func TestBreakerWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b origin.Breaker
		for range 5 {
			b.Report(false)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, b.Wait(ctx), context.DeadlineExceeded)
	})
}
