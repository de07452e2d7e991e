package natsq_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
)

const runID = "20261126T140000123Z-7f3a90c1"

var eu = edge.Vantage{Name: "eu.1", Region: "eu"}

func open(t *testing.T, dir string) *natsq.Engine {
	t.Helper()
	e, err := natsq.Open(t.Context(), natsq.Config{Launch: "shop", Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, e.Close()) })
	return e
}

func openRun(t *testing.T, e *natsq.Engine) *natsq.Run {
	t.Helper()
	r, err := e.Run(t.Context(), runID)
	require.NoError(t, err)
	return r
}

// batch is n tasks of a vantage.
func batch(v edge.Vantage, pass edge.Pass, n int) regions.Batch {
	b := regions.Batch{Vantage: v.Name}
	for i := range n {
		cell := regions.Cell{Asset: crawl.Asset{URL: fmt.Sprintf("https://shop.example/%d", i)}, Variant: edge.Variant{Name: "gzip"}, Vantage: v}
		b.Tasks = append(b.Tasks, regions.NewTask(runID, cell, "canary", pass))
	}
	return b
}

func observed(t regions.Task) edge.Observation {
	return edge.Observation{
		Task: t.ID, URL: t.Asset.URL, Variant: t.Variant.Name, Region: t.Vantage.Region, Vantage: t.Vantage.Name,
		Stage: t.Stage, Pass: t.Pass, Epoch: t.Epoch, Status: 200,
	}
}

// urls are what the run has seen, in order.
func urls(t *testing.T, r *natsq.Run) []string {
	t.Helper()
	var out []string
	for o, err := range r.Observations(t.Context()) {
		require.NoError(t, err)
		out = append(out, o.URL)
	}
	return out
}

func pull(t *testing.T, l *natsq.Link) regions.Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	lease, err := l.Pull(ctx, eu.Name)
	require.NoError(t, err)
	return lease
}

func closeLink(t *testing.T, l *natsq.Link) {
	t.Helper()
	assert.NoError(t, l.Close(t.Context()))
}

func TestWhatAWorkerPutsIsTheRunsForGood(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	r := openRun(t, e)
	w, err := r.Work(t.Context(), []edge.Vantage{eu})
	require.NoError(t, err)
	require.NoError(t, w.Push(t.Context(), batch(eu, edge.Prime, 3)))
	l := e.Local("eu")
	lease := pull(t, l)
	assert.Equal(t, batch(eu, edge.Prime, 3), lease)
	for _, task := range lease.Tasks {
		require.NoError(t, l.Put(t.Context(), observed(task)))
	}
	closeLink(t, l)
	want := []string{"https://shop.example/0", "https://shop.example/1", "https://shop.example/2"}
	assert.Equal(t, want, urls(t, r))
	require.NoError(t, e.Close())

	again := openRun(t, open(t, dir))
	assert.Equal(t, 3, again.Len())
	assert.True(t, again.Recorded(lease.Tasks[2].ID))
	assert.Equal(t, want, urls(t, again))
}

func TestTheStoreHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := natsq.Open(t.Context(), natsq.Config{Launch: "shop", Dir: dir})
	assert.ErrorIs(t, err, natsq.ErrBusy)
}
