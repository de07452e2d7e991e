package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	gcp, _ := policy.Named("gcp")
	akamai, _ := policy.Named("akamai")
	for want, c := range map[string]struct {
		profile  policy.Profile
		settings policy.Settings
	}{
		"edge_ttl is -1s; set 0s to 596523h14m8s":                                                  {gcp, policy.Settings{EdgeTTL: seconds(-1)}},
		"min_ttl is -1s; set 0s to 596523h14m8s":                                                   {gcp, policy.Settings{MinTTL: seconds(-1)}},
		"max_ttl is -1s; set 0s to 596523h14m8s":                                                   {gcp, policy.Settings{MaxTTL: seconds(-1)}},
		"default_ttl is -1s; set 0s to 596523h14m8s":                                               {gcp, policy.Settings{DefaultTTL: seconds(-1)}},
		"negative_ttl is 596523h14m9s; set 0s to 596523h14m8s":                                     {gcp, policy.Settings{NegativeTTL: seconds(1<<31 + 1)}},
		"min_ttl 2s is above max_ttl 1s; lower one or raise the other":                             {gcp, policy.Settings{MinTTL: seconds(2), MaxTTL: seconds(1)}},
		`profile rfc9111 has no cache_mode; remove "max-age"`:                                      {policy.RFC9111(), policy.Settings{CacheMode: "max-age"}},
		`set one of cache-all-static, force-cache-all, use-origin-headers`:                         {gcp, policy.Settings{CacheMode: "max-age"}},
		`set one of bypass-cache, cache-control, cache-control-and-expires, expires, max-age, no-`: {akamai, policy.Settings{CacheMode: "undeclared"}},
	} {
		err := c.profile.Accepts(c.settings)
		require.ErrorIs(t, err, policy.ErrSettings, want)
		assert.ErrorContains(t, err, want)
	}
	assert.NoError(t, gcp.Accepts(policy.Settings{}))
	assert.NoError(t, gcp.Accepts(policy.Settings{MinTTL: seconds(0), MaxTTL: seconds(1 << 31), CacheMode: "force-cache-all"}))
}

func TestAModeThatTheProfileDoesNotKnowChangesNothing(t *testing.T) {
	t.Parallel()
	gcp, _ := policy.Named("gcp")
	assert.Equal(t, gcp.Facts(), gcp.With(policy.Settings{CacheMode: "max-age"}).Facts())
	forced := gcp.With(policy.Settings{CacheMode: "force-cache-all"})
	assert.NotEqual(t, gcp.Facts(), forced.Facts())
	assert.Equal(t, forced.Facts(), forced.With(policy.Settings{}).Facts(), "a mode stays")
	assert.Equal(t, gcp.Facts(), forced.With(policy.Settings{CacheMode: "cache-all-static"}).Facts())
}

func TestSettingsAreFactsAndLeaveTheProfileAlone(t *testing.T) {
	t.Parallel()
	cloudflare, _ := policy.Named("cloudflare")
	before := cloudflare.Facts()
	declared := cloudflare.With(policy.Settings{IgnoresQuery: true, CacheRule: true}).With(policy.Settings{DefaultTTL: seconds(5)})
	facts := declared.Facts()
	require.Len(t, facts, len(before)+3)
	assert.Equal(t, policy.Fact{ID: "declared-cache-rule", Says: "cache_rule is declared", Source: "declared by the owner"}, facts[len(before)])
	assert.Equal(t, "declared-default-ttl", facts[len(before)+2].ID)
	assert.Equal(t, before, cloudflare.Facts())
	assert.True(t, declared.Behaviour().IgnoresQuery)
	assert.False(t, cloudflare.Behaviour().IgnoresQuery)
	assert.NotEmpty(t, cloudflare.Behaviour().Extensions)
	assert.Zero(t, policy.RFC9111().Behaviour())
}

func TestSettingsOfAHandMadeProfile(t *testing.T) {
	t.Parallel()
	mine := policy.Profile{Name: "mine", Shared: true, Targets: []string{"CDN-Cache-Control"}}.
		With(policy.Settings{MaxTTL: seconds(60)}).With(policy.Settings{ServeStale: true})
	assert.Equal(t, "mine", mine.Name)
	assert.Equal(t, []string{"CDN-Cache-Control"}, mine.Targets)
	p := policy.Evaluate(policy.Request{}, policy.Response{Status: 200, Header: header("CDN-Cache-Control", "max-age=90")}, now(), now(), mine)
	assert.Equal(t, time.Minute, p.Lifetime)
	assert.True(t, p.ServesOnError(now().Add(time.Hour)))
}

