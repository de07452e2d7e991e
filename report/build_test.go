package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// story is a run as its files tell it; edits make it go wrong.
type story struct {
	in  report.Input
	obs []edge.Observation
}

func vantages() []edge.Vantage {
	return []edge.Vantage{
		{Name: "shield", Region: regions.ShieldRegion, Via: edge.ConnectTo, Address: "192.0.2.1:443"},
		{Name: "us", Region: "us", PoP: "IAD"},
		{Name: "eu", Region: "eu", PoP: "FRA"},
	}
}

// healthy is a run in which everything went well.
func healthy() *story {
	m := crawl.NewManifest([]crawl.Asset{
		{URL: "https://a.example/", Kind: crawl.Document, Priority: crawl.Critical, Source: "page"},
		{URL: "https://a.example/app.js", Kind: crawl.Script, Priority: crawl.Critical, Source: "html:script[src]"},
		{URL: "https://a.example/foot.png", Kind: crawl.Image, Priority: crawl.Low, Source: "html:img[src]"},
		{URL: "https://third.example/t.js", Kind: crawl.Script, Priority: crawl.High, ThirdParty: true},
	})
	v := vantages()
	p := &regions.Plan{
		Launch: "sale", Variants: []edge.Variant{{Name: "chromium"}}, Limits: origin.Limits{MaxRPS: 5, MaxInFlight: 4},
		Stages: []regions.Stage{
			{Name: "shield", Role: regions.Shield, Vantages: v[:1], Cells: 3},
			{Name: "canary-us", Role: regions.Canary, Vantages: v[1:2], Cells: 3},
			{Name: "rest", Role: regions.Rest, Vantages: v[2:], Cells: 3},
		},
	}
	s := &story{in: report.Input{
		Launch:   report.Launch{Name: "sale", Owner: "web", At: noon.Add(time.Hour), WarmWindow: 6 * time.Hour, PrimeAt: noon},
		Run:      report.RunInfo{ID: "20261201T120000000Z-00000001", Again: "edgeprime launch --resume 20261201T120000000Z-00000001", Tool: "v1", Started: noon, Finished: noon.Add(10 * time.Minute)},
		Manifest: m, Plan: p, Now: noon.Add(10 * time.Minute),
	}}
	at := noon
	for i, vantage := range v {
		for _, pass := range []edge.Pass{edge.Prime, edge.Verify} {
			if i == 0 && pass == edge.Verify {
				continue
			}
			for _, a := range slices.Collect(m.All())[:3] {
				at = at.Add(time.Second)
				s.obs = append(s.obs, observe(a, vantage, pass, at))
			}
		}
	}
	return s
}

func observe(a crawl.Asset, v edge.Vantage, pass edge.Pass, at time.Time) edge.Observation {
	hit := pass != edge.Prime
	o := edge.Observation{
		URL: a.URL, Variant: "chromium", Region: v.Region, Vantage: v.Name, Pass: pass, At: at, Status: 200,
		Header:       [][2]string{{"Cache-Control", "max-age=86400"}, {"Content-Type", "text/plain"}, {"ETag", `"1"`}, {"Date", at.Format("Mon, 02 Jan 2006 15:04:05 GMT")}},
		Cache:        edge.CacheStatus{Outcome: edge.Miss, EdgeHit: &hit, Origin: edge.ContactYes, PoP: map[string]string{"us": "IAD55", "eu": "FRA56-P4"}[v.Region]},
		Completeness: edge.Complete, Digest: "sha-256:" + strings.Repeat("ab", 32), WireBytes: 900, Bytes: 1000,
		Timing: edge.Timing{TTFB: 20}, Attempts: []edge.Attempt{{At: at, Ms: 30, Status: 200, Spared: hit}},
	}
	if hit {
		o.Cache.Outcome, o.Cache.Origin = edge.Hit, edge.ContactNo
		o.Header = append(o.Header, [2]string{"Age", "0"})
	}
	return o
}

func (s *story) build(t require.TestingT) *report.Report {
	s.in.Observations = func(yield func(edge.Observation, error) bool) {
		for _, o := range s.obs {
			if !yield(o, nil) {
				return
			}
		}
	}
	r, err := report.Build(s.in)
	require.NoError(t, err)
	return r
}

