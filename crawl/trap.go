package crawl

import (
	"slices"
	"strings"
)

// The names under which links that no guard lets through are counted, each a [Problem].
const (
	leftRobots     = "follow-robots"
	leftPages      = "follow-pages"
	leftHostPages  = "follow-pages-per-host"
	leftPattern    = "follow-pattern"
	leftQueries    = "follow-queries"
	leftRepeats    = "follow-repeats"
	leftSession    = "follow-session"
	leftSideEffect = "follow-side-effect"
)

// trap tells what is wrong with following a link, by its own looks; empty when nothing is.
func trap(l link) (name, why string) {
	query := queryOf(l)
	switch segments := strings.Split(strings.Trim(l.path, "/"), "/"); {
	case hasSideEffect(segments, query):
		return leftSideEffect, "following it could change something, by its words"
	case hasSession(l.path, query):
		return leftSession, "it carries a session id"
	case repeats(segments):
		return leftRepeats, "its path repeats itself"
	}
	return "", ""
}

// parameter is one name and value of a query, as they are written.
type parameter struct{ name, value string }

func queryOf(l link) []parameter {
	_, query, _ := strings.Cut(l.key, "?")
	var out []parameter
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		out = append(out, parameter{strings.ToLower(name), value})
	}
	return out
}

// hasSideEffect looks for the words of links that log out, delete or buy. A word among many is a
// title, as in /how-to-delete-your-account.
func hasSideEffect(segments []string, query []parameter) bool {
	texts := slices.Clone(segments)
	for _, p := range query {
		texts = append(texts, p.name, p.value)
	}
	return slices.ContainsFunc(texts, func(text string) bool {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !isWordRune(r) })
		if len(words) > 3 {
			return false
		}
		for i, word := range words {
			switch word {
			case "logout", "logoff", "signout", "signoff", "delete", "remove", "destroy", "unsubscribe", "cart", "basket", "checkout":
				return true
			case "log", "sign":
				if i+1 < len(words) && (words[i+1] == "out" || words[i+1] == "off") {
					return true
				}
			}
		}
		return false
	})
}

func isWordRune(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

// hasSession looks for session ids: parameters that are nothing else, and others of a telling
// name whose value nobody has made up.
func hasSession(path string, query []parameter) bool {
	path = strings.ToLower(path)
	if strings.Contains(path, ";jsessionid=") || strings.Contains(path, "/(s(") {
		return true
	}
	return slices.ContainsFunc(query, func(p parameter) bool {
		switch p.name {
		case "phpsessid", "jsessionid", "cfid", "cftoken", "sessionid", "session_id", "sessid", "oscsid", "zenid":
			return p.value != ""
		case "sid", "s", "session", "sess", "token":
			return isRandom(p.value)
		}
		return strings.HasPrefix(p.name, "aspsessionid")
	})
}

// repeats finds what links that are relative by mistake grow into: a segment for the third time,
// or a run of segments twice in a row. Numbers alone are dates and pages.
func repeats(segments []string) bool {
	seen := map[string]int{}
	for _, s := range segments {
		if seen[s]++; seen[s] > 2 && s != "" && !isNumber(s) {
			return true
		}
	}
	for size := 2; size*2 <= len(segments); size++ {
		for at := 0; at+size*2 <= len(segments); at++ {
			run := segments[at : at+size]
			if slices.Equal(run, segments[at+size:at+size*2]) && !slices.ContainsFunc(run, isNumber) {
				return true
			}
		}
	}
	return false
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// patternOf is what a link has in common with those that differ in numbers, ids and the order of
// their parameters only: calendars and counters walk inside one pattern.
func patternOf(l link) string {
	segments := strings.Split(l.path, "/")
	for i, s := range segments {
		segments[i] = patternOfText(s)
	}
	var query []string
	for _, p := range queryOf(l) {
		query = append(query, patternOfText(p.name)+"="+patternOfText(p.value))
	}
	slices.Sort(query)
	return l.origin() + strings.Join(segments, "/") + "?" + strings.Join(query, "&")
}

func patternOfText(s string) string {
	if isRandom(s) {
		return "*"
	}
	var b strings.Builder
	number := false
	for _, r := range strings.ToLower(s) {
		digit := '0' <= r && r <= '9'
		switch {
		case !digit:
			b.WriteRune(r)
		case !number:
			b.WriteByte('0')
		}
		number = digit
	}
	return b.String()
}

// isRandom recognises ids that a machine has drawn: long, and letters and digits in turn.
func isRandom(s string) bool {
	const least, turns = 16, 4
	if len(s) < least {
		return false
	}
	n := 0
	for i := 1; i < len(s); i++ {
		if isDigit(s[i]) != isDigit(s[i-1]) {
			n++
		}
		if c := s[i]; !isUnreserved(c) || c == '-' && strings.Trim(s, "0123456789abcdefABCDEF-") != "" {
			return false // words with hyphens between them are a title
		}
	}
	return n >= turns
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
