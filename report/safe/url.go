package safe

import (
	"slices"
	"strconv"
	"strings"
)

// mask stands for what is hidden.
const mask = "***"

// between parts the words of a text; no URL holds one of them.
const between = " \t\r\n\"<>"

// URL returns s, a URL or a text that holds some, with "***" in place of userinfo and of the
// values of query keys that look like credentials: token, key, sig, signature, password, auth,
// session, access_token, X-Amz-Signature and their like, in fragments and matrix parameters too. A
// parameter that carries an escaped URL with credentials is hidden as a whole. Nothing is parsed, so
// a malformed URL shows no more than a good one. URL is idempotent.
func URL(s string) string {
	if !strings.ContainsAny(s, "@=") {
		return s
	}
	var b strings.Builder
	for {
		end := strings.IndexAny(s, between)
		if end < 0 {
			b.WriteString(word(s, 0))
			return b.String()
		}
		b.WriteString(word(s[:end], 0))
		b.WriteByte(s[end])
		s = s[end+1:]
	}
}

// word masks one word of a text, which may be a URL.
func word(s string, depth int) string {
	var b strings.Builder
	for {
		start := strings.Index(s, "//")
		if start < 0 {
			start = strings.Index(s, `\\`) // a browser reads a backslash like a slash
		}
		if start < 0 {
			b.WriteString(parameters(s, depth))
			return b.String()
		}
		start += 2
		end := start + strings.IndexAny(s[start:]+"/", `/?#\`)
		b.WriteString(parameters(s[:start], depth))
		b.WriteString(authority(s[start:end]))
		if !strings.Contains(s[end:], "//") {
			b.WriteString(parameters(s[end:], depth))
			return b.String()
		}
		s = s[end:]
	}
}
