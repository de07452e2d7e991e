package crawl

import (
	"bytes"
	"maps"
	"slices"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// maxCharacters bounds how many characters beyond ASCII a page remembers.
const maxCharacters = 1 << 16

// characters are those that a page shows: which subsets of a font it needs depends on them.
type characters struct {
	ascii  [2]uint64     // a bit each; controls, which are white space, count as spaces
	seen   map[rune]bool // beyond ASCII, while reading
	sorted []rune        // the same, afterwards
}

// addHTML notes the characters of a piece of HTML text.
func (c *characters) addHTML(raw []byte) {
	for i := 0; i < len(raw); {
		b := raw[i]
		if b >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(raw[i:])
			c.addRune(r)
			i += n
			continue
		}
		if b == '&' {
			if end := bytes.IndexByte(raw[i:min(len(raw), i+40)], ';'); end > 1 {
				c.add(html.UnescapeString(string(raw[i : i+end+1])))
				i += end + 1
				continue
			}
		}
		c.addASCII(rune(b))
		i++
	}
}

func (c *characters) addASCII(r rune) {
	r = max(r, ' ')
	c.ascii[r>>6] |= 1 << (r & 63)
}

func (c *characters) add(s string) {
	for _, r := range s {
		c.addRune(r)
	}
}

func (c *characters) addRune(r rune) {
	switch {
	case r < utf8.RuneSelf:
		c.addASCII(r)
	case len(c.seen) < maxCharacters:
		if c.seen == nil {
			c.seen = map[rune]bool{}
		}
		c.seen[r] = true
	}
}

func (c *characters) seal() {
	if len(c.seen) > 0 {
		c.sorted, c.seen = slices.Sorted(maps.Keys(c.seen)), nil
	}
}

// none tells whether the sealed set is empty.
func (c *characters) none() bool { return c.ascii == [2]uint64{} && len(c.sorted) == 0 }

// list are the characters of a sealed set, and the blank, which browsers want whatever the text. One
// character stands for all of ASCII, unless somebody parts it.
func (c *characters) list(partsASCII bool) []rune {
	switch {
	case c.none():
		return nil
	case !partsASCII:
		return append([]rune{'a'}, c.sorted...)
	}
	out := []rune{' '}
	for r := '!'; r < utf8.RuneSelf; r++ {
		if c.ascii[r>>6]&(1<<(r&63)) != 0 {
			out = append(out, r)
		}
	}
	return append(out, c.sorted...)
}
