package regions

import (
	"errors"
	"fmt"

	"github.com/edgeprime/edgeprime/edge"
)

// Defaults of Gate: loose enough for a site with a few bad headers, which the verdict names, and
// tight enough to stop before a broken launch is spread to every region.
const (
	DefaultMaxErrorRatio = 0.2
	DefaultMinHitRatio   = 0.5
	DefaultSample        = 20
)

// Gate decides whether the stage behind it may begin. The zero value of a field means its default.
type Gate struct {
	// MaxErrorRatio is the share of a stage's critical cells, 0 to 1, that may have failed while
	// priming.
	// Default 0.2.
	MaxErrorRatio float64 `json:"max_error_ratio" yaml:"max_error_ratio"`
	// MinHitRatio is the share of sampled cells with a known outcome, 0 to 1, that must hit.
	// Default 0.5.
	MinHitRatio float64 `json:"min_hit_ratio" yaml:"min_hit_ratio"`
	// Sample is how many primed cells per vantage are asked again. Default 20.
	Sample int `json:"sample" yaml:"sample"`
}

// WithDefaults returns g with every zero field replaced by its default.
func (g Gate) WithDefaults() Gate {
	if g.MaxErrorRatio == 0 {
		g.MaxErrorRatio = DefaultMaxErrorRatio
	}
	if g.MinHitRatio == 0 {
		g.MinHitRatio = DefaultMinHitRatio
	}
	if g.Sample == 0 {
		g.Sample = DefaultSample
	}
	return g
}

// Stages says in which order a launch is primed. Its zero value: no shield, the first region is
// the canary.
type Stages struct {
	// Shield holds the vantages of the shield or upper tier, primed alone and before everything
	// else; none when there is no shield.
	Shield []edge.Vantage `json:"shield,omitempty" yaml:"shield"`
	// Canary is the region that is primed before the rest; empty means the first.
	Canary string `json:"canary,omitempty" yaml:"canary"`
	// Gate stands between the stages.
	Gate Gate `json:"gate" yaml:"gate"`
	// Cover is how many hits in a row, over a vantage's critical cells and each on a fresh connection, stand
	// for one cache node there; see [Covered]. 1 means that one measurement of each cell does. Default 32.
	Cover int `json:"cover" yaml:"cover"`
}

// MostCover bounds Stages.Cover.
const MostCover = 1000

// Validate reports everything that is wrong, joined into one error.
func (s Stages) Validate() error {
	var errs []error
	for name, ratio := range map[string]float64{
		"max_error_ratio": s.Gate.MaxErrorRatio, "min_hit_ratio": s.Gate.MinHitRatio,
	} {
		if ratio < 0 || ratio > 1 {
			errs = append(errs, fmt.Errorf("regions: stages.gate.%s is %g: set a share between 0 and 1", name, ratio))
		}
	}
	if s.Cover < 0 || s.Cover > MostCover {
		errs = append(errs, fmt.Errorf("regions: stages.cover is %d: set how many hits in a row stand for a cache node, 1 to %d", s.Cover, MostCover))
	}
	if s.Gate.Sample < 0 {
		errs = append(errs, fmt.Errorf("regions: stages.gate.sample is %d: set how many cells to ask again, at least 1", s.Gate.Sample))
	}
	return errors.Join(errs...)
}
