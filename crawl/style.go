package crawl

import (
	"math"
	"slices"
)

// styler works out what one page makes one kind of device request, by the cascade of its sheets.
// It follows what decides that: which rules match, display, backgrounds and the like, fonts. What
// it cannot know, such as the order of siblings, may match, and then overrides nothing.
type styler struct {
	page    *shape
	cascade *cascade
	screen  screen
	on      []bool
	bit     viewportMask
	faces   map[*fontFace]viewportMask // the result, beside the masks of images
	styles  []nodeStyle
	done    []bool // which of the styles are worked out
	buffer  []int
	found   declared // of the current node
	known   map[string]bool
	fits    map[fontWish]*fontFit
	early   bool // the current element is among the first of the page
	large   bool // the current image may be its largest paint
}

// heroNodes is how many paths of elements, from the top of a page, have backgrounds that count as
// candidates for its largest contentful paint.
const heroNodes = 64

// nodeStyle is what a node's children inherit.
type nodeStyle struct {
	families [][]string
	widths   []float64
	weights  []float64
	italics  []bool
	vars     *scope
	gone     bool // not displayed
}

// scope holds the custom properties that an element sets, over those that it inherits.
type scope struct {
	up   *scope
	vals map[string][]*decl
}

func (s *scope) find(name string) []*decl {
	for ; s != nil; s = s.up {
		if v, ok := s.vals[name]; ok {
			return v
		}
	}
	return nil
}

func (c *cascade) style(page *shape, v screen, bit viewportMask, faces map[*fontFace]viewportMask) {
	if !page.full && len(c.rules) == 0 && len(page.inline) == 0 {
		return
	}
	s := &styler{
		page: page, cascade: c, screen: v, on: c.on(v), bit: bit, faces: faces,
		styles: make([]nodeStyle, len(page.nodes)), done: make([]bool, len(page.nodes)), known: map[string]bool{}, fits: map[fontWish]*fontFit{},
	}
	page.left = page.work
	for node := 0; node < len(page.nodes) && !page.full; node++ {
		if c.concerns(&page.nodes[node]) {
			s.node(node)
		}
		page.full = page.left < 0
	}
	if page.full {
		s.takeEverything()
	}
}

// takeEverything is for pages that are too varied to be told apart.
func (s *styler) takeEverything() {
	s.page.left = math.MaxInt
	for _, sheet := range s.cascade.sheets {
		for i := range sheet.inline {
			s.images(sheet.inline[i].value, nil, 0)
		}
	}
	for i, r := range s.cascade.rules {
		for _, d := range r.decls {
			if s.on[i] {
				s.images(d.value, nil, 0)
			}
		}
	}
	for family, list := range s.cascade.faces {
		for _, f := range list {
			if s.cascade.named[family] && s.screen.matchesAll(s.known, f.media) {
				s.faces[f] |= s.bit
			}
		}
	}
}

// inheritance is what the root element starts from.
func (s *styler) inherited(n *shapeNode) nodeStyle {
	if n.parent < 0 {
		return nodeStyle{widths: []float64{100}, weights: []float64{400}, italics: []bool{false}}
	}
	return s.styles[n.parent]
}

// node works out a node's style, after those around it, and takes what it requests.
func (s *styler) node(id int) {
	n := &s.page.nodes[id]
	if s.done[id] {
		return
	}
	s.done[id] = true
	if n.parent >= 0 {
		s.node(n.parent)
	}
	style := s.inherited(n)
	if style.gone {
		s.styles[id] = style
		return
	}
	byDefault(n, &style)
	own, pseudos := cutDeclared(s.match(id, n), matched.isOwn)
	style = s.compute(style, s.inherited(n), own, n.hidden)
	s.styles[id] = style
	if style.gone {
		return
	}
	s.early = id < heroNodes
	s.paint(own, style.vars)
	s.early = false
	if !n.text.none() {
		s.setText(style, &n.text)
	}
	for len(pseudos) > 0 {
		var one declared
		name := pseudos[0].pseudo
		one, pseudos = cutDeclared(pseudos, func(m matched) bool { return m.pseudo == name })
		s.pseudo(name, one, style, &n.text)
	}
}

