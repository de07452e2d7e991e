package check_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/check"
)

// sarifOf reads a result's SARIF and holds it against the schema of OASIS.
func sarifOf(t *testing.T, in check.Input) *sarif.Run {
	t.Helper()
	r, err := sarif.FromString(written(t, check.FormatSARIF, check.Build(in)), sarif.WithStrictValidation())
	require.NoError(t, err)
	require.NoError(t, r.Validate())
	require.Len(t, r.Runs, 1)
	return r.Runs[0]
}

func TestSARIFIsWhatGitHubImports(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]check.Input{"single": single(), "mixed": mixed(), "bare": bare(), "hostile": hostile()} {
		run := sarifOf(t, in)
		for _, rule := range run.Tool.Driver.Rules {
			assert.NotEmpty(t, *rule.ShortDescription.Text, name)
			assert.NotEmpty(t, *rule.FullDescription.Text, name)
			assert.NotEmpty(t, *rule.Help.Text, name)
			assert.LessOrEqual(t, len(rule.Properties.Tags), 20, name)
		}
		for _, r := range run.Results {
			assert.Equal(t, *r.RuleID, *run.Tool.Driver.Rules[r.RuleIndex].ID, name)
			assert.Len(t, r.PartialFingerprints["primaryLocationLineHash"], 64, name)
			require.Len(t, r.Locations, 1, name)
			place := r.Locations[0].PhysicalLocation
			u, err := url.Parse(*place.ArtifactLocation.URI)
			require.NoError(t, err, name)
			assert.False(t, u.IsAbs() || path.IsAbs(u.Path) || strings.HasPrefix(u.Path, ".."), "%s: %s", name, u)
			assert.Positive(t, *place.Region.StartLine, name)
		}
	}
}

func TestSARIFResults(t *testing.T) {
	t.Parallel()
	run := sarifOf(t, mixed())
	var told []string
	for _, r := range run.Results {
		state, suppressed := "-", ""
		if r.BaselineState != nil {
			state = *r.BaselineState
		}
		if len(r.Suppressions) > 0 {
			suppressed = " " + *r.Suppressions[0].Kind + ": " + *r.Suppressions[0].Justification
		}
		place := r.Locations[0].PhysicalLocation
		told = append(told, fmt.Sprintf("%s %s %s %s %v %s:%d%s", *r.RuleID, r.Kind, r.Level, state, r.Properties.Properties["blocker"],
			*place.ArtifactLocation.URI, *place.Region.StartLine, suppressed))
	}
	assert.Equal(t, []string{
		"ST003 fail error new true launch.yaml:14", "ST003 fail error new true launch.yaml:14",
		"EDGE002 fail error new false edgeprime-check:1",
		"TTL007 fail warning new false launch.yaml:14", "TTL007 fail warning new false launch.yaml:14",
		"UNKNOWN open none - false launch.yaml:20", "UNKNOWN open none - false launch.yaml:14",
		"TTL008 fail error unchanged false launch.yaml:14",
		"VAR001 fail error new false launch.yaml:14 external: the A/B test of this week (web, until 2026-11-30)",
	}, told)
	first := run.Results[0]
	assert.Equal(t, "https://www.shop.example/js/app.js?token=***", *first.WebRequest.Target)
	assert.Equal(t, map[string]string{"Cache-Control": "public, s-maxage=86400", "Set-Cookie": "sid=***; Path=/"}, first.WebResponse.Headers)
	assert.Equal(t, 200, *first.WebResponse.StatusCode)
	assert.True(t, run.Results[5].WebResponse.NoResponseReceived)
	require.Len(t, run.Artifacts, 1, "the path that stands for no file is explained")
	assert.Contains(t, *run.Artifacts[0].Description.Text, "there is no such file")
	assert.Len(t, run.Invocations[0].ToolExecutionNotifications, 4, "three warnings and what is gone")
	assert.Equal(t, 3, *run.Invocations[0].ExitCode)
}

func TestSARIFPlaces(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"launch.yaml": "launch.yaml", "a b/ü#?.yaml": "a%20b/%C3%BC%23%3F.yaml", "c:x": "./c:x",
		"": check.Pseudo, "-": check.Pseudo, "stdin": check.Pseudo, "../up.yaml": check.Pseudo, "/etc/x": check.Pseudo,
	} {
		in := single()
		in.Answers[0].Place.File = file
		assert.Equal(t, want, *sarifOf(t, in).Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI, file)
	}
}

