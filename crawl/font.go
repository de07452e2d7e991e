package crawl

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// fontFace is one @font-face rule (CSS Fonts 4 section 4).
type fontFace struct {
	family  string
	sources []fontSource
	// weights is the range that the face covers.
	weights [2]float64
	widths  [2]float64 // by font-stretch, in per cent
	italic  bool       // or oblique
	ranges  [][2]rune
	media   []string
	// resolver and page are of the sheet that holds the rule.
	resolver resolver
	page     string
}

// fontSource is one url() of a face's src; its URL is empty when the font is embedded.
type fontSource struct {
	url    string
	format string
}

// describe reads one descriptor.
func (f *fontFace) describe(name string, toks []rawToken) {
	switch name {
	case "font-family":
		f.family = familyOf(toks)
	case "src":
		f.sources = nil // the last src wins
		for _, part := range splitRaw(toks) {
			f.addSource(part)
		}
	case "font-weight":
		f.weights = weightRange(toks)
	case "font-stretch", "font-width":
		f.widths = widthRange(toks)
	case "font-style":
		f.italic = len(toks) > 0 && (toks[0].ident() == "italic" || toks[0].ident() == "oblique")
	case "unicode-range":
		f.ranges = nil
		for _, part := range splitRaw(toks) {
			if r, ok := unicodeRange(textOf(part)); ok {
				f.ranges = append(f.ranges, r)
			}
		}
		f.ranges = mergeRanges(f.ranges)
	}
}

// mergeRanges sorts ranges, and makes one of those that overlap.
func mergeRanges(list [][2]rune) [][2]rune {
	slices.SortFunc(list, func(a, b [2]rune) int { return cmp.Compare(a[0], b[0]) })
	out := list[:0]
	for _, r := range list {
		if n := len(out); n > 0 && r[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], r[1])
			continue
		}
		out = append(out, r)
	}
	return out
}

// familyOf is the name that a font-family descriptor gives.
func familyOf(toks []rawToken) string {
	var words []string
	for _, t := range toks {
		switch t.kind {
		case css.StringToken:
			return normalFamily(cssString(t.text))
		case css.IdentToken:
			words = append(words, t.ident())
		default:
		}
	}
	return strings.Join(words, " ")
}

// addSource reads one part of a src.
func (f *fontFace) addSource(toks []rawToken) {
	raw, n := urlOf(toks)
	if n == 0 {
		return // local()
	}
	raw = strings.Trim(raw, htmlSpace)
	if len(raw) >= 5 && strings.EqualFold(raw[:5], "data:") {
		raw = ""
	} else if raw == "" {
		return
	}
	src := fontSource{url: raw}
	for toks = toks[n:]; len(toks) > 0; toks = toks[blockOf(toks):] {
		if toks[0].kind != css.FunctionToken || toks[0].ident() != "format" || len(toks) < 2 {
			continue
		}
		if src.format = toks[1].ident(); toks[1].kind == css.StringToken {
			src.format = strings.ToLower(cssString(toks[1].text))
		}
	}
	f.sources = append(f.sources, src)
}

func weightRange(toks []rawToken) [2]float64 {
	var w [2]float64
	n := 0
	for _, t := range toks {
		value, err := strconv.ParseFloat(string(t.text), 64)
		switch word := t.ident(); {
		case word == "bold":
			value = 700
		case word == "normal":
			value = 400
		case err != nil:
			continue
		}
		if n < 2 {
			w[n] = value
		}
		n++
	}
	if n == 1 {
		w[1] = w[0]
	}
	return [2]float64{min(w[0], w[1]), max(w[0], w[1])}
}

// unicodeRange reads one range: U+26, U+0-7F or U+4??.
func unicodeRange(s string) ([2]rune, bool) {
	if len(s) < 3 || s[0] != 'U' && s[0] != 'u' || s[1] != '+' {
		return [2]rune{}, false
	}
	first, last, isRange := strings.Cut(s[2:], "-")
	if !isRange {
		first, last = strings.ReplaceAll(first, "?", "0"), strings.ReplaceAll(first, "?", "F")
	}
	lo, err1 := strconv.ParseUint(first, 16, 32)
	hi, err2 := strconv.ParseUint(last, 16, 32)
	if err1 != nil || err2 != nil || lo > hi || hi > 0x10ffff {
		return [2]rune{}, false
	}
	return [2]rune{rune(lo), rune(hi)}, true //nolint:gosec // both are at most 0x10ffff
}

// has tells whether a character is in the face's ranges.
func (f *fontFace) has(c rune) bool {
	if len(f.ranges) == 0 {
		return true
	}
	i, _ := slices.BinarySearchFunc(f.ranges, c, func(r [2]rune, c rune) int { return cmp.Compare(r[1], c) })
	return i < len(f.ranges) && f.ranges[i][0] <= c
}

// partsASCII tells whether the face has some of the characters of ASCII and lacks others.
func (f *fontFace) partsASCII() bool {
	some, all := false, true
	for c := ' '; c <= '~'; c++ {
		has := f.has(c)
		some, all = some || has, all && has
	}
	return some && !all
}

// weight is the face's range of weights; a face that names none is regular.
func (f *fontFace) weight() (low, high float64) {
	if f.weights[1] == 0 {
		return 400, 400
	}
	return f.weights[0], f.weights[1]
}

