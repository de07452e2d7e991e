package lint

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// regRules are the rules of consistency between regions.
func regRules() []Rule { return []Rule{reg001()} }

func reg001() Rule {
	return Rule{
		ID: "REG001", Severity: Blocker, Source: "edgeprime",
		Title: "critical asset whose body differs between vantages",
		Why:   "regions serve different releases at the same time",
		Fix:   "purge the asset everywhere, and prime again",
	}
}

// URL applies the rules over the cells of one URL: REG001, for each variant on its own. It
// compares the complete bodies of the latest evidence, documents by their fingerprints where both
// have one. There is one finding for each cell whose body is not that of the most cells.
func (l *Linter) URL(cells []Cell) []Finding {
	rule, level := l.place("REG001")
	if level == Off {
		return nil
	}
	variants := map[string][]*Cell{}
	for i := range cells {
		c := &cells[i]
		if c.Asset.Priority == crawl.Critical && c.Last.wholeBody() {
			key := firstOf(c.URL, c.Asset.URL) + "\x00" + c.Variant
			variants[key] = append(variants[key], c)
		}
	}
	var findings []Finding
	for _, same := range variants {
		findings = append(findings, oddBodies(rule, level, same)...)
	}
	sortFindings(findings)
	return findings
}

// wholeBody reports whether the evidence has a body that can be compared.
func (e Evidence) wholeBody() bool {
	return e.Status == http.StatusOK && e.Completeness == edge.Complete && e.Challenge == "" && e.Failure == "" && e.Digest != ""
}

// oddBodies finds the cells of one variant whose body is not the most frequent.
func oddBodies(rule *Rule, level Severity, cells []*Cell) []Finding {
	slices.SortFunc(cells, func(a, b *Cell) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), strings.Compare(a.Vantage, b.Vantage))
	})
	groups := groupBodies(cells)
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
			findings = append(findings, c.finding(rule, level, oddMessage(c, most, tie)))
		}
	}
	return findings
}

// oddMessage names both bodies and where they are served.
func oddMessage(odd *Cell, most []*Cell, tie bool) string {
	const named = 5
	var names []string
	for _, c := range most[:min(len(most), named)] {
		names = append(names, c.Vantage)
	}
	where := strings.Join(names, ", ")
	if more := len(most) - named; more > 0 {
		where += fmt.Sprintf(" and %d more", more)
	}
	message := fmt.Sprintf("vantage %s serves %s, but %s serves %s", odd.Vantage, short(odd.Last.Digest), where, short(most[0].Last.Digest))
	if tie {
		message += "; neither has the majority"
	}
	return message
}

// groupBodies groups cells that have the same body, in the order of their first cells.
func groupBodies(cells []*Cell) [][]*Cell {
	var groups [][]*Cell
	for _, c := range cells {
		merged := []*Cell{c}
		rest := groups[:0]
		for _, g := range groups {
			if slices.ContainsFunc(g, func(other *Cell) bool { return sameBody(c, other) }) {
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
func sameBody(a, b *Cell) bool {
	x, y := a.Last, b.Last
	if a.Asset.Kind == crawl.Document && x.Fingerprint != "" && y.Fingerprint != "" {
		return x.Fingerprint == y.Fingerprint
	}
	return x.Digest == y.Digest
}

// short is a digest as people compare it.
func short(digest string) string { return digest[:min(len(digest), len("sha-256:")+12)] }
