package crawl

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
)

// appliedSheet is one style sheet of a page, under the conditions of the links and imports that
// lead to it.
type appliedSheet struct {
	*sheet
	media []string
	layer string
	named []string // layers that are named before the sheet's own
}

// cascade is what the style sheets of a page, taken together, say of elements. Pages that apply
// the same sheets share one.
type cascade struct {
	sheets []appliedSheet
	rules  []cascadeRule
	index  map[string][]int // rules, by what their selectors need
	draws  map[string]bool  // which of the index's keys have rules that draw images
	faces  map[string][]*fontFace
	// partsASCII is true when some face has a part of ASCII only, such as an ampersand.
	partsASCII bool
	named      map[string]bool   // the families that some rule names
	active     map[screen][]bool // which rules have media that a screen matches
}

// cascadeRule is one selector of a rule, with its place in the order of the cascade.
type cascadeRule struct {
	rule     *styleRule
	decls    []*decl // of the rule, those that count
	selector *selector
	media    []string // of the sheet
	layer    int
}

func newCascade(sheets []appliedSheet) *cascade {
	c := &cascade{sheets: sheets, index: map[string][]int{}, draws: map[string]bool{}, faces: map[string][]*fontFace{}, named: map[string]bool{}, active: map[screen][]bool{}}
	layers := rankLayers(sheets)
	asking := askingProps(sheets)
	for _, s := range sheets {
		maps.Copy(c.named, s.families)
		for _, f := range s.faces {
			c.faces[f.family] = append(c.faces[f.family], f)
			c.partsASCII = c.partsASCII || f.partsASCII()
		}
		for i := range s.rules {
			if decls := s.rules[i].counting(asking); len(decls) > 0 {
				c.addRule(s, &s.rules[i], decls, layers)
			}
		}
	}
	return c
}

// counting are the declarations of a rule whose properties make somebody request something.
func (r *styleRule) counting(asking map[string]bool) []*decl {
	var out []*decl
	for i := range r.decls {
		if asking[r.decls[i].prop] {
			out = append(out, &r.decls[i])
		}
	}
	return out
}

// askingProps are the properties that decide what is requested: those that draw an image somewhere,
// those of fonts when there are any to load, what these depend on, and the custom properties that
// they refer to, by way of others too. All the rest overrides nothing that matters, and frameworks
// have a lot of it.
func askingProps(sheets []appliedSheet) map[string]bool {
	n := varNeeds{needed: map[string]bool{}, defined: map[string][]*decl{}}
	for _, s := range sheets {
		for i := range s.rules {
			for j := range s.rules[i].decls {
				n.note(&s.rules[i].decls[j])
			}
		}
		for i := range s.inline {
			n.note(&s.inline[i])
		}
		if len(s.faces) > 0 {
			for _, prop := range fontProps() {
				n.needed[prop] = true
			}
		}
	}
	if len(n.needed) > 0 {
		n.needed["display"], n.needed["content"] = true, true
	}
	for _, d := range n.roots {
		if n.needed[d.prop] {
			n.follow(d.value)
		}
	}
	return n.needed
}

// varNeeds gathers properties, and follows references to custom ones.
type varNeeds struct {
	needed  map[string]bool
	roots   []*decl            // of other properties
	defined map[string][]*decl // of custom ones
}

func (n *varNeeds) note(d *decl) {
	if d.custom() {
		n.defined[d.prop] = append(n.defined[d.prop], d)
		return
	}
	n.roots = append(n.roots, d)
	if mayDraw(d) {
		n.needed[d.prop] = true
	}
}

// mayDraw tells whether a declaration names an image, itself or by a custom property.
func mayDraw(d *decl) bool {
	if slices.Contains(fontProps(), d.prop) {
		return false
	}
	return slices.ContainsFunc(d.value, func(i cssItem) bool { return i.kind == itemURL || i.kind == itemSet || i.kind == itemVar })
}

func (n *varNeeds) follow(items []cssItem) {
	for _, item := range items {
		if item.kind == itemVar && !n.needed[item.text] {
			n.needed[item.text] = true
			for _, d := range n.defined[item.text] {
				n.follow(d.value)
			}
		}
		n.follow(item.args)
	}
}

