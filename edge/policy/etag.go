package policy

import "strings"

// ETag is an entity tag (RFC 9110, section 8.8.3). Its zero value is the strong tag "".
type ETag struct {
	// Opaque is the text between the quotes.
	Opaque string
	// Weak is true when the tag names an equivalent answer, not the same bytes.
	Weak bool
}

// ParseETag reads an entity tag: an optional W/, in capitals, and a quoted text of visible ASCII
// but the quote, or of bytes from 0x80 on. There are no escapes. White space around the field
// value is not part of it and is to be cut off before.
func ParseETag(s string) (ETag, bool) {
	opaque, weak := strings.CutPrefix(s, "W/")
	if len(opaque) < 2 || opaque[0] != '"' || opaque[len(opaque)-1] != '"' {
		return ETag{}, false
	}
	opaque = opaque[1 : len(opaque)-1]
	for i := range len(opaque) {
		if c := opaque[i]; c <= ' ' || c == '"' || c == 0x7f {
			return ETag{}, false
		}
	}
	return ETag{Opaque: opaque, Weak: weak}, true
}

// StrongEqual is the strong comparison (RFC 9110, section 8.8.3.2): the same tag, and neither is
// weak. Ranges may be joined under it.
func (t ETag) StrongEqual(u ETag) bool { return !t.Weak && !u.Weak && t.Opaque == u.Opaque }

// WeakEqual is the weak comparison: the same tag, weak or not. If-None-Match uses it.
func (t ETag) WeakEqual(u ETag) bool { return t.Opaque == u.Opaque }

// String returns the tag as a field value.
func (t ETag) String() string {
	if t.Weak {
		return `W/"` + t.Opaque + `"`
	}
	return `"` + t.Opaque + `"`
}
