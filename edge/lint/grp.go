package lint

// grpRules are the rules of cache groups.
func grpRules() []Rule { return nil }
