package edge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
)

// pairs reads "Name: value" lines.
func pairs(lines ...string) [][2]string {
	var header [][2]string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		header = append(header, [2]string{name, value})
	}
	return header
}

// brief writes an outcome, whether the edge hit and the origin in short: "hit + no".
func brief(cs edge.CacheStatus) string {
	mark := "?"
	if cs.EdgeHit != nil {
		mark = map[bool]string{true: "+", false: "-"}[*cs.EdgeHit]
	}
	s := string(cs.Outcome) + " " + mark + " " + string(cs.Origin)
	if cs.Synthetic {
		s += " synthetic"
	}
	return s
}

func TestReadCacheStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, dialect, want string }{
		// RFC 9211
		{"Cache-Status: C; hit", "rfc9211", "hit + no"},
		{"cache-status: C;hit;ttl=-1", "rfc9211", "stale + no"},
		{"Cache-Status: C; hit; fwd=stale", "rfc9211", "stale + unknown"},
		{"Cache-Status: C; fwd=uri-miss; stored", "rfc9211", "miss - yes"},
		{"Cache-Status: C; fwd=vary-miss", "rfc9211", "miss - yes"},
		{"Cache-Status: C; fwd=partial", "rfc9211", "miss - yes"},
		{"Cache-Status: C; fwd=miss; collapsed", "rfc9211", "miss - unknown"},
		{"Cache-Status: C; fwd=miss; collapsed=?0", "rfc9211", "miss - yes"},
		{"Cache-Status: C; fwd=stale", "rfc9211", "expired - yes"},
		{"Cache-Status: C; fwd=stale; fwd-status=200", "rfc9211", "expired - yes"},
		{"Cache-Status: C; fwd=stale; fwd-status=304", "rfc9211", "revalidated - yes"},
		{"Cache-Status: C; fwd=method", "rfc9211", "bypass - yes"},
		{"Cache-Status: C; fwd=strange", "rfc9211", "unknown ? unknown"},
		{"Cache-Status: C", "rfc9211", "unknown ? unknown"},
		{"Cache-Status: HIT", "rfc9211", "unknown ? unknown"},
		{"Cache-Status: C; HIT", "rfc9211", "unknown ? unknown"},
		{"Cache-Status: ", "rfc9211", "unknown ? unknown"},
		{"Cache-Status: O; fwd=miss, C; hit", "rfc9211", "hit + no"},
		{"Cache-Status: O; hit|Cache-Status: C; fwd=miss", "rfc9211", "miss - yes"},
		{`Cache-Status: "a,b;hit"; fwd=miss`, "rfc9211", "miss - yes"},
		{"Cache-Status: (a b); hit", "rfc9211", "hit + no"},
		// the lenient pass
		{"Cache-Status: Souin; hit; ttl=4; key=GET-http-h-/a?b=c; detail=DEFAULT", "rfc9211", "hit + no"},
		{"Cache-Status: Souin; fwd=request; detail=CACHE-CONTROL EXTRACTION", "rfc9211", "bypass - yes"},
		{`Cache-Status: "Netlify Edge"; hit, fwd=stale`, "netlify", "stale + unknown"},
		{`Cache-Status: "Netlify Durable"; hit; ttl=9, "Netlify Edge"; fwd=miss`, "netlify", "miss - no"},
		{`Cache-Status: "Netlify Durable"; hit; ttl=9, "Netlify Edge"; fwd=stale`, "netlify", "expired - no"},
		{`Cache-Status: "Netlify Durable"; hit; fwd=stale, "Netlify Edge"; fwd=miss`, "netlify", "miss - unknown"},
		{`Cache-Status: "Netlify Durable", "Netlify Edge"; fwd=miss`, "netlify", "miss - yes"},
		{`Cache-Status: "Netlify Durable"; fwd=miss, "Netlify Edge"; fwd=miss`, "netlify", "miss - yes"},
		{`Cache-Status: "Netlify Edge"; hit, later; fwd=miss`, "netlify", "hit + no"},
		{"Cache-Status: C; key=a?b; hit=?0; fwd=miss; collapsed", "rfc9211", "miss - unknown"},
		// Squid
		{"Cache-Status: edge1;hit;detail=match", "squid", "hit + unknown"},
		{"Cache-Status: edge1;fwd=stale;detail=match", "squid", "expired - yes"},
		{"Cache-Status: edge1;hit|Via: 1.1 edge1 (squid/5.7)", "squid", "hit + unknown"},
		{"X-Cache: HIT from edge1|X-Cache-Lookup: HIT from edge1:3128", "squid", "hit + unknown"},
		{`X-Cache: HIT from edge1|Warning: 110 squid/5.7 "Response is stale"|Warning: 111 squid/5.7 "Revalidation failed"`, "squid", "stale + yes"},
		{`X-Cache: HIT from edge1|Warning: 113 squid/5.7 "This cache hit is still fresh and more than 1 day old"`, "squid", "hit + unknown"},
		{"X-Cache: MISS from edge1|X-Cache-Lookup: MISS from edge1:3128", "squid", "miss - yes"},
		{"X-Cache: MISS from edge1|X-Cache-Lookup: HIT from edge1:3128", "squid", "expired - yes"},
		{"X-Cache: MISS from edge1|X-Cache-Lookup: NONE from edge1:3128", "squid", "miss - yes"},
		{"X-Cache: MISS from parent|X-Cache: HIT from edge1", "squid", "hit + unknown"},
		// Apache httpd
		{`X-Cache: HIT from www|X-Cache-Detail: "cache hit" from www`, "httpd", "hit + no"},
		{`X-Cache: MISS from www|X-Cache-Detail: "cache miss: attempting entity save" from www`, "httpd", "miss - yes"},
		{`X-Cache: HIT from www|X-Cache-Detail: "cache hit: 503 status; stale content returned" from www`, "httpd", "stale + yes"},
		{`X-Cache: HIT from www|X-Cache-Detail: "cache hit"|Warning: 111 Revalidation failed`, "httpd", "stale + yes"},
		{"X-Cache: REVALIDATE from www", "httpd", "revalidated - yes"},
		{`X-Cache: STRANGE from www|X-Cache-Detail: "x" from www`, "httpd", "unknown ? unknown"},
		// nginx
		{"X-Cache-Status: HIT", "nginx", "hit + no"},
		{"X-Proxy-Cache: hit", "nginx", "hit + no"},
		{"X-Cache-Status: MISS", "nginx", "miss - yes"},
		{"X-Cache-Status: EXPIRED", "nginx", "expired - yes"},
		{"X-Cache-Status: STALE", "nginx", "stale + unknown"},
		{"X-Cache-Status: UPDATING", "nginx", "updating + unknown"},
		{"X-Cache-Status: REVALIDATED", "nginx", "revalidated - yes"},
		{"X-Cache-Status: BYPASS", "nginx", "bypass - yes"},
		{"X-Cache-Status: -", "nginx", "unknown ? unknown"},
		{"X-Cache-Status: SCARCE", "nginx", "unknown ? unknown"},
		{"X-Cache-Status: HIT|X-Cache-Status: HIT", "nginx", "hit + no"},
		// Varnish
		{"X-Varnish: 32770", "varnish", "miss - yes"},
		{"X-Varnish: 32770 3", "varnish", "hit + no"},
		{"X-Varnish: 32770 x", "varnish", "unknown ? unknown"},
		{"X-Varnish: none", "varnish", "unknown ? unknown"},
		{"X-Cache: HIT|X-Varnish: 32770 3", "varnish", "hit + no"},
		{"X-Cache: hit cached|Via: 1.1 varnish", "varnish", "hit + no"},
		{"X-Cache: PASS|X-Varnish: 5", "varnish", "bypass - yes"},
		// Traffic Server
		{"X-Cache: hit-fresh", "trafficserver", "hit + no"},
		{"X-Cache: hit-stale", "trafficserver", "expired - yes"},
		{"X-Cache: miss|Server: ATS/9.2.5", "trafficserver", "miss - yes"},
		{"X-Cache: skipped", "trafficserver", "bypass - yes"},
		{"X-Cache: none", "trafficserver", "unknown ? unknown"},
		// CDNs with headers of their own
		{"CF-Cache-Status: HIT", "cloudflare", "hit + no"},
		{"CF-Cache-Status: stale", "cloudflare", "stale + no"},
		{"CF-Cache-Status: UPDATING", "cloudflare", "updating + unknown"},
		{"CF-Cache-Status: DYNAMIC", "cloudflare", "dynamic - yes"},
		{"CF-Cache-Status: NONE/UNKNOWN", "cloudflare", "unknown ? no synthetic"},
		{"CF-Cache-Status: NEWWORD|Age: 9", "cloudflare", "unknown ? unknown"},
		{"X-Cache: Hit from cloudfront", "cloudfront", "hit + no"},
		{"X-Cache: HIT from origin-cache|X-Cache: Miss from CloudFront", "cloudfront", "miss - unknown"},
		{"X-Cache: Miss from cloudfront|X-Cache: HIT from office-proxy", "cloudfront", "miss - unknown"},
		{"X-Cache: RefreshHit from cloudfront", "cloudfront", "revalidated - yes"},
		{"X-Cache: Error from cloudfront", "cloudfront", "error ? unknown"},
		{"X-Cache: LimitExceeded from cloudfront", "cloudfront", "error ? no"},
		{"X-Cache: FunctionGeneratedResponse from cloudfront", "cloudfront", "unknown ? no synthetic"},
		{"X-Cache: HIT|X-Served-By: cache-lhr1-LHR", "fastly", "hit + no"},
		{"X-Cache: MISS, HIT|X-Served-By: cache-a-IAD, cache-b-LHR", "fastly", "hit + no"},
		{"X-Cache: HIT, MISS|X-Served-By: cache-a-IAD, cache-b-LHR", "fastly", "miss - no"},
		{"X-Cache: MISS, MISS|X-Served-By: cache-a-IAD, cache-b-LHR", "fastly", "miss - yes"},
		{"Fastly-Debug-TTL: M cache-a-IAD - - 0, H cache-b-LHR 41.9 86400.000 22", "fastly", "hit + no"},
		{"Fastly-Debug-TTL: M cache-b-LHR - - 0", "fastly", "miss - yes"},
		{"Fastly-Debug-TTL: - cache-b-LHR - - 0", "fastly", "unknown ? unknown"},
		{"X-Fastly-State: HIT-STALE-CLUSTER", "fastly", "stale + unknown"},
		{"X-Fastly-State: HIT-WAIT-CLUSTER", "fastly", "hit + no"},
		{"X-Fastly-State: miss-cluster-wait", "fastly", "miss - yes"},
		{"X-Fastly-State: MISS-CLUSTER-REFRESH", "fastly", "revalidated - yes"},
		{"X-Fastly-State: HIT-REFRESH-WAIT", "fastly", "revalidated - yes"},
		{"X-Fastly-State: HITPASS-CLUSTER", "fastly", "bypass - yes"},
		{"X-Fastly-State: UPGRADE-REFRESH", "fastly", "bypass - yes"},
		{"X-Fastly-State: MISS-STRANGE-CLUSTER", "fastly", "unknown ? unknown"},
		{"Fastly-Debug-TTL: (H cache-b-LHR 41.9 86400.000 22) (M cache-a-IAD - - 0)", "fastly", "hit + no"},
		{"X-Fastly-State: HIT-SYNTH", "fastly", "unknown ? no synthetic"},
		{"X-Fastly-State: PASS-WAIT", "fastly", "bypass - yes"},
		{"X-Fastly-State: BG-ERROR-PASS", "fastly", "error ? yes"},
		{"X-Fastly-State: HITPASS", "fastly", "bypass - yes"},
		{"X-Fastly-State: WHAT", "fastly", "unknown ? unknown"},
		{"X-Vercel-Cache: REVALIDATED", "vercel", "expired - yes"},
		{"X-Vercel-Cache: PRERENDER", "vercel", "hit + no"},
		{"CDN-Cache: HIT|Perma-Cache: MISS", "bunny", "hit + no"},
		{"CDN-Cache: MISS|Perma-Cache: HIT", "bunny", "miss - no"},
		{"CDN-Cache: MISS|Perma-Cache: MISS", "bunny", "miss - yes"},
		{"x-hcs-proxy-type: 1", "huawei", "hit + no"},
		{"x-qc-cache: hit", "litespeed", "hit + no"},
		{"Akamai-Cache-Status: Miss from child, Hit from parent", "akamai", "miss - no"},
		{"Akamai-Cache-Status: Miss from child, HitStale from parent", "akamai", "miss - unknown"},
		{"Akamai-Cache-Status: Miss from child, RefreshHit from parent", "akamai", "miss - yes"},
		{"Akamai-Cache-Status: RefreshHit from child, Hit from parent", "akamai", "revalidated - no"},
		{"Akamai-Cache-Status: NotCacheable from child", "akamai", "bypass - yes"},
		{"Akamai-Cache-Status: Hit from child, What from parent", "akamai", "hit + no"},
		{"X-Cache: TCP_NEGATIVE_HIT from a23.deploy.akamaitechnologies.com (AkamaiGHost/11) (-)", "akamai", "hit + no"},
		{"X-Cache: TCP_MISS from a23.akamaitechnologies.com (AkamaiGHost/11) (-)|X-Cache-Remote: TCP_HIT from b (AkamaiGHost) (-)", "akamai", "miss - no"},
		{"X-Cache: TCP_REMOTE_HIT|X-Azure-Ref: x", "azure", "hit - no"},
		{"X-Cache: N/A|X-Azure-Ref: x", "azure", "error ? unknown"},
		{"X-EC-Cache: TCP_HIT from ECD (lga/0FE8)", "edgio", "hit + no"},
		{"X-Cache: TCP_EXPIRED_MISS", "tcp", "expired - yes"},
		{"X-Cache: HIT TCP_MEM_HIT dirn:-2:-2|X-Swift-CacheTime: 9", "alibaba", "hit + no"},
		{"X-Cache: MISS TCP_REFRESH_MISS dirn:-2:-2|X-Swift-CacheTime: 9", "alibaba", "expired - yes"},
		{"X-Cache: MISS TCP_MISS dirn:-2:-2|X-Swift-CacheTime: 0", "alibaba", "bypass - yes"},
		{"X-Cache-Lookup: Hit From Disktank", "tencent", "hit + no"},
		{"X-Cache-Lookup: Cache Miss|X-Cache-Lookup: Hit From Inner Cluster", "tencent", "miss - no"},
		{"X-CDN-Cache-Status: uncacheable", "google", "bypass - yes"},
		{"X-Cache: EXPIRED|Server: keycdn-engine", "keycdn", "expired - yes"},
		{"X-Cache: HIT|Server: CDN77-Turbo", "cdn77", "hit + no"},
		{"X-Cache: HIT", "x-cache", "hit + no"},
		{"X-Cache: MISS, HIT", "x-cache", "hit + no"},
		// no vendor that is known
		{"", "", "unknown ? unknown"},
		{"Via: 1.1 google", "", "unknown ? unknown"},
		{"Age: 120", "age", "hit ? unknown"},
		{"Age: 5, 0", "age", "hit ? unknown"},
		{"Age: 0, 5", "", "unknown ? unknown"},
		{"Age: 0", "", "unknown ? unknown"},
		{"Age: 00", "", "unknown ? unknown"},
		{"Age: x", "", "unknown ? unknown"},
		{"X-Cache: FROBNICATED", "x-cache", "unknown ? unknown"},
		{"X-Some-New-Cdn: MISS", "", "unknown ? unknown"},
		{"X-Drupal-Cache: HIT", "", "unknown ? unknown"},
	} {
		cs := edge.ReadCacheStatus(pairs(strings.Split(c.header, "|")...))
		assert.Equal(t, c.want, brief(cs), c.header)
		assert.Equal(t, c.dialect, cs.Dialect, c.header)
		assert.Empty(t, cs.Conflict, c.header)
	}
}

