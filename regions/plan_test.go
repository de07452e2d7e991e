package regions_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestNewPlanGolden(t *testing.T) {
	noShield := input(6)
	noShield.Stages = regions.Stages{}
	vantages := input(6)
	vantages.Regions = []regions.Region{
		{Name: "us", Vantages: []edge.Vantage{{Address: "192.0.2.1:443", PoP: "IAD"}, {Name: "second", Address: "192.0.2.2:443"}}},
		{Name: "eu", Vantages: []edge.Vantage{{Via: edge.Direct}}},
	}
	vantages.Variants = []edge.Variant{{Name: "br", Headers: map[string]string{"Accept-Encoding": "br"}}, {Name: "identity"}}
	vantages.Limits = origin.Limits{MaxRPS: 20, MaxInFlight: 8}
	one := input(2)
	one.Regions, one.Stages = one.Regions[:1], regions.Stages{}
	for name, in := range map[string]regions.Input{
		"shield": input(6), "no-shield": noShield, "vantages": vantages, "one-region": one,
	} {
		t.Run(name, func(t *testing.T) {
			p, err := regions.NewPlan(in)
			require.NoError(t, err)
			got, err := json.MarshalIndent(p, "", "  ")
			require.NoError(t, err)
			path := filepath.Join("testdata", "plan", name+".json")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
				require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o600))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got)+"\n")
		})
	}
}

func TestPlanAsksCriticalAssetsFirstAndLargeOnesEarly(t *testing.T) {
	in := input(6)
	p, err := regions.NewPlan(in)
	require.NoError(t, err)
	var got []string
	for c := range p.Cells(in.Manifest, edge.Vantage{Name: "eu"}) {
		got = append(got, c.Asset.URL[len("http://shop.example/"):])
	}
	assert.Equal(t, []string{"002", "001", "000", "005", "004", "003"}, got)
}

func TestNewPlanNamesWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct {
		edit func(*regions.Input)
		want string
	}{
		"nothing":        {func(in *regions.Input) { in.Manifest = manifest(0) }, "no asset in scope"},
		"no region":      {func(in *regions.Input) { in.Regions = nil }, "one region are needed"},
		"no variant":     {func(in *regions.Input) { in.Variants = nil }, "at least one variant"},
		"canary":         {func(in *regions.Input) { in.Stages.Canary = "mars" }, `"mars", which is no region`},
		"gate":           {func(in *regions.Input) { in.Stages.Gate.MinHitRatio = 1.5 }, "min_hit_ratio is 1.5"},
		"sample":         {func(in *regions.Input) { in.Stages.Gate.Sample = -1 }, "sample is -1"},
		"vantage names":  {func(in *regions.Input) { in.Stages.Shield = []edge.Vantage{{Name: "us"}} }, `two vantages are named "us"`},
		"region doubled": {func(in *regions.Input) { in.Regions = append(in.Regions, in.Regions[0]) }, `two vantages are named "us"`},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(4)
			tc.edit(&in)
			_, err := regions.NewPlan(in)
			require.ErrorContains(t, err, tc.want)
		})
	}
	in := input(0)
	_, err := regions.NewPlan(in)
	require.ErrorIs(t, err, regions.ErrNothing)
}

func TestTaskIDsDifferInEveryPart(t *testing.T) {
	cell := regions.Cell{Asset: crawl.Asset{URL: "u"}, Variant: edge.Variant{Name: "v"}, Vantage: edge.Vantage{Name: "w"}}
	base := regions.NewTask("run", cell, "stage", edge.Prime)
	assert.Len(t, base.ID, 64)
	assert.Equal(t, base.ID, regions.NewTask("run", cell, "other stage", edge.Prime).ID, "the stage is no part of it")
	seen := map[string]bool{base.ID: true}
	other := cell
	other.Asset.URL = "u2"
	shifted := cell
	shifted.Asset.URL, shifted.Variant.Name = "uv", ""
	variant, vantage := cell, cell
	variant.Variant.Name, vantage.Vantage.Name = "v2", "w2"
	for _, task := range []regions.Task{
		regions.NewTask("run2", cell, "stage", edge.Prime), regions.NewTask("run", other, "stage", edge.Prime),
		regions.NewTask("run", shifted, "stage", edge.Prime), regions.NewTask("run", variant, "stage", edge.Prime),
		regions.NewTask("run", vantage, "stage", edge.Prime), regions.NewTask("run", cell, "stage", edge.Verify),
	} {
		assert.False(t, seen[task.ID])
		seen[task.ID] = true
	}
}
