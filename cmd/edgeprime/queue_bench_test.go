package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
)

// bench is an edge in memory that answers 32 KiB from its store, and the real tower in front of it.
type bench struct {
	tower   *tower
	vantage edge.Vantage
}

const benchSlots = 16

func newBench(b *testing.B) *bench {
	b.Helper()
	body := bytes.Repeat([]byte("edgeprime "), 32<<10/10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", "edge; hit; ttl=86400")
		_, _ = w.Write(body)
	}))
	b.Cleanup(srv.Close)
	permits, err := origin.NewGuard(origin.Limits{MaxRPS: 1 << 20, MaxInFlight: 1 << 10})
	require.NoError(b, err)
	guard, err := edge.NewAddressGuard([]string{srv.Listener.Addr().String()})
	require.NoError(b, err)
	tw := &tower{
		permits: permits, ask: permits, address: guard, scope: crawl.Scope{Hosts: []string{"www.example"}},
		caps: edge.Caps{Total: 10 * time.Second}, budget: origin.NewBudget(0), stations: map[string]*station{},
	}
	b.Cleanup(func() { require.NoError(b, tw.Close()) })
	return &bench{tw, edge.Vantage{Name: "eu", Region: "eu", Via: edge.ConnectTo, Address: srv.Listener.Addr().String()}}
}

// tasks are n tasks of the measuring phase.
func (x *bench) tasks(run string, n int) []regions.Task {
	var tasks []regions.Task
	for i := range n {
		cell := regions.Cell{
			Asset:   crawl.Asset{URL: fmt.Sprintf("http://www.example/%d.png", i), Kind: crawl.Image},
			Variant: edge.Variant{Name: "gzip"}, Vantage: x.vantage,
		}
		tasks = append(tasks, regions.NewTask(run, cell, "verify", edge.Verify))
	}
	return tasks
}

// loop asks for every task and writes what it sees to a file: no queue.
func (x *bench) loop(b *testing.B, tasks []regions.Task) time.Duration {
	b.Helper()
	journal, err := regions.OpenJournal(filepath.Join(b.TempDir(), "observations.jsonl"))
	require.NoError(b, err)
	asker := x.tower.asker(x.tower.station(x.vantage))
	began := time.Now()
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(benchSlots)
	for _, t := range tasks {
		group.Go(func() error {
			o, err := asker.Ask(ctx, ctx, t)
			if err == nil {
				_, err = journal.Record(o)
			}
			return err
		})
	}
	require.NoError(b, group.Wait())
	took := time.Since(began)
	require.NoError(b, journal.Close())
	require.Equal(b, len(tasks), journal.Len())
	return took
}

// tally counts what comes back through the run.
type tallySink struct {
	run  *natsq.Run
	left int
	done chan struct{}
}

func (s *tallySink) Put(_ context.Context, o edge.Observation) error {
	if fresh, err := s.run.Record(o); err != nil || !fresh {
		return err
	}
	if s.left--; s.left == 0 {
		close(s.done)
	}
	return nil
}

// queue does the same through the engine: from the lease to the observation that counts.
func (x *bench) queue(b *testing.B, e *natsq.Engine, id string, tasks []regions.Task) time.Duration {
	b.Helper()
	run, err := e.Run(b.Context(), id)
	require.NoError(b, err)
	work, err := run.Work(b.Context(), []edge.Vantage{x.vantage})
	require.NoError(b, err)
	sink := &tallySink{run, len(tasks), make(chan struct{})}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	began := time.Now()
	var wg sync.WaitGroup
	wg.Go(func() { _ = run.Follow(ctx, 1, sink, nil) })
	link := e.Local("eu")
	worker := &regions.Worker{
		Vantage: x.vantage.Name, Source: link, Sink: link, Asker: x.tower.asker(x.tower.station(x.vantage)), Slots: benchSlots,
	}
	wg.Go(func() { _ = worker.Run(ctx) })
	for len(tasks) > 0 {
		n := min(64, len(tasks))
		require.NoError(b, work.Push(ctx, regions.Batch{Vantage: x.vantage.Name, Tasks: tasks[:n]}))
		tasks = tasks[n:]
	}
	<-sink.done
	took := time.Since(began)
	link.Stop()
	cancel()
	wg.Wait()
	require.NoError(b, link.Close(b.Context()))
	return took
}

// BenchmarkMeasuring compares the queue's way with the same fetches without a queue, in one run.
// The metric is the queue's speed as a share of the loop's.
func BenchmarkMeasuring(b *testing.B) {
	x := newBench(b)
	e, err := natsq.Open(b.Context(), natsq.Config{Launch: "bench", Dir: b.TempDir()})
	require.NoError(b, err)
	defer func() { require.NoError(b, e.Close()) }()
	const n = 4000
	var loop, queue time.Duration
	for i := range b.N {
		id := fmt.Sprintf("20261126T140000123Z-%08x", i)
		tasks := x.tasks(id, n)
		loop += x.loop(b, tasks)
		queue += x.queue(b, e, id, tasks)
	}
	b.ReportMetric(float64(b.N)*n/loop.Seconds(), "loop/s")
	b.ReportMetric(float64(b.N)*n/queue.Seconds(), "queue/s")
	b.ReportMetric(loop.Seconds()/queue.Seconds(), "ratio")
}

// BenchmarkEngineStart is what the engine adds to the start of a command.
func BenchmarkEngineStart(b *testing.B) {
	for b.Loop() {
		e, err := natsq.Open(b.Context(), natsq.Config{Launch: "bench", Dir: b.TempDir()})
		require.NoError(b, err)
		_, err = e.Run(b.Context(), "20261126T140000123Z-00000000")
		require.NoError(b, err)
		b.StopTimer()
		require.NoError(b, e.Close())
		b.StartTimer()
	}
}
