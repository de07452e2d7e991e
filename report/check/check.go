// Package check is the result of a header check - one answer or a thousand, judged one by one - and
// writes it in every format that people and CI systems read.
//
// [Build] takes what was seen and what the rules say about it, sets aside what is waived or was
// there before, and decides. Every format is a function of the [Check] alone, so the same result
// can be written in many of them.
package check

import (
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// SchemaVersion is the version of the JSON formats; a field that is added does not change it.
const SchemaVersion = 1

// Place is where an input is named: a line of a launch file, a manifest or a file of headers.
type Place struct {
	// File is the path as the command line gives it; empty for a URL of the command line.
	File string `json:"file,omitempty"`
	// Line and Column count from 1; 0 is not known.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Caching is what one cache makes of an answer. A nil pointer is a value that is not known, and
// Unknown says why.
type Caching struct {
	// Profile is the cache, by the names of package policy.
	Profile  string `json:"profile"`
	Storable *bool  `json:"storable"`
	// Reason is why it is not storable, empty when it is.
	Reason    string `json:"reason,omitempty"`
	LifetimeS *int64 `json:"lifetime_s"` // seconds from the answer's generation on
	// Basis is what decided the lifetime, such as "s-maxage".
	Basis string `json:"basis,omitempty"`
	AgeS  *int64 `json:"age_s"` // seconds, at the instant of judging
	Fresh *bool  `json:"fresh"` // at the instant of judging
	// Reusable is whether the stored answer may be sent without asking the origin, at the instant
	// of judging: fresh, or stale inside stale-while-revalidate.
	Reusable *bool  `json:"reusable"`
	SWRS     *int64 `json:"swr_s"` // stale-while-revalidate in force, seconds
	SIES     *int64 `json:"sie_s"` // stale-if-error in force, seconds
	Unknown  string `json:"unknown,omitempty"`
	// Deviations say where the cache differs from RFC 9111 for this answer, with the source.
	Deviations []string `json:"deviations,omitempty"`
}

// Cache is what the answer's headers say about caches on the way.
type Cache struct {
	Outcome edge.Outcome   `json:"outcome"`
	EdgeHit *bool          `json:"edge_hit"`
	Origin  edge.Contact   `json:"origin_contacted"`
	PoP     string         `json:"pop"`
	Layers  []edge.Outcome `json:"layers"` // nearest the origin first
	Dialect string         `json:"dialect,omitempty"`
	Node    string         `json:"node,omitempty"`
	TTLS    *int64         `json:"ttl_s,omitempty"`
	// Synthetic is true for a body that the edge built.
	Synthetic bool   `json:"synthetic,omitempty"`
	Conflict  string `json:"conflict,omitempty"`
}

// Answer is one input with what was seen and judged.
type Answer struct {
	// ID is the input's own id, else its place in the input, from 1.
	ID       string `json:"id"`
	URL      string `json:"url"`
	Method   string `json:"method"`
	Status   int    `json:"status"` // 0 without an answer
	Critical bool   `json:"critical"`
	Variant  string `json:"variant,omitempty"`
	Region   string `json:"region,omitempty"`
	Vantage  string `json:"vantage,omitempty"`
	Place    Place  `json:"place,omitzero"`
	// JudgedAt is the instant of age, freshness and reuse.
	JudgedAt time.Time `json:"judged_at"`
	RFC      Caching   `json:"rfc"`
	Profile  Caching   `json:"profile"`
	Cache    Cache     `json:"cache"`
	Findings []Finding `json:"findings"`
	// Unknown says what could not be judged and why; an unknown of a critical input makes the check
	// inconclusive.
	Unknown []string `json:"unknown,omitempty"`
	// Failure is why there is no answer, or none that can be judged, in words.
	Failure string `json:"failure,omitempty"`
	// Probes are the probes that were sent.
	Probes []lint.Probe `json:"probes,omitempty"`
}

// State is a finding's state against a baseline.
type State string

// The states, in the words of SARIF 2.1.0, section 3.27.24.
const (
	StateNew       State = "new"
	StateUnchanged State = "unchanged"
	StateUpdated   State = "updated"
	StateAbsent    State = "absent"
)

// Finding is a rule's complaint with what a baseline and waivers make of it.
type Finding struct {
	lint.Finding

	// Key is the same for the same complaint in another run: a SHA-256 of rule, URL without its
	// query's values, region and profile, in hex.
	Key string `json:"key"`
	// State is empty without a baseline.
	State State `json:"state,omitempty"`
	// Waiver is set when the finding does not count.
	Waiver *Waiver `json:"waiver,omitempty"`
}

// Waiver is an accepted finding.
type Waiver struct {
	// Rule is a rule's id.
	Rule string `json:"rule" yaml:"rule"`
	// URL is a glob of URLs, as in the launch file's critical globs.
	URL string `json:"url" yaml:"url"`
	// Region is a region's name; empty means every one.
	Region string `json:"region,omitempty" yaml:"region"`
	// Reason says why, Owner who answers for it.
	Reason string `json:"reason" yaml:"reason"`
	Owner  string `json:"owner" yaml:"owner"`
	// Expires is the last day, YYYY-MM-DD in UTC, on which the waiver holds.
	Expires string `json:"expires" yaml:"expires"`
}
