package lint

// parRules are the rules of syntax and hygiene.
func parRules() []Rule { return nil }
