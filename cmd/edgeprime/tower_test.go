package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
)

// labTower is the tower of a run on a lab's launch file.
func labTower(t *testing.T, l *lab) (*tower, *launchRun) {
	t.Helper()
	e, _, _ := testEnv()
	e.now, e.getenv = time.Now, os.Getenv
	file, err := loadLaunch(e, l.file, nil)
	require.NoError(t, err)
	r := &launchRun{beginning: beginning{ID: "r1"}, e: e, launch: file}
	r.tower, err = newTower(r)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.tower.Close()) })
	return r.tower, r
}

func fetchers(s *station) map[string]*edge.Fetcher {
	return map[string]*edge.Fetcher{"prime": s.prime, "measure": s.measure}
}

func request(url string) edge.Request {
	return edge.Request{Asset: crawl.Asset{URL: url, Kind: crawl.Image}}
}

func TestTowerNeverLeavesTheScope(t *testing.T) {
	l := newLab(t, "eu")
	tw, _ := labTower(t, l)
	for name, f := range fetchers(tw.station(edge.Vantage{Name: "eu", Region: "eu", Via: edge.ConnectTo, Address: l.addrs["eu"]})) {
		o, _, err := f.Fetch(t.Context(), request("http://elsewhere.example/"))
		require.NoError(t, err)
		assert.Equal(t, edge.FailScope, o.Failure, name)
	}
	assert.Empty(t, l.questions())
}

// A pinned address is no exemption, and neither is a name that resolves to one of ours.
func TestTowerDialsThroughTheAddressGuard(t *testing.T) {
	l := newLab(t, "eu")
	other := newLab(t, "eu").addrs["eu"]
	_, port, err := net.SplitHostPort(other)
	require.NoError(t, err)
	l.write(t, strings.ReplaceAll(l.with(t, ""), "www.example", "localhost:"+port))
	tw, _ := labTower(t, l)
	for name, v := range map[string]edge.Vantage{
		"pinned": {Name: "a", Region: "eu", Via: edge.ConnectTo, Address: other},
		"direct": {Name: "b", Region: "eu", Via: edge.Direct},
	} {
		for pass, f := range fetchers(tw.station(v)) {
			o, _, err := f.Fetch(t.Context(), request("http://localhost:"+port+"/"))
			require.NoError(t, err)
			assert.Equal(t, edge.FailAddress, o.Failure, "%s, %s: %s", name, pass, o.Error)
			assert.Empty(t, o.Attempts)
		}
	}
}

// The connection stands before the permit is asked for: who cannot connect never holds one.
func TestTowerConnectsBeforeItAsksForAPermit(t *testing.T) {
	l := newLab(t, "eu")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	dead := listener.Addr().String()
	require.NoError(t, listener.Close())
	l.write(t, strings.Replace(l.with(t, ""), "allow_addresses: [", "allow_addresses: [\""+dead+"\", ", 1))
	tw, _ := labTower(t, l)
	tw.permits.Drain()
	for name, f := range fetchers(tw.station(edge.Vantage{Name: "dead", Region: "eu", Via: edge.ConnectTo, Address: dead})) {
		o, _, err := f.Fetch(t.Context(), request("http://www.example/"))
		require.NoError(t, err, name)
		assert.Equal(t, edge.FailConnect, o.Failure, name)
	}
	for name, f := range fetchers(tw.station(edge.Vantage{Name: "eu", Region: "eu", Via: edge.ConnectTo, Address: l.addrs["eu"]})) {
		_, _, err := f.Fetch(t.Context(), request("http://www.example/"))
		require.ErrorIs(t, err, origin.ErrDraining, "%s: no request without a permit", name)
	}
	assert.Empty(t, l.questions())
}

