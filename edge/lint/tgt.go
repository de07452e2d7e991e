package lint

// tgtRules are the rules of targeted and surrogate fields.
func tgtRules() []Rule { return nil }
