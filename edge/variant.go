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
