package lint

import (
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// parRules are the rules of syntax and hygiene.
func parRules() []Rule {
	return slices.Concat(parArguments(), parNames(), parCombined(), parDates(), parOthers())
}

// parArguments are the rules of directives' arguments, and of what parts them.
func parArguments() []Rule {
	return []Rule{
		{
			ID: "PAR001", Severity: Error, Static: true, check: notANumber, Source: "RFC 9111, sections 1.2.2 and 4.2.1",
			Title: "number of seconds that is none",
			Why:   "the response counts as stale by RFC 9111, while several caches read as much as they understand",
			Fix:   "write digits only, such as: max-age=3600",
		},
		{
			ID: "PAR002", Severity: Error, Static: true, check: noNumber, Source: "RFC 9111, section 5.2.2",
			Title: "directive without its number of seconds",
			Why:   "what a cache does then is not defined",
			Fix:   "add the value, such as: max-age=3600",
		},
		{
			ID: "PAR003", Severity: Error, Static: true, check: quotedNumber, Source: "RFC 9111, section 5.2.2.1",
			Title: "number of seconds in quotes",
			Why:   "most shared caches take it for no lifetime at all",
			Fix:   "remove the quotes, such as: max-age=3600",
		},
		{
			ID: "PAR004", Severity: Error, Static: true, check: spaced, Source: "RFC 9111, section 5.2",
			Title: "white space around =",
			Why:   "it is outside the grammar, and about half of all caches then miss the value",
			Fix:   "remove the white space, such as: max-age=3600",
		},
		{
			ID: "PAR006", Severity: Warning, Static: true, check: flagWithValue, Source: "RFC 9111, section 5.2.2",
			Title: "value on a directive that takes none",
			Why:   "caches ignore the value or the directive with it",
			Fix:   "write the directive alone",
		},
		{
			ID: "PAR011", Severity: Error, Static: true, check: outsideGrammar, Source: "RFC 9111, section 5.2",
			Title: "Cache-Control outside its grammar",
			Why:   "a cache may lose the directive or all that follows it",
			Fix:   "separate directives by commas, and close every quote",
		},
		{
			ID: "PAR020", Severity: Warning, Static: true, check: emptyPolicy, Source: "RFC 9111, section 5.2",
			Title: "Cache-Control without a directive",
			Why:   "it says nothing, so each cache's default decides",
			Fix:   "state a policy, such as: Cache-Control: max-age=3600",
		},
	}
}

// isDelta reports whether a directive's argument is a number of seconds.
func isDelta(d *policy.Directive) bool {
	return d.Is("max-age") || d.Is("s-maxage") || d.Is("stale-while-revalidate") || d.Is("stale-if-error")
}

// isFlag reports whether a directive of responses takes no argument.
func isFlag(d *policy.Directive) bool {
	for _, name := range [...]string{"public", "no-store", "must-revalidate", "proxy-revalidate", "must-understand", "no-transform", "immutable"} {
		if d.Is(name) {
			return true
		}
	}
	return false
}

// firstOfKind complains about the first directive of Cache-Control that fits.
func (a *answer) firstOfKind(fits func(*policy.Directive) bool, format string) *complaint {
	ds := a.policy.Directives
	for i := range ds {
		if fits(&ds[i]) {
			return a.point(&ds[i], format, ds[i].Raw)
		}
	}
	return nil
}

func notANumber(a *answer) *complaint {
	return a.firstOfKind(func(d *policy.Directive) bool {
		_, ok := d.Seconds()
		return !ok && d.Err == "" && d.Kind == policy.TokenArg && isDelta(d)
	}, "%s is no number of seconds: only digits count")
}

func noNumber(a *answer) *complaint {
	return a.firstOfKind(func(d *policy.Directive) bool {
		return (d.Kind == policy.NoArg && d.Err == "" || d.Err == policy.ErrNoValue) && isDelta(d)
	}, "%s has no value")
}

func quotedNumber(a *answer) *complaint {
	return a.firstOfKind(func(d *policy.Directive) bool {
		return d.Kind == policy.QuotedArg && d.Err == "" && isDelta(d)
	}, "%s has its number in quotes")
}

func spaced(a *answer) *complaint {
	return a.firstOfKind(func(d *policy.Directive) bool { return d.Err == policy.ErrSpace }, "%s has white space around =")
}

func flagWithValue(a *answer) *complaint {
	return a.firstOfKind(func(d *policy.Directive) bool {
		return (d.Kind != policy.NoArg || d.Err == policy.ErrNoValue) && isFlag(d)
	}, "%s: the directive takes no value")
}

// outsideGrammar points at the byte that is wrong.
func outsideGrammar(a *answer) *complaint {
	ds := a.policy.Directives
	for i := range ds {
		d := ds[i]
		switch d.Err {
		case policy.ErrUnbalanced, policy.ErrCharacter, policy.ErrTrailing, policy.ErrNoName:
		default:
			continue
		}
		problem := d.Err
		if d.ErrAt < d.End && d.Raw[d.ErrAt-d.Start] == ';' {
			problem = "; parts no directives, a comma does"
		}
		d.Start, d.End = d.ErrAt, min(d.ErrAt+1, d.End)
		return a.point(&d, "%s in %s", problem, ds[i].Raw)
	}
	return nil
}

func emptyPolicy(a *answer) *complaint {
	if !a.has(fieldCacheControl) || len(a.policy.Directives) > 0 {
		return nil
	}
	return &complaint{message: "Cache-Control is there and says nothing", evidence: a.lines("Cache-Control")}
}

// lower is a directive's name as it is compared.
func lower(d *policy.Directive) string { return strings.ToLower(d.Name) }
