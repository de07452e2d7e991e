package origin

import (
	"errors"
	"fmt"
	"time"
)

// Defaults of Limits: what an origin can bear that nobody has measured yet.
const (
	DefaultMaxRPS      = 5
	DefaultMaxInFlight = 4
	DefaultTimeout     = 10 * time.Second
	DefaultHoldTail    = 5 * time.Second
)

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

// WithDefaults returns l with every zero field replaced by its default.
func (l Limits) WithDefaults() Limits {
	if l.MaxRPS == 0 {
		l.MaxRPS = DefaultMaxRPS
	}
	if l.MaxInFlight == 0 {
		l.MaxInFlight = DefaultMaxInFlight
	}
	if l.Amplification == 0 {
		l.Amplification = 1
	}
	if l.Timeout == 0 {
		l.Timeout = DefaultTimeout
	}
	if l.HoldTail == 0 {
		l.HoldTail = DefaultHoldTail
	}
	return l
}

// Validate reports every limit that cannot be kept, joined into one error.
func (l Limits) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("origin: "+format, args...)) }
	if l.MaxRPS < 0 {
		bad("max_rps is %d: set the requests per second the origin has agreed to, at least 1", l.MaxRPS)
	}
	if l.MaxInFlight < 0 {
		bad("max_in_flight is %d: set how many requests may be open at once, at least 1", l.MaxInFlight)
	}
	if l.Amplification < 0 {
		bad("amplification is %d: set how many origin requests one edge request causes, at least 1", l.Amplification)
	}
	if l.Timeout < 0 || l.HoldTail < 0 {
		bad("timeout %s and hold_tail %s must not be negative", l.Timeout, l.HoldTail)
	}
	if d := l.WithDefaults(); len(errs) == 0 && d.Amplification > min(d.MaxInFlight, d.MaxRPS) {
		bad("amplification %d is over max_in_flight %d or max_rps %d: one request could cause more than allowed; "+
			"raise the limit or lower the amplification at the CDN", d.Amplification, d.MaxInFlight, d.MaxRPS)
	}
	return errors.Join(errs...)
}

// inFlight is how many permits may be out at once.
func (l Limits) inFlight() int { return l.MaxInFlight / l.Amplification }

// rate is how many permits may be granted per window.
func (l Limits) rate() int { return l.MaxRPS / l.Amplification }

// Share returns the k-th of n shares of the limits, 1 <= k <= n: n guards that know nothing of each
// other keep the limits together when each keeps its own share. The error says why a share would
// allow no request at all.
func (l Limits) Share(k, n int) (Limits, error) {
	l = l.WithDefaults()
	if most := min(l.rate(), l.inFlight()); n > most {
		return l, fmt.Errorf("origin: %d shares of max_rps %d and max_in_flight %d, amplification %d, would leave one of them empty: "+
			"make at most %d shares, or raise the limit", n, l.MaxRPS, l.MaxInFlight, l.Amplification, most)
	}
	part := func(whole int) int { return (whole*k/n - whole*(k-1)/n) * l.Amplification }
	l.MaxRPS, l.MaxInFlight = part(l.rate()), part(l.inFlight())
	return l, nil
}