// edit changes eu's observations of a pass and URL.
func (s *story) edit(pass edge.Pass, url string, change func(*edge.Observation)) {
	for i := range s.obs {
		if o := &s.obs[i]; o.Vantage == "eu" && o.Pass == pass && o.URL == url {
			change(o)
		}
	}
}

// drop takes eu's observations of a pass and URL away.
func (s *story) drop(pass edge.Pass, url string) {
	s.obs = slices.DeleteFunc(s.obs, func(o edge.Observation) bool {
		return o.Vantage == "eu" && o.Pass == pass && o.URL == url
	})
}

func TestBuildHealthyRunIsReady(t *testing.T) {
	r := healthy().build(t)
	assert.Equal(t, report.Ready, r.Verdict, r.Reasons)
	assert.Equal(t, 0, r.ExitCode)
	assert.Empty(t, r.Missing)
	assert.Equal(t, []string{"third.example"}, r.ThirdParty)
	assert.Equal(t, 3, r.Scope.Assets)
	assert.Equal(t, 2, r.Scope.Critical)
	us := r.Vantages[1]
	assert.Equal(t, report.Hit{Hits: 0, Known: 3}, us.Before)
	assert.Equal(t, report.Hit{Hits: 3, Known: 3}, us.After)
	assert.Equal(t, report.Hit{Hits: 2, Known: 2}, us.AfterCritical)
	assert.Equal(t, []string{"IAD55"}, us.PoPs)
	assert.Equal(t, 3, us.FreshAtEnd)
	assert.True(t, r.Vantages[0].Tier)
	assert.Equal(t, 9, r.Origin.Requests)
	assert.Equal(t, 6, r.Origin.Spared)
	assert.Equal(t, int64(15*900), r.Actual.Bytes)
}

const script = "https://a.example/app.js"

func scriptOf(s *story) crawl.Asset {
	a, _ := s.in.Manifest.Find(script)
	return a
}

