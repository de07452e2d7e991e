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
// over a region, over one URL's cells, over all of them.
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
	set := b.in.Rules.Set(b.window, float64(b.in.Plan.Limits.MaxRPS))
	for i := range b.assets {
		cells := b.cellsOf(i)
		all = append(all, b.in.Rules.URL(cells)...)
		set.Add(cells)
	}
	return append(all, set.Findings()...)
}

// cellsOf are the cells of an asset that were asked, and once the run has come to its end those
// that should have been.
func (b *builder) cellsOf(asset int) []lint.Cell {
	ended := !b.in.Run.Interrupted && b.in.Run.StoppedBecause == ""
	var cells []lint.Cell
	for _, v := range b.vantages {
		for i, c := range v.cells[asset*len(b.variants) : (asset+1)*len(b.variants)] {
			if c.URL == "" && ended {
				c.Cell = b.unasked(asset, b.in.Plan.Variants[i].Name, v)
			}
			if c.URL != "" {
				cells = append(cells, c.Cell)
			}
		}
	}
	return cells
}

// unasked is a cell without evidence.
func (b *builder) unasked(asset int, variant string, v *vantage) lint.Cell {
	a := b.assets[asset]
	return lint.Cell{Asset: a, URL: a.URL, Variant: variant, Region: v.Region, Vantage: v.Name, PoP: v.PoP, Tier: v.tier()}
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

// symptom reports whether a rule says what edges did; the other rules say why.
func symptom(r RuleFindings) bool {
	switch r.Rule {
	case "EDGE003", "EDGE004":
		return false
	default:
		return strings.HasPrefix(r.Rule, "EDGE")
	}
}

// firstMessage tells a rule by its first finding, with the place.
func firstMessage(r RuleFindings) string {
	f := r.Cells[0]
	where := strings.TrimSpace(f.Vantage + " " + safe.URL(f.URL))
	if f.URL == "" {
		where = cmp.Or(f.Vantage, f.Region)
	}
	if where == "" {
		return f.Message
	}
	return fmt.Sprintf("%s (%s)", f.Message, where)
}