// More results than GitHub takes are cut, the mildest first, and counted.
func TestHugeResultsAreCut(t *testing.T) {
	t.Parallel()
	c := check.Build(huge())
	out := written(t, check.FormatSARIF, c)
	require.True(t, json.Valid([]byte(out)))
	assert.Equal(t, 13_000, strings.Count(out, `"ruleId":"ST003"`), "the worst stay")
	assert.Equal(t, 12_000, strings.Count(out, `"ruleId":"TTL007"`))
	assert.Equal(t, 1, strings.Count(out, `"text":"1000 results left out: a run holds at most 25000"`))
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := io.WriteString(zip, out)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	assert.Less(t, packed.Len(), 10<<20, "GitHub takes 10 MB")

	text := written(t, check.FormatText, c)
	assert.Less(t, strings.Count(text, "\n"), 80)
	assert.Contains(t, text, "\n  and 12980 answers with no more to tell\n")
	assert.Contains(t, text, "at   13000 places\n")
	assert.Contains(t, text, "and 12997 findings of the same rule\n")
	annotations := written(t, check.FormatGitHub, c)
	assert.Equal(t, 10, strings.Count(annotations, "\n::warning ")+strings.Count(annotations, "::warning ")-strings.Count(annotations, "\n::warning "))
	assert.Contains(t, annotations, "\n25980 annotations more: ")
	md := written(t, check.FormatMarkdown, c)
	assert.Less(t, len(md), 1<<16)
	assert.Contains(t, md, "\n12950 answers with no more to tell.\n")
	for name, out := range map[string]string{"huge.text": text, "huge.github": annotations, "huge.markdown": md} {
		golden(t, name, out)
	}
}

func TestMarkdownIsCutWithACount(t *testing.T) {
	t.Parallel()
	in := single()
	for i := range 400 {
		in.Answers[0].Findings = append(in.Answers[0].Findings, check.Finding{Finding: lint.Finding{
			Rule: "X" + strconv.Itoa(i), Severity: lint.Note, Message: strings.Repeat("long ", 80), Fix: "x",
		}})
	}
	out := written(t, check.FormatMarkdown, check.Build(in))
	assert.LessOrEqual(t, len(out), 1<<16)
	assert.Greater(t, len(out), 1<<16-2<<10)
	assert.InDelta(t, strings.Count(out, "\n**X"), strings.Count(out, "\n- long"), 1, "nothing follows what was left out, however short")
	assert.Regexp(t, `\n_\d+ lines left out: this summary is cut at 64 KiB\. The other formats have more\._\n$`, out)
}

// Hostile text stays within its line and its cell, and formats nothing.
func TestMarkdownIsInert(t *testing.T) {
	t.Parallel()
	out := written(t, check.FormatMarkdown, check.Build(hostile()))
	escapes, codeSpans := regexp.MustCompile(`\\[^a-zA-Z0-9]`), regexp.MustCompile("`[^`\n]*`")
	left := strings.ReplaceAll(codeSpans.ReplaceAllString(escapes.ReplaceAllString(out, ""), ""), "<!-- -->", "")
	assert.False(t, strings.ContainsAny(left, "<>[]`~@\\$"), "markup is left")
	assert.False(t, strings.Contains(left, "://"), "no link by itself")
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "| ") {
			assert.Equal(t, 7, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
		}
	}
}

