package edge

import "strings"

// nginxWords are the values of nginx's $upstream_cache_status, which KeyCDN, CDN77, Bunny and
// Alibaba use as well, with the two words that Google adds in the same kind of header.
var nginxWords = words{
	"hit":         says(Hit, ContactNo),
	"miss":        says(Miss, ContactYes),
	"expired":     says(Expired, ContactYes),
	"stale":       says(Stale, ContactUnknown),
	"updating":    says(Updating, ContactUnknown),
	"revalidated": says(Revalidated, ContactYes),
	"bypass":      says(Bypass, ContactYes),
	"-":           says(Unknown, ContactUnknown),
	"uncacheable": says(Bypass, ContactYes),
	"disabled":    says(Dynamic, ContactYes),
}

// atsWords are what Traffic Server's xdebug plugin puts into X-Cache.
var atsWords = words{
	"hit-fresh": says(Hit, ContactNo),
	"hit-stale": says(Expired, ContactYes),
	"skipped":   says(Bypass, ContactYes),
	"none":      says(Unknown, ContactUnknown),
}

// varnishWords are what VCL conventionally puts into X-Cache beside HIT and MISS.
var varnishWords = words{
	"hit cached":        says(Hit, ContactNo),
	"cached":            says(Hit, ContactNo),
	"uncached":          says(Miss, ContactYes),
	"pass":              says(Bypass, ContactYes),
	"hitpass":           says(Bypass, ContactYes),
	"hit-for-pass":      says(Bypass, ContactYes),
	"hitmiss":           says(Miss, ContactYes),
	"hit-for-miss":      says(Miss, ContactYes),
	"miss uncacheable":  says(Bypass, ContactYes),
	"synth":             says(Unknown, ContactNo),
	"synth synth":       says(Unknown, ContactNo),
	"pass uncacheable":  says(Bypass, ContactYes),
	"miss cached":       says(Miss, ContactYes),
	"hit uncacheable":   says(Bypass, ContactYes),
	"bypass-uncachable": says(Bypass, ContactYes),
}

// httpdWords are the words before " from host" in the X-Cache of httpd's mod_cache.
var httpdWords = words{
	"hit":        says(Hit, ContactNo),
	"miss":       says(Miss, ContactYes),
	"revalidate": says(Revalidated, ContactYes),
}

// isHttpd tells httpd's X-Cache from Squid's: by X-Cache-Detail, or a word that Squid lacks.
func isHttpd(s *signals) bool {
	word, _ := wordAndNode(s.value[fieldXCache])
	return s.present[fieldXDetail] || strings.EqualFold(word, "revalidate")
}

// readHttpd reads mod_cache's X-Cache. It says hit also of a stale copy after the origin failed.
func readHttpd(s *signals) said {
	word, node := wordAndNode(s.value[fieldXCache])
	r := said{reading: httpdWords.read(word), node: node}
	if r.outcome == Hit && (revalidationFailed(s) || strings.Contains(s.value[fieldXDetail], "stale content returned")) {
		r.reading = says(Stale, ContactYes)
	}
	return r
}

// revalidationFailed reports whether Warning says so (RFC 7234, section 5.5.2).
func revalidationFailed(s *signals) bool {
	for warning := range strings.SplitSeq(s.value[fieldWarning], ",") {
		if strings.HasPrefix(strings.Trim(warning, " \t"), "111 ") {
			return true
		}
	}
	return false
}

// squidWords are the words before " from host" in Squid's X-Cache and X-Cache-Lookup. Squid says
// hit also of a copy that the origin has just confirmed.
var squidWords = words{
	"hit":  says(Hit, ContactUnknown),
	"miss": says(Miss, ContactYes),
	"none": says(Unknown, ContactUnknown),
}

// isSquid tells "HIT from host" from other X-Cache values.
func isSquid(s *signals) bool {
	_, last := lastMember(s.value[fieldXCache])
	word, node := wordAndNode(last)
	_, known := squidWords.find(word)
	return known && node != ""
}

// readSquid reads the hop nearest the client, which appends its line last. A copy that was found
// but not sent had expired; one that is sent after the origin failed is stale.
func readSquid(s *signals) said {
	_, last := lastMember(s.value[fieldXCache])
	word, node := wordAndNode(last)
	r := said{reading: squidWords.read(word), node: node}
	_, lookup := lastMember(s.value[fieldXLookup])
	looked, _ := wordAndNode(lookup)
	if r.outcome == Miss && squidWords.read(looked).outcome == Hit {
		r.reading = says(Expired, ContactYes)
	}
	if r.outcome == Hit && revalidationFailed(s) {
		r.reading = says(Stale, ContactYes)
	}
	return r
}

// readXCache reads an X-Cache that names no vendor: the last member, by the words that are known.
func readXCache(s *signals) said {
	rest, last := lastMember(s.value[fieldXCache])
	r, name := xCacheWord(s, last)
	answer := said{reading: r, dialect: name}
	if rest == "" {
		return answer
	}
	for hop := range strings.SplitSeq(rest, ",") {
		inner, _ := xCacheWord(s, strings.Trim(hop, " \t"))
		answer.layers = append(answer.layers, inner.outcome)
	}
	answer.layers = append(answer.layers, r.outcome)
	return answer
}

// xCacheTables are the words of X-Cache, with the dialect that owns them; "" is told by other headers.
var xCacheTables = [...]struct {
	name  string
	words words
}{
	{"", nginxWords},
	{"trafficserver", atsWords},
	{"tcp", tcpWords},
	{"varnish", varnishWords},
}

// xCacheWord looks a word up in all tables, and names the dialect.
func xCacheWord(s *signals, word string) (reading, string) {
	if hasPrefixFold(word, "tcp_") {
		word, _ = wordAndNode(word)
	}
	for _, table := range xCacheTables {
		r, ok := table.words.find(word)
		switch {
		case !ok:
		case table.name != "":
			return r, table.name
		case hasPrefixFold(s.value[fieldServer], "keycdn"):
			return r, "keycdn"
		case hasPrefixFold(s.value[fieldServer], "cdn77"):
			return r, "cdn77"
		case s.present[fieldXVarnish] || strings.Contains(s.value[fieldVia], "varnish"):
			return r, "varnish"
		case hasPrefixFold(s.value[fieldServer], "ats/"):
			return r, "trafficserver"
		default:
			return r, ""
		}
	}
	return silent(), ""
}

// readXVarnish counts transaction ids: the request's own, and on a hit also that of the request
// which filled the object.
func readXVarnish(s *signals) said {
	_, last := lastMember(s.value[fieldXVarnish])
	first, second, two := strings.Cut(last, " ")
	second = strings.Trim(second, " \t")
	switch {
	case !allDigits(first):
		return said{reading: silent()}
	case !two:
		return said{reading: says(Miss, ContactYes)}
	case allDigits(second):
		return said{reading: says(Hit, ContactNo)}
	}
	return said{reading: silent()}
}
