package lint_test

import (
	"fmt"
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

// set judges cells, URL by URL.
func set(w lint.Window, rps float64, urls ...[]lint.Cell) func(*lint.Linter) []lint.Finding {
	return func(l *lint.Linter) []lint.Finding {
		s := l.Set(w, rps)
		for _, cells := range urls {
			s.Add(cells)
		}
		return s.Findings()
	}
}

func setRow(rule, why string, fire bool, urls ...[]lint.Cell) ruleRow {
	return ruleRow{rule: rule, why: why, fire: fire, findings: set(window(), 0, urls...)}
}

// expiring are n URLs with one critical copy each, which expire one after another.
func expiring(n int, first, step time.Duration, edits ...func(*lint.Cell)) [][]lint.Cell {
	var urls [][]lint.Cell
	for i := range n {
		c := cell(freshFor(seen(edge.Verify, edge.Hit), first+time.Duration(i)*step))
		c.URL = fmt.Sprintf("https://www.example/%d.css", i)
		c.Last.Digest = fmt.Sprintf("sha-256:%d", i)
		for _, edit := range edits {
			edit(&c)
		}
		urls = append(urls, []lint.Cell{c})
	}
	return urls
}

func lowPriority(c *lint.Cell) { c.Asset.Priority = crawl.Low }

// spelled are URLs with one body.
func spelled(urls ...string) [][]lint.Cell {
	var out [][]lint.Cell
	for _, u := range urls {
		c := body("a", "sha-256:aa", "")
		c.URL = u
		out = append(out, []lint.Cell{c})
	}
	return out
}

// asked are n URLs whose measured answer came from the origin for some.
func asked(n, fetched int) [][]lint.Cell {
	urls := expiring(n, time.Hour, 0)
	for i := range urls {
		urls[i][0].Last.Origin = edge.ContactNo
		if i < fetched {
			urls[i][0].Last.Origin = edge.ContactYes
		}
	}
	return urls
}

func setRows() []ruleRow {
	variants := func(vary, second string) []lint.Cell {
		primed := served("a", vary)
		other := served("a", vary)
		other.Variant = "br"
		if second == "" {
			other = lint.Cell{Asset: primed.Asset, URL: primed.URL, Variant: "br", Region: primed.Region, Vantage: "a"}
		}
		return []lint.Cell{primed, other}
	}
	elsewhere := variants("Vary: Accept-Encoding", "")
	elsewhere[1].Vantage = "b"
	rate := lint.Config{PlannedRPS: 100}
	return []ruleRow{
		setRow("TTL014", "50 in a minute", true, expiring(50, time.Hour, time.Second)...),
		setRow("TTL014", "49 in a minute", false, expiring(49, time.Hour, time.Second)...),
		setRow("TTL014", "one a minute", false, expiring(50, time.Hour, time.Minute)...),
		setRow("TTL014", "after the window", false, expiring(50, 2*time.Hour+time.Second, 0)...),
		setRow("TTL014", "not critical", false, expiring(50, time.Hour, time.Second, lowPriority)...),
		setRow("TTL014", "an upper tier's", false, expiring(50, time.Hour, time.Second, tier)...),
		{rule: "TTL014", why: "as many as the owner says", fire: true, config: lint.Config{ExpireTogether: 2}, findings: set(window(), 0, expiring(2, time.Hour, 0)...)},
		setRow("KEY004", "another order of the query", true, spelled("https://a.example/x?a=1&b=2", "https://a.example/x?b=2&a=1")...),
		setRow("KEY004", "another case", true, spelled("https://a.example/X.css", "https://a.example/x.css")...),
		setRow("KEY004", "a slash at the end", true, spelled("https://a.example/x", "https://a.example/x/")...),
		setRow("KEY004", "another query", false, spelled("https://a.example/x?a=1", "https://a.example/x?a=2")...),
		setRow("KEY004", "another host", false, spelled("https://a.example/x", "https://b.example/x/")...),
		setRow("KEY004", "one URL in two regions", false, spelled("https://a.example/x", "https://a.example/x")...),
		setRow("KEY004", "another body", false, spelled("https://a.example/x")[0], []lint.Cell{func() lint.Cell {
			c := body("a", "sha-256:bb", "")
			c.URL = "https://a.example/x/"
			return c
		}()}),
		{rule: "EDGE013", why: "21 of 100", fire: true, config: rate, findings: set(lint.Window{}, 20, asked(100, 21)...)},
		{rule: "EDGE013", why: "20 of 100", config: rate, findings: set(lint.Window{}, 20, asked(100, 20)...)},
		{rule: "EDGE013", why: "no planned rate", findings: set(lint.Window{}, 20, asked(100, 100)...)},
		{rule: "EDGE013", why: "no limit", config: rate, findings: set(lint.Window{}, 0, asked(100, 100)...)},
		urlRow("VAR012", "a variant was not asked", true, variants("Vary: Accept-Encoding", "")...),
		urlRow("VAR012", "both were", false, variants("Vary: Accept-Encoding", "br")...),
		urlRow("VAR012", "variants share a copy", false, variants("ETag: \"a\"", "")...),
		urlRow("VAR012", "the vantage was not asked at all", false, elsewhere...),
		acrossRow("shares differ by more than a tenth", true, "Cache-Control: s-maxage=100|CDN-Cache-Control: max-age=112", named("cloudflare")),
		acrossRow("a tenth", false, "Cache-Control: s-maxage=90|CDN-Cache-Control: max-age=100", named("cloudflare")),
		acrossRow("one profile", false, "Cache-Control: s-maxage=100|CDN-Cache-Control: max-age=112"),
		acrossRow("the other does not store it", false, "Cache-Control: s-maxage=100|CDN-Cache-Control: no-store, max-age=300", named("cloudflare")),
		acrossRow("neither stores it", false, "Cache-Control: no-store, s-maxage=100|CDN-Cache-Control: no-store, max-age=112", named("cloudflare")),
	}
}

func acrossRow(why string, fire bool, header string, others ...policy.Profile) ruleRow {
	return ruleRow{rule: "TGT008", why: why, fire: fire, findings: func(l *lint.Linter) []lint.Finding {
		return l.Across(lint.Response{Asset: asset(), Observation: observe(200, header)}, others)
	}}
}

func TestMessagesOfSets(t *testing.T) {
	t.Parallel()
	l := lint.Default()
	got := set(window(), 0, append(expiring(60, time.Hour, 0), expiring(50, time.Hour+time.Minute, 0)...)...)(l)
	require.Equal(t, "TTL014", rules(got))
	assert.Equal(t, "60 critical copies expire in the minute from 2026-12-01 15:00:00 UTC, and in 1 more minutes as many as 50 or more", got[0].Message)
	strict, err := lint.New(lint.Config{Preset: lint.Strict, PlannedRPS: 100}, policy.RFC9111())
	require.NoError(t, err)
	got = set(lint.Window{}, 20, asked(4, 1)...)(strict)
	assert.Equal(t, "1 of 4 measured answers came from the origin: at 100 requests a second of visitors that are 25.0 a second, the origin's limit is 20", got[0].Message)
	got = set(lint.Window{}, 0, spelled("https://a.example/X", "https://a.example/x", "https://a.example/x/")...)(strict)
	require.Equal(t, "KEY004 KEY004", rules(got))
	assert.Equal(t, "serves the same body as https://a.example/X", got[0].Message)
	assert.Empty(t, got[0].Region)
	got = set(lint.Window{}, 0, []lint.Cell{at(body("b", "d", ""), "us", "IAD", "FRA56-P4")})(l)
	assert.Equal(t, "1 of its answers came from another place than IAD, such as FRA56-P4", got[0].Message)
	assert.Equal(t, [2]string{"us", "b"}, [2]string{got[0].Region, got[0].Vantage})
}

// TestOneURLInManyRegionsExpiresOnce counts what the origin will be asked for behind a shared tier.
func TestOneURLInManyRegionsExpiresOnce(t *testing.T) {
	t.Parallel()
	var cells []lint.Cell
	for i := range 60 {
		c := expiring(1, time.Hour, 0)[0][0]
		c.Region = fmt.Sprintf("r%d", i)
		cells = append(cells, c)
	}
	assert.NotContains(t, rules(set(window(), 0, cells)(lint.Default())), "TTL014")
}

// TestSetsAreBounded feeds more spellings than are named.
func TestSetsAreBounded(t *testing.T) {
	t.Parallel()
	strict, err := lint.New(lint.Config{Preset: lint.Strict}, policy.RFC9111())
	require.NoError(t, err)
	s := strict.Set(lint.Window{}, 0)
	for i := range 1 << 11 {
		name := []byte("abcdefghijk")
		for bit := range name {
			if i>>bit&1 == 1 {
				name[bit] -= 'a' - 'A'
			}
		}
		s.Add(spelled("https://a.example/" + string(name))[0])
	}
	assert.Equal(t, 1000, strings.Count(rules(s.Findings()), "KEY004"))
}

// TestOrderOfURLsDoesNotMatter shuffles URLs: but for which spelling came first the findings stay.
func TestOrderOfURLsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		urls := append(expiring(60, time.Hour, 30*time.Second), []lint.Cell{at(body("b", "d", ""), "us", "IAD", "FRA56-P4")},
			[]lint.Cell{at(body("c", "d", ""), "us", "FRA", "FRA56-P4")}, []lint.Cell{cell(seen(edge.Verify, edge.Unknown))})
		l, err := lint.New(lint.Config{ExpireTogether: 2, Samples: 2}, policy.RFC9111())
		require.NoError(t, err)
		require.Equal(t, set(window(), 0, urls...)(l), set(window(), 0, rapid.Permutation(urls).Draw(t, "order")...)(l))
	})
}
