package natsq_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

// What a worker gives back, another one gets at once; what two have done counts once.
func TestABatchThatIsGivenBackIsHandedOutAgain(t *testing.T) {
	e := open(t, t.TempDir())
	r := openRun(t, e)
	w, err := r.Work(t.Context(), []edge.Vantage{eu})
	require.NoError(t, err)
	require.NoError(t, w.Push(t.Context(), batch(eu, edge.Prime, 4)))
	first := e.Local("eu")
	lease := pull(t, first)
	for _, task := range lease.Tasks[:2] {
		require.NoError(t, first.Put(t.Context(), observed(task)))
	}
	closeLink(t, first)
	assert.Len(t, urls(t, r), 2)

	second := e.Local("eu")
	began := time.Now()
	again := pull(t, second)
	assert.Less(t, time.Since(began), 5*time.Second, "not after the lease's time")
	assert.Equal(t, lease, again)
	for _, task := range again.Tasks {
		o := observed(task)
		o.Status = 404
		require.NoError(t, second.Put(t.Context(), o))
	}
	closeLink(t, second)
	var statuses []int
	for o, err := range r.Observations(t.Context()) {
		require.NoError(t, err)
		statuses = append(statuses, o.Status)
	}
	assert.Equal(t, []int{200, 200, 404, 404}, statuses, "the first observation of each task counts")
}

func TestABatchThatEndsItsWorkersIsGivenUp(t *testing.T) {
	e := open(t, t.TempDir())
	r := openRun(t, e)
	w, err := r.Work(t.Context(), []edge.Vantage{eu})
	require.NoError(t, err)
	require.NoError(t, w.Push(t.Context(), batch(eu, edge.Prime, 2)))
	for range 4 {
		l := e.Local("eu")
		pull(t, l)
		closeLink(t, l)
	}
	l := e.Local("eu")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = l.Pull(ctx, eu.Name)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	closeLink(t, l)
	n := 0
	for o, err := range r.Observations(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, edge.FailAbandoned, o.Failure)
		assert.NotEmpty(t, o.Error)
		n++
	}
	assert.Equal(t, 2, n)
}

// A queue holds so much and no more, however many tasks a launch has.
func TestAFullQueueWaits(t *testing.T) {
	e := open(t, t.TempDir())
	r := openRun(t, e)
	other := edge.Vantage{Name: "eu.2", Region: "eu"}
	w, err := r.Work(t.Context(), []edge.Vantage{eu, other})
	require.NoError(t, err)
	pushed := 0
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		err = w.Push(ctx, batch(eu, edge.Prime, 1))
		cancel()
		if err != nil {
			break
		}
		pushed++
		require.Less(t, pushed, 1000)
	}
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, 64, pushed)
	require.NoError(t, w.Push(t.Context(), batch(other, edge.Prime, 1)), "one vantage does not hold up another")
	l := e.Local("eu")
	lease := pull(t, l)
	require.NoError(t, l.Put(t.Context(), observed(lease.Tasks[0])))
	require.NoError(t, w.Push(t.Context(), batch(eu, edge.Prime, 1)))
	closeLink(t, l)
}

func TestAStoppedLinkPullsNoMore(t *testing.T) {
	e := open(t, t.TempDir())
	r := openRun(t, e)
	_, err := r.Work(t.Context(), []edge.Vantage{eu})
	require.NoError(t, err)
	l := e.Local("eu")
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := l.Pull(t.Context(), eu.Name)
		assert.ErrorIs(t, err, regions.ErrClosed)
	})
	time.Sleep(50 * time.Millisecond)
	l.Stop()
	wg.Wait()
	closeLink(t, l)
}

// sink keeps what it is handed.
type sink struct {
	got    []edge.Observation
	enough int
}

var errEnough = errors.New("enough")

func (s *sink) Put(_ context.Context, o edge.Observation) error {
	if s.got = append(s.got, o); len(s.got) == s.enough {
		return errEnough
	}
	return nil
}

// A worker may send anything: what no lease was handed out for does not count, and is said.
func TestWhatWasNotHandedOutDoesNotCount(t *testing.T) {
	r := newTwoRegions(t)
	d := r.door(t, "eu")
	b := batch(eu, edge.Prime, 5)
	require.NoError(t, r.work.Push(t.Context(), b))
	l := d.Link()
	lease := pull(t, l)
	honest, liar, foreign, other := observed(lease.Tasks[0]), observed(lease.Tasks[1]), observed(lease.Tasks[2]), observed(lease.Tasks[3])
	liar.URL = "https://shop.example/another"
	foreign.Region = "us"
	other.Vantage = "eu.2"
	for _, o := range []edge.Observation{liar, foreign, other, honest} {
		require.NoError(t, l.Put(t.Context(), o))
	}
	closeLink(t, l)
	s := &sink{enough: 1}
	why := map[string]int{}
	err := r.run.Follow(t.Context(), 1, s, func(region, reason string) { why[region+": "+reason]++ })
	require.ErrorIs(t, err, errEnough)
	assert.Equal(t, []edge.Observation{honest}, s.got)
	assert.Equal(t, map[string]int{
		"eu: an observation of another task than it says": 2, "eu: an observation of another region": 1,
	}, why)
	assert.Equal(t, []string{honest.URL}, urls(t, r.run))
}

func TestRunsAreListedAndForgotten(t *testing.T) {
	e := open(t, t.TempDir())
	r := openRun(t, e)
	require.NoError(t, r.Put(t.Context(), observed(batch(eu, edge.Prime, 1).Tasks[0])))
	_, err := e.Run(t.Context(), "20261127T140000123Z-00000000")
	require.NoError(t, err)
	runs, err := e.Runs(t.Context())
	require.NoError(t, err)
	require.Len(t, runs, 2)
	assert.Equal(t, runID, runs[0].ID)
	assert.Positive(t, runs[0].Bytes)
	require.NoError(t, e.DeleteRun(t.Context(), runID))
	runs, err = e.Runs(t.Context())
	require.NoError(t, err)
	require.Len(t, runs, 1)
	assert.Zero(t, openRun(t, e).Len(), "it is forgotten")
}
