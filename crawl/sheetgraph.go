package crawl

import (
	"maps"
	"slices"
)

// sheetNode is one style sheet that some document or sheet asks for.
type sheetNode struct {
	from   item   // on whose behalf it was asked for first
	sheet  *sheet // nil until it was read
	moved  string // the target when it redirects
	active bool   // applied by somebody, so that what it draws is requested
}

// sheetEdge leads from a document or sheet to a sheet it loads.
type sheetEdge struct {
	url   string
	inert bool
}

// pageStyle is the style of one document.
type pageStyle struct {
	origin string
	own    *sheet // inline styles
	sheets []sheetEdge
}

func (r *run) node(url string, from item) *sheetNode {
	n := r.sheets[url]
	if n == nil {
		n = &sheetNode{from: from}
		r.sheets[url] = n
	}
	return n
}

// use notes one more user of a sheet. The first that applies it makes its images count.
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

// emit takes what a sheet names: imports in any case, the rest when the sheet is applied.
func (n *sheetNode) emit(r *run) {
	for _, f := range r.limitLinks(n.sheet.refs.page, n.sheet.refs.list) {
		switch {
		case f.role == readSheet && !n.active:
			f.inert, f.Priority, f.Reason = true, High, "imported by a style sheet that is not applied"
		case f.role == unread && !n.active:
			continue
		}
		from := n.from
		from.declared, from.hops = false, 0
		r.take(f, from)
	}
}

// takeFonts takes the fonts that each document's rules use. It runs when every sheet was read,
// since the sheet that uses a family is seldom the one that declares it.
func (r *run) takeFonts() {
	for _, page := range r.pages {
		var faces []fontFace
		families := map[string]bool{}
		seen := map[string]bool{}
		collect := func(s *sheet) {
			faces = append(faces, s.faces...)
			maps.Copy(families, s.families)
		}
		if page.own != nil {
			collect(page.own)
		}
		todo := page.sheets
		for len(todo) > 0 {
			edge := todo[0]
			todo = todo[1:]
			n := r.sheets[edge.url]
			if edge.inert || seen[edge.url] || n == nil {
				continue
			}
			seen[edge.url] = true
			if n.moved != "" {
				todo = append(slices.Clip(todo), sheetEdge{url: n.moved})
			}
			if n.sheet == nil {
				continue
			}
			collect(n.sheet)
			todo = append(slices.Clip(todo), r.imports(n)...)
		}
		for _, f := range chosenFonts(faces, families, page.origin) {
			r.take(f, item{origin: page.origin})
		}
	}
}

func (r *run) imports(n *sheetNode) []sheetEdge {
	var out []sheetEdge
	for _, f := range n.sheet.refs.list {
		if f.role == readSheet {
			out = append(out, sheetEdge{url: r.scope.preview.public(f.link).key, inert: f.inert})
		}
	}
	return out
}
