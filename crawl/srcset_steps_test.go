package crawl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// written is a list of candidates in one line.
func written(list []candidate) string {
	var out []string
	for _, c := range list {
		switch {
		case c.width > 0:
			out = append(out, fmt.Sprintf("%s %dw", c.url, c.width))
		default:
			out = append(out, fmt.Sprintf("%s %gx", c.url, c.density))
		}
	}
	return strings.Join(out, " | ")
}

// TestSrcsetSteps goes through "parse a srcset attribute" of HTML section 4.8.4.3.10, step by step.
func TestSrcsetSteps(t *testing.T) {
	for _, tt := range []struct{ step, srcset, want string }{
		{"1 an empty input", "", ""},
		{"3 white space before a URL", " \t\n\f\ra 2x", "a 2x"},
		{"3 commas before a URL", ",,, ,a 2x", "a 2x"},
		{"3 no other white space", "\va 2x", "\va 2x"},
		{"3 a no-break space is part of a URL", "\u00a0a 2x", "\u00a0a 2x"},
		{"4 nothing but white space and commas", " ,\n, ", ""},
		{"5 a URL up to white space", "a\fb", ""},
		{"5 commas inside of it", "a,b,,c 2x", "a,b,,c 2x"},
		{"5 parentheses inside of it", "a(b c) 2x", ""},
		{"7.1 a comma behind the URL ends the candidate", "a, 2x", "a 1x | 2x 1x"},
		{"7.1 all commas behind the URL", "a,,,, b 2x", "a 1x | b 2x"},
		{"7.2 without a comma at the end", "a", "a 1x"},
		{"7.2.1 white space behind the URL", "a \t\n\f\r 2x", "a 2x"},
		{"in descriptor: white space", "a 2x ,b", "a 2x | b 1x"},
		{"in descriptor: a comma", "a 2x,b 3x", "a 2x | b 3x"},
		{"in descriptor: a comma at once", "a ,b", "a 1x | b 1x"},
		{"in descriptor: an opening parenthesis", "a 2x(,b", ""},
		{"in descriptor: the end", "a 2x", "a 2x"},
		{"in parens: commas and white space", "a (, ,) 2x, b", "b 1x"},
		{"in parens: a closing parenthesis", "a (x)y, b", "b 1x"},
		{"in parens: they do not nest", "a ((x), b", "b 1x"},
		{"in parens: the end", "b, a (x", "b 1x"},
		{"in parens: a closing one alone", "a ), b", "b 1x"},
		{"after descriptor: white space", "a 2x \n , b", "a 2x | b 1x"},
		{"after descriptor: the end", "a 2x  ", "a 2x"},
		{"after descriptor: anything else", "a 10w 5h", "a 10w"},
		{"8 width", "a 100w", "a 100w"},
		{"8 width with leading zeros", "a 007w", "a 7w"},
		{"8 width of zero", "a 0w, b", "b 1x"},
		{"8 width that is no integer", "a 1.5w, b -1w, c +1w, d 1e2w, e w, f １w", ""},
		{"8 width twice", "a 1w 1w, b", "b 1x"},
		{"8 width beside density", "a 1w 1x, b 1x 1w", ""},
		{"8 in lower case only", "a 1W, b 1X, c 1w 1H", ""},
		{"8 density", "a 2x, b 1.5x, c .5x, d 1e1x, e 1E-1x, f 1e+1x", "a 2x | b 1.5x | c 0.5x | d 10x | e 0.1x | f 10x"},
		{"8 density of zero", "a 0x, b -0x", "a 0x | b -0x"},
		{"8 density below zero", "a -1x, b", "b 1x"},
		{"8 density that is no number", "a 1.x, b +1x, c 1e, d x, e 1.e1x, f 0x1x, g infx, h nanx, i 1_0x, j --1x, k 1ex", ""},
		{"8 density beyond numbers", "a 1e999x, b", "b 1x"},
		{"8 density twice", "a 1x 2x, b", "b 1x"},
		{"8 height beside width", "a 1w 2h, b 2h 1w", "a 1w | b 1w"},
		{"8 height of zero", "a 1w 0h", ""},
		{"8 height twice", "a 1w 1h 1h", ""},
		{"8 height beside density", "a 1h 1x, b 1x 1h", ""},
		{"8 anything else", "a 1q, b foo, c 100, d 1ww", ""},
		{"9 height without width", "a 1h, b", "b 1x"},
		{"10 what is in error is left out alone", "a 1q, b 2x, c 1q, d 3x", "b 2x | d 3x"},
	} {
		assert.Equal(t, tt.want, written(parseSrcset(tt.srcset)), tt.step)
	}
}