func TestReadCacheStatusPrecedenceAndConflicts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, want, conflict, layers string }{
		{"CF-Cache-Status: DYNAMIC|X-Cache: HIT from origin-varnish|Age: 30", "dynamic - yes", "CF-Cache-Status says dynamic, X-Cache says hit", "hit dynamic"},
		{"X-Cache: MISS|CF-Cache-Status: HIT", "hit + no", "CF-Cache-Status says hit, X-Cache says miss", "miss hit"},
		{"Cache-Status: C; hit|X-Cache-Status: MISS", "hit + no", "Cache-Status says hit, X-Cache-Status says miss", "miss hit"},
		{"X-Cache: HIT|X-Varnish: 7", "hit + no", "X-Cache says hit, X-Varnish says miss", "miss hit"},
		{"X-Cache: Error from cloudfront|X-Cache-Status: HIT", "error ? unknown", "X-Cache says error, X-Cache-Status says hit", "hit error"},
		{"CF-Cache-Status: HIT|CF-Cache-Status: MISS", "unknown ? unknown", "CF-Cache-Status has lines that disagree", ""},
		{"CF-Cache-Status: HIT|Cache-Status: C; hit|X-Cache: HIT", "hit + no", "", ""},
		{"CF-Cache-Status: EXPIRED|X-Cache: MISS", "expired - yes", "", ""},
		{"CF-Cache-Status: HIT|X-Cache: WHAT", "hit + no", "", ""},
		{"X-Cache: MISS, HIT|X-Served-By: cache-a-IAD, cache-b-LHR", "hit + no", "", "miss hit"},
		{"Cache-Status: O; hit; ttl=1100, C; hit; ttl=545", "hit + no", "", "hit hit"},
	} {
		cs := edge.ReadCacheStatus(pairs(strings.Split(c.header, "|")...))
		assert.Equal(t, c.want, brief(cs), c.header)
		assert.Equal(t, c.conflict, cs.Conflict, c.header)
		var layers []string
		for _, l := range cs.Layers {
			layers = append(layers, string(l))
		}
		assert.Equal(t, c.layers, strings.Join(layers, " "), c.header)
	}
}

