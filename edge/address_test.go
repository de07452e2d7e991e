package edge_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
)

func TestAddressGuardRefusesReservedRangesAndNotTheirNeighbours(t *testing.T) {
	g, err := edge.NewAddressGuard(nil)
	require.NoError(t, err)
	for _, refused := range []string{
		"127.0.0.1:80", "0.0.0.0:80", "10.1.2.3:80", "100.64.0.1:80", "100.127.255.255:80", "169.254.169.254:80",
		"168.63.129.16:80", "172.16.0.1:80", "172.31.255.255:80", "192.168.0.1:80", "198.19.255.255:80", "224.0.0.1:80",
		"255.255.255.255:80", "[::1]:80", "[::]:80", "[::ffff:127.0.0.1]:80", "[fe80::1%lo]:80", "[fd00::1]:80",
		"[2001:db8::1]:80", "[64:ff9b::7f00:1]:80", "[2002:7f00:1::]:80", "[ff02::1]:80", "localhost:80", "nonsense",
	} {
		assert.ErrorIs(t, g.Check(refused), edge.ErrAddress, refused)
	}
	for _, allowed := range []string{
		"9.255.255.255:80", "11.0.0.0:80", "100.63.255.255:80", "100.128.0.0:80", "126.255.255.255:80", "128.0.0.0:80",
		"168.63.129.15:80", "172.15.255.255:80", "172.32.0.0:80", "192.167.255.255:80", "192.169.0.0:80", "223.255.255.255:80",
		"[2600::1]:443", "[2003::1]:443", "[fbff::1]:443",
	} {
		assert.NoError(t, g.Check(allowed), allowed)
	}
}

func TestAddressGuardExemptsExactlyWhatIsNamed(t *testing.T) {
	g, err := edge.NewAddressGuard([]string{"127.0.0.11:8080", "[::1]:9000"})
	require.NoError(t, err)
	assert.NoError(t, g.Check("127.0.0.11:8080"))
	assert.NoError(t, g.Check("[::ffff:127.0.0.11]:8080"), "the same address in another notation")
	assert.NoError(t, g.Check("[::1]:9000"))
	for _, near := range []string{"127.0.0.11:8081", "127.0.0.12:8080", "[::1]:9001"} {
		assert.ErrorIs(t, g.Check(near), edge.ErrAddress, near)
	}
	_, err = edge.NewAddressGuard([]string{"127.0.0.1", "10.0.0.0/8", "localhost:80", "127.0.0.1:80"})
	assert.ErrorContains(t, err, `"127.0.0.1" is not an exact ip:port`)
	assert.ErrorContains(t, err, `"10.0.0.0/8"`)
	assert.ErrorContains(t, err, `"localhost:80"`)
}

func FuzzAddressGuard(f *testing.F) {
	for _, seed := range []string{"127.0.0.1:80", "[::ffff:7f00:1]:1", "1.2.3.4:5", "x"} {
		f.Add(seed)
	}
	g, err := edge.NewAddressGuard(nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, s string) {
		ap, err := netip.ParseAddrPort(s)
		if g.Check(s) == nil && (err != nil || ap.Addr().Unmap().IsLoopback() || ap.Addr().Unmap().IsPrivate() || ap.Addr().IsUnspecified()) {
			t.Fatalf("%q passed", s)
		}
	})
}
