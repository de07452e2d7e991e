package check_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/check"
)

// finds is an answer with findings of the given severities.
func finds(severities ...lint.Severity) check.Answer {
	a := good("1", "https://www.example/")
	for _, s := range severities {
		a.Findings = append(a.Findings, check.Finding{Finding: lint.Finding{Rule: "ST008", Severity: s, URL: a.URL}})
	}
	return a
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	failed, unknown := refused("2", "https://www.example/2"), good("3", "https://www.example/3")
	unknown.Unknown = []string{"the edge's own lifetime"}
	mild := refused("4", "https://www.example/4")
	mild.Critical = false
	for name, c := range map[string]struct {
		answers []check.Answer
		failOn  lint.Severity
		want    int
	}{
		"nothing":                     {nil, "", 5},
		"good":                        {[]check.Answer{good("1", "u")}, "", 0},
		"note":                        {[]check.Answer{finds(lint.Note)}, "", 0},
		"warning":                     {[]check.Answer{finds(lint.Note, lint.Warning)}, "", 0},
		"error":                       {[]check.Answer{finds(lint.Warning, lint.Error)}, "", 3},
		"blocker":                     {[]check.Answer{finds(lint.Blocker)}, "", 3},
		"error, fails on blockers":    {[]check.Answer{finds(lint.Error)}, lint.Blocker, 0},
		"blocker, fails on blockers":  {[]check.Answer{finds(lint.Blocker)}, lint.Blocker, 3},
		"warning, fails on warnings":  {[]check.Answer{finds(lint.Warning)}, lint.Warning, 3},
		"note, fails on notes":        {[]check.Answer{finds(lint.Note)}, lint.Note, 3},
		"blocker, never fails":        {[]check.Answer{finds(lint.Blocker)}, check.Never, 0},
		"no answer":                   {[]check.Answer{good("1", "u"), failed}, "", 5},
		"unknown":                     {[]check.Answer{good("1", "u"), unknown}, "", 5},
		"no answer, never fails":      {[]check.Answer{failed}, check.Never, 5},
		"failure outranks unknown":    {[]check.Answer{failed, finds(lint.Error)}, "", 3},
		"no answer, not critical":     {[]check.Answer{good("1", "u"), mild}, "", 0},
		"only one that is not needed": {[]check.Answer{mild}, "", 5},
	} {
		got := check.Build(check.Input{Answers: c.answers, Criteria: check.Criteria{FailOn: c.failOn, Now: began()}})
		assert.Equal(t, c.want, got.ExitCode, name)
		assert.Equal(t, got.ExitCode, got.Verdict.ExitCode(), name)
		assert.NotEmpty(t, got.Reasons, name)
	}
}

func TestParseFailOn(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]lint.Severity{
		"": lint.Error, "error": lint.Error, "warn": lint.Warning, "warning": lint.Warning, "note": lint.Note, "blocker": lint.Blocker, "never": check.Never,
	} {
		got, err := check.ParseFailOn(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got, in)
	}
	_, err := check.ParseFailOn("off")
	assert.EqualError(t, err, `check: fail level "off" is none: set blocker, error, warning, note or never`)
}

// A stream of lines comes to the same decision as a document.
func TestLinesDecideAsBuildDoes(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]func() check.Input{"mixed": mixed, "single": single, "bare": bare, "hostile": hostile} {
		one, other := in(), in()
		one.Sets = nil
		c := check.Build(one)
		var b recorder
		lines := check.NewLines(&b, other.Criteria)
		for i := range other.Answers {
			require.NoError(t, lines.Write(&other.Answers[i]))
		}
		require.NoError(t, lines.Flush())
		assert.Equal(t, c.Decision, lines.Decision(), name)
		assert.Equal(t, c.ExitCode, lines.Decision().ExitCode(), name)
		assert.Equal(t, c.Warnings, lines.Warnings(), name)
		assert.Equal(t, c.Gone, lines.Gone(), name)
		if name != "hostile" { // whose paths are told relative to nothing
			assert.Equal(t, written(t, check.FormatJSONL, c), string(b), name)
		}
	}
}

// recorder keeps what is written to it.
type recorder []byte

func (r *recorder) Write(p []byte) (int, error) {
	*r = append(*r, p...)
	return len(p), nil
}

