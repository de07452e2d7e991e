package crawl

import (
	"bytes"
	"hash/maphash"
	"iter"
	"slices"
	"strings"
)

const (
	rootNode int = 0 // the html element
	bodyNode int = 1
	// maxNodes bounds how many different paths of elements a page is kept as.
	maxNodes = 20000
	// maxOpen bounds how deep elements are nested.
	maxOpen = 512
	// maxIDs is how many ids are kept with their elements. The first of a page belong to its
	// layout; later ones are often anchors, one a section, for which the page is kept as a set.
	maxIDs = 64
	// maxAttrs bounds how many attributes a page remembers.
	maxAttrs = 20000
	// maxRootAttrs is how many of them the html and body elements keep.
	maxRootAttrs = 64
	maxClasses   = 1000 // of one element
)

// shape is a document as style sheets see it: each path of elements from the root, with their
// names and classes, once. Pages repeat few paths many times, so that it stays small.
type shape struct {
	nodes  []shapeNode
	known  map[shapeHash]int
	open   []int           // the open elements, the root first
	ids    map[uint64]bool // hashes, of all elements
	attrs  map[uint64]bool // hashes of names, and of names with values, of attributes anywhere
	full   bool            // some paths are missing, so that no rule can be ruled out
	inline [][]decl
	seed   maphash.Seed
	work   int // that may be spent on its style, once for each device
	left   int // what is left of it
}

// shapeNode is one path of elements: its last element, and the node of the path above it.
type shapeNode struct {
	parent  int
	child   int // the first one below it, once sealed; 0 for none
	next    int // the next one below its parent, likewise
	tag     string
	id      string
	classes []string
	attrs   []attrTest // of the html and body elements, where themes are set
	inline  int        // index of its style attribute's declarations; -1 for none
	text    characters // right inside
	hidden  bool
	isOpen  bool // a details or dialog element
	host    bool // of a shadow tree
}

// shapeHash is a hash of several parts.
type shapeHash uint64

// mix adds the hash of one more part.
func (k *shapeHash) mix(hash uint64) { *k = (*k ^ shapeHash(hash)) * 0x9e3779b97f4a7c15 }

func newShape() *shape {
	p := &shape{known: map[shapeHash]int{}, ids: map[uint64]bool{}, attrs: map[uint64]bool{}, seed: maphash.MakeSeed(), work: maxWork}
	p.nodes = append(p.nodes, shapeNode{parent: -1, tag: "html", inline: -1}, shapeNode{parent: rootNode, tag: "body", inline: -1})
	p.open = []int{rootNode, bodyNode}
	return p
}

// anyShape stands for a page of which nothing is known.
func anyShape() *shape { return &shape{full: true} }

func (p *shape) top() int { return p.open[len(p.open)-1] }

// start opens an element. Elements that have no look are not kept.
func (p *shape) start(tag []byte, a *attributes, selfClosing bool, inline []decl) {
	p.noteAttrs(a)
	switch string(tag) {
	case "html", "body":
		p.dress(tag, a, inline)
		return
	case "head", "title", "meta", "link", "base", "script", "style", "template", "noscript", "source", "track", "param":
		return
	}
	p.implyEnd(tag)
	node := p.node(p.top(), tag, a, inline)
	p.field(node, a)
	if selfClosing || isVoid(tag) || len(p.open) >= maxOpen {
		return
	}
	p.open = append(p.open, node)
}

// dress gives the html or body element, which are there from the start, their attributes.
func (p *shape) dress(tag []byte, a *attributes, inline []decl) {
	n := &p.nodes[rootNode]
	if string(tag) == "body" {
		n = &p.nodes[bodyNode]
	}
	for i, name := range a.names {
		has := func(b attrTest) bool { return b.name == string(name) }
		if len(n.attrs) >= maxRootAttrs || slices.ContainsFunc(n.attrs, has) {
			continue // a second tag adds what the first one has not
		}
		value := string(a.values[i])
		n.attrs = append(n.attrs, attrTest{name: string(name), value: value})
		switch string(name) {
		case "id":
			n.id = value
		case "class":
			n.classes = p.classes(value)
		case "style":
			p.style(n, inline)
		case "hidden":
			n.hidden = true
		}
	}
}

// classes are those of an attribute. More than a person would write leave the page unknown.
func (p *shape) classes(attr string) []string {
	list := strings.Fields(attr)
	if len(list) > maxClasses {
		p.full = true
		return nil
	}
	return list
}

