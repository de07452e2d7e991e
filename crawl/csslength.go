package crawl

import (
	"math"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

const (
	// maxCSSTokens bounds what is read of one media or sizes attribute.
	maxCSSTokens = 4096
	// maxCSSDepth bounds parentheses in parentheses.
	maxCSSDepth = 32
	// fontSize is the initial font size in pixels, to which em and rem refer in attributes.
	fontSize = 16
)

// cssToken is one token of a media query or size.
type cssToken struct {
	kind  css.TokenType
	text  string // in lower case, without escapes; of a function without its parenthesis
	space bool   // whether white space stands before it
}

// cssTokens reads an attribute. It returns false when there is more of it than anybody writes.
func cssTokens(s string) ([]cssToken, bool) {
	lex := css.NewLexer(parse.NewInputString(s))
	var out []cssToken
	space := false
	for {
		kind, text := lex.Next()
		switch kind {
		case css.ErrorToken:
			return out, true
		case css.WhitespaceToken:
			space = true
			continue
		case css.CommentToken:
			continue
		case css.FunctionToken:
			text = text[:len(text)-1]
		default:
		}
		if len(out) == maxCSSTokens {
			return nil, false
		}
		out = append(out, cssToken{kind, strings.ToLower(cssUnescape(text)), space})
		space = false
	}
}

func (t cssToken) opens() bool {
	return t.kind == css.FunctionToken || t.kind == css.LeftParenthesisToken || t.kind == css.LeftBracketToken || t.kind == css.LeftBraceToken
}

func (t cssToken) closes() bool {
	return t.kind == css.RightParenthesisToken || t.kind == css.RightBracketToken || t.kind == css.RightBraceToken
}

// block is the length of what the first token opens, its end included.
func block(toks []cssToken) int {
	depth := 0
	for i, t := range toks {
		switch {
		case t.opens():
			depth++
		case t.closes():
			depth--
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(toks)
}

// inside is what the first token opens, without its parentheses.
func inside(toks []cssToken) []cssToken {
	n := block(toks)
	if toks[n-1].closes() && n > 1 {
		n--
	}
	return toks[1:n]
}

// splitTokens parts at commas outside parentheses.
func splitTokens(toks []cssToken) [][]cssToken {
	var out [][]cssToken
	start := 0
	for i := 0; i < len(toks); {
		if toks[i].kind == css.CommaToken {
			out = append(out, toks[start:i])
			start = i + 1
		}
		i += block(toks[i:])
	}
	return append(out, toks[start:])
}

// cssUnit is what a number counts.
type cssUnit int

const (
	plainNumber cssUnit = iota
	lengthPx
	densityDppx
)

// cssNumber is a number, a length in pixels, or a density in device pixels per pixel.
type cssNumber struct {
	value float64
	unit  cssUnit
}

// number reads one number, length, density or math function. It must be all there is.
func (v screen) number(toks []cssToken, depth int) (cssNumber, bool) {
	if len(toks) == 0 || depth > maxCSSDepth {
		return cssNumber{}, false
	}
	switch t := toks[0]; t.kind {
	case css.NumberToken, css.DimensionToken:
		if len(toks) != 1 {
			return cssNumber{}, false
		}
		return v.dimension(t.text)
	case css.LeftParenthesisToken:
		if block(toks) != len(toks) || depth == 0 {
			return cssNumber{}, false
		}
		return v.sum(inside(toks), depth+1)
	case css.FunctionToken:
		if block(toks) != len(toks) {
			return cssNumber{}, false
		}
		return v.mathFunction(t.text, splitTokens(inside(toks)), depth+1)
	default:
		return cssNumber{}, false
	}
}

// dimension reads a number with its unit. Viewport units of all kinds are the same here: there is
// no browser bar that comes and goes.
func (v screen) dimension(s string) (cssNumber, bool) {
	end := len(s)
	for end > 0 && (s[end-1] >= 'a' && s[end-1] <= 'z' || s[end-1] == '-') {
		end--
	}
	n, err := strconv.ParseFloat(s[:end], 64)
	if err != nil {
		return cssNumber{}, false
	}
	switch s[end:] {
	case "":
		return cssNumber{n, plainNumber}, true
	case "x", "dppx":
		return cssNumber{n, densityDppx}, true
	case "dpi":
		return cssNumber{n / 96, densityDppx}, true
	case "dpcm":
		return cssNumber{n * 2.54 / 96, densityDppx}, true
	}
	px, ok := v.pixels(s[end:])
	return cssNumber{n * px / 100, lengthPx}, ok
}

// pixels is the length of a hundred units: 100vw is exactly the width, without a rounding error
// that would choose another candidate.
func (v screen) pixels(unit string) (float64, bool) {
	if len(unit) == 3 && strings.IndexByte("sld", unit[0]) >= 0 && unit[1] == 'v' || len(unit) == 5 && unit[1:3] == "vm" {
		unit = unit[1:]
	}
	switch unit {
	case "px":
		return 100, true
	case "em", "rem":
		return 100 * fontSize, true
	case "ex", "ch":
		return 100 * fontSize / 2, true
	case "in":
		return 9600, true
	case "cm":
		return 9600 / 2.54, true
	case "mm":
		return 9600 / 25.4, true
	case "q":
		return 9600 / 101.6, true
	case "pt":
		return 9600.0 / 72, true
	case "pc":
		return 1600, true
	case "vw", "vi":
		return v.width, true
	case "vh", "vb":
		return v.height, true
	case "vmin":
		return min(v.width, v.height), true
	case "vmax":
		return max(v.width, v.height), true
	}
	return 0, false
}

// mathFunction computes calc(), min(), max() and clamp().
func (v screen) mathFunction(name string, args [][]cssToken, depth int) (cssNumber, bool) {
	values := make([]cssNumber, 0, len(args))
	for _, arg := range args {
		n, ok := v.sum(arg, depth)
		if !ok || len(values) > 0 && n.unit != values[0].unit {
			return cssNumber{}, false
		}
		values = append(values, n)
	}
	out := values[0]
	switch {
	case name == "calc" && len(values) == 1:
	case name == "min":
		for _, n := range values {
			out.value = min(out.value, n.value)
		}
	case name == "max":
		for _, n := range values {
			out.value = max(out.value, n.value)
		}
	case name == "clamp" && len(values) == 3:
		out.value = max(values[0].value, min(values[1].value, values[2].value))
	default:
		return cssNumber{}, false
	}
	return out, true
}

// sum reads terms with + and - between them, which need white space on both sides.
func (v screen) sum(toks []cssToken, depth int) (cssNumber, bool) {
	var total cssNumber
	start, sign := 0, 1.0
	for i := 0; ; {
		if i < len(toks) && !isSign(toks, i) {
			i += block(toks[i:])
			continue
		}
		term, ok := v.product(toks[start:i], depth)
		if !ok || start > 0 && term.unit != total.unit {
			return cssNumber{}, false
		}
		total = cssNumber{total.value + sign*term.value, term.unit}
		if i == len(toks) {
			return total, true
		}
		sign = 1
		if toks[i].text == "-" {
			sign = -1
		}
		i++
		start = i
	}
}

func isSign(toks []cssToken, i int) bool {
	t := toks[i]
	return t.kind == css.DelimToken && (t.text == "+" || t.text == "-") && t.space && i+1 < len(toks) && toks[i+1].space
}

// product reads factors with * and / between them. One factor at most has a unit, and no divisor.
func (v screen) product(toks []cssToken, depth int) (cssNumber, bool) {
	total := cssNumber{value: 1}
	divide := false
	for i := 0; i < len(toks); {
		n := block(toks[i:])
		f, ok := v.number(toks[i:i+n], depth)
		if !ok || f.unit != plainNumber && (divide || total.unit != plainNumber) {
			return cssNumber{}, false
		}
		if divide {
			total.value /= f.value
		} else {
			total.value *= f.value
		}
		total.unit = max(total.unit, f.unit)
		i += n
		if i == len(toks) {
			return total, !math.IsNaN(total.value)
		}
		if toks[i].kind != css.DelimToken || toks[i].text != "*" && toks[i].text != "/" {
			return cssNumber{}, false
		}
		divide = toks[i].text == "/"
		i++
	}
	return cssNumber{}, false
}
