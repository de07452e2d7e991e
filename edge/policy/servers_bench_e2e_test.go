//go:build e2e && unix

package policy_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/fixtures/loopback"
	"github.com/edgeprime/edgeprime/fixtures/stack"
)

// host is the site's name.
const host = "site.example"

// inFlight is how many requests a bench has in flight.
const inFlight = 8

// settle is how long a refresh behind an answer may take to reach the origin.
const settle = 500 * time.Millisecond

// bench is one real cache in front of a scripted origin.
type bench struct {
	software  stack.Software
	profile   policy.Profile
	origin    *scriptedOrigin
	transport *http.Transport
	did       map[string]string // a line of the record for each script
	told      tally
}

// answer is what a client got.
type answer struct {
	begin, end time.Time
	version    string // of the body; empty when the origin did not make it
	header     [][2]string
}

func newBench(t *testing.T, software stack.Software) *bench {
	t.Helper()
	profile, ok := policy.Named(string(software))
	require.True(t, ok)
	b := &bench{
		software: software, profile: profile, did: map[string]string{}, told: tally{},
		origin: &scriptedOrigin{scripts: scripts(t), asked: map[string][]exchange{}},
	}
	origin, err := loopback.Serve(t.Context(), "", b.origin)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, origin.Close()) })
	cache, err := stack.ServeCache(t.Context(), t.TempDir(), software, origin.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cache.Close()) })
	b.transport = &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, cache.Addr)
	}}
	t.Cleanup(b.transport.CloseIdleConnections)
	return b
}

// try fills the cache for all asks of the named scripts, and then asks. A failed request fails
// the test.
func (b *bench) try(t *testing.T, round string, names []string) []trial {
	t.Helper()
	trials := make([]trial, len(names))
	for i, name := range names {
		trials[i] = trial{script: b.origin.scripts[name], first: map[string]exchange{}, answered: map[string]answer{}, second: map[string][]exchange{}}
	}
	for _, ask := range append(asks(), askKeeps) {
		b.each(t, trials, func(s script) [][2]string { return s.request }, round, ask)
	}
	filled := time.Now()
	for _, ask := range append(asks(), askKeeps) {
		time.Sleep(time.Until(filled.Add(after(ask))))
		b.each(t, trials, func(s script) [][2]string { return slices.Concat(s.request, s.again) }, round, ask)
	}
	time.Sleep(settle)
	for _, tr := range trials {
		for _, ask := range append(asks(), askKeeps) {
			all := b.origin.exchanges(tr.script.path(round, ask))
			require.NotEmpty(t, all, tr.script.name)
			tr.first[ask], tr.second[ask] = all[0], all[1:]
		}
	}
	return trials
}

// each sends one request for each trial.
func (b *bench) each(t *testing.T, trials []trial, header func(script) [][2]string, round, ask string) {
	t.Helper()
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(inFlight)
	for _, tr := range trials {
		group.Go(func() error {
			a, err := b.get(ctx, tr.script.path(round, ask), header(tr.script))
			mu.Lock()
			defer mu.Unlock()
			tr.answered[ask] = a
			return err
		})
	}
	require.NoError(t, group.Wait())
}

// get asks the cache.
func (b *bench) get(ctx context.Context, path string, header [][2]string) (answer, error) {
	a := answer{begin: time.Now()}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+path, nil)
	if err != nil {
		return a, err
	}
	r.Header.Set("X-Debug", "X-Cache") // Traffic Server tells its status when it is asked to
	for _, h := range header {
		r.Header.Set(h[0], h[1])
	}
	resp, err := b.transport.RoundTrip(r)
	if err != nil {
		return a, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	err = errors.Join(err, resp.Body.Close())
	a.end, a.version = time.Now(), resp.Header.Get("X-Version")
	for name, values := range resp.Header {
		for _, v := range values {
			a.header = append(a.header, [2]string{name, v})
		}
	}
	return a, err
}

// checkStatus compares what the answer says about the cache with the origin's counter.
func (b *bench) checkStatus(t *testing.T, tr trial, ask, did string, p policy.Policy) {
	t.Helper()
	a := tr.answered[ask]
	if did == fails || b.silent(tr.script, p) {
		return
	}
	header := slices.DeleteFunc(slices.Clone(a.header), func(h [2]string) bool {
		return b.software == stack.Varnish && h[0] == "X-Cache" // set by our VCL, not by Varnish
	})
	status := edge.ReadCacheStatus(header)
	what := []any{"%s%s %s: %+v %v", tr.script.name, ask, did, status, header}
	if (did == covers || did == validates) && p.State(a.end) != policy.StateSWR {
		assert.NotEqual(t, edge.ContactNo, status.Origin, what...) // most write it before they know how it ends
		return
	}
	if assert.NotNil(t, status.EdgeHit, what...) {
		assert.Equal(t, did != forwards, *status.EdgeHit, what...)
	}
	if status.Origin != edge.ContactUnknown {
		assert.Equal(t, did != forwards, status.Origin == edge.ContactNo, what...)
	}
}

// silent reports whether the answer says nothing about the cache, or something else than it did:
// Caddy has none, httpd goes past it, and Traffic Server says hit-fresh of a copy before it sees
// that it must not use it.
func (b *bench) silent(s script, p policy.Policy) bool {
	credentials := slices.ContainsFunc(s.request, func(h [2]string) bool { return h[0] == "Authorization" })
	switch b.software {
	case stack.Caddy:
		return true
	case stack.Httpd:
		return credentials
	case stack.TrafficServer:
		return credentials || p.NoCache
	default:
		return false
	}
}