func TestFindingsOverSetsFindTheirAnswer(t *testing.T) {
	t.Parallel()
	a, b := good("1", "https://www.example/a"), good("2", "https://www.example/a")
	a.Region, a.Vantage, b.Region, b.Vantage = "eu", "fra", "us", "iad"
	c := check.Build(check.Input{
		Answers: []check.Answer{a, b},
		Sets: check.Findings([]lint.Finding{
			{Rule: "REG001", Severity: lint.Blocker, URL: a.URL, Region: "us", Vantage: "iad"},
			{Rule: "REG002", Severity: lint.Error, URL: a.URL},
			{Rule: "REG006", Severity: lint.Warning, URL: a.URL, Region: "ap"},
			{Rule: "EDGE002", Severity: lint.Error, Region: "eu"},
		}),
	})
	rules := func(list []check.Finding) (ids []string) {
		for _, f := range list {
			ids = append(ids, f.Rule)
			assert.Len(t, f.Key, 64)
		}
		return ids
	}
	assert.Equal(t, []string{"REG002"}, rules(c.Answers[0].Findings))
	assert.Equal(t, []string{"REG001"}, rules(c.Answers[1].Findings))
	assert.Equal(t, []string{"REG006", "EDGE002"}, rules(c.Findings))
	assert.Equal(t, check.Tally{Blocker: 1, Error: 2, Warning: 1}, c.Counting)
}

func TestKey(t *testing.T) {
	t.Parallel()
	key := func(f lint.Finding) string {
		a := good("1", f.URL)
		a.Findings = check.Findings([]lint.Finding{f})
		return check.Build(check.Input{Answers: []check.Answer{a}}).Answers[0].Findings[0].Key
	}
	nameless := func(id string) string {
		a := good(id, "")
		a.Findings = check.Findings([]lint.Finding{{Rule: "ST008"}})
		return check.Build(check.Input{Answers: []check.Answer{a}}).Answers[0].Findings[0].Key
	}
	assert.NotEqual(t, nameless("1"), nameless("2"), "without a URL the id tells")
	base := lint.Finding{Rule: "ST008", URL: "https://u:p@www.example/a?b=1&token=x#f", Region: "eu", Profile: "nginx", Message: "m", Variant: "br"}
	for name, c := range map[string]struct {
		change func(*lint.Finding)
		same   bool
	}{
		"message":     {func(f *lint.Finding) { f.Message = "n" }, true},
		"severity":    {func(f *lint.Finding) { f.Severity = lint.Error }, true},
		"evidence":    {func(f *lint.Finding) { f.Evidence = []string{"ETag: x"} }, true},
		"variant":     {func(f *lint.Finding) { f.Variant = "gzip" }, true},
		"query value": {func(f *lint.Finding) { f.URL = "https://u:q@www.example/a?b=2&token=y" }, true},
		"query key":   {func(f *lint.Finding) { f.URL = "https://u:p@www.example/a?c=1&token=x" }, false},
		"path":        {func(f *lint.Finding) { f.URL = "https://u:p@www.example/A?b=1&token=x" }, false},
		"rule":        {func(f *lint.Finding) { f.Rule = "ST009" }, false},
		"region":      {func(f *lint.Finding) { f.Region = "us" }, false},
		"profile":     {func(f *lint.Finding) { f.Profile = "squid" }, false},
		"shifted":     {func(f *lint.Finding) { f.Region, f.Profile = "", "eunginx" }, false},
	} {
		other := base
		c.change(&other)
		assert.Equal(t, c.same, key(base) == key(other), name)
	}
}

func TestPlacesAreRelativeToTheRoot(t *testing.T) {
	t.Chdir(t.TempDir())
	for file, want := range map[string]string{
		"launch.yaml": "launch.yaml", "./a/../b.yaml": "b.yaml", "../x.yaml": "../x.yaml", "": "", "/elsewhere/x": "/elsewhere/x",
	} {
		a := good("1", "u")
		a.Place.File = file
		c := check.Build(check.Input{Answers: []check.Answer{a}, Root: mustAbs(t, ".")})
		assert.Equal(t, want, c.Answers[0].Place.File, file)
	}
	a := good("1", "u")
	a.Place.File = mustAbs(t, "sub/launch.yaml")
	assert.Equal(t, "launch.yaml", check.Build(check.Input{Answers: []check.Answer{a}, Root: mustAbs(t, "sub")}).Answers[0].Place.File)
}

