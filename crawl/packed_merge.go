package crawl

import (
	"bytes"
	"cmp"
	"container/heap"
)

// packedCursor walks through a packed sequence.
type packedCursor struct {
	unpacker

	groups    []string
	templates []Asset
	place     int // among the cursors that are merged
}

// next goes to the next asset and reports whether there is one.
func (c *packedCursor) next() bool {
	if c.rest == "" {
		if len(c.groups) == 0 {
			return false
		}
		c.unpacker = unpacker{rest: c.groups[0], url: c.url[:0], page: c.page[:0]}
		c.groups = c.groups[1:]
	}
	c.unpacker.next(c.templates)
	return true
}

// get returns the asset that the cursor stands at.
func (c *packedCursor) get() Asset {
	a := c.asset
	a.URL = string(c.url)
	return a
}

// cursorHeap has the cursor with the least URL on top, of equal ones the first.
type cursorHeap []*packedCursor

func (h cursorHeap) Len() int      { return len(h) }
func (h cursorHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h cursorHeap) Less(i, j int) bool {
	return cmp.Or(bytes.Compare(h[i].url, h[j].url), cmp.Compare(h[i].place, h[j].place)) < 0
}

// Push implements heap.Interface; the heap only shrinks.
func (h *cursorHeap) Push(any) {}

// Pop implements heap.Interface.
func (h *cursorHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// mergePacked merges sorted sequences into one, and joins the assets of one URL in the order of
// the sequences.
func mergePacked(blocks []packed) packed {
	if len(blocks) == 1 {
		return blocks[0]
	}
	var h cursorHeap
	for i := range blocks {
		c := &packedCursor{groups: blocks[i].groups, templates: blocks[i].templates, place: i}
		if c.next() {
			h = append(h, c)
		}
	}
	heap.Init(&h)
	var out packer
	var last Asset
	open := false
	for len(h) > 0 {
		top := h[0]
		if open && string(top.url) == last.URL {
			last.joinListed(top.asset)
		} else {
			if open {
				out.add(last)
			}
			last, open = top.get(), true
		}
		if top.next() {
			heap.Fix(&h, 0)
		} else {
			heap.Pop(&h)
		}
	}
	if open {
		out.add(last)
	}
	return out.packed()
}
