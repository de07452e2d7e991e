package main

import (
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/edge"
)

// vantage checks one way to an edge. Far says that a worker elsewhere takes it.
func (c *checker) vantage(at keyPath, v edge.Vantage, far bool, guard *edge.AddressGuard) {
	if !slices.Contains(vias(), string(v.Via)) {
		c.bad(at.key("via"), "%s is %q; use %s", at.key("via"), shortened(string(v.Via)), strings.Join(vias(), ", "))
		return
	}
	c.vantageFields(at, v)
	switch v.Via {
	case edge.ConnectTo:
		c.address(at.key("address"), v.Address, guard)
	case edge.ViaPoP:
		c.popVantage(at, v)
	case edge.ViaECS:
		if _, err := edge.ParseSubnet(v.Subnet); err != nil {
			c.bad(at.key("subnet"), "%s is %q; write a network of the region's visitors, such as 203.0.113.0/24, or 2001:db8::/56", at.key("subnet"), shortened(v.Subnet))
		}
	case edge.ViaProxy:
		c.proxyVantage(at, v, far, guard)
	case edge.ViaWorker:
		if !far {
			c.bad(at.key("via"), "%s is worker, but workers.regions does not name the region; add it there", at.key("via"))
		}
	case edge.Direct:
	}
	if v.PoP != "" && !vantageRule.MatchString(v.PoP) {
		c.bad(at.key("pop"), "%s is %q; write the code that the edge's answers name, such as FRA", at.key("pop"), shortened(v.PoP))
	}
}

// vantageFields refuses what belongs to another way than the vantage's.
func (c *checker) vantageFields(at keyPath, v edge.Vantage) {
	for _, f := range []struct {
		key, value string
		via        edge.Via
	}{
		{"address", v.Address, edge.ConnectTo},
		{"distribution", v.Distribution, edge.ViaPoP},
		{"near", v.Near, edge.ViaPoP},
		{"subnet", v.Subnet, edge.ViaECS},
		{"proxy", v.Proxy, edge.ViaProxy},
		{"proxy_auth", v.ProxyAuth, edge.ViaProxy},
	} {
		if f.value != "" && v.Via != f.via {
			c.bad(at.key(f.key), "%s is set, but via is %s; use via: %s, or leave %s out", at.key(f.key), v.Via, f.via, f.key)
		}
	}
}

// popVantage checks whose points of presence are meant.
func (c *checker) popVantage(at keyPath, v edge.Vantage) {
	label, domain, named := strings.Cut(v.Distribution, ".")
	if label == "" || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789") != "" || named && !strings.EqualFold(domain, "cloudfront.net") {
		c.bad(at.key("distribution"), "%s is %q; write the domain name of the CloudFront distribution, such as d111111abcdef8.cloudfront.net",
			at.key("distribution"), shortened(v.Distribution))
	}
	switch {
	case (v.PoP == "") == (v.Near == ""):
		c.bad(at, "%s needs pop or near: the code of a point of presence, such as FRA56-P4, or a place, such as DE", at)
	case v.Near != "" && len(edge.PoPsNear(v.Near)) == 0:
		c.bad(at.key("near"), "%s is %q; known are %s, and the codes of airports", at.key("near"), shortened(v.Near), strings.Join(edge.PlacesOfPoPs(), ", "))
	}
}

// proxyVantage checks the proxy, whose address the guard is asked for when it is no name.
func (c *checker) proxyVantage(at keyPath, v edge.Vantage, far bool, guard *edge.AddressGuard) {
	u, err := edge.ParseProxy(v.Proxy)
	switch {
	case err != nil:
		c.bad(at.key("proxy"), "%s is %q; write socks5://host:1080, http://host:3128 or https://host:443, and its credentials under proxy_auth",
			at.key("proxy"), shortened(withoutUser(v.Proxy)))
	case far:
		c.bad(at.key("via"), "%s is proxy, but a worker elsewhere takes this region; leave one of the two out", at.key("via"))
	default:
		c.address(at.key("proxy"), u.Host, guard)
	}
}

// withoutUser keeps a credential in a URL out of messages.
func withoutUser(raw string) string {
	scheme, rest, ok := strings.Cut(raw, "://")
	if i := strings.LastIndex(rest, "@"); ok && i >= 0 {
		return scheme + "://***@" + rest[i+1:]
	}
	return raw
}

// proxyAuth resolves the credential of a proxy.
func (c *checker) proxyAuth(at keyPath, v edge.Vantage, l *launch, e *env) {
	if v.ProxyAuth == "" || v.Via != edge.ViaProxy {
		return
	}
	secret, err := resolve(v.ProxyAuth, filepath.Dir(l.Path), e.getenv)
	if err == nil && !strings.Contains(secret.Reveal(), ":") {
		err = errors.New("the credential is no user:password")
	}
	if err != nil {
		c.bad(at, "%s: %s", at, err)
		return
	}
	l.Proxies[v.ProxyAuth] = secret
}

// resolvers checks who is asked for the addresses of vantages.
func (c *checker) resolvers(list []string, guard *edge.AddressGuard) {
	for i, server := range list {
		at := path("resolvers").index(i)
		if _, err := netip.ParseAddrPort(server); err != nil {
			c.bad(at, "%s is %q; write ip:port, such as 8.8.8.8:53", at, shortened(server))
			continue
		}
		c.address(at, server, guard)
	}
}

// address checks what a vantage dials, and asks the guard when it is no name.
func (c *checker) address(at keyPath, address string, guard *edge.AddressGuard) {
	host, port, err := net.SplitHostPort(address)
	number, portErr := strconv.ParseUint(port, 10, 16)
	if err := errors.Join(err, portErr); err != nil || host == "" || number == 0 {
		c.bad(at, "%s is %q; write the edge's ip:port or host:port", at, shortened(address))
		return
	}
	if _, err := netip.ParseAddr(host); err == nil {
		if err := guard.Check(address); err != nil {
			c.bad(at, "%s: %s", at, strings.TrimPrefix(err.Error(), "edge: "))
		}
	}
}
