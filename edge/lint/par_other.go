package lint

import "strings"

// parOthers are the rules of fields that no response needs.
func parOthers() []Rule {
	return []Rule{
		{
			ID: "PAR013", Severity: Error, Static: true, check: pragma, Source: "RFC 9111, section 5.4",
			Title: "Pragma in a response",
			Why:   "it is not defined there, yet several caches and Chromium take its no-cache for an order",
			Fix:   "remove Pragma",
		},
		{
			ID: "PAR019", Severity: Note, Static: true, check: warningField, Source: "RFC 9111, section 5.5",
			Title: "Warning field",
			Why:   "it is obsolete, and no cache reads it",
			Fix:   "remove Warning",
		},
	}
}

func pragma(a *answer) *complaint {
	if !a.has(fieldPragma) {
		return nil
	}
	noCache := false
	for _, line := range a.values(fieldPragma) {
		for member := range strings.SplitSeq(line, ",") {
			noCache = noCache || strings.EqualFold(strings.Trim(member, " \t"), "no-cache")
		}
	}
	if p := &a.policy; noCache && p.Explicit && p.Lifetime > 0 && p.Reusable() {
		return &complaint{
			message:  "Pragma says no-cache, and Cache-Control permits reuse for " + seconds(p.Lifetime),
			evidence: a.lines("Pragma", "Cache-Control"),
		}
	}
	return &complaint{message: "Pragma means nothing in a response", evidence: a.lines("Pragma"), severity: Warning}
}

func warningField(a *answer) *complaint {
	if !a.has(fieldWarning) {
		return nil
	}
	return &complaint{message: "Warning is obsolete", evidence: a.lines("Warning")}
}