func (p *shape) style(n *shapeNode, inline []decl) {
	if len(inline) > 0 {
		n.inline = len(p.inline)
		p.inline = append(p.inline, inline)
	}
}

// node is the node of an element below another one.
func (p *shape) node(parent int, tag []byte, a *attributes, inline []decl) int {
	class, _ := a.bytes("class")
	var id []byte
	if len(p.ids) < maxIDs {
		id, _ = a.bytes("id")
	}
	isOpen := (string(tag) == "details" || string(tag) == "dialog") && a.has("open")
	hidden := a.has("hidden") || string(tag) == "dialog" && !isOpen
	key := shapeHash(parent) //nolint:gosec // an index, as a part of a hash
	key.mix(maphash.Bytes(p.seed, tag))
	if len(class) > 0 {
		key.mix(maphash.Bytes(p.seed, class))
	}
	if len(id) > 0 {
		key.mix(3)
		key.mix(maphash.Bytes(p.seed, id))
	}
	if hidden {
		key.mix(1)
	}
	if isOpen {
		key.mix(2)
	}
	if len(inline) > 0 {
		style, _ := a.bytes("style")
		key.mix(maphash.Bytes(p.seed, style))
	}
	if node, ok := p.known[key]; ok {
		return node
	}
	if len(p.nodes) >= maxNodes {
		p.full = true
		return parent
	}
	n := shapeNode{parent: parent, tag: string(tag), id: string(id), inline: -1, hidden: hidden, isOpen: isOpen}
	if len(class) > 0 {
		n.classes = p.classes(string(class))
	}
	p.style(&n, inline)
	p.nodes = append(p.nodes, n)
	p.known[key] = len(p.nodes) - 1
	return len(p.nodes) - 1
}

// field notes the text in a form field. Browsers load its font even when there is none.
func (p *shape) field(node int, a *attributes) {
	n := &p.nodes[node]
	if n.tag != "input" && n.tag != "textarea" {
		return
	}
	for _, without := range []string{"hidden", "checkbox", "radio", "image", "range", "color"} {
		if n.tag == "input" && a.is("type", without) {
			return
		}
	}
	n.text.addASCII('a')
	n.text.add(a.value("placeholder"))
	n.text.add(a.value("value"))
}

// noteAttrs remembers ids, and the attributes that style sheets tell elements apart by. Classes are
// kept with the nodes.
func (p *shape) noteAttrs(a *attributes) {
	for i, name := range a.names {
		switch {
		case string(name) == "id":
			if len(p.ids) < maxAttrs {
				p.ids[maphash.Bytes(p.seed, a.values[i])] = true
			}
		case string(name) == "class", isCommonAttr(name):
		case len(p.attrs) < maxAttrs:
			p.attrs[p.hashOf(name, nil)] = true
			p.attrs[p.hashOf(name, a.values[i])] = true
		}
	}
}

// isCommonAttr tells the attributes that most elements have: a selector that asks for one may match.
func isCommonAttr(name []byte) bool {
	switch string(name) {
	case "href", "src", "style", "alt", "title", "width", "height", "content", "srcset", "sizes", "d", "viewbox", "name", "value":
		return true
	}
	return false
}

func (p *shape) hashOf(name, value []byte) uint64 {
	var k shapeHash
	k.mix(maphash.Bytes(p.seed, name))
	k.mix(maphash.Bytes(p.seed, value))
	return uint64(k)
}

// hasID tells whether a node's element has an id: for certain where ids are kept.
func (p *shape) hasID(node int, id string) truth {
	switch n := &p.nodes[node]; {
	case n.id == id:
		return isTrue
	case n.id != "" || len(p.ids) < maxIDs || len(p.ids) < maxAttrs && !p.ids[maphash.String(p.seed, id)]:
		return isFalse
	}
	return isUnknown
}

// hasIDLike compares an id by an attribute selector.
func (p *shape) hasIDLike(node int, a attrTest) truth {
	switch n := &p.nodes[node]; {
	case a.op == "=" && !a.anyCase:
		return p.hasID(node, a.value)
	case n.id != "":
		return truthOf(a.holds(n.id))
	case len(p.ids) < maxIDs:
		return isFalse
	}
	return isUnknown
}

