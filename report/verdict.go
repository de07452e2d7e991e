package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/safe"
)

// How many cells a rule and how many URLs a reason lists; totals count all.
const (
	mostCells = 20
	mostURLs  = 10
)

// regions are the visitors' regions, in plan order.
func (b *builder) regions() []string {
	var names []string
	for _, v := range b.vantages {
		if !v.tier() && !slices.Contains(names, v.Region) {
			names = append(names, v.Region)
		}
	}
	return names
}

// critical is what the last measurement of a region's critical cells met.
func (b *builder) critical(region string) Hit {
	var sum Hit
	for _, v := range b.vantages {
		if v.Region == region {
			hit := v.after(func(c *cell) bool { return c.Asset.Priority == crawl.Critical })
			sum.Hits += hit.Hits
			sum.Known += hit.Known
		}
	}
	return sum
}

// after is what the last measurement met, of the cells that count.
func (v *vantage) after(counts func(*cell) bool) Hit {
	var hit Hit
	for i := range v.cells {
		c := &v.cells[i]
		if c.measured.IsZero() || !counts(c) || !c.Last.Known(v.PoP) {
			continue
		}
		hit.Known++
		hit.Hits += one(c.Last.Hit(v.PoP))
	}
	return hit
}

// decide sets verdict, reasons and exit code. False beats unknown beats true.
func (b *builder) decide(r *Report) {
	var proven []string
	for _, rule := range r.Rules {
		if b.fails(rule.Severity) {
			proven = append(proven, fmt.Sprintf("%s %s, %s: %s", rule.Rule, rule.Severity, plural(rule.Total, "cell"), firstMessage(rule)))
		}
	}
	unknown := b.unknowns(r)
	switch {
	case len(proven) > 0:
		r.Verdict, r.Reasons = NotReady, append(proven, unknown...)
	case len(unknown) > 0:
		r.Verdict, r.Reasons = Inconclusive, unknown
	default:
		r.Verdict = Ready
		r.Reasons = []string{fmt.Sprintf("%s hit in %s and stay fresh until %s",
			plural(r.Scope.Critical, "critical asset"), plural(len(b.regions()), "region"),
			r.Launch.WarmUntil.UTC().Format("2006-01-02 15:04 MST"))}
	}
	r.ExitCode = r.Verdict.ExitCode()
	if r.Run.Interrupted {
		r.ExitCode = 130
	}
}

// unknowns says what keeps the run from being READY without proving anything.
func (b *builder) unknowns(r *Report) []string {
	var out []string
	if r.Run.Interrupted {
		out = append(out, "the run was interrupted: the report is INCOMPLETE")
	} else if r.Run.StoppedBecause != "" {
		out = append(out, "the run stopped early: "+strings.TrimPrefix(r.Run.StoppedBecause, "regions: "))
	}
	if r.Scope.Critical == 0 {
		out = append(out, "no critical asset was found, so nothing can be shown")
	}
	if len(b.regions()) == 0 {
		out = append(out, "no region was planned, so nothing was measured")
	}
	for _, m := range r.Missing {
		out = append(out, fmt.Sprintf("%s: %s without evidence: %s", m.Vantage, plural(m.Total, "critical cell"), m.Reason))
	}
	for _, p := range r.Problems {
		if p.Incomplete {
			out = append(out, fmt.Sprintf("discovery is incomplete: %s at %s: %s", p.Problem, safe.URL(p.URL), p.Detail))
		}
	}
	return out
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if strings.HasSuffix(what, "s") {
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}
