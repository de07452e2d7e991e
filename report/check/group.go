package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// group are the findings of one rule that count.
type group struct {
	rule     lint.Rule
	severity lint.Severity // the worst one
	samples  []sample
	total    int
}

// sample are findings that say the same of the same evidence.
type sample struct {
	*Finding

	places []string // where, the first ones
	total  int
}

// mostPlaces is how many places of a sample are kept.
const mostPlaces = 10

// groups are the findings that count by rule, the worst first.
func (c *Check) groups() []group {
	byRule, bySample := map[string]*group{}, map[string]int{}
	c.each(func(a *Answer, f *Finding) {
		if !f.Counts() {
			return
		}
		g := byRule[f.Rule]
		if g == nil {
			g = &group{severity: f.Severity}
			if g.rule, _ = lint.Find(f.Rule); g.rule.ID != f.Rule {
				g.rule = lint.Rule{ID: f.Rule}
			}
			byRule[f.Rule] = g
		}
		g.total++
		if f.Severity.AtLeast(g.severity) {
			g.severity = f.Severity
		}
		key := strings.Join(append([]string{f.Rule, f.Message, f.Fix}, f.Evidence...), "\x00")
		i, ok := bySample[key]
		if !ok {
			i = len(g.samples)
			bySample[key] = i
			g.samples = append(g.samples, sample{Finding: f})
		}
		s := &g.samples[i]
		if s.total++; len(s.places) < mostPlaces {
			s.places = append(s.places, whereOf(a, f))
		}
	})
	out := make([]group, 0, len(byRule))
	for _, g := range byRule {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b group) int {
		return cmp.Or(rank(a.severity)-rank(b.severity), strings.Compare(a.rule.ID, b.rule.ID))
	})
	return out
}

// whereOf names what a finding is about. The answer is nil for a finding over several.
func whereOf(a *Answer, f *Finding) string {
	url := f.URL
	if url == "" && a != nil {
		url = a.place()
	}
	return cmp.Or(strings.Join(said(url, f.Variant, f.Region, f.Vantage), " "), "all")
}

// said are the words that are there. What follows its like is not said again: a region's only
// vantage mostly has the region's name.
func said(words ...string) []string {
	return slices.Compact(slices.DeleteFunc(words, func(s string) bool { return s == "" }))
}

// rank is a severity's place, 0 for the worst.
func rank(s lint.Severity) int {
	if i := slices.Index(lint.Severities(), s); i >= 0 {
		return i
	}
	return len(lint.Severities())
}
