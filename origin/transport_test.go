package origin_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/origin"
)

// roundTrip is a base transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// wire plays net/http's part: it tells the trace that the header is being written.
func wire(req *http.Request) {
	if t := httptrace.ContextClientTrace(req.Context()); t != nil && t.WroteHeaderField != nil {
		t.WroteHeaderField("Host", []string{"a.example"})
	}
}

func answer(status int, body io.Reader, header ...string) roundTrip {
	return func(req *http.Request) (*http.Response, error) {
		wire(req)
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(body)}, nil
	}
}

func get(t *testing.T, g *origin.Guard, base http.RoundTripper) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://a.example/", nil)
	require.NoError(t, err)
	tr := &origin.Transport{
		Base: base, Permits: g, Region: "eu",
		Contact: func(r *http.Response) (spared, asked bool) {
			return r.Header.Get("X-Cache") == "HIT", r.Header.Get("X-Cache") == "MISS"
		},
	}
	return tr.RoundTrip(req)
}

// freeAfter returns how long the guard's only permit stays away.
func freeAfter(t *testing.T, g *origin.Guard) time.Duration {
	t.Helper()
	began := time.Now()
	acquire(t, g, "eu").Release(origin.Outcome{})
	return time.Since(began)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestTransportReleasesThePermitAsTheAnswerProves(t *testing.T) {
	const window, hold = 1155 * time.Millisecond, 15 * time.Second
	for name, tc := range map[string]struct {
		base http.RoundTripper
		use  func(*http.Response)
		want time.Duration
	}{
		"read to the end":           {answer(200, strings.NewReader("body")), readAll, window},
		"asked before the answer":   {answer(200, strings.NewReader("body"), "X-Cache", "MISS"), readAll, 1005 * time.Millisecond},
		"a hit costs nothing":       {answer(200, strings.NewReader("body"), "X-Cache", "HIT"), readAll, 0},
		"closed before the end":     {answer(200, strings.NewReader("body")), func(*http.Response) {}, hold},
		"hit closed before the end": {answer(200, strings.NewReader("body"), "X-Cache", "HIT"), func(*http.Response) {}, hold},
		"broken in the middle":      {answer(200, failing{io.ErrUnexpectedEOF}), readAll, hold},
		"nothing written": {roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("connection is gone")
		}), nil, 0},
		"written, no answer": {roundTrip(func(req *http.Request) (*http.Response, error) {
			wire(req)
			return nil, os.ErrDeadlineExceeded
		}), nil, hold},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, origin.Limits{MaxRPS: 1, MaxInFlight: 1})
				resp, err := get(t, g, tc.base)
				if tc.use == nil {
					require.Error(t, err)
				} else {
					require.NoError(t, err)
					tc.use(resp)
					require.NoError(t, resp.Body.Close())
				}
				assert.Equal(t, tc.want, freeAfter(t, g))
			})
		})
	}
}

func readAll(r *http.Response) { _, _ = io.Copy(io.Discard, r.Body) }

func TestTransportPassesRetryAfterOn(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"40": 40 * time.Second, " 3 ": 3 * time.Second, "soon": 0, "-1": 0, "999999999999": 0,
		"Sat, 01 Jan 2000 00:00:30 GMT": 30 * time.Second, "Fri, 31 Dec 1999 00:00:00 GMT": 0,
	} {
		t.Run(value, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the bubble begins at 2000-01-01
				g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 1})
				resp, err := get(t, g, answer(429, strings.NewReader(""), "Retry-After", value))
				require.NoError(t, err)
				readAll(resp)
				assert.InDelta(t, want.Seconds(), freeAfter(t, g).Seconds(), 0.01)
			})
		})
	}
}

// stale grants permits that are too old to start, a few times.
type stale struct {
	guard *origin.Guard
	times int
}

func (s *stale) Acquire(ctx context.Context, region string) (*origin.Permit, error) {
	p, err := s.guard.Acquire(ctx, region)
	if s.times--; s.times >= 0 {
		time.Sleep(time.Second)
	}
	return p, err
}

func TestTransportNeverStartsOnAnOldPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var started time.Time
		base := roundTrip(func(req *http.Request) (*http.Response, error) {
			started = time.Now()
			return answer(200, strings.NewReader(""))(req)
		})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://a.example/", nil)
		require.NoError(t, err)
		began := time.Now()
		g := newGuard(t, origin.Limits{MaxRPS: 5, MaxInFlight: 1})
		resp, err := (&origin.Transport{Base: base, Permits: &stale{g, 2}}).RoundTrip(req)
		require.NoError(t, err)
		readAll(resp)
		assert.Equal(t, 2*time.Second, started.Sub(began), "two late permits were given back")
	})
}

func TestTransportReturnsWhyThereIsNoPermit(t *testing.T) {
	g := newGuard(t, origin.Limits{})
	g.Drain()
	resp, err := get(t, g, answer(200, strings.NewReader("")))
	require.ErrorIs(t, err, origin.ErrDraining)
	assert.Nil(t, resp)
}

// The transport tells the guard what the pace is made of: proven misses, documents apart from files.
func TestTransportTellsDocumentsFromFiles(t *testing.T) {
	for _, tt := range []struct {
		first, then string
		slower      bool
	}{
		{"text/css", "image/avif", true},
		{"text/css", "text/html; charset=utf-8", false},
		{"TEXT/HTML", "application/xhtml+xml", true},
		{"application/xhtml+xml", "", false},
	} {
		t.Run(tt.first+" "+tt.then, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, origin.Limits{MaxRPS: 1000, MaxInFlight: 8})
				ask := func(n int, contentType string, took time.Duration) {
					for range n {
						resp, err := get(t, g, roundTrip(func(req *http.Request) (*http.Response, error) {
							time.Sleep(took)
							return answer(200, http.NoBody, "Content-Type", contentType, "X-Cache", "MISS")(req)
						}))
						require.NoError(t, err)
						_, err = io.Copy(io.Discard, resp.Body)
						require.NoError(t, err)
						require.NoError(t, resp.Body.Close())
					}
				}
				ask(40, tt.first, 20*time.Millisecond)
				ask(40, tt.then, 300*time.Millisecond)
				assert.Equal(t, tt.slower, g.Pace().Decreases > 0)
			})
		})
	}
}
