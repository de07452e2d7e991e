package lint

// valRules are the rules of validators.
func valRules() []Rule { return nil }
