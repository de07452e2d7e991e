package lint

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"time"
)

// Preset names a set of rules.
type Preset string

// The presets.
const (
	// Recommended are the rules of severity warning and above: what costs a launch something.
	Recommended Preset = "recommended"
	// Strict are all rules.
	Strict Preset = "strict"
	// StaticOnly are the rules of one recorded answer, notes among them: the same answer always
	// gets the same findings.
	StaticOnly Preset = "static-only"
)

// Presets are all presets.
func Presets() []Preset { return []Preset{Recommended, Strict, StaticOnly} }

// Off is the level that switches a rule off. The other levels are severities.
const Off Severity = "off"

// Config says which rules apply, how severe they are, and the figures that they compare with. The
// zero value of a field means its default.
type Config struct {
	// Preset is the set of rules. Default recommended.
	Preset Preset `yaml:"preset"`
	// Levels are levels by rule id: off, note, warning, error or blocker. A rule with a level
	// other than off applies whatever the preset says.
	Levels map[string]Severity `yaml:"levels"`
	// HTMLMaxAge is how long browsers may keep a document. Default 180 s.
	HTMLMaxAge time.Duration `yaml:"html_max_age"`
	// UnhashedMaxAge is how long browsers may keep what has no fingerprint. Default 24 h.
	UnhashedMaxAge time.Duration `yaml:"unhashed_max_age"`
	// ClockSkew is how far a server's clock may be off. Default 5 s.
	ClockSkew time.Duration `yaml:"clock_skew"`
	// CompressAbove is the size in bytes above which text should be compressed. Default 1400.
	CompressAbove int64 `yaml:"compress_above"`
	// VaryMembers is how many members Vary may have. Default 3.
	VaryMembers int `yaml:"vary_members"`
	// ExpireTogether is how many critical copies may expire within a minute of the warm window.
	// Default 50.
	ExpireTogether int `yaml:"expire_together"`
	// Samples is how often a cell must be asked again to be proven. Default 1.
	Samples int `yaml:"samples"`
	// UnknownShare is the share of a region's critical cells, 0 to 1, that may tell nothing about
	// the edge's store. Default 0.05.
	UnknownShare float64 `yaml:"unknown_share"`
	// PlannedRPS is how many requests a second visitors are expected to send at the peak; 0 means
	// that it is not known, and the load on the origin is then not forecast.
	PlannedRPS float64 `yaml:"planned_rps"`
	// PersonalPattern is a regular expression (RE2) of bodies that are one visitor's, such as a
	// CSRF token; empty means that bodies are not looked at.
	PersonalPattern string `yaml:"personal_pattern"`
	// Fingerprint says which paths have a fingerprint where the detector is wrong.
	Fingerprint FingerprintPatterns `yaml:"fingerprint"`
}

// FingerprintPatterns are regular expressions (RE2) of URL paths; Exclude wins over Include.
type FingerprintPatterns struct {
	Include []string `yaml:"include"`
	Exclude []string `yaml:"exclude"`
}

// Defaults of Config.
const (
	DefaultHTMLMaxAge     = 3 * time.Minute
	DefaultUnhashedMaxAge = 24 * time.Hour
	DefaultClockSkew      = 5 * time.Second
	DefaultCompressAbove  = 1400
	DefaultVaryMembers    = 3
	DefaultExpireTogether = 50
	DefaultSamples        = 1
	DefaultUnknownShare   = 0.05
)

// WithDefaults returns c with every zero field replaced by its default.
func (c Config) WithDefaults() Config {
	setDefault(&c.Preset, Recommended)
	setDefault(&c.HTMLMaxAge, DefaultHTMLMaxAge)
	setDefault(&c.UnhashedMaxAge, DefaultUnhashedMaxAge)
	setDefault(&c.ClockSkew, DefaultClockSkew)
	setDefault(&c.CompressAbove, DefaultCompressAbove)
	setDefault(&c.VaryMembers, DefaultVaryMembers)
	setDefault(&c.ExpireTogether, DefaultExpireTogether)
	setDefault(&c.Samples, DefaultSamples)
	setDefault(&c.UnknownShare, DefaultUnknownShare)
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Validate reports everything that is wrong, joined into one error.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("lint: rules."+format, args...)) }
	if c.Preset != "" && !slices.Contains(Presets(), c.Preset) {
		bad("preset is %q: set recommended, strict or static-only", c.Preset)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Levels)) {
		if r, ok := Find(id); !ok || r.ID != id {
			bad("levels names %q, which is no rule: edgeprime explain lists them", id)
		}
		if level := c.Levels[id]; level != Off && !slices.Contains(Severities(), level) {
			bad("levels.%s is %q: set off, note, warning, error or blocker", id, level)
		}
	}
	for name, n := range map[string]int64{
		"html_max_age": int64(c.HTMLMaxAge), "unhashed_max_age": int64(c.UnhashedMaxAge), "clock_skew": int64(c.ClockSkew),
		"compress_above": c.CompressAbove, "vary_members": int64(c.VaryMembers), "expire_together": int64(c.ExpireTogether), "samples": int64(c.Samples),
	} {
		if n < 0 {
			bad("%s is below zero: leave it out for its default", name)
		}
	}
	if !(c.UnknownShare >= 0 && c.UnknownShare <= 1) {
		bad("unknown_share is %g: set a share between 0 and 1", c.UnknownShare)
	}
	if !(c.PlannedRPS >= 0 && c.PlannedRPS <= math.MaxFloat64) {
		bad("planned_rps is %g: set requests a second, or leave it out", c.PlannedRPS)
	}
	for _, pattern := range slices.Concat([]string{c.PersonalPattern}, c.Fingerprint.Include, c.Fingerprint.Exclude) {
		if _, err := regexp.Compile(pattern); err != nil {
			errs = append(errs, fmt.Errorf("lint: rules: %q is no regular expression: %w", pattern, err))
		}
	}
	return errors.Join(errs...)
}

// level returns the severity that a rule has, or Off.
func (c *Config) level(r *Rule) Severity {
	if level, ok := c.Levels[r.ID]; ok {
		return level
	}
	on := true
	switch c.Preset {
	case Strict:
	case StaticOnly:
		on = r.Static
	default:
		on = r.Severity.AtLeast(Warning)
	}
	if !on {
		return Off
	}
	return r.Severity
}
