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

// squidWords are the words before " from host" in Squid's X-Cache and X-Cache-Lookup.
var squidWords = words{
	"hit":  says(Hit, ContactNo),
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
// but not sent had expired.
func readSquid(s *signals) said {
	_, last := lastMember(s.value[fieldXCache])
	word, node := wordAndNode(last)
	r := said{reading: squidWords.read(word), node: node}
	_, lookup := lastMember(s.value[fieldXLookup])
	looked, _ := wordAndNode(lookup)
	if r.outcome == Miss && squidWords.read(looked).outcome == Hit {
		r.reading = says(Expired, ContactYes)
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
