package edge_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/fixtures/geodns"
	"github.com/edgeprime/edgeprime/fixtures/tunnel"
)

// through fetches a URL by a dialer, on a connection of its own.
func through(t *testing.T, d *edge.Dialer, url string) edge.Observation {
	t.Helper()
	pool := edge.NewPool(d, 0)
	pool.Fresh = true
	o, _, err := (&edge.Fetcher{Base: pool, UserAgent: "edgeprime/test"}).Fetch(t.Context(), edge.Request{Asset: crawl.Asset{URL: url}})
	require.NoError(t, err)
	return o
}

// named answers with the host it was asked for.
func named(t *testing.T) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) }))
	t.Cleanup(srv.Close)
	return srv
}

// A proxy resolves the host and connects; edgeprime dials the proxy alone.
func TestDialThroughAProxy(t *testing.T) {
	srv := named(t)
	hosts := map[string]string{"shop.example:80": srv.Listener.Addr().String()}
	for _, kind := range []struct {
		scheme string
		start  func(context.Context, map[string]string, string) (*tunnel.Proxy, error)
	}{{"socks5", tunnel.SOCKS5}, {"http", tunnel.HTTP}} {
		for _, c := range []struct {
			name, auth, gives, url string
			failure                edge.Failure
			err                    string
			asked                  int
		}{
			{name: "open", url: "http://shop.example/", asked: 1},
			{name: "with a credential", auth: "me:secret", gives: "me:secret", url: "http://shop.example/", asked: 1},
			{name: "with a wrong one", auth: "me:secret", gives: "me:guess", url: "http://shop.example/", failure: edge.FailConnect},
			{name: "a host it cannot reach", url: "http://other.example/", failure: edge.FailConnect, asked: 1},
			{name: "an address that the guard refuses", url: "http://169.254.169.254/", failure: edge.FailAddress, err: "169.254.169.254"},
		} {
			t.Run(kind.scheme+"/"+c.name, func(t *testing.T) {
				p, err := kind.start(t.Context(), hosts, c.auth)
				require.NoError(t, err)
				t.Cleanup(func() { assert.NoError(t, p.Close()) })
				guard, err := edge.NewAddressGuard([]string{p.Addr()})
				require.NoError(t, err)
				o := through(t, &edge.Dialer{
					Guard: guard, ProxyAuth: edge.NewSecret(c.gives),
					Vantage: edge.Vantage{Name: "eu", Via: edge.ViaProxy, Proxy: kind.scheme + "://" + p.Addr()},
				}, c.url)
				assert.Len(t, p.Asked(), c.asked)
				assert.Equal(t, c.failure, o.Failure, o.Error)
				assert.NotContains(t, o.Error, "secret")
				assert.NotContains(t, o.Error, "guess")
				if c.failure == "" {
					assert.Equal(t, http.StatusOK, o.Status)
					assert.Equal(t, digestOf("shop.example"), o.Digest)
					assert.Equal(t, p.Addr(), o.Remote)
					assert.Positive(t, o.Timing.RTT)
				}
				assert.Contains(t, o.Error, c.err)
			})
		}
	}
}

// A proxy at a private address needs its exemption like everything that is dialled.
func TestDialKeepsTheGuardBeforeAProxy(t *testing.T) {
	p, err := tunnel.HTTP(t.Context(), nil, "")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, p.Close()) })
	guard, err := edge.NewAddressGuard(nil)
	require.NoError(t, err)
	for _, scheme := range []string{"http", "socks5"} {
		o := through(t, &edge.Dialer{Guard: guard, Vantage: edge.Vantage{Via: edge.ViaProxy, Proxy: scheme + "://" + p.Addr()}}, "http://shop.example/")
		assert.Equal(t, edge.FailAddress, o.Failure, o.Error)
	}
	assert.Empty(t, p.Asked())
}

// A proxy that never ends its answer holds nobody: neither in time nor in memory.
func TestDialBoundsAProxysAnswer(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n"))
				for err == nil {
					_, err = conn.Write([]byte("X-More: and more\r\n"))
				}
			}()
		}
	}()
	guard, err := edge.NewAddressGuard([]string{l.Addr().String()})
	require.NoError(t, err)
	o := through(t, &edge.Dialer{Guard: guard, Vantage: edge.Vantage{Via: edge.ViaProxy, Proxy: "http://" + l.Addr().String()}}, "http://shop.example/")
	assert.Equal(t, edge.FailConnect, o.Failure, o.Error)
}

// What has no pin is looked up when it is dialled, the way the vantage says.
func TestDialFindsWhatIsNotPinned(t *testing.T) {
	srv := named(t)
	at := netip.MustParseAddrPort(srv.Listener.Addr().String())
	names, r := serveNames(t, map[string]geodns.Name{
		"shop.example":               {Nets: []geodns.Net{{Prefix: netip.MustParsePrefix("203.0.113.0/24"), Addrs: []netip.Addr{at.Addr()}}}},
		"d1.fra56-p4.cloudfront.net": {Everywhere: []netip.Addr{at.Addr()}},
	})
	guard, err := edge.NewAddressGuard([]string{srv.Listener.Addr().String(), names.Addr()})
	require.NoError(t, err)
	url := fmt.Sprintf("http://shop.example:%d/", at.Port())
	for _, c := range []struct {
		name    string
		vantage edge.Vantage
		failure edge.Failure
		err     string
	}{
		{name: "ecs", vantage: edge.Vantage{Via: edge.ViaECS, Subnet: "203.0.113.0/24"}},
		{name: "ecs of a network that the answer is not for", vantage: edge.Vantage{Via: edge.ViaECS, Subnet: "198.51.100.0/24"}, failure: edge.FailDNS, err: "no address"},
		{name: "pop", vantage: edge.Vantage{Via: edge.ViaPoP, PoP: "FRA56-P4", Distribution: "d1.cloudfront.net"}},
		{name: "stale pop", vantage: edge.Vantage{Via: edge.ViaPoP, PoP: "FRA99-P9", Distribution: "d1"}, failure: edge.FailDNS, err: "FRA99-P9 has no address for this distribution now"},
		{name: "pinned", vantage: edge.Vantage{Via: edge.ViaECS, Subnet: "192.0.2.0/24", Pins: map[string]string{"shop.example": at.Addr().String()}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := through(t, &edge.Dialer{Guard: guard, Vantage: c.vantage, Resolver: r}, url)
			assert.Equal(t, c.failure, o.Failure, o.Error)
			assert.Contains(t, o.Error, c.err)
			if c.failure == "" {
				assert.Equal(t, digestOf(fmt.Sprintf("shop.example:%d", at.Port())), o.Digest, "the Host stays the URL's")
			}
		})
	}
}

func TestParseProxy(t *testing.T) {
	for raw, ok := range map[string]bool{
		"socks5://10.0.0.1:1080": true, "http://proxy.example:3128/": true, "https://proxy.example:443": true,
		"http://me:secret@proxy.example:3128": false, "http://proxy.example": false, "ftp://proxy.example:21": false,
		"proxy.example:3128": false, "http://proxy.example:3128/path": false, "socks5h://x:1": false, "": false,
	} {
		_, err := edge.ParseProxy(raw)
		assert.Equal(t, ok, err == nil, raw)
		if err != nil {
			assert.NotContains(t, err.Error(), "secret")
		}
	}
}
