package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/regions"
)

// Sample is a share that was seen of some, with the interval that holds the share of all with 95 % (Wilson).
type Sample struct {
	Hit
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// sampleOf returns the interval of a share; nil of nothing.
func sampleOf(h Hit) *Sample {
	p, ok := h.Ratio()
	if !ok {
		return nil
	}
	const z = 1.959964
	n := float64(h.Known)
	middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return &Sample{h, max(0, (middle-half)/(1+z*z/n)), min(1, (middle+half)/(1+z*z/n))}
}

// words says a sample in a sentence's middle.
func (s *Sample) words() string {
	return fmt.Sprintf("%d of %s on fresh connections hit (95 %% of the time between %.0f and %.0f %% of all would)",
		s.Hits, plural(s.Known, "repetition"), 100*s.Low, 100*s.High)
}

// covered sums up what the vantage's critical cells show of its cache nodes.
func (v *vantage) covered() regions.Covered {
	c := regions.Covered{Named: len(v.nodes)}
	for i := range v.cells {
		if one := &v.cells[i]; one.Asset.Priority == crawl.Critical && one.URL != "" {
			c.Add(one.streak, one.misses)
		}
	}
	return c
}

// named are the cache nodes that answers have named, in words.
func (v *vantage) named() string {
	if len(v.nodes) == 0 {
		return "the answers name none"
	}
	return "the answers name " + strings.Join(slices.Sorted(maps.Keys(v.nodes)), ", ")
}

// uncovered says why a vantage whose critical cells all hit proves no more than the cache nodes that they
// met; "" when it does.
func (b *builder) uncovered(v *vantage) string {
	c := v.covered()
	cover := b.in.Plan.Cover
	switch {
	case cover == 0 || c.Cells == 0 || c.Enough(cover): // plans of before ask for nothing
		return ""
	case c.Worst > 0:
		why := fmt.Sprintf("cache nodes behind it disagree: what hit once missed on other connections, so that there are at least %d nodes; %s",
			c.Nodes(), v.named())
		if s := sampleOf(v.repeats); s != nil {
			why += "; " + s.words()
		}
		return why
	default:
		return fmt.Sprintf("%s on fresh connections do not prove that every cache node behind it is warm, wanted are %d; %s",
			plural(c.Hits, "hit"), cover*c.Nodes(), v.named())
	}
}

// repetitions says how many cache nodes the evidence stands for.
func (b *builder) repetitions() []string {
	if b.in.Plan.Cover <= 1 {
		return []string{"One connection at a time asks one cache node; other nodes of the same place may differ."}
	}
	out := []string{fmt.Sprintf("One connection asks one cache node, and others of the same place may differ: each vantage's critical cells were repeated on "+
		"fresh connections until %d hits in a row stood for each node that their answers show. A node that met none of them is not excluded.", b.in.Plan.Cover)}
	for _, v := range b.vantages {
		if c := v.covered(); !v.tier() && (c.Worst > 0 || c.Named > 1) {
			line := v.Name + ": at least " + plural(max(c.Nodes(), c.Named), "cache node") + "; " + v.named()
			if s := sampleOf(v.repeats); s != nil {
				line += "; " + s.words()
			}
			out = append(out, line+".")
		}
	}
	return out
}
