package lint_test

import (
	"strings"
	"testing"
	"unique"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// seen makes the evidence of one pass.
func seen(pass edge.Pass, outcome edge.Outcome) lint.Evidence {
	e := lint.Evidence{Pass: pass, At: now(), Status: 200, Outcome: outcome, PoP: "FRA56-P4", Digest: "sha-256:aa", Completeness: edge.Complete}
	hit := false
	switch outcome {
	case edge.Hit, edge.Stale, edge.Updating:
		hit = true
	case edge.Errored, edge.Unknown:
		return e
	default:
	}
	e.EdgeHit = &hit
	return e
}

func with(e lint.Evidence, change func(*lint.Evidence)) lint.Evidence {
	change(&e)
	return e
}

// cell folds evidence into a critical cell.
func cell(es ...lint.Evidence) lint.Cell {
	c := lint.Cell{Asset: asset(), URL: asset().URL, Variant: "gzip", Region: "eu", Vantage: "fra", PoP: "FRA"}
	for _, e := range es {
		c.Add(e)
	}
	return c
}

func TestCheckCell(t *testing.T) {
	t.Parallel()
	prime, miss, hit := seen(edge.Prime, edge.Miss), seen(edge.Verify, edge.Miss), seen(edge.Confirm, edge.Hit)
	for name, c := range map[string]struct {
		evidence []lint.Evidence
		want     string
	}{
		"nothing":                {nil, ""},
		"primed only":            {[]lint.Evidence{prime}, ""},
		"verify misses":          {[]lint.Evidence{prime, miss}, "EDGE001"},
		"confirm misses too":     {[]lint.Evidence{prime, miss, seen(edge.Confirm, edge.Miss)}, "EDGE001"},
		"confirm hits":           {[]lint.Evidence{prime, miss, hit}, ""},
		"sample hit, verify not": {[]lint.Evidence{prime, seen(edge.Sample, edge.Hit), miss}, ""},
		"stale":                  {[]lint.Evidence{prime, seen(edge.Verify, edge.Stale)}, ""},
		"updating":               {[]lint.Evidence{prime, seen(edge.Verify, edge.Updating)}, ""},
		"dynamic":                {[]lint.Evidence{prime, seen(edge.Verify, edge.Dynamic)}, "EDGE001"},
		"bypass":                 {[]lint.Evidence{prime, seen(edge.Sample, edge.Bypass)}, "EDGE001"},
		"revalidated":            {[]lint.Evidence{prime, seen(edge.Verify, edge.Revalidated)}, "EDGE001"},
		"unknown":                {[]lint.Evidence{prime, seen(edge.Verify, edge.Unknown)}, ""},
		"error":                  {[]lint.Evidence{prime, seen(edge.Verify, edge.Errored)}, ""},
		"miss, then unknown":     {[]lint.Evidence{prime, miss, seen(edge.Confirm, edge.Unknown)}, ""},
		"unknown, then miss":     {[]lint.Evidence{seen(edge.Verify, edge.Unknown), seen(edge.Confirm, edge.Miss)}, "EDGE001"},
		"hit elsewhere":          {[]lint.Evidence{prime, with(hit, func(e *lint.Evidence) { e.PoP = "AMS" })}, ""},
		"miss elsewhere":         {[]lint.Evidence{prime, with(miss, func(e *lint.Evidence) { e.PoP = "" })}, ""},
		"another tier hits":      {[]lint.Evidence{prime, with(hit, func(e *lint.Evidence) { e.EdgeHit = new(bool) })}, "EDGE001"},
		"hit in doubt":           {[]lint.Evidence{prime, miss, with(hit, func(e *lint.Evidence) { e.Conflict = "x" })}, ""},
		"doubt, then miss":       {[]lint.Evidence{with(hit, func(e *lint.Evidence) { e.Conflict = "x" }), seen(edge.Confirm, edge.Miss)}, "EDGE001"},
		"challenge":              {[]lint.Evidence{prime, with(miss, func(e *lint.Evidence) { e.Challenge = "x" })}, ""},
		"failure":                {[]lint.Evidence{prime, with(miss, func(e *lint.Evidence) { e.Failure = edge.FailTimeout })}, ""},
		"error status":           {[]lint.Evidence{prime, with(miss, func(e *lint.Evidence) { e.Status = 503 })}, ""},
		"no status":              {[]lint.Evidence{prime, with(miss, func(e *lint.Evidence) { e.Status = 0 })}, ""},
		"primed again":           {[]lint.Evidence{miss, prime}, ""},
	} {
		got := lint.Default().Cell(cell(c.evidence...))
		assert.Equal(t, c.want, rules(got), name)
		low := cell(c.evidence...)
		low.Asset.Priority = crawl.Low
		assert.Empty(t, lint.Default().Cell(low), name)
	}
	got := lint.Default().Cell(cell(prime, miss, miss))
	require.Len(t, got, 1)
	assert.Equal(t, lint.Blocker, got[0].Severity)
	assert.Equal(t, "asked 2 times again and never answered from the edge's store; the last outcome is miss", got[0].Message)
	assert.Equal(t, [4]string{asset().URL, "gzip", "eu", "fra"}, [4]string{got[0].URL, got[0].Variant, got[0].Region, got[0].Vantage})
	for outcome, fix := range map[edge.Outcome]string{
		edge.Miss: "prime again", edge.Revalidated: "longer lifetime", edge.Bypass: "remove the rule", edge.Dynamic: "eligible",
	} {
		got := lint.Default().Cell(cell(seen(edge.Verify, outcome)))
		assert.Contains(t, got[0].Fix, fix)
		assert.Contains(t, got[0].Message, "asked once")
	}
}

func TestCellCounts(t *testing.T) {
	t.Parallel()
	c := cell(seen(edge.Prime, edge.Hit), seen(edge.Sample, edge.Unknown), seen(edge.Verify, edge.Stale),
		seen(edge.Verify, edge.Miss), seen(edge.Confirm, edge.Hit))
	assert.Equal(t, [4]int{4, 3, 2, 1}, [4]int{c.Asked, c.Known, c.Held, c.Hits})
	assert.Equal(t, edge.Confirm, c.Last.Pass)
}

func TestEvidenceOf(t *testing.T) {
	t.Parallel()
	o := observe(200, "CF-Cache-Status: HIT|CF-RAY: 1-FRA|X-Cache: MISS")
	o.Digest, o.Fingerprint, o.Completeness, o.Challenge, o.Failure = "sha-256:a", "f", edge.Complete, "c", edge.FailBody
	hit := true
	assert.Equal(t, lint.Evidence{
		Pass: edge.Verify, At: now(), Status: 200, Outcome: edge.Hit, EdgeHit: &hit, Origin: edge.ContactNo,
		Conflict: o.Cache.Conflict, Challenge: "c", Failure: edge.FailBody, Digest: "sha-256:a", Fingerprint: "f",
		Completeness: edge.Complete, PoP: "FRA", Shown: unique.Make(lint.Shown{}),
	}, lint.EvidenceOf(o))
	assert.NotEmpty(t, o.Cache.Conflict)
}

// TestLessEvidenceOfHitsNeverHelps removes answers that hit: what was a finding stays one.
func TestLessEvidenceOfHitsNeverHelps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pass := rapid.SampledFrom([]edge.Pass{edge.Prime, edge.Sample, edge.Verify, edge.Confirm})
		outcome := rapid.SampledFrom([]edge.Outcome{edge.Hit, edge.Stale, edge.Miss, edge.Dynamic, edge.Unknown, edge.Errored})
		var all, fewer []lint.Evidence
		for range rapid.IntRange(1, 6).Draw(t, "n") {
			e := seen(pass.Draw(t, "pass"), outcome.Draw(t, "outcome"))
			all = append(all, e)
			if !e.Held("FRA") || rapid.Bool().Draw(t, "keep") {
				fewer = append(fewer, e)
			}
		}
		if rules(lint.Default().Cell(cell(all...))) == "EDGE001" {
			require.Equal(t, "EDGE001", rules(lint.Default().Cell(cell(fewer...))))
		}
		held := false
		for _, e := range fewer {
			held = held || e.Measures() && e.Held("FRA")
		}
		if held {
			require.Empty(t, lint.Default().Cell(cell(fewer...)))
		}
	})
}

