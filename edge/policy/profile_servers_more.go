package policy

import "time"

// Bounds of what servers guess or keep.
const (
	guessSquid      = 3 * 24 * time.Hour // refresh_pattern . 0 20% 4320
	staleSquid      = 7 * 24 * time.Hour // max_stale
	leastTraffic    = time.Hour          // heuristic_min_lifetime
	mostTraffic     = 24 * time.Hour     // heuristic_max_lifetime
	defaultHttpd    = time.Hour          // CacheDefaultExpire
	mostHttpd       = 24 * time.Hour     // CacheMaxExpire
	fractionOfSquid = 0.20
)

func squid() Profile {
	const server = probed("Squid 5.7")
	guess := server.does("squid-guess", "guesses 20 % of the age since Last-Modified, up to 3 days, and nothing for URLs with a query (refresh_pattern)",
		func(b *Behaviour) { b.MaxGuess, b.NoGuessForQuery = guessSquid, true })
	behave := guess.set
	guess.set = func(p *Profile, b *Behaviour) {
		p.HeuristicFraction = fractionOfSquid
		behave(p, b)
	}
	return shared(
		"squid", "",
		server.does("squid-case", "reads directives in lower case only",
			func(b *Behaviour) { b.CaseSensitive = true }),
		server.mustUnderstand("squid"),
		server.does("squid-number", "reads the digits at the beginning of a number whatever follows, nothing quoted, and ignores a directive without any",
			func(b *Behaviour) {
				b.Number = Number{NoQuotes: true, SpaceAfter: true, AnyTail: true, SkipsInvalid: true, SkipsBare: true}
			}),
		server.firstExpires("squid"),
		server.does("squid-apparent-age", "counts the time since Date into the age",
			func(b *Behaviour) { b.CountsApparentAge = true }),
		server.does("squid-pragma", "takes no-cache in Pragma for no-cache where there is no Cache-Control",
			func(b *Behaviour) { b.Pragma = PragmaAlone }),
		server.does("squid-qualified", "stores nothing with a no-cache or private that names fields",
			func(b *Behaviour) { b.RefusesQualified = []string{"no-cache", "private"} }),
		server.does("squid-surrogate-no-store", "stores nothing with no-store in Surrogate-Control, as a reverse proxy",
			func(b *Behaviour) { b.SurrogateNoStore = true }),
		server.does("squid-surrogate-max-age", "takes an answer with max-age in Surrogate-Control for stale on arrival, as a reverse proxy",
			func(b *Behaviour) { b.SurrogateStale = true }),
		server.does("squid-statuses", "stores 200, 203, 300, 301, 308 and 410, and 302 and 307 where a lifetime is stated; other statuses never",
			func(b *Behaviour) {
				b.Statuses = []StatusRule{
					{Codes: []int{200, 203, 300, 301, 308, 410}},
					{Codes: []int{302, 307}, Silent: SilentRefuse},
					{Refused: true},
				}
			}),
		guess,
		server.does("squid-swr", "does not implement stale-while-revalidate",
			func(b *Behaviour) { b.NoSWR = true }),
		server.does("squid-sie", "sends a stale copy for up to 7 days while the origin fails (max_stale), or for as long as stale-if-error says",
			func(b *Behaviour) { b.DefaultSIE = staleSquid }),
	)
}