// faults are ways to spoil the evidence of one critical cell, with the verdict and a part of the
// first reason that must follow.
func faults() map[string]struct {
	spoil   func(*story)
	verdict report.Verdict
	reason  string
} {
	type fault = struct {
		spoil   func(*story)
		verdict report.Verdict
		reason  string
	}
	at := func(change func(*edge.Observation)) func(*story) {
		return func(s *story) { s.edit(edge.Verify, script, change) }
	}
	header := func(name, value string) func(*story) {
		return at(func(o *edge.Observation) {
			o.Header = slices.DeleteFunc(slices.Clone(o.Header), func(h [2]string) bool { return h[0] == name })
			o.Header = append(o.Header, [2]string{name, value})
		})
	}
	no := false
	return map[string]fault{
		"empty": {at(func(o *edge.Observation) { o.Bytes = 0 }), report.Inconclusive, "the body is empty"},
		"changed": {func(s *story) {
			sample := observe(scriptOf(s), vantages()[2], edge.Sample, noon)
			sample.Digest = "sha-256:" + strings.Repeat("ef", 32)
			s.obs = append([]edge.Observation{sample}, s.obs...)
		}, report.Inconclusive, "the body changed between two measurements"},
		"no lifetime": {func(s *story) {
			s.in.Criteria.FailOn = lint.Blocker
			header("Cache-Control", "public")(s)
		}, report.Inconclusive, "nothing shows that the copy stays fresh"},
		"guessed lifetime": {func(s *story) { // a tenth of a year, by the heuristic of RFC 9111
			s.in.Criteria.FailOn = lint.Blocker
			header("Cache-Control", "public")(s)
			at(func(o *edge.Observation) {
				o.Header = append(o.Header, [2]string{"Last-Modified", noon.AddDate(-1, 0, 0).Format("Mon, 02 Jan 2006 15:04:05 GMT")})
			})(s)
		}, report.Inconclusive, "nothing shows that the copy stays fresh"},
		"not measured": {func(s *story) { s.drop(edge.Verify, script) }, report.Inconclusive, "eu: 1 critical cell without evidence: it was primed, not measured"},
		"never asked":  {func(s *story) { s.drop(edge.Verify, script); s.drop(edge.Prime, script) }, report.Inconclusive, "it was never asked"},
		"failure":      {at(func(o *edge.Observation) { o.Failure, o.Status = edge.FailConnect, 0 }), report.Inconclusive, "no connection to the edge"},
		"challenge":    {at(func(o *edge.Observation) { o.Status, o.Challenge = 403, "bot page" }), report.Inconclusive, "bot protection answered"},
		"other place":  {at(func(o *edge.Observation) { o.Cache.PoP = "IAD55" }), report.Inconclusive, "answered from IAD55, not from FRA"},
		"conflict":     {at(func(o *edge.Observation) { o.Cache.Conflict = "A says hit, B says miss" }), report.Inconclusive, "signals disagree"},
		"unknown":      {at(func(o *edge.Observation) { o.Cache.Outcome, o.Cache.EdgeHit = edge.Unknown, nil }), report.Inconclusive, "does not tell whether"},
		"incomplete":   {at(func(o *edge.Observation) { o.Completeness = edge.CompletenessUnknown }), report.Inconclusive, "whether the body was complete"},
		"old":          {func(s *story) { s.in.Now = noon.Add(24 * time.Hour) }, report.Inconclusive, "older than 12h0m0s"},
		"interrupted":  {func(s *story) { s.in.Run.Interrupted = true }, report.Inconclusive, "interrupted"},
		"aborted":      {func(s *story) { s.in.Run.StoppedBecause = "gate closed" }, report.Inconclusive, "stopped early: gate closed"},
		"cut sitemap":  {func(s *story) { s.in.Manifest.Problems = []crawl.Problem{{Problem: "cut", Incomplete: true}} }, report.Inconclusive, "discovery is incomplete"},
		"nothing":      {func(s *story) { s.in.Manifest, s.obs = &crawl.Manifest{}, nil }, report.Inconclusive, "no critical asset"},
		"miss":         {at(func(o *edge.Observation) { o.Cache.Outcome, o.Cache.EdgeHit = edge.Miss, &no }), report.NotReady, "EDGE002 error"},
		"error":        {at(func(o *edge.Observation) { o.Status = 500 }), report.NotReady, "ERR001 blocker"},
		"no-store":     {header("Cache-Control", "no-store"), report.NotReady, "ST001 blocker"},
		"short":        {header("Cache-Control", "max-age=600"), report.NotReady, "TTL001 blocker"},
		"another body": {at(func(o *edge.Observation) { o.Digest = "sha-256:" + strings.Repeat("cd", 32) }), report.NotReady, "REG001 blocker"},
		"cookie":       {header("Set-Cookie", "a=b"), report.NotReady, "ST003 blocker"},
		"stale answer": {at(func(o *edge.Observation) { o.Cache.Outcome = edge.Stale }), report.NotReady, "EDGE002"},
		"no region":    {func(s *story) { s.in.Plan.Stages = s.in.Plan.Stages[:1] }, report.Inconclusive, "no region was planned"},
		"all at the end": {func(s *story) {
			s.in.Run.Interrupted = true
			s.edit(edge.Verify, script, func(o *edge.Observation) { o.Status = 404 })
		}, report.NotReady, "ERR001"},
	}
}

func TestBuildVerdict(t *testing.T) {
	for name, tc := range faults() {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			tc.spoil(s)
			r := s.build(t)
			assert.Equal(t, tc.verdict, r.Verdict, r.Reasons)
			assert.Contains(t, strings.Join(r.Reasons, "\n"), tc.reason)
			assert.NotEmpty(t, r.Next)
			if s.in.Run.Interrupted {
				assert.Equal(t, 130, r.ExitCode)
			} else {
				assert.Equal(t, tc.verdict.ExitCode(), r.ExitCode)
			}
		})
	}
}

