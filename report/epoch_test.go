package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report"
)

// What was seen of an asset before it changed is void, and so is what comes late of it.
func TestBuildForgetsWhatWasSeenBeforeAnAssetChanged(t *testing.T) {
	s := healthy()
	var assets []crawl.Asset
	for a := range s.in.Manifest.All() {
		a.Epoch = one(a.URL == script)
		assets = append(assets, a)
	}
	s.in.Manifest = crawl.NewManifest(assets)
	r := s.build(t)
	assert.Equal(t, report.Inconclusive, r.Verdict)
	require.NotEmpty(t, r.Missing)
	assert.Equal(t, "it was never asked", r.Missing[0].Reason)

	for i, v := range vantages() {
		for _, pass := range []edge.Pass{edge.Prime, edge.Verify} {
			o := observe(scriptOf(s), v, pass, noon.Add(time.Duration(i)*time.Minute))
			o.Epoch, o.Digest = 1, "sha-256:new"
			s.obs = append(s.obs, o)
		}
	}
	late := observe(scriptOf(s), vantages()[2], edge.Verify, noon.Add(4*time.Minute))
	late.Status = 500
	for _, pass := range []edge.Pass{edge.Pin, edge.Discover} {
		asked := observe(scriptOf(s), vantages()[2], pass, noon.Add(5*time.Minute))
		asked.Epoch, asked.Status = 1, 500
		s.obs = append(s.obs, asked)
	}
	s.obs = append(s.obs, late)
	r = s.build(t)
	assert.Equal(t, report.Ready, r.Verdict, r.Reasons)
	assert.Len(t, s.obs, r.Actual.Requests, "the load of all counts")
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Misses that an upper tier filled are told apart from those that the origin filled.
func TestBuildTellsWhatAnUpperTierFilled(t *testing.T) {
	s := healthy()
	name := vantages()[2].Name
	filled := 0
	for i, o := range s.obs {
		if o.Vantage == name && o.Pass == edge.Prime {
			s.obs[i].Cache.Origin = edge.ContactNo
			filled++
		}
	}
	r := s.build(t)
	assert.Positive(t, filled)
	for _, v := range r.Vantages {
		want := 0
		if v.Name == name {
			want = filled
		}
		assert.Equal(t, want, v.TierFills, v.Name)
	}
	assert.Contains(t, strings.Join(r.Method, "\n"), fmt.Sprintf("%s: %d misses while priming were filled from a cache above the edge", name, filled))
}
