// Package check is the result of a header check - one answer or a thousand, judged one by one - and
// writes it in every format that people and CI systems read.
//
// [Build] takes what was seen and what the rules say about it, sets aside what is waived or was
// there before, and decides. Every format is a function of the [Check] alone, so the same result
// can be written in many of them:
//
//	c := check.Build(check.Input{Head: head, Answers: answers, Criteria: check.Criteria{FailOn: lint.Error}})
//	err := check.Write(os.Stdout, check.FormatText, c)
//	os.Exit(c.ExitCode)
//
// Exit code 0 is a pass, 3 a failure, 5 missing evidence. A [Baseline] excuses what was there
// before, but no blocker; a [Waiver] accepts a finding until its last day, and never stands for
// evidence that is missing.
//
// [Lines] does the same for one answer after the other, for more answers than memory holds.
package check

import (
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// SchemaVersion is the version of the JSON formats: a minor adds, a major breaks.
const SchemaVersion = "1.0"

// Head is what a result says about itself.
type Head struct {
	SchemaVersion string    `json:"schema_version"` // set by Build
	Tool          string    `json:"tool"`           // version of edgeprime
	Started       time.Time `json:"started"`
	// Source is what was checked, such as "launch.yaml" or "2 URLs".
	Source string `json:"source,omitempty"`
	// Profile is the cache that answers are judged for, by the names of package policy; empty when
	// each answer tells its own.
	Profile string      `json:"profile"`
	Preset  lint.Preset `json:"preset"`
	// LaunchAt, PrimedAt and WarmUntil are the launch that freshness is judged through; zero when
	// none was given.
	LaunchAt  time.Time `json:"launch_at,omitzero"`
	PrimedAt  time.Time `json:"primed_at,omitzero"`
	WarmUntil time.Time `json:"warm_until,omitzero"`
}

// Check is a result: what was seen, what is wrong with it, and what follows.
type Check struct {
	Head

	Decision

	Verdict  Verdict `json:"verdict"`
	ExitCode int     `json:"exit_code"` // 0 pass, 3 fail, 5 inconclusive
	// Reasons are why, the worst first.
	Reasons []string `json:"reasons"`
	// Warnings are about the waivers and the baseline: what expired, what matches nothing.
	Warnings []string `json:"warnings,omitempty"`
	Answers  []Answer `json:"answers"`
	// Findings are those that belong to no answer, such as one about a region.
	Findings []Finding `json:"findings,omitempty"`
	// Gone are the findings of the baseline that no longer occur.
	Gone []Known `json:"gone,omitempty"`
}

// Place is where an input is named: a line of a launch file, a manifest or a file of headers.
type Place struct {
	// File is the path as the command line gives it; empty for a URL of the command line.
	File string `json:"file,omitempty"`
	// Line and Column count from 1; 0 is not known.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Caching is what one cache makes of an answer. A nil pointer is a value that is not known, for the
// reason that Unknown gives, or that an answer which is not stored does not have.
type Caching struct {
	// Profile is the cache, by the names of package policy.
	Profile  string `json:"profile"`
	Storable *bool  `json:"storable" jsonschema:"nullable"`
	// Reason is why it is not storable, empty when it is.
	Reason    string `json:"reason,omitempty"`
	LifetimeS *int64 `json:"lifetime_s" jsonschema:"nullable"` // seconds from the answer's generation on
	// Basis is what decided the lifetime, such as "s-maxage".
	Basis string `json:"basis,omitempty"`
	AgeS  *int64 `json:"age_s" jsonschema:"nullable"` // seconds, at the instant of judging
	Fresh *bool  `json:"fresh" jsonschema:"nullable"` // at the instant of judging
	// Reusable is whether the stored answer may be sent without asking the origin, at the instant
	// of judging: fresh, or stale inside stale-while-revalidate.
	Reusable *bool  `json:"reusable" jsonschema:"nullable"`
	SWRS     *int64 `json:"swr_s" jsonschema:"nullable"` // stale-while-revalidate in force, seconds
	SIES     *int64 `json:"sie_s" jsonschema:"nullable"` // stale-if-error in force, seconds
	Unknown  string `json:"unknown,omitempty"`
	// Deviations say where the cache differs from RFC 9111 for this answer, with the source.
	Deviations []string `json:"deviations,omitempty"`
}

// Cache is what the answer's headers say about caches on the way.
type Cache struct {
	Outcome edge.Outcome   `json:"outcome"`
	EdgeHit *bool          `json:"edge_hit" jsonschema:"nullable"`
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
