package report

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// How many cells a rule and how many URLs a reason lists; totals count all.
const (
	mostCells = 20
	mostURLs  = 10
)

// findings collects every rule's complaints: over each cell's last answer, over a cell's passes,
// over a region, over one URL's cells.
func (b *builder) findings() []lint.Finding {
	thresholds := lint.Thresholds{HitRatio: b.in.Criteria.HitRatio}
	var all []lint.Finding
	for _, v := range b.vantages {
		for i := range v.cells {
			all = append(all, v.cells[i].all(v, thresholds)...)
		}
	}
	for _, region := range b.regions() {
		hit := b.critical(region)
		all = append(all, lint.CheckRegion(region, hit.Hits, hit.Known, thresholds)...)
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
		all = append(all, lint.CheckURL(cells)...)
	}
	return all
}

// all are the findings over one cell. A tier's answers count only where they are errors: what
// visitors get is judged at their own edges.
func (c *cell) all(v *vantage, t lint.Thresholds) []lint.Finding {
	switch {
	case c.URL == "":
		return nil
	case !v.tier():
		return append(slices.Clone(c.findings), lint.CheckCell(c.Cell, t)...)
	case c.Last.Status >= http.StatusBadRequest:
		return c.findings
	default:
		return nil
	}
}

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

// lacks says which evidence for READY a critical cell does not have; "" when it has all. What is
// proven to be wrong is a finding, not a lack.
func (b *builder) lacks(v *vantage, c *cell) string {
	last := &c.Last
	switch {
	case v.answered == 0 && v.refused > 0:
		return "there was no usable answer: " + failureWords(edge.FailConnect)
	case c.URL == "":
		return "it was never asked"
	case c.measured.IsZero():
		return "it was primed, not measured"
	case last.Failure != "":
		return "there was no usable answer: " + failureWords(last.Failure)
	case last.Challenge != "":
		return "bot protection answered, so nothing is known: " + last.Challenge
	case !edge.PoPMatches(v.PoP, last.PoP):
		return fmt.Sprintf("it was answered from %s, not from %s", cmp.Or(last.PoP, "a place it did not name"), v.PoP)
	case last.Conflict != "":
		return "the answer's signals disagree: " + last.Conflict
	case last.Status >= http.StatusBadRequest:
		return fmt.Sprintf("the answer was %d", last.Status)
	case !last.Known(v.PoP):
		return "the answer does not tell whether it came from the edge's store"
	case !last.Hit(v.PoP):
		return "the last measurement was no hit: " + string(last.Outcome)
	case last.Completeness != edge.Complete:
		return "it is not known whether the body was complete"
	case c.empty:
		return "the body is empty"
	case c.Changed:
		return "the body changed between two measurements of this run"
	case b.in.Now.Sub(c.measured) > b.in.Criteria.MaxEvidenceAge:
		return fmt.Sprintf("the measurement is older than %s", b.in.Criteria.MaxEvidenceAge)
	case !c.fresh:
		return "nothing shows that the copy stays fresh to the end of the warm window"
	default:
		return ""
	}
}

// advice is the next step for a critical cell that lacks evidence.
func (b *builder) advice(v *vantage, c *cell) string {
	last := &c.Last
	switch {
	case v.answered == 0 && v.refused > 0:
		return fmt.Sprintf("check that the edge at %s can be reached from here and is the right address", cmp.Or(v.Address, "the resolved address"))
	case c.measured.IsZero() && b.in.Run.StoppedBecause != "" && !b.in.Run.Interrupted:
		return "mend what stopped the run, then begin a new one: edgeprime launch"
	case c.measured.IsZero():
		return "let the run come to its end: " + b.in.Run.Again
	case last.Failure == edge.FailDNS:
		return "check the host name: it does not resolve here"
	case last.Failure == edge.FailConnect, last.Failure == edge.FailAddress:
		return fmt.Sprintf("check that the edge at %s can be reached from here and is the right address", cmp.Or(v.Address, "the resolved address"))
	case last.Failure != "":
		return "look at the error in observations.jsonl and ask that edge by hand"
	case last.Challenge != "":
		return "let edgeprime's user agent or address through the bot protection for the time of the run"
	case !edge.PoPMatches(v.PoP, last.PoP):
		return "choose an address of the place that was meant, or correct the vantage's pop"
	case last.Conflict != "" || !last.Known(v.PoP):
		return "make the edge say what its cache did, such as by a Cache-Status header"
	case !c.fresh:
		return "give the asset an explicit shared lifetime beyond the warm window, such as s-maxage"
	default:
		return "measure again: edgeprime verify"
	}
}

func failureWords(f edge.Failure) string {
	words := map[edge.Failure]string{
		edge.FailDNS: "the name did not resolve", edge.FailAddress: "the address guard refused the address",
		edge.FailConnect: "no connection to the edge", edge.FailTLS: "the TLS handshake failed",
		edge.FailTimeout: "a deadline passed", edge.FailReset: "the connection broke",
		edge.FailProtocol: "the answer was not valid HTTP", edge.FailBody: "the body could not be read",
		edge.FailScope: "the URL is out of scope",
	}
	return cmp.Or(words[f], string(f))
}

// cellKey names a cell in findings.
type cellKey struct{ url, variant, vantage string }

// failing are the cells that a finding at the fail level speaks for: what is proven needs no
// second mention as a lack.
func (b *builder) failing(all []lint.Finding) map[cellKey]bool {
	out := map[cellKey]bool{}
	for _, f := range all {
		if b.fails(f.Severity) {
			out[cellKey{f.URL, f.Variant, f.Vantage}] = true
		}
	}
	return out
}

func (b *builder) fails(s lint.Severity) bool { return rank(s) <= rank(b.in.Criteria.FailOn) }

// missing groups the critical cells that lack evidence by vantage and reason.
func (b *builder) missing(proven map[cellKey]bool) []MissingCells {
	groups := map[[2]string]*MissingCells{}
	for _, v := range b.vantages {
		if v.tier() {
			continue
		}
		for i := range v.cells {
			asset := b.assets[i/len(b.variants)]
			key := cellKey{asset.URL, b.in.Plan.Variants[i%len(b.variants)].Name, v.Name}
			if asset.Priority != crawl.Critical || proven[key] {
				continue
			}
			why := b.lacks(v, &v.cells[i])
			if why == "" {
				continue
			}
			group := [2]string{v.Name, why}
			g := groups[group]
			if g == nil {
				g = &MissingCells{Vantage: v.Name, Region: v.Region, Reason: why, Next: b.advice(v, &v.cells[i])}
				groups[group] = g
			}
			g.Total++
			if len(g.URLs) < mostURLs && !slices.Contains(g.URLs, asset.URL) {
				g.URLs = append(g.URLs, asset.URL)
			}
		}
	}
	out := make([]MissingCells, 0, len(groups))
	for _, key := range slices.SortedFunc(maps.Keys(groups), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	}) {
		out = append(out, *groups[key])
	}
	return out
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

// firstMessage tells a rule by its first finding, with the place.
func firstMessage(r RuleFindings) string {
	f := r.Cells[0]
	where := strings.TrimSpace(f.Vantage + " " + safe.URL(f.URL))
	if f.URL == "" {
		where = f.Region
	}
	return fmt.Sprintf("%s (%s)", f.Message, where)
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