func trafficServer() Profile {
	const server = probed("Traffic Server 9.2.9")
	return shared(
		"trafficserver", "",
		server.does("trafficserver-last", "takes the last of repeated directives",
			func(b *Behaviour) { b.LastWins = true }),
		server.mustUnderstand("trafficserver"),
		server.does("trafficserver-number", "reads the digits at the beginning of a number whatever follows, with white space around = and quotes of either kind",
			func(b *Behaviour) {
				b.Number = Number{SingleQuotes: true, SpaceBefore: true, SpaceAfter: true, AnyTail: true}
			}),
		server.firstExpires("trafficserver"),
		server.does("trafficserver-apparent-age", "counts the time since Date into the age",
			func(b *Behaviour) { b.CountsApparentAge = true }),
		server.does("trafficserver-pragma", "stores nothing with no-cache in Pragma",
			func(b *Behaviour) { b.Pragma = PragmaRefuses }),
		server.does("trafficserver-no-cache-fields", "takes a no-cache that names fields for one that does not",
			func(b *Behaviour) { b.Unqualifies = []string{"no-cache"} }),
		server.does("trafficserver-private-fields", "stores nothing with private, whether it names fields or not",
			func(b *Behaviour) { b.Refuses = []string{"private"} }),
		server.does("trafficserver-vary", "stores nothing with Vary: *",
			func(b *Behaviour) { b.RefusesVary = []string{"*"} }),
		server.does("trafficserver-authorization", "reuses answers to authorized requests only with public",
			func(b *Behaviour) { b.AuthorizationNeeds = []string{"public"} }),
		server.does("trafficserver-silent", "keeps what states no lifetime from an hour to a day when it is 203, 300, 301 or 410, or public and not 200; else not (required_headers)",
			func(b *Behaviour) {
				b.MinGuess, b.MaxGuess = leastTraffic, mostTraffic
				b.Statuses = []StatusRule{
					{Codes: []int{200}, Silent: SilentRefuse},
					{Codes: []int{203, 300, 301, 410}, Silent: SilentGuess, Default: leastTraffic},
					{With: "public", Silent: SilentGuess, Default: leastTraffic},
					{Silent: SilentRefuse},
				}
			}),
		server.does("trafficserver-swr", "does not implement stale-while-revalidate without a plugin",
			func(b *Behaviour) { b.NoSWR = true }),
		server.does("trafficserver-sie", "sends any stale copy while the origin fails, for up to 7 days (max_stale_age), whatever stale-if-error says",
			func(b *Behaviour) { b.NoSIE, b.ServesStale = true, true }),
	)
}

func httpd() Profile {
	const server = probed("Apache httpd 2.4.71, mod_cache_disk")
	return shared(
		"httpd", "",
		server.does("httpd-last", "takes the last of repeated directives",
			func(b *Behaviour) { b.LastWins = true }),
		server.mustUnderstand("httpd"),
		server.does("httpd-number", "ignores a directive whose number is quoted or malformed; one below 0 is 0",
			func(b *Behaviour) {
				b.Number = Number{NoQuotes: true, Sign: true, SkipsInvalid: true, SkipsBare: true}
			}),
		server.firstExpires("httpd"),
		server.does("httpd-apparent-age", "counts the time since Date into the age",
			func(b *Behaviour) { b.CountsApparentAge = true }),
		server.does("httpd-pragma", "takes no-cache in Pragma for no-cache",
			func(b *Behaviour) { b.Pragma = PragmaNoCache }),
		server.does("httpd-request", "goes past the cache for requests with Authorization",
			func(b *Behaviour) { b.PassRequest = []string{"Authorization"} }),
		server.does("httpd-vary", "stores nothing with Vary: *",
			func(b *Behaviour) { b.RefusesVary = []string{"*"} }),
		server.does("httpd-silent", "keeps what states no lifetime for 10 % of the age since Last-Modified, up to a day, else for an hour, when it is 200, 203, 300, 301 or public (CacheDefaultExpire); 204 never",
			func(b *Behaviour) {
				b.MaxGuess = mostHttpd
				b.Statuses = []StatusRule{
					{Codes: []int{204}, Refused: true},
					{Codes: []int{200, 203, 300, 301}, Silent: SilentGuess, Default: defaultHttpd},
					{With: "public", Silent: SilentGuess, Default: defaultHttpd},
					{Silent: SilentRefuse},
				}
			}),
		server.does("httpd-query", "stores nothing that states no lifetime and whose URL has a query",
			func(b *Behaviour) { b.RefusesSilentQuery = true }),
		server.does("httpd-expired", "stores nothing whose Expires decides and has passed",
			func(b *Behaviour) { b.RefusesExpired = true }),
		server.does("httpd-swr", "does not implement stale-while-revalidate",
			func(b *Behaviour) { b.NoSWR = true }),
		server.does("httpd-sie", "sends any stale copy when the origin answers 5xx (CacheStaleOnError), whatever stale-if-error, s-maxage and no-cache say",
			func(b *Behaviour) {
				b.NoSIE, b.ServesStale, b.StaleDespiteSMaxage, b.StaleDespiteNoCache = true, true, true, true
			}),
	)
}

func caddy() Profile {
	const server = probed("Caddy 2.6.2")
	return shared(
		"caddy", "",
		server.does("caddy-no-cache", "has no cache unless a module adds one",
			func(b *Behaviour) { b.Statuses = []StatusRule{{Refused: true}} }),
	)
}
