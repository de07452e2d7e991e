package lint

// secRules are the rules of what must not be shared.
func secRules() []Rule { return nil }
