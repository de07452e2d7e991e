package lint

// rngRules are the rules of ranges.
func rngRules() []Rule { return nil }