// What an edge answers from its store costs the origin's limit nothing; what it does not, does.
func TestTowerGivesAPermitBackWhenTheOriginWasSpared(t *testing.T) {
	for _, pass := range []string{"prime", "measure"} {
		l := newLab(t, "eu")
		tw, _ := labTower(t, l)
		f := fetchers(tw.station(edge.Vantage{Name: "eu", Region: "eu", Via: edge.ConnectTo, Address: l.addrs["eu"]}))[pass]
		o, _, err := f.Fetch(t.Context(), request("http://www.example/a.png"))
		require.NoError(t, err)
		require.Empty(t, o.Failure, o.Error)
		assert.Zero(t, tw.permits.Legacy(), pass)
		l.answer = func(w http.ResponseWriter, _ *http.Request, _ question) bool {
			w.Header().Set("Cache-Status", "edge; fwd=miss")
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		_, _, err = f.Fetch(t.Context(), request("http://www.example/a.png"))
		require.NoError(t, err)
		assert.Greater(t, tw.permits.Legacy(), 30*time.Second, "%s: the origin asked for a minute", pass)
	}
}

// The launch file's limits are the guard's, and the guard's reasons reach the report.
func TestTowerTakesItsLimitsFromTheLaunchFile(t *testing.T) {
	l := newLab(t, "eu")
	l.write(t, strings.Replace(l.with(t, ""), "max_in_flight: 3,", "max_in_flight: 8, amplification: 2,", 1))
	synctest.Test(t, func(t *testing.T) {
		tw, r := labTower(t, l)
		assert.Equal(t, 4, tw.permits.Slots())
		assert.Equal(t, 9*time.Second, tw.permits.LongestLegacy(), "timeout and hold tail")
		assert.Equal(t, 4*time.Second, tw.caps.Total)
		began := time.Now()
		for range 26 {
			p, err := tw.permits.Acquire(t.Context(), "eu")
			require.NoError(t, err)
			p.Release(origin.Outcome{Written: true, Complete: true, Status: 200})
		}
		assert.Equal(t, 1155*time.Millisecond, time.Since(began), "25 of 50 a second, since each may cost two")
		time.Sleep(time.Second)
		p, err := tw.permits.Acquire(t.Context(), "eu")
		require.NoError(t, err)
		p.Release(origin.Outcome{Written: true, Complete: true, Status: 503, Backoff: time.Minute})
		assert.Equal(t, []string{"an answer with status 503 asked for it: pausing for 1m0s"}, r.pauses.all())
		in := r.reportInput(context.Background())
		assert.Equal(t, origin.Pace{RPS: 24, InFlight: 4, LowestRPS: 24, LowestInFlight: 4, Decreases: 1}, in.Pace)
		told := in.Run
		assert.Equal(t, r.pauses.all(), told.Pauses)
		assert.Equal(t, []string{l.addrs["eu"]}, told.Exemptions)
	})
}

// The permit layer stands around every connection, and speaks for the vantage's region.
func TestTowerAsksForPermitsOnBehalfOfTheRegion(t *testing.T) {
	tw, _ := labTower(t, newLab(t, "eu"))
	s := tw.station(edge.Vantage{Name: "eu-2", Region: "eu", Via: edge.Direct})
	require.Len(t, s.pools, 2)
	for _, pool := range s.pools {
		layer, ok := pool.Around(http.DefaultTransport).(*origin.Transport)
		require.True(t, ok)
		assert.Equal(t, "eu", layer.Region)
		assert.Same(t, tw.permits, layer.Permits)
	}
}

// While two regions are at work, the guard knows of both and keeps a third of the permits back.
func TestDriveAnnouncesRegionsToTheGuard(t *testing.T) {
	l := newLab(t, "eu")
	synctest.Test(t, func(t *testing.T) {
		tw, r := labTower(t, l)
		d := r.dispatcher(nil, nil)
		defer d.Enter("eu")()
		defer d.Enter("us")()
		for range 2 {
			_, err := tw.permits.Acquire(t.Context(), "eu")
			require.NoError(t, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := tw.permits.Acquire(ctx, "eu")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = tw.permits.Acquire(t.Context(), "us")
		require.NoError(t, err)
	})
}

// A credential goes to the origins that the launch file's own pages have on the preview host, and
// what asks there reaches no other host.
func TestPreviewAsksWithCredentialsWhereTheyBelong(t *testing.T) {
	const secret = "s3cret-preview-token"
	t.Setenv("PREVIEW_TOKEN", secret)
	l := newLab(t, "eu")
	l.write(t, l.with(t, `scope: {preview: {preview.example: www.example}}
headers: {X-Preview: "${env:PREVIEW_TOKEN}"}
`))
	tw, r := labTower(t, l)
	p := tw.preview(r.launch)
	for url, want := range map[string]string{
		"http://preview.example/sale": secret, "https://preview.example/": "", "http://preview.example:81/": "", "http://www.example/": "",
	} {
		assert.Equal(t, want, p.ask(url).Header.Get("X-Preview"), url)
		assert.Equal(t, "r1", p.ask(url).Header.Get(runHeader), url)
	}
	for _, f := range []*edge.Fetcher{p.fetcher, p.plain} {
		o, _, err := f.Fetch(t.Context(), request("http://www.example/"))
		require.NoError(t, err)
		assert.Equal(t, edge.FailScope, o.Failure)
	}
	for _, f := range []*edge.Fetcher{p.fetcher, p.plain} {
		assert.Equal(t, "malformed header line: you said ***", f.Mask("malformed header line: you said "+secret))
	}
}

// kept is a keyStore that ends with the test; a nil one cannot be read.
type kept map[string][]byte

func (k kept) Get(_ context.Context, key string) ([]byte, bool, error) {
	value, ok := k[key]
	if k == nil {
		return nil, false, os.ErrClosed
	}
	return value, ok, nil
}

func (k kept) Set(_ context.Context, key string, value []byte) error {
	k[key] = value
	return nil
}

func TestLegacyKnowsHowTheLastProcessEnded(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	const longest = 15 * time.Second
	for name, tc := range map[string]struct {
		text string
		want time.Duration
	}{
		"ended, nothing left":    {now.Add(-time.Hour).Format(time.RFC3339Nano), -time.Hour},
		"ended, held permits":    {now.Add(7 * time.Second).Format(time.RFC3339Nano), 7 * time.Second},
		"killed":                 {"", longest},
		"damaged":                {"2026-12-", longest},
		"the clock was set":      {now.Add(24 * time.Hour).Format(time.RFC3339Nano), longest},
		"another zone, the same": {now.Add(7 * time.Second).In(time.FixedZone("X", 3600)).Format(time.RFC3339Nano), 7 * time.Second},
	} {
		store := kept{}
		l := legacy{store}
		until, err := l.quietUntil(ctx, now, longest)
		require.NoError(t, err)
		assert.Equal(t, now, until.UTC(), "nobody was there before")
		store[legacyKey] = []byte(tc.text)
		until, err = l.quietUntil(ctx, now, longest)
		require.NoError(t, err, name)
		assert.Equal(t, now.Add(tc.want), until.UTC(), name)
		require.NoError(t, l.leave(ctx, now.Add(time.Second)))
		until, err = l.quietUntil(ctx, now, longest)
		require.NoError(t, err)
		assert.Equal(t, now.Add(time.Second), until)
		require.NoError(t, l.open(ctx))
		until, err = l.quietUntil(ctx, now, longest)
		require.NoError(t, err)
		assert.Equal(t, now.Add(longest), until, "who is killed now leaves everything behind")
	}
	_, err := (&legacy{kept(nil)}).quietUntil(ctx, now, longest)
	require.Error(t, err, "what cannot be read is no permission")
}

// One process hands the origin's limit to the next, also when it is killed.
func TestARunTakesOverWhatTheLastOneLeftAtTheOrigin(t *testing.T) {
	l := newLab(t, "eu")
	e, _, stderr := testEnv()
	e.now = time.Now
	file, err := loadLaunch(e, l.file, nil)
	require.NoError(t, err)
	next := func(resume string) *launchRun {
		r, err := openRun(t.Context(), e, file, resume, true)
		require.NoError(t, err)
		return r
	}
	quiet := func(r *launchRun) time.Duration { return r.tower.permits.Legacy().Round(time.Second) }

	first := next("")
	assert.Zero(t, quiet(first))
	data, ok, err := first.state.engine.Get(t.Context(), legacyKey)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Empty(t, data, "while it asks, nobody knows what it has open")
	p, err := first.tower.permits.Acquire(t.Context(), "eu")
	require.NoError(t, err)
	p.Release(origin.Outcome{Written: true})
	require.NoError(t, first.Close())

	second := next(first.ID)
	assert.Equal(t, 9*time.Second, quiet(second), "the request that did not end")
	assert.Contains(t, stderr.String(), "nothing is asked for 9s: an earlier run was killed")
	_, err = openRun(t.Context(), e, file, "", true)
	require.ErrorContains(t, err, "another edgeprime is at work on launch lab")
	second.legacy = nil // as a killed process leaves it
	require.NoError(t, second.Close())

	third := next("")
	assert.Equal(t, 9*time.Second, quiet(third), "everything it may have had open")
	require.NoError(t, third.legacy.leave(t.Context(), time.Now()))
	third.legacy = nil
	require.NoError(t, third.Close())

	fourth := next("")
	assert.Zero(t, quiet(fourth))
	require.NoError(t, fourth.Close())
}
