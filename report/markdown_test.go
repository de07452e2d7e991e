package report_test

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report"
)

func inf() float64 { return math.Inf(1) }

func markdown(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.WriteMarkdown(&b, r))
	return b.String()
}

func TestMarkdownGolden(t *testing.T) {
	for name, r := range map[string]*report.Report{
		"not-ready.md": sample(), "ready.md": ready(), "bare.md": bare(), "hostile.md": hostile(),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, []byte(markdown(t, r))) })
	}
}

// Hostile text stays within its line and its cell, and formats nothing.
func TestMarkdownIsInert(t *testing.T) {
	stopped := sample()
	stopped.Run.StoppedBecause = "x"
	plain, out := markdown(t, stopped), markdown(t, hostile())
	checkInert(t, plain)
	if strings.Contains(out, "hunter2") {
		t.Error("a secret is left")
	}
	// What remains without escapes and code spans is ours.
	escapes, codeSpans := regexp.MustCompile(`\\[^a-zA-Z0-9]`), regexp.MustCompile("`[^`\n]*`")
	left := strings.ReplaceAll(codeSpans.ReplaceAllString(escapes.ReplaceAllString(out, ""), ""), "<!-- -->", "")
	checkInert(t, left)
	assert.False(t, strings.ContainsAny(left, "<>[]`~@\\$"), "markup is left")
	assert.NotContains(t, left, "://", "no link by itself")
	assert.Equal(t, strings.Count(plain, "\n"), strings.Count(out, "\n"), "no line more")
	for line := range strings.SplitSeq(out, "\n") {
		if strings.HasPrefix(line, "|") {
			assert.Equal(t, 11, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
		}
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	r := sample()
	for range 3000 {
		r.Missing = append(r.Missing, report.MissingCells{Vantage: "x", Reason: strings.Repeat("long ", 100), Total: 9, URLs: []string{"a", "b"}})
		r.Problems = append(r.Problems, crawl.Problem{Problem: "p"})
	}
	out := markdown(t, r)
	assert.LessOrEqual(t, len(out), 1<<20)
	assert.Greater(t, len(out), 1<<20-8<<10)
	assert.InDelta(t, strings.Count(out, "\n- x: "), strings.Count(out, "\n  - `a`"), 1, "nothing follows what was left out")
	full := r
	full.Missing = full.Missing[:1]
	lines := strings.Count(markdown(t, full), "\n") + 3000*4
	left := lines - strings.Count(out, "\n") + 2
	assert.Contains(t, out, "\n_"+strconv.Itoa(left)+" lines left out: this report is cut at 1 MiB.")
	assert.Contains(t, markdown(t, full), "- and 2902 more problems\n")
}

func TestMarkdownVerdict(t *testing.T) {
	r := ready()
	assert.True(t, strings.HasPrefix(markdown(t, r), "## ✅ READY: spring-sale\n"))
	assert.True(t, strings.HasPrefix(markdown(t, sample()), "## ❌ NOT READY: spring-sale\n"))
	r = bare()
	r.Run.StoppedBecause = "out of time"
	out := markdown(t, r)
	assert.True(t, strings.HasPrefix(out, "## ❔ INCONCLUSIVE (INCOMPLETE: the run was interrupted): unnamed launch\n"), out)
	assert.Contains(t, out, "The run stopped early: out of time")
	assert.Contains(t, out, "No vantage was planned, so nothing was measured.")
}
