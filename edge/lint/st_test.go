package lint_test

// stRows are the rows of the rules of storability.
func stRows() []ruleRow {
	return []ruleRow{
		{rule: "ST001", why: "CDN of no effect", header: "Cache-Control: no-store", priority: "low", profile: named("nginx")},
		{rule: "ST001", fire: true, header: "Cache-Control: no-store, max-age=60"},
		{rule: "ST001", why: "must-understand with a status that is", header: "Cache-Control: no-store, must-understand, max-age=60"},
		{rule: "ST001", why: "not critical", header: "Cache-Control: no-store", priority: "high"},
	}
}
