package edge

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// ErrAddress means that the address guard refused an address.
var ErrAddress = errors.New("edge: address is private, loopback, link-local or otherwise reserved")

// reserved are the address ranges that no public edge has (IANA special-purpose registries, and
// the metadata address of a large cloud).
const reserved = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16
172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15
198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64
2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8`

// AddressGuard decides at dial time which addresses may be reached, whatever name led there.
// Create one with NewAddressGuard; it is safe for concurrent use.
type AddressGuard struct {
	denied []netip.Prefix
	allow  []netip.AddrPort
}

// NewAddressGuard returns a guard that refuses reserved addresses but for the exact ip:port
// exemptions.
func NewAddressGuard(exemptions []string) (*AddressGuard, error) {
	g := &AddressGuard{}
	for cidr := range strings.FieldsSeq(reserved) {
		g.denied = append(g.denied, netip.MustParsePrefix(cidr))
	}
	var errs []error
	for _, s := range exemptions {
		ap, err := netip.ParseAddrPort(s)
		if err != nil {
			errs = append(errs, fmt.Errorf("edge: exemption %q is not an exact ip:port such as 127.0.0.1:8080", s))
			continue
		}
		g.allow = append(g.allow, plain(ap))
	}
	return g, errors.Join(errs...)
}

// plain unmaps an IPv4-mapped address and drops a zone, so that one address has one form.
func plain(ap netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}

// Check returns an error that wraps ErrAddress unless the address may be dialled.
func (g *AddressGuard) Check(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q is no ip:port", ErrAddress, address)
	}
	ap = plain(ap)
	if slices.Contains(g.allow, ap) {
		return nil
	}
	if i := slices.IndexFunc(g.denied, func(p netip.Prefix) bool { return p.Contains(ap.Addr()) }); i >= 0 {
		return fmt.Errorf("%w: %s is in %s; when it really is an edge, add %q to allow_addresses (check, discover: --allow-address)",
			ErrAddress, ap, g.denied[i], ap)
	}
	return nil
}

// Control has the form of net.Dialer.Control: it runs for each address that is really dialled.
func (g *AddressGuard) Control(_, address string, _ syscall.RawConn) error {
	return g.Check(address)
}
