package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// Verdict is what a check of headers comes to. It is not the verdict of a launch: headers alone
// show no edge that hits.
type Verdict string

// The verdicts.
const (
	Pass         Verdict = "PASS"
	Fail         Verdict = "FAIL"
	Inconclusive Verdict = "INCONCLUSIVE"
)

// The exit codes that go with the verdicts.
const (
	exitPass         = 0
	exitFail         = 3
	exitInconclusive = 5
)

// ExitCode is the exit code that goes with the verdict.
func (v Verdict) ExitCode() int {
	switch v {
	case Pass:
		return exitPass
	case Fail:
		return exitFail
	default:
		return exitInconclusive
	}
}

// Never is the fail level that no finding reaches.
const Never lint.Severity = "never"

// ParseFailOn reads a fail level: blocker, error, warning or warn, note, never. Empty means error.
func ParseFailOn(s string) (lint.Severity, error) {
	switch level := lint.Severity(s); {
	case s == "":
		return lint.Error, nil
	case s == "warn":
		return lint.Warning, nil
	case level == Never || slices.Contains(lint.Severities(), level):
		return level, nil
	default:
		return "", fmt.Errorf("check: fail level %q is none: set blocker, error, warning, note or never", s)
	}
}

// Tally counts findings by severity.
type Tally struct {
	Blocker int `json:"blocker"`
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Note    int `json:"note"`
}

// of is the count of a severity. What is none counts as a note.
func (t *Tally) of(s lint.Severity) *int {
	switch s {
	case lint.Blocker:
		return &t.Blocker
	case lint.Error:
		return &t.Error
	case lint.Warning:
		return &t.Warning
	default:
		return &t.Note
	}
}

// atLeast is how many are as bad as a severity or worse.
func (t Tally) atLeast(level lint.Severity) int {
	if level == Never {
		return 0
	}
	sum := 0
	for _, s := range lint.Severities() {
		if s.AtLeast(level) {
			sum += *t.of(s)
		}
	}
	return sum
}

// below are the counts of what is milder than a severity.
func (t Tally) below(level lint.Severity) Tally {
	for _, s := range lint.Severities() {
		if level != Never && s.AtLeast(level) {
			*t.of(s) = 0
		}
	}
	return t
}

// words tells the counts that are not zero, the worst first.
func (t Tally) words() string {
	var words []string
	for _, s := range lint.Severities() {
		if n := *t.of(s); n > 0 {
			words = append(words, plural(n, string(s)))
		}
	}
	return strings.Join(words, ", ")
}

// Decision counts what a verdict rests on; its size does not grow with the answers.
type Decision struct {
	// FailOn is the mildest severity that fails the check, or Never.
	FailOn lint.Severity `json:"fail_on"`
	// Inputs are all answers, Critical those that the verdict needs.
	Inputs   int `json:"inputs"`
	Critical int `json:"critical"`
	// Answered are the inputs that were judged without failure, Undecided the critical ones that
	// failed or that something is not known about.
	Answered  int `json:"answered"`
	Undecided int `json:"undecided"`
	// Counting are the findings that count.
	Counting Tally `json:"counting"`
	// Waived are the findings that a waiver covers, Excused those that a baseline has, Updated those
	// of them with other words than there.
	Waived  int `json:"waived"`
	Excused int `json:"excused"`
	Updated int `json:"updated"`
	// Absent counts what the baseline has and the check has not; it fails the check when Strict.
	Absent int  `json:"absent"`
	Strict bool `json:"strict_baseline,omitempty"`
}

// add counts an answer with its findings.
func (d *Decision) add(a *Answer) {
	d.Inputs++
	d.Critical += one(a.Critical)
	d.Answered += one(a.Failure == "")
	d.Undecided += one(a.Critical && !a.decided())
	for i := range a.Findings {
		d.addFinding(&a.Findings[i])
	}
}

func (d *Decision) addFinding(f *Finding) {
	switch {
	case f.Waiver != nil:
		d.Waived++
	case f.excused():
		d.Excused++
		d.Updated += one(f.State == StateUpdated)
	default:
		*d.Counting.of(f.Severity)++
	}
}

// Verdict is what the counts come to: a proven failure outranks missing evidence, and missing
// evidence never passes.
func (d Decision) Verdict() Verdict {
	switch {
	case d.Counting.atLeast(d.FailOn) > 0, d.Strict && d.Absent > 0:
		return Fail
	case d.Answered == 0, d.Undecided > 0:
		return Inconclusive
	default:
		return Pass
	}
}

// ExitCode is the exit code that the counts come to.
func (d Decision) ExitCode() int { return d.Verdict().ExitCode() }

// Why says what the verdict rests on, the worst first.
func (d Decision) Why() []string {
	var out []string
	if n := d.Counting.atLeast(d.FailOn); n > 0 {
		milder := d.Counting.below(d.FailOn).words()
		if milder != "" {
			milder = "; besides " + milder
		}
		out = append(out, fmt.Sprintf("%s at %s or above%s", plural(n, "finding"), d.FailOn, milder))
	}
	if d.Strict && d.Absent > 0 {
		out = append(out, goneWords(d.Absent))
	}
	switch {
	case d.Inputs == 0:
		out = append(out, "nothing was checked")
	case d.Answered == 0:
		out = append(out, "no input has an answer that can be judged")
	case d.Undecided > 0:
		out = append(out, fmt.Sprintf("%d of %s cannot be judged in full", d.Undecided, plural(d.Critical, "critical input")))
	}
	if len(out) == 0 && d.Counting == (Tally{}) {
		out = append(out, plural(d.Answered, "input")+" judged, nothing is wrong")
	} else if len(out) == 0 {
		out = append(out, fmt.Sprintf("nothing at %s or above; %s", d.FailOn, d.Counting.words()))
	}
	return out
}

// decided reports whether everything about an answer is known.
func (a *Answer) decided() bool { return a.Failure == "" && len(a.Unknown) == 0 }

func goneWords(n int) string {
	return plural(n, "finding") + " of the baseline gone: write it anew, so that they stay away"
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
