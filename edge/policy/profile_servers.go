package policy

import "time"

// servers are the profiles of caches that a site runs itself, as they are configured by default.
func servers() []Profile {
	return []Profile{nginx(), varnish(), shared("squid", ""), shared("trafficserver", ""), shared("httpd", ""), shared("caddy", "")}
}

const (
	nginxSource    = "nginx source, ngx_http_upstream.c"
	nginxRecorded  = "http-tests/cache-tests, results for nginx 1.28.0"
	varnishSource  = "varnish-cache source, cache_rfc2616.c and builtin.vcl"
	defaultVarnish = 120 * time.Second
)

func nginx() Profile {
	return shared(
		"nginx", "",
		deviation{
			fact: Fact{ID: "nginx-refused-directives", Says: "stores nothing with no-cache, no-store or private, qualified or not", Source: nginxSource, Read: read},
			set:  does(func(b *Behaviour) { b.Refuses = []string{"no-cache", "no-store", "private"} }),
		},
		deviation{
			fact: Fact{ID: "nginx-age", Says: "does not count the age on arrival", Source: nginxRecorded, Read: "2025-12"},
			set:  does(func(b *Behaviour) { b.IgnoresAge = true }),
		},
		deviation{
			fact: Fact{ID: "nginx-authorization", Says: "stores answers to authorized requests", Source: nginxRecorded, Read: "2025-12"},
			set:  does(func(b *Behaviour) { b.IgnoresAuthorization = true }),
		},
		deviation{
			fact: Fact{ID: "nginx-set-cookie", Says: "stores nothing with Set-Cookie", Source: nginxSource, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesFields = []string{"Set-Cookie"} }),
		},
		deviation{
			fact: Fact{ID: "nginx-vary", Says: "stores nothing with Vary: *", Source: nginxSource, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesVary = []string{"*"} }),
		},
		deviation{
			fact: Fact{ID: "nginx-zero", Says: "stores nothing whose stated lifetime is 0 or malformed", Source: nginxSource, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesZero = true }),
		},
		deviation{
			fact: Fact{ID: "nginx-silent", Says: "stores nothing that states no lifetime, unless proxy_cache_valid is declared as default_ttl", Source: nginxSource, Read: read},
			set:  does(func(b *Behaviour) { b.Statuses = []StatusRule{{Silent: SilentRefuse}} }),
		},
		deviation{
			fact: Fact{ID: "nginx-accel-expires", Says: "takes the lifetime of X-Accel-Expires before all others", Source: nginxSource, Read: read},
			set:  does(func(b *Behaviour) { b.AccelExpires = true }),
		},
	)
}

func varnish() Profile {
	return shared(
		"varnish", "",
		deviation{
			fact: Fact{ID: "varnish-refused-directives", Says: "stores nothing with no-cache, no-store or private", Source: varnishSource, Read: read},
			set:  does(func(b *Behaviour) { b.Refuses = []string{"no-cache", "no-store", "private"} }),
		},
		deviation{
			fact: Fact{ID: "varnish-request", Says: "goes past the cache for requests with Authorization or Cookie", Source: varnishSource, Read: read},
			set:  does(func(b *Behaviour) { b.PassRequest = []string{"Authorization", "Cookie"} }),
		},
		deviation{
			fact: Fact{ID: "varnish-set-cookie", Says: "stores nothing with Set-Cookie", Source: varnishSource, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesFields = []string{"Set-Cookie"} }),
		},
		deviation{
			fact: Fact{ID: "varnish-vary", Says: "stores nothing with Vary: *", Source: varnishSource, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesVary = []string{"*"} }),
		},
		deviation{
			fact: Fact{ID: "varnish-zero", Says: "stores nothing that is stale on arrival", Source: varnishSource, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesZero = true }),
		},
		deviation{
			fact: Fact{ID: "varnish-default-ttl", Says: "keeps what states no lifetime for 120 s; 302 and 307 only where one is stated, other statuses never", Source: varnishSource, Read: read},
			set: does(func(b *Behaviour) {
				b.Statuses = []StatusRule{
					{Codes: []int{200, 203, 204, 300, 301, 304, 404, 410, 414}, Silent: SilentDefault, Default: defaultVarnish},
					{Codes: []int{302, 307}, Silent: SilentRefuse},
					{Refused: true},
				}
			}),
		},
	)
}
