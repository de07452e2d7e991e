package crawl

import (
	"strconv"
	"strings"
)

// fontWish is what a text is to be set in.
type fontWish struct {
	family string
	width  float64
	weight float64
	italic bool
}

// fontFit is what a family offers for a wish: faces that differ in their ranges only, and for
// characters that were asked for which of them shows each.
type fontFit struct {
	subsets []*fontFace
	shows   map[rune]int // -1 for none
}

// setText takes the faces in which a browser sets a text: what one family lacks is set in the next.
func (s *styler) setText(style nodeStyle, text *characters) {
	all := text.list(s.cascade.partsASCII)
	for _, list := range style.families {
		rest := all
		for _, family := range list {
			if isGeneric(family) || len(rest) == 0 {
				break
			}
			if len(s.cascade.faces[family]) > 0 {
				rest = s.setIn(family, style, rest)
			}
		}
	}
}

// setIn takes the faces of one family, and returns the characters that are in none of them.
func (s *styler) setIn(family string, style nodeStyle, text []rune) (rest []rune) {
	var fits []*fontFit
	for _, width := range style.widths {
		for _, weight := range style.weights {
			for _, italic := range style.italics {
				fits = append(fits, s.fit(fontWish{family, width, weight, italic}))
			}
		}
	}
	for _, r := range text {
		shown := true
		for _, fit := range fits {
			shown = s.show(fit, r) && shown
		}
		if !shown {
			rest = append(rest, r)
		}
	}
	return rest
}

// fit matches the faces of a family, once.
func (s *styler) fit(wish fontWish) *fontFit {
	fit := s.fits[wish]
	if fit == nil {
		var here []*fontFace
		for _, f := range s.cascade.faces[wish.family] {
			if s.page.spend(1) && s.screen.matchesAll(s.known, f.media) {
				here = append(here, f)
			}
		}
		fit = &fontFit{subsets: matchFaces(here, wish), shows: map[rune]int{}}
		s.fits[wish] = fit
	}
	return fit
}

// show takes the subset in which a character is shown: the last one that has it (CSS Fonts 4
// section 4.5). It is false when none has.
func (s *styler) show(fit *fontFit, r rune) bool {
	at, known := fit.shows[r]
	if !known {
		for at = len(fit.subsets) - 1; at >= 0; at-- {
			if !s.page.spend(1) || fit.subsets[at].has(r) {
				break
			}
		}
		fit.shows[r] = at
	}
	if !s.page.spend(1) || at < 0 {
		return false
	}
	s.faces[fit.subsets[at]] |= s.bit
	return true
}

// isGeneric tells whether a family is one that every device has.
func isGeneric(family string) bool {
	switch family {
	case "serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-serif", "ui-sans-serif",
		"ui-monospace", "ui-rounded", "math", "-apple-system", "blinkmacsystemfont":
		return true
	}
	return false
}

// families are the lists of families that a declaration may mean.
func (s *styler) families(d *decl, vars *scope) [][]string {
	var out [][]string
	for _, items := range s.expand(d.value, vars, 0) {
		if d.shorthand {
			items = behindSize(items)
		}
		var list []string
		for _, part := range splitItems(items) {
			var words []string
			for _, item := range part {
				switch item.kind {
				case itemString:
					words = append(words, normalFamily(item.text))
				case itemWord:
					words = append(words, item.text)
				default:
				}
			}
			if len(words) > 0 {
				list = append(list, strings.Join(words, " "))
			}
		}
		out = append(out, list)
	}
	return out
}

// behindSize is the part of a font shorthand behind its size and line height.
func behindSize(items []cssItem) []cssItem {
	size := -1
	for i, item := range items {
		switch {
		case item.kind == itemComma:
			return items[size+1:]
		case item.kind == itemNumber && !isWeight(item.text), item.kind == itemWord && isSizeWord(item.text):
			size = i
		case item.kind == itemSlash && i+1 < len(items):
			size = i + 1
		}
	}
	return items[size+1:]
}

func isWeight(text string) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && n >= 1
}

func isSizeWord(word string) bool {
	switch word {
	case "xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large", "larger", "smaller", "math":
		return true
	}
	return false
}

// widths are the font widths that a declaration may mean.
func (s *styler) widths(d *decl, vars *scope) []float64 {
	var out []float64
	for _, items := range s.expand(d.value, vars, 0) {
		width := 100.0
		if d.shorthand {
			items = items[:len(items)-len(behindSize(items))]
		}
		for _, item := range items {
			if w, ok := widthOf(item.text); ok && (item.kind == itemWord || !d.shorthand) {
				width = w
			}
		}
		out = append(out, width)
	}
	return out
}

// weights are the font weights that a declaration may mean.
func (s *styler) weights(d *decl, vars *scope, parent []float64) []float64 {
	var out []float64
	for _, items := range s.expand(d.value, vars, 0) {
		out = append(out, weightOf(items, d.shorthand, parent)...)
	}
	return out
}

func weightOf(items []cssItem, shorthand bool, parent []float64) []float64 {
	for _, item := range items {
		switch {
		case item.kind == itemNumber && isWeight(item.text):
			n, _ := strconv.ParseFloat(item.text, 64)
			return []float64{n}
		case item.kind == itemNumber && shorthand:
			return []float64{400} // the size: there was no weight before it
		case item.text == "bold":
			return []float64{700}
		case item.text == "bolder":
			return relative(parent, 400, 700, 900)
		case item.text == "lighter":
			return relative(parent, 100, 400, 700)
		}
	}
	return []float64{400}
}

// relative is the weight next to a parent's (CSS Fonts 4 section 2.2.1), bolder or lighter.
func relative(parent []float64, low, middle, high float64) []float64 {
	var out []float64
	for _, w := range parent {
		switch bolder := low == 400; {
		case bolder && w < 350, !bolder && w < 550:
			out = append(out, low)
		case bolder && w < 550, !bolder && w < 750:
			out = append(out, middle)
		default:
			out = append(out, high)
		}
	}
	return out
}

func (s *styler) isItalic(d *decl, vars *scope) bool {
	for _, items := range s.expand(d.value, vars, 0) {
		for _, item := range items {
			if item.kind == itemWord && (item.text == "italic" || item.text == "oblique") {
				return true
			}
		}
	}
	return false
}
