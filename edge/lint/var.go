package lint

import (
	"fmt"
	"slices"
	"strings"
)

// varRules are the rules of variants.
func varRules() []Rule {
	rules := []Rule{
		{
			ID: "VAR001", Severity: Error, Static: true, check: varyUserAgent, Source: "RFC 9110, section 12.5.5",
			Title: "Vary has User-Agent",
			Why:   "nearly every visitor's browser sends another value, so nearly every request misses",
			Fix:   "use client hints or separate URLs, and drop User-Agent from Vary",
		},
		{
			ID: "VAR002", Severity: Blocker, Static: true, check: varyCookie, Source: "RFC 9110, section 12.5.5",
			Title: "critical asset with Vary: Cookie",
			Why:   "each visitor has a copy of their own, so no visitor hits",
			Fix:   "make the response independent of cookies, and drop Cookie from Vary",
		},
		{
			ID: "VAR003", Severity: Warning, Static: true, check: varyMany, Source: "RFC 9111, section 4.1",
			Title: "Vary with many members",
			Why:   "copies multiply with every member, and each has to be primed",
			Fix:   "keep the members whose values change the body, such as: Vary: Accept-Encoding",
		},
		{
			ID: "VAR004", Severity: Note, Static: true, check: varyNeedless, Source: "RFC 9110, section 12.5.5",
			Title: "Vary has Host or Authorization",
			Why:   "the host is part of the cache key, and answers to credentials have rules of their own",
			Fix:   "drop Host and Authorization from Vary",
		},
		{
			ID: "VAR005", Severity: Error, Static: true, check: codedWithoutVary, Source: "RFC 9110, section 12.5.5",
			Title: "coded answer whose Vary lacks Accept-Encoding",
			Why:   "a cache may send the coded copy to a client that cannot decode it",
			Fix:   "add: Vary: Accept-Encoding",
		},
		{
			ID: "VAR010", Severity: Warning, check: varyLanguage, Source: "RFC 9110, section 12.5.4",
			Title: "Vary has Accept-Language",
			Why:   "browsers write the same languages in many ways, and caches keep a copy for each",
			Fix:   "give each language its URL; where the edge normalises the field, switch this rule off",
		},
		{
			ID: "VAR011", Severity: Note, check: varyTwice, Source: "RFC 9110, section 12.5.5",
			Title: "Vary names a field twice",
			Why:   "two places add to Vary, and it is easy to change only one of them",
			Fix:   "name each field once",
		},
	}
	return append(rules, varyProbeRules()...)
}

func varyUserAgent(a *answer) *complaint {
	if !slices.Contains(a.vary, "user-agent") {
		return nil
	}
	return a.aboutVary("Vary has User-Agent: one copy for each browser version", "user-agent")
}

func varyCookie(a *answer) *complaint {
	if !a.critical || !slices.Contains(a.vary, "cookie") {
		return nil
	}
	return a.aboutVary("Vary has Cookie: one copy for each visitor", "cookie")
}

func varyMany(a *answer) *complaint {
	most := a.linter.config.VaryMembers
	if len(a.vary) <= most {
		return nil
	}
	distinct := distinctMembers(a.vary)
	if len(distinct) <= most {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("Vary has %d members, more than %d", len(distinct), most),
		evidence: a.lines("Vary"),
	}
}

func varyNeedless(a *answer) *complaint {
	for _, m := range a.vary {
		if m == "host" || m == "authorization" {
			return a.aboutVary("Vary names "+m+", which caches tell apart without it", m)
		}
	}
	return nil
}

// lacksVary reports whether a cache may keep a coded body and not tell who can decode it.
func (a *answer) lacksVary() bool {
	if !a.has(fieldContentEncoding) || !a.policy.Storable && !a.cdn.Storable || a.variesBy("accept-encoding") {
		return false
	}
	coding := a.value(fieldContentEncoding)
	return coding != "" && !strings.EqualFold(coding, "identity")
}

func codedWithoutVary(a *answer) *complaint {
	if !a.lacksVary() {
		return nil
	}
	coding := strings.ToLower(a.value(fieldContentEncoding))
	c := &complaint{message: "the body is coded with " + coding + ", and Vary does not name Accept-Encoding", evidence: a.lines("Content-Encoding", "Vary")}
	if members := distinctMembers(a.vary); len(members) > 0 {
		c.fix = "set Vary: " + strings.Join(append(members, "accept-encoding"), ", ")
	}
	return c
}

func varyLanguage(a *answer) *complaint {
	if !slices.Contains(a.vary, "accept-language") {
		return nil
	}
	return a.aboutVary("Vary has Accept-Language: one copy for each way to write a list of languages", "accept-language")
}

func varyTwice(a *answer) *complaint {
	for i, m := range a.vary {
		if slices.Contains(a.vary[:i], m) {
			c := &complaint{message: "Vary names " + m + " more than once", evidence: a.lines("Vary")}
			c.fix = "set Vary: " + strings.Join(distinctMembers(a.vary), ", ")
			return c
		}
	}
	return nil
}

// variesBy reports whether Vary has the member, which is in lower case, or "*".
func (a *answer) variesBy(member string) bool {
	return slices.Contains(a.vary, member) || slices.Contains(a.vary, "*")
}

// aboutVary is a complaint about a member of Vary, which is in lower case.
func (a *answer) aboutVary(message, member string) *complaint {
	lines, at := a.quoteMember("Vary", member)
	return &complaint{message: message, evidence: lines, at: at}
}

// quoteMember returns the line of a list field that has the member, which is in lower case, and
// the member's place in it.
func (a *answer) quoteMember(name, member string) ([]string, *Span) {
	lines := a.lines(name)
	for _, line := range lines {
		start := len(name) + len(":")
		for m := range strings.SplitSeq(line[start:], ",") {
			trimmed := strings.TrimLeft(m, " \t")
			at := start + len(m) - len(trimmed)
			start += len(m) + len(",")
			if trimmed = strings.TrimRight(trimmed, " \t"); strings.EqualFold(trimmed, member) {
				return []string{line}, &Span{Start: at, End: at + len(trimmed)}
			}
		}
	}
	return lines, nil
}

// distinctMembers are the members without repetition, in the order of their first places.
func distinctMembers(members []string) []string {
	var distinct []string
	for _, m := range members {
		if !slices.Contains(distinct, m) {
			distinct = append(distinct, m)
		}
	}
	return distinct
}
