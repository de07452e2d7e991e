package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// Defaults of Criteria.
const (
	DefaultHitRatio       = 0.95
	DefaultMaxEvidenceAge = 12 * time.Hour
	DefaultFailOn         = lint.Error
)

// Criteria is when a launch is ready. The zero value of a field means its default.
type Criteria struct {
	// HitRatio is the share of a region's critical cells, 0 to 1, that must hit. Default 0.95.
	HitRatio float64 `json:"hit_ratio" yaml:"hit_ratio"`
	// MaxEvidenceAge is how old a measurement may be when the report is made. Default 12 h: idle
	// objects are evicted early, so older evidence says little.
	MaxEvidenceAge time.Duration `json:"max_evidence_age_ns" yaml:"max_evidence_age"`
	// FailOn is the least severity that makes a launch NOT READY: blocker, error, warning or note.
	// Default error.
	FailOn lint.Severity `json:"fail_on" yaml:"fail_on"`
}

// WithDefaults returns c with every zero field replaced by its default.
func (c Criteria) WithDefaults() Criteria {
	if c.HitRatio == 0 {
		c.HitRatio = DefaultHitRatio
	}
	if c.MaxEvidenceAge == 0 {
		c.MaxEvidenceAge = DefaultMaxEvidenceAge
	}
	if c.FailOn == "" {
		c.FailOn = DefaultFailOn
	}
	return c
}

// Validate reports everything that is wrong, joined into one error.
func (c Criteria) Validate() error {
	var errs []error
	if c.HitRatio < 0 || c.HitRatio > 1 {
		errs = append(errs, fmt.Errorf("report: criteria.hit_ratio is %g: set a share between 0 and 1", c.HitRatio))
	}
	if c.MaxEvidenceAge < 0 {
		errs = append(errs, fmt.Errorf("report: criteria.max_evidence_age is %s: set how old evidence may be", c.MaxEvidenceAge))
	}
	if c.FailOn != "" && rank(c.FailOn) == len(severities()) {
		errs = append(errs, fmt.Errorf("report: criteria.fail_on is %q: set blocker, error, warning or note", c.FailOn))
	}
	return errors.Join(errs...)
}

// severities are all severities, the worst first.
func severities() []lint.Severity {
	return []lint.Severity{lint.Blocker, lint.Error, lint.Warning, lint.Note}
}

// rank is a severity's place, 0 for the worst.
func rank(s lint.Severity) int {
	for i, other := range severities() {
		if s == other {
			return i
		}
	}
	return len(severities())
}
