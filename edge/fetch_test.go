package edge_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/fixtures/cdn"
)

const host = "shop.example"

// site is an edge on loopback that answers for shop.example.
type site struct {
	addr string
	pool *edge.Pool
	f    *edge.Fetcher
}

func serve(tb testing.TB, h http.Handler, caps edge.Caps) *site {
	tb.Helper()
	srv := httptest.NewServer(h)
	tb.Cleanup(srv.Close)
	return reach(tb, srv.Listener.Addr().String(), caps)
}

// reach returns a fetcher for shop.example at an address.
func reach(tb testing.TB, addr string, caps edge.Caps) *site {
	tb.Helper()
	guard, err := edge.NewAddressGuard([]string{addr})
	require.NoError(tb, err)
	pool := edge.NewPool(&edge.Dialer{Guard: guard, Vantage: edge.Vantage{Name: "v", Via: edge.ConnectTo, Address: addr}}, 0)
	tb.Cleanup(func() { _ = pool.Close() })
	scoped := &edge.Scoped{Base: pool, Scope: crawl.Scope{Hosts: []string{host}}}
	return &site{addr, pool, &edge.Fetcher{Base: scoped, Caps: caps, UserAgent: "edgeprime/test"}}
}

func (s *site) get(tb testing.TB, path string, edit ...func(*edge.Request)) (edge.Observation, string) {
	tb.Helper()
	r := edge.Request{Asset: crawl.Asset{URL: "http://" + host + path, Kind: crawl.Script}, Keep: true}
	for _, e := range edit {
		e(&r)
	}
	o, body, err := s.f.Fetch(tb.Context(), r)
	require.NoError(tb, err)
	return o, string(body)
}

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha-256:" + hex.EncodeToString(sum[:])
}

func TestFetchWritesDownWhatTheAnswerShowed(t *testing.T) {
	var got *http.Request
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Add("X-Cache-Status", "HIT")
		w.Header().Add("Set-Cookie", "session=s3cret; Path=/; HttpOnly")
		w.Header().Add("Set-Cookie", "lonely")
		_, _ = io.WriteString(w, "body")
	}), edge.Caps{})
	s.f.Header = http.Header{"Edgeprime-Run": {"r1"}}
	o, body := s.get(t, "/a%7Eb|c?x=%20&utm=1", func(r *edge.Request) {
		r.Asset.Mode, r.Asset.Initiator = crawl.CORS, "http://www.example"
		r.Variant = edge.Variant{Name: "chromium", Headers: map[string]string{"Accept-Encoding": "gzip, br"}}
	})
	assert.Equal(t, "/a%7Eb|c?x=%20&utm=1", got.RequestURI, "path and query go byte for byte")
	assert.Equal(t, host, got.Host)
	assert.Equal(t, "http://www.example", got.Header.Get("Origin"))
	assert.Equal(t, "gzip, br", got.Header.Get("Accept-Encoding"))
	assert.Equal(t, "edgeprime/test", got.UserAgent())
	assert.Equal(t, "r1", got.Header.Get("Edgeprime-Run"))

	assert.Equal(t, "body", body)
	assert.Empty(t, o.Failure)
	assert.Equal(t, 200, o.Status)
	assert.Equal(t, edge.Complete, o.Completeness)
	assert.Equal(t, digestOf("body"), o.Digest)
	assert.Equal(t, int64(4), o.WireBytes)
	assert.Equal(t, "max-age=60", o.Get("cache-control"))
	assert.Equal(t, []string{"session=***; Path=/; HttpOnly", "lonely=***"}, o.Values("Set-Cookie"))
	assert.Equal(t, edge.Hit, o.Cache.Outcome)
	assert.Equal(t, s.addr, o.Remote)
	require.Len(t, o.Attempts, 1)
	assert.True(t, o.Attempts[0].Spared)
	assert.Positive(t, o.Timing.TTFB)
	assert.Contains(t, o.Sent, [2]string{"Accept-Encoding", "gzip, br"})
	for _, pair := range o.Sent {
		assert.NotEqual(t, "Edgeprime-Run", pair[0], "only what selects a variant is written down")
	}
}

