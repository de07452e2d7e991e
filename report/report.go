package report

import (
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

// SchemaVersion is the version of the report's JSON: a minor adds, a major breaks.
const SchemaVersion = "1.0"

// Verdict answers whether a launch will be served from cache.
type Verdict string

// The verdicts.
const (
	Ready        Verdict = "READY"
	NotReady     Verdict = "NOT READY"
	Inconclusive Verdict = "INCONCLUSIVE"
)

// ExitCode is the exit code that goes with the verdict.
func (v Verdict) ExitCode() int {
	switch v {
	case Ready:
		return 0
	case NotReady:
		return 3
	default:
		return 5
	}
}

// Launch identifies what is judged.
type Launch struct {
	Name       string        `json:"name"`
	Owner      string        `json:"owner,omitempty"`
	OnCall     string        `json:"on_call,omitempty"`
	Approver   string        `json:"approver,omitempty"`
	DeployID   string        `json:"deploy_id,omitempty"`
	At         time.Time     `json:"at"`
	TimeZone   string        `json:"time_zone,omitempty"`
	WarmWindow time.Duration `json:"warm_window_ns"`
	WarmUntil  time.Time     `json:"warm_until"` // set by Build
	PrimeAt    time.Time     `json:"prime_at"`
}

// RunInfo says which run the evidence is from, and how it ended.
type RunInfo struct {
	ID           string    `json:"id"`
	Tool         string    `json:"tool"` // version
	ConfigDigest string    `json:"config_digest"`
	Started      time.Time `json:"started"`
	Finished     time.Time `json:"finished"`
	Interrupted  bool      `json:"interrupted,omitempty"`
	// StoppedBecause says why the run ended before its end; empty when it did not.
	StoppedBecause string `json:"stopped_because,omitempty"`
	// Exemptions are the addresses that the guard let through by name.
	Exemptions []string `json:"exemptions,omitempty"`
	// Pauses are what the guard of the origin did to protect it, in words.
	Pauses []string `json:"pauses,omitempty"`
	// Notes are what else must be known of how the run went, each in words.
	Notes []string `json:"notes,omitempty"`
	// Identified is the header by which requests carry the launch's secret for bot protection; empty for none.
	Identified string `json:"identified,omitempty"`
	// Workers says that workers elsewhere asked, too.
	Workers bool `json:"workers,omitempty"`
	// Again is the command line that goes on with the run.
	Again string `json:"again,omitempty"`
	// File is the report for people, in the run's folder.
	File string `json:"file,omitempty"`
}

// Report is a launch's readiness with everything it rests on. It is a plain value.
type Report struct {
	SchemaVersion string   `json:"schema_version"`
	Verdict       Verdict  `json:"verdict"`
	ExitCode      int      `json:"exit_code"`
	Reasons       []string `json:"reasons"` // the deciding ones first
	Launch        Launch   `json:"launch"`
	Run           RunInfo  `json:"run"`
	Criteria      Criteria `json:"criteria"`
	Scope         Scope    `json:"scope"`
	// Vantages in plan order: tiers first, then the visitors' regions.
	Vantages []Vantage `json:"vantages"`
	Origin   Load      `json:"origin"`
	// Receipt is what the origin's own access log says of the run; nil without an audit.
	Receipt *origin.Receipt `json:"origin_receipt,omitempty"`
	// Deploys are the changes of the launch pages that the run has met, in order.
	Deploys []Deploy `json:"deploys,omitempty"`
	// Rules are the findings, grouped by rule, worst first.
	Rules []RuleFindings `json:"findings"`
	// Missing are critical cells without the evidence that READY needs, grouped by reason.
	Missing    []MissingCells   `json:"missing,omitempty"`
	Problems   []crawl.Problem  `json:"problems,omitempty"`
	ThirdParty []string         `json:"third_party,omitempty"` // hosts, named and never fetched
	Estimate   regions.Estimate `json:"estimate"`
	Actual     Actual           `json:"actual"`
	Next       []string         `json:"next,omitempty"` // next steps, the first one first
	Method     []string         `json:"method"`         // what was measured how, and what was not
}

// Deploy is a change of the launch pages during a run. What was seen of the assets that changed is void
// from then on; they were primed and measured again.
type Deploy struct {
	At    time.Time `json:"at"`    // when it was found
	Where string    `json:"where"` // how far the run was, in words
	// Pages are the launch pages that changed, and URLs the first assets that changed or are new; Assets
	// counts these all.
	Pages  []string `json:"pages"`
	Assets int      `json:"assets"`
	URLs   []string `json:"urls,omitempty"`
}

// Scope is what was found.
type Scope struct {
	Assets   int         `json:"assets"`
	Critical int         `json:"critical"`
	Variants []string    `json:"variants"`
	Kinds    []KindCount `json:"kinds"`
}

// KindCount counts the assets of one kind.
type KindCount struct {
	Kind  crawl.Kind `json:"kind"`
	Count int        `json:"count"`
	Bytes int64      `json:"bytes"` // decoded, of the bodies that were seen
}

// Vantage is one way an edge was reached, and what it answered.
type Vantage struct {
	Name    string       `json:"name"`
	Region  string       `json:"region"`
	Role    regions.Role `json:"role"`
	Tier    bool         `json:"tier"` // an upper tier only: primed, not measured
	Address string       `json:"address,omitempty"`
	PoPs    []string     `json:"pops,omitempty"`
	Nodes   []string     `json:"nodes,omitempty"` // cache nodes that answers on fresh connections have named

	Cells      int `json:"cells"`
	Primed     int `json:"primed"`     // asked while priming
	Failed     int `json:"failed"`     // of them: no usable answer, or status 400 and above
	Challenged int `json:"challenged"` // answers of bot protection, in any pass
	Before     Hit `json:"before"`     // what the first request met
	After      Hit `json:"after"`      // what the last measurement met
	// AfterCritical is After for critical cells only, and decides.
	AfterCritical Hit `json:"after_critical"`
	FreshAtEnd    int `json:"fresh_at_end"` // measured cells whose copy outlives the warm window
	Missing       int `json:"missing"`      // critical cells without the evidence that READY needs
	// Repeats are repetitions of critical cells, each on a fresh connection: a sample of the cache nodes there.
	Repeats     *Sample `json:"repeats,omitempty"`
	TierFills   int     `json:"tier_fills"`   // misses while priming that a cache above the edge had
	OriginFills int     `json:"origin_fills"` // at most: answers that did not prove that the origin was spared

	TTFBHit  Times `json:"ttfb_hit"`
	TTFBMiss Times `json:"ttfb_miss"`
}

// Hit is a share of answers that came from the edge's store.
type Hit struct {
	Hits  int `json:"hits"`
	Known int `json:"known"` // answers that tell; a ratio of nothing is unknown
}

// Ratio is hits over known answers, 0 to 1; ok is false when nothing is known.
func (h Hit) Ratio() (ratio float64, ok bool) {
	if h.Known == 0 {
		return 0, false
	}
	return float64(h.Hits) / float64(h.Known), true
}

// Times sums up durations in milliseconds.
type Times struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	Max   float64 `json:"max_ms"`
	// Curve holds the 0th, 5th, … 100th percentile, for a chart; empty without samples.
	Curve []float64 `json:"curve_ms,omitempty"`
}

