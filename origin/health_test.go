package origin_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/origin"
)

// answers are n answers of the origin, one like the other.
type answers struct {
	n       int
	outcome origin.Outcome
}

func ok(n int, ttfb time.Duration) answers {
	return answers{n, origin.Outcome{Status: 200, TTFB: ttfb}}
}

func bad(n, status int) answers { return answers{n, origin.Outcome{Status: status}} }

// live puts answers through a guard, and says what it told of pauses.
func live(t *testing.T, story ...answers) (health origin.Health, told []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 4})
		g.Notify = func(why string) {
			if strings.Contains(why, "pausing") {
				told = append(told, why)
			}
		}
		for _, part := range story {
			part.outcome.Written, part.outcome.Complete = true, true
			for range part.n {
				p, err := g.Acquire(context.Background(), "eu")
				if err != nil {
					require.ErrorIs(t, err, origin.ErrAborted)
					break
				}
				p.Release(part.outcome)
			}
		}
		health = g.Health()
	})
	return health, told
}

const quick, usual = 50 * time.Millisecond, 200 * time.Millisecond

// The figures are what the guard promises an origin: each story stands beside one of them.
func TestGuardPausesAtItsFigures(t *testing.T) {
	for name, tc := range map[string]struct {
		story []answers
		told  []string
	}{
		"five in a hundred failed":         {[]answers{ok(95, quick), bad(5, 500)}, nil},
		"a little more failed":             {[]answers{ok(94, quick), bad(5, 500)}, []string{"5 of the last 99 answers failed: pausing for 10s"}},
		"the last hundred count":           {[]answers{ok(300, quick), bad(6, 500)}, []string{"6 of the last 100 answers failed: pausing for 10s"}},
		"a fifth failed":                   {[]answers{ok(40, quick), bad(10, 500)}, []string{"10 of the last 50 answers failed: pausing for 10s"}},
		"429 is a failure":                 {[]answers{ok(47, quick), bad(3, 429)}, []string{"3 of the last 50 answers failed: pausing for 10s"}},
		"404 is none":                      {[]answers{ok(40, quick), bad(60, 404)}, nil},
		"a deadline is a failure":          {[]answers{ok(47, quick), {3, origin.Outcome{TimedOut: true}}}, []string{"3 of the last 50 answers failed: pausing for 10s"}},
		"three times as slow":              {[]answers{ok(60, usual), ok(8, 3*usual)}, nil},
		"slower than that":                 {[]answers{ok(60, usual), ok(5, 3*usual+1)}, []string{"answers take 600ms where they took 200ms at first: pausing for 10s"}},
		"slow, but no visitor would mind":  {[]answers{ok(60, quick), ok(8, 500*time.Millisecond)}, nil},
		"few slow ones are no slow origin": {[]answers{ok(60, usual), ok(4, 4*usual)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			health, told := live(t, tc.story...)
			assert.Equal(t, tc.told, told)
			assert.Empty(t, health.Aborted)
			assert.Equal(t, tc.told == nil, health.PausedUntil.IsZero())
		})
	}
}

func TestGuardPausesLongerEachTime(t *testing.T) {
	sick := []answers{ok(47, quick), bad(3, 503)}
	var story []answers
	for range 5 {
		story = append(story, sick...)
	}
	_, told := live(t, story...)
	var want []string
	for _, pause := range []string{"10s", "20s", "40s", "1m0s", "1m0s"} {
		want = append(want, "3 of the last 50 answers failed: pausing for "+pause)
	}
	assert.Equal(t, want, told)
}
