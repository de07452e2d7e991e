package lint_test

import (
	"slices"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// Answers and assets of many rows.
const (
	html    = "|Content-Type: text/html; charset=utf-8"
	dated   = "|Date: Tue, 01 Dec 2026 14:00:00 GMT"
	hashed  = "https://www.example/app.9f61f58d.css"
	release = "https://www.example/v3/app.css"
)

func planned(r *lint.Response) { r.Planned = true }

// ttlRows are the rows of the rules of lifetimes.
func ttlRows() []ruleRow {
	return slices.Concat(ttlWindowRows(), ttlEdgeRows(), ttlBrowserRows(), ttlStaticRows(), ttlHeaderRows(), ttlConflictRows())
}

func ttlWindowRows() []ruleRow {
	day := policy.Settings{EdgeTTL: new(24 * time.Hour)}
	minute := policy.Settings{EdgeTTL: new(time.Minute)}
	w := window()
	return []ruleRow{
		{rule: "TTL001", fire: true, header: "Cache-Control: max-age=7199", window: w, fix: "Cache-Control: max-age=7199, s-maxage=7200"},
		{rule: "TTL001", why: "just enough", header: "Cache-Control: max-age=7200", window: w},
		{rule: "TTL001", fire: true, why: "browsers' life stays", header: "Cache-Control: max-age=60, s-maxage=600", window: w, profile: named("varnish"), fix: "Cache-Control: max-age=60, s-maxage=7200"},
		{rule: "TTL001", why: "not kept", header: "Cache-Control: private, max-age=1", window: w},
		{rule: "TTL001", why: "no window", header: "Cache-Control: max-age=1"},
		{rule: "TTL001", why: "not critical", header: "Cache-Control: max-age=1", window: w, priority: "high"},
		{rule: "TTL001", fire: true, why: "age counts when measured", header: "Cache-Control: max-age=7200|Age: 1", window: w},
		{rule: "TTL001", why: "age does not when planned", header: "Cache-Control: max-age=7200|Age: 1", window: w, edit: planned},
		{rule: "TTL001", fire: true, why: "planned", header: "Cache-Control: max-age=7199", window: w, edit: planned},
		{rule: "TTL001", why: "unknown", header: `ETag: "a"`, window: w, edit: planned},
		{rule: "TTL001", why: "the edge has its own", header: "Cache-Control: max-age=0|CF-Cache-Status: HIT", window: w, edit: planned},
		{rule: "TTL001", why: "an edge TTL is declared", header: "Cache-Control: max-age=0", window: w, profile: named("azure", day)},
		{rule: "TTL001", fire: true, why: "a short one is declared", header: "Cache-Control: max-age=86400", window: w, profile: named("azure", minute), fix: "edge TTL of the cache's rule to 7200 s"},
		{rule: "TTL001", why: "nothing is declared", header: "Cache-Control: max-age=60", window: w, profile: named("akamai")},
		{rule: "TTL001", why: "its own field", header: "Cache-Control: max-age=60|CDN-Cache-Control: max-age=7200", window: w, profile: named("cloudflare")},
		{
			rule: "TTL001", fire: true, why: "its own field is short", header: "Cache-Control: max-age=7200|CDN-Cache-Control: no-cache=?0, max-age=60, private=?0", window: w,
			profile: named("cloudflare"), fix: "set CDN-Cache-Control: max-age=7200,",
		},
		{
			rule: "TTL001", fire: true, why: "Surrogate-Control decides", header: "Surrogate-Control: max-age=60|Cache-Control: max-age=7200", window: w,
			profile: named("fastly-vcl"), fix: "Surrogate-Control: max-age=7200",
		},
		{
			rule: "TTL001", fire: true, why: "X-Accel-Expires decides", header: "X-Accel-Expires: 60|Cache-Control: max-age=7200", window: w,
			profile: named("nginx"), fix: "X-Accel-Expires: 7200",
		},
		{
			rule: "TTL001", fire: true, why: "a maximum decides", header: "Cache-Control: max-age=7200", window: w,
			profile: named("cloudfront", policy.Settings{MaxTTL: new(time.Minute)}), fix: "maximum TTL to 7200 s",
		},
		{
			rule: "TTL001", fire: true, why: "stale is permitted and stays so", header: "Cache-Control: max-age=60, stale-while-revalidate=9", window: w,
			fix: "Cache-Control: stale-while-revalidate=9, max-age=7200",
		},
	}
}

func ttlEdgeRows() []ruleRow {
	return []ruleRow{
		{rule: "TTL002", fire: true, header: "Cache-Control: max-age=60|Age: 60"},
		{rule: "TTL002", why: "a second left", header: "Cache-Control: max-age=60|Age: 59"},
		{rule: "TTL002", why: "no lifetime", header: "Age: 60|Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT"},
		{rule: "TTL002", why: "the edge has its own", header: "Cache-Control: max-age=60|Age: 60|CF-Cache-Status: HIT"},
		{rule: "TTL002", why: "a declared one", header: "Cache-Control: max-age=60|Age: 60", profile: named("azure", policy.Settings{EdgeTTL: new(time.Minute)})},
		{rule: "TTL002", why: "stale on purpose", header: "Cache-Control: max-age=60, stale-while-revalidate=60|Age: 90"},
		{rule: "TTL002", fire: true, why: "beyond that", header: "Cache-Control: max-age=60, stale-while-revalidate=60|Age: 121"},
		{rule: "TTL013", fire: true, header: "Cache-Control: max-age=60|Age: 31|X-Cache-Status: HIT"},
		{rule: "TTL013", why: "half", header: "Cache-Control: max-age=60|Age: 30|X-Cache-Status: HIT"},
		{rule: "TTL013", why: "nothing to inherit", header: "Cache-Control: max-age=0, s-maxage=90|Age: 31|X-Cache-Status: HIT"},
		{
			rule: "TTL013", why: "at the origin", header: "Cache-Control: max-age=60|Age: 31|X-Cache-Status: HIT",
			edit: func(r *lint.Response) { r.Side = lint.SideOrigin },
		},
		{rule: "TTL015", fire: true, header: "Cache-Control: max-age=63072000", profile: named("cloudfront")},
		{rule: "TTL015", why: "within", header: "Cache-Control: max-age=31536000", profile: named("cloudfront")},
		{rule: "TTL015", fire: true, header: "Cache-Control: max-age=5", profile: named("cloudfront", policy.Settings{MinTTL: new(time.Minute)})},
		{rule: "TTL015", why: "another CDN", header: "Cache-Control: max-age=63072000"},
	}
}

func ttlBrowserRows() []ruleRow {
	return []ruleRow{
		{rule: "TTL003", fire: true, header: "Cache-Control: max-age=181" + html},
		{rule: "TTL003", why: "short", header: "Cache-Control: max-age=180" + html},
		{rule: "TTL003", why: "the edge's alone", header: "Cache-Control: max-age=60, s-maxage=86400" + html},
		{rule: "TTL003", why: "no page", header: "Cache-Control: max-age=181|Content-Type: text/css"},
		{rule: "TTL003", why: "asks first", header: "Cache-Control: max-age=181, no-cache" + html},
		{rule: "TTL003", why: "configured", header: "Cache-Control: max-age=181" + html, config: lint.Config{HTMLMaxAge: 181 * time.Second}},
		{rule: "TTL004", fire: true, url: hashed, header: "Cache-Control: max-age=31535999, immutable"},
		{rule: "TTL004", url: hashed, header: "Cache-Control: max-age=31536000, immutable"},
		{rule: "TTL004", fire: true, why: "no immutable", url: hashed, header: "Cache-Control: max-age=31536000"},
		{rule: "TTL004", why: "misspelt", url: hashed, header: "Cache-Control: max-age=31536000, imutable"},
		{rule: "TTL004", why: "not kept", url: hashed, header: "Cache-Control: no-store"},
		{rule: "TTL004", why: "a version needs no immutable", url: release, header: "Cache-Control: max-age=31536000"},
		{rule: "TTL004", fire: true, why: "a version", url: release, header: "Cache-Control: max-age=60"},
		{rule: "TTL004", why: "no fingerprint", header: "Cache-Control: max-age=60"},
		{rule: "TTL004", why: "a page", url: hashed, header: "Cache-Control: max-age=60" + html},
		{rule: "TTL004", fire: true, why: "asks first", url: hashed, header: "Cache-Control: no-cache"},
		{rule: "TTL005", fire: true, header: "Cache-Control: max-age=86401"},
		{rule: "TTL005", why: "a day", header: "Cache-Control: max-age=86400"},
		{rule: "TTL005", fire: true, why: "immutable", header: "Cache-Control: max-age=60, immutable", at: "immutable"},
		{rule: "TTL005", why: "fingerprint", url: hashed, header: "Cache-Control: max-age=86401"},
		{rule: "TTL005", why: "a version", url: release, header: "Cache-Control: max-age=86401"},
		{rule: "TTL005", why: "maybe a hash", url: "https://www.example/index-DiwrgTda.css", header: "Cache-Control: max-age=86401"},
		{rule: "TTL005", why: "maybe a hash in capitals", url: "https://www.example/carousel-of-the-start-page-5SOX2SSI.js", header: "Cache-Control: max-age=86401"},
		{rule: "TTL005", why: "a word", fire: true, url: "https://www.example/main-Carousel.js", header: "Cache-Control: max-age=86401"},
		{rule: "TTL005", why: "never fresh", header: "Cache-Control: max-age=0, immutable"},
		{rule: "TTL005", why: "asks first", header: "Cache-Control: max-age=86401, no-cache"},
		{rule: "TTL005", why: "configured", header: "Cache-Control: max-age=86401", config: lint.Config{UnhashedMaxAge: 48 * time.Hour}},
		{rule: "TTL005", why: "the edge's alone", header: "Cache-Control: s-maxage=864000, max-age=60"},
	}
}

func ttlStaticRows() []ruleRow {
	return []ruleRow{
		{rule: "TTL006", fire: true, header: "Cache-Control: max-age=2591999"},
		{rule: "TTL006", why: "a month", header: "Cache-Control: max-age=2592000"},
		{rule: "TTL006", why: "nothing", header: "Cache-Control: max-age=0"},
		{rule: "TTL006", why: "a document", header: "Cache-Control: max-age=60", kind: crawl.Document},
		{rule: "TTL006", why: "a guess", header: "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT"},
		{rule: "TTL016", fire: true, header: "Cache-Control: max-age=0, immutable", at: "immutable"},
		{rule: "TTL016", why: "fresh", header: "Cache-Control: max-age=1, immutable"},
		{rule: "TTL016", fire: true, header: "Cache-Control: max-age=60, no-cache, immutable"},
		{rule: "TTL016", fire: true, header: "Cache-Control: max-age=60, no-store, immutable"},
	}
}

func ttlHeaderRows() []ruleRow {
	defaultTTL := policy.Settings{DefaultTTL: new(time.Hour)}
	return []ruleRow{
		{rule: "TTL007", fire: true, header: "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT"},
		{rule: "TTL007", why: "stated", header: "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT|Cache-Control: max-age=60"},
		{rule: "TTL007", why: "no guess", header: "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT|Cache-Control: no-cache"},
		{rule: "TTL007", why: "nothing to guess from", header: `ETag: "a"`},
		{rule: "TTL007", why: "status", status: 302, header: "Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT|Cache-Control: public"},
		{rule: "TTL008", fire: true, header: "Cache-Control: public", fix: "Cache-Control: public, s-maxage=3600"},
		{rule: "TTL008", why: "stated", header: "Cache-Control: public, s-maxage=9"},
		{rule: "TTL008", why: "not critical", header: "Cache-Control: public", priority: "low"},
		{rule: "TTL008", why: "never kept", header: "Cache-Control: no-store"},
		{rule: "TTL008", why: "always asked", header: "Cache-Control: no-cache"},
		{rule: "TTL008", fire: true, why: "a default", header: "Cache-Control: public", profile: named("cloudfront")},
		{rule: "TTL008", why: "a declared default", header: "Cache-Control: public", profile: named("cloudfront", defaultTTL)},
		{rule: "TTL008", why: "Surrogate-Control", header: "Surrogate-Control: max-age=60", profile: named("fastly-vcl")},
		{rule: "TTL008", why: "consumed", header: "X-Served-By: cache-fra-1-FRA|X-Cache: HIT|X-Cache-Hits: 1|Via: 1.1 varnish|Age: 3", profile: named("fastly-vcl")},
		{rule: "TTL009", fire: true, header: "Cache-Control: max-age=31536001", severity: lint.Note, at: "max-age=31536001"},
		{rule: "TTL009", why: "a year", header: "Cache-Control: max-age=31536000"},
		{rule: "TTL009", fire: true, why: "overflows", header: "Cache-Control: max-age=31536001, stale-if-error=2147483648", at: "stale-if-error=2147483648"},
		{rule: "TTL009", fire: true, why: "as much as fits", header: "Cache-Control: s-maxage=2147483647", severity: lint.Note},
		{rule: "TTL009", why: "no delta", header: "Cache-Control: max-age=60, x=99999999999"},
		{rule: "TTL010", fire: true, header: "Cache-Control: max-age=61, s-maxage=60", at: "s-maxage=60"},
		{rule: "TTL010", why: "equal", header: "Cache-Control: max-age=60, s-maxage=60"},
		{rule: "TTL010", why: "alone", header: "Cache-Control: s-maxage=60"},
		{rule: "TTL010", why: "not a number", header: "Cache-Control: max-age=61, s-maxage=x"},
	}
}

func ttlConflictRows() []ruleRow {
	return []ruleRow{
		{rule: "TTL011", fire: true, header: "Cache-Control: max-age=60|Expires: Tue, 01 Dec 2026 14:01:05 GMT" + dated, severity: lint.Note},
		{rule: "TTL011", fire: true, why: "a second more", header: "Cache-Control: max-age=60|Expires: Tue, 01 Dec 2026 14:01:06 GMT" + dated},
		{rule: "TTL011", fire: true, why: "a second less", header: "Cache-Control: max-age=60|Expires: Tue, 01 Dec 2026 14:00:54 GMT" + dated},
		{rule: "TTL011", why: "no max-age", header: "Cache-Control: s-maxage=60|Expires: Tue, 01 Dec 2026 14:01:06 GMT" + dated},
		{rule: "TTL011", why: "no Expires", header: "Cache-Control: max-age=60" + dated},
		{rule: "TTL011", fire: true, why: "both are over", header: "Cache-Control: max-age=0|Expires: Thu, 19 Nov 1981 08:52:00 GMT" + dated, severity: lint.Note},
		{rule: "TTL011", fire: true, why: "no date", header: "Cache-Control: max-age=60|Expires: 0" + dated},
		{rule: "TTL011", fire: true, why: "a copy under a new Date", header: "Cache-Control: max-age=600|Expires: Tue, 01 Dec 2026 14:05:00 GMT|Age: 300" + dated, severity: lint.Note},
		{rule: "TTL011", fire: true, why: "a copy of another age", header: "Cache-Control: max-age=600|Expires: Tue, 01 Dec 2026 14:05:00 GMT|Age: 290" + dated},
		{
			rule: "TTL011", fire: true, why: "a copy of no age", header: "Cache-Control: max-age=600|Expires: Tue, 01 Dec 2026 14:05:00 GMT|X-Cache-Status: HIT" + dated,
			severity: lint.Note,
		},
		{rule: "TTL011", fire: true, why: "no copy", header: "Cache-Control: max-age=600|Expires: Tue, 01 Dec 2026 14:05:00 GMT|X-Cache-Status: MISS" + dated},
		{rule: "TTL011", fire: true, why: "a copy that ages backwards", header: "Cache-Control: max-age=60|Expires: Tue, 01 Dec 2026 14:05:00 GMT|X-Cache-Status: HIT" + dated},
		{rule: "TTL012", fire: true, header: "Expires: Tue, 01 Dec 2026 14:05:00 GMT" + dated},
		{rule: "TTL012", why: "max-age too", header: "Cache-Control: max-age=60|Expires: Tue, 01 Dec 2026 14:05:00 GMT" + dated},
		{rule: "TTL012", why: "no date", header: "Expires: 0" + dated},
		{rule: "TTL012", why: "two", header: "Expires: Tue, 01 Dec 2026 14:05:00 GMT|Expires: Tue, 01 Dec 2026 14:05:00 GMT" + dated},
	}
}
