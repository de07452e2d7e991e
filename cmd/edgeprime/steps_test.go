package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// When an observation cannot be kept, nothing starts any more: neither the other workers' requests that
// wait for a permit, nor the same worker's.
func TestWhatCannotBeKeptIsNotAsked(t *testing.T) {
	l := newLab(t, "us", "eu")
	l.write(t, strings.Replace(l.with(t, ""), "max_in_flight: 3", "max_in_flight: 1", 1))
	e, _, _ := testEnv()
	e.now = time.Now
	file, err := loadLaunch(e, l.file, nil)
	require.NoError(t, err)
	r, err := openRun(t.Context(), e, file, "", false)
	require.NoError(t, err)
	require.NoError(t, r.steps(t.Context(), r.discover, planStep(r)))
	began := len(l.questions())
	l.answer = func(http.ResponseWriter, *http.Request, question) bool {
		if len(l.questions()) == began+2 {
			r.tower.permits.Quiet(time.Now().Add(2 * time.Second))
			assert.NoError(t, r.state.engine.Close())
		}
		return false
	}
	require.ErrorContains(t, r.verify(t.Context()), "natsq: keep")
	assert.Len(t, l.questions(), began+2)
	require.Error(t, r.Close())
}