// on tells for each rule whether a screen matches its media.
func (c *cascade) on(v screen) []bool {
	if list, ok := c.active[v]; ok {
		return list
	}
	known := map[string]bool{}
	list := make([]bool, len(c.rules))
	for i, r := range c.rules {
		list[i] = v.matchesAll(known, r.media) && v.matchesAll(known, r.rule.media)
	}
	c.active[v] = list
	return list
}

// matchesAll evaluates media query lists that must all match, and remembers them.
func (v screen) matchesAll(known map[string]bool, media []string) bool {
	for _, m := range media {
		is, ok := known[m]
		if !ok {
			is = v.matches(m)
			known[m] = is
		}
		if !is {
			return false
		}
	}
	return true
}

// unlayered is the rank of rules outside layers, which win over those inside.
const unlayered = 1 << 30

func (c *cascade) addRule(s appliedSheet, r *styleRule, decls []*decl, layers map[string]int) {
	layer := unlayered
	if name := within(s.layer, r.layer); name != "" {
		layer = layers[name]
	}
	draws := slices.ContainsFunc(decls, mayDraw)
	for i := range r.selectors {
		sel := &r.selectors[i]
		if len(sel.compounds) == 0 {
			continue
		}
		key := sel.needs()
		c.index[key] = append(c.index[key], len(c.rules))
		c.draws[key] = c.draws[key] || draws
		c.rules = append(c.rules, cascadeRule{rule: r, decls: decls, selector: sel, media: s.media, layer: layer})
	}
}

// concerns tells whether an element may request something: text its fonts, or a rule that may match
// an image. The style of others matters only to what is inside them.
func (c *cascade) concerns(n *shapeNode) bool {
	return len(c.faces) > 0 || n.inline >= 0 || c.draws[""] || c.draws[n.tag] ||
		slices.ContainsFunc(n.classes, func(class string) bool { return c.draws["."+class] })
}

// candidates are the rules that an element may match, in the order of the sheets.
func (c *cascade) candidates(p *shape, n *shapeNode, into []int) []int {
	into = append(into[:0], c.index[""]...)
	into = append(into, c.index[n.tag]...)
	for _, class := range n.classes {
		into = append(into, c.index["."+class]...)
	}
	p.spend(len(into))
	slices.Sort(into)
	return slices.Compact(into)
}

// matched is one declaration that applies to an element, or may apply.
type matched struct {
	decl   *decl
	pseudo string // the pseudo-element that it is for; empty for the element itself
	sure   bool
	own    bool // of the element's style attribute
	layer  int
	spec   specificity
	order  int
}

func (m matched) isOwn() bool { return m.pseudo == "" }

// compare orders declarations: by pseudo-element, then by property, and of these the last one wins.
func (m matched) compare(b matched) int {
	if m.decl.prop != b.decl.prop || m.pseudo != b.pseudo {
		return cmp.Or(strings.Compare(m.pseudo, b.pseudo), strings.Compare(m.decl.prop, b.decl.prop))
	}
	if m.decl.important != b.decl.important {
		if m.decl.important {
			return 1
		}
		return -1
	}
	if m.own != b.own {
		if m.own {
			return 1
		}
		return -1
	}
	layers := cmp.Compare(m.layer, b.layer)
	if m.decl.important {
		layers = -layers
	}
	return cmp.Or(layers, slices.Compare(m.spec[:], b.spec[:]), cmp.Compare(m.order, b.order))
}

// declared are the declarations for an element or pseudo-element, in order.
type declared []matched

// cutDeclared parts declarations in front of the first that is not like the others.
func cutDeclared(list declared, like func(matched) bool) (head, tail declared) {
	for i, m := range list {
		if !like(m) {
			return list[:i], list[i:]
		}
	}
	return list, nil
}

// properties are the declarations of one property after another.
func (d declared) properties() iter.Seq[declared] {
	return func(yield func(declared) bool) {
		for len(d) > 0 {
			var one declared
			prop := d[0].decl.prop
			if one, d = cutDeclared(d, func(m matched) bool { return m.decl.prop == prop }); !yield(one) {
				return
			}
		}
	}
}

// of are the declarations of one property.
func (d declared) of(prop string) declared {
	for list := range d.properties() {
		if list[0].decl.prop == prop {
			return list
		}
	}
	return nil
}

// won are the declarations of one property that count: the last one that applies for sure, and
// those that may override it.
func won(list declared) []*decl {
	var out []*decl
	for _, m := range slices.Backward(list) {
		out = append(out, m.decl)
		if m.sure {
			break
		}
	}
	return out
}