func encode(tb testing.TB, coding, body string) []byte {
	tb.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "br":
		w = brotli.NewWriter(&out)
	case "zstd":
		z, err := zstd.NewWriter(&out)
		require.NoError(tb, err)
		w = z
	default:
		return []byte(body)
	}
	_, err := io.WriteString(w, body)
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return out.Bytes()
}

func TestFetchDigestIsOfTheDecodedBody(t *testing.T) {
	body := strings.Repeat("the same release ", 500)
	for _, coding := range []string{"", "gzip", "br", "zstd"} {
		t.Run("coding "+coding, func(t *testing.T) {
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if coding != "" {
					w.Header().Set("Content-Encoding", coding)
				}
				_, _ = w.Write(encode(t, coding, body))
			}), edge.Caps{})
			o, got := s.get(t, "/")
			assert.Equal(t, digestOf(body), o.Digest)
			assert.Equal(t, body, got)
			assert.Equal(t, int64(len(body)), o.Bytes)
			assert.Equal(t, int64(len(encode(t, coding, body))), o.WireBytes)
		})
	}
}

func TestFetchBoundsABodyOnBothSidesOfTheDecoder(t *testing.T) {
	bomb := encode(t, "gzip", strings.Repeat("\x00", 4<<20))
	emptyMembers := bytes.Repeat(encode(t, "gzip", ""), 10_000)
	for name, tc := range map[string]struct {
		body   []byte
		coding string
		want   string
	}{
		"decoded":              {bomb, "gzip", "over the cap when decoded"},
		"wire":                 {bytes.Repeat([]byte("x"), 200_000), "", "over the cap on the wire"},
		"members that are nil": {emptyMembers, "gzip", "over the cap on the wire"},
		"not the coding":       {[]byte("plain"), "gzip", "cannot be decoded"},
		"chain of codings":     {bomb, "gzip, gzip", "is not gzip, br"},
		"cut gzip":             {encode(t, "gzip", "some body")[:20], "gzip", "cannot be decoded"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tc.coding != "" {
					w.Header().Set("Content-Encoding", tc.coding)
				}
				_, _ = w.Write(tc.body)
			}), edge.Caps{KeptWire: 100_000, KeptDecoded: 1 << 20})
			o, body := s.get(t, "/")
			assert.Equal(t, edge.FailBody, o.Failure)
			assert.Contains(t, o.Error, tc.want)
			assert.Empty(t, o.Digest)
			assert.Empty(t, body)
		})
	}
}

// raw answers every connection with the same bytes and closes it.
func raw(tb testing.TB, answer string) *site {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				_, _ = c.Read(make([]byte, 4096))
				_, _ = io.WriteString(c, answer)
			}()
		}
	}()
	return reach(tb, l.Addr().String(), edge.Caps{Idle: 300 * time.Millisecond})
}

func TestFetchTellsWhatWentWrong(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  string
		failure edge.Failure
		status  int
		whole   edge.Completeness
	}{
		"short body":        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", edge.FailReset, 200, edge.Truncated},
		"no framing":        {"HTTP/1.1 200 OK\r\n\r\nabc", "", 200, edge.CompletenessUnknown},
		"framed":            {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "", 200, edge.Complete},
		"chunked":           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "", 200, edge.Complete},
		"cut chunks":        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", edge.FailReset, 200, edge.Truncated},
		"nothing":           {"", edge.FailReset, 0, ""},
		"no HTTP":           {"SSH-2.0-OpenSSH_9.2\r\n", edge.FailProtocol, 0, ""},
		"space before :":    {"HTTP/1.1 200 OK\r\nCache-Control : no-store\r\nContent-Length: 0\r\n\r\n", edge.FailProtocol, 200, ""},
		"unasked 101":       {"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", edge.FailProtocol, 101, ""},
		"too many lines":    {"HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 300) + "\r\n", edge.FailProtocol, 200, ""},
		"odd version":       {"HTTP/2.0 200 OK\r\n\r\nabc", edge.FailProtocol, 200, ""},
		"two lengths":       {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", edge.FailProtocol, 0, ""},
		"no colon":          {"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", edge.FailProtocol, 0, ""},
		"unknown framing":   {"HTTP/1.1 200 OK\r\nTransfer-Encoding: fancy\r\n\r\n", edge.FailProtocol, 0, ""},
		"header over a cap": {"HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 300_000) + "\r\n\r\n", edge.FailProtocol, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := raw(t, tc.answer).get(t, "/?token=secret")
			assert.Equal(t, tc.failure, o.Failure, o.Error)
			assert.Equal(t, tc.status, o.Status)
			assert.Equal(t, tc.whole, o.Completeness)
			assert.NotContains(t, o.Error, "secret")
			assert.Len(t, o.Attempts, 1, "one request on the wire")
			if o.Completeness != edge.Complete {
				assert.Empty(t, o.Digest)
			}
		})
	}
}

