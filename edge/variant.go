package edge

// Variant is a named set of request headers that selects another stored response of a URL.
// Its zero value sends no header of its own: the identity encoding.
type Variant struct {
	// Name is unique within a launch.
	Name string `json:"name" yaml:"name"`
	// Headers are sent as they are. Only headers that browsers send to select a response are
	// allowed: Accept, Accept-Encoding, Accept-Language, User-Agent, Origin, the Sec-CH- and
	// Sec-Fetch- families and what the launch file allows by name.
	Headers map[string]string `json:"headers,omitempty" yaml:"headers"`
}

// Via is how a vantage's requests reach an edge.
type Via string

// The ways. More come with more packages.
const (
	// Direct resolves the URL's host and connects there.
	Direct Via = "direct"
	// ConnectTo dials a pinned address and keeps Host and SNI, as curl's --connect-to does.
	ConnectTo Via = "connect_to"
)

// Vantage is one way requests reach an edge of a region.
type Vantage struct {
	// Name is unique within a launch; Region is the region it stands for.
	Name   string `json:"name" yaml:"name"`
	Region string `json:"region" yaml:"-"`
	// Via defaults to ConnectTo when Address is set, else Direct.
	Via Via `json:"via" yaml:"via"`
	// Address is the ip:port or host:port that ConnectTo dials.
	Address string `json:"address,omitempty" yaml:"address"`
	// PoP is the point of presence that must answer, a prefix compared without case with what
	// the answer names ("FRA" accepts "FRA56-P4"); empty when any may.
	PoP string `json:"pop,omitempty" yaml:"pop"`
}

// WithDefaults returns v with Via filled in.
func (v Vantage) WithDefaults() Vantage {
	if v.Via == "" {
		v.Via = Direct
		if v.Address != "" {
			v.Via = ConnectTo
		}
	}
	return v
}
