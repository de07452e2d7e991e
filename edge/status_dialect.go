package edge

import "strings"

// reading is what one word of a cache means. An Unknown outcome that spared the origin is a body
// which the edge built itself.
type reading struct {
	outcome Outcome
	origin  Contact
	remote  bool // a hit of another tier than the edge
}

// says builds a reading.
func says(o Outcome, c Contact) reading { return reading{outcome: o, origin: c} }

// silent is the reading of what is not understood.
func silent() reading { return says(Unknown, ContactUnknown) }

// edgeHit tells whether the edge's own store answered; nil when the outcome cannot tell.
func (r reading) edgeHit() *bool {
	switch r.outcome {
	case Hit, Stale, Updating:
		hit := !r.remote
		return &hit
	case Miss, Expired, Revalidated, Bypass, Dynamic:
		return new(bool)
	default:
		return nil
	}
}

func (r reading) synthetic() bool { return r.outcome == Unknown && r.origin == ContactNo }

// said is a reading with what else its header told.
type said struct {
	reading
	layers   []Outcome
	ttl      *int64
	node     string
	conflict string
	dialect  string // more exact than the table's name; mostly empty
}

// words maps a cache's words in lower case to their readings.
type words map[string]reading

// maxWord bounds the words that are looked up.
const maxWord = 48

// find looks a word up without case.
func (w words) find(word string) (reading, bool) {
	if len(word) > maxWord {
		return reading{}, false
	}
	var buf [maxWord]byte
	r, ok := w[string(lower(buf[:0], word))]
	return r, ok
}

// read is find where what is not in the table is silent.
func (w words) read(word string) reading {
	if r, ok := w.find(word); ok {
		return r
	}
	return silent()
}

// dialect is how one cache or family reports in one header.
type dialect struct {
	name   string
	source string // where its words come from, with the date of the reading
	field  field
	words  words               // read the whole value as one word when read is nil
	when   func(*signals) bool // what else must hold; nil for nothing
	read   func(*signals) said // more than a word; nil for words
}

// reads returns what the dialect's header said. Different words in repeated lines contradict
// each other and mean nothing.
func (d *dialect) reads(s *signals) said {
	if d.read != nil {
		return d.read(s)
	}
	value := s.value[d.field]
	first, rest, list := strings.Cut(value, ",")
	if !list {
		return said{reading: d.words.read(value)}
	}
	r := d.words.read(strings.Trim(first, " \t"))
	for more := range strings.SplitSeq(rest, ",") {
		if d.words.read(strings.Trim(more, " \t")) != r {
			return said{reading: silent(), conflict: d.header() + " has lines that disagree"}
		}
	}
	return said{reading: r}
}

// header names the dialect's header for people.
func (d *dialect) header() string { return headerNames[d.field] }

// headerNames are the usual spellings of the fields that dialects read.
var headerNames = [fieldCount]string{
	fieldCloudflare:  "CF-Cache-Status",
	fieldAkamai:      "Akamai-Cache-Status",
	fieldFastlyDebug: "Fastly-Debug-TTL",
	fieldFastlyState: "X-Fastly-State",
	fieldVercel:      "X-Vercel-Cache",
	fieldBunny:       "CDN-Cache",
	fieldHuawei:      "X-Hcs-Proxy-Type",
	fieldLiteSpeed:   "X-LiteSpeed-Cache",
	fieldEdgio:       "X-EC-Cache",
	fieldCacheStatus: "Cache-Status",
	fieldXCache:      "X-Cache",
	fieldXLookup:     "X-Cache-Lookup",
	fieldNginx:       "X-Cache-Status",
	fieldProxyCache:  "X-Proxy-Cache",
	fieldGoogle:      "X-CDN-Cache-Status",
	fieldXVarnish:    "X-Varnish",
}

// dialects are all readings, the outermost first: headers that only one CDN sets, then
// Cache-Status, then headers that anybody sets. Only the first of one field that applies is read.
var dialects = [...]dialect{
	{name: "cloudflare", field: fieldCloudflare, words: cloudflareWords, source: "Cloudflare cache responses, 2026-11"},
	{name: "akamai", field: fieldAkamai, read: readAkamaiStatus, source: "Akamai return-cache-status, 2026-11"},
	{name: "cloudfront", field: fieldXCache, when: isCloudFront, read: readCloudFront, source: "AWS access logs, origin shield, 2023"},
	{name: "fastly", field: fieldFastlyDebug, read: readFastlyDebug, source: "Fastly debugging, 2026-11"},
	{name: "fastly", field: fieldFastlyState, read: readFastlyState, source: "Fastly VCL fastly_info.state, 2026-11"},
	{name: "fastly", field: fieldXCache, when: isFastly, read: readFastlyXCache, source: "Fastly X-Cache, X-Served-By, 2026-11"},
	{name: "vercel", field: fieldVercel, words: vercelWords, source: "Vercel cache status, 2026-11"},
	{name: "bunny", field: fieldBunny, read: readBunny, source: "Bunny perma-cache, 2026-11"},
	{name: "huawei", field: fieldHuawei, words: huaweiWords, source: "Huawei CDN FAQ 0245, 2026-11"},
	{name: "litespeed", field: fieldLiteSpeed, words: liteSpeedWords, source: "lscache_wp source, 2026-11"},
	{name: "alibaba", field: fieldXCache, when: isAlibaba, read: readAlibaba, source: "Alibaba KB and header dumps, 2026-11"},
	{name: "tencent", field: fieldXLookup, when: isTencent, read: readTencent, source: "Tencent documentation and a dump, 2026-11"},
	{name: "akamai", field: fieldXCache, when: isAkamai, read: readAkamaiXCache, source: "Akamai pragma headers, 2026-11"},
	{name: "azure", field: fieldXCache, when: isAzure, read: readTCP, source: "Azure CDN debug headers, 2026-11"},
	{name: "edgio", field: fieldEdgio, read: readEdgio, source: "Microsoft mt759237, 2026-11"},
	{name: "rfc9211", field: fieldCacheStatus, read: readRFC9211, source: "RFC 9211, 2022-06"},
	{name: "httpd", field: fieldXCache, when: isHttpd, read: readHttpd, source: "Apache httpd 2.4.71 mod_cache, probed 2026-11-26"},
	{name: "squid", field: fieldXCache, when: isSquid, read: readSquid, source: "Squid 5.7, probed 2026-11-26; 6.13 source"},
	{name: "x-cache", field: fieldXCache, read: readXCache, source: "KeyCDN, CDN77, Traffic Server xdebug, Varnish convention, 2026-11"},
	{name: "nginx", field: fieldNginx, words: nginxWords, source: "nginx source, 2026-11"},
	{name: "nginx", field: fieldProxyCache, words: nginxWords, source: "nginx source, 2026-11"},
	{name: "google", field: fieldGoogle, words: nginxWords, source: "Google Cloud CDN custom headers, 2026-11"},
	{name: "varnish", field: fieldXVarnish, read: readXVarnish, source: "Varnish vcl_var, 2026-11"},
}
