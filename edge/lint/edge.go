package lint

import (
	"fmt"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// edgeRules are the rules of evidence that edges serve from their store.
func edgeRules() []Rule { return []Rule{edge001(), edge002()} }

func edge001() Rule {
	return Rule{
		ID: "EDGE001", Severity: Blocker, Source: "edgeprime",
		Title: "critical cell that was primed and does not hit",
		Why:   "the edge did not keep the copy, so visitors' requests go to the origin",
		Fix:   "find the cause by the outcome, repair it, and prime again",
	}
}

func edge002() Rule {
	return Rule{
		ID: "EDGE002", Severity: Error, Source: "edgeprime",
		Title: "region with too few hits",
		Why:   "too much of the critical set is not at the region's edges",
		Fix:   "prime the region again, and look at the cells that did not hit",
	}
}

// Cell applies the rules over one cell's evidence: EDGE001. It complains when the cell was
// asked again, no measuring answer came from the edge's store and the latest one says so. Where
// that one does not tell, evidence is missing and there is no finding.
func (l *Linter) Cell(c Cell) []Finding {
	rule, level := l.place("EDGE001")
	held := c.Held > 0 || c.Hits > 0
	if level == Off || c.Asset.Priority != crawl.Critical || c.Asked == 0 || held || !c.Last.Measures() || !c.Last.Known(c.PoP) {
		return nil
	}
	f := c.finding(rule, level, fmt.Sprintf("asked %s again and never answered from the edge's store; the last outcome is %s",
		times(c.Asked), c.Last.Outcome))
	f.Fix = nextStep(c.Last)
	return []Finding{f}
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

// Region applies the rules over one region's critical cells: EDGE002. Least is the share, 0 to 1, of
// the known ones that must hit; 0 means DefaultHitRatio. Known is how many cells
// told whether they hit, Hits how many of them did. Without any, evidence is missing and there is
// no finding.
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

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
