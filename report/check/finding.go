package check

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// State is a finding's state against a baseline.
type State string

// The states, in the words of SARIF 2.1.0, section 3.27.24.
const (
	StateNew       State = "new"
	StateUnchanged State = "unchanged"
	StateUpdated   State = "updated" // the same complaint in other words, no more severe
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
	// Waiver is set when the finding is waived.
	Waiver *Waiver `json:"waiver,omitempty"`
}

// Findings are a linter's findings as a result has them, before they are judged.
func Findings(list []lint.Finding) []Finding {
	out := make([]Finding, 0, len(list))
	for _, f := range list {
		out = append(out, Finding{Finding: f})
	}
	return out
}

// Counts reports whether the finding can fail a check: it is neither waived nor excused by a
// baseline. A baseline excuses no blocker.
func (f *Finding) Counts() bool { return f.Waiver == nil && !f.excused() }

// excused reports whether a baseline has the finding.
func (f *Finding) excused() bool {
	return f.Severity != lint.Blocker && (f.State == StateUnchanged || f.State == StateUpdated)
}

// fixLine is the next step as a line, if there is one.
func (f *Finding) fixLine() []string {
	if f.Fix == "" {
		return nil
	}
	return []string{"fix: " + f.Fix}
}

// keyOf is a finding's key. An answer whose URL is not known is told by its id; the answer is nil
// for a finding over several.
func keyOf(a *Answer, f *lint.Finding) string {
	url := plainURL(f.URL)
	if url == "" && a != nil {
		url = "#" + a.ID
	}
	h := sha256.New()
	for _, part := range []string{f.Rule, url, f.Region, f.Profile} {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// plainURL is a URL without credentials, fragment and its query's values: these hold session ids
// and dates, and a finding is the same whatever they are.
func plainURL(u string) string {
	u, _, _ = strings.Cut(safe.URL(u), "#")
	u, query, ok := strings.Cut(u, "?")
	if !ok {
		return u
	}
	names := strings.Split(query, "&")
	for i, pair := range names {
		names[i], _, _ = strings.Cut(pair, "=")
	}
	return u + "?" + strings.Join(names, "&")
}

// messageHash tells whether a finding has the words that it had before.
func messageHash(f *lint.Finding) string {
	sum := sha256.Sum256([]byte(safe.URL(f.Message)))
	return hex.EncodeToString(sum[:8])
}
