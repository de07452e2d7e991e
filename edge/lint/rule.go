package lint

import (
	"slices"
	"strings"
)

// Rule is one entry of the catalogue. Its id is never renumbered.
type Rule struct {
	// ID is the rule's name, such as "ST003".
	ID string
	// Severity is what its findings have, unless a finding says a milder one or Config a level.
	Severity Severity
	// Title says when it fires, Why what goes wrong then, Fix what to do about it.
	Title, Why, Fix string
	// Source is where it comes from: an RFC section, a vendor's page with its date, or "edgeprime"
	// for a rule of this project.
	Source string
	// Profiles are the caches that it is about, by the names of package policy; none means all.
	Profiles []string
	// Needs are the probes that it compares an answer with; none for a rule over recorded answers.
	// Without them it judges the answer alone, or stays silent.
	Needs []Probe
	// Static is true for a rule that one recorded answer decides.
	Static bool
	// Scope is what it looks at; a rule with check or compare need not say it.
	Scope Scope

	// check judges one answer, compare an answer with its probes; both nil for a rule of another
	// scope.
	check   func(*answer) *complaint
	compare func(*probed) *complaint
	// some is true when one of Needs is enough to compare.
	some bool
	// answers are the answers that check is about.
	answers answers
}

// Scope is what a rule looks at.
type Scope string

// The scopes.
const (
	ScopeAnswer   Scope = "one answer"
	ScopeProbes   Scope = "an answer and its probes"
	ScopeProfiles Scope = "an answer under several profiles"
	ScopeCell     Scope = "one cell over the passes of a run"
	ScopeURL      Scope = "one URL's cells in all regions"
	ScopeRegion   Scope = "one region's cells"
	ScopeSet      Scope = "all cells of a run"
)

// answers is a set of answers by status.
type answers uint8

// The sets of answers.
const (
	onContent answers = iota // 200, and redirects
	onErrors                 // 4xx and 5xx
	onAny
)

// complaint is what a check found. A zero fix means the rule's own, a zero severity too.
type complaint struct {
	message, fix string
	evidence     []string
	at           *Span
	severity     Severity
}

// catalogue are all rules, sorted by id. Nothing writes to it.
var catalogue = buildCatalogue()

func buildCatalogue() []Rule {
	rules := slices.Concat(
		stRules(), ttlRules(), parRules(), tgtRules(), varRules(), keyRules(), valRules(), datRules(), stlRules(), errRules(),
		rngRules(), encRules(), lenRules(), edgeRules(), regRules(), secRules(), grpRules(), setRules(),
	)
	for i := range rules {
		switch r := &rules[i]; {
		case r.check != nil:
			r.Scope = ScopeAnswer
		case r.compare != nil:
			r.Scope = ScopeProbes
		}
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// Rules returns the catalogue, sorted by id.
func Rules() []Rule { return slices.Clone(catalogue) }

// Find returns the rule with the id, compared without case.
func Find(id string) (Rule, bool) {
	i := slices.IndexFunc(catalogue, func(r Rule) bool { return strings.EqualFold(r.ID, id) })
	if i < 0 {
		return Rule{}, false
	}
	return catalogue[i], true
}

// about reports whether the rule is about a cache.
func (r *Rule) about(profile string) bool {
	return len(r.Profiles) == 0 || slices.Contains(r.Profiles, profile)
}

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
