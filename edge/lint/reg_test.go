package lint_test

import (
	"strings"
	"testing"
	"time"
	"unique"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// urlRow judges the cells of one URL.
func urlRow(rule, why string, fire bool, cells ...lint.Cell) ruleRow {
	return ruleRow{rule: rule, why: why, fire: fire, findings: func(l *lint.Linter) []lint.Finding { return l.URL(cells) }}
}

// served is a cell of a vantage that answered with a header, and with a body of its own where the
// header has X-Body.
func served(vantage, header string, edits ...func(*lint.Cell)) lint.Cell {
	o := observe(200, header+"|X-Cache: HIT")
	o.Digest, o.Completeness = "sha-256:"+firstOf(o.Get("X-Body"), "a"), edge.Complete
	c := lint.Cell{Asset: asset(), URL: asset().URL, Variant: "gzip", Region: "region-" + vantage, Vantage: vantage}
	c.Add(lint.Default().Evidence(o))
	for _, edit := range edits {
		edit(&c)
	}
	return c
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func last(change func(*lint.Evidence)) func(*lint.Cell) {
	return func(c *lint.Cell) { change(&c.Last) }
}

func status(n int) func(*lint.Cell) { return last(func(e *lint.Evidence) { e.Status = n }) }

func tier(c *lint.Cell) { c.Tier = true }

// filled is a cell of vantage b whose latest answer is the header's, after the origin had answered another.
func filled(header, origin string, edits ...func(*lint.Cell)) lint.Cell {
	o := observe(200, origin+"|X-Cache: MISS")
	o.Digest, o.Completeness, o.Pass = "sha-256:"+firstOf(o.Get("X-Body"), "a"), edge.Complete, edge.Prime
	c := served("b", header)
	hit := c.Last
	c = lint.Cell{Asset: c.Asset, URL: c.URL, Variant: c.Variant, Region: c.Region, Vantage: c.Vantage}
	c.Add(lint.Default().Evidence(o))
	c.Add(hit)
	for _, edit := range edits {
		edit(&c)
	}
	return c
}

const (
	monday  = "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT"
	tuesday = "Last-Modified: Tue, 01 Dec 2026 09:00:00 GMT"
)

func regRows() []ruleRow {
	return append(regHeaderRows(), []ruleRow{
		urlRow("REG001", "two bodies", true, served("a", good), served("b", good+"|X-Body: b")),
		urlRow("REG001", "one body", false, served("a", good), served("b", good)),
		urlRow("REG001", "an upper tier has another", true, served("a", good, tier), served("b", good+"|X-Body: b")),
		urlRow("REG004", "two statuses", true, served("a", good), served("b", good, status(404))),
		urlRow("REG004", "one status", false, served("a", good), served("b", good)),
		urlRow("REG004", "no answer", false, served("a", good), served("b", good, status(0))),
		urlRow("REG004", "a challenge", false, served("a", good), served("b", good, status(403), last(func(e *lint.Evidence) { e.Challenge = "x" }))),
		urlRow("REG004", "a tier's status", false, served("a", good), served("b", good, status(404), tier)),
		urlRow("REG005", "older than the origin's", true, served("a", monday), filled(tuesday, tuesday)),
		urlRow("REG005", "as old as the origin's", false, served("a", tuesday), filled(tuesday, tuesday)),
		urlRow("REG005", "newer than the origin's", false, served("a", tuesday), filled(monday, monday)),
		urlRow("REG005", "the origin was never asked", false, served("a", monday), served("b", tuesday)),
		urlRow("REG005", "another tag and body", true, served("a", `ETag: "1"|X-Body: old`), filled(`ETag: "2"`, `ETag: "2"`)),
		urlRow("REG005", "another tag, the same body", false, served("a", `ETag: "1"`), filled(`ETag: "2"`, `ETag: "2"`)),
		urlRow("REG005", "a weak tag", false, served("a", `ETag: W/"2"|X-Body: old`), filled(`ETag: "2"`, `ETag: "2"`)),
		urlRow("REG005", "a tag of another coding", false, served("a", `ETag: "1"|X-Body: old|Content-Encoding: br`), filled(`ETag: "2"`, `ETag: "2"`)),
		urlRow("REG005", "a tier's copy is older", false, served("a", monday, tier), filled(tuesday, tuesday)),
		urlRow("REG005", "the origin behind a tier", true, served("a", monday), filled(tuesday, tuesday, tier)),
		urlRow("REG006", "more than a fifth", true, served("a", "Cache-Control: max-age=1000"), served("b", "Cache-Control: max-age=1000|Age: 201")),
		urlRow("REG006", "a fifth", false, served("a", "Cache-Control: max-age=1000"), served("b", "Cache-Control: max-age=1000|Age: 200")),
		urlRow("REG006", "a tier", false, served("a", "Cache-Control: max-age=1000"), served("b", "Cache-Control: max-age=1000|Age: 900", tier)),
		urlRow("REG006", "no lifetime", false, served("a", "ETag: \"a\""), served("b", "Age: 900")),
		setRow("REG008", "one place for two regions", true, []lint.Cell{body("a", "d", ""), at(body("b", "d", ""), "us", "FRA", "FRA56-P4")}),
		setRow("REG008", "a place for each region", false, []lint.Cell{body("a", "d", ""), at(body("b", "d", ""), "us", "IAD", "IAD55")}),
		setRow("REG008", "one region", false, []lint.Cell{body("a", "d", ""), at(body("b", "d", ""), "eu", "FRA", "FRA56-P4")}),
		setRow("REG008", "another place than planned", true, []lint.Cell{at(body("b", "d", ""), "us", "IAD", "FRA56-P4")}),
		setRow("REG008", "no place is named", false, []lint.Cell{at(body("b", "d", ""), "us", "IAD", "")}),
		{rule: "REG009", why: "asked once of two", fire: true, config: lint.Config{Samples: 2}, findings: set(lint.Window{}, 0, []lint.Cell{body("a", "d", "")})},
		{rule: "REG009", why: "asked once of one", findings: set(lint.Window{}, 0, []lint.Cell{body("a", "d", "")})},
		setRow("REG009", "one of two is unknown", true, []lint.Cell{body("a", "d", ""), cell(seen(edge.Verify, edge.Unknown))}),
		{rule: "REG009", why: "half may be unknown", config: lint.Config{UnknownShare: 0.5}, findings: set(lint.Window{}, 0, []lint.Cell{body("a", "d", ""), cell(seen(edge.Verify, edge.Unknown))})},
		setRow("REG009", "one of two is an error", false, []lint.Cell{body("a", "d", ""), cell(with(seen(edge.Verify, edge.Miss), func(e *lint.Evidence) { e.Status = 404 }))}),
		setRow("REG009", "nothing was asked", false, []lint.Cell{cell(), cell()}),
	}...)
}

func regHeaderRows() []ruleRow {
	const akamai = "|Akamai-Cache-Status: Hit from child"
	return []ruleRow{
		urlRow("REG002", "two lifetimes", true, served("a", "Cache-Control: max-age=60"), served("b", "Cache-Control: max-age=61")),
		urlRow("REG002", "one lifetime", false, served("a", "Cache-Control: max-age=60"), served("b", "Cache-Control: max-age=60")),
		urlRow("REG002", "a targeted field", true, served("a", "Cache-Control: max-age=60|CDN-Cache-Control: max-age=9"), served("b", "Cache-Control: max-age=60")),
		urlRow("REG002", "a tier's", false, served("a", "Cache-Control: max-age=60"), served("b", "Cache-Control: max-age=61", tier)),
		urlRow("REG002", "an error page's", false, served("a", "Cache-Control: max-age=60"), served("b", "Cache-Control: no-store", status(503))),
		urlRow("REG002", "Akamai counts down", false, served("a", "Cache-Control: max-age=60"+akamai), served("b", "Cache-Control: max-age=61"+akamai)),
		urlRow("REG002", "Akamai and another directive", true, served("a", "Cache-Control: max-age=60"+akamai), served("b", "Cache-Control: max-age=61, public"+akamai)),
		urlRow("REG003", "two tags", true, served("a", `ETag: "1"`), served("b", `ETag: "2"`)),
		urlRow("REG003", "one tag, once weak", false, served("a", `ETag: "1"`), served("b", `ETag: W/"1"`)),
		urlRow("REG003", "two dates", true, served("a", monday), served("b", tuesday)),
		urlRow("REG003", "two bodies", false, served("a", `ETag: "1"`), served("b", `ETag: "2"|X-Body: b`)),
		urlRow("REG003", "two codings", false, served("a", `ETag: "1-br"|Content-Encoding: br`), served("b", `ETag: "1-gzip"|Content-Encoding: gzip`)),
		urlRow("REG007", "another Vary", true, served("a", "Vary: Accept-Encoding"), served("b", "Vary: Accept-Encoding, Origin")),
		urlRow("REG007", "another order and case", false, served("a", "Vary: Origin, Accept-Encoding"), served("b", "Vary: accept-encoding|Vary: origin")),
		urlRow("REG007", "another coding", true, served("a", "Content-Encoding: br"), served("b", "Content-Encoding: gzip")),
	}
}

// at moves a cell to a region, its planned place and the place that answered.
func at(c lint.Cell, region, planned, pop string) lint.Cell {
	c.Region, c.PoP, c.Last.PoP = region, planned, pop
	return c
}

func TestMessagesOfRegions(t *testing.T) {
	t.Parallel()
	for want, cells := range map[string][]lint.Cell{
		`vantage b sends "Cache-Control: max-age=61", but a, c sends "Cache-Control: max-age=60"`: {
			served("a", "Cache-Control: max-age=60"), served("b", "Cache-Control: max-age=61"), served("c", "Cache-Control: max-age=60"),
		},
		`vantage b sends no validator, but a sends "ETag: "1"", "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT"; neither has the majority`: {
			served("a", `ETag: "1"|`+monday), served("b", ""),
		},
		`vantage b has no Vary and "Content-Encoding: br", but a has "Vary: origin" and no Content-Encoding; neither has the majority`: {
			served("a", "Vary: Origin"), served("b", "Content-Encoding: br"),
		},
		"vantage a answers 404, but b answers 200; neither has the majority": {
			served("a", "", status(404)), served("b", ""),
		},
		"vantage a serves a copy with Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT, but the origin's is Tue, 01 Dec 2026 09:00:00 GMT": {
			served("a", monday+"|X-Body: old"), filled(tuesday, tuesday),
		},
		"the copy at b is fresh until 2026-12-01 14:10:00 UTC, that at a for 6m40s longer, of a lifetime of 16m40s": {
			served("a", "Cache-Control: max-age=1000"), served("b", "Cache-Control: max-age=1000|Age: 400"),
		},
	} {
		var got []string
		for _, f := range lint.Default().URL(cells) {
			got = append(got, f.Message)
		}
		assert.Contains(t, got, want)
	}
}

// TestCellsThatShowTheSameShareIt keeps a launch's cells small.
func TestCellsThatShowTheSameShareIt(t *testing.T) {
	t.Parallel()
	header := "Cache-Control: max-age=60|CDN-Cache-Control: max-age=9|Vary: B, A|Content-Encoding: BR|" + monday
	a, b := lint.EvidenceOf(observe(200, header)), lint.EvidenceOf(observe(200, strings.ToUpper("vary")+": a, b|"+strings.Replace(header, "Vary: B, A|", "", 1)))
	assert.True(t, a.Shown == b.Shown)
	assert.Equal(t, lint.Shown{
		Policy: "Cache-Control: max-age=60\nCDN-Cache-Control: max-age=9", Vary: "a, b", Coding: "br", LastModified: "Mon, 30 Nov 2026 14:00:00 GMT",
	}, a.Shown.Value())
	assert.NotEqual(t, unique.Make(lint.Shown{}), a.Shown)
}

func TestEvidenceKnowsHowLongItsCopyIsFresh(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"Cache-Control: max-age=60|Age: 10":                            50 * time.Second,
		"Cache-Control: max-age=60|Cache-Status: C; hit; ttl=7":        7 * time.Second,
		"Cache-Status: C; hit; ttl=7":                                  7 * time.Second,
		"Cache-Control: no-store, max-age=60":                          0,
		"Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT":                 0,
		"Cache-Control: max-age=60|Age: 90|CF-Cache-Status: HIT":       0,
		"Cache-Control: max-age=60|Age: 90|X-Cache-Status: HIT":        -30 * time.Second,
		"Cache-Control: max-age=60, s-maxage=120|CF-Cache-Status: HIT": 120 * time.Second,
	} {
		e := lint.Default().Evidence(observe(200, header))
		if want == 0 {
			assert.Zero(t, e.FreshUntil, header)
			continue
		}
		assert.Equal(t, now().Add(want), e.FreshUntil, header)
	}
	challenged := observe(200, "Cache-Control: max-age=60")
	challenged.Challenge = "x"
	assert.Zero(t, lint.Default().Evidence(challenged).FreshUntil)
	require.Equal(t, time.Minute, lint.Default().Evidence(observe(200, "Cache-Control: max-age=60")).Lifetime)
	assert.Equal(t, crawl.Critical, asset().Priority)
}
