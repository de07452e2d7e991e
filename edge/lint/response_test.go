package lint_test

import (
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
)

// now is when the observations of the tests are made.
func now() time.Time { return time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC) }

// window is primed at now and warm for two hours.
func window() lint.Window {
	return lint.Window{PrimeAt: now(), LaunchAt: now().Add(time.Hour), WarmUntil: now().Add(2 * time.Hour)}
}

// asset is a critical style sheet.
func asset() crawl.Asset {
	return crawl.Asset{URL: "https://www.example/app.css", Kind: crawl.Stylesheet, Priority: crawl.Critical}
}

// observe makes an observation of "Name: value" lines parted by |.
func observe(status int, header string) *edge.Observation {
	o := &edge.Observation{URL: asset().URL, Variant: "gzip", Region: "eu", Vantage: "fra", Pass: edge.Verify, At: now(), Status: status}
	for line := range strings.SplitSeq(header, "|") {
		if name, value, found := strings.Cut(line, ": "); found {
			o.Header = append(o.Header, [2]string{name, value})
		}
	}
	o.Cache = edge.ReadCacheStatus(o.Header)
	return o
}

// rules lists the findings' rules.
func rules(findings []lint.Finding) string {
	var ids []string
	for _, f := range findings {
		ids = append(ids, f.Rule)
	}
	return strings.Join(ids, " ")
}

// firstRules are the rules that the tests of this file are about; the others have rows of their own.
const firstRules = "EDGE001 EDGE002 ERR001 ERR002 ERR003 ERR006 REG001 ST001 ST002 ST003 ST004 ST005 ST006 ST007 ST008 ST009 " +
	"TTL001 TTL002 TTL007 TTL008 VAR001 VAR002"

// first is a linter of these rules alone.
func first(tb testing.TB) *lint.Linter {
	tb.Helper()
	c := lint.Config{Levels: map[string]lint.Severity{}}
	for _, r := range lint.Rules() {
		if !slices.Contains(strings.Fields(firstRules), r.ID) {
			c.Levels[r.ID] = lint.Off
		}
	}
	l, err := lint.New(c, policy.RFC9111())
	require.NoError(tb, err)
	return l
}

// good is a header that none of these rules complains about.
const good = "Cache-Control: public, max-age=31536000|ETag: \"a\"|Vary: Accept-Encoding"

func TestResponseRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status       int
		header, want string // for a critical asset
		low          string // for an asset that is not
	}{
		{200, good, "", ""},
		{200, "Cache-Control: no-store, max-age=86400", "ST001", ""},
		{200, "Cache-Control: no-store, must-understand, max-age=86400", "", ""},
		{200, "Cache-Control: private, max-age=86400", "ST002", ""},
		{200, `Cache-Control: private="Set-Cookie", max-age=86400`, "", ""},
		{200, "Cache-Control: max-age=86400|Set-Cookie: a=b", "ST003", ""},
		{200, "Cache-Control: no-store, max-age=86400|Set-Cookie: a=b", "ST001", ""},
		{302, "Location: /x", "ERR001 ST006 TTL008", "ST006"},
		{302, "Location: /x|Cache-Control: max-age=86400", "ERR001", ""},
		{302, "Location: /x|Expires: Wed, 02 Dec 2026 14:00:00 GMT", "ERR001", ""},
		{301, "Location: /x", "ERR001 TTL008", ""},
		{200, "Cache-Control: max-age=86400|Vary: Accept-Encoding|Vary: *", "ST007", ""},
		{200, "Cache-Control: max-age=86400|Vary: Accept-Encoding, Origin", "", ""},
		{200, "Cache-Control: no-cache, max-age=86400", "ST008 ST009", "ST008"},
		{200, "Cache-Control: no-cache, max-age=86400|ETag: \"a\"", "ST009", ""},
		{200, "Cache-Control: no-cache, max-age=86400|Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT", "ST009", ""},
		{200, `Cache-Control: no-cache="Set-Cookie", max-age=86400`, "", ""},
		{200, "Cache-Control: max-age=0", "ST009 TTL001", ""},
		{200, "Cache-Control: max-age=0, stale-while-revalidate=60", "TTL001", ""},
		{200, "Cache-Control: s-maxage=0, stale-while-revalidate=60", "ST009 TTL001", ""},
		{200, "Cache-Control: no-cache, stale-while-revalidate=60, max-age=86400|ETag: \"a\"", "ST009", ""},
		{200, "Expires: 0", "ST009 TTL001", ""},
		{200, "Cache-Control: public, max-age=0, must-revalidate|X-Vercel-Cache: HIT|Age: 9", "", ""},
		{200, "Cache-Control: public, max-age=0, must-revalidate|X-Vercel-Cache: STALE|Age: 9", "ST009 TTL001 TTL002", "TTL002"},
		{200, "Cache-Control: no-cache, max-age=86400|ETag: \"a\"|CF-Cache-Status: HIT", "", ""},
		{200, "Cache-Control: no-cache, max-age=86400|ETag: \"a\"|CF-Cache-Status: REVALIDATED", "ST009", ""},
		{200, "Cache-Control: no-cache, max-age=86400|ETag: \"a\"|X-Cache-Status: HIT", "ST009", ""},
		{200, "Cache-Control: max-age=7199", "TTL001", ""},
		{200, "Cache-Control: max-age=7200", "", ""},
		{200, "Cache-Control: max-age=60, s-maxage=7200", "", ""},
		{200, "Cache-Control: max-age=86400, s-maxage=60", "TTL001", ""},
		{200, "Cache-Control: max-age=7300|Age: 101", "TTL001", ""},
		{200, "Cache-Control: max-age=7300|Age: 100", "", ""},
		{200, "Cache-Control: max-age=60|Cache-Status: C; hit; ttl=7200", "", ""},
		{200, "Cache-Control: max-age=86400|Cache-Status: C; hit; ttl=7199", "TTL001", ""},
		{200, "Cache-Control: max-age=60|Age: 90|CF-Cache-Status: HIT", "", ""},
		{200, "Cache-Control: max-age=60|Age: 30|CF-Cache-Status: HIT", "TTL001", ""},
		{200, "Cache-Control: max-age=60|Age: 90|CF-Cache-Status: UPDATING", "TTL001 TTL002", "TTL002"},
		{200, "Cache-Control: max-age=60|Age: 90|X-Cache-Status: HIT", "TTL001 TTL002", "TTL002"},
		{200, "Cache-Control: max-age=60|Age: 60", "TTL001 TTL002", "TTL002"},
		{200, "Cache-Control: max-age=60|Age: 59", "TTL001", ""},
		{200, "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT", "TTL007 TTL008", "TTL007"},
		{200, "ETag: \"a\"", "TTL008", ""},
		{302, "Location: /x|Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT|Cache-Control: public", "ERR001 TTL008", ""},
		{200, "Cache-Control: max-age=86400|Vary: Accept, user-agent", "VAR001", "VAR001"},
		{200, "Cache-Control: max-age=86400|Vary: Sec-CH-UA", "", ""},
		{200, "Cache-Control: max-age=86400|Vary: Accept|Vary: cookie", "VAR002", ""},
		{200, "Cache-Control: max-age=86400|Vary: X-Cookie", "", ""},
		{404, "Cache-Control: no-cache", "ERR001", ""},
		{404, "Cache-Control: max-age=61", "ERR001 ERR002", "ERR002"},
		{404, "Cache-Control: max-age=60", "ERR001", ""},
		{410, "Cache-Control: max-age=90|Age: 30", "ERR001", ""},
		{404, "Cache-Control: max-age=600, no-store", "ERR001", ""},
		{403, "Cache-Control: max-age=600", "ERR001", ""},
		{501, "Cache-Control: max-age=600", "ERR001 ERR002 ERR003", "ERR002 ERR003"},
		{503, "Cache-Control: s-maxage=1", "ERR001 ERR003", "ERR003"},
		{503, "Cache-Control: max-age=1, no-store", "ERR001", ""},
		{503, "Cache-Control: max-age=0", "ERR001", ""},
		{503, "Retry-After: 5", "ERR001", ""},
		{304, "Cache-Control: max-age=1", "ERR001", ""},
		{206, "Cache-Control: no-store", "ERR001", ""},
	} {
		r := lint.Response{Asset: asset(), Observation: observe(c.status, c.header), Window: window()}
		assert.Equal(t, c.want, rules(first(t).Response(r)), "%d %s", c.status, c.header)
		r.Asset.Priority = crawl.High
		assert.Equal(t, c.low, rules(first(t).Response(r)), "low: %d %s", c.status, c.header)
	}
}

