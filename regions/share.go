package regions

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/origin"
)

// Detached says that a plan is carried out by processes that know nothing of each other, each with a
// share of the plan: a part of one region's cells, and a part of the origin's limits. All are one run.
type Detached struct {
	Run     string    `json:"run"`     // id of the run
	Shares  int       `json:"shares"`  // at least one for each region
	Expires time.Time `json:"expires"` // no request starts later; by the wall clock of each machine
}

// Share is one process' part of a detached plan.
type Share struct {
	Number, Of  int // from 1
	Region      string
	Part, Parts int // of the region's assets, from 1
	Limits      origin.Limits
}

// Name is how a share is called, such as "2/5".
func (s Share) Name() string { return fmt.Sprintf("%d/%d", s.Number, s.Of) }

// Shares deals out a detached plan: every region gets as many shares as every other, the first ones one
// more when they do not come out even. The error says why the plan cannot be shared so often; it wraps
// nothing for a plan that is not detached.
func (p *Plan) Shares() ([]Share, error) {
	if p.Detached == nil {
		return nil, errors.New("regions: the plan is not made for shares")
	}
	names, n := p.regions(), p.Detached.Shares
	if n < len(names) {
		return nil, fmt.Errorf("regions: %d shares are too few for %d regions: each needs one of its own", n, len(names))
	}
	var all []Share
	for i, region := range names {
		parts := n / len(names)
		if i < n%len(names) {
			parts++
		}
		if parts > p.Assets {
			return nil, fmt.Errorf("regions: %d of %d shares are for region %s, which has %d assets: one of them would be empty; make fewer",
				parts, n, region, p.Assets)
		}
		for part := 1; part <= parts; part++ {
			s := Share{Number: len(all) + 1, Of: n, Region: region, Part: part, Parts: parts}
			var err error
			if s.Limits, err = p.Limits.Share(s.Number, n); err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// regions are the plan's regions in stage order.
func (p *Plan) regions() []string {
	var names []string
	for _, v := range p.Vantages() {
		if !slices.Contains(names, v.Region) {
			names = append(names, v.Region)
		}
	}
	return names
}

// Take returns a share as a plan of its own, with its part of the manifest. Its stages are those of the
// whole, so that the same gates stand behind them, without what others do.
func (p *Plan) Take(s Share, m *crawl.Manifest) (*Plan, *crawl.Manifest) {
	var assets []crawl.Asset
	for i, a := range p.order(m) {
		if i%s.Parts == s.Part-1 {
			assets = append(assets, a)
		}
	}
	part := crawl.NewManifest(assets)
	sum := sumOf(part)
	out := *p
	out.Manifest, out.Assets, out.Critical, out.Limits = part.Digest(), sum.assets, sum.critical, s.Limits
	out.Cover = (p.Cover + s.Parts - 1) / s.Parts // together they repeat as much as one would
	out.Stages = slices.Clone(p.Stages)
	for i, stage := range out.Stages {
		out.Stages[i].Vantages = nil
		for _, v := range stage.Vantages {
			if v.Region == s.Region {
				out.Stages[i].Vantages = append(out.Stages[i].Vantages, v)
			}
		}
		out.Stages[i].Cells = len(out.Stages[i].Vantages) * sum.assets * len(p.Variants)
	}
	out.Estimate = out.estimate(sum)
	return &out, part
}
