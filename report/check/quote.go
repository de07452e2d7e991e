package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// quoteWidth is the columns of a quoted header line, quoteContext those before what is pointed at
// when the line has to be cut.
const (
	quoteWidth   = 100
	quoteContext = 40

	longestLine = 1 << 16 // characters of one header line that are looked at
)

// quote is a line of evidence as a terminal shows it, of at most quoteWidth columns, and the line
// with carets below the span; empty carets without one. Escapes and wide characters take the
// columns that they have.
func quote(line string, at *lint.Span) (shown, carets string) {
	if at == nil {
		return safe.Text(line, quoteWidth), ""
	}
	start, end := boundary(line, at.Start), boundary(line, max(at.Start, at.End))
	before, within := []rune(safe.Text(line[:start], longestLine)), []rune(safe.Text(line[start:end], longestLine))
	after := []rune(safe.Text(line[end:], longestLine))
	lead, trail := "", ""
	if columns(before)+columns(within)+columns(after) > quoteWidth {
		if kept := last(before, quoteContext); len(kept) < len(before) {
			before, lead = kept, "…"
		}
		room := quoteWidth - columns(before) - len("……")/len("…")
		head, left := first(within, room)
		tail, _ := first(after, left)
		if len(head)+len(tail) < len(within)+len(after) {
			trail = "…"
		}
		within, after = head, tail
	}
	shown = lead + string(before) + string(within) + string(after) + trail
	return shown, strings.Repeat(" ", columns([]rune(lead))+columns(before)) + strings.Repeat("^", max(1, columns(within)))
}

// boundary is the byte of a line at or before i at which a character begins.
func boundary(line string, i int) int {
	i = min(max(i, 0), len(line))
	for i > 0 && i < len(line) && !utf8.RuneStart(line[i]) {
		i--
	}
	return i
}

// last are the last characters that fit.
func last(s []rune, room int) []rune {
	i := len(s)
	for i > 0 && room >= cellsOf(s[i-1]) {
		i--
		room -= cellsOf(s[i])
	}
	return s[i:]
}

// first are the first characters that fit, and the room that they leave.
func first(s []rune, room int) ([]rune, int) {
	for i, r := range s {
		if room < cellsOf(r) {
			return s[:i], 0
		}
		room -= cellsOf(r)
	}
	return s, room
}

// columns are the columns of a text in a terminal.
func columns(s []rune) int {
	sum := 0
	for _, r := range s {
		sum += cellsOf(r)
	}
	return sum
}

// cellsOf is the columns of a character: two for the wide ones of East Asia and emoji, none for a
// mark that stands on the one before.
func cellsOf(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2 //nolint:mnd // columns
	default:
		return 1
	}
}
