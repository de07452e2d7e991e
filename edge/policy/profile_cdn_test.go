package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// under evaluates a GET of a style sheet, answered at once, under a named profile with settings.
func under(t *testing.T, profile string, s policy.Settings, status int, pairs ...string) policy.Policy {
	t.Helper()
	res := policy.Response{Status: status, Header: header(pairs...)}
	return policy.Evaluate(policy.Request{URL: "https://example.com/app.css?v=1.html"}, res, now(), now(), with(t, profile, s))
}

// with is a named profile with settings.
func with(t *testing.T, profile string, s policy.Settings) policy.Profile {
	t.Helper()
	p, ok := policy.Named(profile)
	require.True(t, ok, profile)
	require.NoError(t, p.Accepts(s))
	return p.With(s)
}

// asked evaluates the answer to a request that a minute of freshness was stated for.
func asked(req policy.Request, p policy.Profile) policy.Policy {
	res := policy.Response{Status: 200, Header: header("Cache-Control", "max-age=60")}
	return policy.Evaluate(req, res, now(), now(), p)
}

// seconds is a declared duration.
func seconds(n int) *time.Duration { return new(time.Duration(n) * time.Second) }

// ids are the facts that made the difference.
func ids(p policy.Policy) []string {
	var names []string
	for _, f := range p.Deviations() {
		names = append(names, f.ID)
	}
	return names
}

// cdnCase is one answer to a style sheet under one CDN. Reason and basis are not compared when the
// answer in question is not known.
type cdnCase struct {
	profile   string
	settings  policy.Settings
	status    int
	header    []string
	reason    string
	basis     policy.Basis
	lifetime  time.Duration
	unknown   bool // Policy.Unknown says something
	deviation []string
}

