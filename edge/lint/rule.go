package lint

import (
	"slices"
	"strings"
)

// Rule is one entry of the catalogue. Its id is never renumbered.
type Rule struct {
	// ID is the rule's name, such as "ST003".
	ID string
	// Severity is what its findings have.
	Severity Severity
	// Title says when it fires, Why what goes wrong then, Fix what to do about it.
	Title, Why, Fix string
	// Source is where it comes from: an RFC section, or "edgeprime" for a rule of this project.
	Source string

	// check judges one answer; nil for a rule over cells, regions or URLs.
	check func(*answer) *complaint
	// answers are the answers that check is about.
	answers answers
}

// answers is a set of answers by status.
type answers uint8

// The sets of answers.
const (
	onContent answers = iota // 200, and redirects
	onErrors                 // 4xx and 5xx
	onAny
)

// complaint is what a check found. A zero fix means the rule's own.
type complaint struct {
	message, fix string
	evidence     []string
}

// catalogue are all rules, sorted by id. Nothing writes to it.
var catalogue = buildCatalogue()

func buildCatalogue() []Rule {
	rules := slices.Concat(stRules(), ttlRules(), varRules(), errRules(), edgeRules(), regRules())
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// Rules returns the catalogue, sorted by id.
func Rules() []Rule { return slices.Clone(catalogue) }

// sortFindings puts findings into the order of reports.
func sortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		for _, c := range [...]int{
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.URL, b.URL), strings.Compare(a.Variant, b.Variant),
			strings.Compare(a.Region, b.Region), strings.Compare(a.Vantage, b.Vantage),
		} {
			if c != 0 {
				return c
			}
		}
		return 0
	})
}
