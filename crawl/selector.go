package crawl

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// selector is one complex selector (Selectors 4), from its last compound to its first.
type selector struct {
	compounds []compound
	pseudo    string // the pseudo-element: "", "before", "after", or another one
	nest      []selector
	weight    specificity
}

// specificity counts ids, classes and tags, as CSS compares them.
type specificity [3]int

// compound is what one element must be like.
type compound struct {
	combinator byte // towards the compound on its left: ' ', '>', '+'; 0 for the first
	tag        string
	id         string
	classes    []string
	attrs      []attrTest
	not        [][]selector
	is         [][]selector
	// never is set by what holds for no element that nobody touches, such as :hover; maybe by what
	// is not evaluated, such as :nth-child.
	never, maybe, root, host, nested bool
}

// attrTest is [name], or [name=value] with its operator.
type attrTest struct {
	name, op, value string
	anyCase         bool // [name=value i]
}

const maxSelectorDepth = 8

// parseSelectors reads a selector list; around are those of the rule around a nested one. One
// mistake makes the whole list match nothing (Selectors 4 section 3.9).
func parseSelectors(toks []rawToken, around []selector) []selector {
	if list, ok := selectorList(toks, around, 0); ok {
		return list
	}
	return nil
}

// selectorList leaves out what it cannot read; ok is false when there is such.
func selectorList(toks []rawToken, around []selector, depth int) (out []selector, ok bool) {
	ok = true
	for _, part := range splitRaw(toks) {
		p := selectorScan{toks: part, around: around, depth: depth}
		s, good := p.read()
		if good {
			out = append(out, s)
		}
		ok = ok && good
	}
	return out, ok
}

// heaviest is the specificity of the selector that has most of it.
func heaviest(list []selector) specificity {
	var most specificity
	for _, s := range list {
		if slices.Compare(s.weight[:], most[:]) > 0 {
			most = s.weight
		}
	}
	return most
}

func (w *specificity) add(b specificity) {
	for i := range w {
		w[i] += b[i]
	}
}

// selectorScan reads one complex selector.
type selectorScan struct {
	toks    []rawToken
	around  []selector
	depth   int
	out     selector
	current compound
	empty   bool // nothing of the current compound was read
	nested  bool // there is an & somewhere
	pending byte // the combinator before the current compound
}

func (p *selectorScan) read() (selector, bool) {
	p.empty = true
	p.nested = slices.ContainsFunc(p.toks, func(t rawToken) bool { return t.kind == css.DelimToken && string(t.text) == "&" })
	for len(p.toks) > 0 {
		t := p.toks[0]
		if t.space && !p.empty {
			p.combine(' ')
		}
		n := p.simple(t)
		if n == 0 {
			return selector{}, false
		}
		p.toks = p.toks[n:]
	}
	if p.empty && p.pending != 0 || p.empty && len(p.out.compounds) == 0 {
		return selector{}, false
	}
	p.combine(0)
	ok := p.nestIn()
	slices.Reverse(p.out.compounds)
	return p.out, ok
}

// combine ends the current compound.
func (p *selectorScan) combine(next byte) {
	if p.empty {
		if next != ' ' {
			p.pending = next // "> a" in a nested rule, or "a > b"
		}
		return
	}
	p.current.combinator = p.pending
	p.out.compounds = append(p.out.compounds, p.current)
	p.current, p.empty, p.pending = compound{}, true, next
}

// nestIn completes a selector of a nested rule: without & it is about descendants. It is false for
// one that begins with a combinator elsewhere.
func (p *selectorScan) nestIn() bool {
	p.out.nest = p.around
	if len(p.around) == 0 || p.depth > 0 {
		return p.out.compounds[0].combinator == 0
	}
	if !p.nested {
		if p.out.compounds[0].combinator == 0 {
			p.out.compounds[0].combinator = ' '
		}
		p.out.compounds = slices.Insert(p.out.compounds, 0, compound{nested: true})
	}
	p.out.weight.add(heaviest(p.around))
	return true
}

