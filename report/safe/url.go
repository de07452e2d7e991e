package safe

import "strings"

// mask stands for what is hidden.
const mask = "***"

// between parts the words of a text: no URL holds one of these.
const between = " \t\r\n\"<>"

// URL returns s, a URL or a text that holds some, with "***" in place of userinfo and of the
// values of query keys that look like credentials: token, key, sig, signature, password, auth,
// session, access_token, X-Amz-Signature and their like, in fragments and matrix parameters too. A
// value that is itself an escaped URL with credentials is hidden as a whole. Nothing is parsed, so a
// malformed URL shows no more than a good one. URL is idempotent.
func URL(s string) string {
	if strings.Contains(s, "@") {
		s = maskUsers(s)
	}
	if strings.Contains(s, "=") {
		s = maskParameters(s, 0)
	}
	return s
}

// maskUsers hides what stands before the last "@" of every authority. Browsers read backslashes
// like slashes.
func maskUsers(s string) string {
	const slashes = `/\`
	var b strings.Builder
	for s != "" {
		start := strings.IndexAny(s, slashes) + 1
		if start == 0 {
			break
		}
		if start == len(s) || !strings.Contains(slashes, s[start:start+1]) {
			b.WriteString(s[:start])
			s = s[start:]
			continue
		}
		b.WriteString(s[:start+1])
		s = s[start+1:]
		end := strings.IndexAny(s, between+`/\?#'`)
		if end < 0 {
			end = len(s)
		}
		if at := strings.LastIndexByte(s[:end], '@'); at >= 0 {
			b.WriteString(mask)
			s, end = s[at:], end-at
		}
		b.WriteString(s[:end])
		s = s[end:]
	}
	b.WriteString(s)
	return b.String()
}

// maskParameters hides the values of credentials. A key starts behind any delimiter that some
// server knows, and a credential ends only where every server ends it, so that none shows in part.
func maskParameters(s string, depth int) string {
	const delimiters = "?&;#"
	var b strings.Builder
	for s != "" {
		start := strings.IndexAny(s, delimiters) + 1
		if start == 0 {
			break
		}
		b.WriteString(s[:start])
		s = s[start:]
		end := strings.IndexAny(s, delimiters+between+"=")
		if end < 0 || s[end] != '=' {
			continue
		}
		key := s[:end]
		b.WriteString(s[:end+1])
		s = s[end+1:]
		value := until(s, delimiters+between)
		if secretKey(key) {
			value = until(s, "&#"+between)
		} else if !carriesSecret(value, depth) {
			continue
		}
		if value != "" {
			b.WriteString(mask)
		}
		s = s[len(value):]
	}
	b.WriteString(s)
	return b.String()
}

// until is the part of s before the first of the given characters.
func until(s, ends string) string {
	if end := strings.IndexAny(s, ends); end >= 0 {
		return s[:end]
	}
	return s
}

// carriesSecret tells whether a value is an escaped URL, or escaped parameters, with credentials.
// What is escaped more often than anyone means to counts as such: the depth bounds the work too.
func carriesSecret(value string, depth int) bool {
	const deepest = 4
	for ; ; depth++ {
		inner := unescape(value)
		if inner == value {
			return false
		}
		if depth >= deepest {
			return true
		}
		value = inner
		if inner = "?" + inner; maskUsers(inner) != inner || maskParameters(inner, depth+1) != inner {
			return true
		}
	}
}
