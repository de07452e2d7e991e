package lint_test

import (
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// errRows are the rows of the rules of errors and redirects.
func errRows() []ruleRow {
	negative := policy.Settings{NegativeTTL: new(30 * time.Second)}
	moved := func(r *lint.Response) { r.Asset.Status, r.Asset.Location = 301, "https://www.example/x" }
	return []ruleRow{
		{rule: "ERR001", fire: true, status: 404},
		{rule: "ERR001", header: "Cache-Control: max-age=60"},
		{rule: "ERR001", why: "not critical", status: 404, priority: "low"},
		{rule: "ERR001", fire: true, why: "no condition", status: 304, sent: "Accept: */*"},
		{rule: "ERR001", why: "our condition", status: 304, sent: `If-None-Match: "a"`},
		{rule: "ERR001", why: "our other condition", status: 304, sent: "if-modified-since: x"},
		{rule: "ERR001", fire: true, why: "no range asked for", status: 206},
		{rule: "ERR001", why: "our range", status: 206, sent: "Range: bytes=0-"},
		{rule: "ERR001", why: "moved as discovery saw", status: 301, header: "Location: /x", edit: moved},
		{rule: "ERR001", fire: true, why: "moved elsewhere", status: 301, header: "Location: /y", edit: moved},
		{rule: "ERR001", why: "a challenge is no evidence", status: 403, edit: func(r *lint.Response) { r.Observation.Challenge = "x" }},
		{rule: "ERR002", fire: true, status: 404, header: "Cache-Control: max-age=61"},
		{rule: "ERR002", why: "a minute", status: 404, header: "Cache-Control: max-age=61|Age: 1"},
		{rule: "ERR002", fire: true, status: 501, header: "Cache-Control: max-age=61"},
		{rule: "ERR002", why: "another status", status: 403, header: "Cache-Control: max-age=61"},
		{rule: "ERR002", why: "not kept", status: 404, header: "Cache-Control: max-age=61, no-store"},
		{rule: "ERR002", fire: true, why: "a negative TTL is declared", status: 404, profile: named("nginx", negative)},
		{rule: "ERR002", why: "a short default is none", status: 404, profile: named("cloudfront")},
		{rule: "ERR002", fire: true, why: "a long default is", status: 404, profile: named("cloudflare")},
		{rule: "ERR003", fire: true, status: 503, header: "Cache-Control: max-age=1"},
		{rule: "ERR003", why: "no lifetime", status: 503, header: "Cache-Control: max-age=0"},
		{rule: "ERR003", why: "not stored", status: 503, header: "Cache-Control: max-age=1, no-store"},
		{rule: "ERR003", why: "not the server's", status: 499, header: "Cache-Control: max-age=1"},
		{rule: "ERR004", fire: true, status: 302, header: "Location: /x|Cache-Control: max-age=1"},
		{rule: "ERR004", fire: true, status: 307, header: "Location: /x|Cache-Control: max-age=1"},
		{rule: "ERR004", why: "permanent", status: 308, header: "Location: /x|Cache-Control: max-age=1"},
		{rule: "ERR004", why: "always asked", status: 303, header: "Location: /x|Cache-Control: no-cache, max-age=1"},
		{rule: "ERR004", why: "no lifetime", status: 302, header: "Location: /x|Cache-Control: max-age=0"},
		{rule: "ERR005", fire: true, status: 308, header: "Location: /x"},
		{rule: "ERR005", why: "stated", status: 301, header: "Location: /x|Cache-Control: max-age=0"},
		{rule: "ERR005", fire: true, why: "only for shared caches", status: 301, header: "Location: /x|Cache-Control: s-maxage=60"},
		{rule: "ERR005", why: "not kept", status: 301, header: "Location: /x|Cache-Control: no-store"},
		{rule: "ERR005", why: "temporary", status: 302, header: "Location: /x"},
		{rule: "ERR006", fire: true, header: "Content-Type: text/html"},
		{rule: "ERR006", why: "a page", header: "Content-Type: text/html", kind: crawl.Document},
		{rule: "ERR006", why: "what it should be", header: "Content-Type: text/css"},
		{rule: "ERR007", fire: true, status: 301, header: "Cache-Control: max-age=60"},
		{rule: "ERR007", fire: true, status: 307, header: "Location: "},
		{rule: "ERR007", status: 301, header: "Location: /x"},
		{rule: "ERR007", why: "may offer choices", status: 300},
		{rule: "ERR008", fire: true, status: 429, header: "Retry-After: 5"},
		{rule: "ERR008", fire: true, status: 503, header: "Retry-After: Tue, 01 Dec 2026 14:00:00 GMT"},
		{rule: "ERR008", why: "does not say when", status: 503},
		{rule: "ERR008", why: "another failure", status: 502, header: "Retry-After: 5"},
	}
}
