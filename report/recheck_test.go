package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report"
)

// What a region's worker says, somebody else must be able to see: else nothing is known.
func TestBuildDoubtsAWorkerThatNobodyConfirms(t *testing.T) {
	no := false
	for name, tc := range map[string]struct {
		see    func(*edge.Observation)
		reason string // empty when it confirms, or says nothing
	}{
		"the same":          {func(*edge.Observation) {}, ""},
		"another body":      {func(o *edge.Observation) { o.Digest = "sha-256:" + strings.Repeat("cd", 32) }, "disagrees with the region's worker: another body"},
		"another status":    {func(o *edge.Observation) { o.Status = 404 }, "status 200 there, 404 here"},
		"no hit":            {func(o *edge.Observation) { o.Cache.Outcome, o.Cache.EdgeHit = edge.Miss, &no }, "a hit there, none here"},
		"no hit, elsewhere": {func(o *edge.Observation) { o.Cache.Outcome, o.Cache.EdgeHit, o.Cache.PoP = edge.Miss, &no, "AMS1" }, ""},
		"not reached":       {func(o *edge.Observation) { o.Status, o.Digest, o.Failure = 0, "", edge.FailConnect }, ""},
		"a challenge":       {func(o *edge.Observation) { o.Status, o.Challenge = 403, "cloudflare" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			o := observe(scriptOf(s), vantages()[2], edge.Verify, noon.Add(2*time.Minute))
			o.Pass = edge.Recheck
			tc.see(&o)
			s.obs = append(s.obs, o)
			r := s.build(t)
			if tc.reason == "" {
				assert.Equal(t, report.Ready, r.Verdict, r.Reasons)
				return
			}
			assert.Equal(t, report.Inconclusive, r.Verdict)
			assert.Contains(t, strings.Join(r.Reasons, "\n"), tc.reason)
		})
	}
}