func TestNothingToJudge(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*edge.Observation{
		"none":      nil,
		"no answer": {Failure: edge.FailTimeout},
		"challenge": {Status: 403, Challenge: "Cloudflare challenge"},
	} {
		assert.Empty(t, first(t).Response(lint.Response{Asset: asset(), Observation: o, Window: window()}), name)
	}
}

func TestCredentialsAndMethods(t *testing.T) {
	t.Parallel()
	r := lint.Response{Asset: asset(), Observation: observe(200, "Cache-Control: max-age=86400"), Window: window()}
	r.Observation.Sent = [][2]string{{"authorization", ""}}
	assert.Equal(t, "ST004", rules(first(t).Response(r)))
	for _, allowed := range []string{"public", "must-revalidate", "s-maxage=86400"} {
		r.Observation.Header = [][2]string{{"Cache-Control", "max-age=86400, " + allowed}}
		assert.Empty(t, first(t).Response(r), allowed)
	}
	r.Observation.Sent = nil
	for method, want := range map[string]string{"GET": "", "HEAD": "", "OPTIONS": "ST005"} {
		r.Method = method
		assert.Equal(t, want, rules(first(t).Response(r)), method)
	}
}

func TestRedirectsThatDiscoverySaw(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status             int
		location, observed string
		want               string
	}{
		{301, "https://www.example/new", "/new", ""},
		{302, "https://www.example/new", "https://www.example/new", ""},
		{301, "https://www.example/new", "/other", "ERR001"},
		{301, "https://www.example/new", "", "ERR001"},
		{301, "https://www.example/new", "http://[", "ERR001"},
		{0, "", "/new", "ERR001"},
		{200, "", "/new", "ERR001"},
		{304, "https://www.example/new", "/new", "ERR001"},
	} {
		a := asset()
		a.Status, a.Location = c.status, c.location
		header := "Cache-Control: max-age=86400"
		if c.observed != "" {
			header += "|Location: " + c.observed
		}
		got := first(t).Response(lint.Response{Asset: a, Observation: observe(301, header), Window: window()})
		assert.Equal(t, c.want, rules(got), c)
	}
}

func TestPlannedLifetimes(t *testing.T) {
	t.Parallel()
	check := func(header string, w lint.Window, planned bool) string {
		return rules(first(t).Response(lint.Response{Asset: asset(), Observation: observe(200, header), Window: w, Planned: planned}))
	}
	later := window()
	later.PrimeAt = now().Add(time.Hour)
	assert.Empty(t, check("Cache-Control: max-age=3600", later, true))
	assert.Equal(t, "TTL001", check("Cache-Control: max-age=3599", later, true))
	assert.Equal(t, "TTL001", check("Cache-Control: max-age=3600", window(), true))
	assert.Empty(t, check("Cache-Control: max-age=3600|Age: 3000", later, true), "priming fetches a new copy")
	assert.Empty(t, check("Cache-Control: max-age=3600|Cache-Status: C; hit; ttl=9", later, true))
	assert.Equal(t, "TTL008", check("ETag: \"a\"", later, true), "an unknown lifetime is no blocker")
	assert.Empty(t, check("Cache-Control: max-age=1", lint.Window{}, true), "no window, no judgement")
	assert.Empty(t, check("Cache-Control: max-age=1", lint.Window{}, false))
	later.PrimeAt = time.Time{}
	assert.Equal(t, "TTL001", check("Cache-Control: max-age=7199", later, true), "without an instant, priming is now")
	assert.Empty(t, check("Cache-Control: max-age=7200", later, true))
}

