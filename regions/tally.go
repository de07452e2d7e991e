package regions

import (
	"cmp"
	"fmt"
	"sync"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// tally counts what a run has seen, as far as the run itself needs it: for gates, for what to
// measure, for what to ask again. Its zero value is empty; it is safe for concurrent use.
type tally struct {
	mu      sync.Mutex
	vantage map[string]*counts
	missed  map[cellKey]struct{} // measured once, and no hit
}

type counts struct {
	primed              int              // cells
	epochs              map[int]struct{} // of the assets that were primed
	critical, failed    int              // critical cells
	example             string           // the first that failed, and how
	sampled, known, hit int              // of the sample
	nodes               nodes
}

type cellKey struct{ url, variant, vantage string }

// add counts one observation. What discovery fetched besides assets is no cell, and what was seen before
// the asset changed is void.
func (t *tally) add(m *crawl.Manifest, o edge.Observation) {
	asset, isAsset := m.Find(o.URL)
	if !isAsset || o.Epoch != asset.Epoch {
		return
	}
	critical := asset.Priority == crawl.Critical
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.vantage == nil {
		t.vantage, t.missed = map[string]*counts{}, map[cellKey]struct{}{}
	}
	c := t.vantage[o.Vantage]
	if c == nil {
		c = &counts{}
		t.vantage[o.Vantage] = c
	}
	if critical {
		c.nodes.hear(&o)
	}
	switch o.Pass {
	case edge.Prime:
		c.prime(&o, critical)
	case edge.Sample:
		c.sampled++
		if o.Cache.EdgeHit != nil {
			c.known++
		}
		if isHit(o) {
			c.hit++
		}
	case edge.Verify:
		if mayHitNext(o) {
			t.missed[cellKey{o.URL, o.Variant, o.Vantage}] = struct{}{}
		}
	case edge.Confirm, edge.Cover, edge.Discover, edge.Recheck, edge.Pin:
	}
}

// prime counts a cell that was primed.
func (c *counts) prime(o *edge.Observation, critical bool) {
	c.primed++
	if c.epochs == nil {
		c.epochs = map[int]struct{}{}
	}
	c.epochs[o.Epoch] = struct{}{}
	if !critical {
		return // a missing icon closes no gate
	}
	c.critical++
	if o.Failure != "" || o.Status >= 400 || o.Challenge != "" {
		if c.failed++; c.example == "" {
			c.example = fmt.Sprintf("%s at %s: %s", o.URL, o.Vantage, cmp.Or(o.Challenge, o.Error, fmt.Sprintf("status %d", o.Status)))
		}
	}
}

func isHit(o edge.Observation) bool { return o.Cache.EdgeHit != nil && *o.Cache.EdgeHit }

// mayHitNext reports whether one more request can show what this one did not: the answer was a
// miss, which may have filled a cache node, or the exchange broke.
func mayHitNext(o edge.Observation) bool {
	switch o.Failure {
	case "":
		return o.Challenge == "" && o.Cache.Outcome != edge.Unknown && !isHit(o)
	case edge.FailTimeout, edge.FailReset, edge.FailBody:
		return true
	default:
		return false
	}
}

// primed reports whether the vantage's turn came: what stands behind a closed gate must not be
// measured, since that would fill it.
func (t *tally) primed(v edge.Vantage) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.vantage[v.Name]
	return c != nil && c.primed > 0
}

// reached reports whether the vantage's turn came in the epoch of a cell's asset: what a deploy changed,
// and a gate has kept from the vantage since, must not be measured either.
func (t *tally) reached(c Cell) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	counts := t.vantage[c.Vantage.Name]
	if counts == nil {
		return false
	}
	_, ok := counts.epochs[c.Asset.Epoch]
	return ok
}

// unproven reports whether a cell was measured and did not hit, but may the next time.
func (t *tally) unproven(c Cell) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, missed := t.missed[cellKey{c.Asset.URL, c.Variant.Name, c.Vantage.Name}]
	return missed
}

func (t *tally) sum(s Stage) counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	var sum counts
	for _, v := range s.Vantages {
		if c := t.vantage[v.Name]; c != nil {
			sum.primed += c.primed
			sum.critical += c.critical
			sum.failed += c.failed
			sum.example = cmp.Or(sum.example, c.example)
			sum.known += c.known
			sum.hit += c.hit
		}
	}
	return sum
}

// gate returns an error that wraps ErrGate unless the next stage may begin.
func (t *tally) gate(s Stage) error {
	c := t.sum(s)
	if c.primed == 0 {
		return fmt.Errorf("%w behind stage %s: nothing of it was primed", ErrGate, s.Name)
	}
	if failed := ratio(c.failed, c.critical); failed > s.Gate.MaxErrorRatio {
		return fmt.Errorf("%w behind stage %s: %d of %d critical cells failed while priming, allowed is a share of %g; the first: %s",
			ErrGate, s.Name, c.failed, c.critical, s.Gate.MaxErrorRatio, c.example)
	}
	if c.known > 0 && ratio(c.hit, c.known) < s.Gate.MinHitRatio {
		return fmt.Errorf("%w behind stage %s: %d of %d sampled cells hit, wanted is a share of %g",
			ErrGate, s.Name, c.hit, c.known, s.Gate.MinHitRatio)
	}
	return nil
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
