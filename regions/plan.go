package regions

import (
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
)

// Region is where visitors are.
type Region struct {
	// Name is unique within a launch: lower-case letters, digits and hyphens, at most 63.
	Name string `json:"name" yaml:"name"`
	// Vantages are the ways to reach the region's edges; none means one direct vantage.
	Vantages []edge.Vantage `json:"vantages" yaml:"vantages"`
}

// Gate decides whether the stage behind it may begin.
type Gate struct {
	// MaxErrorRatio is the share of cells, 0 to 1, that may have failed while priming.
	MaxErrorRatio float64 `json:"max_error_ratio" yaml:"max_error_ratio"`
	// MinHitRatio is the share of sampled cells, 0 to 1, that must hit.
	MinHitRatio float64 `json:"min_hit_ratio" yaml:"min_hit_ratio"`
	// Sample is how many primed cells per vantage are asked again; 0 means the default, 20.
	Sample int `json:"sample" yaml:"sample"`
}

// Role is a stage's place in the order.
type Role string

// The roles, in their order.
const (
	Shield Role = "shield" // shield or upper tier: fills once for all
	Canary Role = "canary" // one region, before the rest
	Rest   Role = "rest"
)

// Stage is a set of vantages that are primed together.
type Stage struct {
	Name     string         `json:"name"`
	Role     Role           `json:"role"`
	Vantages []edge.Vantage `json:"vantages"`
	Cells    int            `json:"cells"`
	Gate     Gate           `json:"gate"` // stands behind the stage
}

// Estimate is what a plan will cost. Sums hold the known part; Unknown counts what they leave out.
type Estimate struct {
	Requests       int           `json:"requests"`        // to edges, all passes that the plan knows
	OriginRequests int           `json:"origin_requests"` // upper bound when nothing is cached yet
	OriginBytes    int64         `json:"origin_bytes"`    // of the assets whose size is known
	UnknownSizes   int           `json:"unknown_sizes"`   // assets whose size is not known
	Duration       time.Duration `json:"duration_ns"`     // priming under the limits, a lower bound
}

// Plan is what a run will do: stages in order, each a set of vantages with limits, and an
// estimate. The set of cells is every in-scope asset of the manifest times every variant times
// every vantage.
type Plan struct {
	SchemaVersion string         `json:"schema_version"`
	Launch        string         `json:"launch"`
	Manifest      string         `json:"manifest"` // digest of the manifest file, "sha-256:" and hex
	Assets        int            `json:"assets"`
	Critical      int            `json:"critical"`
	Variants      []edge.Variant `json:"variants"`
	Stages        []Stage        `json:"stages"`
	Limits        origin.Limits  `json:"limits"`
	Estimate      Estimate       `json:"estimate"`
}
