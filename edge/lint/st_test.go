package lint_test

import (
	"time"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// stRows are the rows of the rules of storability.
func stRows() []ruleRow {
	return append(stForbiddenRows(), stOtherRows()...)
}

func stForbiddenRows() []ruleRow {
	oneDay := policy.Settings{EdgeTTL: new(24 * time.Hour)}
	return []ruleRow{
		{rule: "ST001", fire: true, header: "Cache-Control: no-store, max-age=60", at: "no-store"},
		{rule: "ST001", fire: true, why: "status that is not understood", status: 399, header: "Cache-Control: no-store, must-understand"},
		{rule: "ST001", why: "must-understand with a status that is", header: "Cache-Control: no-store, must-understand, max-age=60"},
		{rule: "ST001", why: "not critical", header: "Cache-Control: no-store", priority: "high"},
		{rule: "ST001", why: "its own field permits", header: "Cache-Control: no-store|CDN-Cache-Control: max-age=60", profile: named("cloudflare")},
		{rule: "ST001", fire: true, why: "its own field forbids", header: "CDN-Cache-Control: max-age=60, no-store", profile: named("cloudflare"), at: "no-store"},
		{rule: "ST001", why: "Fastly ignores it", header: "Cache-Control: no-store, max-age=60", profile: named("fastly-vcl")},
		{rule: "ST001", why: "an edge TTL is declared", header: "Cache-Control: no-store", profile: named("akamai", oneDay)},
		{rule: "ST001", why: "nobody declared", fire: true, header: "Cache-Control: no-store", profile: named("akamai"), severity: lint.Warning},
		{rule: "ST001", why: "the edge keeps it all the same", header: "Cache-Control: no-store|CF-Cache-Status: HIT"},
		{rule: "ST001", why: "the edge passed it", fire: true, header: "Cache-Control: no-store|CF-Cache-Status: BYPASS"},
		{rule: "ST002", fire: true, header: "Cache-Control: private, max-age=60", at: "private"},
		{rule: "ST002", why: "names a field", header: `Cache-Control: private="Set-Cookie", max-age=60`},
		{rule: "ST002", why: "not critical", header: "Cache-Control: private", priority: "low"},
		{rule: "ST002", why: "Google is told to cache all", header: "Cache-Control: private", profile: named("gcp", policy.Settings{CacheMode: "force-cache-all"})},
		{rule: "ST003", at: "Set-Cookie", fire: true, header: "Cache-Control: max-age=60|Set-Cookie: a=b"},
		{rule: "ST003", why: "nothing to store", header: "Cache-Control: no-store|Set-Cookie: a=b"},
		{rule: "ST003", why: "another field", header: "Cache-Control: max-age=60|Set-Cookie2: a=b"},
		{rule: "ST003", fire: true, why: "the cookie is all that is wrong", header: "Cache-Control: no-store|CDN-Cache-Control: max-age=60|Set-Cookie: a=b", profile: named("gcp")},
		{rule: "ST004", fire: true, header: "Cache-Control: max-age=60", sent: "authorization: "},
		{rule: "ST004", why: "permitted", header: "Cache-Control: s-maxage=60", sent: "Authorization: x"},
		{rule: "ST004", why: "permitted by a flag", header: "Cache-Control: max-age=60, must-revalidate", sent: "Authorization: x"},
		{rule: "ST004", why: "anonymous", header: "Cache-Control: max-age=60", sent: "Accept: */*"},
		{rule: "ST004", why: "nginx stores it", header: "Cache-Control: max-age=60", sent: "Authorization: x", profile: named("nginx")},
		{rule: "ST005", fire: true, edit: func(r *lint.Response) { r.Method = "POST" }},
		{rule: "ST005", edit: func(r *lint.Response) { r.Method = "HEAD" }},
		{rule: "ST006", fire: true, status: 302, header: "Location: /x"},
		{rule: "ST006", why: "heuristic status", status: 301, header: "Location: /x"},
		{rule: "ST006", why: "public", status: 302, header: "Location: /x|Cache-Control: public"},
		{rule: "ST006", why: "Cloudflare keeps it by default", status: 302, url: "https://www.example/x.js", header: "Location: /x", profile: named("cloudflare")},
		{rule: "ST007", at: "*", fire: true, header: "Vary: Accept|Vary: Origin, *"},
		{rule: "ST007", why: "a name with a star", header: "Vary: X-*"},
		{rule: "ST007", why: "not critical", header: "Vary: *", priority: "low"},
		{rule: "ST007", why: "Cloudflare ignores Vary", header: "Vary: *", profile: named("cloudflare")},
		{rule: "ST007", why: "it was a hit", header: "Vary: *|X-Cache-Status: HIT"},
	}
}

func stOtherRows() []ruleRow {
	minute := policy.Settings{MinTTL: new(time.Minute)}
	return []ruleRow{
		{rule: "ST008", fire: true, header: "Cache-Control: no-cache", at: "no-cache"},
		{rule: "ST008", why: "ETag", header: `Cache-Control: no-cache|ETag: "a"`},
		{rule: "ST008", why: "Last-Modified", header: "Cache-Control: no-cache|Last-Modified: Mon, 30 Nov 2026 14:00:00 GMT"},
		{rule: "ST008", why: "no-store is said", header: "Cache-Control: no-cache, no-store"},
		{rule: "ST008", why: "one field", header: `Cache-Control: no-cache="x", max-age=60`},
		{rule: "ST009", fire: true, header: "Cache-Control: max-age=0", fix: "Cache-Control: max-age=0, s-maxage=3600"},
		{rule: "ST009", why: "a second", header: "Cache-Control: max-age=1"},
		{rule: "ST009", why: "stale meanwhile", header: "Cache-Control: max-age=0, stale-while-revalidate=60"},
		{rule: "ST009", fire: true, why: "no-cache forbids stale", header: "Cache-Control: no-cache, stale-while-revalidate=60", at: "no-cache"},
		{rule: "ST009", why: "its own field", header: "Cache-Control: no-cache|CDN-Cache-Control: max-age=60", profile: named("vercel")},
		{rule: "ST009", fire: true, why: "its own field says so", header: "CDN-Cache-Control: max-age=0", profile: named("vercel"), fix: "CDN-Cache-Control: max-age=3600"},
		{rule: "ST009", why: "consumed", header: "Cache-Control: public, max-age=0, must-revalidate", profile: named("vercel")},
		{rule: "ST009", why: "not critical", header: "Cache-Control: max-age=0", priority: "high"},
		{rule: "ST010", fire: true, header: `Cache-Control: max-age=60, no-cache="Set-Cookie, X"`, at: `no-cache="Set-Cookie, X"`},
		{rule: "ST010", fire: true, header: `Cache-Control: private=x`},
		{rule: "ST010", why: "an empty list", header: `Cache-Control: no-cache=""`},
		{rule: "ST011", fire: true, header: "Cache-Control: max-age=60, must-understand", at: "must-understand"},
		{rule: "ST011", header: "Cache-Control: must-understand, no-store"},
		{rule: "ST012", fire: true, header: "Cache-Control: public, max-age=60|Cache-Control: private", at: "private"},
		{rule: "ST012", why: "one field is private", header: `Cache-Control: public, private="Set-Cookie"`},
		{rule: "ST013", fire: true, header: "Cache-Control: public, max-age=60", at: "public"},
		{rule: "ST013", why: "no lifetime", header: "Cache-Control: public"},
		{rule: "ST013", why: "credentials need it", header: "Cache-Control: public, max-age=60", sent: "Authorization: x"},
		{rule: "ST014", fire: true, url: "https://www.example/sale", header: "CF-Cache-Status: dynamic", profile: named("cloudflare")},
		{rule: "ST014", why: "an extension", header: "CF-Cache-Status: DYNAMIC", profile: named("cloudflare")},
		{rule: "ST014", why: "a rule", url: "https://www.example/sale", header: "CF-Cache-Status: DYNAMIC", profile: named("cloudflare", policy.Settings{CacheRule: true})},
		{rule: "ST014", why: "a miss", url: "https://www.example/sale", header: "CF-Cache-Status: MISS", profile: named("cloudflare")},
		{rule: "ST014", why: "not critical", url: "https://www.example/sale", header: "CF-Cache-Status: DYNAMIC", profile: named("cloudflare"), priority: "low"},
		{rule: "ST014", why: "another CDN", url: "https://www.example/sale", header: "CF-Cache-Status: DYNAMIC"},
		{rule: "ST015", fire: true, header: "Content-Length: 536870913", profile: named("cloudflare")},
		{rule: "ST015", why: "the most", header: "Content-Length: 536870912", profile: named("cloudflare")},
		{rule: "ST015", why: "a hit", header: "Content-Length: 536870913|CF-Cache-Status: HIT", profile: named("cloudflare")},
		{rule: "ST015", why: "no limit", header: "Content-Length: 536870913"},
		{rule: "ST016", fire: true, header: "Cache-Control: no-store, max-age=60", profile: named("fastly-vcl"), at: "no-store"},
		{rule: "ST016", fire: true, header: "Cache-Control: s-maxage=60, no-cache", profile: named("fastly-vcl"), at: "no-cache"},
		{rule: "ST016", why: "private", header: "Cache-Control: no-store, private, max-age=60", profile: named("fastly-vcl")},
		{rule: "ST016", why: "no lifetime", header: "Cache-Control: no-store, max-age=0", profile: named("fastly-vcl")},
		{rule: "ST016", why: "meant for browsers", header: "Cache-Control: no-store, max-age=60|Surrogate-Control: max-age=9", profile: named("fastly-vcl")},
		{rule: "ST016", why: "a cookie", header: "Cache-Control: no-store, max-age=60|Set-Cookie: a=b", profile: named("fastly-vcl")},
		{rule: "ST016", why: "another CDN", header: "Cache-Control: no-store, max-age=60"},
		{rule: "ST017", fire: true, header: "Cache-Control: max-age=0, no-cache", profile: named("cloudfront", minute), at: "no-cache"},
		{rule: "ST017", fire: true, header: "Cache-Control: private", profile: named("cloudfront", minute)},
		{rule: "ST017", why: "no minimum", header: "Cache-Control: no-cache", profile: named("cloudfront")},
		{rule: "ST017", why: "one field", header: `Cache-Control: max-age=60, no-cache="x"`, profile: named("cloudfront", minute)},
		{rule: "ST018", fire: true, header: "Vary: Accept-Encoding, Cookie", profile: named("gcp")},
		{rule: "ST018", why: "accepted", header: "Vary: Accept-Encoding, Accept, origin", profile: named("gcp")},
		{rule: "ST018", fire: true, header: "Set-Cookie: a=b", profile: named("gcp"), fix: "strip"},
		{rule: "ST018", fire: true, header: "Vary: Accept-Encoding, Accept", profile: named("akamai")},
		{rule: "ST018", header: "Vary: Accept-Encoding|Set-Cookie: a=b", profile: named("akamai")},
		{rule: "ST018", why: "a hit", header: "Vary: Accept|X-Cache: TCP_HIT from a.deploy.akamaitechnologies.com (AkamaiGHost/1) (-)", profile: named("akamai")},
		{rule: "ST018", why: "another CDN", header: "Vary: Accept-Encoding, Cookie", profile: named("netlify")},
	}
}
