package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxTTL bounds every declared duration: what a delta saturates at (RFC 9111, section 1.2.2).
const maxTTL = maxSeconds * time.Second

// ErrSettings is wrapped by every error about settings.
var ErrSettings = errors.New("policy: settings")

// Settings are what the owner of a site declares of the CDN's configuration, because no header
// shows it. The zero value declares nothing; a nil duration is not declared, zero is a value.
// Durations lie between 0 and 2^31 s.
type Settings struct {
	// EdgeTTL is the lifetime that a rule of the CDN sets whatever the origin's header says.
	EdgeTTL *time.Duration `json:"edge_ttl,omitempty" yaml:"edge_ttl"`
	// MinTTL and MaxTTL bound the lifetime that the header states.
	MinTTL *time.Duration `json:"min_ttl,omitempty" yaml:"min_ttl"`
	MaxTTL *time.Duration `json:"max_ttl,omitempty" yaml:"max_ttl"`
	// DefaultTTL is the lifetime of a successful response whose header states none.
	DefaultTTL *time.Duration `json:"default_ttl,omitempty" yaml:"default_ttl"`
	// NegativeTTL is the least lifetime of a response of status 400 and above.
	NegativeTTL *time.Duration `json:"negative_ttl,omitempty" yaml:"negative_ttl"`
	// CacheMode is how the CDN finds a lifetime, in the words of [Profile.Modes]. Empty means the
	// profile's default.
	CacheMode string `json:"cache_mode,omitempty" yaml:"cache_mode"`
	// CacheRule is true when a rule of the CDN makes the URLs eligible for caching.
	CacheRule bool `json:"cache_rule,omitempty" yaml:"cache_rule"`
	// VaryRule is true when the CDN is configured to honour Vary.
	VaryRule bool `json:"vary_rule,omitempty" yaml:"vary_rule"`
	// AlwaysOnline is true when the CDN serves archived pages while the origin is down, and
	// therefore ignores stale-while-revalidate and stale-if-error (Cloudflare).
	AlwaysOnline bool `json:"always_online,omitempty" yaml:"always_online"`
	// ServeStale is true when the CDN is configured to serve stale copies while the origin fails.
	ServeStale bool `json:"serve_stale,omitempty" yaml:"serve_stale"`
	// IgnoresQuery is true when the query is not part of the CDN's cache key.
	IgnoresQuery bool `json:"ignores_query,omitempty" yaml:"ignores_query"`
}

// Validate reports the first setting that no CDN can have.
func (s Settings) Validate() error {
	for _, d := range s.durations() {
		if d.value != nil && (*d.value < 0 || *d.value > maxTTL) {
			return fmt.Errorf("%w: %s is %v; set 0s to %v", ErrSettings, d.name, *d.value, maxTTL)
		}
	}
	if s.MinTTL != nil && s.MaxTTL != nil && *s.MinTTL > *s.MaxTTL {
		return fmt.Errorf("%w: min_ttl %v is above max_ttl %v; lower one or raise the other", ErrSettings, *s.MinTTL, *s.MaxTTL)
	}
	return nil
}

// Accepts reports why these settings do not fit the profile, or nil.
func (p Profile) Accepts(s Settings) error {
	if err := s.Validate(); err != nil {
		return err
	}
	switch modes := p.Modes(); {
	case s.CacheMode == "" || slices.Contains(modes, s.CacheMode):
		return nil
	case len(modes) == 0:
		return fmt.Errorf("%w: profile %s has no cache_mode; remove %q", ErrSettings, p.Name, s.CacheMode)
	default:
		return fmt.Errorf("%w: cache_mode %q is unknown to profile %s; set one of %s", ErrSettings, s.CacheMode, p.Name, strings.Join(modes, ", "))
	}
}

// Modes returns the cache modes that the profile knows, sorted; none for most.
func (p Profile) Modes() []string {
	var modes []string
	for _, d := range p.deviations {
		if d.mode != "" && d.mode != undeclared {
			modes = append(modes, d.mode)
		}
	}
	slices.Sort(modes)
	return slices.Compact(modes)
}

