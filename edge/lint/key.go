package lint

// keyRules are the rules of the cache key.
func keyRules() []Rule { return nil }