func TestBuildLetsTheLatestAnswerSpeak(t *testing.T) {
	s := healthy()
	s.edit(edge.Prime, script, func(o *edge.Observation) { o.Status = 503 })
	assert.Equal(t, report.Ready, s.build(t).Verdict, "an error while priming was made good")

	miss := observe(scriptOf(s), vantages()[2], edge.Verify, noon.Add(time.Minute))
	no := false
	miss.Cache.Outcome, miss.Cache.EdgeHit = edge.Miss, &no
	s = healthy()
	s.drop(edge.Verify, script)
	s.obs = append(s.obs, miss, observe(scriptOf(s), vantages()[2], edge.Confirm, noon.Add(2*time.Minute)))
	assert.Equal(t, report.Ready, s.build(t).Verdict, "the second request hit")
}

func TestBuildLowPriorityCellsNeedNoEvidence(t *testing.T) {
	s := healthy()
	s.drop(edge.Verify, "https://a.example/foot.png")
	assert.Equal(t, report.Ready, s.build(t).Verdict)
}

func TestBuildFreshMeansToTheEndOfTheWarmWindow(t *testing.T) {
	for lifetime, want := range map[int]int{7 * 3600: 3, 3*3600 + 1800: 2} { // the launch is in an hour, the window ends in seven
		s := healthy()
		s.edit(edge.Verify, script, func(o *edge.Observation) {
			o.Header = [][2]string{{"Cache-Control", fmt.Sprintf("max-age=%d", lifetime)}}
		})
		assert.Equal(t, want, s.build(t).Vantages[2].FreshAtEnd, lifetime)
	}
	for name, header := range map[string][][2]string{
		"not storable":   {{"Cache-Control", "no-store, max-age=86400"}},
		"half of it old": {{"Cache-Control", "max-age=43200"}, {"Age", "21600"}},
		"guessed":        {{"Last-Modified", "Mon, 01 Dec 2025 12:00:00 GMT"}, {"Date", "Tue, 01 Dec 2026 12:00:00 GMT"}},
	} {
		s := healthy()
		s.edit(edge.Verify, script, func(o *edge.Observation) { o.Header = header })
		assert.Equal(t, 2, s.build(t).Vantages[2].FreshAtEnd, name)
	}
	s := healthy()
	s.edit(edge.Verify, script, func(o *edge.Observation) {
		o.Header, o.Timing.Permit = [][2]string{{"Cache-Control", "max-age=21600"}}, 2*3600*1000
		o.Attempts[0].At = o.At.Add(2 * time.Hour)
	})
	assert.Equal(t, 3, s.build(t).Vantages[2].FreshAtEnd, "an age counts from when the request was sent, not from when it began to wait")
	s = healthy()
	s.edit(edge.Verify, script, func(o *edge.Observation) { o.Failure = edge.FailBody })
	assert.Equal(t, 2, s.build(t).Vantages[2].FreshAtEnd, "an answer that broke off shows nothing")
	ttl := int64(1) << 60
	s = healthy()
	s.edit(edge.Verify, script, func(o *edge.Observation) { o.Cache.TTL = &ttl })
	assert.Equal(t, 3, s.build(t).Vantages[2].FreshAtEnd, "an absurd figure is long")
}

func TestBuildFailLevel(t *testing.T) {
	for level, want := range map[lint.Severity]report.Verdict{lint.Error: report.Ready, lint.Warning: report.NotReady} {
		s := healthy()
		s.in.Criteria.FailOn = level
		s.edit(edge.Verify, "https://a.example/foot.png", func(o *edge.Observation) { // EDGE006 is a warning
			o.Cache.Conflict = "CDN-Cache says hit, X-Cache says miss"
		})
		assert.Equal(t, want, s.build(t).Verdict, level)
	}
}

// Taking evidence away, or interrupting, never makes a verdict better; nothing but complete
// evidence is READY.
func TestBuildVerdictIsMonotone(t *testing.T) {
	rank := map[report.Verdict]int{report.NotReady: 0, report.Inconclusive: 1, report.Ready: 2}
	all := faults()
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(rt *rapid.T) {
		whole := healthy()
		if rapid.Bool().Draw(rt, "spoiled") {
			all[rapid.SampledFrom(names).Draw(rt, "fault")].spoil(whole)
		}
		before := whole.build(rt)
		if len(whole.obs) == 0 {
			return
		}
		less := *whole
		drop := rapid.IntRange(0, len(whole.obs)-1).Draw(rt, "dropped")
		less.obs = slices.Delete(slices.Clone(whole.obs), drop, drop+1)
		if whole.obs[drop].Pass == edge.Sample {
			return // in these stories a sample is there to contradict: without it, nothing does
		}
		after := less.build(rt)
		if before.Verdict != report.NotReady { // dropping the proof of a failure leaves it unproven
			assert.LessOrEqual(rt, rank[after.Verdict], rank[before.Verdict])
		}
		if after.Verdict == report.Ready {
			gone := whole.obs[drop]
			assert.True(rt, gone.Pass == edge.Prime || gone.URL == "https://a.example/foot.png", "%s %s %s", gone.Pass, gone.Vantage, gone.URL)
		}
		less.in.Run.Interrupted = true
		assert.NotEqual(rt, report.Ready, less.build(rt).Verdict)
	})
}