func TestTimesOfTheExchange(t *testing.T) {
	t.Parallel()
	w := window()
	o := observe(200, "Cache-Control: max-age=7200")
	o.Attempts = []edge.Attempt{{At: now()}, {At: now().Add(5 * time.Second)}}
	o.Timing.TTFB = 2000
	// Generated at the latest when the last request was written, 5 s after the fetch began.
	w.WarmUntil = w.WarmUntil.Add(5 * time.Second)
	assert.Empty(t, first(t).Response(lint.Response{Asset: asset(), Observation: o, Window: w}))
	w.WarmUntil = w.WarmUntil.Add(time.Nanosecond)
	assert.Equal(t, "TTL001", rules(first(t).Response(lint.Response{Asset: asset(), Observation: o, Window: w})))
}

func TestASlowAnswerIsNotStaleOnArrival(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Cache-Control: max-age=1|Age: 0": "",
		"Cache-Control: max-age=1|Age: x": "",
		"Cache-Control: max-age=1":        "",
		"Cache-Control: max-age=2|Age: 1": "TTL002",
	} {
		o := observe(200, header)
		o.Timing.TTFB = 3000
		assert.Equal(t, want, rules(first(t).Response(lint.Response{Asset: asset(), Observation: o})), header)
	}
}

func TestWhatAFindingSays(t *testing.T) {
	t.Parallel()
	o := observe(200, "cache-control: public|Cache-Control: max-age=60, s-maxage=90|Age: 30")
	got := first(t).Response(lint.Response{Asset: asset(), Observation: o, Window: window()})
	require.Len(t, got, 1)
	assert.Equal(t, lint.Finding{
		Rule: "TTL001", Severity: lint.Blocker, URL: "https://www.example/app.css", Variant: "gzip", Region: "eu", Vantage: "fra", Profile: "rfc9111",
		Message:  "the copy expires 2026-12-01 14:01:00 UTC, 1h59m0s before the warm window ends 2026-12-01 16:00:00 UTC",
		Evidence: []string{"cache-control: public", "Cache-Control: max-age=60, s-maxage=90", "Age: 30"},
		Fix:      "set Cache-Control: public, max-age=60, s-maxage=7230, or prime later",
	}, got[0])
	planned := first(t).Response(lint.Response{Asset: asset(), Observation: o, Window: window(), Planned: true})
	assert.Equal(t, "the copy primed 2026-12-01 14:00:00 UTC expires 2026-12-01 14:01:30 UTC, 1h58m30s before the warm window ends "+
		"2026-12-01 16:00:00 UTC", planned[0].Message)
	zero := first(t).Response(lint.Response{Asset: asset(), Observation: observe(200, "Cache-Control: private, no-cache, max-age=0|ETag: \"a\"")})
	assert.Equal(t, "ST002 ST009", rules(zero))
	assert.Equal(t, "give shared caches a lifetime: Cache-Control: max-age=0, s-maxage=3600", zero[1].Fix)
}

func TestCookiesAreNotQuoted(t *testing.T) {
	t.Parallel()
	o := observe(200, good+"|set-cookie: sid=topsecret; Path=/|Set-Cookie: topsecret")
	got := first(t).Response(lint.Response{Asset: asset(), Observation: o})
	require.Equal(t, "ST003", rules(got))
	assert.Equal(t, []string{"set-cookie: sid=[redacted]; Path=/", "Set-Cookie: =[redacted]"}, got[0].Evidence)
	assert.Contains(t, got[0].Message, "2 cookies")
}

