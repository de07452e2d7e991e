package lint

import (
	"slices"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// parNames are the rules of directives' names.
func parNames() []Rule {
	return []Rule{
		{
			ID: "PAR007", Severity: Warning, Static: true, check: misspelt, Source: "RFC 9111, section 5.2.3",
			Title: "directive that looks misspelt",
			Why:   "caches silently ignore a directive that they do not know",
			Fix:   "correct the name",
		},
		{
			ID: "PAR008", Severity: Warning, Static: true, check: ofRequests, Source: "RFC 9111, section 5.2.1",
			Title: "directive of requests in a response",
			Why:   "max-stale, min-fresh and only-if-cached mean nothing in a response",
			Fix:   "remove the directive",
		},
		{
			ID: "PAR010", Severity: Note, Static: true, check: upperCase, Source: "RFC 9111, section 5.2",
			Title: "directive that is not in lower case",
			Why:   "names have no case by the RFC, yet some caches compare it",
			Fix:   "write the directive in lower case",
		},
		{
			ID: "PAR012", Severity: Note, Static: true, check: relic, Source: "edgeprime",
			Title: "pre-check or post-check",
			Why:   "only Internet Explorer ever read them",
			Fix:   "remove pre-check and post-check",
		},
	}
}

// responseDirectives are what a response can say: RFC 9111, RFC 5861 and RFC 8246.
func responseDirectives() [13]string {
	return [...]string{
		"max-age", "s-maxage", "no-cache", "no-store", "private", "public", "must-revalidate", "proxy-revalidate",
		"must-understand", "no-transform", "immutable", "stale-while-revalidate", "stale-if-error",
	}
}

// known reports whether some cache knows the directive.
func known(d *policy.Directive) bool {
	for _, name := range responseDirectives() {
		if d.Is(name) {
			return true
		}
	}
	return requestOnly(d) || isRelic(d)
}

func requestOnly(d *policy.Directive) bool {
	return d.Is("max-stale") || d.Is("min-fresh") || d.Is("only-if-cached")
}

func isRelic(d *policy.Directive) bool { return d.Is("pre-check") || d.Is("post-check") }

// Bounds of what counts as a slip of the keyboard.
const (
	mostEdits   = 2
	longestSlip = 32
)

func misspelt(a *answer) *complaint {
	ds := a.policy.Directives
	for i := range ds {
		if name := meant(&ds[i]); name != "" {
			c := a.point(&ds[i], "no cache knows %s: did you mean %s?", ds[i].Name, name)
			c.fix = "write " + name + " for " + ds[i].Name
			return c
		}
	}
	return nil
}

// means reports whether a misspelt directive is meant to be the named one.
func (a *answer) means(name string) bool {
	return slices.ContainsFunc(a.policy.Directives, func(d policy.Directive) bool { return meant(&d) == name })
}

// meant is what a misspelt directive was most likely meant to be, or "".
func meant(d *policy.Directive) string {
	nameBroken := d.Err == policy.ErrNoName || d.Err == policy.ErrCharacter && d.ErrAt < d.Start+len(d.Name)
	if known(d) || nameBroken || len(d.Name) > longestSlip {
		return ""
	}
	return nearest(lower(d))
}

// nearest is the known directive that is at most two edits away, the closest first, or "".
func nearest(name string) string {
	best, least := "", mostEdits+1
	for _, candidate := range responseDirectives() {
		if n := edits(name, candidate); n < least {
			best, least = candidate, n
		}
	}
	return best
}

// edits is the Levenshtein distance of two short names, saturated where the lengths alone are too
// far apart.
func edits(a, b string) int {
	if len(a) > len(b)+mostEdits || len(b) > len(a)+mostEdits {
		return mostEdits + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func ofRequests(a *answer) *complaint {
	return a.firstOfKind(requestOnly, "%s belongs into requests")
}

func upperCase(a *answer) *complaint {
	return a.firstOfKind(func(d *policy.Directive) bool {
		return slices.ContainsFunc([]byte(d.Name), func(c byte) bool { return c >= 'A' && c <= 'Z' })
	}, "%s is not in lower case")
}

func relic(a *answer) *complaint {
	return a.firstOfKind(isRelic, "%s is read by no cache of today")
}