func TestCredentialsAreHidden(t *testing.T) {
	t.Parallel()
	in := hostile()
	for i := range in.Answers {
		in.Answers[i].ID = "an id is the caller's own"
	}
	c := check.Build(in)
	for _, format := range check.Formats() {
		assert.False(t, strings.Contains(written(t, format, c), "hunter2"), format)
	}
	single := check.Build(single())
	f := single.Answers[0].Findings[0]
	assert.Equal(t, "Set-Cookie: sid=***; Path=/", f.Evidence[1])
	assert.Equal(t, &lint.Span{Line: 1, Start: 0, End: len("Set-Cookie: sid=***")}, f.At)
}

func TestLaunchIsTold(t *testing.T) {
	t.Parallel()
	in := single()
	assert.Contains(t, written(t, check.FormatText, check.Build(in)), "\nlaunch 2026-11-25 14:12:07 UTC, primed 2026-11-25 13:12:07 UTC, warm until")
	in.Head.LaunchAt, in.Head.PrimedAt, in.Head.WarmUntil = time.Time{}, time.Time{}, time.Time{}
	out := written(t, check.FormatText, check.Build(in))
	assert.NotContains(t, out, "UTC\n\nFAIL")
	assert.NotContains(t, written(t, check.FormatJSON, check.Build(in)), "launch_at")
}

func TestSourceIsNamed(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{"-": "standard input", "": "headers", "launch.yaml": "launch.yaml"} {
		in := single()
		in.Head.Source = source
		assert.True(t, strings.HasPrefix(written(t, check.FormatText, check.Build(in)), want+"  judged for cloudflare, "), source)
		assert.Contains(t, written(t, check.FormatMarkdown, check.Build(in)), ": cache headers of "+want+"\n")
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	err := check.Write(&recorder{}, "html", check.Build(single()))
	assert.EqualError(t, err, `check: there is no format "html": choose one of text, json, jsonl, markdown, junit, sarif, github, gitlab`)
}

// A region's only vantage mostly has the region's name, which is said once.
func TestVantageOfTheRegionsNameIsNotSaid(t *testing.T) {
	t.Parallel()
	for vantage, want := range map[string]string{"eu-west": "chromium eu-west\n", "eu-west-2": "chromium eu-west eu-west-2\n"} {
		a := finds(lint.Error)
		f := &a.Findings[0]
		f.Variant, f.Region, f.Vantage = "chromium", "eu-west", vantage
		a.Variant, a.Region, a.Vantage = f.Variant, f.Region, f.Vantage
		out := written(t, check.FormatText, check.Build(check.Input{Answers: []check.Answer{a}}))
		assert.Contains(t, out, "  at   https://www.example/ "+want)
		assert.Contains(t, out, "critical, "+strings.ReplaceAll(strings.TrimSpace(want), " ", ", ")+", launch.yaml:14\n")
	}
}

// The next step is about what is missing: an answer, or what headers do not show.
func TestNextStepFitsWhatIsMissing(t *testing.T) {
	t.Parallel()
	const reach, declare = "find out why there is no answer", "declared with --edge-ttl"
	failed, unknown := refused("1", "https://www.example/1"), good("2", "https://www.example/2")
	unknown.Unknown = []string{"the edge's own lifetime"}
	mild := refused("3", "https://www.example/3")
	mild.Critical = false
	for name, c := range map[string]struct {
		answers        []check.Answer
		reach, declare bool
	}{
		"good":                    {[]check.Answer{good("1", "u")}, false, false},
		"no answer":               {[]check.Answer{failed}, true, false},
		"unknown":                 {[]check.Answer{unknown}, false, true},
		"both":                    {[]check.Answer{failed, unknown}, true, true},
		"no answer, not critical": {[]check.Answer{good("1", "u"), mild}, false, false},
	} {
		out := written(t, check.FormatText, check.Build(check.Input{Answers: c.answers}))
		assert.Equal(t, c.reach, strings.Contains(out, reach), name)
		assert.Equal(t, c.declare, strings.Contains(out, declare), name)
	}
}
