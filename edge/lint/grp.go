package lint

import (
	"fmt"
	"net/http"

	"github.com/dunglas/httpsfv"
)

// What caches have to support of groups (RFC 9875, section 2).
const (
	mostGroups   = 32
	longestGroup = 32 // characters
)

// grpRules are the rules of cache groups.
func grpRules() []Rule {
	return []Rule{
		{
			ID: "GRP001", Severity: Warning, check: badGroups, answers: onAny, Source: "RFC 9875, sections 2 and 3",
			Title: "cache groups that caches may ignore",
			Why:   "a purge by group misses what is in a group that was not understood",
			Fix:   `send at most 32 quoted names of at most 32 characters, as in: Cache-Groups: "release-7", "scripts"`,
		},
		{
			ID: "GRP002", Severity: Warning, check: idleInvalidation, answers: onAny, Source: "RFC 9875, section 3",
			Title: "Cache-Group-Invalidation on an answer to GET or HEAD",
			Why:   "caches must ignore it there, so nothing is invalidated",
			Fix:   "send it with answers to unsafe methods, such as POST",
		},
	}
}

func badGroups(a *answer) *complaint {
	if c := a.groups(fieldCacheGroups, "Cache-Groups"); c != nil {
		return c
	}
	return a.groups(fieldCacheGroupInvalidation, "Cache-Group-Invalidation")
}

// groups complains about a list of groups.
func (a *answer) groups(f field, name string) *complaint {
	if !a.has(f) {
		return nil
	}
	message := groupsTrouble(a.values(f))
	if message == "" {
		return nil
	}
	return &complaint{message: name + " " + message, evidence: a.lines(name)}
}

// groupsTrouble says what is wrong with a list of groups, empty when nothing is.
func groupsTrouble(lines []string) string {
	list, err := httpsfv.UnmarshalList(lines)
	switch {
	case err != nil:
		return "is not a list of quoted names"
	case len(list) > mostGroups:
		return fmt.Sprintf("has %d groups, more than %d", len(list), mostGroups)
	}
	for i, member := range list {
		item, ok := member.(httpsfv.Item)
		name, isString := item.Value.(string)
		switch {
		case !ok || !isString:
			return fmt.Sprintf("has no quoted name as member %d", i+1)
		case len(name) > longestGroup:
			return fmt.Sprintf("has a name of %d characters, more than %d", len(name), longestGroup)
		}
	}
	return ""
}

func idleInvalidation(a *answer) *complaint {
	if !a.has(fieldCacheGroupInvalidation) || a.Method != "" && a.Method != http.MethodGet && a.Method != http.MethodHead {
		return nil
	}
	return &complaint{message: "the answer to a safe method asks caches to invalidate a group", evidence: a.lines("Cache-Group-Invalidation")}
}