// simple reads one simple selector or combinator, and tells how many tokens it takes; 0 for an error.
func (p *selectorScan) simple(t rawToken) int {
	switch t.kind {
	case css.IdentToken:
		p.current.tag, p.empty = t.ident(), false
		p.out.weight[2]++
	case css.HashToken:
		id := cssUnescape(t.text[1:])
		p.current.never = p.current.never || p.current.id != "" && p.current.id != id
		p.current.id, p.empty = id, false
		p.out.weight[0]++
	case css.DelimToken:
		return p.delim(t)
	case css.LeftBracketToken:
		p.out.weight[1]++
		p.empty = false
		n := blockOf(p.toks)
		p.attribute(insideRaw(p.toks[:n]))
		return n
	case css.ColonToken:
		return p.pseudo()
	case css.ColumnToken, css.NumberToken, css.DimensionToken, css.PercentageToken, css.StringToken:
		return 0
	default:
		p.current.maybe, p.empty = true, false
	}
	return 1
}

func (p *selectorScan) delim(t rawToken) int {
	switch c := t.text[0]; c {
	case '.':
		if len(p.toks) < 2 || p.toks[1].space || p.toks[1].kind != css.IdentToken && p.toks[1].kind != css.CustomPropertyNameToken {
			return 0
		}
		p.current.classes = append(p.current.classes, cssUnescape(p.toks[1].text))
		p.empty = false
		p.out.weight[1]++
		return 2
	case '*':
		p.empty = false
	case '&':
		p.current.nested, p.empty = true, false
	case '>', '+', '~':
		if c == '~' {
			c = '+'
		}
		if p.empty && p.pending != 0 && p.pending != ' ' {
			return 0 // two in a row
		}
		p.combine(c)
		p.pending = c
	case '|':
		p.empty = false
	default:
		return 0
	}
	return 1
}

func (p *selectorScan) attribute(toks []rawToken) {
	if len(toks) == 0 || toks[0].kind != css.IdentToken {
		p.current.maybe = true
		return
	}
	a := attrTest{name: toks[0].ident()}
	hasValue := false
	for _, t := range toks[1:] {
		switch {
		case hasValue:
			a.anyCase = t.ident() == "i"
		case t.kind == css.IdentToken:
			a.value, hasValue = cssUnescape(t.text), true
		case t.kind == css.StringToken:
			a.value, hasValue = cssString(t.text), true
		default:
			a.op += string(t.text)
		}
	}
	p.current.attrs = append(p.current.attrs, a)
}

// pseudo reads a pseudo-class or pseudo-element.
func (p *selectorScan) pseudo() int {
	n, element := 1, false
	if n < len(p.toks) && p.toks[n].kind == css.ColonToken {
		n, element = 2, true
	}
	if n >= len(p.toks) {
		return 0
	}
	t := p.toks[n]
	p.empty = false
	if t.kind == css.FunctionToken {
		size := blockOf(p.toks[n:])
		if !p.function(t.ident(), insideRaw(p.toks[n:n+size]), element) {
			return 0
		}
		return n + size
	}
	name := t.ident()
	if element || name == "before" || name == "after" || name == "first-letter" || name == "first-line" {
		p.out.pseudo = name
		p.out.weight[2]++
		return n + 1
	}
	p.out.weight[1]++
	p.class(name)
	return n + 1
}

func (p *selectorScan) class(name string) {
	switch name {
	case "hover", "focus", "focus-visible", "focus-within", "active", "visited", "target",
		"fullscreen", "modal", "popover-open", "user-invalid", "user-valid", "autofill", "picture-in-picture", "-webkit-autofill",
		"-moz-focusring", "playing", "buffering", "current", "past", "future", "is", "where", "not", "has":
		p.current.never = true
	case "root":
		p.current.root = true
	case "host":
		p.current.host = true
	case "link", "any-link", "-webkit-any-link":
		p.current.is = append(p.current.is, anyOf(compound{tag: "a"}, compound{tag: "area"}))
	case "checked":
		p.current.is = append(p.current.is, anyOf(compound{attrs: []attrTest{{name: "checked"}}}, compound{tag: "option", maybe: true}))
	case "enabled", "defined":
	default:
		p.current.maybe = true
	}
}

