//go:build e2e && unix

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/fixtures/loopback"
	"github.com/edgeprime/edgeprime/fixtures/meter"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
)

var (
	rateTime = flag.Duration("rate-time", 8*time.Second, "how long TestPrimingRate primes at each rate")
	rateHere = flag.Float64("rate-here", 0, "the least share of max_rps that it must reach with the workers in this process")
	rateFar  = flag.Float64("rate-far", 0, "the same with workers behind round trips of 100 ms")
)

// TestPrimingRate primes through the engine, with four workers in each of two regions, and compares
// what reaches the origin with what its limit allows: with the workers in this process, and with
// workers behind round trips of 100 ms.
func TestPrimingRate(t *testing.T) {
	for _, tt := range []struct {
		name  string
		delay time.Duration // one way
		least float64
	}{{"here", 0, *rateHere}, {"behind 100 ms", 50 * time.Millisecond, *rateFar}} {
		for _, rps := range []int{50, 200, 1000} {
			t.Run(fmt.Sprintf("%s, %d a second", tt.name, rps), func(t *testing.T) {
				x := newRates(t, rps)
				x.prime(t, tt.delay)
				got := x.reached() / float64(rps)
				t.Logf("%.1f %% of max_rps, densest second %d of %d, pace %+v", 100*got, x.origin.PeakStarts(time.Second), rps, x.guard.Pace())
				assert.GreaterOrEqual(t, got, tt.least)
				assert.LessOrEqual(t, x.origin.PeakStarts(time.Second), rps)
			})
		}
	}
}

// rates is an origin with a limit, and an engine that workers can reach.
type rates struct {
	rps    int
	origin *meter.Meter
	addr   string
	guard  *origin.Guard
	engine *natsq.Engine
	client *tls.Config
	seeds  map[string]string
}

func newRates(t *testing.T, rps int) *rates {
	t.Helper()
	x := &rates{rps: rps, seeds: map[string]string{}}
	x.origin = meter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", "max-age=86400")
		w.Header().Set("Cache-Status", "edge; fwd=miss; stored")
		_, _ = w.Write(make([]byte, 2<<10))
	}), meter.Options{})
	srv, err := loopback.Serve(t.Context(), "127.0.0.1", x.origin)
	require.NoError(t, err)
	t.Cleanup(func() { _ = srv.Close() })
	x.addr = srv.Addr()
	x.guard, err = origin.NewGuard(origin.Limits{MaxRPS: rps, MaxInFlight: max(16, rps)})
	require.NoError(t, err)
	certificate, key, err := newCertificate(time.Now())
	require.NoError(t, err)
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM([]byte(certificate)))
	x.client = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: pinnedName}
	keys := map[string][]string{}
	for _, region := range []string{"eu", "us"} {
		seed, public, err := natsq.NewKey()
		require.NoError(t, err)
		x.seeds[region], keys[region] = seed, []string{public}
	}
	x.engine, err = natsq.Open(t.Context(), natsq.Config{
		Launch: "rates", Dir: t.TempDir(), Workers: keys,
		Listen: &natsq.Listen{Host: "127.0.0.1", Port: -1, TLS: &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, x.engine.Close()) })
	return x
}

// reached is how many requests a second came to the origin, over the time of the test from the first
// one on.
func (x *rates) reached() float64 {
	starts := x.origin.Starts()
	n, _ := slices.BinarySearchFunc(starts, starts[0].Add(*rateTime), time.Time.Compare)
	return float64(n) / rateTime.Seconds()
}

// prime primes for the time of the test, and the time that it takes to begin.
func (x *rates) prime(t *testing.T, delay time.Duration) {
	t.Helper()
	const id = "20261126T140000123Z-00000000"
	run, err := x.engine.Run(t.Context(), id)
	require.NoError(t, err)
	var vantages []edge.Vantage
	for _, region := range []string{"eu", "us"} {
		vantages = append(vantages, edge.Vantage{Name: region, Region: region, Via: edge.ConnectTo, Address: x.addr})
	}
	work, err := run.Work(t.Context(), vantages)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), *rateTime+2*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { _ = run.Follow(ctx, 1, recorder{run}, nil) })
	broker := origin.NewBroker(x.guard)
	way := newLongWire(t, "127.0.0.1", delay, []string{fmt.Sprintf("127.0.0.1:%d", x.engine.Port())})
	for _, v := range vantages {
		defer x.guard.Enter(v.Region)()
		stop, err := x.engine.Serve(v.Region, func(regions.Hello) regions.Session { return regions.Session{} }, broker)
		require.NoError(t, err)
		defer stop()
		wg.Go(func() { x.push(ctx, work, id, v) })
		for n := range 4 {
			var permits origin.Permits = x.guard
			link := x.engine.Local(v.Region)
			if delay > 0 {
				name := fmt.Sprintf("%s-%d", v.Region, n)
				door, err := natsq.Dial(natsq.DoorConfig{
					Launch: "rates", Region: v.Region, Worker: name, URL: "tls://" + way.addr, Seed: []byte(x.seeds[v.Region]), TLS: x.client,
				})
				require.NoError(t, err)
				defer door.Close()
				permits, link = origin.NewRemote(door, name), door.Link()
			}
			wg.Go(func() { x.work(ctx, t, v, permits, link) })
		}
	}
	wg.Wait()
}

// recorder takes note of what is stored.
type recorder struct{ run *natsq.Run }

// Put implements regions.Sink.
func (r recorder) Put(_ context.Context, o edge.Observation) error {
	_, err := r.run.Record(o)
	return err
}

// push keeps a vantage's queue full.
func (x *rates) push(ctx context.Context, work *natsq.Work, id string, v edge.Vantage) {
	size := max(1, min(32, x.rps/16))
	for i := 0; ctx.Err() == nil; {
		b := regions.Batch{Vantage: v.Name}
		for range size {
			cell := regions.Cell{Asset: crawl.Asset{URL: fmt.Sprintf("http://www.example/%d.png", i), Kind: crawl.Image}, Variant: edge.Variant{Name: "gzip"}, Vantage: v}
			b.Tasks = append(b.Tasks, regions.NewTask(id, cell, "rest", edge.Prime))
			i++
		}
		_ = work.Push(ctx, b) // the end of the test ends it
	}
}

// work is one worker.
func (x *rates) work(ctx context.Context, t *testing.T, v edge.Vantage, permits origin.Permits, link *natsq.Link) {
	t.Helper()
	guard, err := edge.NewAddressGuard([]string{x.addr})
	assert.NoError(t, err)
	tw := &tower{
		ask: permits, address: guard, scope: crawl.Scope{Hosts: []string{"www.example"}},
		caps: edge.Caps{Total: 10 * time.Second}, budget: origin.NewBudget(0), stations: map[string]*station{},
	}
	worker := &regions.Worker{Vantage: v.Name, Source: link, Sink: link, Asker: tw.asker(tw.station(v)), Slots: mostSlots}
	_ = worker.Run(ctx) // the end of the test ends it
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	assert.NoError(t, link.Close(closing))
	assert.NoError(t, tw.Close())
}
