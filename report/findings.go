package report

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// findings collects every rule's complaints: over each cell's last answer, over a cell's passes,
// over a region, over one URL's cells.
func (b *builder) findings() []lint.Finding {
	var all []lint.Finding
	for _, v := range b.vantages {
		for i := range v.cells {
			all = append(all, v.cells[i].all(v, b.in.Rules)...)
		}
	}
	for _, region := range b.regions() {
		hit := b.critical(region)
		all = append(all, b.in.Rules.Region(region, hit.Hits, hit.Known, b.in.Criteria.HitRatio)...)
	}
	for i := range b.assets {
		var cells []lint.Cell
		for _, v := range b.vantages {
			for _, c := range v.cells[i*len(b.variants) : (i+1)*len(b.variants)] {
				if c.URL != "" {
					cells = append(cells, c.Cell)
				}
			}
		}
		all = append(all, b.in.Rules.URL(cells)...)
	}
	return all
}

// all are the findings over one cell. A tier's answers count only where they are errors: what
// visitors get is judged at their own edges.
func (c *cell) all(v *vantage, rules *lint.Linter) []lint.Finding {
	switch {
	case c.URL == "":
		return nil
	case !v.tier():
		return append(slices.Clone(c.findings), rules.Cell(c.Cell)...)
	case c.Last.Status >= http.StatusBadRequest:
		return c.findings
	default:
		return nil
	}
}

// byRule groups findings, the worst rules first.
func byRule(all []lint.Finding) []RuleFindings {
	titles := map[string]string{}
	for _, r := range lint.Rules() {
		titles[r.ID] = r.Title
	}
	groups := map[string]*RuleFindings{}
	slices.SortStableFunc(all, func(a, b lint.Finding) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Variant, b.Variant), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Vantage, b.Vantage))
	})
	for _, f := range all {
		g := groups[f.Rule]
		if g == nil {
			g = &RuleFindings{Rule: f.Rule, Severity: f.Severity, Title: titles[f.Rule], Fix: f.Fix}
			groups[f.Rule] = g
		}
		if rank(f.Severity) < rank(g.Severity) {
			g.Severity = f.Severity
		}
		if g.Total++; len(g.Cells) < mostCells {
			g.Cells = append(g.Cells, f)
		}
	}
	out := make([]RuleFindings, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b RuleFindings) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(one(symptom(a)), one(symptom(b))), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// symptom reports whether a rule says what an edge did; the other rules say why.
func symptom(r RuleFindings) bool { return strings.HasPrefix(r.Rule, "EDGE") }

// firstMessage tells a rule by its first finding, with the place.
func firstMessage(r RuleFindings) string {
	f := r.Cells[0]
	where := strings.TrimSpace(f.Vantage + " " + safe.URL(f.URL))
	if f.URL == "" {
		where = f.Region
	}
	return fmt.Sprintf("%s (%s)", f.Message, where)
}
