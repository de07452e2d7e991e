package edge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// mostEdges is how many addresses of one answer are each an edge to cover.
const mostEdges = 8

// PublicResolvers pass a client's subnet on to the servers that know the answer.
func PublicResolvers() []string { return []string{"8.8.8.8:53", "8.8.4.4:53"} }

// Resolver finds the addresses of vantages that are reached by a name other than the URL's host, or as
// somebody else would. An answer is kept for as long as the process runs, so that every request of a
// vantage reaches the same edge. It is safe for concurrent use.
type Resolver struct {
	// Servers are asked in turn, as ip:port; empty means PublicResolvers with a subnet, else the system's.
	Servers []string
	// Guard says which servers may be dialled.
	Guard *AddressGuard

	mu    sync.Mutex
	found map[question][]netip.Addr
}

// question is what the DNS is asked.
type question struct {
	host   string
	subnet netip.Prefix // zero: for whoever asks
}

// Lookup returns the addresses of a host, sorted, at most eight: IPv4, or IPv6 where there is none. With a
// subnet they are those that visitors from there get. The error wraps a *net.DNSError; an answer that is
// not for the subnet is one too.
func (r *Resolver) Lookup(ctx context.Context, host string, subnet netip.Prefix) ([]netip.Addr, error) {
	q := question{strings.ToLower(host), subnet}
	r.mu.Lock()
	found := r.found[q]
	r.mu.Unlock()
	if found != nil {
		return found, nil
	}
	found, err := r.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, netip.Addr.Compare)
	found = slices.Compact(found)
	found = found[:min(len(found), mostEdges)]
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.found == nil {
		r.found = map[question][]netip.Addr{}
	}
	r.found[q] = found
	return found, nil
}

func (r *Resolver) ask(ctx context.Context, q question) ([]netip.Addr, error) {
	servers := r.Servers
	if len(servers) == 0 && !q.subnet.IsValid() {
		found, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", q.host)
		if err != nil {
			found, err = net.DefaultResolver.LookupNetIP(ctx, "ip", q.host)
		}
		for i, a := range found {
			found[i] = a.Unmap()
		}
		return found, err
	}
	if len(servers) == 0 {
		servers = PublicResolvers()
	}
	var why error
	for _, server := range servers {
		found, err := r.askServer(ctx, server, q)
		switch {
		case err == nil:
			return found, nil
		case why == nil:
			why = err
		default:
			why = fmt.Errorf("%w; %w", why, err)
		}
	}
	return nil, why
}

// Edges returns the vantage once for each edge that its name leads to, with the addresses of the hosts
// pinned: names get a number when there are several. A vantage that names no address to find is returned
// as it is. With an error the vantage cannot be reached now.
func (r *Resolver) Edges(ctx context.Context, v Vantage, hosts []string) ([]Vantage, error) {
	if !v.Resolves() || len(v.Pins) > 0 {
		return []Vantage{v}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	found := map[string][]netip.Addr{}
	most := 0
	for _, host := range hosts {
		addrs, err := r.of(ctx, v, host)
		if err != nil {
			return []Vantage{v}, err
		}
		found[host], most = addrs, max(most, len(addrs))
	}
	if most == 0 { // no host is known yet: each is found when it is dialled
		return []Vantage{v}, nil
	}
	edges := make([]Vantage, 0, most)
	for i := range most {
		one := v
		one.Pins = map[string]string{}
		if most > 1 {
			one.Name = fmt.Sprintf("%s-%d", v.Name, i+1)
		}
		for host, addrs := range found {
			one.Pins[host] = addrs[i%len(addrs)].String()
		}
		edges = append(edges, one)
	}
	return edges, nil
}

// of returns the addresses that the vantage dials for a host.
func (r *Resolver) of(ctx context.Context, v Vantage, host string) ([]netip.Addr, error) {
	if v.Via == ViaECS {
		subnet, err := ParseSubnet(v.Subnet)
		if err != nil {
			return nil, err
		}
		return r.Lookup(ctx, host, subnet)
	}
	addrs, err := r.Lookup(ctx, v.popHost(), netip.Prefix{})
	if missing, ok := errors.AsType[*net.DNSError](err); ok && missing.IsNotFound {
		err = fmt.Errorf("the point of presence %s has no address for this distribution now%s: %w", v.PoP, othersNear(v.PoP), err)
	}
	return addrs, err
}

// othersNear suggests points of presence at the airport of one that is gone.
func othersNear(code string) string {
	var codes []string
	for _, p := range PoPsNear(code[:min(3, len(code))]) {
		if !strings.EqualFold(p.Code, code) {
			codes = append(codes, p.Code)
		}
	}
	if len(codes) == 0 {
		return ""
	}
	return ", try " + strings.Join(codes, ", ")
}

// ParseSubnet reads a network of visitors. More than /24 (IPv4) or /56 (IPv6) tells of one visitor more
// than an answer may depend on (RFC 7871, section 11.1), and a network of no public address of nobody.
func ParseSubnet(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	most := 24
	if err == nil && p.Addr().Is6() {
		most = 56
	}
	if err != nil || p.Bits() > most || p.Bits() < 8 || p.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("edge: %q is no network such as 203.0.113.0/24 or 2001:db8::/56", s)
	}
	return p.Masked(), nil
}

const (
	resolveTimeout = 10 * time.Second
	serverTimeout  = 2 * time.Second
)

// askServer asks one server for addresses: IPv4 first.
func (r *Resolver) askServer(ctx context.Context, server string, q question) ([]netip.Addr, error) {
	fail := func(err error) error {
		why, ok := errors.AsType[*net.DNSError](err)
		if !ok {
			why = &net.DNSError{Err: err.Error(), UnwrapErr: err}
		}
		why.Name, why.Server = q.host, server
		return why
	}
	found, err := r.exchange(ctx, server, q, typeA)
	if err == nil && len(found) == 0 {
		found, err = r.exchange(ctx, server, q, typeAAAA)
	}
	if err == nil && len(found) == 0 {
		err = &net.DNSError{Err: "no address", IsNotFound: true}
	}
	if err != nil {
		return nil, fail(err)
	}
	return found, nil
}

// exchange asks over UDP, again when nothing came back, and over TCP when the answer was cut.
func (r *Resolver) exchange(ctx context.Context, server string, q question, kind dnsType) ([]netip.Addr, error) {
	query, err := newQuery(q, kind)
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		reply, err := r.overUDP(ctx, server, query)
		if errors.Is(err, errCut) {
			reply, err = r.overTCP(ctx, server, query)
		}
		if err == nil {
			return reply.addresses(q)
		}
		if timeout, ok := errors.AsType[net.Error](err); try > 0 || ctx.Err() != nil || !ok || !timeout.Timeout() {
			return nil, cmp.Or(context.Cause(ctx), err)
		}
	}
}

// dial connects to a server through the guard.
func (r *Resolver) dial(ctx context.Context, network, server string) (net.Conn, error) {
	conn, err := guarded{r.Guard}.DialContext(ctx, network, server)
	if err != nil {
		return nil, err
	}
	until := time.Now().Add(serverTimeout)
	if d, ok := ctx.Deadline(); ok && d.Before(until) {
		until = d
	}
	return conn, conn.SetDeadline(until)
}
