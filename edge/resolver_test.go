package edge_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/fixtures/geodns"
)

func addrs(list ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

// world is a CDN's name that has other addresses for each of two networks.
func world() geodns.Name {
	return geodns.Name{
		Everywhere: addrs("198.18.0.1"),
		Nets: []geodns.Net{
			{Prefix: netip.MustParsePrefix("203.0.113.0/24"), Addrs: addrs("198.18.1.2", "198.18.1.1")},
			{Prefix: netip.MustParsePrefix("198.51.100.0/24"), Addrs: addrs("198.18.2.1")},
			{Prefix: netip.MustParsePrefix("2001:db8:1::/48"), Addrs: addrs("198.18.3.1")},
		},
	}
}

// serveNames starts a name server and returns a resolver that asks it.
func serveNames(t *testing.T, names map[string]geodns.Name) (*geodns.Server, *edge.Resolver) {
	t.Helper()
	s, err := geodns.Serve(t.Context(), "127.0.0.1", names)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	guard, err := edge.NewAddressGuard([]string{s.Addr()})
	require.NoError(t, err)
	return s, &edge.Resolver{Servers: []string{s.Addr()}, Guard: guard}
}

// What visitors of a network get is found, in one order, whatever way the answer comes.
func TestLookup(t *testing.T) {
	cut, forged, alias, six := world(), world(), geodns.Name{Alias: "www.shop.example"}, geodns.Name{Everywhere: addrs("2001:db8::1")}
	cut.Cut, forged.Forged = true, true
	ignored, fails := world(), world()
	ignored.IgnoreSubnet, fails.Fails = true, true
	many := geodns.Name{Nets: []geodns.Net{{Prefix: netip.MustParsePrefix("203.0.113.0/24")}}}
	for i := range 20 {
		many.Nets[0].Addrs = append(many.Nets[0].Addrs, netip.AddrFrom4([4]byte{198, 18, 9, byte(20 - i/2)}))
	}
	server, r := serveNames(t, map[string]geodns.Name{
		"www.shop.example": world(), "cut.example": cut, "forged.example": forged, "alias.example": alias, "six.example": six,
		"ignored.example": ignored, "fails.example": fails, "many.example": many, "empty.example": {},
	})
	for _, c := range []struct {
		name, host, subnet string
		want               []netip.Addr
		err                string
		notFound           bool
	}{
		{name: "one network", host: "www.shop.example", subnet: "203.0.113.0/24", want: addrs("198.18.1.1", "198.18.1.2")},
		{name: "another", host: "WWW.shop.example", subnet: "198.51.100.0/24", want: addrs("198.18.2.1")},
		{name: "IPv6 visitors", host: "www.shop.example", subnet: "2001:db8:1::/56", want: addrs("198.18.3.1")},
		{name: "whoever asks", host: "www.shop.example", want: addrs("198.18.0.1")},
		{name: "cut, so over TCP", host: "cut.example", subnet: "203.0.113.0/24", want: addrs("198.18.1.1", "198.18.1.2")},
		{name: "an answer to another question", host: "forged.example", subnet: "203.0.113.0/24", want: addrs("198.18.1.1", "198.18.1.2")},
		{name: "an alias", host: "alias.example", subnet: "203.0.113.0/24", want: addrs("198.18.1.1", "198.18.1.2")},
		{name: "IPv6 only", host: "six.example", want: addrs("2001:db8::1")},
		{
			name: "each once, and no more than eight", host: "many.example", subnet: "203.0.113.0/24",
			want: addrs("198.18.9.11", "198.18.9.12", "198.18.9.13", "198.18.9.14", "198.18.9.15", "198.18.9.16", "198.18.9.17", "198.18.9.18"),
		},
		{name: "a network that nobody knows", host: "www.shop.example", subnet: "192.0.2.0/24", err: "for everybody, not for visitors from 192.0.2.0/24"},
		{name: "no subnet passed on", host: "ignored.example", subnet: "203.0.113.0/24", err: "for everybody, not for visitors from 203.0.113.0/24"},
		{name: "no such name", host: "none.example", subnet: "203.0.113.0/24", err: "no such host", notFound: true},
		{name: "no address", host: "empty.example", err: "no address", notFound: true},
		{name: "the server fails", host: "fails.example", err: "the server answers ServerFailure"},
		{name: "no name", host: "a..b", err: "no host name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var subnet netip.Prefix
			if c.subnet != "" {
				subnet = netip.MustParsePrefix(c.subnet)
			}
			got, err := r.Lookup(t.Context(), c.host, subnet)
			if c.err == "" {
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
				return
			}
			require.ErrorContains(t, err, c.err)
			var dns *net.DNSError
			require.ErrorAs(t, err, &dns, "it counts as a failure of the DNS")
			assert.Equal(t, c.notFound, dns.IsNotFound)
			assert.Equal(t, server.Addr(), dns.Server)
		})
	}
	for _, a := range server.Asked() {
		if a.Name == "cut.example" && a.Network == "tcp" {
			return
		}
	}
	assert.Fail(t, "a cut answer is asked for again over TCP")
}