// suites is JUnit XML as its readers take it.
type suites struct {
	Suites []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Out      string `xml:"system-out"`
		Cases    []struct {
			Name    string      `xml:"name,attr"`
			Class   string      `xml:"classname,attr"`
			Failure []junitPart `xml:"failure"`
			Error   []junitPart `xml:"error"`
			Skipped []junitPart `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type junitPart struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	var told []string
	var got suites
	require.NoError(t, xml.Unmarshal([]byte(written(t, check.FormatJUnit, check.Build(mixed()))), &got))
	for _, s := range got.Suites {
		for _, c := range s.Cases {
			what := "pass"
			switch {
			case len(c.Failure) > 0:
				what = "fail " + c.Failure[0].Type
			case len(c.Error) > 0:
				what = "error"
			case len(c.Skipped) > 0:
				what = "skipped " + c.Skipped[0].Message
			}
			told = append(told, s.Name+" "+c.Class+" "+path.Base(c.Name)+": "+what)
		}
	}
	assert.Equal(t, []string{
		"check answer www.shop.example: pass", "check answer app.css: error",
		"check ST003 app.js?token=***: fail blocker", "check TTL007 app.js?token=***: pass",
		"check TTL008 sale?v=8: skipped in the baseline: no explicit lifetime",
		"check VAR001 sale?v=8: skipped waived: the A/B test of this week (web, until 2026-11-30)",
		"check ST003 cart.js: fail blocker", "check TTL007 cart.js: pass",
		"eu-west answer hero.avif: error", "eu-west EDGE002 eu-west: fail error",
	}, told)
	assert.Contains(t, got.Suites[0].Cases[2].Failure[0].Text, "\nSet-Cookie: sid=***; Path=/\nfix: strip")
	assert.Equal(t, 2, strings.Count(got.Suites[0].Out, "TTL007 warning https://www.shop.example/js/"))
	assert.Contains(t, got.Suites[0].Out, "cart.js: no explicit lifetime, Last-Modified is 3 days ago\nLast-Modified: Fri, 20 Nov")
	in := mixed()
	in.Criteria.FailOn = check.Never
	out := written(t, check.FormatJUnit, check.Build(in))
	assert.NotContains(t, out, "<failure")
}

// The counts of every JUnit file are those of its cases, and hostile text stays within its element.
func TestJUnitIsWhole(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]check.Input{"single": single(), "mixed": mixed(), "bare": bare(), "hostile": hostile()} {
		var got suites
		require.NoError(t, xml.Unmarshal([]byte(written(t, check.FormatJUnit, check.Build(in))), &got), name)
		for _, s := range got.Suites {
			var sum [4]int
			for _, c := range s.Cases {
				assert.LessOrEqual(t, len(c.Failure)+len(c.Error)+len(c.Skipped), 1, name)
				assert.NotEmpty(t, c.Name, name)
				sum[0]++
				sum[1] += len(c.Failure)
				sum[2] += len(c.Error)
				sum[3] += len(c.Skipped)
			}
			assert.Equal(t, [4]int{s.Tests, s.Failures, s.Errors, s.Skipped}, sum, name)
		}
	}
}

// A command of GitHub Actions is one line; what is foreign in it ends nothing and adds nothing.
func TestGitHubAnnotations(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile(`^::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*,)*title=[^,:\r\n]*)::[^\r\n]+$`)
	escapes := regexp.MustCompile(`%(25|0A|0D|3A|2C)`)
	for name, in := range map[string]check.Input{"single": single(), "mixed": mixed(), "bare": bare(), "hostile": hostile()} {
		lines := strings.Split(strings.TrimSuffix(written(t, check.FormatGitHub, check.Build(in)), "\n"), "\n")
		for _, line := range lines[:len(lines)-1] {
			if strings.HasPrefix(line, "::") {
				assert.Regexp(t, command, line, name)
				assert.NotContains(t, escapes.ReplaceAllString(line, ""), "%", name)
			} else {
				assert.Regexp(t, `^\d+ annotations? more: `, line, name)
			}
		}
		assert.Regexp(t, `^(FAIL|INCONCLUSIVE)  `, lines[len(lines)-1], name)
	}
	out := written(t, check.FormatGitHub, check.Build(mixed()))
	assert.Contains(t, out, "::error file=launch.yaml,line=20,title=inconclusive::https://static.shop.example/app.css: no such host")
	assert.Contains(t, out, "::error title=EDGE002 error::eu-west: 18 of 20 critical cells hit, 90.0 %25;")
	assert.NotContains(t, out, "VAR001", "waived")
}

// The fields of GitLab's code quality report are those that its documentation names.
func TestGitLabCodeQuality(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]check.Input{"single": single(), "mixed": mixed(), "bare": bare(), "hostile": hostile()} {
		var issues []struct {
			Description string `json:"description"`
			CheckName   string `json:"check_name"`
			Fingerprint string `json:"fingerprint"`
			Severity    string `json:"severity"`
			Location    struct {
				Path  string `json:"path"`
				Lines struct {
					Begin int `json:"begin"`
				} `json:"lines"`
			} `json:"location"`
		}
		dec := json.NewDecoder(strings.NewReader(written(t, check.FormatGitLab, check.Build(in))))
		dec.DisallowUnknownFields()
		require.NoError(t, dec.Decode(&issues), name)
		seen := map[string]bool{}
		for _, i := range issues {
			assert.False(t, seen[i.Fingerprint], "a fingerprint is unique")
			seen[i.Fingerprint] = true
			assert.NotEmpty(t, i.Description, name)
			assert.NotEmpty(t, i.CheckName, name)
			assert.Contains(t, []string{"info", "minor", "major", "critical", "blocker"}, i.Severity, name)
			assert.False(t, i.Location.Path == "" || path.IsAbs(i.Location.Path) || strings.HasPrefix(i.Location.Path, "./"), name)
			assert.Positive(t, i.Location.Lines.Begin, name)
		}
		assert.Len(t, issues, map[string]int{"single": 2, "mixed": 5, "bare": 0, "hostile": 1}[name], name)
	}
}

func TestTextOfManyIsShort(t *testing.T) {
	t.Parallel()
	out := written(t, check.FormatText, check.Build(mixed()))
	assert.NotContains(t, out, "stale-if-error", "one answer alone is told in full")
	assert.Contains(t, out, "  suppressed  1 finding waived: VAR001 1\n              1 finding in the baseline\n")
	assert.Contains(t, out, "  next        edgeprime explain ST003\n")
	assert.Contains(t, out, "      Set-Cookie: sid=***; Path=/\n      ^^^^^^^^^^^^^^^^^^^\n")
	assert.Less(t, strings.Index(out, "ST003 blocker"), strings.Index(out, "EDGE002 error"))
	assert.Less(t, strings.Index(out, "EDGE002 error"), strings.Index(out, "TTL007 warning"))
}
