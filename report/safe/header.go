package safe

import (
	"slices"
	"strings"
)

// Header returns s, a header line "Name: value", without its credentials: cookies keep their names
// and attributes, the header of a credential keeps its name, and URLs are masked as by [URL]. What
// is no header line is masked as by [URL] only. Header is idempotent.
func Header(s string) string {
	name, value, ok := strings.Cut(s, ":")
	if !ok || !isToken(name) {
		return URL(s)
	}
	switch lower := strings.ToLower(name); {
	case lower == "set-cookie":
		return name + ":" + maskCookie(value)
	case secretHeader(lower):
		return name + ": " + mask
	default:
		return URL(s)
	}
}

// maskCookie masks a cookie's value; its attributes tell how long and where it lives.
func maskCookie(value string) string {
	pair, attributes, more := strings.Cut(value, ";")
	name, _, ok := strings.Cut(pair, "=")
	if !ok {
		return " " + mask
	}
	masked := name + "=" + mask
	if more {
		masked += ";" + URL(attributes)
	}
	return masked
}

// isToken tells whether s can be a header's name (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// secretHeader tells whether a header of this lower-case name carries a credential. A surrogate or
// cache key is none.
func secretHeader(name string) bool {
	return slices.Contains([]string{"authorization", "proxy-authorization", "cookie", "authentication-info"}, name) ||
		slices.ContainsFunc([]string{"token", "secret", "passw", "api-key", "apikey", "auth-key", "signature", "credential", "session"},
			func(part string) bool { return strings.Contains(name, part) })
}
