package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// ruleRow is one answer and whether one rule complains about it. Zero fields are a critical style
// sheet that answers 200 to a GET, judged without a window, by RFC 9111, under preset strict.
type ruleRow struct {
	rule string
	why  string // what makes this row different from its neighbours
	fire bool

	header   string // of the answer: "Name: value" lines parted by |
	status   int
	sent     string // of the request
	url      string
	kind     crawl.Kind
	priority crawl.Priority
	profile  policy.Profile
	window   lint.Window
	config   lint.Config
	edit     func(*lint.Response) // what the fields above do not reach
	// probes are what the rule compares the answer with.
	probes map[lint.Probe]*edge.Observation
	// findings replaces the judgement of one answer, for rules over cells, URLs and sets.
	findings func(*lint.Linter) []lint.Finding

	severity lint.Severity // of the finding; empty means the rule's own
	at       string        // what the finding's place must quote; empty means that it is not looked at
	fix      string        // what the finding's fix must contain
}

// ruleRows are the rows of all families.
func ruleRows() []ruleRow {
	return slices.Concat(
		stRows(), ttlRows(), parRows(), tgtRows(), stlRows(), datRows(), errRows(),
		varRows(), keyRows(), valRows(), rngRows(), encRows(), lenRows(), secRows(), grpRows(),
		edgeRows(), regRows(), setRows(),
	)
}

// judge returns what the linter finds in the row.
func (r ruleRow) judge(tb testing.TB) []lint.Finding {
	tb.Helper()
	if r.profile.Name == "" {
		r.profile = policy.RFC9111()
	}
	if r.config.Preset == "" {
		r.config.Preset = lint.Strict
	}
	l, err := lint.New(r.config, r.profile)
	require.NoError(tb, err)
	if r.findings != nil {
		return r.findings(l)
	}
	response := r.response()
	return slices.Concat(l.Response(response), l.Probes(response, r.probes))
}

// response is the answer of the row.
func (r ruleRow) response() lint.Response {
	if r.status == 0 {
		r.status = 200
	}
	a := asset()
	o := observe(r.status, r.header)
	o.Sent = observe(0, r.sent).Header
	if r.url != "" {
		a.URL, o.URL = r.url, r.url
	}
	if r.kind != "" {
		a.Kind = r.kind
	}
	if r.priority != "" {
		a.Priority = r.priority
	}
	response := lint.Response{Asset: a, Observation: o, Window: r.window}
	if r.edit != nil {
		r.edit(&response)
	}
	return response
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, row := range ruleRows() {
		name := strings.Join([]string{row.rule, row.why, row.header}, ": ")
		rule, ok := lint.Find(row.rule)
		require.True(t, ok, name)
		found := row.judge(t)
		i := slices.IndexFunc(found, func(f lint.Finding) bool { return f.Rule == row.rule })
		if !assert.Equal(t, row.fire, i >= 0, name) || i < 0 {
			continue
		}
		f := found[i]
		if row.severity == "" {
			row.severity = rule.Severity
		}
		assert.Equal(t, row.severity, f.Severity, name)
		assert.NotEmpty(t, f.Message, name)
		assert.Contains(t, f.Fix, row.fix, name)
		if row.at != "" {
			assert.Equal(t, row.at, quoted(f), name)
		}
	}
}

// quoted is what the finding's place points at.
func quoted(f lint.Finding) string {
	if f.At == nil {
		return ""
	}
	return f.Evidence[f.At.Line][f.At.Start:f.At.End]
}

// named is a profile as its owner declares it.
func named(name string, declared ...policy.Settings) policy.Profile {
	p, _ := policy.Named(name)
	for _, s := range declared {
		p = p.With(s)
	}
	return p
}
