package lint

// encRules are the rules of content codings.
func encRules() []Rule { return nil }
