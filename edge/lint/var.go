package lint

import "slices"

// varRules are the rules of variants.
func varRules() []Rule {
	return []Rule{
		{
			ID: "VAR001", Severity: Error, Static: true, check: varyUserAgent, Source: "RFC 9110, section 12.5.5",
			Title: "Vary has User-Agent",
			Why:   "nearly every visitor's browser sends another value, so nearly every request misses",
			Fix:   "use client hints or separate URLs, and drop User-Agent from Vary",
		},
		{
			ID: "VAR002", Severity: Blocker, Static: true, check: varyCookie, Source: "RFC 9110, section 12.5.5",
			Title: "critical asset with Vary: Cookie",
			Why:   "each visitor has a copy of their own, so no visitor hits",
			Fix:   "make the response independent of cookies, and drop Cookie from Vary",
		},
	}
}

func varyUserAgent(a *answer) *complaint {
	if !slices.Contains(a.vary, "user-agent") {
		return nil
	}
	return &complaint{message: "Vary has User-Agent: one copy for each browser version", evidence: a.lines("Vary")}
}

func varyCookie(a *answer) *complaint {
	if !a.critical || !slices.Contains(a.vary, "cookie") {
		return nil
	}
	return &complaint{message: "Vary has Cookie: one copy for each visitor", evidence: a.lines("Vary")}
}