func TestReadCacheStatusTTL(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]int64{
		"Cache-Status: C; hit; ttl=376":                         376,
		"Cache-Status: C; hit; ttl=-412":                        -412,
		"Cache-Status: C; hit; ttl=12; key=a?b":                 12,
		"Cache-Status: O; hit; ttl=1100, C; hit; ttl=545":       545,
		"Fastly-Debug-TTL: H cache-b-LHR 41.9 86400.000 22":     41,
		"Fastly-Debug-TTL: (H cache-b-LHR 7.5 - 2) (M c - - 0)": 7,
		"Fastly-Debug-TTL: H cache-b-LHR -3.000 86400.000 2":    -3,
	} {
		cs := edge.ReadCacheStatus(pairs(header))
		require.NotNil(t, cs.TTL, header)
		assert.Equal(t, want, *cs.TTL, header)
	}
	for _, header := range []string{
		"Cache-Status: C; hit; ttl=1.5", "Cache-Status: C; hit; ttl=x?", "Cache-Status: C; hit", "CF-Cache-Status: HIT",
		"Fastly-Debug-TTL: H cache-b-LHR - - 22", "Fastly-Debug-TTL: H cache-b-LHR NaN - 22", "Fastly-Debug-TTL: H c 1e300 - 22",
	} {
		assert.Nil(t, edge.ReadCacheStatus(pairs(header)).TTL, header)
	}
}

func TestReadCacheStatusPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, pop, node string }{
		{"CF-Cache-Status: HIT|CF-RAY: 8f1c2d3e4a5b6c7d-AMS", "AMS", ""},
		{"CF-Cache-Status: HIT|CF-RAY: 8f1c2d3e4a5b6c7d", "", ""},
		{"CF-Cache-Status: HIT|X-Served-By: cache-a-IAD", "", ""},
		{"X-Cache: Hit from cloudfront|X-Amz-Cf-Pop: FRA56-P4", "FRA56-P4", ""},
		{"X-Cache: Miss from cloudfront|CF-RAY: 8f-AMS", "", ""},
		{"X-Cache: HIT, HIT|X-Served-By: cache-iad-kiad7000025-IAD, cache-fra-eddf8230056-FRA", "FRA", "cache-fra-eddf8230056-FRA"},
		{"X-Vercel-Cache: HIT|X-Vercel-Id: sfo1::iad1::x7k2p-1", "sfo1", ""},
		{"X-Vercel-Cache: HIT|X-Vercel-Id: x", "", ""},
		{"CDN-Cache: HIT|Server: BunnyCDN-DE1-1047", "DE1", "1047"},
		{"CDN-Cache: HIT|Server: nginx", "", ""},
		{"X-EC-Cache: TCP_HIT from ECD (lga/0FE8)", "lga", "0FE8"},
		{"X-Cache: HIT from edge1.example|X-Cache-Lookup: HIT from edge1.example:3128", "", "edge1.example"},
		{"X-Cache: HIT|Server: keycdn-engine|X-Edge-Location: defr", "defr", ""},
		{"Cache-Status: edge-fra-1; hit", "", "edge-fra-1"},
		{"Cache-Status: edge-fra-1; hit|X-PoP: FRA", "FRA", "edge-fra-1"},
		{"X-PoP: AMS|X-PoP: FRA", "FRA", ""},
		{"X-Cache-Status: HIT|X-Served-By: node7", "", "node7"},
		{"X-Cache-Status: HIT|X-Served-By: cache-a-IAD", "IAD", "cache-a-IAD"},
	} {
		cs := edge.ReadCacheStatus(pairs(strings.Split(c.header, "|")...))
		assert.Equal(t, c.pop, cs.PoP, c.header)
		assert.Equal(t, c.node, cs.Node, c.header)
	}
}

func TestPoPMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked, answered string
		want            bool
	}{
		{"", "", true},
		{"", "AMS", true},
		{"FRA", "FRA56-P4", true},
		{"fra", "FRA", true},
		{"FRA56-P4", "FRA56", false},
		{"FRA", "", false},
		{"FRA", "AMS", false},
	} {
		assert.Equal(t, c.want, edge.PoPMatches(c.asked, c.answered), c)
	}
}

func FuzzReadCacheStatus(f *testing.F) {
	for _, seed := range [][2]string{
		{"Cache-Status", `"Netlify Edge"; hit, fwd=stale`},
		{"Cache-Status", `Souin; hit; ttl=4; key=GET-http-example.com-/a?b=c; detail="x\"`},
		{"X-Cache", "TCP_HIT from a23-45-67-89.deploy.akamaitechnologies.com (AkamaiGHost/11.0.0) (-)"},
		{"X-Cache", "HIT, Miss from cloudfront"},
		{"X-Served-By", "cache-a-IAD, cache-b-LHR"},
		{"Fastly-Debug-TTL", "H cache-jfk1026-JFK 41733294.335 864000.000 2273"},
		{"CF-RAY", "8f1c2d3e4a5b6c7d-AMS"},
		{"X-Cache-Lookup", "Cache Miss, Hit From Inner Cluster"},
		{"X-EC-Cache", "TCP_HIT from ECD (lga/0FE8)"},
		{"X-Varnish", "32770 3"},
	} {
		f.Add(seed[0], seed[1], "X-Cache", "HIT")
	}
	f.Fuzz(func(t *testing.T, name, value, name2, value2 string) {
		header := [][2]string{{name, value}, {name2, value2}}
		cs := edge.ReadCacheStatus(header)
		again := edge.ReadCacheStatus(header)
		require.Equal(t, cs, again)
		switch cs.Outcome {
		case edge.Hit:
			require.True(t, cs.EdgeHit != nil || cs.Dialect == "age")
		case edge.Stale, edge.Updating:
			require.True(t, cs.EdgeHit != nil && *cs.EdgeHit)
		case edge.Miss, edge.Expired, edge.Revalidated, edge.Bypass, edge.Dynamic:
			require.True(t, cs.EdgeHit != nil && !*cs.EdgeHit)
		case edge.Errored, edge.Unknown:
			require.Nil(t, cs.EdgeHit)
		default:
			t.Fatalf("outcome %q", cs.Outcome)
		}
		require.False(t, cs.Synthetic && (cs.Outcome != edge.Unknown || cs.Origin != edge.ContactNo))
	})
}

