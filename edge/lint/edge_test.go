package lint_test

import (
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// cellRow judges one cell.
func cellRow(rule, why string, fire bool, c lint.Cell) ruleRow {
	return ruleRow{rule: rule, why: why, fire: fire, findings: func(l *lint.Linter) []lint.Finding { return l.Cell(c) }}
}

// freshFor gives evidence a copy that is fresh for a while from now on, of a lifetime of an hour.
func freshFor(e lint.Evidence, d time.Duration) lint.Evidence {
	e.FreshUntil, e.Lifetime = now().Add(d), time.Hour
	return e
}

func onSide(side lint.Side) func(*lint.Response) {
	return func(r *lint.Response) { r.Side = side }
}

func onPass(pass edge.Pass) func(*lint.Response) {
	return func(r *lint.Response) { r.Observation.Pass = pass }
}

func edgeRows() []ruleRow {
	prime, miss := seen(edge.Prime, edge.Miss), seen(edge.Verify, edge.Miss)
	low := cell(prime, miss)
	low.Asset.Priority = crawl.Low
	return append(edgeAnswerRows(), []ruleRow{
		cellRow("EDGE001", "misses again", true, cell(prime, miss)),
		cellRow("EDGE001", "hits", false, cell(prime, seen(edge.Verify, edge.Hit))),
		cellRow("EDGE001", "not critical", false, low),
		{rule: "EDGE001", why: "asked too seldom", findings: func(l *lint.Linter) []lint.Finding { return l.Cell(cell(prime, miss)) }, config: lint.Config{Samples: 2}},
		{rule: "EDGE001", why: "asked often enough", fire: true, findings: func(l *lint.Linter) []lint.Finding { return l.Cell(cell(prime, miss, miss)) }, config: lint.Config{Samples: 2}},
		{rule: "EDGE002", why: "94 %", fire: true, findings: func(l *lint.Linter) []lint.Finding { return l.Region("eu", 94, 100, 0) }},
		{rule: "EDGE002", why: "95 %", findings: func(l *lint.Linter) []lint.Finding { return l.Region("eu", 95, 100, 0) }},
		cellRow("EDGE005", "asks twice within the lifetime", true, cell(freshFor(prime, time.Hour), freshFor(seen(edge.Verify, edge.Revalidated), time.Hour), seen(edge.Confirm, edge.Expired))),
		cellRow("EDGE005", "asks once", false, cell(freshFor(prime, time.Hour), freshFor(seen(edge.Verify, edge.Revalidated), time.Hour), seen(edge.Confirm, edge.Hit))),
		cellRow("EDGE005", "asks after the lifetime", false, cell(freshFor(prime, -1), freshFor(seen(edge.Verify, edge.Revalidated), -1), seen(edge.Confirm, edge.Expired))),
		cellRow("EDGE005", "another place asks", false, cell(freshFor(prime, time.Hour), with(freshFor(seen(edge.Verify, edge.Revalidated), time.Hour), func(e *lint.Evidence) { e.PoP = "FRA9" }), seen(edge.Confirm, edge.Expired))),
	}...)
}

func edgeAnswerRows() []ruleRow {
	beforeEnd := lint.Window{LaunchAt: now().Add(time.Hour), WarmUntil: now().Add(2 * time.Hour)}
	planned := func(r *lint.Response) { r.Planned = true }
	return []ruleRow{
		{rule: "EDGE003", why: "dynamic", fire: true, header: good + "|CF-Cache-Status: DYNAMIC"},
		{rule: "EDGE003", why: "miss", header: good + "|CF-Cache-Status: MISS"},
		{rule: "EDGE003", why: "not critical", header: good + "|CF-Cache-Status: DYNAMIC", priority: crawl.High},
		{rule: "EDGE004", why: "bypass", fire: true, header: good + "|CF-Cache-Status: BYPASS"},
		{rule: "EDGE004", why: "miss", header: good + "|CF-Cache-Status: MISS"},
		{rule: "EDGE004", why: "not critical", header: good + "|CF-Cache-Status: BYPASS", priority: crawl.Low},
		{rule: "EDGE006", why: "hit before miss", fire: true, header: good + "|CF-Cache-Status: HIT|X-Cache: MISS"},
		{rule: "EDGE006", why: "both hit", header: good + "|CF-Cache-Status: HIT|X-Cache: HIT"},
		{rule: "EDGE007", why: "a member that is a parameter", fire: true, header: good + `|Cache-Status: "Netlify Edge"; hit, fwd=stale`},
		{rule: "EDGE007", why: "an unquoted key", fire: true, header: good + "|Cache-Status: Souin; hit; key=GET-https-a.example-/?a"},
		{rule: "EDGE007", why: "an inner list", fire: true, header: good + "|Cache-Status: (a b); hit"},
		{rule: "EDGE007", why: "a list", header: good + `|Cache-Status: "Netlify Durable"; hit; ttl=9|Cache-Status: "Netlify Edge"; fwd=miss`},
		{rule: "EDGE007", why: "no such field", header: good},
		{rule: "EDGE008", why: "an edge that says nothing", fire: true, header: good, edit: onSide(lint.SideEdge)},
		{rule: "EDGE008", why: "an edge that says something", header: good + "|X-Cache: HIT", edit: onSide(lint.SideEdge)},
		{rule: "EDGE008", why: "an origin", header: good, edit: onSide(lint.SideOrigin)},
		{rule: "EDGE008", why: "an unknown side", header: good},
		{rule: "EDGE009", why: "a second short", fire: true, header: good + "|Cache-Status: C; hit; ttl=7199", window: beforeEnd, fix: "s-maxage=7200"},
		{rule: "EDGE009", why: "to the end", header: good + "|Cache-Status: C; hit; ttl=7200", window: beforeEnd},
		{rule: "EDGE009", why: "Fastly's own figure", fire: true, header: good + "|Fastly-Debug-TTL: H cache-fra-FRA 600.9 86400.000 22", window: beforeEnd},
		{rule: "EDGE009", why: "no window", header: good + "|Cache-Status: C; hit; ttl=7199"},
		{rule: "EDGE009", why: "another copy is planned", header: good + "|Cache-Status: C; hit; ttl=7199", window: beforeEnd, edit: planned},
		{rule: "EDGE009", why: "not critical", header: good + "|Cache-Status: C; hit; ttl=7199", window: beforeEnd, priority: crawl.High},
		{rule: "EDGE010", why: "hit and fwd", fire: true, header: good + "|Cache-Status: C; hit; fwd=stale"},
		{rule: "EDGE010", why: "each in a member of its own", header: good + "|Cache-Status: A; hit, B; fwd=miss"},
		{rule: "EDGE010", why: "no hit", header: good + "|Cache-Status: C; hit=?0; fwd=miss"},
		{rule: "EDGE011", why: "parent hits", fire: true, header: good + `|Cache-Status: "Netlify Durable"; hit|Cache-Status: "Netlify Edge"; fwd=miss`},
		{rule: "EDGE011", why: "another tier hits", fire: true, header: good + "|X-Cache: TCP_REMOTE_HIT|X-Azure-Ref: 0abc"},
		{rule: "EDGE011", why: "the edge hits", header: good + "|X-Cache: TCP_HIT|X-Azure-Ref: 0abc"},
		{rule: "EDGE011", why: "nobody hits", header: good + `|Cache-Status: "Netlify Durable"; fwd=miss|Cache-Status: "Netlify Edge"; fwd=miss`},
		{rule: "EDGE011", why: "while priming", header: good + "|X-Cache: TCP_REMOTE_HIT|X-Azure-Ref: 0abc", edit: onPass(edge.Prime)},
		{rule: "EDGE012", why: "a key", fire: true, header: good + `|Cache-Status: C; hit; key="GET a"`},
		{rule: "EDGE012", why: "no key", header: good + "|Cache-Status: C; hit"},
		{rule: "EDGE012", why: "debug fields", fire: true, header: good + "|X-Cache-Key: S/L/1/2/000/a.example/"},
		{rule: "EDGE012", why: "debug fields that were asked for", header: good + "|X-Cache-Key: S/L/1/2/000/a.example/", sent: "Pragma: akamai-x-get-cache-key"},
		{rule: "EDGE012", why: "Pragma without Akamai's words", fire: true, header: good + "|X-Cache-Key: S/L/1/2/000/a.example/", sent: "Pragma: no-cache"},
		{rule: "EDGE012", why: "Fastly was asked", header: good + "|Fastly-Debug-Path: (D cache-fra-1 1)", sent: "Fastly-Debug: 1"},
	}
}
