package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// FuzzProbes holds that findings are the same each time, name known rules and point into their
// evidence, whatever a probe is answered.
func FuzzProbes(f *testing.F) {
	f.Add(good, good+"|Content-Encoding: gzip", 200)
	f.Add(`ETag: "a"`, "Content-Range: bytes 0-9223372036854775807/1", 206)
	f.Add("Vary: *", "Vary: , ,", 304)
	f.Fuzz(func(t *testing.T, first, second string, status int) {
		l, err := lint.New(lint.Config{Preset: lint.Strict}, policy.RFC9111())
		require.NoError(t, err)
		r := ruleRow{header: first, edit: hasBody("a")}.response()
		probes := got{}
		for _, p := range l.Wants() {
			lint.ProbeRequest(p, r)
			probes[p] = whole(observe(status, second), "b")
		}
		found := l.Probes(r, probes)
		assert.Equal(t, found, l.Probes(r, probes))
		for _, finding := range found {
			_, ok := lint.Find(finding.Rule)
			assert.True(t, ok, finding.Rule)
			assert.NotPanics(t, func() { quoted(finding) })
		}
	})
}

// BenchmarkProbes judges an answer whose probes all tell that it is well made.
func BenchmarkProbes(b *testing.B) {
	l, err := lint.New(lint.Config{Preset: lint.Strict}, policy.RFC9111())
	require.NoError(b, err)
	r := ruleRow{header: good, edit: hasBody("a")}.response()
	probes := map[lint.Probe]*edge.Observation{}
	for _, p := range l.Wants() {
		probes[p] = content("a", good, "")
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Probes(r, probes)
	}
}