// TestSizesSteps goes through "parse a sizes attribute" of HTML section 4.8.4.3.11, on a screen of
// 390 by 844 pixels.
func TestSizesSteps(t *testing.T) {
	lazy := autoSize{lazy: true, width: 300}
	for _, tt := range []struct {
		step, sizes string
		auto        autoSize
		want        float64
	}{
		{"1 parted at commas", "(min-width:999px) 1px, 2px", autoSize{}, 2},
		{"1 not inside of blocks", "min(3px, 2px), 1px", autoSize{}, 2},
		{"3.1 an empty entry", ",, 2px", autoSize{}, 2},
		{"3.1 white space and comments at the end", "2px /* x */ ", autoSize{}, 2},
		{"3.2 a length", "2px", autoSize{}, 2},
		{"3.2 zero without a unit", "0", autoSize{}, 0},
		{"3.2 a length below zero", "-1px, 2px", autoSize{}, 2},
		{"3.2 a calculation below zero is zero", "calc(1px - 2px)", autoSize{}, 0},
		{"3.2 a percentage", "50%, 2px", autoSize{}, 2},
		{"3.2 a number", "5, 2px", autoSize{}, 2},
		{"3.2 a word", "x, 2px", autoSize{}, 2},
		{"3.2 two lengths", "1px 3px, 2px", autoSize{}, 2},
		{"3.2 an unknown unit", "5q1, 2px", autoSize{}, 2},
		{"3.2 an unknown function", "sin(1px), 2px", autoSize{}, 2},
		{"3.3 auto of a lazy image", "auto, 2px", lazy, 300},
		{"3.3 auto in capitals", "AUTO, 2px", lazy, 300},
		{"3.3 auto of an eager image", "auto, 2px", autoSize{width: 300}, 2},
		{"3.4 an entry without a condition ends the list", "2px, (min-width:1px) 3px", autoSize{}, 2},
		{"3.5 a condition", "(max-width:400px) 2px, 3px", autoSize{}, 2},
		{"3.5 that does not hold", "(max-width:300px) 1px, 2px", autoSize{}, 2},
		{"3.5 with not", "not (max-width:300px) 2px, 3px", autoSize{}, 2},
		{"3.5 with and", "(min-width:1px) and (max-width:400px) 2px, 3px", autoSize{}, 2},
		{"3.5 with or", "(min-width:999px) or (max-width:400px) 2px, 3px", autoSize{}, 2},
		{"3.5 nested", "((min-width:1px) and (not (min-width:999px))) 2px, 3px", autoSize{}, 2},
		{"3.5 an unknown one", "(nonsense) 1px, 2px", autoSize{}, 2},
		{"3.5 not an unknown one", "not (nonsense) 1px, 2px", autoSize{}, 2},
		{"3.5 a media type is no condition", "screen 1px, 2px", autoSize{}, 2},
		{"3.5 nor is a query", "screen and (min-width:1px) 1px, 2px", autoSize{}, 2},
		{"3.5 and and or mixed", "(min-width:1px) and (min-width:1px) or (min-width:1px) 1px, 2px", autoSize{}, 2},
		{"4 no entry holds", "(min-width:999px) 1px", autoSize{}, 390},
		{"4 nothing", "", autoSize{}, 390},
		{"4 nothing that can be read", "x", autoSize{}, 390},
	} {
		assert.InDelta(t, tt.want, device(390, 844, 3).sourceSize(tt.sizes, tt.auto), 1e-9, tt.step)
	}
}

// TestSelectionSteps goes through the selection of an image source, HTML sections 4.8.4.3.7 to
// 4.8.4.3.12: which candidate a phone and a desktop take.
func TestSelectionSteps(t *testing.T) {
	for _, tt := range []struct{ step, html, want string }{
		{"4.8.4.3.7 no source", `<img>`, ""},
		{"4.8.4.3.7 an empty src", `<img src="" srcset="">`, ""},
		{"4.8.4.3.8 src is a candidate of density 1", `<img src=a srcset="b 2x">`, "b:mobile a:desktop"},
		{"4.8.4.3.8 unless there is one already", `<img src=a srcset="c 1x, b 2x">`, "c:desktop b:mobile a:-"},
		{"4.8.4.3.8 or one with a width", `<img src=a srcset="c 100w, b 9999w">`, "c:- b:mobile+desktop a:-"},
		{"4.8.4.3.8 the first source that fits", `<picture><source srcset=b media="(min-width:900px)"><source srcset=c><img src=a></picture>`, "b:desktop c:mobile a:-"},
		{"4.8.4.3.8 sources behind the img do not count", `<picture><img src=a><source srcset=b></picture>`, "a:mobile+desktop"},
		{"4.8.4.3.8 a source without srcset", `<picture><source><source srcset=b><img src=a></picture>`, "b:mobile+desktop a:-"},
		{"4.8.4.3.8 a source whose srcset says nothing", `<picture><source srcset=","><img src=a></picture>`, "a:mobile+desktop"},
		{"4.8.4.3.8 a type that is not supported", `<picture><source type="image/x" srcset=b><img src=a></picture>`, "a:mobile+desktop"},
		{"4.8.4.3.8 a type that is", `<picture><source type="IMAGE/webp" srcset=b><img src=a></picture>`, "b:mobile+desktop a:-"},
		{"4.8.4.3.12 widths by the size", `<img sizes=100px srcset="a 100w, b 200w, c 300w">`, "a:desktop b:- c:mobile"},
		{"4.8.4.3.12 a width of zero pixels", `<img sizes=0 srcset="a 100w, b 200w">`, "a:mobile+desktop b:-"},
		{"4.8.4.3.7 of equal densities the first", `<img srcset="a 2x, b 2x, c 1x">`, "a:mobile b:- c:desktop"},
		{"4.8.4.3.7 the least that is dense enough", `<img srcset="d 4x, a 1x, b 3x">`, "d:- a:desktop b:mobile"},
		{"4.8.4.3.7 else the densest", `<img srcset="a .5x, b 2x, c 1x">`, "a:- b:mobile c:desktop"},
	} {
		t.Run(tt.step, func(t *testing.T) {
			assert.Equal(t, tt.want, selected(ExtractHTML([]byte(`<meta name=viewport content="width=device-width">`+tt.html), testPage)))
		})
	}
}
