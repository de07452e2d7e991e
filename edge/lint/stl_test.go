package lint_test

import (
	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// stlRows are the rows of the rules of stale answers.
func stlRows() []ruleRow {
	w := window()
	online := named("cloudflare", policy.Settings{AlwaysOnline: true})
	return []ruleRow{
		{rule: "STL001", fire: true, header: "Cache-Control: max-age=7199", window: w},
		{rule: "STL001", why: "lives longer", header: "Cache-Control: max-age=7200", window: w},
		{rule: "STL001", why: "stale meanwhile", header: "Cache-Control: max-age=60, stale-while-revalidate=9", window: w},
		{rule: "STL001", fire: true, why: "not in force", header: "Cache-Control: s-maxage=60, stale-while-revalidate=9", window: w},
		{rule: "STL001", why: "Vercel has it in force", header: "Cache-Control: s-maxage=60, stale-while-revalidate=9", window: w, profile: named("vercel")},
		{rule: "STL001", why: "no window", header: "Cache-Control: max-age=60"},
		{rule: "STL001", why: "not critical", header: "Cache-Control: max-age=60", window: w, priority: "low"},
		{rule: "STL001", why: "not known", header: `ETag: "a"`, window: w},
		{rule: "STL002", fire: true, header: "Cache-Control: max-age=60"},
		{rule: "STL002", why: "declared in the header", header: "Cache-Control: max-age=60, stale-if-error=9"},
		{rule: "STL002", why: "declared by the owner", header: "Cache-Control: max-age=60", profile: named("nginx", policy.Settings{ServeStale: true})},
		{rule: "STL002", why: "Always Online", header: "Cache-Control: max-age=60", profile: online},
		{rule: "STL002", fire: true, why: "Google knows none", header: "Cache-Control: max-age=60, stale-if-error=9", profile: named("gcp"), fix: "lengthen"},
		{rule: "STL002", why: "not critical", header: "Cache-Control: max-age=60", priority: "high"},
		{rule: "STL002", why: "not stored", header: "Cache-Control: private"},
		{rule: "STL002", why: "outlives the window", header: "Cache-Control: max-age=7200", window: w},
		{rule: "STL002", fire: true, why: "does not", header: "Cache-Control: max-age=7199", window: w},
		{rule: "STL003", fire: true, header: "Cache-Control: max-age=60, s-maxage=60, stale-while-revalidate=9", at: "stale-while-revalidate=9"},
		{rule: "STL003", fire: true, header: "Cache-Control: max-age=60, must-revalidate, stale-if-error=9", at: "stale-if-error=9"},
		{rule: "STL003", fire: true, header: "Cache-Control: max-age=60, proxy-revalidate, stale-if-error=9"},
		{rule: "STL003", header: "Cache-Control: max-age=60, stale-while-revalidate=9, stale-if-error=9"},
		{rule: "STL003", why: "nothing to forbid", header: "Cache-Control: max-age=60, s-maxage=60, stale-if-error=0"},
		{rule: "STL003", why: "Vercel", header: "Cache-Control: s-maxage=60, stale-while-revalidate=9", profile: named("vercel")},
		{rule: "STL003", fire: true, why: "not even Vercel", header: "Cache-Control: s-maxage=60, must-revalidate, stale-while-revalidate=9", profile: named("vercel")},
		{rule: "STL003", why: "another policy", header: "Cache-Control: max-age=0, must-revalidate|CDN-Cache-Control: max-age=60, stale-if-error=9", profile: named("cloudflare")},
		{rule: "STL003", fire: true, why: "its own field", header: "CDN-Cache-Control: max-age=60, must-revalidate, stale-if-error=9", profile: named("cloudflare"), at: "stale-if-error=9"},
		{rule: "STL004", fire: true, header: "Cache-Control: max-age=60, stale-if-error=9", profile: online, at: "stale-if-error=9"},
		{rule: "STL004", why: "no window", header: "Cache-Control: max-age=60", profile: online},
		{rule: "STL004", why: "not declared", header: "Cache-Control: max-age=60, stale-if-error=9", profile: named("cloudflare")},
		{rule: "STL006", fire: true, header: "Cache-Control: max-age=60, must-revalidate", at: "must-revalidate"},
		{rule: "STL006", why: "only shared caches", header: "Cache-Control: max-age=60, proxy-revalidate"},
		{rule: "STL006", why: "a page", header: "Cache-Control: max-age=60, must-revalidate", kind: crawl.Document},
	}
}