// A hit that breaks off proves nothing of what the edge did next: it counts against the origin.
func TestFetchSparesTheOriginOnlyWithAWholeAnswer(t *testing.T) {
	for body, spared := range map[string]bool{"abc": true, "ab": false} {
		o, _ := raw(t, "HTTP/1.1 200 OK\r\nCache-Status: edge; hit\r\nContent-Length: 3\r\n\r\n"+body).get(t, "/")
		require.Len(t, o.Attempts, 1)
		assert.Equal(t, edge.ContactNo, o.Cache.Origin)
		assert.Equal(t, spared, o.Attempts[0].Spared, body)
	}
}

func TestFetchEndsAStalledOrEndlessBody(t *testing.T) {
	stall := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "begin")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	drip := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	}
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{"stall": {stall, "stalled"}, "drip": {drip, "took too long"}} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tc.handler, edge.Caps{Idle: 150 * time.Millisecond, Total: 400 * time.Millisecond})
			o, _ := s.get(t, "/")
			assert.Equal(t, edge.FailTimeout, o.Failure)
			assert.Contains(t, o.Error, tc.want)
			assert.Equal(t, edge.Truncated, o.Completeness)
		})
	}
}

func TestFetchNeverLeavesTheScope(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }), edge.Caps{})
	for _, url := range []string{
		"http://other.example/", "http://shop.example.evil/", "http://shop.example:81/", "http:///a",
		"ftp://shop.example/?token=secret", "http://u:secret@shop.example/", "nonsense?secret",
	} {
		o, _, err := s.f.Fetch(t.Context(), edge.Request{Asset: crawl.Asset{URL: url}})
		require.NoError(t, err, "one odd URL does not end a run")
		assert.Equal(t, edge.FailScope, o.Failure, url)
		assert.NotContains(t, o.Error, "secret")
		assert.Empty(t, o.Attempts)
	}
	assert.Zero(t, asked.Load())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+host+"/", nil)
	require.NoError(t, err)
	_, err = s.f.Base.RoundTrip(req)
	require.ErrorContains(t, err, "POST is never sent")
}

func TestFetchDoesNotFollowRedirects(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "http://other.example/", http.StatusFound)
	}), edge.Caps{})
	o, _ := s.get(t, "/")
	assert.Equal(t, 302, o.Status)
	assert.Equal(t, "http://other.example/", o.Get("Location"))
	assert.EqualValues(t, 1, asked.Load())
}

func TestFetchKeepsConnectionsUnlessFresh(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		var conns, closed atomic.Int32
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "x")
		}))
		srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			switch s {
			case http.StateNew:
				conns.Add(1)
			case http.StateClosed:
				closed.Add(1)
			default:
			}
		}
		srv.Start()
		t.Cleanup(srv.Close)
		s := reach(t, srv.Listener.Addr().String(), edge.Caps{})
		s.pool.Fresh = fresh
		for range 3 {
			o, _ := s.get(t, "/")
			require.Empty(t, o.Failure)
			assert.Equal(t, srv.Listener.Addr().String(), o.Remote)
		}
		assert.EqualValues(t, map[bool]int32{false: 1, true: 3}[fresh], conns.Load(), "fresh %v", fresh)
		if fresh {
			assert.Eventually(t, func() bool { return closed.Load() == 3 }, 5*time.Second, time.Millisecond, "none is left open")
		}
	}
}