func BenchmarkReadCacheStatus(b *testing.B) {
	for name, header := range map[string][][2]string{
		"cloudflare": pairs("Age: 120", "Cache-Control: public, max-age=31536000", "CF-Cache-Status: HIT", "CF-RAY: 8f1c2d3e4a5b6c7d-AMS",
			"Content-Length: 12", "Content-Type: text/css", "Date: Tue, 01 Dec 2026 14:00:00 GMT", "ETag: \"x\"", "Server: cloudflare", "Vary: Accept-Encoding"),
		"fastly":  pairs("Age: 120", "X-Cache: MISS, HIT", "X-Cache-Hits: 0, 7", "X-Served-By: cache-iad1-IAD, cache-lhr2-LHR", "Via: 1.1 varnish"),
		"rfc9211": pairs("Age: 120", "Cache-Status: edge-fra-1; hit; ttl=376", "Content-Type: text/css"),
		"none":    pairs("Content-Length: 12", "Content-Type: text/css", "Date: Tue, 01 Dec 2026 14:00:00 GMT", "Server: nginx"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = edge.ReadCacheStatus(header)
			}
		})
	}
}

func TestFilledAbove(t *testing.T) {
	for _, tt := range []struct {
		status edge.CacheStatus
		want   bool
	}{
		{edge.CacheStatus{Outcome: edge.Miss, Origin: edge.ContactNo}, true},
		{edge.CacheStatus{Outcome: edge.Miss, Origin: edge.ContactYes, Layers: []edge.Outcome{edge.Hit, edge.Miss}}, true},
		{edge.CacheStatus{Outcome: edge.Miss, Origin: edge.ContactYes, Layers: []edge.Outcome{edge.Miss, edge.Miss}}, false},
		{edge.CacheStatus{Outcome: edge.Miss, Origin: edge.ContactYes}, false},
		{edge.CacheStatus{Outcome: edge.Hit, Origin: edge.ContactNo, Layers: []edge.Outcome{edge.Hit, edge.Hit}}, false},
		{edge.CacheStatus{Outcome: edge.Hit, Origin: edge.ContactNo, Layers: []edge.Outcome{edge.Miss, edge.Hit}}, false},
	} {
		assert.Equal(t, tt.want, tt.status.FilledAbove(), tt.status)
	}
}