func TestPageInsteadOfAnAsset(t *testing.T) {
	t.Parallel()
	for kind, want := range map[crawl.Kind]string{
		crawl.Stylesheet: "ERR006", crawl.Script: "ERR006", crawl.Font: "ERR006", crawl.Image: "ERR006", crawl.Media: "ERR006",
		crawl.Document: "", crawl.Data: "", crawl.WebApp: "",
	} {
		a := asset()
		a.Kind, a.Priority = kind, crawl.Low
		for header, want := range map[string]string{
			"Content-Type: Text/HTML ; charset=utf-8": want, "Content-Type: text/html5": "", "Content-Type: text/css": "", "X: y": "",
		} {
			r := lint.Response{Asset: a, Observation: observe(200, "Cache-Control: max-age=86400|"+header), Window: window()}
			assert.Equal(t, want, rules(first(t).Response(r)), "%s %s", kind, header)
		}
	}
}

func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, r := range lint.Rules() {
		ids = append(ids, r.ID)
		for _, text := range []string{r.Title, r.Why, r.Fix, r.Source, string(r.Severity)} {
			assert.NotEmpty(t, text, r.ID)
		}
	}
	assert.True(t, slices.IsSorted(ids))
	lint.Rules()[0].ID = "X"
	assert.NotEqual(t, "X", lint.Rules()[0].ID, "the catalogue is not the caller's")
}

// headers generates what origins send.
func headers() *rapid.Generator[[][2]string] {
	pair := rapid.Custom(func(t *rapid.T) [2]string {
		name := rapid.SampledFrom([]string{"Cache-Control", "Vary", "Expires", "Age", "Set-Cookie", "X-Cache", "ETag", "Date"}).Draw(t, "name")
		value := rapid.SampledFrom([]string{
			"public", "max-age=60", "no-cache", "private", "max-age=0, stale-while-revalidate=9", "s-maxage=99999999999", "*", "Cookie",
			"0", "120", "HIT", "Tue, 01 Dec 2026 15:00:00 GMT", `no-cache="x`, "",
		}).Draw(t, "value")
		return [2]string{name, value}
	})
	return rapid.SliceOfN(pair, 0, 6)
}

func TestNoStoreAlwaysBlocks(t *testing.T) {
	t.Parallel()
	linter := first(t)
	rapid.Check(t, func(t *rapid.T) {
		o := &edge.Observation{At: now(), Status: 200, Header: headers().Draw(t, "header")}
		at := rapid.IntRange(0, len(o.Header)).Draw(t, "at")
		o.Header = slices.Insert(o.Header, at, [2]string{"Cache-Control", "no-store"})
		got := linter.Response(lint.Response{Asset: asset(), Observation: o, Window: window()})
		require.Contains(t, strings.Fields(rules(got)), "ST001")
	})
}

func TestTheProposedLifetimeSuffices(t *testing.T) {
	t.Parallel()
	linter := first(t)
	rapid.Check(t, func(t *rapid.T) {
		o := &edge.Observation{At: now(), Status: 200, Header: headers().Draw(t, "header")}
		o.Timing.TTFB = rapid.Float64Range(0, 5000).Draw(t, "ttfb")
		r := lint.Response{Asset: asset(), Observation: o, Window: window(), Planned: rapid.Bool().Draw(t, "planned")}
		r.Window.WarmUntil = r.Window.WarmUntil.Add(time.Duration(rapid.IntRange(0, 1_000_000_000).Draw(t, "ns")))
		for _, f := range linter.Response(r) {
			if f.Rule != "TTL001" {
				continue
			}
			line, _, _ := strings.Cut(strings.TrimPrefix(f.Fix, "set Cache-Control: "), ", or prime")
			o.Header = slices.DeleteFunc(o.Header, func(h [2]string) bool { return h[0] == "Cache-Control" })
			o.Header = append(o.Header, [2]string{"Cache-Control", line})
			require.NotContains(t, rules(linter.Response(r)), "TTL001", line)
			require.NotContains(t, rules(linter.Response(r)), "ST009", line)
		}
	})
}

