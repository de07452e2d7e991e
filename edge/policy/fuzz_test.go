package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

const most = (1 << 31) * time.Second

// FuzzEvaluate reads header blocks of lines "Name: value" under one of all profiles.
func FuzzEvaluate(f *testing.F) {
	for i, seed := range []string{
		"Cache-Control: max-age=60, stale-while-revalidate=9\nExpires: " + hourOn + "\nAge: 30\nCDN-Cache-Control: max-age=600",
		"cache-control: no-store\nExpires: 0\nAge: -1\nCDN-Cache-Control: none,\nVary: *",
		"Surrogate-Control: max-age=5, no-store\nSet-Cookie: a=b\nDate: " + date + "\nLast-Modified: " + dayAgo,
		"X-Accel-Expires: @1796133600\nCache-Control: private=\"x\ncache-control: s-maxage=60; public",
		"X-Accel-Expires: 0\nContent-Length: 999999999999\nContent-Type: text/css\nVary: cookie, *",
		"Cache-Control: public, max-age=0, must-revalidate\nEdge-Control: !no-store\nPragma: no-cache",
		"Vercel-CDN-Cache-Control: max-age=1;x=\"y\"\nNetlify-CDN-Cache-Control: s-maxage=9, durable\nExpires: x\nExpires: y",
	} {
		for pick := range 4 {
			f.Add(seed, "GET", "/a.css?x", 200, uint8(4*i+pick))
			f.Add(seed, "HEAD", "", 404, uint8(28+4*i+pick))
		}
	}
	var profiles []policy.Profile
	for _, name := range policy.Names() {
		p, _ := policy.Named(name)
		profiles = append(profiles, p, p.With(policy.Settings{MinTTL: seconds(5), MaxTTL: seconds(50), DefaultTTL: seconds(7), NegativeTTL: seconds(3), ServeStale: true}))
		for _, mode := range p.Modes() {
			profiles = append(profiles, p.With(policy.Settings{CacheMode: mode, CacheRule: true, VaryRule: true, AlwaysOnline: true}))
		}
	}
	f.Fuzz(func(t *testing.T, block, method, url string, status int, pick uint8) {
		var h [][2]string
		for line := range strings.Lines(block) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			h = append(h, [2]string{name, strings.TrimPrefix(value, " ")})
		}
		req := policy.Request{Method: method, URL: url, Header: h}
		res := policy.Response{Status: status, Header: h}
		profile := profiles[int(pick)%len(profiles)]
		p := policy.Evaluate(req, res, now().Add(-time.Second), now(), profile)
		holds(t, p)
		require.Equal(t, p, policy.Evaluate(req, res, now().Add(-time.Second), now(), profile), "the same twice")
	})
}

// holds checks what is true of every policy.
func holds(t *testing.T, p policy.Policy) {
	t.Helper()
	for _, d := range []time.Duration{p.Lifetime, p.CorrectedAge, p.AgeValue, p.ApparentAge, p.SWR, p.SIE, p.Age(now().Add(time.Hour))} {
		require.True(t, d >= 0 && d <= most, "outside 0 to 2^31 s: %v", d)
	}
	require.Equal(t, p.Reason == "", p.Storable)
	require.Equal(t, !p.StorableKnown, p.Reason == policy.ReasonUnknown)
	require.Equal(t, !p.LifetimeKnown, p.Basis == policy.BasisUnknown)
	require.Equal(t, p.Unknown != "", !p.StorableKnown || !p.LifetimeKnown)
	require.Equal(t, p.Fresh(now()), p.FreshUntil().After(now()))
	require.Equal(t, p.Fresh(now()), p.Remaining(now()) > 0)
	for _, after := range []time.Duration{0, time.Minute, time.Hour, most} {
		at := now().Add(after)
		switch p.State(at) {
		case policy.StateFresh:
			require.True(t, p.Reusable() && p.Fresh(at) && p.StorableKnown && p.LifetimeKnown)
			require.True(t, p.ServesOnError(at))
		case policy.StateSWR:
			require.True(t, p.Reusable() && !p.Fresh(at) && p.SWRInForce() && !p.StaleForbidden)
		case policy.StateStale:
			require.False(t, p.Reusable() && p.Fresh(at))
		}
		if !p.Storable {
			require.False(t, p.ServesOnError(at))
		}
	}
	if p.Basis == policy.BasisNone || p.Basis == policy.BasisUnknown {
		require.Zero(t, p.Lifetime)
	}
	// What cannot be understood is never fresh.
	for _, c := range []struct {
		basis policy.Basis
		name  string
	}{{policy.BasisMaxAge, "max-age"}, {policy.BasisSMaxage, "s-maxage"}} {
		if d, ok := p.Directives.First(c.name); ok && p.Basis == c.basis && (p.Profile == "rfc9111" || p.Profile == "cdn" || p.Profile == "browser") {
			if _, number := d.Seconds(); !number {
				require.False(t, p.Fresh(now()))
			}
		}
	}
}