// match gathers the declarations for an element and, behind them, those for its pseudo-elements. They
// are good until the next node.
func (s *styler) match(id int, n *shapeNode) declared {
	s.found = s.found[:0]
	s.buffer = s.cascade.candidates(s.page, n, s.buffer)
	for _, i := range s.buffer {
		r := &s.cascade.rules[i]
		if !s.on[i] || s.page.left < 0 {
			continue
		}
		is := r.selector.matches(s.page, id)
		if is == isFalse {
			continue
		}
		s.page.spend(len(r.decls))
		for j, d := range r.decls {
			s.found = append(s.found, matched{
				decl: d, pseudo: r.selector.pseudo, sure: is == isTrue && !r.rule.maybe, layer: r.layer, spec: r.selector.weight, order: i<<12 + j,
			})
		}
	}
	if n.inline >= 0 {
		decls := s.page.inline[n.inline]
		for j := range decls {
			s.found = append(s.found, matched{decl: &decls[j], sure: true, own: true, order: j})
		}
	}
	slices.SortFunc(s.found, matched.compare)
	return s.found
}

// byDefault is what browsers' own style sheets say of fonts.
func byDefault(n *shapeNode, style *nodeStyle) {
	switch n.tag {
	case "b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6":
		style.weights = []float64{700}
	case "em", "i", "cite", "dfn", "var", "address":
		style.italics = []bool{true}
	case "code", "pre", "kbd", "samp", "tt":
		style.families = [][]string{{"monospace"}}
	case "input", "button", "select", "textarea":
		style.families, style.widths, style.weights, style.italics = [][]string{{"system-ui"}}, []float64{100}, []float64{400}, []bool{false}
	}
}

// compute completes a style by the declarations that count.
func (s *styler) compute(style, parent nodeStyle, props declared, hidden bool) nodeStyle {
	style.gone = s.isGone(props.of("display"), hidden)
	var vals map[string][]*decl
	for list := range props.properties() {
		if first := list[0].decl; first.custom() {
			if vals == nil {
				vals = map[string][]*decl{}
			}
			if vals[first.prop] = won(list); !anySure(list) {
				vals[first.prop] = append(vals[first.prop], style.vars.find(first.prop)...)
			}
		}
	}
	if len(vals) > 0 {
		style.vars = &scope{up: style.vars, vals: vals}
	}
	style.families = eachWon(props.of("font-family"), style.families, parent.families, slices.Equal[[]string], func(d *decl) []([]string) {
		return s.families(d, style.vars)
	})
	style.widths = eachWon(props.of("font-stretch"), style.widths, parent.widths, equal[float64], func(d *decl) []float64 {
		return s.widths(d, style.vars)
	})
	style.weights = eachWon(props.of("font-weight"), style.weights, parent.weights, equal[float64], func(d *decl) []float64 {
		return s.weights(d, style.vars, parent.weights)
	})
	style.italics = eachWon(props.of("font-style"), style.italics, parent.italics, equal[bool], func(d *decl) []bool {
		return []bool{s.isItalic(d, style.vars)}
	})
	return style
}

// eachWon are the values of an inherited property: those of the declarations that count, and what
// the element has without them when none applies for sure.
func eachWon[T any](list declared, without, parent []T, same func(a, b T) bool, value func(*decl) []T) []T {
	if len(list) == 0 {
		return without
	}
	const most = 16
	var out []T
	add := func(values []T) {
		for _, v := range values {
			if len(out) < most && !slices.ContainsFunc(out, func(o T) bool { return same(o, v) }) {
				out = append(out, v)
			}
		}
	}
	for _, d := range won(list) {
		switch d.keyword() {
		case "inherit", "unset":
			add(parent)
		case "revert", "revert-layer":
			add(without)
		default:
			add(value(d))
		}
	}
	if !anySure(list) {
		add(without)
	}
	return out
}

func equal[T comparable](a, b T) bool { return a == b }

// keyword is a value that is one word.
func (d *decl) keyword() string {
	if len(d.value) == 1 && d.value[0].kind == itemWord {
		return d.value[0].text
	}
	return ""
}

func (*styler) isGone(list declared, hidden bool) bool {
	if len(list) == 0 {
		return hidden
	}
	for _, d := range won(list) {
		if d.keyword() != "none" {
			return false
		}
	}
	return hidden || anySure(list)
}