// Load is the most that edgeprime can have caused at the origin, by its own count: an answer that
// does not prove that the origin was spared counts. The origin's own log is the proof.
type Load struct {
	Limits   origin.Limits `json:"limits"`
	Requests int           `json:"requests"`      // attempts that did not prove that the origin was spared
	Spared   int           `json:"spared"`        // attempts that did
	PeakRPS  int           `json:"peak_rps"`      // most starts in any one-second window
	MaxOpen  int           `json:"max_in_flight"` // most open at once
	Errors   int           `json:"errors"`        // answers with status 5xx or 429, and attempts without an answer
	// Pace is how far the run slowed down because the origin did; nil when it kept to the limits all the time.
	Pace *origin.Pace `json:"pace,omitempty"`
	Ms   Times        `json:"times"`
	// Series counts starts second by second, from the run's first request on.
	Series []Second `json:"series"`
}

// Second is one second of the load.
type Second struct {
	At     time.Time `json:"at"`
	Starts int       `json:"starts"`
	Open   int       `json:"open"` // most open at once within it
}

// RuleFindings are the findings of one rule.
type RuleFindings struct {
	Rule     string        `json:"rule"`
	Severity lint.Severity `json:"severity"`
	Title    string        `json:"title"`
	Fix      string        `json:"fix"`
	Total    int           `json:"total"`
	// Cells are the first findings; Total counts all.
	Cells []lint.Finding `json:"cells"`
}

// MissingCells are critical cells that lack evidence for one reason.
type MissingCells struct {
	Vantage string `json:"vantage"`
	Region  string `json:"region"`
	Reason  string `json:"reason"`
	Next    string `json:"next"`
	Total   int    `json:"total"`
	// URLs are the first; Total counts all.
	URLs []string `json:"urls"`
}

// Actual is what a run really cost, beside its estimate.
type Actual struct {
	Requests       int           `json:"requests"`
	OriginRequests int           `json:"origin_requests"`
	Bytes          int64         `json:"bytes"` // on the wire
	Duration       time.Duration `json:"duration_ns"`
}