func anyOf(list ...compound) []selector {
	out := make([]selector, 0, len(list))
	for _, c := range list {
		out = append(out, selector{compounds: []compound{c}})
	}
	return out
}

// function reads a pseudo-class with arguments. It is false for a mistake.
func (p *selectorScan) function(name string, args []rawToken, element bool) bool {
	if element {
		p.out.pseudo = name
		return true
	}
	if p.depth >= maxSelectorDepth {
		p.out.weight[1]++
		p.current.maybe = true
		return true
	}
	switch name {
	case "not":
		list, ok := selectorList(args, p.around, p.depth+1)
		p.current.not = append(p.current.not, list)
		p.out.weight.add(heaviest(list))
		return ok
	case "is", "where", "matches", "-webkit-any":
		list, _ := selectorList(args, p.around, p.depth+1)
		p.current.is = append(p.current.is, list)
		if name != "where" {
			p.out.weight.add(heaviest(list))
		}
		return true
	case "host":
		list, _ := selectorList(args, p.around, p.depth+1)
		p.current.is = append(p.current.is, list)
		p.current.host = true
		p.out.weight.add(heaviest(list))
	case "host-context":
		p.current.host = true
		fallthrough
	default:
		p.current.maybe = true
	}
	p.out.weight[1]++
	return true
}

// needs is the class, id or tag under which a selector is found in an index; empty for those that
// any element may match.
func (s *selector) needs() string {
	c := &s.compounds[0]
	switch {
	case len(c.classes) > 0:
		return "." + c.classes[0]
	case c.tag != "":
		return c.tag
	}
	return ""
}

// matches tells whether a selector matches a node of a page.
func (s *selector) matches(p *shape, node int) truth {
	return s.from(p, node, 0)
}

// from matches the compounds from the i-th on against a node and what is around it.
func (s *selector) from(p *shape, node, i int) truth {
	c := &s.compounds[i]
	if !p.spend(1 + len(c.attrs) + len(c.classes)*len(p.nodes[node].classes)) {
		return isUnknown
	}
	here := c.matches(p, node, s.nest)
	if here == isFalse || i+1 == len(s.compounds) {
		return here
	}
	switch c.combinator {
	case '>':
		if parent := p.nodes[node].parent; parent >= 0 {
			return min(here, s.from(p, parent, i+1))
		}
		return isFalse
	case '+':
		best := isFalse
		for sibling := range p.siblings(node) {
			if best = max(best, s.from(p, sibling, i+1)); best >= isUnknown {
				break // the order of siblings is not kept
			}
		}
		return min(here, isUnknown, best)
	}
	best := isFalse
	for parent := p.nodes[node].parent; parent >= 0 && best != isTrue; parent = p.nodes[parent].parent {
		best = max(best, s.from(p, parent, i+1))
	}
	return min(here, best)
}

func anyMatches(list []selector, p *shape, node int) truth {
	best := isFalse
	for i := range list {
		best = max(best, list[i].matches(p, node))
	}
	return best
}

func (c *compound) matches(p *shape, node int, around []selector) truth {
	n := &p.nodes[node]
	if c.never || c.root && node != rootNode || c.host && !n.host || c.tag != "" && c.tag != n.tag && !n.foreign(c.tag) {
		return isFalse
	}
	for _, class := range c.classes {
		if !slices.Contains(n.classes, class) {
			return isFalse
		}
	}
	is := isTrue
	if c.maybe {
		is = isUnknown
	}
	if c.id != "" {
		is = min(is, p.hasID(node, c.id))
	}
	for _, a := range c.attrs {
		is = min(is, p.hasAttr(node, a))
	}
	for _, list := range c.not {
		is = min(is, -anyMatches(list, p, node))
	}
	for _, list := range c.is {
		is = min(is, anyMatches(list, p, node))
	}
	if c.nested {
		is = min(is, anyMatches(around, p, node))
	}
	return is
}

// foreign compares names of SVG elements, which keep their case in documents.
func (n *shapeNode) foreign(tag string) bool { return strings.EqualFold(n.tag, tag) }