func TestBuildLoadIsExact(t *testing.T) {
	s := healthy()
	s.obs = nil
	add := func(ms int, took float64, spared bool) {
		s.obs = append(s.obs, edge.Observation{Attempts: []edge.Attempt{{At: noon.Add(time.Duration(ms) * time.Millisecond), Ms: took, Status: 200, Spared: spared}}})
	}
	for _, ms := range []int{1500, 0, 999, 1000, 1001, 400} { // recorded out of order
		add(ms, 100, false)
	}
	add(500, 5000, true)
	add(3000, 1, false)
	load := s.build(t).Origin
	assert.Equal(t, 7, load.Requests)
	assert.Equal(t, 1, load.Spared)
	assert.Equal(t, 4, load.PeakRPS, "999, 1000, 1001 and 1500; 0 and 1000 are a whole second apart")
	assert.Equal(t, 3, load.MaxOpen)
	var starts []int
	for _, second := range load.Series {
		starts = append(starts, second.Starts)
	}
	assert.Equal(t, []int{3, 3, 0, 1}, starts)
	assert.InDelta(t, 100, load.Ms.P50, 0)
}

// A run that slowed down says how far; one that did not says nothing.
func TestBuildTellsThePace(t *testing.T) {
	s := healthy()
	s.in.Pace = origin.Pace{RPS: 5, InFlight: 4, LowestRPS: 5, LowestInFlight: 4}
	assert.Nil(t, s.build(t).Origin.Pace)
	s.in.Pace = origin.Pace{RPS: 5, InFlight: 4, LowestRPS: 1, LowestInFlight: 1, Decreases: 1}
	r := s.build(t)
	assert.Equal(t, &s.in.Pace, r.Origin.Pace)
	var text, md, html strings.Builder
	require.NoError(t, report.WriteText(&text, r))
	require.NoError(t, report.WriteMarkdown(&md, r))
	require.NoError(t, report.WriteHTML(&html, r))
	const line = "slowed down 1 time for the origin's sake, to 1 per second and 1 in flight at the lowest; 5 and 4 at the end"
	assert.Contains(t, text.String(), line)
	assert.Contains(t, md.String(), line)
	assert.Contains(t, html.String(), "lowest 1 per second, 1 open; at the end 5 and 4")
}

func TestBuildLoadEndsWithTheAttempt(t *testing.T) {
	for name, tc := range map[string]struct {
		attempts [][2]float64 // start, duration, in ms
		open     int
		peak     int
		series   []int
	}{
		"back to back":        {[][2]float64{{0, 100}, {100, 100}, {200, 100}}, 1, 3, []int{1}},
		"overlapping":         {[][2]float64{{0, 101}, {100, 101}, {200, 100}}, 2, 3, []int{2}},
		"no longer than it":   {[][2]float64{{0, 5}, {500, 5}, {1500, 5}}, 1, 2, []int{1, 1}},
		"just within":         {[][2]float64{{0, 1}, {999, 1}}, 1, 2, []int{1}},
		"a second apart":      {[][2]float64{{0, 1}, {1000, 1}}, 1, 1, []int{1, 1}},
		"open over a second":  {[][2]float64{{900, 500}, {1000, 10}, {1001, 10}}, 3, 3, []int{1, 3}},
		"two, and then alone": {[][2]float64{{0, 900}, {800, 900}, {900, 1}}, 2, 3, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			s.obs = nil
			for _, a := range tc.attempts {
				at := noon.Add(time.Duration(a[0]) * time.Millisecond)
				s.obs = append(s.obs, edge.Observation{Attempts: []edge.Attempt{{At: at, Ms: a[1], Status: 200}}})
			}
			load := s.build(t).Origin
			assert.Equal(t, tc.open, load.MaxOpen)
			assert.Equal(t, tc.peak, load.PeakRPS)
			var open []int
			for _, second := range load.Series {
				open = append(open, second.Open)
			}
			assert.Equal(t, tc.series, open)
		})
	}
}