func TestStaleUnderSettings(t *testing.T) {
	t.Parallel()
	const cc = "max-age=60, stale-while-revalidate=60, stale-if-error=60"
	late := now().Add(90 * time.Second)
	plain := under(t, "cloudflare", policy.Settings{}, 200, "Cache-Control", cc)
	assert.Equal(t, policy.StateSWR, plain.State(late))
	assert.True(t, plain.ServesOnError(late))
	archived := under(t, "cloudflare", policy.Settings{AlwaysOnline: true}, 200, "Cache-Control", cc)
	assert.Equal(t, policy.StateStale, archived.State(late))
	assert.False(t, archived.ServesOnError(late))
	assert.Equal(t, []string{"declared-always-online"}, ids(archived))

	kept := under(t, "cloudflare", policy.Settings{ServeStale: true}, 200, "Cache-Control", "max-age=60")
	assert.True(t, kept.ServesOnError(now().Add(time.Hour)))
	assert.Equal(t, policy.StateStale, kept.State(late))
	assert.Equal(t, []string{"declared-serve-stale"}, ids(kept))
	strict := under(t, "cloudflare", policy.Settings{ServeStale: true}, 200, "Cache-Control", "max-age=60, must-revalidate")
	assert.False(t, strict.ServesOnError(late))
	assert.Empty(t, ids(strict), "what changes nothing explains nothing")

	assert.Equal(t, policy.StateSWR, under(t, "vercel", policy.Settings{}, 200, "Cache-Control", "s-maxage=60, stale-while-revalidate=60").State(late))
	assert.Equal(t, policy.StateSWR, under(t, "gcp", policy.Settings{}, 200, "Cache-Control", "max-age=60").State(late))
	assert.Equal(t, policy.StateStale, under(t, "gcp", policy.Settings{}, 200, "Cache-Control", "max-age=60, stale-while-revalidate=0").State(late))
	assert.False(t, under(t, "gcp", policy.Settings{}, 200, "Cache-Control", cc+", must-revalidate").ServesOnError(late))
	surrogate := under(t, "fastly-vcl", policy.Settings{}, 200, "Cache-Control", cc,
		"Surrogate-Control", "max-age=60, stale-while-revalidate=0, stale-if-error=10")
	assert.Equal(t, policy.StateStale, surrogate.State(late))
	assert.Equal(t, 10*time.Second, surrogate.SIE)
}

func TestCloudflareGoesByExtension(t *testing.T) {
	t.Parallel()
	for url, reason := range map[string]string{
		"https://example.com/app.css":            "",
		"https://example.com/a.b/APP.CSS?x=.php": "",
		"/app.js#x":                              "",
		"https://example.com/robots.txt":         "",
		"https://example.com/humans.txt":         policy.ReasonNotEligible,
		"https://example.com/css":                policy.ReasonNotEligible,
		"https://example.com/x.css/":             policy.ReasonNotEligible,
		"https://example.com":                    policy.ReasonNotEligible,
		"https://example.css":                    policy.ReasonNotEligible,
		"https://example.com/?a=/b.css":          policy.ReasonNotEligible,
		"?a.css":                                 policy.ReasonNotEligible,
		"https://example.com/index.html":         policy.ReasonNotEligible,
		"https://example.com/data.json":          policy.ReasonNotEligible,
		"":                                       policy.ReasonUnknown,
	} {
		p := asked(policy.Request{URL: url}, with(t, "cloudflare", policy.Settings{}))
		assert.Equal(t, reason, p.Reason, url)
		assert.Equal(t, url != "", p.StorableKnown, url)
		assert.True(t, p.LifetimeKnown, url)
		ruled := asked(policy.Request{URL: url}, with(t, "cloudflare", policy.Settings{CacheRule: true}))
		assert.True(t, ruled.Storable, url)
		forced := asked(policy.Request{URL: url}, with(t, "cloudflare", policy.Settings{EdgeTTL: seconds(5)}))
		assert.True(t, forced.Storable, url)
	}
}

