package report_test

import (
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

// launchAt is the samples' launch: 09:00 in New York.
func launchAt() time.Time {
	return time.Date(2026, 12, 1, 9, 0, 0, 0, time.FixedZone("EST", -5*3600))
}

// sample is a launch that is not ready: one region is short of hits, one was not measured.
func sample() *report.Report {
	started := time.Date(2026, 11, 23, 14, 12, 7, 0, time.UTC)
	return &report.Report{
		SchemaVersion: report.SchemaVersion, Verdict: report.NotReady, ExitCode: 3,
		Reasons: []string{
			"2 of 412 critical assets expire before the launch: freshness ends 2026-12-01 13:41 UTC (eu-west https://www.shop.example/hero.avif)",
			"ap-south: 412 critical cells without evidence: no worker answered since 08:12",
		},
		Launch: report.Launch{
			Name: "spring-sale", Owner: "Web platform", OnCall: "web-oncall@shop.example", Approver: "Maria Lindqvist",
			DeployID: "web-2026.12.01-rc3", At: launchAt(), TimeZone: "America/New_York", WarmWindow: 6 * time.Hour,
			WarmUntil: launchAt().Add(6 * time.Hour), PrimeAt: launchAt().Add(-90 * time.Minute),
		},
		Run: report.RunInfo{
			ID: "20261123T141207123Z-7f3a90c1", Tool: "1.0.0", ConfigDigest: "sha-256:4c1d…9a20",
			Started: started, Finished: started.Add(6*time.Minute + 41*time.Second),
			Exemptions: []string{"10.0.4.7:443"}, Notes: []string{"region eu sent an observation of another region: refused 3 times"}, File: "readiness/spring-sale/20261123T141207123Z-7f3a90c1",
		},
		Scope: report.Scope{
			Assets: 1204, Critical: 412, Variants: []string{"br", "identity"},
			Kinds: []report.KindCount{
				{Kind: crawl.Image, Count: 702, Bytes: 84_213_004},
				{Kind: crawl.Script, Count: 211, Bytes: 18_440_120},
				{Kind: crawl.Document, Count: 180, Bytes: 9_120_551},
				{Kind: crawl.Stylesheet, Count: 74, Bytes: 2_011_870},
				{Kind: crawl.Font, Count: 21, Bytes: 812_400},
				{Kind: crawl.Data, Count: 16},
			},
		},
		Vantages: sampleVantages(),
		Origin: report.Load{
			Limits: origin.Limits{MaxRPS: 20, MaxInFlight: 4}, Requests: 2408, Spared: 7211, PeakRPS: 20, MaxOpen: 4, Errors: 2,
			Ms: report.Times{Count: 2408, P50: 38, P95: 84, Max: 912}, Series: sampleSeries(started, 401),
			Pace: &origin.Pace{RPS: 20, InFlight: 4, LowestRPS: 5, LowestInFlight: 1, Decreases: 2},
		},
		Rules: sampleRules(),
		Missing: []report.MissingCells{{
			Vantage: "ap-south", Region: "ap-south", Reason: "no worker answered", Next: "start a worker there: edgeprime worker --vantage ap-south",
			Total: 412, URLs: []string{"https://www.shop.example/", "https://www.shop.example/sale"},
		}},
		Problems: []crawl.Problem{
			{URL: "https://www.shop.example/sitemap-old.xml", Problem: "sitemap-not-xml", Detail: "the sitemap answers with HTML; remove it from robots.txt", Incomplete: true},
			{URL: "https://www.shop.example/terms.pdf", Problem: "page-not-html", Detail: "declared as a page and is a PDF"},
		},
		Deploys: []report.Deploy{{
			At: started.Add(3 * time.Minute), Where: "behind stage canary-us", Pages: []string{"https://www.shop.example/"},
			Assets: 2, URLs: []string{"https://www.shop.example/", "https://www.shop.example/app.7d2.js"},
		}},
		ThirdParty: []string{"cdn.analytics.example", "fonts.example"},
		Estimate:   regions.Estimate{Requests: 9632, OriginRequests: 2408, OriginBytes: 114_000_000, UnknownSizes: 37, Duration: 2 * time.Minute},
		Actual:     report.Actual{Requests: 9619, OriginRequests: 2408, Bytes: 141_204_331, Duration: 6*time.Minute + 41*time.Second},
		Next: []string{
			"TTL001: raise s-maxage above the launch window: Cache-Control: public, s-maxage=86400",
			"ap-south: start a worker there: edgeprime worker --vantage ap-south",
			"then run it again: edgeprime launch",
		},
		Method: []string{
			"A hit is an answer on a fresh connection whose headers say that the edge served it from its store.",
			"One connection at a time asks one cache node; other nodes of the same place may differ.",
		},
	}
}

func sampleVantages() []report.Vantage {
	return []report.Vantage{
		{
			Name: "shield-iad", Region: "us-east", Role: regions.Shield, Tier: true, Address: "198.51.100.7:443", PoPs: []string{"IAD"},
			Cells: 2408, Primed: 2408, OriginFills: 2408, TTFBMiss: sampleTimes(2408, 38, 0.5),
		},
		{
			Name: "us-east", Region: "us-east", Role: regions.Canary, PoPs: []string{"IAD89-C1", "JFK50-P2"},
			Cells: 2408, Primed: 2408, Before: report.Hit{Known: 2408}, After: report.Hit{Hits: 2408, Known: 2408},
			AfterCritical: report.Hit{Hits: 824, Known: 824}, FreshAtEnd: 2408,
			TTFBHit: sampleTimes(2408, 9, 0.35), TTFBMiss: sampleTimes(2408, 61, 0.5),
		},
		{
			Name: "eu-west", Region: "eu-west", Role: regions.Rest, PoPs: []string{"FRA56-P4"},
			Cells: 2408, Primed: 2406, Failed: 2, Challenged: 1, Before: report.Hit{Hits: 72, Known: 2406}, After: report.Hit{Hits: 2210, Known: 2406},
			AfterCritical: report.Hit{Hits: 771, Known: 824}, FreshAtEnd: 2206,
			TTFBHit: sampleTimes(2210, 12, 0.4), TTFBMiss: sampleTimes(2334, 143, 0.6),
		},
		{Name: "ap-south", Region: "ap-south", Role: regions.Rest, Cells: 2408, Missing: 412},
	}
}

// sampleTimes are times around a median, spread like real ones.
func sampleTimes(count int, median, spread float64) report.Times {
	t := report.Times{Count: count}
	for i := range 21 {
		z := (float64(i) - 10) / 10
		t.Curve = append(t.Curve, math.Round(100*median*math.Exp(spread*(2*z+z*z*z)))/100)
	}
	t.P50, t.P95, t.Max = t.Curve[10], t.Curve[19], t.Curve[20]
	return t
}

// sampleSeries is a load that climbs to its limit, pauses at a gate, and ends.
func sampleSeries(began time.Time, seconds int) []report.Second {
	var out []report.Second
	for i := range seconds {
		starts := min(i/3+1, 18+i%3)
		if i > 150 && i < 190 || i > 300 {
			starts = i % 2
		}
		out = append(out, report.Second{At: began.Add(time.Duration(i) * time.Second), Starts: starts, Open: min(4, starts/4+1)})
	}
	return out
}

func sampleRules() []report.RuleFindings {
	return []report.RuleFindings{
		{
			Rule: "TTL001", Severity: lint.Blocker, Title: "expires before the end of the warm window",
			Fix: "raise s-maxage above the launch window: Cache-Control: public, s-maxage=86400", Total: 2,
			Cells: []lint.Finding{
				{Rule: "TTL001", Severity: lint.Blocker, URL: "https://www.shop.example/hero.avif", Region: "eu-west", Vantage: "eu-west", Variant: "br", Message: "fresh for 41 minutes, the launch needs 6 hours", Evidence: []string{"Cache-Control: max-age=3600", "Age: 1140"}},
				{Rule: "TTL001", Severity: lint.Blocker, URL: "https://www.shop.example/sale.css", Region: "eu-west", Vantage: "eu-west", Variant: "identity", Message: "fresh for 41 minutes, the launch needs 6 hours", Evidence: []string{"Cache-Control: max-age=3600"}},
			},
		},
		{
			Rule: "ST003", Severity: lint.Error, Title: "an asset sets a cookie", Fix: "remove Set-Cookie from assets", Total: 60,
			Cells: []lint.Finding{
				{Rule: "ST003", Severity: lint.Error, URL: "https://www.shop.example/js/app.js?v=8&token=s3cret", Region: "us-east", Vantage: "us-east", Message: "Set-Cookie on a script", Evidence: []string{"Set-Cookie: sid=s3cret-cookie; Path=/; HttpOnly"}},
			},
		},
		{
			Rule: "VAR002", Severity: lint.Warning, Title: "varies on a header with many values", Fix: "vary on Accept-Encoding only: Vary: Accept-Encoding", Total: 1,
			Cells: []lint.Finding{{Rule: "VAR002", Severity: lint.Warning, URL: "https://www.shop.example/", Message: "varies on User-Agent", Evidence: []string{"Vary: Accept-Encoding, User-Agent"}}},
		},
	}
}

// ready is the sample once everything is as it should be.
func ready() *report.Report {
	r := sample()
	r.Verdict, r.ExitCode = report.Ready, 0
	r.Reasons = []string{"412 critical assets hit in 2 regions and stay fresh until 2026-12-01 20:00 UTC"}
	r.Vantages = r.Vantages[:2]
	r.Rules, r.Missing, r.Problems, r.Next, r.Run.Exemptions = nil, nil, nil, nil, nil
	r.Origin.Errors, r.Origin.Pace = 0, nil
	return r
}

// hostileText is everything that a site may send to whoever reads a report.
func hostileText() string {
	return "\x1b]0;owned\x07\x1b[2J\u009b31m\x9b\u202eevil\u2066\u200b\ufeff\u2028</script><script>alert(1)</script><img src=x onerror=alert(1)>" +
		"| a | b |\n# head\n[click](javascript:alert(1)) ![](https://t.example/p.gif) `x` **b** @team https://u:hunter2@h.example/?token=hunter2" +
		"\x00\xff\U000e0041&lt;{{.}}"
}

// hostile is the sample with hostile text in every string, found by reflection so that no new
// field is forgotten.
func hostile() *report.Report {
	r := sample()
	fill(reflect.ValueOf(r).Elem(), func(string) string { return hostileText() })
	r.Verdict = report.NotReady
	r.Rules[0].Severity = lint.Blocker
	r.Vantages[0].Name = strings.Repeat("long ", 40_000)
	r.Rules[0].Cells[0].URL = "javascript:alert(document.domain)"
	r.Rules[0].Cells[1].URL = "https://u:hunter2@h.example/?token=hunter2"
	return r
}

// fill sets every string within v.
func fill(v reflect.Value, with func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(with(v.String()))
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), with)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for _, field := range v.Fields() {
			fill(field, with)
		}
	default:
	}
}

// bare is a report of nothing.
func bare() *report.Report {
	return &report.Report{SchemaVersion: report.SchemaVersion, Verdict: report.Inconclusive, ExitCode: 130, Run: report.RunInfo{Interrupted: true}}
}
