package report_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report"
)

func text(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.WriteText(&b, r))
	return b.String()
}

func TestTextAndJSONGolden(t *testing.T) {
	spoiled := func(name string) *report.Report {
		s := healthy()
		s.in.Run.File, s.in.Run.Exemptions = "readiness/sale/20261201T120000000Z-00000001/report.html", []string{"192.0.2.1:443"}
		if name != "" {
			faults()[name].spoil(s)
		}
		return s.build(t)
	}
	for name, r := range map[string]*report.Report{
		"ready": spoiled(""), "cookie": spoiled("cookie"), "challenge": spoiled("challenge"), "interrupted": spoiled("all at the end"),
		"nothing": spoiled("nothing"), "sample": sample(), "hostile": hostile(), "bare": bare(),
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".txt", []byte(text(t, r)))
			var b bytes.Buffer
			require.NoError(t, report.WriteJSON(&b, r))
			golden(t, name+".json", b.Bytes())
		})
	}
}

func TestTextHoldsNothingThatSteersATerminal(t *testing.T) {
	for _, c := range text(t, hostile()) {
		assert.True(t, c == '\n' || unicode.IsPrint(c), "%U", c)
	}
}

func TestTextIsCutWithACount(t *testing.T) {
	s := healthy()
	for i := range s.obs {
		if s.obs[i].Pass == edge.Verify {
			s.obs[i].Status = 500
		}
	}
	r := s.build(t)
	r.Reasons = make([]string, 40)
	r.Run.Pauses = []string{"a", "b", "c", "d"}
	r.Run.Notes = []string{"nobody was there"}
	r.Launch.At = r.Run.Finished.Add(50 * time.Hour)
	got := text(t, r)
	assert.Contains(t, got, "(in 2d 2h)")
	assert.Contains(t, got, "and 34 reasons more")
	assert.Contains(t, got, "and 1 more")
	assert.Contains(t, got, "note        nobody was there\n")
}

func TestTextShowsTheWorstRulesAndCountsTheRest(t *testing.T) {
	r := sample()
	r.Criteria.FailOn = lint.Error
	for i := range 20 {
		finding := lint.Finding{Rule: fmt.Sprintf("W%03d", i), Severity: lint.Warning, Message: "m"}
		r.Rules = append(r.Rules, report.RuleFindings{Rule: finding.Rule, Severity: lint.Warning, Title: "t", Total: 7, Cells: []lint.Finding{finding, finding}})
	}
	got := text(t, r)
	assert.Contains(t, got, "W008 warning  t\n                m (and 6 more)\n")
	assert.NotContains(t, got, "W009")
	assert.Contains(t, got, "and 11 rules more\n")
}
