package crawl

import (
	"fmt"
	"slices"
	"strings"
)

// sheetNode is one style sheet that some document or sheet asks for.
type sheetNode struct {
	from   item   // on whose behalf it was asked for first
	sheet  *sheet // nil until it was read
	moved  string // the target when it redirects
	active bool   // applied by somebody, so that what it draws is requested
	done   bool   // it was answered, whatever the answer
}

// sheetEdge leads from a document or sheet to a sheet it loads.
type sheetEdge struct {
	url          string
	media, layer string
	inert        bool
}

// edge is how a reference to a style sheet applies it.
func (r *run) edge(f ref) sheetEdge {
	return sheetEdge{url: r.scope.preview.public(f.link).key, media: f.media, layer: f.layer, inert: f.inert}
}

// pageStyle is what one document requests by its style sheets. What it takes to know that is kept
// until all of them are read.
type pageStyle struct {
	origin  string
	own     *sheet // inline styles
	sheets  []sheetEdge
	shape   *shape
	screens []screen
	modest  bool  // as in [item]
	fonts   []ref // once its sheets are read
}

// maxPaths bounds the shapes that wait for their sheets, together: some hundred megabytes. It is
// what two thousand pages of a manual have.
const maxPaths = 1 << 20

// keepPage holds a page until its sheets are read. Beyond maxPaths its shape is dropped, so that
// it counts as requesting all that its sheets name.
func (r *run) keepPage(page *pageStyle) {
	if len(page.shape.nodes) > maxPaths-r.paths {
		page.shape = anyShape()
	}
	r.paths += len(page.shape.nodes)
	r.pages = append(r.pages, page)
	r.unstyled = append(r.unstyled, page)
}

func (r *run) node(url string, from item) *sheetNode {
	n := r.sheets[url]
	if n == nil {
		n = &sheetNode{from: from}
		r.sheets[url] = n
	}
	return n
}

// use notes one more user of a sheet. The first that applies it makes its imports count.
func (n *sheetNode) use(r *run, inert bool) {
	if inert || n.active {
		return
	}
	n.active = true
	if n.sheet != nil {
		n.emit(r)
	}
	if n.moved != "" {
		if target := r.sheets[n.moved]; target != nil {
			target.use(r, false)
		}
	}
}

// emit takes the imports of a sheet.
func (n *sheetNode) emit(r *run) {
	for _, f := range r.limitLinks(n.sheet.refs.page, n.sheet.refs.list) {
		if f.role == readSheet && !n.active {
			f.inert, f.Priority, f.Reason = true, High, "imported by a style sheet that is not applied"
		}
		from := n.from
		from.declared, from.hops = false, 0
		r.take(f, from)
	}
}

// stylePages works out what the pages request whose style sheets are all answered, or of all pages
// that are left. Shapes are large, so that each is kept for as long as it must be.
func (r *run) stylePages(all bool) {
	waiting := r.unstyled[:0]
	for _, page := range r.unstyled {
		sheets, done := r.sheetsOf(page)
		if !done && !all {
			waiting = append(waiting, page)
			continue
		}
		page.fonts = page.apply(r.cascadeOf(page, sheets))
		r.paths -= len(page.shape.nodes)
		page.shape, page.sheets, page.screens = nil, nil, nil
	}
	clear(r.unstyled[len(waiting):])
	r.unstyled = waiting
}

// applyStyles takes the images and fonts that style sheets make documents request. It runs when
// every sheet was read, since the rules that use a family or override an image are seldom where it
// is declared.
func (r *run) applyStyles() {
	r.stylePages(true)
	for _, page := range r.pages {
		for _, f := range page.fonts {
			r.take(f, item{origin: page.origin, modest: page.modest})
		}
	}
	for _, page := range r.pages {
		if page.own != nil {
			r.takeImages(page.own, item{origin: page.origin, modest: page.modest})
		}
	}
	for _, url := range sortedKeys(r.sheets) {
		if n := r.sheets[url]; n.sheet != nil && n.active {
			r.takeImages(n.sheet, n.from)
		}
	}
}

