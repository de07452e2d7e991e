package lint

// stlRules are the rules of stale reuse.
func stlRules() []Rule { return nil }