func TestBuildReturnsTheErrorOfTheObservations(t *testing.T) {
	s := healthy()
	broken := errors.New("journal is damaged")
	s.in.Observations = iter.Seq2[edge.Observation, error](func(yield func(edge.Observation, error) bool) {
		yield(edge.Observation{}, broken)
	})
	_, err := report.Build(s.in)
	require.ErrorIs(t, err, broken)
}

func TestCriteriaValidate(t *testing.T) {
	require.NoError(t, report.Criteria{}.Validate())
	err := report.Criteria{HitRatio: 1.1, MaxEvidenceAge: -1, FailOn: "fatal"}.Validate()
	for _, want := range []string{"hit_ratio is 1.1", "max_evidence_age is -1ns", `fail_on is "fatal"`} {
		require.ErrorContains(t, err, want)
	}
	assert.Equal(t, report.Criteria{HitRatio: 0.95, MaxEvidenceAge: 12 * time.Hour, FailOn: lint.Error}, report.Criteria{}.WithDefaults())
}

func TestJSONComesBackAsItWas(t *testing.T) {
	for name, tc := range faults() {
		s := healthy()
		tc.spoil(s)
		r := s.build(t)
		var first, second bytes.Buffer
		require.NoError(t, report.WriteJSON(&first, r))
		back, err := report.Read(bytes.NewReader(first.Bytes()))
		require.NoError(t, err, name)
		require.NoError(t, report.WriteJSON(&second, back))
		assert.Equal(t, first.String(), second.String(), name)
	}
	_, err := report.Read(strings.NewReader(`{"schema_version":"2.0"}`))
	require.ErrorContains(t, err, `"2.0" is not 1.x`)
	_, err = report.Read(strings.NewReader(`<html>`))
	require.ErrorContains(t, err, "this is no report")
}

func BenchmarkBuild(b *testing.B) {
	s := healthy()
	for range b.N {
		_ = s.build(b)
	}
	b.ReportMetric(float64(len(s.obs)), "observations/op")
}

// TestBuildVariantsThatWereNotAsked is about a run that left one out, and about one that was cut.
func TestBuildVariantsThatWereNotAsked(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		s := healthy()
		s.in.Plan.Variants = append(s.in.Plan.Variants, edge.Variant{Name: "safari"})
		s.in.Run.Interrupted = interrupted
		for i := range s.obs {
			s.obs[i].Header = append(s.obs[i].Header, [2]string{"Vary", "Accept-Encoding"})
		}
		var fired []string
		r := s.build(t)
		for _, rule := range r.Rules {
			fired = append(fired, rule.Rule)
		}
		assert.Equal(t, !interrupted, slices.Contains(fired, "VAR012"))
		assert.Equal(t, map[bool]report.Verdict{false: report.NotReady, true: report.Inconclusive}[interrupted], r.Verdict, r.Reasons)
	}
}

// TestBuildJudgesByTheRulesProfile shows that verdict and rules read the same fields.
func TestBuildJudgesByTheRulesProfile(t *testing.T) {
	for name, want := range map[string]int{"rfc9111": 0, "cloudflare": 3} {
		s := healthy()
		for i := range s.obs {
			s.obs[i].Header = [][2]string{{"CDN-Cache-Control", "max-age=86400"}, {"Cache-Control", "max-age=60"}}
		}
		profile, ok := policy.Named(name)
		require.True(t, ok)
		rules, err := lint.New(lint.Config{}, profile)
		require.NoError(t, err)
		s.in.Rules = rules
		assert.Equal(t, want, s.build(t).Vantages[2].FreshAtEnd, name)
	}
}
