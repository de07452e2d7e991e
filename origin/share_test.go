package origin_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/edgeprime/edgeprime/origin"
)

func TestSharesAddUpToTheLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amplification := rapid.IntRange(1, 5).Draw(t, "amplification")
		l := origin.Limits{
			MaxRPS: rapid.IntRange(amplification, 500).Draw(t, "rps"), MaxInFlight: rapid.IntRange(amplification, 60).Draw(t, "in flight"),
			Amplification: amplification,
		}
		n := rapid.IntRange(1, 70).Draw(t, "shares")
		rps, inFlight := 0, 0
		for k := 1; k <= n; k++ {
			share, err := l.Share(k, n)
			if n > min(l.MaxRPS, l.MaxInFlight)/amplification {
				require.ErrorContains(t, err, "would leave one of them empty", "a share that allows nothing is no share")
				return
			}
			require.NoError(t, err)
			require.NoError(t, share.Validate(), "each share allows a request")
			rps += share.MaxRPS
			inFlight += share.MaxInFlight
		}
		assert.Equal(t, l.MaxRPS-l.MaxRPS%amplification, rps, "nothing is allowed twice, and nothing is wasted")
		assert.Equal(t, l.MaxInFlight-l.MaxInFlight%amplification, inFlight)
	})
}

func TestSharesOfTheDefaults(t *testing.T) {
	share, err := origin.Limits{}.Share(4, 4)
	require.NoError(t, err)
	assert.Equal(t, origin.Limits{MaxRPS: 2, MaxInFlight: 1, Amplification: 1, Timeout: 10 * time.Second, HoldTail: 5 * time.Second}, share)
	_, err = origin.Limits{}.Share(1, 5)
	assert.EqualError(t, err, "origin: 5 shares of max_rps 5 and max_in_flight 4, amplification 1, would leave one of them empty: "+
		"make at most 4 shares, or raise the limit")
}

func TestGuardStartsNothingBehindItsExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 100, MaxInFlight: 1})
		expiry := time.Now().Add(50 * time.Millisecond)
		g.Expire(expiry)
		waiting := make(chan error)
		p, err := g.Acquire(t.Context(), "eu")
		require.NoError(t, err)
		go func() {
			_, err := g.Acquire(t.Context(), "eu")
			waiting <- err
		}()
		time.Sleep(50*time.Millisecond - time.Nanosecond)
		assert.True(t, p.Start(), "up to the last moment")
		time.Sleep(2 * time.Nanosecond)
		assert.False(t, p.Start(), "granted before, but not started")
		require.ErrorIs(t, <-waiting, origin.ErrExpired, "who waits is told at once")
		p.Release(origin.Outcome{})
		_, err = g.Acquire(t.Context(), "eu")
		require.ErrorIs(t, err, origin.ErrExpired)
	})
}
