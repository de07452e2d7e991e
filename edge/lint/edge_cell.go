package lint

import (
	"fmt"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

func edgeCellRules() []Rule {
	return []Rule{
		{
			ID: "EDGE001", Severity: Blocker, Scope: ScopeCell, Source: "edgeprime",
			Title: "critical cell that was primed and does not hit",
			Why:   "the edge did not keep the copy, so visitors' requests go to the origin",
			Fix:   "find the cause by the outcome, repair it, and prime again",
		},
		{
			ID: "EDGE002", Severity: Error, Scope: ScopeRegion, Source: "edgeprime",
			Title: "region with too few hits",
			Why:   "too much of the critical set is not at the region's edges",
			Fix:   "prime the region again, and look at the cells that did not hit",
		},
		{
			ID: "EDGE005", Severity: Warning, Scope: ScopeCell, Source: "edgeprime",
			Title: "copy that the edge asks about again and again within its lifetime",
			Why:   "the edge gives it a shorter life than the headers say, or evicts it, and each time a visitor waits for the origin",
			Fix:   "compare the CDN's lifetime settings with the headers, and look for eviction",
		},
	}
}

// mostEarly is how often an edge must ask the origin within a copy's lifetime before it is no accident
// of one cache node.
const mostEarly = 2

// Cell applies the rules over one cell's evidence. Where the latest evidence does not tell, it is
// missing and there is no finding.
func (l *Linter) Cell(c Cell) []Finding {
	var findings []Finding
	if rule, level := l.place("EDGE001"); level != Off && l.neverHits(&c) {
		f := c.finding(rule, level, fmt.Sprintf("asked %s again and never answered from the edge's store; the last outcome is %s",
			times(c.Asked), c.Last.Outcome))
		f.Fix = nextStep(c.Last)
		findings = append(findings, f)
	}
	if rule, level := l.place("EDGE005"); level != Off && c.Early >= mostEarly && c.Last.Known(c.PoP) {
		findings = append(findings, c.finding(rule, level,
			fmt.Sprintf("the edge asked the origin %s although its copy was still to be fresh; the last outcome is %s", times(c.Early), c.Last.Outcome)))
	}
	return findings
}

// neverHits reports whether a critical cell was asked again, often enough, no measuring answer
// came from the edge's store and the latest one says so.
func (l *Linter) neverHits(c *Cell) bool {
	return c.Asset.Priority == crawl.Critical && c.Known >= l.config.Samples && c.Held == 0 && c.Hits == 0 &&
		c.Last.Measures() && c.Last.Known(c.PoP)
}

// nextStep is the fix by outcome.
func nextStep(e Evidence) string {
	switch e.Outcome {
	case edge.Miss, edge.Expired:
		return "check that the edge may store the response and keeps it: lifetime, size limit, eviction, several cache nodes; then prime again"
	case edge.Revalidated:
		return "give shared caches a longer lifetime: the edge asks the origin on every use"
	case edge.Bypass:
		return "remove the rule, cookie or header that keeps the edge's cache out, then prime again"
	case edge.Dynamic:
		return "add a rule that makes the URL eligible for the CDN's cache, then prime again"
	case edge.Hit, edge.Stale, edge.Updating:
		return "another tier than the edge answered: prime the edge itself"
	default:
		return "find the cause by the outcome, repair it, and prime again"
	}
}

// DefaultHitRatio is the share of known critical cells of a region that must hit: what remains is
// eviction between priming and measuring.
const DefaultHitRatio = 0.95

// Region applies the rule over one region's hits: EDGE002. Least is the share, 0 to 1, of the
// known ones that must hit; 0 means DefaultHitRatio. Known is how many critical cells told whether
// they hit, hits how many of them did. Without any, evidence is missing and there is no finding.
func (l *Linter) Region(region string, hits, known int, least float64) []Finding {
	if least == 0 {
		least = DefaultHitRatio
	}
	rule, level := l.place("EDGE002")
	if level == Off || known <= 0 || float64(hits)/float64(known) >= least {
		return nil
	}
	return []Finding{{
		Rule: rule.ID, Severity: level, Region: region, Fix: rule.Fix,
		Message: fmt.Sprintf("%d of %d critical cells hit, %.1f %%; at least %.1f %% must",
			hits, known, 100*float64(hits)/float64(known), 100*least),
	}}
}
