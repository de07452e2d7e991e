package lint

import (
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// parCombined are the rules of directives that repeat or disable each other.
func parCombined() []Rule {
	return []Rule{
		{
			ID: "PAR005", Severity: Error, Static: true, check: repeated, Source: "RFC 9111, section 4.2.1",
			Title: "directive that is repeated",
			Why:   "some caches go by the first value, others by the last, and the RFC permits to call the response stale",
			Fix:   "keep one",
		},
		{
			ID: "PAR009", Severity: Warning, Static: true, check: dead, Source: "RFC 9111, section 5.2.2; httplint",
			Title: "directive that another one disables",
			Why:   "it has no effect and hides what is meant",
			Fix:   "remove the dead directive",
		},
	}
}

func repeated(a *answer) *complaint {
	ds := a.policy.Directives
	for i := range ds {
		d := &ds[i]
		if d.Occurrence < 2 || !known(d) {
			continue
		}
		first, _ := ds.First(lower(d))
		if sameArgument(&first, d) {
			c := a.point(d, "%s is there twice, with the same value", lower(d))
			c.severity = Warning
			return c
		}
		return a.point(d, "%s and %s are both there", first.Raw, d.Raw)
	}
	return nil
}

// sameArgument reports whether two directives of one name say the same.
func sameArgument(a, b *policy.Directive) bool {
	n, valid := a.Seconds()
	m, alsoValid := b.Seconds()
	if valid && alsoValid {
		return n == m
	}
	return a.Kind == b.Kind && a.Arg == b.Arg
}

func dead(a *answer) *complaint {
	ds := a.policy.Directives
	switch {
	case ds.Has("no-store"):
		if ds.Has("must-understand") {
			return nil
		}
		return a.disabled("no-store", func(d *policy.Directive) bool { return !d.Is("no-store") })
	case ds.Unqualified("no-cache"):
		if c := a.disabled("no-cache", deadBesideNoCache); c != nil {
			return c
		}
	}
	if ds.Has("must-revalidate") {
		return a.disabled("must-revalidate", func(d *policy.Directive) bool {
			return d.Is("immutable") || d.Is("stale-if-error") || d.Is("stale-while-revalidate")
		})
	}
	return nil
}

func deadBesideNoCache(d *policy.Directive) bool {
	return isDelta(d) || d.Is("immutable") || d.Is("must-revalidate") || d.Is("proxy-revalidate")
}

// disabled complains about the directives that the named one leaves without effect: it points at
// the first and shows the line without any.
func (a *answer) disabled(by string, isDead func(*policy.Directive) bool) *complaint {
	ds := a.policy.Directives
	var first *policy.Directive
	var gone, left []string
	for i := range ds {
		if !isDead(&ds[i]) {
			left = append(left, ds[i].Raw)
			continue
		}
		gone = append(gone, ds[i].Raw)
		if first == nil {
			first = &ds[i]
		}
	}
	if first == nil {
		return nil
	}
	c := a.point(first, "%s leaves no effect to %s", by, strings.Join(gone, ", "))
	c.fix = "remove the dead directive: Cache-Control: " + strings.Join(left, ", ")
	return c
}
