package lint

// setRules are the rules over sets, of whatever family.
func setRules() []Rule {
	return []Rule{
		{
			ID: "TTL014", Severity: Warning, Scope: ScopeSet, Source: "edgeprime",
			Title: "many critical copies that expire in the same minute of the warm window",
			Why:   "all of them are fetched anew at once, which floods the origin",
			Fix:   "spread the lifetimes, or prime again in turns",
		},
		{
			ID: "VAR012", Severity: Error, Scope: ScopeURL, Source: "edgeprime",
			Title: "declared variant that was not primed",
			Why:   "the first visitor whose browser asks for it waits for the origin",
			Fix:   "prime every declared variant",
		},
		{
			ID: "KEY004", Severity: Note, Scope: ScopeSet, Source: "edgeprime",
			Title: "one body under URLs that differ in the order of the query, case or a trailing slash only",
			Why:   "each spelling is an entry of its own, so the cache is filled and missed more often than it need be",
			Fix:   "link one spelling everywhere, and redirect the others to it",
		},
		{
			ID: "TGT008", Severity: Error, Scope: ScopeProfiles, Source: "edgeprime",
			Title: "lifetime that differs between the CDNs in use",
			Why:   "one CDN's copy expires long before the other's",
			Fix:   "say the same lifetime in the field that each CDN reads",
		},
		{
			ID: "EDGE013", Severity: Warning, Scope: ScopeSet, Source: "edgeprime",
			Title: "visitors who will send the origin more than it can take",
			Why:   "the share of answers that still came from the origin, at the planned rate of visitors, is above the origin's limit",
			Fix:   "find out why these answers reach the origin, and repair it before the launch",
		},
	}
}
