package report

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/safe"
)

// report assembles the result.
func (b *builder) report() *Report {
	findings := b.findings()
	r := &Report{
		SchemaVersion: SchemaVersion, Launch: b.in.Launch, Run: b.in.Run, Criteria: b.in.Criteria, Scope: b.scope(),
		Vantages: []Vantage{}, Origin: b.load.result(b.in.Plan.Limits, b.in.Pace), Rules: byRule(findings), Missing: b.missing(b.failing(findings)),
		Problems: b.in.Manifest.Problems, ThirdParty: b.thirdParty(), Estimate: b.in.Plan.Estimate, Actual: b.actual,
		Deploys: b.in.Deploys,
	}
	r.Actual.OriginRequests = r.Origin.Requests
	r.Actual.Duration = r.Run.Finished.Sub(r.Run.Started)
	lacking := map[string]int{}
	for _, m := range r.Missing {
		lacking[m.Vantage] += m.Total
	}
	for _, v := range b.vantages {
		r.Vantages = append(r.Vantages, v.result(lacking[v.Name]))
	}
	b.decide(r)
	r.Next = next(r, b.anew())
	r.Method = b.method(r)
	return r
}

// result sums a vantage up.
func (v *vantage) result(missing int) Vantage {
	out := Vantage{
		Name: v.Name, Region: v.Region, Role: v.role, Tier: v.tier(), Address: v.Address,
		PoPs: slices.Sorted(maps.Keys(v.pops)), Nodes: slices.Sorted(maps.Keys(v.nodes)), Repeats: sampleOf(v.repeats), Cells: len(v.cells), Challenged: v.challenge, Before: v.before,
		After:         v.after(func(*cell) bool { return true }),
		AfterCritical: v.after(func(c *cell) bool { return c.Asset.Priority == crawl.Critical }),
		Missing:       missing, TierFills: v.tierFills, OriginFills: v.fills, TTFBHit: timesOf(v.ttfbHit), TTFBMiss: timesOf(v.ttfbMiss),
	}
	for i := range v.cells {
		c := &v.cells[i]
		out.Primed += one(c.primed)
		out.Failed += one(c.failed)
		out.FreshAtEnd += one(c.fresh)
	}
	return out
}

func (b *builder) scope() Scope {
	s := Scope{Assets: len(b.assets), Variants: []string{}, Kinds: []KindCount{}}
	counts := map[crawl.Kind]int{}
	for _, a := range b.assets {
		counts[a.Kind]++
		s.Critical += one(a.Priority == crawl.Critical)
	}
	for _, v := range b.in.Plan.Variants {
		s.Variants = append(s.Variants, v.Name)
	}
	for kind, n := range counts {
		s.Kinds = append(s.Kinds, KindCount{kind, n, b.bytes[kind]})
	}
	slices.SortFunc(s.Kinds, func(a, b KindCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind)) })
	return s
}

// thirdParty are the hosts that pages name and edgeprime never asks.
func (b *builder) thirdParty() []string {
	hosts := map[string]bool{}
	for a := range b.in.Manifest.All() {
		if u, err := url.Parse(a.URL); a.ThirdParty && err == nil {
			hosts[u.Host] = true
		}
	}
	return slices.Sorted(maps.Keys(hosts))
}

// anew is the command that begins a new run of the same kind.
func (b *builder) anew() string {
	if d := b.in.Plan.Detached; d != nil {
		return fmt.Sprintf("edgeprime plan --shares %d -o plan.json", d.Shares)
	}
	return "edgeprime launch"
}

// next is what to do, the most urgent first, each thing once.
func next(r *Report, anew string) []string {
	var out []string
	add := func(step string) {
		if !slices.Contains(out, step) {
			out = append(out, step)
		}
	}
	if r.Run.Interrupted {
		add(r.Run.Again)
	}
	for _, rule := range r.Rules {
		if rank(rule.Severity) <= rank(r.Criteria.FailOn) {
			add(rule.Rule + ": " + rule.Fix)
		}
	}
	for _, m := range r.Missing {
		if !r.Run.Interrupted {
			add(m.Vantage + ": " + m.Next)
		}
	}
	for _, p := range r.Problems {
		if p.Incomplete {
			add("discovery: " + p.Detail + " (" + safe.URL(p.URL) + ")")
		}
	}
	if r.Verdict != Ready && !r.Run.Interrupted {
		if len(out) == 0 {
			add("name critical pages and at least one region in the launch file")
		}
		add("then run it again: " + anew)
	}
	return out
}

// method says how the figures came about, and what they do not cover.
func (b *builder) method(r *Report) []string {
	out := []string{
		"A hit is an answer on a fresh connection whose headers say that the edge served it from its store, with no header that says otherwise. Every cell was asked; no ratio of cells is a sample.",
		"Before is what the first request of this run met, after is what the last measurement met.",
		"Digests are of the decoded body. Documents are compared without nonces, inline scripts and comments.",
		"The origin's load is the most that can have reached it: every request counts whose answer does not prove that the origin was spared. The origin's own log is the proof; each request there carries the header Edgeprime-Run.",
	}
	out = append(out, b.repetitions()...)
	for _, v := range b.vantages {
		if v.tier() {
			out = append(out, v.Name+" is an upper tier: it was primed, and is not measured, since visitors never reach it.")
		}
	}
	for _, v := range b.vantages {
		if v.tierFills > 0 {
			out = append(out, fmt.Sprintf("%s: %s while priming were filled from a cache above the edge.", v.Name, plural(v.tierFills, "miss")))
		}
	}
	for _, why := range r.Run.Pauses {
		out = append(out, "The run held back for the origin's sake: "+why+".")
	}
	for _, d := range r.Deploys {
		out = append(out, d.words()+".")
	}
	for _, note := range r.Run.Notes {
		out = append(out, "Note: "+note+".")
	}
	if len(r.Run.Exemptions) > 0 {
		out = append(out, fmt.Sprintf("The address guard let %s through by name.", plural(len(r.Run.Exemptions), "address")))
	}
	return out
}