// width is the face's range of widths; a face that names none is normal.
func (f *fontFace) width() (low, high float64) {
	if f.widths[1] == 0 {
		return 100, 100
	}
	return f.widths[0], f.widths[1]
}

func widthRange(toks []rawToken) [2]float64 {
	var w []float64
	for _, t := range toks {
		if width, ok := widthOf(strings.ToLower(string(t.text))); ok {
			w = append(w, width)
		}
	}
	if len(w) == 0 {
		return [2]float64{}
	}
	return [2]float64{slices.Min(w), slices.Max(w)}
}

// widthOf is a value of font-stretch in per cent (CSS Fonts 4 section 2.3).
func widthOf(value string) (float64, bool) {
	if number, ok := strings.CutSuffix(value, "%"); ok {
		n, err := strconv.ParseFloat(number, 64)
		return n, err == nil && n > 0
	}
	n, ok := map[string]float64{
		"ultra-condensed": 50, "extra-condensed": 62.5, "condensed": 75, "semi-condensed": 87.5, "normal": 100,
		"semi-expanded": 112.5, "expanded": 125, "extra-expanded": 150, "ultra-expanded": 200,
	}[value]
	return n, ok
}

// chosen is the index of the source that a browser asks for: the first whose format it can read;
// -1 when nothing is requested.
func (f *fontFace) chosen() int {
	for i, s := range f.sources {
		if s.url == "" {
			return -1
		}
		if s.supported() {
			return i
		}
	}
	return -1
}

func (s fontSource) supported() bool {
	switch strings.TrimSuffix(s.format, "-variations") {
	case "woff2", "woff", "truetype", "opentype", "collection":
		return true
	case "":
		path, _, _ := strings.Cut(s.url, "?")
		return !strings.HasSuffix(strings.ToLower(path), ".eot")
	}
	return false
}

func fontAsset() Asset {
	return Asset{Kind: Font, Mode: CORS, Source: "css:font-face", Priority: Critical, Reason: "font that the page's text is set in"}
}

// refs are the requests of a face for a document of an origin: the source that a browser asks
// for, requested by the viewports of a mask, and those that it falls back to when a font is broken.
func (f *fontFace) refs(origin string, mask viewportMask) []ref {
	out := refs{resolver: f.resolver, page: f.page, origin: origin}
	first := f.chosen()
	for i, s := range f.sources {
		if first < 0 || i < first || !s.supported() || s.url == "" {
			continue
		}
		a := fontAsset()
		own := mask
		switch {
		case i > first:
			a.Priority, a.Reason, own = Low, "source that a browser falls back to when a font is broken", 0
		case mask == 0:
			a.Priority, a.Reason = Low, "font face of a family that the style sheets name, for no text of the page"
		}
		if r, ok := out.resolve(s.url, a); ok {
			r.demand, r.mask = ifUsed, own
			out.list = append(out.list, r)
		}
	}
	return out.list
}

// matchFaces picks those faces of one family that come nearest to a width, style and weight by the
// font matching algorithm (CSS Fonts 4 section 5.2). Faces that differ in their ranges only are one.
func matchFaces(faces []*fontFace, wish fontWish) []*fontFace {
	var best []*fontFace
	for _, f := range faces {
		if len(best) == 0 {
			best = append(best, f)
			continue
		}
		switch c := cmp.Or(compareWidth(f, best[0], wish.width), compareStyle(f, best[0], wish.italic), compareWeight(f, best[0], wish.weight)); {
		case c < 0:
			best = append(best[:0], f)
		case c == 0:
			best = append(best, f)
		}
	}
	return best
}

func compareWidth(a, b *fontFace, want float64) int {
	return cmp.Compare(widthDistance(a, want), widthDistance(b, want))
}

// widthDistance orders faces by how well they fit a width: up to normal narrower ones first, above
// it wider ones.
func widthDistance(f *fontFace, want float64) float64 {
	const wrongWay = 1e4
	low, high := f.width()
	switch {
	case low <= want && want <= high:
		return 0
	case high < want && want <= 100:
		return want - high
	case high < want:
		return wrongWay + want - high
	case want <= 100:
		return wrongWay + low - want
	}
	return low - want
}

// compareStyle is below zero when a fits a style better than b.
func compareStyle(a, b *fontFace, italic bool) int {
	return cmp.Compare(wrongStyle(a, italic), wrongStyle(b, italic))
}

func wrongStyle(f *fontFace, italic bool) int {
	if f.italic == italic {
		return 0
	}
	return 1
}

func compareWeight(a, b *fontFace, want float64) int {
	return cmp.Compare(weightDistance(a, want), weightDistance(b, want))
}

// weightDistance orders faces by how well they fit a weight: from 400 to 500 first what lies
// between it and 500, then lighter ones; below, lighter ones first; above, heavier ones.
func weightDistance(f *fontFace, want float64) float64 {
	const wrongWay, farWay = 1e4, 2e4
	low, high := f.weight()
	switch {
	case low <= want && want <= high:
		return 0
	case want >= 400 && want <= 500:
		switch {
		case low > want && low <= 500:
			return low - want
		case high < want:
			return wrongWay + want - high
		}
		return farWay + low - want
	case want < 400:
		if high < want {
			return want - high
		}
		return wrongWay + low - want
	default:
		if low > want {
			return low - want
		}
		return wrongWay + want - high
	}
}
