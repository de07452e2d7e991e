package crawl

import (
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// feature evaluates a media feature in any of its forms: alone, with a value, in a range.
func (v screen) feature(toks []cssToken) truth {
	switch {
	case len(toks) == 0:
		return isUnknown
	case len(toks) == 1 && toks[0].kind == css.IdentToken:
		return v.present(toks[0].text)
	case len(toks) > 2 && toks[0].kind == css.IdentToken && toks[1].kind == css.ColonToken:
		return v.hasValue(toks[0].text, toks[2:])
	}
	return v.inRange(toks)
}

// present evaluates a feature without a value.
func (v screen) present(name string) truth {
	if n, ok := v.measure(name); ok {
		return truthOf(n.value != 0)
	}
	word := v.word(name)
	if word == "" {
		return isUnknown
	}
	return truthOf(word != "none" && word != "no-preference")
}

// hasValue evaluates "name: value", min- and max- included.
func (v screen) hasValue(name string, value []cssToken) truth {
	if word := v.word(name); word != "" {
		if len(value) != 1 || value[0].kind != css.IdentToken {
			return isUnknown
		}
		return truthOf(value[0].text == word)
	}
	vendor, rest := "", name
	if after, ok := strings.CutPrefix(name, "-webkit-"); ok {
		vendor, rest = "-webkit-", after
	}
	op := "="
	if after, ok := strings.CutPrefix(rest, "min-"); ok {
		op, rest = ">=", after
	} else if after, ok := strings.CutPrefix(rest, "max-"); ok {
		op, rest = "<=", after
	}
	return v.compare(vendor+rest, op, value)
}

// inRange evaluates "name < value", "value < name" and "value < name < value".
func (v screen) inRange(toks []cssToken) truth {
	var parts [][]cssToken
	var ops []string
	start := 0
	for i := 0; i < len(toks); {
		op := comparison(toks[i:])
		if op == "" {
			i += block(toks[i:])
			continue
		}
		parts, ops = append(parts, toks[start:i]), append(ops, op)
		i += len(op)
		start = i
	}
	parts = append(parts, toks[start:])
	switch {
	case len(ops) == 1 && isName(parts[0]):
		return v.compare(parts[0][0].text, ops[0], parts[1])
	case len(ops) == 1 && isName(parts[1]):
		return v.compare(parts[1][0].text, mirrored(ops[0]), parts[0])
	case len(ops) == 2 && isName(parts[1]) && ops[0] != "=" && ops[0][0] == ops[1][0]:
		name := parts[1][0].text
		return min(v.compare(name, mirrored(ops[0]), parts[0]), v.compare(name, ops[1], parts[2]))
	}
	return isUnknown
}

func isName(toks []cssToken) bool { return len(toks) == 1 && toks[0].kind == css.IdentToken }

// comparison is the operator at the front; its length is that of its tokens.
func comparison(toks []cssToken) string {
	if toks[0].kind != css.DelimToken {
		return ""
	}
	switch op := toks[0].text; op {
	case "=":
		return op
	case "<", ">":
		if len(toks) > 1 && toks[1].kind == css.DelimToken && toks[1].text == "=" && !toks[1].space {
			return op + "="
		}
		return op
	}
	return ""
}

func mirrored(op string) string {
	return strings.NewReplacer("<", ">", ">", "<").Replace(op)
}

// compare evaluates a feature that is measured.
func (v screen) compare(name, op string, value []cssToken) truth {
	is, ok := v.measure(name)
	if !ok {
		return isUnknown
	}
	want, ok := v.ratio(value)
	if !ok || want.unit != is.unit && (want.value != 0 || want.unit != plainNumber) {
		return isUnknown
	}
	switch op {
	case "<":
		return truthOf(is.value < want.value)
	case ">":
		return truthOf(is.value > want.value)
	case "<=":
		return truthOf(is.value <= want.value)
	case ">=":
		return truthOf(is.value >= want.value)
	}
	return truthOf(is.value == want.value)
}

// ratio reads a number, or two with a slash between them.
func (v screen) ratio(toks []cssToken) (cssNumber, bool) {
	if len(toks) == 3 && toks[1].kind == css.DelimToken && toks[1].text == "/" {
		return v.product(toks, 0)
	}
	return v.number(toks, 0)
}

// measure is the value of a feature that is a number.
func (v screen) measure(name string) (cssNumber, bool) {
	switch name {
	case "width", "device-width":
		return cssNumber{v.width, lengthPx}, true
	case "height", "device-height":
		return cssNumber{v.height, lengthPx}, true
	case "aspect-ratio", "device-aspect-ratio":
		return cssNumber{v.width / v.height, plainNumber}, true
	case "resolution":
		return cssNumber{v.dpr, densityDppx}, true
	case "-webkit-device-pixel-ratio":
		return cssNumber{v.dpr, plainNumber}, true
	case "color":
		return cssNumber{8, plainNumber}, true
	case "color-index", "monochrome", "grid":
		return cssNumber{0, plainNumber}, true
	}
	return cssNumber{}, false
}

// word is the value of a feature that is a keyword, as a browser has it whose user changed no
// setting; empty when the feature is not known.
func (v screen) word(name string) string {
	pick := func(cond bool, yes, no string) string {
		if cond {
			return yes
		}
		return no
	}
	switch name {
	case "orientation":
		return pick(v.height >= v.width, "portrait", "landscape")
	case "hover", "any-hover":
		return pick(v.handheld, "none", "hover")
	case "pointer", "any-pointer":
		return pick(v.handheld, "coarse", "fine")
	case "prefers-color-scheme":
		return "light"
	case "prefers-reduced-motion", "prefers-reduced-transparency", "prefers-reduced-data", "prefers-contrast":
		return "no-preference"
	case "forced-colors", "inverted-colors":
		return "none"
	case "scripting":
		return "enabled"
	case "display-mode":
		return "browser"
	case "update":
		return "fast"
	case "color-gamut":
		return "srgb"
	case "dynamic-range", "video-dynamic-range":
		return "standard"
	case "overflow-block", "overflow-inline":
		return "scroll"
	}
	return ""
}
