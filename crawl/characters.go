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
	ascii  bool
	seen   map[rune]bool // beyond ASCII, while reading
	sorted []rune        // the same, afterwards
}

// addHTML notes the characters of a piece of HTML text.
func (c *characters) addHTML(raw []byte) {
	c.ascii = true
	for i := 0; i < len(raw); {
		switch b := raw[i]; {
		case b == '&':
			if end := bytes.IndexByte(raw[i:min(len(raw), i+40)], ';'); end > 1 {
				c.add(html.UnescapeString(string(raw[i : i+end+1])))
			}
			i++
		case b < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(raw[i:])
			c.addRune(r)
			i += n
		}
	}
}

func (c *characters) add(s string) {
	for _, r := range s {
		c.addRune(r)
	}
}

func (c *characters) addRune(r rune) {
	switch {
	case r < utf8.RuneSelf:
		c.ascii = true
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
func (c *characters) none() bool { return !c.ascii && len(c.sorted) == 0 }
