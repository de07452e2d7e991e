package policy

import "time"

// probedOn is when the servers of this file were asked, each as Debian 12 ships it: the header of
// an answer was set, and the origin's counter told whether and how long the cache reused it.
const probedOn = "2026-11-26"

// defaultVarnish is Varnish's default_ttl, graceVarnish its default_grace, skewVarnish its clock_skew.
const (
	defaultVarnish = 120 * time.Second
	graceVarnish   = 10 * time.Second
	skewVarnish    = 10 * time.Second
)

// servers are the profiles of caches that a site runs itself, as they are configured by default.
func servers() []Profile {
	return []Profile{nginx(), varnish(), squid(), trafficServer(), httpd(), caddy()}
}

// probed makes the deviations of one server from what it was seen to do.
type probed string

// does makes a deviation of behaviour.
func (server probed) does(id, says string, set func(*Behaviour)) deviation {
	return deviation{
		fact: Fact{ID: id, Says: says, Source: "probed: " + string(server) + " (Debian 12)", Read: probedOn},
		set:  does(set),
	}
}

// firstExpires and mustUnderstand are what every server does.
func (server probed) firstExpires(name string) deviation {
	return server.does(name+"-expires-lines", "takes the first of several lines of Expires",
		func(b *Behaviour) { b.FirstExpires = true })
}

func (server probed) mustUnderstand(name string) deviation {
	return server.does(name+"-must-understand", "does not know must-understand: no-store beside it holds",
		func(b *Behaviour) { b.Ignores = append(b.Ignores, "must-understand") })
}

func nginx() Profile {
	const server = probed("nginx 1.22.1")
	return shared(
		"nginx", "",
		server.does("nginx-refused-words", "stores nothing whose Cache-Control has no-cache, no-store or private anywhere, even within another word",
			func(b *Behaviour) { b.RefusesText = []string{"no-cache", "no-store", "private"} }),
		server.mustUnderstand("nginx"),
		server.does("nginx-age", "counts the lifetime from the arrival: neither Age nor Date makes an answer older",
			func(b *Behaviour) { b.IgnoresAge = true }),
		server.does("nginx-expires-clock", "compares Expires with its own clock, not with Date",
			func(b *Behaviour) { b.ExpiresFromArrival = true }),
		server.firstExpires("nginx"),
		server.does("nginx-number", "reads digits up to a comma, a semicolon or a space; nothing quoted",
			func(b *Behaviour) { b.Number = Number{NoQuotes: true, Stops: "; "} }),
		server.does("nginx-lines", "takes the last line of Cache-Control that states a lifetime",
			func(b *Behaviour) { b.LastLineWins = true }),
		server.does("nginx-authorization", "stores answers to authorized requests",
			func(b *Behaviour) { b.IgnoresAuthorization = true }),
		server.does("nginx-set-cookie", "stores nothing with Set-Cookie",
			func(b *Behaviour) { b.RefusesFields = []string{"Set-Cookie"} }),
		server.does("nginx-vary", "stores nothing with Vary: *, and does not see * in a longer list",
			func(b *Behaviour) { b.RefusesVary, b.VaryAnyAlone = []string{"*"}, true }),
		server.does("nginx-silent", "stores nothing that states no lifetime, unless proxy_cache_valid gives one",
			func(b *Behaviour) { b.Statuses = []StatusRule{{Silent: SilentRefuse}} }),
		server.does("nginx-zero", "stores nothing whose stated lifetime is 0 or malformed",
			func(b *Behaviour) { b.RefusesZero = true }),
		server.does("nginx-accel-expires", "takes the lifetime of X-Accel-Expires before all others",
			func(b *Behaviour) { b.AccelExpires = true }),
		server.does("nginx-swr", "waits for the refresh after stale-while-revalidate, unless proxy_cache_background_update is on",
			func(b *Behaviour) { b.NoSWR = true }),
		server.does("nginx-sie", "passes on a 5xx answer despite stale-if-error, which helps only when the origin cannot be reached, unless proxy_cache_use_stale names it",
			func(b *Behaviour) { b.NoSIE = true }),
	)
}

func varnish() Profile {
	const server = probed("Varnish 7.1.1")
	return shared(
		"varnish", "",
		server.does("varnish-ignored-directives", "reads of Cache-Control only max-age, s-maxage and stale-while-revalidate itself",
			func(b *Behaviour) { b.Ignores = []string{"no-cache", "no-store", "private", "stale-if-error"} }),
		server.mustUnderstand("varnish"),
		server.does("varnish-refused-words", "its built-in VCL stores nothing whose Cache-Control has no-cache, no-store or private anywhere, even within another word",
			func(b *Behaviour) { b.RefusesText = []string{"no-cache", "no-store", "private"} }),
		server.does("varnish-surrogate-control", "its built-in VCL goes by no-store in Surrogate-Control instead, where there is that field",
			func(b *Behaviour) { b.SurrogateNoStore, b.SurrogateLifts = true, true }),
		server.firstExpires("varnish"),
		server.does("varnish-clock-skew", "compares Expires with its own clock where Date is less than 10 s from it (clock_skew)",
			func(b *Behaviour) { b.ClockSkew = skewVarnish }),
		server.does("varnish-bad-expires", "ignores an Expires that is no date",
			func(b *Behaviour) { b.IgnoresBadExpires = true }),
		server.does("varnish-number", "reads decimals and white space around =, nothing quoted, and ignores a directive without =",
			func(b *Behaviour) {
				b.Number = Number{NoQuotes: true, SpaceBefore: true, SpaceAfter: true, Stops: ".", SkipsBare: true}
			}),
		server.does("varnish-request", "its built-in VCL goes past the cache for requests with Authorization or Cookie",
			func(b *Behaviour) { b.PassRequest = []string{"Authorization", "Cookie"} }),
		server.does("varnish-set-cookie", "its built-in VCL stores nothing with Set-Cookie",
			func(b *Behaviour) { b.RefusesFields = []string{"Set-Cookie"} }),
		server.does("varnish-vary", "stores nothing with Vary: *, and does not see * in a longer list",
			func(b *Behaviour) { b.RefusesVary, b.VaryAnyAlone = []string{"*"}, true }),
		server.does("varnish-default-ttl", "keeps what states no lifetime for 120 s (default_ttl); 302 and 307 only where one is stated, other statuses never",
			func(b *Behaviour) {
				b.Statuses = []StatusRule{
					{Codes: []int{200, 203, 204, 300, 301, 304, 404, 410, 414}, Silent: SilentDefault, Default: defaultVarnish},
					{Codes: []int{302, 307}, Silent: SilentRefuse},
					{Refused: true},
				}
			}),
		server.does("varnish-zero", "stores nothing that is stale on arrival",
			func(b *Behaviour) { b.RefusesZero = true }),
		server.does("varnish-grace", "sends a stale copy while it refreshes for 10 s (default_grace), or for as long as stale-while-revalidate says",
			func(b *Behaviour) { b.DefaultSWR = graceVarnish }),
		server.does("varnish-stale", "sends stale copies despite must-revalidate, proxy-revalidate and s-maxage",
			func(b *Behaviour) { b.StaleDespiteRevalidate, b.StaleDespiteSMaxage = true, true }),
	)
}