func TestFetchSurvivesAKeptConnectionThatDied(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(srv.Close)
	s := reach(t, srv.Listener.Addr().String(), edge.Caps{})
	o, _ := s.get(t, "/")
	require.Empty(t, o.Failure)
	s.pool.Around = func(conn http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) { // the permit is waited for here
			srv.CloseClientConnections()
			time.Sleep(50 * time.Millisecond)
			s.pool.Around = nil
			return conn.RoundTrip(req)
		})
	}
	o, _ = s.get(t, "/")
	assert.Empty(t, o.Failure, o.Error)
	assert.Len(t, o.Attempts, 1)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestFetchReturnsAnErrorOnlyWhenHeldBack(t *testing.T) {
	s := serve(t, http.NotFoundHandler(), edge.Caps{})
	refused := errors.New("no permit")
	s.pool.Around = func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(*http.Request) (*http.Response, error) { return nil, refused })
	}
	_, _, err := s.f.Fetch(t.Context(), edge.Request{Asset: crawl.Asset{URL: "http://" + host + "/"}})
	require.ErrorIs(t, err, refused)

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(refused)
	_, _, err = s.f.Fetch(ctx, edge.Request{Asset: crawl.Asset{URL: "http://" + host + "/"}})
	require.ErrorIs(t, err, refused)
}

func TestFetchUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	o, _ := reach(t, addr, edge.Caps{}).get(t, "/")
	assert.Equal(t, edge.FailConnect, o.Failure)
	assert.Empty(t, o.Attempts, "nothing was written")

	srv := httptest.NewTLSServer(http.NotFoundHandler()) // a certificate nobody vouches for
	t.Cleanup(srv.Close)
	s := reach(t, srv.Listener.Addr().String(), edge.Caps{})
	o, _ = s.get(t, "/", func(r *edge.Request) { r.Asset.URL = "https://" + host + ":443/" })
	assert.Equal(t, edge.FailTLS, o.Failure, o.Error)
}

// The permit layer must find the connection already open.
func TestPoolConnectsBeforeAnythingElse(t *testing.T) {
	var accepted atomic.Int32
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			accepted.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	s := reach(t, srv.Listener.Addr().String(), edge.Caps{})
	s.pool.Around = func(conn http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			assert.Eventually(t, func() bool { return accepted.Load() == 1 }, time.Second, time.Millisecond)
			return conn.RoundTrip(req)
		})
	}
	o, _ := s.get(t, "/")
	assert.Equal(t, 404, o.Status)
	assert.Equal(t, edge.Complete, o.Completeness)
}

// The loop is measured against an edge in memory that answers 16 KiB from its store; its own cost
// is part of the figure.
func BenchmarkFetch(b *testing.B) {
	body := strings.Repeat("x", 16<<10)
	memory, err := cdn.InMemory(cdn.Options{Name: "edge"}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=600")
		_, _ = io.WriteString(w, body)
	}))
	require.NoError(b, err)
	f := &edge.Fetcher{UserAgent: "edgeprime/test", Base: memory}
	r := edge.Request{Asset: crawl.Asset{URL: "http://" + host + "/a.css", Kind: crawl.Stylesheet}}
	b.ReportAllocs()
	for b.Loop() {
		if o, _, err := f.Fetch(b.Context(), r); err != nil || o.Failure != "" {
			b.Fatal(o.Failure, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "fetches/s")
}

func TestFetchNotesEarlyHints(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			for range 60 {
				w.Header().Add("Link", "</a.css>; rel=preload; as=style")
			}
			w.Header().Set("X-Other", "1")
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Del("Link")
		}
		w.Header().Add("Link", "</b.css>; rel=preload; as=style")
		_, _ = io.WriteString(w, "x")
	}), edge.Caps{})
	o, body := s.get(t, "/")
	assert.Equal(t, "x", body)
	assert.Equal(t, 200, o.Status)
	assert.Len(t, o.Early, 100, "the links of interim answers, and no more than anybody sends")
	assert.Equal(t, [2]string{"Link", "</a.css>; rel=preload; as=style"}, o.Early[0])
	assert.Equal(t, []string{"</b.css>; rel=preload; as=style"}, o.Values("Link"))
}
