package crawl

import (
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// truth is what a media condition comes to. Media Queries 4 section 3.1 counts with three values,
// so that neither an unknown feature nor its negation matches: and is min, or is max.
type truth int

const (
	isFalse   truth = -1
	isUnknown truth = 0
	isTrue    truth = 1
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// matches evaluates a media query list; an empty one matches.
func (v screen) matches(media string) bool {
	if strings.Trim(media, htmlSpace) == "" {
		return true
	}
	toks, ok := cssTokens(media)
	if !ok {
		return false
	}
	for _, query := range splitTokens(toks) {
		if v.query(query) == isTrue {
			return true
		}
	}
	return false
}

// query evaluates one media query; one that cannot be parsed is "not all".
func (v screen) query(toks []cssToken) truth {
	if value, ok := v.condition(toks, 0); ok {
		return value
	}
	negate := isTrue
	if len(toks) > 1 && toks[0].kind == css.IdentToken && (toks[0].text == "not" || toks[0].text == "only") {
		if toks[0].text == "not" {
			negate = isFalse
		}
		toks = toks[1:]
	}
	if len(toks) == 0 || toks[0].kind != css.IdentToken {
		return isFalse
	}
	switch toks[0].text {
	case "and", "or", "not", "only", "layer":
		return isFalse
	}
	value := truthOf(toks[0].text == "all" || toks[0].text == "screen")
	if len(toks) == 1 {
		return negate * value
	}
	if toks[1].text != "and" || hasWord(toks[2:], "or") {
		return isFalse
	}
	rest, ok := v.condition(toks[2:], 0)
	if !ok {
		return isFalse
	}
	return negate * min(value, rest)
}

// hasWord tells whether a word stands outside parentheses.
func hasWord(toks []cssToken, word string) bool {
	for i := 0; i < len(toks); i += block(toks[i:]) {
		if toks[i].kind == css.IdentToken && toks[i].text == word {
			return true
		}
	}
	return false
}

// condition evaluates a media condition: features in parentheses, joined by and, or, not. It
// returns false when it is none.
func (v screen) condition(toks []cssToken, depth int) (truth, bool) {
	if len(toks) > 0 && toks[0].kind == css.IdentToken && toks[0].text == "not" {
		value, n := v.inParens(toks[1:], depth)
		return -value, n > 0 && n == len(toks)-1
	}
	value, n := v.inParens(toks, depth)
	if n == 0 {
		return isUnknown, false
	}
	word := ""
	for toks = toks[n:]; len(toks) > 0; toks = toks[n:] {
		op := toks[0]
		if op.kind != css.IdentToken || op.text != "and" && op.text != "or" || word != "" && word != op.text {
			return isUnknown, false
		}
		word = op.text
		toks = toks[1:]
		var next truth
		if next, n = v.inParens(toks, depth); n == 0 {
			return isUnknown, false
		}
		if word == "and" {
			value = min(value, next)
		} else {
			value = max(value, next)
		}
	}
	return value, true
}

// inParens evaluates what the first token opens, and tells its length; 0 when it opens nothing.
// What has a form that is not known is unknown, not a mistake.
func (v screen) inParens(toks []cssToken, depth int) (truth, int) {
	if len(toks) == 0 {
		return isUnknown, 0
	}
	switch toks[0].kind {
	case css.FunctionToken:
		return isUnknown, block(toks)
	case css.LeftParenthesisToken:
	default:
		return isUnknown, 0
	}
	inner := inside(toks)
	if depth < maxCSSDepth {
		if value, ok := v.condition(inner, depth+1); ok {
			return value, block(toks)
		}
	}
	return v.feature(inner), block(toks)
}