func TestCloudflareTellsWhatIsEligible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, status, reason string }{
		{"/", "HIT", ""},
		{"/", "MISS", ""},
		{"", "expired", ""},
		{"/", "DYNAMIC", policy.ReasonNotEligible},
		{"/a.css", " Dynamic ", policy.ReasonNotEligible},
		{"", "DYNAMIC", policy.ReasonNotEligible},
		{"/", "NONE", policy.ReasonNotEligible},
		{"/a.css", "none/unknown", ""},
		{"", "UNKNOWN", policy.ReasonUnknown},
	} {
		res := policy.Response{Status: 200, Header: header("Cache-Control", "max-age=60", "CF-Cache-Status", c.status)}
		p := policy.Evaluate(policy.Request{URL: c.url}, res, now(), now(), with(t, "cloudflare", policy.Settings{}))
		assert.Equal(t, c.reason, p.Reason, c)
	}
}

func TestWhatBeatsNoCacheIsReused(t *testing.T) {
	t.Parallel()
	beaten := under(t, "cloudfront", policy.Settings{MinTTL: seconds(60)}, 200, "Cache-Control", "no-cache, max-age=5")
	assert.Equal(t, policy.StateFresh, beaten.State(now().Add(59*time.Second)))
	qualified := under(t, "cloudfront", policy.Settings{MinTTL: seconds(60)}, 200, "Cache-Control", `private="x", max-age=90`)
	assert.Equal(t, 90*time.Second, qualified.Lifetime)
	exactly := under(t, "cloudfront", policy.Settings{MinTTL: seconds(60), MaxTTL: seconds(60)}, 200, "Cache-Control", "max-age=60")
	assert.Equal(t, policy.BasisMaxAge, exactly.Basis)
	none := under(t, "cloudfront", policy.Settings{MinTTL: seconds(0)}, 200, "Cache-Control", "no-cache, max-age=5")
	assert.Equal(t, policy.StateStale, none.State(now()))
	ruled := under(t, "fastly-vcl", policy.Settings{EdgeTTL: seconds(60)}, 200, "Cache-Control", "private, no-cache")
	assert.Equal(t, policy.StateFresh, ruled.State(now()))
	assert.Equal(t, policy.ReasonSetCookie, under(t, "fastly-vcl", policy.Settings{EdgeTTL: seconds(60)}, 200, "Set-Cookie", "a=b").Reason)
}

func TestAccelExpires(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header   []string
		reason   string
		lifetime time.Duration
		basis    policy.Basis
	}{
		{[]string{"X-Accel-Expires", "60"}, "", time.Minute, policy.BasisAccel},
		{[]string{"x-accel-expires", " 60 ", "Cache-Control", "no-store, no-cache, private"}, "", time.Minute, policy.BasisAccel},
		{[]string{"X-Accel-Expires", "60", "Cache-Control", "max-age=0"}, "", time.Minute, policy.BasisAccel},
		{[]string{"X-Accel-Expires", "@1796137200"}, "", time.Hour, policy.BasisAccel}, // 15:00
		{[]string{"X-Accel-Expires", "@1796130000", "Cache-Control", "max-age=9"}, policy.ReasonStale, 0, policy.BasisAccel},
		{[]string{"X-Accel-Expires", "0", "Cache-Control", "max-age=9"}, policy.ReasonStale, 0, policy.BasisAccel},
		{[]string{"X-Accel-Expires", "x", "Cache-Control", "max-age=9"}, "", 9 * time.Second, policy.BasisMaxAge},
		{[]string{"X-Accel-Expires", "@x", "Cache-Control", "max-age=9"}, "", 9 * time.Second, policy.BasisMaxAge},
		{[]string{"X-Accel-Expires", "60", "Set-Cookie", "a=b"}, policy.ReasonSetCookie, time.Minute, policy.BasisAccel},
	} {
		p := under(t, "nginx", policy.Settings{}, 200, c.header...)
		assert.Equal(t, c.reason, p.Reason, c.header)
		assert.Equal(t, c.lifetime, p.Lifetime, c.header)
		assert.Equal(t, c.basis, p.Basis, c.header)
		assert.Equal(t, c.reason == "", p.State(now()) == policy.StateFresh, c.header)
	}
	assert.Equal(t, policy.BasisNone, under(t, "rfc9111", policy.Settings{}, 200, "X-Accel-Expires", "60").Basis)
}

