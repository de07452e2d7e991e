package regions

import (
	"context"
	"hash/maphash"
	"slices"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// Several cache nodes can stand behind one address, each with a store of its own; which of them answers is
// decided by the connection. One hit proves one node. How many there are is not known from outside, so
// that critical cells are repeated, each time on a fresh connection, until hits in a row leave little
// room for one that is cold.
const (
	// DefaultCover is how many hits in a row, over all critical cells of a vantage, stand for one node. Of
	// eight nodes, a cold one stays unseen by 32 requests with a chance of 1.4 %.
	DefaultCover = 32
	// coverCell is the part of them that each cell needs by itself where nodes disagree.
	coverCell = 8
	// mostNodes is for how many nodes a vantage is repeated; with more it is never covered.
	mostNodes = 8
)

// Covered is what a vantage's critical cells show of the cache nodes behind it, by measuring answers on
// fresh connections.
type Covered struct {
	Cells int // critical cells
	Hits  int // since the last miss of each cell, added up
	Least int // of the cell that has the fewest
	Worst int // misses of the cell that has the most: each can be another node
	Named int // nodes that answers have named
}

// Nodes is the least number of cache nodes that explains what was seen.
func (c Covered) Nodes() int { return max(1, c.Worst+1) }

// Add takes in what one cell shows: its hits since its last miss, and its misses.
func (c *Covered) Add(hits, misses int) {
	if c.Cells == 0 || hits < c.Least {
		c.Least = hits
	}
	c.Cells++
	c.Hits += hits
	c.Worst = max(c.Worst, misses)
}

// Enough reports whether the hits stand for every node, with cover hits for each: all together, and where
// nodes disagree a part of them for each cell. A node that only bears another name needs no more than to
// be met: many places share one store.
func (c Covered) Enough(cover int) bool {
	least := 1
	switch {
	case cover == 1: // one measurement of each cell is all that is wanted
		return c.Least > 0
	case c.Worst > 0:
		least = max(2, cover/coverCell*c.Nodes())
	case c.Named > 1:
		least = 2
	}
	return c.Least >= least && c.Hits >= cover*c.Nodes()
}

// coverRounds bounds how often the cells are repeated.
func coverRounds(cover, cells int) int {
	return max(cover/coverCell*mostNodes, (cover*mostNodes+cells-1)/max(1, cells))
}

// nodes is the tally of one vantage's cache nodes.
type nodes struct {
	cells map[uint64]streak // critical cells, by a hash of their URL and variant
	names []string
	last  int // the last round with an answer
	asked int // answers in it
	ended bool
}

// streak is how often a cell has hit since its last miss, and how often it has missed.
type streak struct {
	hits, misses uint16
	open         bool // one more request can prove it, or one more node
}

// mostNames bounds how many nodes of a vantage are told apart.
const mostNames = 64

var cellSeed = maphash.MakeSeed()

func cellHash(url, variant string) uint64 {
	return maphash.String(cellSeed, url+"\x00"+variant)
}

// hear takes an answer of a critical cell into account, when it came on a fresh connection.
func (n *nodes) hear(o *edge.Observation) {
	if o.Pass != edge.Verify && o.Pass != edge.Confirm && o.Pass != edge.Cover {
		return
	}
	if n.cells == nil {
		n.cells = map[uint64]streak{}
	}
	if name := o.Cache.Node; name != "" && len(n.names) < mostNames && !slices.Contains(n.names, name) {
		n.names = append(n.names, name)
	}
	if o.Challenge != "" {
		n.ended = true // no repetition may turn a challenge into a ban
	}
	if o.Pass == edge.Cover {
		if o.Round > n.last {
			n.last, n.asked = o.Round, 0
		}
		n.asked++
	}
	key := cellHash(o.URL, o.Variant)
	s := n.cells[key]
	switch filled := o.Cache.Outcome == edge.Miss || o.Cache.Outcome == edge.Expired; {
	case isHit(*o):
		s.hits, s.open = min(s.hits+1, 1<<15), true
	case o.Cache.EdgeHit != nil && o.Failure == "": // another node, which may have stored it now
		s.hits, s.misses = 0, s.misses+1
		s.open = filled && s.misses < mostNodes
	case o.Pass != edge.Cover:
		s.open = false
	}
	n.cells[key] = s
}

// wants reports whether a round is to be asked: every critical cell has hit, or can the next time, each got
// its answer in the round before, and the hits do not stand for every node yet. Without misses, a cell
// that has ever missed is not asked again.
func (n *nodes) wants(round, cells, cover int, misses bool) bool {
	if n.ended || len(n.cells) < cells || round > coverRounds(cover, cells) || round > n.last+1 ||
		round == n.last+1 && n.last > 0 && n.asked < cells {
		return false
	}
	c := Covered{Named: len(n.names)}
	for _, s := range n.cells {
		if !s.open || s.misses > 0 && !misses {
			return false
		}
		c.Add(int(s.hits), int(s.misses))
	}
	return !c.Enough(cover)
}

// cover repeats the critical cells of vantages whose cache nodes are not proven yet.
func (d *Dispatcher) cover(ctx context.Context, vantages []edge.Vantage) error {
	cells := d.Plan.Critical * len(d.Plan.Variants)
	critical := func(_ int, c Cell) bool { return c.Asset.Priority == crawl.Critical }
	for number := 1; cells > 0; number++ {
		open := slices.DeleteFunc(slices.Clone(vantages), func(v edge.Vantage) bool {
			return !d.tally.wants(v, number, cells, d.Plan.Cover, !d.MeasureOnly)
		})
		if len(open) == 0 {
			return nil
		}
		if err := d.run(ctx, &round{stage: "cover", pass: edge.Cover, number: number}, open, critical); err != nil {
			return err
		}
	}
	return nil
}

// wants reports whether a round of repetitions is to be asked at a vantage.
func (t *tally) wants(v edge.Vantage, round, cells, cover int, misses bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.vantage[v.Name]
	return c != nil && c.nodes.wants(round, cells, cover, misses)
}
