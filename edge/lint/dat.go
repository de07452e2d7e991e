package lint

// datRules are the rules of date and age.
func datRules() []Rule { return nil }
