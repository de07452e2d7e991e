package check

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/edgeprime/edgeprime/report/safe"
)

// defaultSuite is the suite of what has no region.
const defaultSuite = "check"

// WriteJUnit writes a result as JUnit XML, in the dialect that Jenkins and the tools around Ant
// both read: a suite is a region, a case a rule on an input. Findings at the fail level fail,
// milder ones pass and are told in the suite's output, waived ones and those of the baseline are
// skipped. An input with nothing wrong passes; what could not be judged is an error when it is
// critical, else skipped.
func WriteJUnit(w io.Writer, c *Check) error {
	suites := map[string]*suite{}
	of := func(region string) *suite {
		name := xmlText(cmp.Or(region, defaultSuite))
		if suites[name] == nil {
			suites[name] = c.suite(name)
		}
		return suites[name]
	}
	for i := range c.Answers {
		if a := &c.Answers[i]; !a.decided() || len(a.Findings) == 0 {
			of(a.Region).AddTestcase(a.testcase())
		}
	}
	c.each(func(a *Answer, f *Finding) { of(f.Region).finding(c, a, f) })
	var all junit.Testsuites // without totals: Ant's schema has none
	for i, name := range slices.Sorted(maps.Keys(suites)) {
		s := suites[name]
		s.ID, s.SystemOut, s.SystemErr = i, &junit.Output{Data: s.out.String()}, &junit.Output{}
		all.Suites = append(all.Suites, s.Testsuite)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := all.WriteXML(&b); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// suite is a suite that grows.
type suite struct {
	junit.Testsuite

	out strings.Builder // what passes and says something
}

func (c *Check) suite(name string) *suite {
	s := &suite{Testsuite: junit.Testsuite{
		Name: name, Package: "edgeprime.check", Hostname: "localhost", Time: "0", Timestamp: c.Started.UTC().Format("2006-01-02T15:04:05"),
	}}
	s.AddProperty("profile", xmlText(c.Profile))
	s.AddProperty("preset", xmlText(string(c.Preset)))
	return s
}

// testcase is an answer without findings, or one that could not be judged.
func (a *Answer) testcase() junit.Testcase {
	tc := junit.Testcase{Name: xmlText(a.name()), Classname: "answer", Time: "0"}
	why := cmp.Or(a.Failure, strings.Join(a.unknowns(), "; "))
	switch {
	case a.decided():
	case a.Critical:
		tc.Error = &junit.Result{Message: xmlText(why), Type: unknown, Data: xmlText(a.where())}
	default:
		tc.Skipped = &junit.Result{Message: xmlText(why)}
	}
	return tc
}

// finding adds a finding; its name tells where it is and its class which rule.
func (s *suite) finding(c *Check, a *Answer, f *Finding) {
	tc := junit.Testcase{Name: xmlText(whereOf(a, f)), Classname: xmlText(f.Rule), Time: "0"}
	lines := slices.Concat(f.Evidence, f.fixLine())
	if a != nil && a.where() != "" {
		lines = append(lines, "at: "+a.where())
	}
	for i, line := range lines {
		lines[i] = xmlText(line)
	}
	data := strings.Join(lines, "\n")
	switch {
	case f.Waiver != nil:
		tc.Skipped = &junit.Result{Message: xmlText("waived: " + f.Waiver.words())}
	case !f.Counts():
		tc.Skipped = &junit.Result{Message: xmlText("in the baseline: " + f.Message)}
	case c.FailOn != Never && f.Severity.AtLeast(c.FailOn):
		tc.Failure = &junit.Result{Message: xmlText(f.Message), Type: xmlText(string(f.Severity)), Data: data}
	default:
		fmt.Fprintf(&s.out, "%s %s %s: %s\n%s\n\n", tc.Classname, xmlText(string(f.Severity)), tc.Name, xmlText(f.Message), data)
	}
	s.AddTestcase(tc)
}

// xmlText is foreign text that XML can hold (XML 1.0, section 2.2): what no escape can write becomes
// a replacement character.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xfffe || r == 0xffff {
			return '\ufffd'
		}
		return r
	}, safe.Text(s, sarifText))
}
