package lint

// lenRules are the rules of lengths.
func lenRules() []Rule { return nil }
