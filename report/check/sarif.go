package check

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// GitHub refuses a run of more results than mostResults.
const (
	mostResults = 25_000
	sarifText   = 1000 // characters of one text
	sarifLines  = 20   // header lines of one result
)

// unknownRule is the rule of results that say what could not be judged.
const unknownRule = "UNKNOWN"

// WriteSARIF writes a result as SARIF 2.1.0, as GitHub imports it: each finding at the line of its
// input, with a fingerprint that stays the same. A waived finding is a suppressed result; what
// could not be judged is an open one. Findings of the baseline that are gone are notifications, as
// GitHub would show an absent result like any other. Beyond 25,000 results the mildest are left
// out, with their count.
func WriteSARIF(w io.Writer, c *Check) error {
	run := sarif.NewRunWithInformationURI("edgeprime", "https://github.com/edgeprime/edgeprime")
	run.Tool.Driver.WithVersion(text1000(c.Tool))
	run.WithColumnKind("unicodeCodePoints")
	run.WithAutomationDetails(sarif.NewRunAutomationDetails().WithID("edgeprime-check/" + text1000(cmp.Or(c.Profile, "any")) + "/"))
	s := &sarifRun{run: run, rules: map[string]int{}}
	results := c.results()
	for i := range results[:min(len(results), mostResults)] {
		s.add(&results[i])
	}
	s.invocation(c, max(0, len(results)-mostResults))
	if s.pseudo {
		run.Artifacts = append(run.Artifacts, sarif.NewArtifact().WithLength(-1).WithLocation(sarif.NewSimpleArtifactLocation(Pseudo)).
			WithDescription(sarif.NewTextMessage("stands for inputs that are in no file of the repository, such as URLs of the command line; there is no such file")))
	}
	var b bytes.Buffer
	if err := sarif.NewReport().AddRun(run).Write(&b); err != nil {
		return err
	}
	_, err := w.Write(append(visible(b.Bytes()), '\n'))
	return err
}

// result is a finding, or what is not known about an answer, with the answer.
type result struct {
	*Finding

	answer *Answer // nil for a finding over several answers
	open   bool    // nothing is known
}

// results are what stands in a SARIF file: what counts first, the worst first.
func (c *Check) results() []result {
	var all []result
	c.each(func(a *Answer, f *Finding) { all = append(all, result{f, a, false}) })
	for i := range c.Answers {
		if a := &c.Answers[i]; !a.decided() {
			f := Finding{Finding: lint.Finding{
				Rule: unknownRule, Severity: "none", URL: a.URL, Variant: a.Variant, Region: a.Region, Vantage: a.Vantage, Profile: c.Profile,
				Message: cmp.Or(a.Failure, strings.Join(a.unknowns(), "; ")),
			}}
			f.Key = keyOf(a, &f.Finding)
			all = append(all, result{&f, a, true})
		}
	}
	slices.SortStableFunc(all, func(x, y result) int {
		return cmp.Or(cmp.Compare(one(!x.Counts()), one(!y.Counts())), cmp.Compare(rank(x.Severity), rank(y.Severity)))
	})
	return all
}

// sarifRun is a run that grows.
type sarifRun struct {
	run    *sarif.Run
	rules  map[string]int // places of the rules
	pseudo bool           // the pseudo artifact is used
}

// text1000 is foreign text for a SARIF file.
func text1000(s string) string { return safe.Text(s, sarifText) }

func (s *sarifRun) add(r *result) {
	out := sarif.NewRuleResult(text1000(r.Rule)).WithRuleIndex(s.rule(r)).WithLevel(sarifLevel(r.Severity))
	out.WithMessage(sarif.NewTextMessage(text1000(r.message())))
	out.WithPartialFingerprints(map[string]string{"primaryLocationLineHash": r.Key})
	properties := sarif.NewPropertyBag().Add("blocker", r.Severity == lint.Blocker).Add("profile", text1000(r.Profile))
	if r.Region != "" {
		properties.Add("region", text1000(r.Region))
	}
	out.WithProperties(properties)
	if r.open {
		out.WithKind("open").WithLevel("none")
	}
	if r.State != "" {
		out.WithBaselineState(string(r.State))
	}
	if r.Waiver != nil {
		out.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification(text1000(r.Waiver.words())))
	}
	out.AddLocation(s.location(r.answer))
	s.web(out, r)
	s.run.AddResult(out)
}

