package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
)

// regRules are the rules of consistency between regions.
func regRules() []Rule {
	return []Rule{
		{
			ID: "REG001", Severity: Blocker, Scope: ScopeURL, Source: "edgeprime",
			Title: "critical asset whose body differs between vantages",
			Why:   "regions serve different releases at the same time",
			Fix:   "purge the asset everywhere, and prime again",
		},
		{
			ID: "REG002", Severity: Error, Scope: ScopeURL, Source: "edgeprime",
			Title: "caching policy that differs between regions",
			Why:   "copies of one asset expire at different times, and some may not be kept at all",
			Fix:   "give every region the same configuration, purge the asset, and prime again",
		},
		{
			ID: "REG003", Severity: Error, Scope: ScopeURL, Source: "RFC 9110, section 8.8",
			Title: "validator that differs between regions for the same body",
			Why:   "a copy validated through another region is fetched again in full, although nothing changed",
			Fix:   "make ETag and Last-Modified depend on the content only, such as a hash of it and the time of the release",
		},
		{
			ID: "REG004", Severity: Error, Scope: ScopeURL, Source: "edgeprime",
			Title: "status that differs between regions",
			Why:   "visitors of some regions get an error or another page",
			Fix:   "look at the rules and the origin of the region that differs, repair it, and purge there",
		},
		{
			ID: "REG005", Severity: Error, Scope: ScopeURL, Source: "edgeprime",
			Title: "region whose copy is older than what the origin serves",
			Why:   "a purge did not reach the region, so its visitors see the release before",
			Fix:   "purge the asset in that region, and prime again",
		},
		{
			ID: "REG006", Severity: Warning, Scope: ScopeURL, Source: "edgeprime",
			Title: "remaining life that is uneven between regions",
			Why:   "one region's copy expires long before the others'",
			Fix:   "purge and prime the region with the shortest life again, close to the launch",
		},
		{
			ID: "REG007", Severity: Error, Scope: ScopeURL, Source: "RFC 9111, section 4.1",
			Title: "Vary or Content-Encoding that differs between regions",
			Why:   "the cache key is not the same everywhere, so a variant primed in one region misses in another",
			Fix:   "give every region the same compression and Vary settings, purge the asset, and prime again",
		},
		{
			ID: "REG008", Severity: Warning, Scope: ScopeSet, Source: "edgeprime",
			Title: "vantage that is not where it was planned",
			Why:   "the evidence is about another place than the region it stands for",
			Fix:   "use a worker in the region, or an address of the place that was meant",
		},
		{
			ID: "REG009", Severity: Warning, Scope: ScopeSet, Source: "edgeprime",
			Title: "region with too few samples or too many unknown answers",
			Why:   "what was not asked often enough, or does not say what its cache did, is not proven",
			Fix:   "measure again, and make the edge send its cache's status",
		},
	}
}

// URL applies the rules over the cells of one URL, for each variant on its own: REG001 to REG007
// and VAR012. They compare the latest evidence of each cell; there is one finding for each cell
// that differs from most. A cell without evidence is one that was planned and never asked: leave
// it out when the run did not come to its end.
func (l *Linter) URL(cells []Cell) []Finding {
	variants := map[string][]*Cell{}
	for i := range cells {
		key := cells[i].url() + "\x00" + cells[i].Variant
		variants[key] = append(variants[key], &cells[i])
	}
	findings := l.unprimed(cells)
	for _, same := range variants {
		slices.SortFunc(same, func(a, b *Cell) int {
			return cmp.Or(strings.Compare(a.Region, b.Region), strings.Compare(a.Vantage, b.Vantage))
		})
		findings = append(findings, l.bodies(same)...)
		findings = append(findings, l.headers(same)...)
		findings = append(findings, l.purges(same)...)
		findings = append(findings, l.lives(same)...)
	}
	sortFindings(findings)
	return findings
}

// url is the URL that the cell is about.
func (c *Cell) url() string { return firstOf(c.URL, c.Asset.URL) }

// bodies compares complete bodies of critical assets, upper tiers among them: documents by their
// fingerprints where both have one.
func (l *Linter) bodies(cells []*Cell) []Finding {
	whole := filter(cells, func(c *Cell) bool { return c.Asset.Priority == crawl.Critical && c.Last.wholeBody() })
	return l.odd("REG001", whole, sameBody, func(c *Cell) string { return "serves " + short(c.Last.Digest) })
}

// odd finds the cells that differ from the most of a rule's cells. Says tells what a cell does.
func (l *Linter) odd(id string, cells []*Cell, same func(a, b *Cell) bool, says func(*Cell) string) []Finding {
	rule, level := l.place(id)
	if level == Off || len(cells) < 2 {
		return nil
	}
	groups := group(cells, same)
	most := groups[0]
	tie := false
	for _, g := range groups[1:] {
		switch {
		case len(g) > len(most):
			most, tie = g, false
		case len(g) == len(most):
			tie = true
		}
	}
	var findings []Finding
	for _, g := range groups {
		if g[0] == most[0] {
			continue
		}
		for _, c := range g {
			findings = append(findings, c.finding(rule, level, oddMessage(c, most, tie, says)))
		}
	}
	return findings
}

// oddMessage names what both do, and where.
func oddMessage(odd *Cell, most []*Cell, tie bool, says func(*Cell) string) string {
	const named = 5
	var names []string
	for _, c := range most[:min(len(most), named)] {
		names = append(names, c.Vantage)
	}
	where := strings.Join(names, ", ")
	if more := len(most) - named; more > 0 {
		where += fmt.Sprintf(" and %d more", more)
	}
	message := fmt.Sprintf("vantage %s %s, but %s %s", odd.Vantage, says(odd), where, says(most[0]))
	if tie {
		message += "; neither has the majority"
	}
	return message
}

// group groups cells that are the same, in the order of their first cells. Cells that are the same
// as one cell are the same, too.
func group(cells []*Cell, same func(a, b *Cell) bool) [][]*Cell {
	var groups [][]*Cell
	for _, c := range cells {
		merged := []*Cell{c}
		rest := groups[:0]
		for _, g := range groups {
			if slices.ContainsFunc(g, func(other *Cell) bool { return same(c, other) }) {
				merged = append(g, merged...)
				continue
			}
			rest = append(rest, g)
		}
		groups = append(rest, merged)
	}
	return groups
}

// sameBody compares two bodies.
func sameBody(a, b *Cell) bool { return sameContent(a.Asset.Kind, a.Last, b.Last) }

// sameContent compares the bodies of two answers to one asset.
func sameContent(kind crawl.Kind, x, y Evidence) bool {
	if kind == crawl.Document && x.Fingerprint != "" && y.Fingerprint != "" {
		return x.Fingerprint == y.Fingerprint
	}
	return x.Digest == y.Digest
}

// filter returns the cells that pass.
func filter(cells []*Cell, pass func(*Cell) bool) []*Cell {
	var out []*Cell
	for _, c := range cells {
		if pass(c) {
			out = append(out, c)
		}
	}
	return out
}

// short is a digest as people compare it.
func short(digest string) string { return digest[:min(len(digest), len("sha-256:")+12)] }