// FuzzCheckResponse holds what every rule promises: the same answer has the same findings, each
// of a rule of the catalogue, with a place that lies in its line.
func FuzzCheckResponse(f *testing.F) {
	f.Add(200, "public, max-age=60", "Accept-Encoding", "30", "/x", "HIT", "max-age=60, max-age=61", "Tue, 01 Dec 2026 14:00:00 GMT")
	f.Add(503, `private="x`, "*", "-1", "http://[", "cache-a", "max-age=60,", "0")
	f.Add(200, "no-cache; max age = 6", "Cookie", "1, 2", "", "HIT, MISS", " Max-Age", "Tuesday, 01-Dec-26 14:00:00 GMT")
	f.Fuzz(func(t *testing.T, status int, cc, vary, age, location, cache, targeted, date string) {
		o := &edge.Observation{At: now(), Status: status, Header: [][2]string{
			{"Age", age},
			{"Cache-Control", cc},
			{"Cache-Control", vary},
			{"cdn-cache-control", targeted},
			{"Date", date},
			{"Expires", date},
			{"Location", location},
			{"Pragma", cc},
			{"Surrogate-Control", cc},
			{"Vary", vary},
			{"X-Cache", cache},
		}}
		o.Cache = edge.ReadCacheStatus(o.Header)
		a := asset()
		a.Status, a.Location = 301, "https://www.example/x"
		r := lint.Response{Asset: a, Observation: o, Window: window()}
		for _, name := range []string{"rfc9111", "cloudflare", "fastly-vcl", "gcp"} {
			l, err := lint.New(lint.Config{Preset: lint.Strict}, named(name))
			require.NoError(t, err)
			got := l.Response(r)
			require.Equal(t, got, l.Response(r))
			for i, finding := range got {
				require.True(t, i == 0 || got[i-1].Rule < finding.Rule)
				holdsTogether(t, finding)
			}
		}
	})
}

func holdsTogether(t *testing.T, f lint.Finding) {
	t.Helper()
	_, known := lint.Find(f.Rule)
	require.True(t, known, f.Rule)
	require.NotEmpty(t, f.Message, f.Rule)
	require.NotEmpty(t, f.Fix, f.Rule)
	if at := f.At; at != nil {
		require.Less(t, at.Line, len(f.Evidence), f.Rule)
		require.LessOrEqual(t, at.Start, at.End, f.Rule)
		require.GreaterOrEqual(t, at.Start, 0, f.Rule)
		require.LessOrEqual(t, at.End, len(f.Evidence[at.Line]), f.Rule)
	}
}

// BenchmarkResponse applies all rules that one answer decides to a good one and to one with
// several findings.
func BenchmarkResponse(b *testing.B) {
	l, err := lint.New(lint.Config{Preset: lint.StaticOnly}, named("cloudflare"))
	require.NoError(b, err)
	rest := "|Age: 30|CF-Cache-Status: HIT|Content-Type: text/css|Content-Encoding: br|Server: cloudflare|CF-RAY: 1-AMS|Content-Length: 4711" +
		"|Date: Tue, 01 Dec 2026 14:00:00 GMT"
	for name, header := range map[string]string{
		"good": "Cache-Control: max-age=31536000, immutable|ETag: \"a\"|Vary: Accept-Encoding" + rest,
		"bad":  "Cache-Control: public, no-cache, max-age=31536000|Vary: Accept-Encoding, Cookie|Expires: 0" + rest,
	} {
		b.Run(name, func(b *testing.B) {
			r := lint.Response{Asset: asset(), Observation: observe(200, header), Window: window()}
			r.Asset.URL, r.Observation.URL = hashed, hashed
			b.ReportAllocs()
			for b.Loop() {
				_ = l.Response(r)
			}
		})
	}
}