// message says what is wrong where, and what to do: GitHub shows no more than that.
func (r *result) message() string {
	text := whereOf(r.answer, r.Finding) + ": " + r.Message
	if r.Fix != "" {
		text += ". Fix: " + r.Fix
	}
	return text
}

// words say why a finding is waived, by whom and until when.
func (w *Waiver) words() string {
	return w.Reason + " (" + strings.TrimPrefix(w.Owner+", until ", ", ") + w.Expires + ")"
}

func sarifLevel(s lint.Severity) string {
	switch s {
	case lint.Blocker, lint.Error:
		return "error"
	case lint.Warning:
		return "warning"
	default:
		return "note"
	}
}

// rule is the place of a result's rule, which is added when it is the first.
func (s *sarifRun) rule(r *result) int {
	if i, ok := s.rules[r.Rule]; ok {
		return i
	}
	rule, _ := lint.Find(r.Rule)
	title, why, fix := cmp.Or(rule.Title, r.Rule), rule.Why, cmp.Or(rule.Fix, "see the message")
	if r.open {
		title, why, fix = "evidence is missing", "what is not known cannot pass", "find out what the message names"
	}
	severity := cmp.Or(rule.Severity, r.Severity)
	d := sarif.NewRule(text1000(r.Rule)).
		WithShortDescription(multiformat(title)).
		WithFullDescription(multiformat(cmp.Or(why, title))).
		WithHelp(multiformat(fmt.Sprintf("%s. %s. Fix: %s. Source: %s.", title, why, fix, cmp.Or(rule.Source, "edgeprime")))).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(severity))).
		WithProperties(sarif.NewPropertyBag().Add("blocker", severity == lint.Blocker).WithTags([]string{"cache"}))
	s.run.Tool.Driver.AddRule(d)
	s.rules[r.Rule] = len(s.run.Tool.Driver.Rules) - 1
	return s.rules[r.Rule]
}

func multiformat(s string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(text1000(s))
}

// location is the line of an answer's input.
func (s *sarifRun) location(a *Answer) *sarif.Location {
	path, line, ok := a.artifact()
	s.pseudo = s.pseudo || !ok
	region := sarif.NewRegion().WithStartLine(line)
	if ok && a.Place.Column > 0 {
		region.WithStartColumn(a.Place.Column)
	}
	uri := (&url.URL{Path: path}).String()
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri)).WithRegion(region))
}

// web adds the evidence: what was asked, and the header lines that the finding rests on.
func (s *sarifRun) web(out *sarif.Result, r *result) {
	if r.answer == nil {
		return
	}
	out.WithWebRequest(sarif.NewWebRequest().WithMethod(text1000(cmp.Or(r.answer.Method, "GET"))).WithTarget(text1000(r.answer.URL)))
	response := sarif.NewWebResponse().WithNoResponseReceived(r.answer.Status == 0)
	if r.answer.Status > 0 {
		response.WithStatusCode(r.answer.Status)
	}
	headers := map[string]string{}
	for _, line := range r.Evidence[:min(len(r.Evidence), sarifLines)] {
		name, value, _ := strings.Cut(line, ":")
		name = text1000(strings.TrimSpace(name))
		if before, ok := headers[name]; ok {
			value = before + ", " + strings.TrimSpace(value)
		}
		headers[name] = safe.Text(strings.TrimSpace(value), sarifText)
	}
	out.WithWebResponse(response.WithHeaders(headers))
}

// invocation says how the check ended, and what is no result.
func (s *sarifRun) invocation(c *Check, left int) {
	call := sarif.NewInvocation().WithExecutionSuccessful(true).WithExitCode(c.ExitCode).WithExitCodeDescription(text1000(string(c.Verdict) + ": " + strings.Join(c.Reasons, "; ")))
	if !c.Started.IsZero() {
		call.WithStartTimeUtc(c.Started.UTC().Format(time.RFC3339))
	}
	tell := func(level, message string) {
		call.AddToolExecutionNotification(sarif.NewNotification().WithLevel(level).WithMessage(sarif.NewTextMessage(text1000(message))))
	}
	if left > 0 {
		tell("warning", fmt.Sprintf("%s left out: a run holds at most %d", plural(left, "result"), mostResults))
	}
	for _, list := range []struct {
		level string
		items []string
	}{{"warning", c.Warnings}, {"note", c.gone()}} {
		for _, item := range list.items[:min(len(list.items), textPlaces*textLines)] {
			tell(list.level, item)
		}
	}
	s.run.AddInvocation(call)
}
