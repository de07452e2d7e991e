package regions_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

// detached is an input for shares: no shield, two variants, three regions.
func detached(assets, shares int) regions.Input {
	in := input(assets)
	in.Stages = regions.Stages{Canary: "eu", Cover: 1}
	in.Regions = []regions.Region{{Name: "us", Vantages: []edge.Vantage{{Address: "192.0.2.1:443"}, {Address: "192.0.2.2:443"}}}, {Name: "eu"}, {Name: "ap"}}
	in.Variants = []edge.Variant{{Name: "br"}, {Name: "identity"}}
	in.Limits = origin.Limits{MaxRPS: 23, MaxInFlight: 11}
	in.Detached = &regions.Detached{Run: "run", Shares: shares, Expires: time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC)}
	return in
}

func TestSharesHoldEachCellOnce(t *testing.T) {
	for shares := 3; shares <= 11; shares++ {
		in := detached(20, shares)
		p, err := regions.NewPlan(in)
		require.NoError(t, err)
		all, err := p.Shares()
		require.NoError(t, err)
		require.Len(t, all, shares)
		cells, limits := map[[3]string]int{}, origin.Limits{}
		requests := 0
		for _, s := range all {
			part, m := p.Take(s, in.Manifest)
			assert.Positive(t, part.Critical, "critical assets are dealt out evenly")
			for stage, v := range part.Vantages() {
				assert.Equal(t, s.Region, v.Region)
				before := len(cells)
				for c := range part.Cells(m, v) {
					cells[[3]string{c.Asset.URL, c.Variant.Name, v.Name}]++
				}
				assert.Equal(t, stage.Cells/len(stage.Vantages), len(cells)-before)
			}
			limits.MaxRPS += part.Limits.MaxRPS
			limits.MaxInFlight += part.Limits.MaxInFlight
			requests += part.Estimate.Requests
		}
		assert.Len(t, cells, 20*2*4)
		for cell, times := range cells {
			assert.Equal(t, 1, times, cell)
		}
		assert.Equal(t, origin.Limits{MaxRPS: 23, MaxInFlight: 11}, limits, "together they have what one process has")
		assert.Equal(t, p.Estimate.Requests, requests)
	}
}

func TestNoShareIsEmpty(t *testing.T) {
	for _, tt := range []struct {
		name           string
		assets, shares int
		want           string
	}{
		{"region without a share", 20, 2, "2 shares are too few for 3 regions"},
		{"share without an asset", 3, 10, "4 of 10 shares are for region eu, which has 3 assets: one of them would be empty"},
		{"share without a request", 20, 12, "12 shares of max_rps 23 and max_in_flight 11, amplification 1, would leave one of them empty: make at most 11"},
		{"none", 20, 0, "0 shares are too few"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := regions.NewPlan(detached(tt.assets, tt.shares))
			require.ErrorContains(t, err, tt.want)
		})
	}
	p, err := regions.NewPlan(input(6))
	require.NoError(t, err)
	_, err = p.Shares()
	require.EqualError(t, err, "regions: the plan is not made for shares")
}

// A share stands before the gates that stand behind its region in the whole plan, and asks what a
// whole run would ask there.
func TestAShareRunsItsPartBehindTheSameGates(t *testing.T) {
	in := detached(20, 4)
	p, err := regions.NewPlan(in)
	require.NoError(t, err)
	all, err := p.Shares()
	require.NoError(t, err)
	for region, want := range map[string]map[string]int{
		"eu": {"prime eu": 40, "sample eu": 40, "verify eu": 40}, // the canary, in two parts
		"ap": {"prime ap": 40, "verify ap": 40},
		"us": {"prime us-1": 40, "prime us-2": 40, "verify us-1": 40, "verify us-2": 40},
	} {
		t.Run(region, func(t *testing.T) {
			w := &world{stored: map[string]bool{}}
			for _, s := range all {
				if s.Region != region {
					continue
				}
				require.NoError(t, carryOut(t, in, p, s, w.fetch))
			}
			got := map[string]int{}
			for _, asked := range w.asked {
				got[asked[:strings.LastIndex(asked, " ")]]++
			}
			assert.Equal(t, want, got)
		})
	}
	err = carryOut(t, in, p, all[0], func(_ context.Context, task regions.Task) (edge.Observation, error) {
		return edge.Observation{URL: task.Asset.URL, Status: 500}, nil
	})
	require.ErrorIs(t, err, regions.ErrGate)
}

// carryOut primes and measures one share.
func carryOut(t *testing.T, in regions.Input, p *regions.Plan, s regions.Share, fetch regions.Fetch) error {
	t.Helper()
	r := newRun(t, in, filepath.Join(t.TempDir(), "journal"))
	r.plan, r.dispatcher.Manifest = p.Take(s, in.Manifest)
	r.dispatcher.Plan = r.plan
	return r.do(t.Context(), fetch, r.dispatcher.Prime, r.dispatcher.Verify)
}