func TestCheckRegion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hits, known int
		ratio       float64
		want        string
	}{
		{19, 20, 0, ""},
		{18, 20, 0, "EDGE002"},
		{0, 0, 0, ""},
		{18, 20, 0.9, ""},
		{99, 100, 1, "EDGE002"},
		{100, 100, 1, ""},
	} {
		assert.Equal(t, c.want, rules(lint.Default().Region("eu", c.hits, c.known, c.ratio)), c)
	}
	got := lint.Default().Region("eu", 18, 20, 0)
	assert.Equal(t, "18 of 20 critical cells hit, 90.0 %; at least 95.0 % must", got[0].Message)
	assert.Equal(t, "eu", got[0].Region)
	assert.Equal(t, lint.Error, got[0].Severity)
}

// body makes a cell that serves a body.
func body(vantage, digest, fingerprint string) lint.Cell {
	c := cell(with(seen(edge.Verify, edge.Hit), func(e *lint.Evidence) { e.Digest, e.Fingerprint = digest, fingerprint }))
	c.Vantage = vantage
	return c
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	edit := func(c lint.Cell, change func(*lint.Cell)) lint.Cell {
		change(&c)
		return c
	}
	page := func(vantage, digest, fingerprint string) lint.Cell {
		return edit(body(vantage, digest, fingerprint), func(c *lint.Cell) { c.Asset.Kind = crawl.Document })
	}
	odd := body("z", "sha-256:bb", "")
	for name, c := range map[string]struct {
		cells []lint.Cell
		want  string // vantages with a finding
	}{
		"none":           {nil, ""},
		"one":            {[]lint.Cell{odd}, ""},
		"same":           {[]lint.Cell{body("a", "d", ""), body("b", "d", "")}, ""},
		"odd":            {[]lint.Cell{body("a", "d", ""), body("b", "d", ""), odd}, "z"},
		"first is odd":   {[]lint.Cell{body("0", "x", ""), body("a", "d", ""), body("b", "d", "")}, "0"},
		"two odd":        {[]lint.Cell{body("a", "d", ""), body("b", "d", ""), odd, body("y", "e", "")}, "y z"},
		"tie":            {[]lint.Cell{odd, body("a", "d", "")}, "z"},
		"truncated":      {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Last.Completeness = edge.Truncated })}, ""},
		"unknown end":    {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Last.Completeness = edge.CompletenessUnknown })}, ""},
		"error page":     {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Last.Status = 503 })}, ""},
		"challenge":      {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Last.Challenge = "x" })}, ""},
		"failed":         {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Last.Failure = edge.FailBody })}, ""},
		"no digest":      {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Last.Digest = "" })}, ""},
		"not critical":   {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Asset.Priority = crawl.High })}, ""},
		"other variant":  {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.Variant = "br" })}, ""},
		"other url":      {[]lint.Cell{body("a", "d", ""), edit(odd, func(c *lint.Cell) { c.URL = "https://www.example/b" })}, ""},
		"nonces":         {[]lint.Cell{page("a", "d", "f"), page("b", "e", "f")}, ""},
		"other markup":   {[]lint.Cell{page("a", "d", "f"), page("b", "e", "f"), page("c", "g", "h")}, "c"},
		"no fingerprint": {[]lint.Cell{page("a", "d", "f"), page("b", "e", "f"), page("c", "d", "")}, ""},
		"one has none":   {[]lint.Cell{page("a", "d", "f"), page("b", "d", "f"), page("c", "e", "")}, "c"},
		"sheet":          {[]lint.Cell{body("a", "d", "f"), body("b", "d", "f"), body("c", "e", "f")}, "c"},
	} {
		var got []string
		for _, f := range lint.Default().URL(c.cells) {
			if f.Rule != "REG001" {
				continue
			}
			assert.Equal(t, lint.Blocker, f.Severity)
			got = append(got, f.Vantage)
		}
		assert.Equal(t, c.want, strings.Join(got, " "), name)
	}
	got := lint.Default().URL([]lint.Cell{body("a", "d", ""), body("b", "d", ""), odd})
	assert.Equal(t, "vantage z serves sha-256:bb, but a, b serves d", got[0].Message)
	tie := lint.Default().URL([]lint.Cell{body("a", "d", ""), odd})
	assert.Contains(t, tie[0].Message, "neither has the majority")
	var many []lint.Cell
	for _, v := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		many = append(many, body(v, "d", ""))
	}
	assert.Contains(t, lint.Default().URL(append(many, odd))[0].Message, "a, b, c, d, e and 2 more")
}

// TestOrderOfCellsDoesNotMatter shuffles cells: the findings stay the same.
func TestOrderOfCellsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var cells []lint.Cell
		for _, v := range []string{"a", "b", "c", "d", "e"} {
			c := body(v, rapid.SampledFrom([]string{"d1", "d2", "d3"}).Draw(t, "digest"), "")
			c.Variant = rapid.SampledFrom([]string{"br", "gzip"}).Draw(t, "variant")
			cells = append(cells, c)
		}
		require.Equal(t, lint.Default().URL(cells), lint.Default().URL(rapid.Permutation(cells).Draw(t, "order")))
	})
}
