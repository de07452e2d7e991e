package lint

import (
	"net/http"
	"regexp"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// Linter applies the rules of a Config under one cache's profile. Safe for concurrent use.
type Linter struct {
	config   Config
	profile  policy.Profile
	levels   []Severity // by place in the catalogue
	personal *regexp.Regexp
	fingerprints
}

// New returns a linter. The profile is the cache that the answers are judged for; its settings are
// those of the owner. An error is that of [Config.Validate].
func New(c Config, p policy.Profile) (*Linter, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.WithDefaults()
	l := &Linter{config: c, profile: p, levels: make([]Severity, len(catalogue)), fingerprints: newFingerprints(c.Fingerprint)}
	for i := range catalogue {
		l.levels[i] = c.level(&catalogue[i])
	}
	if c.PersonalPattern != "" {
		l.personal = regexp.MustCompile(c.PersonalPattern) // Validate has compiled it
	}
	return l, nil
}

// Default returns the linter of the zero Config for a shared cache by the letter of RFC 9111.
func Default() *Linter {
	l, err := New(Config{}, policy.RFC9111())
	if err != nil {
		panic(err) // the zero Config is valid: a test builds it
	}
	return l
}

// For returns the linter with another profile.
func (l *Linter) For(p policy.Profile) *Linter {
	other := *l
	other.profile = p
	return &other
}

// Config returns the configuration, with its defaults.
func (l *Linter) Config() Config { return l.config }

// Profile returns the profile that answers are judged for.
func (l *Linter) Profile() policy.Profile { return l.profile }

// Response applies the rules over one answer. Without an answer, and for a challenge page, there is
// nothing to judge: that is missing evidence, not a finding. Findings come in the order of reports.
func (l *Linter) Response(r Response) []Finding {
	o := r.Observation
	if o == nil || o.Status == 0 || o.Challenge != "" {
		return nil
	}
	a := l.answer(r)
	var findings []Finding
	for i := range catalogue {
		rule := &catalogue[i]
		if rule.check == nil || l.levels[i] == Off || !rule.answers.has(o.Status) || !rule.about(l.profile.Name) {
			continue
		}
		if c := rule.check(&a); c != nil {
			if findings == nil {
				findings = make([]Finding, 0, 8) // who breaks one rule breaks several
			}
			findings = append(findings, a.finding(rule, l.levels[i], c))
		}
	}
	return findings
}

// Probes applies the rules that compare an answer with what its probes got, see [ProbeRequest]. A
// rule whose probes are missing, failed or met a challenge stays silent.
func (l *Linter) Probes(r Response, probes map[Probe]*edge.Observation) []Finding {
	if !usable(r.Observation) || r.Observation.Status != http.StatusOK {
		return nil
	}
	p := probed{answer: l.answer(r), probes: probes}
	var findings []Finding
	for i := range catalogue {
		rule := &catalogue[i]
		if rule.compare == nil || l.levels[i] == Off || !rule.about(l.profile.Name) || !p.has(rule) {
			continue
		}
		if c := rule.compare(&p); c != nil {
			findings = append(findings, p.finding(rule, l.levels[i], c))
		}
	}
	return findings
}

// WantsBody reports whether some rule in force looks at bodies.
func (l *Linter) WantsBody() bool { return l.personal != nil }

// place returns the rule with the id and the severity that it has, which may be Off.
func (l *Linter) place(id string) (*Rule, Severity) {
	for i := range catalogue {
		if catalogue[i].ID == id {
			return &catalogue[i], l.levels[i]
		}
	}
	return nil, Off
}