func cdnCases() []cdnCase {
	type s = policy.Settings
	return []cdnCase{
		// Cloudflare
		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=60"}, "", policy.BasisMaxAge, time.Minute, false, nil},
		{
			"cloudflare",
			s{},
			200,
			[]string{"Cache-Control", "max-age=60", "CDN-Cache-Control", "max-age=70", "Cloudflare-CDN-Cache-Control", "max-age=80"},
			"", policy.BasisMaxAge, 80 * time.Second, false,
			[]string{"cloudflare-targets"},
		},
		{
			"cloudflare",
			s{},
			200,
			[]string{"Cache-Control", "no-store", "Surrogate-Control", "max-age=9"},
			"", policy.BasisDefault, 2 * time.Hour, false,
			[]string{"cloudflare-surrogate-control", "cloudflare-default-ttl"},
		},
		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=9", "Vary", "*"}, "", policy.BasisMaxAge, 9 * time.Second, false, []string{"cloudflare-vary"}},
		{"cloudflare", s{VaryRule: true}, 200, []string{"Cache-Control", "max-age=9", "Vary", "*"}, "", policy.BasisMaxAge, 9 * time.Second, false, nil},
		{"cloudflare", s{}, 200, nil, "", policy.BasisDefault, 2 * time.Hour, false, []string{"cloudflare-default-ttl"}},
		{"cloudflare", s{}, 302, nil, "", policy.BasisDefault, 20 * time.Minute, false, []string{"cloudflare-default-ttl"}},
		{"cloudflare", s{}, 404, nil, "", policy.BasisDefault, 3 * time.Minute, false, []string{"cloudflare-default-ttl"}},
		{"cloudflare", s{}, 405, nil, policy.ReasonNoFreshness, policy.BasisNone, 0, false, []string{"cloudflare-default-ttl"}},
		{"cloudflare", s{DefaultTTL: seconds(5)}, 200, nil, "", policy.BasisDefault, 5 * time.Second, false, []string{"declared-default-ttl"}},
		{"cloudflare", s{NegativeTTL: seconds(7)}, 404, nil, "", policy.BasisDefault, 7 * time.Second, false, []string{"declared-negative-ttl"}},
		{"cloudflare", s{EdgeTTL: seconds(7)}, 200, []string{"Cache-Control", "no-store", "Set-Cookie", "a=b"}, "", policy.BasisEdgeTTL, 7 * time.Second, false, []string{"declared-edge-ttl"}},
		{"cloudflare", s{EdgeTTL: seconds(7)}, 404, []string{"Cache-Control", "max-age=9"}, "", policy.BasisMaxAge, 9 * time.Second, false, nil},
		{"cloudflare", s{EdgeTTL: seconds(7)}, 400, []string{"Cache-Control", "max-age=9"}, "", policy.BasisMaxAge, 9 * time.Second, false, nil},
		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=9", "Set-Cookie", "a=b"}, policy.ReasonUnknown, policy.BasisMaxAge, 9 * time.Second, true, []string{"cloudflare-set-cookie"}},
		{"cloudflare", s{}, 200, []string{"Cache-Control", "private", "Set-Cookie", "a=b"}, policy.ReasonPrivate, policy.BasisDefault, 2 * time.Hour, false, []string{"cloudflare-default-ttl"}},
		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=9", "Content-Length", "536870913"}, policy.ReasonTooLarge, policy.BasisMaxAge, 9 * time.Second, false, []string{"cloudflare-object-limit"}},
		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=9", "Content-Length", "536870912"}, "", policy.BasisMaxAge, 9 * time.Second, false, nil},

		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=9", "CF-Cache-Status", "dynamic"}, policy.ReasonNotEligible, policy.BasisMaxAge, 9 * time.Second, false, []string{"cloudflare-eligible"}},
		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=9", "CF-Cache-Status", "HIT"}, "", policy.BasisMaxAge, 9 * time.Second, false, nil},
		{"cloudflare", s{}, 200, []string{"Cache-Control", "max-age=6", "CDN-Cache-Control", "max-age=7"}, "", policy.BasisMaxAge, 7 * time.Second, false, []string{"cloudflare-targets"}},

		// CloudFront
		{"cloudfront", s{}, 200, nil, "", policy.BasisDefault, 24 * time.Hour, false, []string{"cloudfront-default-ttl"}},
		{"cloudfront", s{DefaultTTL: seconds(0)}, 200, nil, "", policy.BasisDefault, 0, false, []string{"declared-default-ttl"}},
		{"cloudfront", s{MinTTL: seconds(60), DefaultTTL: seconds(30)}, 200, nil, "", policy.BasisMinTTL, time.Minute, false, []string{"declared-min-ttl"}},
		{"cloudfront", s{}, 200, []string{"Cache-Control", "max-age=99999999"}, "", policy.BasisMaxTTL, 365 * 24 * time.Hour, false, []string{"cloudfront-ttl-bounds"}},
		{"cloudfront", s{MaxTTL: seconds(60)}, 200, []string{"Cache-Control", "max-age=61"}, "", policy.BasisMaxTTL, time.Minute, false, []string{"declared-max-ttl"}},
		{"cloudfront", s{MinTTL: seconds(60)}, 200, []string{"Cache-Control", "max-age=59"}, "", policy.BasisMinTTL, time.Minute, false, []string{"declared-min-ttl"}},
		{"cloudfront", s{MinTTL: seconds(60)}, 200, []string{"Cache-Control", "no-cache, no-store, private, max-age=99"}, "", policy.BasisMinTTL, time.Minute, false, []string{"cloudfront-min-ttl", "declared-min-ttl"}},
		{"cloudfront", s{}, 200, []string{"Cache-Control", "no-store"}, policy.ReasonNoStore, policy.BasisDefault, 24 * time.Hour, false, []string{"cloudfront-default-ttl"}},
		{"cloudfront", s{}, 404, nil, "", policy.BasisDefault, 10 * time.Second, false, []string{"cloudfront-errors"}},
		{"cloudfront", s{}, 503, []string{"Cache-Control", "max-age=3"}, "", policy.BasisMinTTL, 10 * time.Second, false, []string{"cloudfront-errors"}},
		{"cloudfront", s{}, 503, []string{"Cache-Control", "max-age=30"}, "", policy.BasisMaxAge, 30 * time.Second, false, nil},
		{"cloudfront", s{}, 403, []string{"Last-Modified", dayAgo, "Cache-Control", "public"}, policy.ReasonStatus, policy.BasisHeuristic, 8640 * time.Second, false, []string{"cloudfront-errors"}},
		{"cloudfront", s{}, 403, []string{"Cache-Control", "s-maxage=30"}, "", policy.BasisSMaxage, 30 * time.Second, false, nil},
		{"cloudfront", s{}, 403, []string{"Cache-Control", "max-age=30"}, "", policy.BasisMaxAge, 30 * time.Second, false, nil},
		{"cloudfront", s{}, 403, []string{"Expires", hourOn}, policy.ReasonStatus, policy.BasisExpires, time.Hour, false, []string{"cloudfront-errors"}},
		{"cloudfront", s{NegativeTTL: seconds(20)}, 403, []string{"Expires", hourOn}, "", policy.BasisExpires, time.Hour, false, nil},
		{"cloudfront", s{}, 429, []string{"Cache-Control", "s-maxage=30"}, policy.ReasonUnknown, policy.BasisSMaxage, 30 * time.Second, true, []string{"cloudfront-other-statuses"}},
		{"cloudfront", s{}, 200, []string{"Cache-Control", "s-maxage=30", "Content-Length", "32212254721"}, policy.ReasonTooLarge, policy.BasisSMaxage, 30 * time.Second, false, []string{"cloudfront-object-limit"}},
		{"cloudfront", s{}, 200, []string{"CDN-Cache-Control", "max-age=30"}, "", policy.BasisDefault, 24 * time.Hour, false, []string{"cloudfront-default-ttl"}},

		// Fastly
		{"fastly-vcl", s{}, 200, []string{"Cache-Control", "max-age=60", "Surrogate-Control", "Max-Age=70"}, "", policy.BasisSurrogate, 70 * time.Second, false, []string{"fastly-surrogate-control"}},
		{"fastly-vcl", s{}, 302, []string{"Surrogate-Control", "max-age=70"}, "", policy.BasisSurrogate, 70 * time.Second, false, []string{"fastly-surrogate-control"}},
		{"fastly-vcl", s{}, 200, []string{"Cache-Control", "max-age=60", "CDN-Cache-Control", "max-age=70"}, "", policy.BasisMaxAge, time.Minute, false, nil},
		{"fastly-vcl", s{}, 200, []string{"Cache-Control", "max-age=60, no-store"}, "", policy.BasisMaxAge, time.Minute, false, []string{"fastly-ignored-directives"}},
		{"fastly-vcl", s{}, 200, []string{"Cache-Control", "max-age=60, no-cache"}, "", policy.BasisMaxAge, time.Minute, false, []string{"fastly-ignored-directives"}},
		{"fastly-vcl", s{}, 200, []string{"Cache-Control", "max-age=60, private", "Surrogate-Control", "max-age=9"}, policy.ReasonPrivate, policy.BasisSurrogate, 9 * time.Second, false, []string{"fastly-surrogate-control"}},
		{"fastly-vcl", s{}, 200, []string{"Cache-Control", "max-age=60", "Set-Cookie", "a=b"}, policy.ReasonSetCookie, policy.BasisMaxAge, time.Minute, false, []string{"fastly-set-cookie"}},
		{"fastly-vcl", s{}, 204, []string{"Cache-Control", "max-age=60"}, policy.ReasonStatus, policy.BasisMaxAge, time.Minute, false, []string{"fastly-statuses"}},
		{"fastly-vcl", s{}, 200, nil, "", policy.BasisUnknown, 0, true, []string{"fastly-fallback-ttl"}},
		{"fastly-vcl", s{DefaultTTL: seconds(120)}, 200, nil, "", policy.BasisDefault, 2 * time.Minute, false, []string{"declared-default-ttl"}},

		// Akamai
		{"akamai", s{}, 200, []string{"Cache-Control", "max-age=60"}, policy.ReasonUnknown, policy.BasisUnknown, 0, true, []string{"akamai-undeclared"}},
		{"akamai", s{}, 200, []string{"Cache-Control", "no-store"}, policy.ReasonUnknown, policy.BasisUnknown, 0, true, []string{"akamai-undeclared"}},
		{"akamai", s{CacheMode: "no-store"}, 200, []string{"Cache-Control", "max-age=60"}, policy.ReasonStatus, policy.BasisMaxAge, time.Minute, false, []string{"akamai-no-store"}},
		{"akamai", s{CacheMode: "bypass-cache"}, 200, []string{"Cache-Control", "max-age=60"}, policy.ReasonStatus, policy.BasisMaxAge, time.Minute, false, []string{"akamai-bypass-cache"}},
		{"akamai", s{CacheMode: "max-age"}, 200, []string{"Cache-Control", "max-age=60"}, "", policy.BasisUnknown, 0, true, []string{"akamai-max-age"}},
		{"akamai", s{CacheMode: "max-age", EdgeTTL: seconds(5)}, 200, []string{"Cache-Control", "no-store, max-age=60"}, "", policy.BasisEdgeTTL, 5 * time.Second, false, []string{"declared-edge-ttl"}},
		{"akamai", s{CacheMode: "cache-control"}, 200, []string{"Cache-Control", "max-age=60", "Expires", hourOn}, "", policy.BasisMaxAge, time.Minute, false, nil},
		{"akamai", s{CacheMode: "cache-control", DefaultTTL: seconds(5)}, 200, []string{"Expires", hourOn}, "", policy.BasisDefault, 5 * time.Second, false, []string{"akamai-cache-control", "declared-default-ttl"}},
		{"akamai", s{CacheMode: "expires"}, 200, []string{"Cache-Control", "max-age=60", "Expires", hourOn}, "", policy.BasisExpires, time.Hour, false, []string{"akamai-expires"}},
		{"akamai", s{CacheMode: "cache-control-and-expires"}, 200, []string{"Cache-Control", "max-age=60", "Expires", hourOn}, "", policy.BasisExpires, time.Hour, false, []string{"akamai-later"}},
		{"akamai", s{CacheMode: "cache-control-and-expires"}, 200, []string{"Cache-Control", "max-age=6000", "Expires", hourOn}, "", policy.BasisMaxAge, 6000 * time.Second, false, nil},
		{"akamai", s{CacheMode: "cache-control"}, 200, nil, "", policy.BasisUnknown, 0, true, []string{"akamai-default-ttl"}},
		{"akamai", s{CacheMode: "cache-control"}, 200, []string{"Cache-Control", "max-age=60", "Vary", "Accept-Encoding, Origin"}, policy.ReasonVary, policy.BasisMaxAge, time.Minute, false, []string{"akamai-vary"}},
		{"akamai", s{CacheMode: "cache-control"}, 200, []string{"Cache-Control", "max-age=60", "Vary", "Accept-Encoding"}, "", policy.BasisMaxAge, time.Minute, false, nil},
		{"akamai", s{CacheMode: "cache-control"}, 200, []string{"Cache-Control", "max-age=60", "Edge-Control", "max-age=1d"}, policy.ReasonUnknown, policy.BasisUnknown, 0, true, []string{"akamai-edge-control"}},

		// Vercel
		{
			"vercel",
			s{},
			200,
			[]string{"Cache-Control", "s-maxage=6", "CDN-Cache-Control", "max-age=7", "Vercel-CDN-Cache-Control", "max-age=8"},
			"", policy.BasisMaxAge, 8 * time.Second, false,
			[]string{"vercel-targets"},
		},
		{"vercel", s{}, 200, []string{"Cache-Control", "s-maxage=6, stale-while-revalidate=9"}, "", policy.BasisSMaxage, 6 * time.Second, false, []string{"vercel-swr"}},
		{"vercel", s{}, 200, []string{"Cache-Control", "s-maxage=6, stale-if-error=9"}, "", policy.BasisSMaxage, 6 * time.Second, false, []string{"vercel-swr", "vercel-sie"}},
		{"vercel", s{}, 200, []string{"Cache-Control", "s-maxage=99999999"}, "", policy.BasisMaxTTL, 365 * 24 * time.Hour, false, []string{"vercel-swr", "vercel-max-ttl"}},
		{"vercel", s{}, 200, []string{"Last-Modified", dayAgo}, "", policy.BasisDefault, 0, false, []string{"vercel-default"}},
		{"vercel", s{}, 200, []string{"Cache-Control", "max-age=60"}, policy.ReasonUnknown, policy.BasisUnknown, 0, true, []string{"vercel-max-age"}},
		{"vercel", s{}, 200, []string{"Cache-Control", "s-maxage=6", "Vary", "RSC, Cookie"}, policy.ReasonVary, policy.BasisSMaxage, 6 * time.Second, false, []string{"vercel-swr", "vercel-vary-cookie"}},
		{"vercel", s{}, 200, []string{"Cache-Control", "public,max-age=0, Must-Revalidate"}, policy.ReasonUnknown, policy.BasisUnknown, 0, true, []string{"vercel-max-age"}},

		// Netlify
		{
			"netlify",
			s{},
			200,
			[]string{"Cache-Control", "s-maxage=6", "CDN-Cache-Control", "max-age=7", "Netlify-CDN-Cache-Control", "max-age=8, durable"},
			"", policy.BasisMaxAge, 8 * time.Second, false,
			[]string{"netlify-targets"},
		},
		{"netlify", s{}, 200, []string{"Cache-Control", "max-age=60"}, "", policy.BasisUnknown, 0, true, []string{"netlify-static"}},
		{"netlify", s{}, 200, []string{"Cache-Control", "max-age=60, s-maxage=90"}, "", policy.BasisSMaxage, 90 * time.Second, false, nil},
		{"netlify", s{}, 200, []string{"Cache-Control", "max-age=31536000"}, "", policy.BasisMaxAge, 365 * 24 * time.Hour, false, nil},
		{"netlify", s{}, 200, nil, policy.ReasonUnknown, policy.BasisUnknown, 0, true, []string{"netlify-static"}},
		{"netlify", s{}, 200, []string{"Cache-Control", "public,max-age=0,must-revalidate"}, policy.ReasonUnknown, policy.BasisUnknown, 0, true, []string{"netlify-consumed"}},

		// Google
		{"gcp", s{}, 200, []string{"Content-Type", "text/css; charset=utf-8"}, "", policy.BasisDefault, time.Hour, false, []string{"gcp-stale", "gcp-cache-all-static"}},
		{"gcp", s{}, 200, []string{"Content-Type", "Image/PNG"}, "", policy.BasisDefault, time.Hour, false, []string{"gcp-stale", "gcp-cache-all-static"}},
		{"gcp", s{DefaultTTL: seconds(5)}, 200, []string{"Content-Type", "text/css"}, "", policy.BasisDefault, 5 * time.Second, false, []string{"gcp-stale", "declared-default-ttl"}},
		{"gcp", s{DefaultTTL: seconds(5)}, 200, []string{"Content-Type", "text/html"}, policy.ReasonNoFreshness, policy.BasisNone, 0, false, []string{"gcp-stale", "gcp-cache-all-static"}},
		{"gcp", s{}, 200, []string{"Content-Type", "text/html", "Last-Modified", dayAgo}, policy.ReasonNoFreshness, policy.BasisHeuristic, 8640 * time.Second, false, []string{"gcp-stale", "gcp-cache-all-static"}},
		{"gcp", s{}, 200, []string{"Content-Type", "text/html", "CDN-Cache-Control", "max-age=9"}, "", policy.BasisMaxAge, 9 * time.Second, false, []string{"gcp-targets", "gcp-stale"}},
		{"gcp", s{}, 200, []string{"Cache-Control", "max-age=90000"}, "", policy.BasisMaxTTL, 24 * time.Hour, false, []string{"gcp-stale", "gcp-cache-all-static"}},
		{"gcp", s{CacheMode: "use-origin-headers"}, 200, []string{"Cache-Control", "max-age=90000"}, "", policy.BasisMaxAge, 25 * time.Hour, false, []string{"gcp-stale"}},
		{"gcp", s{CacheMode: "use-origin-headers"}, 200, []string{"Content-Type", "text/css"}, policy.ReasonNoFreshness, policy.BasisNone, 0, false, []string{"gcp-stale", "gcp-use-origin-headers"}},
		{"gcp", s{CacheMode: "force-cache-all"}, 200, []string{"Cache-Control", "private, no-store, max-age=3"}, "", policy.BasisDefault, time.Hour, false, []string{"gcp-stale", "gcp-force-cache-all"}},
		{"gcp", s{CacheMode: "force-cache-all", DefaultTTL: seconds(5)}, 200, []string{"Expires", hourOn}, "", policy.BasisDefault, 5 * time.Second, false, []string{"gcp-stale", "gcp-force-cache-all", "declared-default-ttl"}},
		{"gcp", s{}, 200, []string{"Cache-Control", "max-age=9", "Set-Cookie", "a=b"}, policy.ReasonSetCookie, policy.BasisMaxAge, 9 * time.Second, false, []string{"gcp-set-cookie", "gcp-stale"}},
		{"gcp", s{}, 301, nil, "", policy.BasisDefault, 10 * time.Minute, false, []string{"gcp-stale", "gcp-negative"}},
		{"gcp", s{}, 451, nil, "", policy.BasisDefault, 2 * time.Minute, false, []string{"gcp-stale", "gcp-negative"}},
		{"gcp", s{}, 501, nil, "", policy.BasisDefault, time.Minute, false, []string{"gcp-stale", "gcp-negative"}},
		{"gcp", s{}, 302, nil, policy.ReasonNoFreshness, policy.BasisNone, 0, false, []string{"gcp-stale"}},

		{"gcp", s{}, 200, []string{"Cache-Control", "max-age=9", "Vary", "Origin, Accept-Encoding"}, "", policy.BasisMaxAge, 9 * time.Second, false, []string{"gcp-stale"}},
		{"gcp", s{}, 200, []string{"Cache-Control", "max-age=9", "Vary", "Origin, User-Agent"}, policy.ReasonUnknown, policy.BasisMaxAge, 9 * time.Second, true, []string{"gcp-vary", "gcp-stale"}},

		// Azure
		{"azure", s{}, 200, []string{"Cache-Control", "max-age=9"}, "", policy.BasisMaxAge, 9 * time.Second, false, nil},
		{"azure", s{}, 200, []string{"Cache-Control", "max-age=9, no-cache"}, policy.ReasonNoCache, policy.BasisMaxAge, 9 * time.Second, false, []string{"azure-no-cache"}},
		{"azure", s{}, 200, []string{"Cache-Control", "max-age=9, stale-while-revalidate=9"}, "", policy.BasisMaxAge, 9 * time.Second, false, []string{"azure-swr"}},
		{"azure", s{}, 200, []string{"Last-Modified", dayAgo}, "", policy.BasisUnknown, 0, true, []string{"azure-default-ttl"}},
		{"azure", s{DefaultTTL: seconds(5)}, 200, nil, "", policy.BasisDefault, 5 * time.Second, false, []string{"declared-default-ttl"}},
	}
}

func TestCDNs(t *testing.T) {
	t.Parallel()
	for _, c := range cdnCases() {
		name := func(what string) []any {
			return []any{"%s of %s %+v, %d %q", what, c.profile, c.settings, c.status, c.header}
		}
		p := under(t, c.profile, c.settings, c.status, c.header...)
		assert.Equal(t, c.reason, p.Reason, name("reason")...)
		assert.Equal(t, c.reason == "", p.Storable, name("storable")...)
		assert.Equal(t, c.basis, p.Basis, name("basis")...)
		assert.Equal(t, c.lifetime, p.Lifetime, name("lifetime")...)
		assert.Equal(t, c.unknown, p.Unknown != "", name("unknown")...)
		assert.Equal(t, c.reason != policy.ReasonUnknown, p.StorableKnown, name("storable known")...)
		assert.Equal(t, c.basis != policy.BasisUnknown, p.LifetimeKnown, name("lifetime known")...)
		assert.Equal(t, c.deviation, ids(p), name("deviations")...)
	}
}
