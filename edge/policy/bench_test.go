package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// What evaluating a typical header may cost: a check of thousands of answers must not wait for it.
const allocations = 2

// typical is the header of a style sheet as a CDN serves it.
func typical(more ...string) [][2]string {
	return append(header(
		"Date", date, "Content-Type", "text/css; charset=utf-8", "Content-Length", "18231", "Connection", "keep-alive",
		"Cache-Control", "public, max-age=31536000, immutable", "ETag", `"5f2c-61a"`, "Last-Modified", dayAgo,
		"Vary", "Accept-Encoding", "Age", "120", "Server", "nginx", "X-Cache", "HIT", "Accept-Ranges", "bytes",
	), header(more...)...)
}

// benched are the profiles and headers of the benchmark.
func benched(tb testing.TB) map[string]struct {
	profile  policy.Profile
	response policy.Response
} {
	tb.Helper()
	type pair = struct {
		profile  policy.Profile
		response policy.Response
	}
	cloudflare, ok := policy.Named("cloudflare")
	require.True(tb, ok)
	return map[string]pair{
		"rfc9111":    {policy.RFC9111(), policy.Response{Status: 200, Header: typical()}},
		"cloudflare": {cloudflare, policy.Response{Status: 200, Header: typical("CDN-Cache-Control", "max-age=86400, stale-while-revalidate=60")}},
	}
}

func TestEvaluateAllocatesLittle(t *testing.T) {
	req := policy.Request{Method: "GET", URL: "https://www.example.com/assets/app.3f2a9c1b.css"}
	for name, c := range benched(t) {
		got := testing.AllocsPerRun(100, func() { _ = policy.Evaluate(req, c.response, now(), now(), c.profile) })
		assert.LessOrEqual(t, got, float64(allocations), name)
		require.True(t, policy.Evaluate(req, c.response, now(), now(), c.profile).Storable, name)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	req := policy.Request{Method: "GET", URL: "https://www.example.com/assets/app.3f2a9c1b.css"}
	at := now()
	for name, c := range benched(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = policy.Evaluate(req, c.response, at, at, c.profile)
			}
		})
	}
}

func BenchmarkDeviations(b *testing.B) {
	req := policy.Request{Method: "GET", URL: "https://www.example.com/"}
	c := benched(b)["cloudflare"]
	p := policy.Evaluate(req, c.response, now(), now(), c.profile)
	b.ReportAllocs()
	for b.Loop() {
		_ = p.Deviations()
	}
}