// A question goes out once, and to the next server when one does not tell.
func TestLookupAsksOnceAndElsewhere(t *testing.T) {
	server, _ := serveNames(t, map[string]geodns.Name{"www.shop.example": world()})
	fails := world()
	fails.Fails = true
	first, err := geodns.Serve(t.Context(), "127.0.0.1", map[string]geodns.Name{"www.shop.example": fails})
	require.NoError(t, err)
	t.Cleanup(func() { _ = first.Close() })
	guard, err := edge.NewAddressGuard([]string{first.Addr(), server.Addr()})
	require.NoError(t, err)
	r := &edge.Resolver{Servers: []string{first.Addr(), server.Addr()}, Guard: guard}
	subnet := netip.MustParsePrefix("203.0.113.0/24")
	for range 3 {
		got, err := r.Lookup(t.Context(), "www.shop.example", subnet)
		require.NoError(t, err)
		assert.Equal(t, addrs("198.18.1.1", "198.18.1.2"), got)
	}
	assert.Len(t, first.Asked(), 1)
	require.Len(t, server.Asked(), 1)
	assert.Equal(t, subnet, server.Asked()[0].Subnet)
}

// A server is dialled through the guard, as everything is.
func TestLookupKeepsTheGuard(t *testing.T) {
	server, _ := serveNames(t, map[string]geodns.Name{"www.shop.example": world()})
	guard, err := edge.NewAddressGuard(nil)
	require.NoError(t, err)
	_, err = (&edge.Resolver{Servers: []string{server.Addr()}, Guard: guard}).Lookup(t.Context(), "www.shop.example", netip.Prefix{})
	require.ErrorContains(t, err, "allow_addresses")
	assert.Empty(t, server.Asked())
}

// Each answer is an edge of its own, with one address for every host of the launch.
func TestEdges(t *testing.T) {
	_, r := serveNames(t, map[string]geodns.Name{
		"www.shop.example": world(), "fonts.shop.example": {Nets: []geodns.Net{{Prefix: netip.MustParsePrefix("203.0.113.0/24"), Addrs: addrs("198.18.7.1")}}},
		"d123.fra56-p4.cloudfront.net": {Everywhere: addrs("198.18.5.1", "198.18.5.2")},
	})
	hosts := []string{"fonts.shop.example", "www.shop.example"}
	eu := edge.Vantage{Name: "eu", Via: edge.ViaECS, Subnet: "203.0.113.0/24"}
	got, err := r.Edges(t.Context(), eu, hosts)
	require.NoError(t, err)
	one, two := eu, eu
	one.Name, one.Pins = "eu-1", map[string]string{"www.shop.example": "198.18.1.1", "fonts.shop.example": "198.18.7.1"}
	two.Name, two.Pins = "eu-2", map[string]string{"www.shop.example": "198.18.1.2", "fonts.shop.example": "198.18.7.1"}
	assert.Equal(t, []edge.Vantage{one, two}, got)
	assert.True(t, one.FoundFor(eu))
	other := one
	other.Name = "eu2"
	assert.False(t, other.FoundFor(eu))
	assert.False(t, one.FoundFor(edge.Vantage{Name: "e", Via: edge.ViaECS, Subnet: "203.0.113.0/24"}))
	assert.False(t, one.FoundFor(edge.Vantage{Name: "eu", Via: edge.ViaECS, Subnet: "198.51.100.0/24"}))

	fra := edge.Vantage{Name: "fra", Via: edge.ViaPoP, PoP: "FRA56-P4", Distribution: "d123.cloudfront.net"}
	got, err = r.Edges(t.Context(), fra, hosts[1:])
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.Equal(t, map[string]string{"www.shop.example": "198.18.5.1"}, got[0].Pins)

	got, err = r.Edges(t.Context(), fra, nil)
	require.NoError(t, err)
	assert.Equal(t, []edge.Vantage{fra}, got, "a region never loses its vantage")

	gone := fra
	gone.PoP = "FRA50-C1"
	got, err = r.Edges(t.Context(), gone, hosts)
	require.ErrorContains(t, err, "FRA50-C1 has no address for this distribution now, try FRA56-P4, FRA60-P1")
	assert.Equal(t, []edge.Vantage{gone}, got, "it stays in, to be told as not measured")

	direct := edge.Vantage{Name: "d", Via: edge.Direct}
	got, err = r.Edges(t.Context(), direct, hosts)
	require.NoError(t, err)
	assert.Equal(t, []edge.Vantage{direct}, got)
}

func TestParseSubnet(t *testing.T) {
	for s, want := range map[string]string{
		"203.0.113.7/24": "203.0.113.0/24", "10.0.0.0/8": "10.0.0.0/8", "2001:db8::1/56": "2001:db8::/56",
		"203.0.113.0/25": "", "203.0.113.7": "", "0.0.0.0/0": "", "2001:db8::/64": "", "::ffff:203.0.113.0/24": "", "x": "",
	} {
		p, err := edge.ParseSubnet(s)
		if want == "" {
			assert.Error(t, err, s)
			continue
		}
		require.NoError(t, err, s)
		assert.Equal(t, want, p.String())
	}
}

func TestPoPsNear(t *testing.T) {
	codes := func(place string) (out []string) {
		for _, p := range edge.PoPsNear(place) {
			out = append(out, p.Code)
		}
		return out
	}
	assert.Equal(t, []string{"FRA50-C1", "FRA56-P4", "FRA60-P1"}, codes("de"))
	assert.Equal(t, []string{"FRA50-C1", "FRA56-P4", "FRA60-P1"}, codes("FRA"))
	assert.Len(t, codes("europe"), 12)
	assert.Empty(t, codes("atlantis"))
	assert.Empty(t, codes(""))
	for _, place := range edge.PlacesOfPoPs() {
		assert.NotEmpty(t, codes(place), place)
	}
	near := edge.Vantage{Name: "eu", Via: edge.ViaPoP, Distribution: "d123", Near: "de"}.Places()
	require.Len(t, near, 3)
	assert.Equal(t, edge.Vantage{Name: "eu-fra50-c1", Via: edge.ViaPoP, Distribution: "d123", PoP: "FRA50-C1"}, near[0])
}
