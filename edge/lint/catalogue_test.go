package lint_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
)

var update = flag.Bool("update", false, "write RULES.md anew")

// frozen are the ids that were ever given, by family: never renumbered, never given again. STL005
// was dropped.
func frozen() []string {
	var ids []string
	for _, family := range []struct {
		prefix string
		last   int
	}{
		{"DAT", 6},
		{"EDGE", 13},
		{"ENC", 4},
		{"ERR", 8},
		{"GRP", 2},
		{"KEY", 6},
		{"LEN", 3},
		{"PAR", 20},
		{"REG", 9},
		{"RNG", 5},
		{"SEC", 4},
		{"ST", 18},
		{"STL", 6},
		{"TGT", 10},
		{"TTL", 16},
		{"VAL", 11},
		{"VAR", 12},
	} {
		for i := 1; i <= family.last; i++ {
			if id := fmt.Sprintf("%s%03d", family.prefix, i); id != "STL005" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// severities are those of the rules that are no errors. A rule with milder cases has the worst.
func severities() map[lint.Severity]string {
	return map[lint.Severity]string{
		lint.Blocker: "EDGE001 EDGE003 ERR001 REG001 SEC001 SEC002 ST001 ST002 ST003 ST007 ST014 TGT001 TTL001 VAL006 VAR002 VAR008",
		lint.Warning: "DAT001 DAT003 DAT004 EDGE005 EDGE006 EDGE007 EDGE011 EDGE013 ENC001 ENC004 ERR004 ERR005 GRP001 GRP002 KEY001 KEY002 KEY003 " +
			"KEY005 KEY006 LEN001 LEN003 PAR006 PAR007 PAR008 PAR009 PAR018 PAR020 REG006 REG008 REG009 RNG002 RNG003 SEC004 ST008 ST010 ST011 ST018 " +
			"STL001 STL002 TGT005 TGT006 TTL003 TTL004 TTL007 TTL009 TTL010 TTL013 TTL014 VAL001 VAL007 VAL008 VAL009 VAR003 VAR009 VAR010",
		lint.Note: "DAT005 DAT006 EDGE008 EDGE010 EDGE012 ENC002 KEY004 PAR010 PAR012 PAR016 PAR019 RNG005 ST013 STL004 STL006 TGT007 TGT009 TGT010 " +
			"TTL006 TTL012 TTL015 TTL016 VAL002 VAL011 VAR004 VAR011",
	}
}

// static are the rules that one recorded answer decides.
func static(id string) bool {
	for _, family := range []struct{ prefix, first, last string }{
		{"ST", "001", "013"},
		{"TTL", "003", "012"},
		{"PAR", "001", "999"},
		{"TGT", "001", "005"},
		{"VAR", "001", "005"},
		{"VAL", "001", "003"},
		{"VAL", "010", "010"},
		{"STL", "003", "003"},
		{"DAT", "001", "001"},
	} {
		if number, ok := strings.CutPrefix(id, family.prefix); ok && number >= family.first && number <= family.last {
			return true
		}
	}
	return false
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	want := map[string]lint.Severity{}
	for _, id := range frozen() {
		want[id] = lint.Error
	}
	for severity, ids := range severities() {
		for id := range strings.FieldsSeq(ids) {
			require.Contains(t, want, id)
			want[id] = severity
		}
	}
	got := map[string]lint.Severity{}
	for _, r := range lint.Rules() {
		assert.NotContains(t, got, r.ID, "an id is given once")
		got[r.ID] = r.Severity
		assert.Equal(t, static(r.ID), r.Static, r.ID)
		assert.NotEmpty(t, r.Scope, r.ID)
		assert.False(t, r.Static && len(r.Needs) > 0, "%s is decided by one answer and needs a probe", r.ID)
	}
	assert.Equal(t, want, got)
}

// TestEveryRuleFiresAndIsSilent asks for both kinds of rows.
func TestEveryRuleFiresAndIsSilent(t *testing.T) {
	t.Parallel()
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, row := range ruleRows() {
		if row.fire {
			fires[row.rule] = true
		} else {
			silent[row.rule] = true
		}
	}
	for _, r := range lint.Rules() {
		assert.True(t, fires[r.ID], "%s has no row in which it complains", r.ID)
		assert.True(t, silent[r.ID], "%s has no row in which it is silent", r.ID)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	r, ok := lint.Find("edge011")
	require.True(t, ok)
	assert.Equal(t, `EDGE011  warning  miss at the edge and hit at a parent

  why      the origin is spared, but visitors wait for the way to the parent
  fix      prime the edge itself: ask it until it hits
  reads    one answer
  presets  recommended, strict
  source   edgeprime
`, r.Explain())
	r = lint.Rule{
		ID: "X001", Severity: lint.Note, Title: "t", Why: "w", Fix: "f", Source: "s", Scope: lint.ScopeProbes, Static: true,
		Needs: []lint.Probe{lint.ProbeAgain, lint.ProbeGzip}, Profiles: []string{"nginx", "varnish"},
	}
	assert.Equal(t, `X001  note  t

  why      w
  fix      f
  reads    an answer and its probes, recorded or live
  probes   again, gzip
  caches   nginx, varnish
  presets  strict, static-only
  source   s
`, r.Explain())
}

// TestRulesPage compares RULES.md with the catalogue; both list what explain does.
func TestRulesPage(t *testing.T) {
	t.Parallel()
	got := page()
	if *update {
		require.NoError(t, os.WriteFile("RULES.md", []byte(got), 0o600))
	}
	want, err := os.ReadFile("RULES.md")
	require.NoError(t, err, "run the test with -update")
	assert.True(t, string(want) == got, "RULES.md is not the catalogue; when the catalogue is right, run the test with -update")
	var ids []string
	for line := range strings.Lines(string(want)) {
		if id, ok := strings.CutPrefix(line, "### "); ok {
			ids = append(ids, strings.TrimSpace(id))
		}
	}
	var explained []string
	for _, r := range lint.Rules() {
		id, _, _ := strings.Cut(r.Explain(), " ")
		explained = append(explained, id)
	}
	assert.Equal(t, explained, ids)
	assert.True(t, slices.IsSorted(ids))
}

// page writes RULES.md.
func page() string {
	var b strings.Builder
	b.WriteString("# Rules\n\n" +
		"The rules of package lint, sorted by id. `edgeprime explain ST003` shows one of them. This page is made from the catalogue\n" +
		"by `go test ./edge/lint -update`.\n\n" +
		"An asset is critical when a launch depends on it: documents, style sheets and scripts that block rendering, preloads, fonts,\n" +
		"candidates for the largest paint, and every input of `check` unless a manifest says otherwise. Preset recommended has the rules of\n" +
		"severity warning and above, strict has all, static-only those that one recorded answer decides. A level in the launch file\n" +
		"switches a rule on, off or to another severity.\n")
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "\n### %s\n\n**%s**: %s\n\n", r.ID, r.Severity, escaped(r.Title))
		for _, fact := range r.Facts() {
			fmt.Fprintf(&b, "- %s: %s\n", fact[0], escaped(fact[1]))
		}
	}
	return b.String()
}

// escaped keeps text from being read as Markdown.
func escaped(text string) string {
	return strings.NewReplacer("*", `\*`, "<", "&lt;", "_", `\_`).Replace(text)
}