func anySure(list []matched) bool {
	return slices.ContainsFunc(list, func(m matched) bool { return m.sure })
}

// paint takes the images of all properties.
func (s *styler) paint(props declared, vars *scope) {
	for list := range props.properties() {
		switch first := list[0].decl; {
		case first.custom(), first.prop == "display", first.prop == "font-family", first.prop == "font-weight", first.prop == "font-style", first.prop == "font-stretch":
			continue
		}
		s.large = s.early && list[0].decl.prop == "background"
		for _, d := range won(list) {
			s.images(d.value, vars, 0)
		}
		s.large = false
	}
}

// take notes that the device requests an image.
func (s *styler) take(image *cssImage) {
	image.mask |= s.bit
	image.large = image.large || s.large
}

// pseudo takes what a pseudo-element shows: before and after only with content.
func (s *styler) pseudo(name string, props declared, element nodeStyle, inside *characters) {
	style := s.compute(element, element, props, false)
	if style.gone {
		return
	}
	content := won(props.of("content"))
	switch name {
	case "before", "after":
		text, shown := s.contentText(content, style.vars)
		if !shown {
			return
		}
		if !text.none() {
			s.setText(style, &text)
		}
	case "first-letter", "first-line", "marker", "placeholder", "file-selector-button":
		if !inside.none() {
			s.setText(style, inside)
		}
	default:
		return // what nobody sees on a first visit, such as ::selection
	}
	s.paint(props, style.vars)
}

// contentText is the text of a generated box; shown is false when there is no box.
func (s *styler) contentText(content []*decl, vars *scope) (text characters, shown bool) {
	for _, d := range content {
		if word := d.keyword(); word == "none" || word == "normal" {
			continue
		}
		shown = true
		for _, alternative := range s.expand(d.value, vars, 0) {
			for _, item := range alternative {
				if item.kind == itemString {
					text.add(item.text)
				}
			}
		}
	}
	text.seal()
	return text, shown
}

// images takes the images that a value draws.
func (s *styler) images(items []cssItem, vars *scope, depth int) {
	if !s.page.spend(len(items)) {
		return
	}
	for _, item := range items {
		switch item.kind {
		case itemURL:
			s.take(item.image)
		case itemSet:
			if best := s.bestOption(item.args); best != nil {
				s.take(best)
			}
		case itemVar:
			if depth > maxVars {
				continue
			}
			found := vars.find(item.text)
			for _, d := range found {
				s.images(d.value, vars, depth+1)
			}
			if len(found) == 0 {
				s.images(item.args, vars, depth+1)
			}
		case itemWord, itemString, itemNumber, itemComma, itemSlash:
		}
	}
}

// bestOption is the option of an image-set that a screen takes: the smallest that is dense enough.
func (s *styler) bestOption(options []cssItem) *cssImage {
	if len(options) == 0 {
		return nil
	}
	best := options[0]
	for _, o := range options[1:] {
		if best.dpr < s.screen.dpr && o.dpr > best.dpr || o.dpr >= s.screen.dpr && o.dpr < best.dpr {
			best = o
		}
	}
	return best.image
}

const (
	maxVars         = 16 // custom properties in custom properties
	maxAlternatives = 8
)

// expand replaces the variables in a value by what they may stand for.
func (s *styler) expand(items []cssItem, vars *scope, depth int) [][]cssItem {
	if !s.page.spend(1 + len(items)) {
		return nil
	}
	out := [][]cssItem{nil}
	for _, item := range items {
		if item.kind != itemVar {
			for i := range out {
				out[i] = append(out[i], item)
			}
			continue
		}
		var values [][]cssItem
		if depth < maxVars {
			for _, d := range vars.find(item.text) {
				values = append(values, s.expand(d.value, vars, depth+1)...)
			}
			if len(values) == 0 {
				values = s.expand(item.args, vars, depth+1)
			}
		}
		out = product(out, values)
	}
	return out
}

func product(heads, tails [][]cssItem) [][]cssItem {
	if len(tails) == 0 {
		return heads
	}
	var out [][]cssItem
	for _, h := range heads {
		for _, t := range tails {
			if len(out) < maxAlternatives {
				out = append(out, slices.Concat(h, t))
			}
		}
	}
	return out
}
