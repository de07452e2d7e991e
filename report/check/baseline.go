package check

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// MaxBaseline is the size in bytes above which a baseline is refused: some 100,000 findings.
const MaxBaseline = 64 << 20

// Baseline is the findings that were there before, so that only new ones count.
type Baseline struct {
	SchemaVersion string  `json:"schema_version"`
	Tool          string  `json:"tool"`
	Profile       string  `json:"profile"`
	Findings      []Known `json:"findings"` // sorted by rule, URL and key

	byKey map[string]*Known
	byURL map[string]bool
}

// Known is a finding of a baseline.
type Known struct {
	Key      string        `json:"key"`
	Rule     string        `json:"rule"`
	Severity lint.Severity `json:"severity"`
	URL      string        `json:"url"` // without its query's values
	Region   string        `json:"region,omitempty"`
	Message  string        `json:"message_hash"`
}

// NewBaseline is the baseline of a result: all of its findings that are not waived but blockers,
// which no baseline excuses.
func NewBaseline(c *Check) *Baseline {
	b := &Baseline{SchemaVersion: SchemaVersion, Tool: c.Tool, Profile: c.Profile, Findings: []Known{}}
	c.each(func(_ *Answer, f *Finding) {
		if f.Severity == lint.Blocker || f.Waiver != nil {
			return
		}
		b.Findings = append(b.Findings, Known{
			Key: f.Key, Rule: f.Rule, Severity: f.Severity, URL: plainURL(f.URL), Region: f.Region, Message: messageHash(&f.Finding),
		})
	})
	slices.SortStableFunc(b.Findings, func(x, y Known) int {
		return cmp.Or(strings.Compare(x.Rule, y.Rule), strings.Compare(x.URL, y.URL), strings.Compare(x.Key, y.Key))
	})
	b.Findings = slices.CompactFunc(b.Findings, func(x, y Known) bool { return x.Key == y.Key })
	b.index()
	return b
}

// WriteBaseline writes a baseline as JSON.
func WriteBaseline(w io.Writer, b *Baseline) error {
	out, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("check: baseline: %w", err)
	}
	_, err = w.Write(append(visible(out), '\n'))
	return err
}

// ReadBaseline reads what WriteBaseline has written. One of another schema or made under another
// profile is refused: its keys would match nothing.
func ReadBaseline(r io.Reader, profile string) (*Baseline, error) {
	const again = "write it anew with --write-baseline"
	data, err := io.ReadAll(io.LimitReader(r, MaxBaseline+1))
	if err != nil {
		return nil, fmt.Errorf("check: baseline: %w", err)
	}
	if len(data) > MaxBaseline {
		return nil, fmt.Errorf("check: the baseline is larger than %d MiB", MaxBaseline>>20)
	}
	var b Baseline
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&b); err != nil {
		return nil, fmt.Errorf("check: this is no baseline: %w; %s", err, again)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("check: this is no baseline: something follows its end; " + again)
	}
	major, _, _ := strings.Cut(b.SchemaVersion, ".")
	want, _, _ := strings.Cut(SchemaVersion, ".")
	switch {
	case major != want:
		return nil, fmt.Errorf("check: the baseline has schema version %q, not %s.x; %s", b.SchemaVersion, want, again)
	case b.Profile != profile:
		return nil, fmt.Errorf("check: the baseline was made under profile %q, this check has %q; %s", b.Profile, profile, again)
	}
	for i, k := range b.Findings {
		if k.Key == "" || k.Rule == "" || !slices.Contains(lint.Severities(), k.Severity) {
			return nil, fmt.Errorf("check: finding %d of the baseline has no key, rule or severity; %s", i+1, again)
		}
	}
	b.index()
	return &b, nil
}

func (b *Baseline) index() {
	b.byKey, b.byURL = make(map[string]*Known, len(b.Findings)), make(map[string]bool, len(b.Findings))
	for i := range b.Findings {
		b.byKey[b.Findings[i].Key] = &b.Findings[i]
		b.byURL[b.Findings[i].URL] = true
	}
}

func (b *Baseline) hasURL(u string) bool { return b != nil && b.byURL[u] }

// state compares a finding with the baseline. What got worse is new.
func (b *Baseline) state(f *Finding) State {
	k := b.byKey[f.Key]
	switch {
	case k == nil, f.Severity == lint.Blocker, !k.Severity.AtLeast(f.Severity):
		return StateNew
	case k.Message != messageHash(&f.Finding), k.Severity != f.Severity:
		return StateUpdated
	default:
		return StateUnchanged
	}
}

// each visits all findings, those of answers first; the answer is nil for the others.
func (c *Check) each(visit func(*Answer, *Finding)) {
	for i := range c.Answers {
		a := &c.Answers[i]
		for k := range a.Findings {
			visit(a, &a.Findings[k])
		}
	}
	for i := range c.Findings {
		visit(nil, &c.Findings[i])
	}
}
