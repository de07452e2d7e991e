package origin

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// ReceiptSchemaVersion is the version of a receipt's JSON: a minor adds, a major breaks.
const ReceiptSchemaVersion = "1.0"

// Bounds is a figure that a log allows to say: at least Low, at most High. They are equal when the
// log is exact.
type Bounds struct {
	Low  int `json:"low"`
	High int `json:"high"`
}

// String says both, or the one figure.
func (b Bounds) String() string {
	if b.Low == b.High {
		return strconv.Itoa(b.Low)
	}
	return fmt.Sprintf("%d to %d", b.Low, b.High)
}

// Proof is what a receipt proves of a limit.
type Proof string

// The proofs.
const (
	Kept     Proof = "kept"
	Broken   Proof = "broken"
	Unproven Proof = "not proven"
)

// proof compares a figure with its limit: false beats unknown beats true.
func (b Bounds) proof(limit int) Proof {
	switch {
	case b.Low > limit:
		return Broken
	case b.High > limit:
		return Unproven
	default:
		return Kept
	}
}

// Receipt is what an origin's own access log says of one run. It is a plain value.
type Receipt struct {
	SchemaVersion string `json:"schema_version"`
	Run           string `json:"run"`
	Limits        Limits `json:"limits"`
	Proof         Proof  `json:"proof"`

	Lines int `json:"lines"`
	Bad   int `json:"bad_lines"`
	// BadLines are the first; Bad counts all.
	BadLines []BadLine `json:"bad_examples,omitempty"`

	// Requests are those of the run: by its id, by the user agent, and by URL and time alone,
	// each weaker than the one before.
	Requests int       `json:"requests"`
	ByRun    int       `json:"by_run_id"`
	ByAgent  int       `json:"by_user_agent"`
	ByWindow int       `json:"by_url_and_time"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`

	// Peak is the most starts in any one-second window, half open; InFlight the most open at once,
	// nil when the log shows no durations.
	Peak          Bounds  `json:"peak_starts_per_second"`
	PeakProof     Proof   `json:"peak_proof"`
	InFlight      *Bounds `json:"in_flight,omitempty"`
	InFlightProof Proof   `json:"in_flight_proof"`

	// Objects are distinct URLs and variants that were asked for; MostFilled lists those asked for
	// more than once, the most often first.
	Objects    int      `json:"objects"`
	Refilled   int      `json:"filled_more_than_once"`
	MostFilled []Filled `json:"most_filled,omitempty"`

	Visitors Visitors `json:"visitors"`
	// Counted is the run's own count of requests that may have reached the origin; -1 when unknown.
	Counted int `json:"counted_by_the_run"`
	// Missed is how many answers of an upper tier say that it asked the origin: fewer in the log mean
	// that the log is not whole.
	Missed int `json:"missed_at_the_tier"`
	// Notes say what was assumed, and what the log cannot show.
	Notes []string `json:"notes,omitempty"`
}

// Filled is an object that was asked for more than once.
type Filled struct {
	URL     string `json:"url"`
	Variant string `json:"variant,omitempty"`
	Times   int    `json:"times"`
}

// Visitors are the requests of others, from the run's first second to its last.
type Visitors struct {
	Requests int `json:"requests"`
	// PeakClockSecond is the most log lines in one second of the clock, PeakWithRun the same
	// together with the run's.
	PeakClockSecond int `json:"peak_clock_second"`
	PeakWithRun     int `json:"peak_clock_second_with_run"`
}

// Share is the visitors' part of all requests in the run's time, 0 to 1.
func (r *Receipt) Share() float64 {
	return float64(r.Visitors.Requests) / float64(max(r.Visitors.Requests+r.Requests, 1))
}

// span is a closed range of time in nanoseconds.
type span struct{ from, to int64 }

// overlap returns the most spans that hold one moment. Spans that end before they begin hold none.
func overlap(spans []span) int {
	var from, to []int64
	for _, s := range spans {
		if s.from <= s.to {
			from, to = append(from, s.from), append(to, s.to)
		}
	}
	slices.Sort(from)
	slices.Sort(to)
	most, ended := 0, 0
	for i, t := range from {
		for to[ended] < t {
			ended++
		}
		most = max(most, i+1-ended)
	}
	return most
}

// seen is when a request started and ended, as far as its line tells.
type seen struct{ start, end span }

// peakStarts bounds the most starts in any half-open window: a start surely is in the windows
// that hold its whole span, and possibly in those that touch it.
func peakStarts(all []seen, window time.Duration) Bounds {
	surely, maybe := make([]span, len(all)), make([]span, len(all))
	w := int64(window) - 1
	for i, s := range all {
		surely[i] = span{s.start.to - w, s.start.from}
		maybe[i] = span{s.start.from - w, s.start.to}
	}
	return Bounds{overlap(surely), overlap(maybe)}
}

// mostOpen bounds the most requests open at once.
func mostOpen(all []seen) Bounds {
	surely, maybe := make([]span, len(all)), make([]span, len(all))
	for i, s := range all {
		surely[i] = span{s.start.to, s.end.from - 1}
		maybe[i] = span{s.start.from, s.end.to - 1}
	}
	return Bounds{overlap(surely), overlap(maybe)}
}

// worst is the proof of both: broken beats unproven beats kept.
func worst(a, b Proof) Proof {
	for _, p := range []Proof{Broken, Unproven} {
		if a == p || b == p {
			return p
		}
	}
	return Kept
}

// mostFilled are the objects asked for more than once: the first so many, and how many there are.
func mostFilled(fills map[Filled]int, most int) (out []Filled, all int) {
	for f, times := range fills {
		if times > 1 {
			f.Times = times
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Filled) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.URL, b.URL), cmp.Compare(a.Variant, b.Variant))
	})
	return out[:min(len(out), most)], len(out)
}