func TestVarnishTrustsADateThatIsInStep(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		date, expires string
		lifetime      time.Duration
	}{
		{"Tue, 01 Dec 2026 13:59:51 GMT", hourOn, time.Hour},
		{"Tue, 01 Dec 2026 14:00:09 GMT", hourOn, time.Hour},
		{"Tue, 01 Dec 2026 13:59:50 GMT", hourOn, time.Hour + 10*time.Second},
		{"Tue, 01 Dec 2026 14:00:10 GMT", hourOn, time.Hour - 10*time.Second},
		{"Tue, 01 Dec 2026 14:00:09 GMT", "Tue, 01 Dec 2026 14:00:09 GMT", 9 * time.Second},
		{"Tue, 01 Dec 2026 14:00:09 GMT", "Tue, 01 Dec 2026 14:00:08 GMT", 0},
	} {
		assert.Equal(t, c.lifetime, under(t, "varnish", policy.Settings{}, 200, "Date", c.date, "Expires", c.expires).Lifetime, c)
	}
}

func TestAMinTTLOfCloudFrontBeatsVaryAny(t *testing.T) {
	t.Parallel()
	for least, reused := range map[int]bool{0: false, 9: true} {
		p := under(t, "cloudfront", policy.Settings{MinTTL: seconds(least)}, 200, "Cache-Control", "max-age=60", "Vary", "*")
		assert.Equal(t, reused, p.Reusable(), least)
		assert.True(t, p.Storable)
	}
	assert.False(t, under(t, "vercel", policy.Settings{MinTTL: seconds(9)}, 200, "Cache-Control", "s-maxage=60", "Vary", "*").Reusable())
}

func TestMethodsOfCDNs(t *testing.T) {
	t.Parallel()
	for profile, reason := range map[string]string{
		"rfc9111": "", "cloudflare": "", "fastly-vcl": "",
		"netlify": policy.ReasonMethod, "azure": policy.ReasonMethod, "gcp": policy.ReasonMethod,
	} {
		req := policy.Request{Method: "HEAD", URL: "/a.css"}
		assert.Equal(t, reason, asked(req, with(t, profile, policy.Settings{})).Reason, profile)
		req.Method = "GET"
		assert.True(t, asked(req, with(t, profile, policy.Settings{})).Storable, profile)
	}
	req := policy.Request{Header: header("Authorization", "Basic eA==")}
	assert.True(t, asked(req, with(t, "fastly-vcl", policy.Settings{})).Storable)
}

func TestFastlyCountsExpiresFromTheArrival(t *testing.T) {
	t.Parallel()
	p := under(t, "fastly-vcl", policy.Settings{}, 200, "Expires", hourOn, "Date", date, "Age", "600")
	assert.Zero(t, p.Age(now()))
	assert.Equal(t, []string{"fastly-expires-age"}, ids(p))
	assert.Equal(t, 10*time.Minute, under(t, "fastly-vcl", policy.Settings{}, 200, "Cache-Control", "max-age=3600", "Age", "600").Age(now()))
}

// TestDeviationsExplain holds that a policy names facts exactly where it differs from RFC 9111.
func TestDeviationsExplain(t *testing.T) {
	t.Parallel()
	for _, c := range cdnCases() {
		for _, profile := range policy.Names() {
			p := under(t, profile, policy.Settings{}, c.status, c.header...)
			plain := under(t, "rfc9111", policy.Settings{}, c.status, c.header...)
			if profile == "browser" {
				plain = p
			}
			same := p.Storable == plain.Storable && p.Reason == plain.Reason && p.Lifetime == plain.Lifetime && p.Basis == plain.Basis &&
				p.NoCache == plain.NoCache && p.VaryAny == plain.VaryAny && p.StaleForbidden == plain.StaleForbidden &&
				p.SWR == plain.SWR && p.SIE == plain.SIE && p.CorrectedAge == plain.CorrectedAge && p.Unknown == "" &&
				p.ServesOnError(now().Add(1<<31*time.Second)) == plain.ServesOnError(now().Add(1<<31*time.Second))
			assert.Equal(t, same, len(p.Deviations()) == 0, "%s, %d %q: %v", profile, c.status, c.header, ids(p))
		}
	}
}
