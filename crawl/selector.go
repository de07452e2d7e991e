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
	never, maybe, root, nested bool
}

// attrTest is [name], or [name=value] with its operator.
type attrTest struct {
	name, op, value string
}

const maxSelectorDepth = 8

// parseSelectors reads a selector list; around are those of the rule around a nested one. What it
// cannot read is left out.
func parseSelectors(toks []rawToken, around []selector) []selector {
	return selectorList(toks, around, 0)
}

func selectorList(toks []rawToken, around []selector, depth int) []selector {
	var out []selector
	for _, part := range splitRaw(toks) {
		p := selectorScan{toks: part, around: around, depth: depth}
		if s, ok := p.read(); ok {
			out = append(out, s)
		}
	}
	return out
}

// selectorScan reads one complex selector.
type selectorScan struct {
	toks    []rawToken
	around  []selector
	depth   int
	out     selector
	current compound
	empty   bool // nothing of the current compound was read
	pending byte // the combinator before the current compound
}

func (p *selectorScan) read() (selector, bool) {
	p.empty = true
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
	p.nestIn()
	slices.Reverse(p.out.compounds)
	return p.out, true
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

// nestIn completes a selector of a nested rule: without & it is about descendants.
func (p *selectorScan) nestIn() {
	p.out.nest = p.around
	if len(p.around) == 0 || p.depth > 0 {
		p.out.compounds[0].combinator = 0
		return
	}
	if !slices.ContainsFunc(p.out.compounds, func(c compound) bool { return c.nested }) {
		if p.out.compounds[0].combinator == 0 {
			p.out.compounds[0].combinator = ' '
		}
		p.out.compounds = slices.Insert(p.out.compounds, 0, compound{nested: true})
	}
	for i := range 3 {
		p.out.weight[i] += p.around[0].weight[i]
	}
}

// simple reads one simple selector or combinator, and tells how many tokens it takes; 0 for an error.
func (p *selectorScan) simple(t rawToken) int {
	switch t.kind {
	case css.IdentToken:
		p.current.tag, p.empty = t.ident(), false
		p.out.weight[2]++
	case css.HashToken:
		p.current.id, p.empty = cssUnescape(t.text[1:]), false
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
	case css.ColumnToken:
		return 0
	default:
		p.current.maybe, p.empty = true, false
	}
	return 1
}

func (p *selectorScan) delim(t rawToken) int {
	switch c := t.text[0]; c {
	case '.':
		if len(p.toks) < 2 || p.toks[1].kind != css.IdentToken || p.toks[1].space {
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
		if p.empty && len(p.out.compounds) > 0 && p.pending == ' ' {
			p.pending = 0
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
	if len(toks) == 0 {
		p.current.maybe = true
		return
	}
	a := attrTest{name: toks[0].ident()}
	for _, t := range toks[1:] {
		switch t.kind {
		case css.IdentToken:
			if a.value == "" {
				a.value = cssUnescape(t.text)
			}
		case css.StringToken:
			a.value = cssString(t.text)
		default:
			if a.value == "" {
				a.op += string(t.text)
			}
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
		p.function(t.ident(), insideRaw(p.toks[n:n+size]), element)
		return n + size
	}
	name := t.ident()
	switch {
	case element || name == "before" || name == "after" || name == "first-letter" || name == "first-line":
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
	case "hover", "focus", "focus-visible", "focus-within", "active", "visited", "target", "checked", "indeterminate",
		"fullscreen", "modal", "popover-open", "user-invalid", "user-valid", "autofill", "picture-in-picture", "-webkit-autofill",
		"-moz-focusring", "playing", "buffering", "current", "past", "future":
		p.current.never = true
	case "root":
		p.current.root = true
	case "host", "link", "any-link", "enabled", "scope", "defined", "is", "where":
	default:
		p.current.maybe = true
	}
}

func (p *selectorScan) function(name string, args []rawToken, element bool) {
	if element {
		p.out.pseudo = name
		return
	}
	if p.depth < maxSelectorDepth {
		switch name {
		case "not":
			p.current.not = append(p.current.not, selectorList(args, p.around, p.depth+1))
			p.out.weight[1]++
			return
		case "is", "where", "matches", "-webkit-any":
			list := selectorList(args, p.around, p.depth+1)
			p.current.is = append(p.current.is, list)
			if name != "where" && len(list) > 0 {
				for i := range 3 {
					p.out.weight[i] += list[0].weight[i]
				}
			}
			return
		}
	}
	p.out.weight[1]++
	if name != "host" {
		p.current.maybe = true
	}
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
			best = max(best, s.from(p, sibling, i+1))
		}
		return min(here, isUnknown, best) // the order of siblings is not kept
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
	if c.never || c.root && node != rootNode || c.tag != "" && c.tag != n.tag && !n.foreign(c.tag) {
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
