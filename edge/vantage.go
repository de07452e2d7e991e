package edge

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Via is how a vantage's requests reach an edge.
type Via string

// The ways.
const (
	// Direct resolves the URL's host and connects there.
	Direct Via = "direct"
	// ConnectTo dials a pinned address and keeps Host and SNI, as curl's --connect-to does.
	ConnectTo Via = "connect_to"
	// ViaPoP dials the addresses of one of CloudFront's points of presence, by the host name that it has
	// for a distribution: undocumented, so that only the answer's own word of its place counts.
	ViaPoP Via = "pop"
	// ViaECS dials what the DNS answers to visitors of a network (EDNS Client Subnet, RFC 7871).
	ViaECS Via = "ecs"
	// ViaProxy asks a proxy to connect, which resolves the host where it stands.
	ViaProxy Via = "proxy"
	// ViaWorker is Direct, from a worker that stands in the region.
	ViaWorker Via = "worker"
)

// Vias returns every way.
func Vias() []Via { return []Via{Direct, ConnectTo, ViaPoP, ViaECS, ViaProxy, ViaWorker} }

// Vantage is one way requests reach an edge of a region.
type Vantage struct {
	// Name is unique within a launch; Region is the region it stands for.
	Name   string `json:"name" yaml:"name"`
	Region string `json:"region" yaml:"-"`
	// Via defaults to what the other fields name, else to Direct.
	Via Via `json:"via" yaml:"via"`
	// Address is the ip:port or host:port that ConnectTo dials.
	Address string `json:"address,omitempty" yaml:"address"`
	// PoP is the point of presence that must answer, a prefix compared without case with what
	// the answer names ("FRA" accepts "FRA56-P4"); empty when any may. With ViaPoP it is the one whose
	// addresses are dialled.
	PoP string `json:"pop,omitempty" yaml:"pop"`
	// Distribution is the CloudFront distribution that ViaPoP asks for, such as
	// d111111abcdef8.cloudfront.net or its first label.
	Distribution string `json:"distribution,omitempty" yaml:"distribution"`
	// Near names the places of several vantages, see [PoPsNear]; it stands in launch files only.
	Near string `json:"near,omitempty" yaml:"near"`
	// Subnet is a network of the region's visitors, for ViaECS: at most /24, or /56 of IPv6.
	Subnet string `json:"subnet,omitempty" yaml:"subnet"`
	// Proxy is the URL of the proxy that ViaProxy asks: http, https or socks5, without credentials.
	Proxy string `json:"proxy,omitempty" yaml:"proxy"`
	// ProxyAuth refers to the proxy's user:password; it is no credential itself.
	ProxyAuth string `json:"proxy_auth,omitempty" yaml:"proxy_auth"`
	// Pins are the IP addresses that a [Resolver] found, by host; one vantage has one for each host.
	Pins map[string]string `json:"pins,omitempty" yaml:"-"`
}

// WithDefaults returns v with Via filled in.
func (v Vantage) WithDefaults() Vantage {
	if v.Via != "" {
		return v
	}
	switch {
	case v.Address != "":
		v.Via = ConnectTo
	case v.Distribution != "":
		v.Via = ViaPoP
	case v.Subnet != "":
		v.Via = ViaECS
	case v.Proxy != "":
		v.Via = ViaProxy
	default:
		v.Via = Direct
	}
	return v
}

// Equal reports whether two vantages are the same in every field.
func (v Vantage) Equal(w Vantage) bool { return reflect.DeepEqual(v, w) }

// Resolves reports whether the vantage has addresses that a [Resolver] must find.
func (v Vantage) Resolves() bool { return v.Via == ViaPoP || v.Via == ViaECS }

// Places returns the vantage once for each point of presence that Near names, or as it is.
func (v Vantage) Places() []Vantage {
	if v.Near == "" {
		return []Vantage{v}
	}
	var places []Vantage
	for _, p := range PoPsNear(v.Near) {
		one := v
		one.Name, one.PoP, one.Near = v.Name+"-"+strings.ToLower(p.Code), p.Code, ""
		places = append(places, one)
	}
	return places
}

// FoundFor reports whether v is what [Resolver.Edges] made of the declared vantage.
func (v Vantage) FoundFor(declared Vantage) bool {
	suffix, ok := strings.CutPrefix(v.Name, declared.Name)
	if !ok || suffix != "" && (suffix[0] != '-' || strings.Trim(suffix[1:], "0123456789") != "") {
		return false
	}
	v.Name, v.Pins = declared.Name, declared.Pins
	return v.Equal(declared)
}

// popHost is the name that a point of presence has for a distribution.
func (v Vantage) popHost() string {
	label, _, _ := strings.Cut(v.Distribution, ".")
	return label + "." + v.PoP + ".cloudfront.net"
}

// Reached says in words what the vantage dials: an address, or what stands for one.
func (v Vantage) Reached() string {
	if len(v.Pins) > 0 {
		return strings.Join(slices.Compact(slices.Sorted(maps.Values(v.Pins))), ", ")
	}
	switch v.Via {
	case ViaPoP:
		return v.popHost()
	case ViaECS:
		return "as " + v.Subnet
	case ViaProxy:
		return "by " + v.Proxy
	case Direct, ConnectTo, ViaWorker:
	}
	return cmp.Or(v.Address, "by DNS")
}
