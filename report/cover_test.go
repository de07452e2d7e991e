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

// repeat adds rounds of repetitions of every critical cell of visitors; miss says which of them miss.
func (s *story) repeat(rounds int, miss func(round int, o *edge.Observation) bool) {
	for round := 1; round <= rounds; round++ {
		for _, v := range vantages()[1:] {
			for a := range s.in.Manifest.All() {
				if a.Priority != crawl.Critical || a.ThirdParty {
					continue
				}
				o := observe(a, v, edge.Cover, noon.Add(time.Minute+time.Duration(round)*time.Second))
				o.Round = round
				o.Cache.Node = fmt.Sprintf("node-%d", round%2)
				if miss != nil && miss(round, &o) {
					no := false
					o.Cache = edge.CacheStatus{Outcome: edge.Miss, EdgeHit: &no, Origin: edge.ContactYes, PoP: o.Cache.PoP, Node: "node-cold"}
				}
				s.obs = append(s.obs, o)
			}
		}
	}
}

// A vantage is ready when the hits of its critical cells stand for every cache node that answers show.
func TestBuildWantsHitsForEveryCacheNode(t *testing.T) {
	never := func(int, *edge.Observation) bool { return false }
	us := vantages()[1].Name
	once := func(n int) func(int, *edge.Observation) bool {
		return func(round int, o *edge.Observation) bool { return round == n && o.Vantage == us && o.URL == script }
	}
	for _, c := range []struct {
		name   string
		cover  int
		rounds int
		miss   func(int, *edge.Observation) bool
		want   report.Verdict
		reason string
	}{
		{name: "plans of before want nothing", want: report.Ready},
		{name: "each cell once", cover: 1, want: report.Ready},
		{name: "too few", cover: 32, rounds: 1, miss: never, want: report.Inconclusive, reason: "do not prove that every cache node behind it is warm, wanted are 32; the answers name node-1"},
		{name: "enough", cover: 32, rounds: 32, miss: never, want: report.Ready},
		{name: "one missed, and not enough came after", cover: 32, rounds: 12, miss: once(10), want: report.Inconclusive, reason: "there are at least 2 nodes; the answers name node-0, node-1, node-cold; "},
		{name: "one missed, and enough came after", cover: 32, rounds: 70, miss: once(1), want: report.Ready},
		{name: "the last one missed", cover: 32, rounds: 40, miss: once(40), want: report.NotReady, reason: "the last measurement was no hit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := healthy()
			s.in.Plan.Cover = c.cover
			s.repeat(c.rounds, c.miss)
			r := s.build(t)
			assert.Equal(t, c.want, r.Verdict, r.Reasons)
			assert.Contains(t, strings.Join(r.Reasons, "\n"), c.reason)
		})
	}
}

// A repetition that failed or was challenged takes nothing from what was seen, and adds nothing.
func TestBuildDoesNotJudgeByRepetitionsThatFailed(t *testing.T) {
	s := healthy()
	s.in.Plan.Cover = 32
	s.repeat(40, nil)
	for i := range s.obs {
		o := &s.obs[i]
		if o.Pass == edge.Cover && o.Round == 40 && o.URL == script {
			o.Failure, o.Status, o.Cache = edge.FailTimeout, 0, edge.CacheStatus{Outcome: edge.Unknown, Origin: edge.ContactUnknown}
		}
		if o.Pass == edge.Cover && o.Round == 39 && o.URL == script {
			o.Challenge = "a challenge page"
		}
	}
	assert.Equal(t, report.Ready, s.build(t).Verdict)
}

// The share of connections that hit is a sample, and told with its interval.
func TestBuildTellsTheIntervalOfASample(t *testing.T) {
	s := healthy()
	s.in.Plan.Cover = 32
	s.repeat(50, func(round int, o *edge.Observation) bool { return round <= 10 && o.URL == script && o.Vantage == "us" })
	r := s.build(t)
	v := r.Vantages[1]
	require.NotNil(t, v.Repeats)
	assert.Equal(t, v.Repeats.Known-10, v.Repeats.Hits)
	assert.Equal(t, 100, v.Repeats.Known)
	assert.InDelta(t, 0.8256, v.Repeats.Low, 1e-4, "Wilson's interval of 90 in 100")
	assert.InDelta(t, 0.9448, v.Repeats.High, 1e-4)
	assert.Equal(t, []string{"node-0", "node-1", "node-cold"}, v.Nodes)
	assert.Contains(t, strings.Join(r.Method, "\n"), fmt.Sprintf("%d of %d repetitions on fresh connections hit", v.Repeats.Hits, v.Repeats.Known))
}