// takeImages takes what a sheet draws, wherever a rule applies.
func (r *run) takeImages(s *sheet, from item) {
	from.declared, from.hops = false, 0
	list := make([]ref, 0, len(s.images))
	for _, image := range s.images {
		list = append(list, image.settled())
	}
	for _, f := range r.limitLinks(s.refs.page, list) {
		r.take(f, from)
	}
}

// settled is the reference once it is known who requests it.
func (i *cssImage) settled() ref {
	f := i.ref
	switch {
	case f.mask == 0:
		f.Priority, f.Reason = Low, "no rule that names it applies to a page"
	case i.large:
		f.Priority, f.Reason = Critical, "background near the top of a page, may be its largest paint"
	}
	return f
}

// cascadeOf builds the cascade of a page's sheets, or finds that of a page with the same ones.
func (r *run) cascadeOf(page *pageStyle, sheets []appliedSheet) *cascade {
	if own := page.own; own != nil && (len(own.rules)+len(own.faces)+len(own.inline) > 0) {
		return newCascade(append(sheets, appliedSheet{sheet: own}))
	}
	var key strings.Builder
	for _, s := range sheets {
		fmt.Fprintf(&key, "%s\n%q\n%s\n", s.refs.page, s.media, s.layer)
	}
	c := r.cascades[key.String()]
	if c == nil {
		c = newCascade(sheets)
		r.cascades[key.String()] = c
	}
	return c
}

// maxApplied bounds how many sheets one page applies.
const maxApplied = 1000

// sheetsOf are the sheets that a page applies, those that others import before them. done is false
// while one of them was not answered.
func (r *run) sheetsOf(page *pageStyle) (sheets []appliedSheet, done bool) {
	w := sheetWalk{run: r, done: map[string]bool{}, open: map[string]bool{}}
	for _, edge := range page.sheets {
		w.visit(edge, nil, "")
	}
	return w.out, !w.waits
}

type sheetWalk struct {
	run   *run
	done  map[string]bool // by URL, media and layer
	open  map[string]bool // by URL: sheets whose imports are being visited, which none of them applies again
	named []string        // layers of sheets whose imports are being visited
	out   []appliedSheet
	waits bool // set when a sheet was not answered yet
}

func (w *sheetWalk) visit(edge sheetEdge, media []string, layer string) {
	n := w.run.sheets[edge.url]
	if edge.inert || n == nil || w.open[edge.url] || len(w.out) >= maxApplied {
		return
	}
	if edge.media != "" {
		media = append(slices.Clip(media), edge.media)
	}
	layer = within(layer, edge.layer)
	key := edge.url + "\n" + strings.Join(media, "\n") + "\n" + layer
	if w.done[key] {
		return
	}
	w.waits = w.waits || !n.done
	w.done[key], w.open[edge.url] = true, true
	defer delete(w.open, edge.url)
	if n.moved != "" {
		w.visit(sheetEdge{url: n.moved}, media, layer)
	}
	if n.sheet == nil {
		return
	}
	named := 0
	for _, f := range n.sheet.refs.list {
		if f.role == readSheet {
			for ; named < f.layers; named++ {
				w.named = append(w.named, within(layer, n.sheet.layers[named]))
			}
			w.visit(w.run.edge(f), media, layer)
		}
	}
	w.out = append(w.out, appliedSheet{sheet: n.sheet, media: media, layer: layer, named: w.named})
	w.named = nil
}

// apply marks the images that a document requests, and returns the fonts: those that it sets text
// in, and the other faces of families that its sheets name.
func (p *pageStyle) apply(c *cascade) []ref {
	if p.shape == nil {
		return nil
	}
	used := map[*fontFace]viewportMask{}
	for i, v := range p.screens {
		c.style(p.shape, v, 1<<i, used)
	}
	var out []ref
	for _, s := range c.sheets {
		for _, f := range s.faces {
			if used[f] != 0 || c.named[f.family] {
				out = append(out, f.refs(p.origin, used[f])...)
			}
		}
	}
	return out
}