// undeclared is the mode of a cache that tells nothing without a declaration.
const undeclared = "undeclared"

// With returns the profile as the settings declare it. What is declared counts as a deviation. A
// cache mode that the profile does not know changes nothing; see [Profile.Accepts].
func (p Profile) With(s Settings) Profile {
	mode := p.mode
	if slices.Contains(p.Modes(), s.CacheMode) {
		mode = s.CacheMode
	}
	return p.deviate(mode, slices.Concat(p.deviations, s.deviations()))
}

// named is a duration with the name of its setting.
type named struct {
	name  string
	value *time.Duration
}

// durations are the settings that are durations.
func (s Settings) durations() []named {
	return []named{
		{"edge_ttl", s.EdgeTTL},
		{"min_ttl", s.MinTTL},
		{"max_ttl", s.MaxTTL},
		{"default_ttl", s.DefaultTTL},
		{"negative_ttl", s.NegativeTTL},
	}
}

// deviations are the settings as deviations.
func (s Settings) deviations() []deviation {
	var ds []deviation
	add := func(on bool, name string, set func(*Behaviour)) {
		if on {
			ds = append(ds, deviation{
				fact: Fact{ID: "declared-" + strings.ReplaceAll(name, "_", "-"), Says: name + " is declared", Source: "declared by the owner"},
				set:  does(set),
			})
		}
	}
	add(s.MinTTL != nil, "min_ttl", func(b *Behaviour) { b.MinTTL = s.MinTTL })
	add(s.MaxTTL != nil, "max_ttl", func(b *Behaviour) { b.MaxTTL = s.MaxTTL })
	add(s.DefaultTTL != nil, "default_ttl", func(b *Behaviour) { b.setDefault(*s.DefaultTTL) })
	add(s.NegativeTTL != nil, "negative_ttl", func(b *Behaviour) {
		rule := StatusRule{Codes: []int{4, 5}, Silent: SilentDefault, Default: *s.NegativeTTL, Floor: *s.NegativeTTL}
		b.Statuses = slices.Concat([]StatusRule{rule}, b.Statuses)
	})
	add(s.CacheRule, "cache_rule", func(b *Behaviour) { b.Extensions = nil })
	add(s.VaryRule, "vary_rule", func(b *Behaviour) { b.IgnoresVary = false })
	add(s.AlwaysOnline, "always_online", func(b *Behaviour) { b.NoSWR, b.NoSIE = true, true })
	add(s.ServeStale, "serve_stale", func(b *Behaviour) { b.ServesStale = true })
	add(s.IgnoresQuery, "ignores_query", func(b *Behaviour) { b.IgnoresQuery = true })
	add(s.EdgeTTL != nil, "edge_ttl", func(b *Behaviour) { b.EdgeTTL = s.EdgeTTL })
	return ds
}

// setDefault changes the lifetime of successful silent answers, and leaves nothing to doubt about
// it.
func (b *Behaviour) setDefault(ttl time.Duration) {
	b.Statuses = slices.Clone(b.Statuses)
	found := false
	for i := range b.Statuses {
		if r := &b.Statuses[i]; r.Silent == SilentDefault && r.successful() {
			r.Default, found = ttl, true
		}
	}
	if !found {
		b.Statuses = slices.Concat([]StatusRule{{Codes: []int{2, 3}, Silent: SilentDefault, Default: ttl}}, b.Statuses)
	}
	b.Doubts = slices.DeleteFunc(slices.Clone(b.Doubts), func(d Doubt) bool { return d.When == WhenQuiet && !d.Storable })
}

// successful reports whether the rule is about a status of class 2.
func (r *StatusRule) successful() bool {
	return len(r.Codes) == 0 || slices.ContainsFunc(r.Codes, func(code int) bool { return code == 2 || code/100 == 2 })
}
