package crawl

import (
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// autoSize is what "auto" means in a sizes attribute: the width at which the image is drawn. It
// counts for lazy images only, and is known to parsing alone from a width attribute.
type autoSize struct {
	lazy  bool
	width float64 // 0 when not known
}

// newAutoSize reads the attributes of an img.
func newAutoSize(a *attributes) autoSize {
	n, err := strconv.ParseUint(strings.TrimRight(strings.Trim(a.value("width"), htmlSpace), "px"), 10, 16)
	if err != nil {
		n = 0
	}
	return autoSize{lazy: a.is("loading", "lazy"), width: float64(n)}
}

// sourceSize parses a sizes attribute as the HTML standard does (section 4.8.4.3.11) and returns
// the width it gives the image, in CSS pixels; that of the viewport when no entry applies.
func (v screen) sourceSize(sizes string, auto autoSize) float64 {
	toks, ok := cssTokens(sizes)
	if !ok {
		return v.width
	}
	for _, entry := range splitTokens(toks) {
		if len(entry) == 0 {
			continue
		}
		at := lastValue(entry)
		size, ok := v.sizeValue(entry[at:], auto)
		if !ok {
			continue
		}
		if at == 0 {
			return size
		}
		if value, ok := v.condition(entry[:at], 0); ok && value == isTrue {
			return size
		}
	}
	return v.width
}

// lastValue is where the last component value of an entry begins.
func lastValue(toks []cssToken) int {
	at := 0
	for i := 0; i < len(toks); i += block(toks[i:]) {
		at = i
	}
	return at
}

func (v screen) sizeValue(toks []cssToken, auto autoSize) (float64, bool) {
	if len(toks) == 1 && toks[0].kind == css.IdentToken {
		return auto.width, toks[0].text == "auto" && auto.lazy && auto.width > 0
	}
	n, ok := v.number(toks, 0)
	switch {
	case !ok || n.unit == densityDppx || n.unit == plainNumber && n.value != 0:
		return 0, false
	case toks[0].kind == css.FunctionToken:
		return max(0, n.value), n.unit == lengthPx
	}
	return n.value, n.value >= 0
}
