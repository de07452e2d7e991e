// Package safe is the one sanitiser of outputs: whatever comes from a site, an edge or a file
// passes it before a person, a terminal or a program reads it.
//
// [Text] takes control characters and invisible ones away from any string. [URL] hides
// credentials in what holds a URL, [Header] in a header line, and a [Masker] hides the literals of
// loaded secrets. [Markdown], [Code] and [CSV] are for these formats and come last:
//
//	line := safe.Text(safe.URL(foreign), 200)
//
// All of them are pure and safe for concurrent use.
package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ellipsis stands for what was cut off.
const ellipsis = "…"

// Text returns s as valid UTF-8 of at most limit characters, without a control character, line
// break, bidirectional mark or other invisible character: these are written visibly, such as
// \x1b or \u202e. Too long a text ends with "…". A limit below 1 gives "". Text is idempotent.
func Text(s string, limit int) string {
	if limit < 1 {
		return ""
	}
	if plain(s, limit) {
		return s
	}
	var b strings.Builder
	length, keep, cut := 0, 0, false // keep is where b ends when the ellipsis must follow
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		word := visible(r, s[:size])
		s = s[size:]
		if length += utf8.RuneCountInString(word); length > limit {
			cut = true
			break
		}
		b.WriteString(word)
		if length < limit {
			keep = b.Len()
		}
	}
	if !cut {
		return b.String()
	}
	return b.String()[:keep] + ellipsis
}

// plain reports whether a string may stay as it is: the way of nearly all strings.
func plain(s string, limit int) bool {
	if len(s) > limit {
		return false
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// visible returns a character as it is, or its escape.
func visible(r rune, raw string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case !hidden(r):
		return raw
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}

// hidden reports whether a character steers its reader's eye or terminal instead of being seen:
// controls, formats (bidirectional marks, zero-width characters, tags), line and paragraph
// separators, private use, and what Unicode says to ignore.
func hidden(r rune) bool {
	if r < 0x7f {
		return r < 0x20
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