func (p *shape) hasAttr(node int, a attrTest) truth {
	n := &p.nodes[node]
	switch {
	case a.name == "class":
		return truthOf(a.holds(strings.Join(n.classes, " ")) && len(n.classes) > 0)
	case a.name == "id":
		return p.hasIDLike(node, a)
	case a.name == "open" && (n.tag == "details" || n.tag == "dialog"):
		return truthOf(n.isOpen)
	case isCommonAttr([]byte(a.name)):
		return isUnknown
	case node == rootNode || node == bodyNode:
		for _, has := range n.attrs {
			if has.name == a.name {
				return truthOf(a.holds(has.value))
			}
		}
		return isFalse
	}
	value := ""
	if a.op == "=" && !a.anyCase {
		value = a.value
	}
	if p.attrs[p.hashOf([]byte(a.name), []byte(value))] || len(p.attrs) >= maxAttrs {
		return isUnknown
	}
	return isFalse
}

// holds compares an attribute's value (Selectors 4 section 6).
func (a attrTest) holds(value string) bool {
	if a.anyCase {
		value, a.value = strings.ToLower(value), strings.ToLower(a.value)
	}
	switch a.op {
	case "":
		return true
	case "=":
		return value == a.value
	case "~=":
		return slices.Contains(strings.Fields(value), a.value)
	case "|=":
		return value == a.value || strings.HasPrefix(value, a.value+"-")
	case "^=":
		return a.value != "" && strings.HasPrefix(value, a.value)
	case "$=":
		return a.value != "" && strings.HasSuffix(value, a.value)
	case "*=":
		return a.value != "" && strings.Contains(value, a.value)
	}
	return false
}

// siblings are the nodes beside one, itself included: two elements of one path are one node.
func (p *shape) siblings(node int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if node == rootNode {
			return
		}
		for at := p.nodes[p.nodes[node].parent].child; at != 0 && yield(at); at = p.nodes[at].next {
			continue
		}
	}
}

// end closes the innermost open element of a name, and what is open inside it.
func (p *shape) end(tag []byte) {
	for i := len(p.open) - 1; i > 1; i-- {
		if p.nodes[p.open[i]].tag == string(tag) {
			p.open = p.open[:i]
			return
		}
	}
}

// seal drops what only reading needs.
func (p *shape) seal() {
	p.known, p.open = nil, nil
	for i := len(p.nodes) - 1; i > 0; i-- {
		p.nodes[i].next = p.nodes[p.nodes[i].parent].child
		p.nodes[p.nodes[i].parent].child = i
	}
	for i := range p.nodes {
		p.nodes[i].text.seal()
	}
}

// maxWork bounds what the style of one page may cost on one device, in steps of some nanoseconds.
// Pages of a thousand different elements with sheets of a few thousand rules need a tenth of it.
const maxWork = 20_000_000

// spend takes some work off what is left, and tells whether there was so much.
func (p *shape) spend(work int) bool {
	p.left -= work
	return p.left >= 0
}

// implyEnd closes what an element closes without an end tag (HTML section 13.1.2.4).
func (p *shape) implyEnd(tag []byte) {
	switch string(tag) {
	case "li":
		p.endUpTo([]string{"li"}, "ul", "ol", "menu")
	case "dt", "dd":
		p.endUpTo([]string{"dt", "dd"}, "dl")
	case "tr":
		p.endUpTo([]string{"tr"}, "table", "tbody", "thead", "tfoot")
	case "td", "th":
		p.endUpTo([]string{"td", "th"}, "tr", "table")
	case "tbody", "tfoot":
		p.endUpTo([]string{"tbody", "thead", "tfoot"}, "table")
	case "option", "optgroup":
		p.endUpTo([]string{"option"}, "select")
	case "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figcaption", "figure", "footer", "form",
		"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "menu", "nav", "ol", "p", "pre", "section", "table", "ul":
		if p.nodes[p.top()].tag == "p" {
			p.open = p.open[:len(p.open)-1]
		}
	}
}

// endUpTo closes an open element of one of some names, unless one of the others is nearer.
func (p *shape) endUpTo(names []string, stops ...string) {
	for i := len(p.open) - 1; i > 1; i-- {
		tag := p.nodes[p.open[i]].tag
		if slices.Contains(names, tag) {
			p.open = p.open[:i]
			return
		}
		if slices.Contains(stops, tag) {
			return
		}
	}
}

func isVoid(tag []byte) bool {
	switch string(tag) {
	case "area", "br", "col", "embed", "hr", "img", "image", "input", "wbr", "bgsound", "frame", "keygen":
		return true
	}
	return false
}

// write notes text inside the innermost open element.
func (p *shape) write(raw []byte) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	p.nodes[p.top()].text.addHTML(raw)
}
