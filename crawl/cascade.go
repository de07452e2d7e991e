package crawl

import (
	"cmp"
	"maps"
	"slices"
)

// appliedSheet is one style sheet of a page, under the conditions of the links and imports that
// lead to it.
type appliedSheet struct {
	*sheet
	media []string
	layer string
}

// cascade is what the style sheets of a page, taken together, say of elements. Pages that apply
// the same sheets share one.
type cascade struct {
	sheets []appliedSheet
	rules  []cascadeRule
	index  map[string][]int // rules, by what their selectors need
	faces  map[string][]*fontFace
	named  map[string]bool   // the families that some rule names
	active map[screen][]bool // which rules have media that a screen matches
}

// cascadeRule is one selector of a rule, with its place in the order of the cascade.
type cascadeRule struct {
	rule     *styleRule
	selector *selector
	media    []string // of the sheet
	layer    int
}

func newCascade(sheets []appliedSheet) *cascade {
	c := &cascade{sheets: sheets, index: map[string][]int{}, faces: map[string][]*fontFace{}, named: map[string]bool{}, active: map[screen][]bool{}}
	layers := map[string]int{}
	needed := neededVars(sheets)
	for _, s := range sheets {
		if s.layer != "" {
			rankLayer(layers, s.layer)
		}
		for _, name := range s.layers {
			rankLayer(layers, within(s.layer, name))
		}
		maps.Copy(c.named, s.families)
		for _, f := range s.faces {
			c.faces[f.family] = append(c.faces[f.family], f)
		}
		for i := range s.rules {
			if r := &s.rules[i]; slices.ContainsFunc(r.decls, func(d decl) bool { return !d.custom() || needed[d.prop] }) {
				c.addRule(s, r, layers)
			}
		}
	}
	return c
}

// neededVars are the custom properties that some other property refers to, by way of others too.
// Frameworks set hundreds on every element that nothing here depends on.
func neededVars(sheets []appliedSheet) map[string]bool {
	n := varNeeds{needed: map[string]bool{}, defined: map[string][]*decl{}}
	var roots []*decl
	for _, s := range sheets {
		for i := range s.rules {
			for j := range s.rules[i].decls {
				if d := &s.rules[i].decls[j]; d.custom() {
					n.defined[d.prop] = append(n.defined[d.prop], d)
				} else {
					roots = append(roots, d)
				}
			}
		}
		for i := range s.inline {
			roots = append(roots, &s.inline[i])
		}
	}
	for _, d := range roots {
		n.follow(d.value)
	}
	return n.needed
}

// varNeeds follows references to custom properties.
type varNeeds struct {
	needed  map[string]bool
	defined map[string][]*decl
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

func within(layer, name string) string {
	if layer == "" || name == "" {
		return layer + name
	}
	return layer + "." + name
}

func rankLayer(ranks map[string]int, name string) {
	if _, ok := ranks[name]; !ok {
		ranks[name] = len(ranks) + 1
	}
}

// unlayered is the rank of rules outside layers, which win over those inside.
const unlayered = 1 << 30

func (c *cascade) addRule(s appliedSheet, r *styleRule, layers map[string]int) {
	layer := unlayered
	if name := within(s.layer, r.layer); name != "" {
		layer = layers[name]
	}
	for i := range r.selectors {
		sel := &r.selectors[i]
		if len(sel.compounds) == 0 {
			continue
		}
		key := sel.needs()
		c.index[key] = append(c.index[key], len(c.rules))
		c.rules = append(c.rules, cascadeRule{rule: r, selector: sel, media: s.media, layer: layer})
	}
}

// candidates are the rules that an element may match, in the order of the sheets.
func (c *cascade) candidates(n *shapeNode, into []int) []int {
	into = append(into[:0], c.index[""]...)
	into = append(into, c.index[n.tag]...)
	for _, class := range n.classes {
		into = append(into, c.index["."+class]...)
	}
	slices.Sort(into)
	return slices.Compact(into)
}

// matched is one declaration that applies to an element, or may apply.
type matched struct {
	decl  *decl
	sure  bool
	layer int
	spec  specificity
	order int
}

// compare orders declarations: the last one wins.
func (m matched) compare(b matched) int {
	if m.decl.important != b.decl.important {
		if m.decl.important {
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

// won are the declarations of one property that count: the last one that applies for sure, and
// those that may override it.
func won(list []matched) []*decl {
	slices.SortFunc(list, matched.compare)
	var out []*decl
	for _, m := range slices.Backward(list) {
		out = append(out, m.decl)
		if m.sure {
			break
		}
	}
	return out
}
