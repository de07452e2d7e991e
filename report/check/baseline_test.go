package check_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/check"
)

// judged is a check of one answer with findings.
func judged(b *check.Baseline, strict bool, findings ...lint.Finding) *check.Check {
	a := good("1", "https://www.example/a")
	a.Findings = check.Findings(findings)
	for i := range a.Findings {
		a.Findings[i].URL = a.URL
	}
	return check.Build(check.Input{Head: head(), Answers: []check.Answer{a}, Criteria: check.Criteria{Baseline: b, Strict: strict, Now: began()}})
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	bad := lint.Finding{Rule: "ST009", Severity: lint.Error, Message: "no-cache"}
	mild := lint.Finding{Rule: "ST009", Severity: lint.Warning, Message: "no-cache"}
	worse := lint.Finding{Rule: "ST009", Severity: lint.Blocker, Message: "no-cache"}
	other := lint.Finding{Rule: "ST006", Severity: lint.Error, Message: "not storable"}
	words := bad
	words.Message = "max-age=0"
	for name, c := range map[string]struct {
		before, now lint.Finding
		state       check.State
		exit, gone  int
	}{
		"the same":        {bad, bad, check.StateUnchanged, 0, 0},
		"other words":     {bad, words, check.StateUpdated, 0, 0},
		"milder":          {bad, mild, check.StateUpdated, 0, 0},
		"worse":           {mild, bad, check.StateNew, 3, 0},
		"another":         {other, bad, check.StateNew, 3, 1},
		"now a blocker":   {bad, worse, check.StateNew, 3, 0},
		"always a danger": {worse, worse, check.StateNew, 3, 0},
	} {
		b := check.NewBaseline(judged(nil, false, c.before))
		got := judged(b, false, c.now)
		assert.Equal(t, c.state, got.Answers[0].Findings[0].State, name)
		assert.Equal(t, c.exit, got.ExitCode, name)
		assert.Len(t, got.Gone, c.gone, name)
		assert.Equal(t, c.gone, got.Absent, name)
	}
	none := judged(nil, false, bad)
	assert.Empty(t, none.Answers[0].Findings[0].State, "no state without a baseline")
}

func TestStrictBaseline(t *testing.T) {
	t.Parallel()
	b := check.NewBaseline(judged(nil, false, lint.Finding{Rule: "ST008", Severity: lint.Warning}))
	assert.Equal(t, 0, judged(b, false).ExitCode)
	got := judged(b, true)
	assert.Equal(t, 3, got.ExitCode)
	assert.Equal(t, []string{"1 finding of the baseline gone: write it anew, so that they stay away"}, got.Reasons)
	assert.Equal(t, 0, judged(b, true, lint.Finding{Rule: "ST008", Severity: lint.Warning}).ExitCode)
}

// What could not be judged is not gone.
func TestUnjudgedIsNotGone(t *testing.T) {
	t.Parallel()
	b := check.NewBaseline(judged(nil, false, lint.Finding{Rule: "ST008", Severity: lint.Warning}))
	failed := refused("1", "https://www.example/a")
	failed.Critical = false
	in := check.Input{Head: head(), Answers: []check.Answer{failed, good("2", "https://www.example/b")}, Criteria: check.Criteria{Baseline: b, Strict: true}}
	c := check.Build(in)
	assert.Empty(t, c.Gone)
	assert.Equal(t, 0, c.ExitCode)
}

func TestBaselineFile(t *testing.T) {
	t.Parallel()
	c := check.Build(mixed())
	b := check.NewBaseline(c)
	for _, k := range b.Findings {
		assert.NotEqual(t, lint.Blocker, k.Severity, "blockers never enter")
		assert.NotEqual(t, "VAR001", k.Rule, "what is waived has its own file")
	}
	var file recorder
	require.NoError(t, check.WriteBaseline(&file, b))
	assert.NotContains(t, string(file), "s3cret")
	read, err := check.ReadBaseline(strings.NewReader(string(file)), "cloudflare")
	require.NoError(t, err)
	assert.Equal(t, b, read)
	again := mixed()
	again.Criteria.Baseline = read
	got := check.Build(again)
	assert.Equal(t, check.Tally{Blocker: 2}, got.Counting)
	assert.Equal(t, len(b.Findings), got.Excused)
	var same recorder
	require.NoError(t, check.WriteBaseline(&same, check.NewBaseline(got)))
	assert.Equal(t, string(file), string(same), "a baseline of the same answers is the same")
}

func TestReadBaselineRefuses(t *testing.T) {
	t.Parallel()
	const again = "; write it anew with --write-baseline"
	for name, c := range map[string]struct{ file, want string }{
		"empty":          {"", "check: this is no baseline: EOF" + again},
		"no JSON":        {"<html>", "check: this is no baseline: invalid character '<' looking for beginning of value" + again},
		"a list":         {"[]", "check: this is no baseline: json: cannot unmarshal array"},
		"no schema":      {"{}", `check: the baseline has schema version "", not 1.x` + again},
		"another schema": {`{"schema_version":"2.0"}`, `check: the baseline has schema version "2.0", not 1.x` + again},
		"a report":       {`{"schema_version":"1.0","verdict":"READY"}`, `check: the baseline was made under profile "", this check has "nginx"` + again},
		"profile":        {`{"schema_version":"1.0","profile":"squid"}`, `check: the baseline was made under profile "squid", this check has "nginx"` + again},
		"no key":         {`{"schema_version":"1.0","profile":"nginx","findings":[{"rule":"X","severity":"error"}]}`, "check: finding 1 of the baseline has no key, rule or severity" + again},
		"severity":       {`{"schema_version":"1.0","profile":"nginx","findings":[{"key":"k","rule":"X","severity":"bad"}]}`, "finding 1 of the baseline has no key, rule or severity"},
		"two documents":  {`{"schema_version":"1.0","profile":"nginx"}{}`, "check: this is no baseline: something follows its end" + again},
	} {
		_, err := check.ReadBaseline(strings.NewReader(c.file), "nginx")
		require.ErrorContains(t, err, c.want, name)
	}
	_, err := check.ReadBaseline(strings.NewReader(`{"schema_version":"1.4","profile":"nginx","new":1}`), "nginx")
	require.NoError(t, err, "a minor adds")
	_, err = check.ReadBaseline(iotest.ErrReader(errors.New("disk")), "nginx")
	require.EqualError(t, err, "check: baseline: disk")
	_, err = check.ReadBaseline(strings.NewReader(strings.Repeat(" ", check.MaxBaseline+1)), "nginx")
	require.EqualError(t, err, "check: the baseline is larger than 64 MiB")
}
