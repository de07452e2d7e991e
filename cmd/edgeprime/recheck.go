package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

// How much of what workers elsewhere have measured is asked again from here: a part of each vantage's
// critical cells, within bounds.
const (
	recheckPart  = 50
	fewestChecks = 3
	mostChecks   = 20
)

// recheck asks the same edges again, from here, for a sample of what workers elsewhere have measured:
// a region's evidence must not rest on one machine's word. Only an edge with an address of its own
// is the same from everywhere. An answer that cannot be had from here proves nothing.
func (r *launchRun) recheck(ctx context.Context) error {
	group, groupCtx := errgroup.WithContext(ctx)
	for _, v := range r.plan.AllVantages() {
		if !r.desk.elsewhere(v.Region) || v.Via != edge.ConnectTo || v.Region == regions.ShieldRegion {
			continue
		}
		asker := r.tower.asker(r.tower.station(v))
		group.Go(func() error {
			for _, c := range r.sample(v) {
				t := regions.NewTask(r.ID, c, "verify", edge.Recheck)
				measured := regions.NewTask(r.ID, c, "verify", edge.Verify)
				if !r.seen.Recorded(measured.ID) || r.seen.Recorded(t.ID) {
					continue // what nobody has measured stays cold
				}
				o, err := asker.Ask(groupCtx, groupCtx, t)
				if err == nil {
					err = r.seen.Put(groupCtx, o)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// sample is evenly spread over a vantage's critical cells, which a plan has first.
func (r *launchRun) sample(v edge.Vantage) []regions.Cell {
	critical := r.plan.Critical * len(r.plan.Variants)
	n := min(critical, max(fewestChecks, min(mostChecks, critical/recheckPart)))
	var out []regions.Cell
	i := 0
	for c := range r.plan.Cells(r.manifest, v) {
		if len(out) == n {
			break
		}
		if i == len(out)*critical/n {
			out = append(out, c)
		}
		i++
	}
	return out
}
