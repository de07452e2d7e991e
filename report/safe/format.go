package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// most bounds what the format functions let through: a megabyte in one cell is no text.
const most = 1 << 16

// Markdown returns s as text that Markdown shows as it is, within a paragraph or a table: markup,
// HTML, links, mentions and the beginnings of lists and headings lose their meaning. Control
// characters are escaped as by [Text].
func Markdown(s string) string {
	s = Text(s, most)
	var b strings.Builder
	digits := true // so far, which with a dot begins a numbered list
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\`*_{}[]()#|<>&~@^$!", r),
			r == ':' && i+1 < len(s) && (s[i+1] == '/' || isWord(s[i+1]) && s[i+1] > '9'), // links, emoji
			i == 0 && strings.ContainsRune("+-=", r),
			r == '.' && (i > 0 && digits || strings.EqualFold(s[max(i-3, 0):i], "www")):
			b.WriteByte('\\')
		}
		digits = digits && r >= '0' && r <= '9'
		b.WriteRune(r)
		if (r == '@' || r == '#') && i+1 < len(s) && isWord(s[i+1]) {
			// Forges look for mentions and issues in what is rendered: a comment parts it.
			b.WriteString("<!-- -->")
		}
	}
	return b.String()
}

// isWord tells whether a mention or the number of an issue can start with c.
func isWord(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

// Code returns s as a Markdown code span that may stand in a table: nothing in it is markup, a link
// or a mention. Back-ticks become apostrophes. An empty text gives "".
func Code(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(Text(s, most), "`", "'"))
	if s == "" {
		return ""
	}
	// A table splits its row at every "|" that no odd number of backslashes stands before, also
	// within code. The replacement cannot be undone by backslashes of the text itself.
	return "`" + strings.ReplaceAll(s, "|", "¦") + "`"
}

// CSV returns s so that no spreadsheet takes it for a formula: a text that begins with one of
// = + - @ or their full-width forms gets an apostrophe before it, blanks in front of it or not.
// Control characters are escaped as by [Text]; quoting is left to encoding/csv.
func CSV(s string) string {
	s = Text(s, most)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '"' }))
	if s == "" || !strings.ContainsRune("=+-@＝＋－＠", first) {
		return s
	}
	return "'" + s
}
