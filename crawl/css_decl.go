package crawl

import (
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// decl is one declaration that can make a browser request something, or keep it from doing so.
type decl struct {
	prop      string // the longhand that counts, or a custom property
	value     []cssItem
	important bool
	shorthand bool // the value is that of font
}

// custom tells whether the declaration is of a custom property.
func (d *decl) custom() bool { return strings.HasPrefix(d.prop, "--") }

// itemKind is what a part of a value is.
type itemKind int8

const (
	itemWord   itemKind = iota // an identifier, in lower case
	itemString                 // a quoted string
	itemNumber                 // a number with its unit, a percentage or a hash
	itemComma
	itemSlash
	itemURL // an image
	itemSet // an image-set: its options are args, one URL each
	itemVar // a reference to a custom property, with its fallback in args
)

// cssItem is one part of a value. Functions that draw something are replaced by the images in them.
type cssItem struct {
	kind  itemKind
	text  string
	image *cssImage
	dpr   float64 // of an option of an image-set
	args  []cssItem
}

// longhand maps a property to the one it is tracked as; empty for those that ask for nothing.
func longhand(prop string) string {
	prop = strings.TrimPrefix(prop, "-webkit-")
	switch prop {
	case "background", "background-image":
		return "background"
	case "list-style", "list-style-image":
		return "list-style"
	case "border-image", "border-image-source":
		return "border-image"
	case "mask", "mask-image":
		return "mask"
	case "content", "cursor", "display", "font", "font-family", "font-weight", "font-style", "font-stretch":
		return prop
	case "font-width":
		return "font-stretch"
	}
	if strings.HasPrefix(prop, "--") {
		return prop
	}
	return ""
}

// fontProps are what decides on the face of a text; the font shorthand sets all of them.
func fontProps() []string {
	return []string{"font-family", "font-stretch", "font-weight", "font-style"}
}

// declare reads one declaration.
func (s *cssScan) declare(toks []rawToken) {
	if len(toks) < 2 || toks[1].kind != css.ColonToken ||
		toks[0].kind != css.IdentToken && toks[0].kind != css.CustomPropertyNameToken {
		return
	}
	b := s.top()
	prop := toks[0].ident()
	if toks[0].kind == css.CustomPropertyNameToken {
		prop = cssUnescape(toks[0].text)
	}
	if b.face != nil {
		b.face.describe(prop, toks[2:])
		return
	}
	name := longhand(prop)
	if name == "" && !namesURL(toks) {
		return
	}
	if name == "" {
		name = prop
	}
	v := valueScan{s: s, prop: name}
	d := decl{prop: name, value: v.items(toks[2:], 0)}
	d.value, d.important = cutImportant(d.value)
	s.nameFamilies(d)
	if b.inert || b.dead || name == "offset-path" { // browsers do not load that
		return
	}
	if name != "font" {
		s.record(b, d)
		return
	}
	for _, d.prop = range fontProps() {
		d.shorthand = true
		s.record(b, d)
	}
}

func namesURL(toks []rawToken) bool {
	for _, t := range toks {
		if t.kind == css.URLToken || t.kind == css.FunctionToken {
			switch name := t.ident(); {
			case t.kind == css.URLToken, name == "url", name == "src", strings.HasSuffix(name, "image-set"), name == "var":
				return true
			}
		}
	}
	return false
}

func (s *cssScan) record(b *cssBlock, d decl) {
	if b.rule < 0 {
		if len(s.out.rules) >= maxRules {
			s.out.cut = true
			return
		}
		b.rule = len(s.out.rules)
		s.out.rules = append(s.out.rules, styleRule{selectors: b.selectors, media: b.media, layer: b.layer, maybe: b.maybe})
	}
	r := &s.out.rules[b.rule]
	r.decls = append(r.decls, d)
}

// cutImportant takes "!important" off a value. The mark itself is no item.
func cutImportant(value []cssItem) ([]cssItem, bool) {
	if n := len(value); n > 0 && value[n-1].kind == itemWord && value[n-1].text == "!important" {
		return value[:n-1], true
	}
	return value, false
}

// valueScan turns the tokens of a value into items.
type valueScan struct {
	s    *cssScan
	prop string
}

const maxValueDepth = 32

func (v valueScan) items(toks []rawToken, depth int) []cssItem {
	var out []cssItem
	for len(toks) > 0 {
		t, n := toks[0], 1
		switch t.kind {
		case css.IdentToken, css.CustomPropertyNameToken:
			out = append(out, cssItem{kind: itemWord, text: strings.ToLower(cssUnescape(t.text))})
		case css.StringToken:
			out = append(out, cssItem{kind: itemString, text: cssString(t.text)})
		case css.CommaToken:
			out = append(out, cssItem{kind: itemComma})
		case css.URLToken:
			out = v.image(out, cssURL(t.text), "css:url")
		case css.FunctionToken:
			n = blockOf(toks)
			if depth < maxValueDepth {
				out = v.function(out, t.ident(), insideRaw(toks[:n]), depth+1)
			}
		case css.DelimToken:
			if n = v.delim(toks); n == 2 {
				out = append(out, cssItem{kind: itemWord, text: "!important"})
			} else if string(t.text) == "/" {
				out = append(out, cssItem{kind: itemSlash})
			}
		case css.NumberToken, css.DimensionToken, css.PercentageToken, css.HashToken:
			out = append(out, cssItem{kind: itemNumber, text: string(t.text)})
		default:
		}
		toks = toks[n:]
	}
	return out
}

func (valueScan) delim(toks []rawToken) int {
	if string(toks[0].text) == "!" && len(toks) > 1 && toks[1].kind == css.IdentToken && toks[1].ident() == "important" {
		return 2
	}
	return 1
}

// function reads one function: variables and image sets as such, of all others what they draw.
func (v valueScan) function(out []cssItem, name string, args []rawToken, depth int) []cssItem {
	switch name {
	case "url", "src":
		url := ""
		if len(args) > 0 && args[0].kind == css.StringToken {
			url = cssString(args[0].text)
		} else if name == "url" { // a name written with escapes
			url = cssURL([]byte("url(" + textOf(args)))
		}
		return v.image(out, url, "css:url")
	case "image-set", "-webkit-image-set":
		return append(out, cssItem{kind: itemSet, args: v.imageSet(args, depth)})
	case "var":
		if len(args) == 0 {
			return out
		}
		item := cssItem{kind: itemVar, text: cssUnescape(args[0].text)}
		if len(args) > 1 {
			item.args = v.items(args[2:], depth)
		}
		return append(out, item)
	case "attr", "counter", "counters":
		if v.prop == "content" {
			return append(out, cssItem{kind: itemString, text: "0"}) // some text
		}
	}
	for _, item := range v.items(args, depth) {
		if item.kind == itemURL || item.kind == itemSet || item.kind == itemVar {
			out = append(out, item)
		}
	}
	return out
}

func (v valueScan) imageSet(toks []rawToken, depth int) []cssItem {
	var out []cssItem
	for _, option := range splitRaw(toks) {
		o := cssItem{kind: itemURL, dpr: 1}
		readable := true
		for i := 0; i < len(option); i += blockOf(option[i:]) {
			t := option[i]
			switch {
			case t.kind == css.StringToken:
				o = v.option(o, v.image(nil, cssString(t.text), "css:image-set"))
			case t.kind == css.DimensionToken:
				o.dpr = density(string(t.text))
			case t.kind == css.FunctionToken && t.ident() == "type":
				readable = i+1 < len(option) && readableImage(cssString(option[i+1].text))
			default:
				o = v.option(o, v.items(option[i:i+blockOf(option[i:])], depth))
			}
		}
		if o.image != nil && readable {
			out = append(out, o)
		}
	}
	return out
}

func (valueScan) option(o cssItem, images []cssItem) cssItem {
	for _, item := range images {
		if item.kind == itemURL {
			o.image = item.image
		}
	}
	return o
}

func density(text string) float64 {
	for _, u := range []struct {
		unit string
		dpr  float64
	}{{"dppx", 1}, {"dpi", 1.0 / 96}, {"x", 1}} {
		if number, ok := strings.CutSuffix(strings.ToLower(text), u.unit); ok {
			if n, err := strconv.ParseFloat(number, 64); err == nil && n > 0 {
				return n * u.dpr
			}
		}
	}
	return 1
}

// image takes the URL of an image. Masks and shapes are read by the page, so that the Fetch
// standard asks for them with cors.
func (v valueScan) image(out []cssItem, raw, source string) []cssItem {
	if v.s.top().inert {
		return out
	}
	a := Asset{Kind: Image, Source: source}
	if strings.HasPrefix(v.prop, "mask") || strings.HasPrefix(v.prop, "-webkit-mask") || v.prop == "shape-outside" {
		a.Mode = CORS
	}
	f, ok := v.s.out.refs.resolve(raw, a)
	if !ok {
		return out
	}
	f.demand, f.mask = ifUsed, 0
	image := &cssImage{ref: f}
	v.s.out.images = append(v.s.out.images, image)
	return append(out, cssItem{kind: itemURL, image: image})
}

// urlOf is the URL that the first tokens write, and how many they are; 0 when they write none.
func urlOf(toks []rawToken) (string, int) {
	if len(toks) == 0 {
		return "", 0
	}
	switch t := toks[0]; t.kind {
	case css.URLToken:
		return cssURL(t.text), 1
	case css.StringToken:
		return cssString(t.text), 1
	case css.FunctionToken:
		if t.ident() == "url" {
			n := blockOf(toks)
			return cssURL([]byte("url(" + textOf(insideRaw(toks[:n])))), n
		}
	default:
	}
	return "", 0
}

// insideRaw is what the first token opens, without its parentheses.
func insideRaw(toks []rawToken) []rawToken {
	n := len(toks)
	if n > 1 && (toks[n-1].kind == css.RightParenthesisToken || toks[n-1].kind == css.RightBracketToken) {
		n--
	}
	return toks[1:n]
}

// nameFamilies notes the families that a declaration may name. Custom properties and the font
// shorthand set other words before the name, so that every tail of the words is a candidate.
func (s *cssScan) nameFamilies(d decl) {
	const most = 8 // words in a name
	if d.prop != "font-family" && d.prop != "font" && !strings.HasPrefix(d.prop, "--") {
		return
	}
	for _, part := range splitItems(d.value) {
		var run []string
		for _, item := range part {
			switch item.kind {
			case itemWord:
				run = append(run, item.text)
			case itemString:
				s.nameFamily(normalFamily(item.text))
			case itemVar:
				s.nameFamilies(decl{prop: d.prop, value: item.args})
			default:
				run = nil
			}
		}
		run = run[max(0, len(run)-most):]
		for i := range run {
			s.nameFamily(strings.Join(run[i:], " "))
		}
	}
}

func (s *cssScan) nameFamily(name string) {
	if len(s.out.families) < maxFamilies {
		s.out.families[name] = true
	}
}

func splitItems(items []cssItem) [][]cssItem {
	var out [][]cssItem
	start := 0
	for i, item := range items {
		if item.kind == itemComma {
			out = append(out, items[start:i])
			start = i + 1
		}
	}
	return append(out, items[start:])
}

func normalFamily(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}
