package origin

import "time"

// Limits is what an origin has agreed to bear. The zero value of a field means its default;
// a launch file that says zero is refused before it becomes Limits.
type Limits struct {
	// MaxRPS is how many requests may start in any one-second window. Default 5.
	MaxRPS int `json:"max_rps" yaml:"max_rps"`
	// MaxInFlight is how many requests may be open at once. Default 4.
	MaxInFlight int `json:"max_in_flight" yaml:"max_in_flight"`
	// Amplification is how many origin requests one edge request can cause (slices, tiers,
	// retries by the CDN); both limits are divided by it. Default 1.
	Amplification int `json:"amplification" yaml:"amplification"`
	// Timeout bounds one fetch; a permit whose request did not end is held this long plus
	// HoldTail, since an edge goes on filling when its client is gone. Defaults 10 s and 5 s.
	Timeout  time.Duration `json:"timeout_ns" yaml:"timeout"`
	HoldTail time.Duration `json:"hold_tail_ns" yaml:"hold_tail"`
}
