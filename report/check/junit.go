package check

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/edgeprime/edgeprime/report/safe"
)

// defaultSuite is the suite of what has no region.
const defaultSuite = "check"

// WriteJUnit writes a result as JUnit XML: a suite is a region, a case a rule on an input. Findings
// at the fail level fail, milder ones pass and say so, waived ones and those of the baseline are
// skipped. An input with nothing wrong passes; what could not be judged is an error when it is
// critical, else skipped.
func WriteJUnit(w io.Writer, c *Check) error {
	suites := map[string]*junit.Testsuite{}
	add := func(region string, tc junit.Testcase) {
		name := xmlText(cmp.Or(region, defaultSuite))
		if suites[name] == nil {
			suites[name] = &junit.Testsuite{Name: name, Time: "0", Timestamp: c.Started.UTC().Format("2006-01-02T15:04:05")}
			suites[name].AddProperty("profile", xmlText(c.Profile))
			suites[name].AddProperty("preset", xmlText(string(c.Preset)))
		}
		suites[name].AddTestcase(tc)
	}
	for i := range c.Answers {
		if a := &c.Answers[i]; !a.decided() || len(a.Findings) == 0 {
			add(a.Region, a.testcase())
		}
	}
	c.each(func(a *Answer, f *Finding) { add(f.Region, c.testcase(a, f)) })
	all := junit.Testsuites{Name: "edgeprime check", Time: "0"}
	names := make([]string, 0, len(suites))
	for name := range suites {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		suites[name].ID = i
		all.AddSuite(*suites[name])
	}
	all.Skipped = 0 // Jenkins' schema has no such count for all suites
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := all.WriteXML(&b); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
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

// testcase is a finding; its name tells where it is and its class which rule.
func (c *Check) testcase(a *Answer, f *Finding) junit.Testcase {
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
		tc.SystemOut = &junit.Output{Data: fmt.Sprintf("%s: %s\n%s", xmlText(string(f.Severity)), xmlText(f.Message), data)}
	}
	return tc
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
