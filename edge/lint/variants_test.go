package lint_test

import (
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// got is what probes got, by probe.
type got = map[lint.Probe]*edge.Observation

// whole gives an answer a complete body.
func whole(o *edge.Observation, body string) *edge.Observation {
	o.Completeness, o.Digest = edge.Complete, "sha-256:"+body
	o.Bytes, o.WireBytes = 1000, 1000
	return o
}

// content is a complete 200 with these fields, in answer to a request with those.
func content(digest, header, sent string) *edge.Observation {
	o := whole(observe(200, header), digest)
	o.Sent = observe(0, sent).Header
	return o
}

// hasBody gives the first answer a body.
func hasBody(digest string) func(*lint.Response) {
	return func(r *lint.Response) { whole(r.Observation, digest) }
}

func varRows() []ruleRow {
	const gzip = "Content-Encoding: gzip|Vary: Accept-Encoding"
	ignores := named("cloudflare")
	honours := named("cloudflare", policy.Settings{VaryRule: true})
	french := got{lint.ProbeQuery: content("a", good, ""), lint.ProbeAcceptLanguage: content("b", good, "")}
	foreign := func(allow string) got {
		return got{lint.ProbeOrigin: content("a", good+"|Access-Control-Allow-Origin: "+allow, "Origin: https://edgeprime.invalid")}
	}
	return []ruleRow{
		{rule: "VAR001", fire: true, header: "Vary: accept, User-Agent", at: "User-Agent"},
		{rule: "VAR001", header: "Vary: User-Agent-Class"},
		{rule: "VAR002", fire: true, header: "Vary: Cookie", at: "Cookie"},
		{rule: "VAR002", why: "not critical", header: "Vary: Cookie", priority: crawl.High},
		{rule: "VAR003", fire: true, header: "Vary: a, b|Vary: c, d"},
		{rule: "VAR003", why: "three distinct", header: "Vary: a, b, c, A"},
		{rule: "VAR003", why: "more allowed", header: "Vary: a, b, c, d", config: lint.Config{VaryMembers: 4}},
		{rule: "VAR004", fire: true, header: "Vary: Host", at: "Host"},
		{rule: "VAR004", fire: true, header: "Vary: Authorization", at: "Authorization"},
		{rule: "VAR004", header: "Vary: Origin"},
		{rule: "VAR005", fire: true, header: "Cache-Control: max-age=60|Content-Encoding: br|Vary: Origin", fix: "Vary: origin, accept-encoding"},
		{rule: "VAR005", header: "Cache-Control: max-age=60|" + gzip},
		{rule: "VAR005", why: "any", header: "Cache-Control: max-age=60|Content-Encoding: br|Vary: *"},
		{rule: "VAR005", why: "no coding", header: "Cache-Control: max-age=60|Content-Encoding: identity"},
		{rule: "VAR005", why: "not stored", header: "Cache-Control: no-store|Content-Encoding: br"},
		{rule: "VAR006", fire: true, header: good, probes: got{lint.ProbeIdentity: content("a", "", ""), lint.ProbeGzip: content("a", gzip, "")}},
		{rule: "VAR006", why: "order", header: good, probes: got{lint.ProbeIdentity: content("a", "Vary: b, a", ""), lint.ProbeGzip: content("a", "Vary: A, B, a", "")}},
		{rule: "VAR006", why: "the first answer is the identity one", fire: true, header: "", sent: "Accept-Encoding: identity", probes: got{lint.ProbeGzip: content("a", gzip, "")}},
		{rule: "VAR006", why: "one is missing", header: good, probes: got{lint.ProbeGzip: content("a", gzip, "")}},
		{rule: "VAR007", fire: true, profile: ignores, header: "Vary: Accept-Language", edit: hasBody("a"), probes: french},
		{rule: "VAR007", why: "a rule honours it", profile: honours, header: "Vary: Accept-Language", edit: hasBody("a"), probes: french},
		{rule: "VAR007", why: "not in Vary", profile: ignores, header: "Vary: Accept", edit: hasBody("a"), probes: french},
		{rule: "VAR008", fire: true, header: good, edit: hasBody("a"), probes: french, fix: "Accept-Language"},
		{rule: "VAR008", why: "in Vary", header: "Vary: accept-language", edit: hasBody("a"), probes: french},
		{rule: "VAR008", why: "no control", header: good, edit: hasBody("a"), probes: got{lint.ProbeAcceptLanguage: content("b", good, "")}},
		{rule: "VAR008", why: "made anew each time", header: good, edit: hasBody("a"), probes: got{lint.ProbeQuery: content("c", good, ""), lint.ProbeAcceptLanguage: content("b", good, "")}},
		{rule: "VAR008", why: "only a nonce differs", header: good, kind: crawl.Document, edit: func(r *lint.Response) { whole(r.Observation, "a").Fingerprint = "f" }, probes: nonces()},
		{rule: "VAR008", why: "cut", header: good, edit: hasBody("a"), probes: got{lint.ProbeQuery: content("a", good, ""), lint.ProbeCookie: observe(200, good)}},
		{rule: "VAR009", why: "echo", fire: true, header: "Access-Control-Allow-Origin: https://a.example", sent: "Origin: https://a.example", probes: foreign("https://edgeprime.invalid")},
		{rule: "VAR009", why: "left out", fire: true, header: "Access-Control-Allow-Origin: https://a.example", sent: "Origin: https://a.example", probes: got{lint.ProbeOrigin: content("a", good, "Origin: https://edgeprime.invalid")}},
		{rule: "VAR009", why: "constant", header: "Access-Control-Allow-Origin: https://a.example", sent: "Origin: https://a.example", probes: foreign("https://a.example")},
		{rule: "VAR009", why: "only for who asks", probes: foreign("https://a.example")},
		{rule: "VAR009", why: "all", header: "Access-Control-Allow-Origin: *", probes: foreign("*")},
		{rule: "VAR009", why: "in Vary", header: "Access-Control-Allow-Origin: https://a.example|Vary: Origin", sent: "Origin: https://a.example", probes: foreign("https://edgeprime.invalid")},
		{rule: "VAR010", fire: true, header: "Vary: Accept-Language", at: "Accept-Language"},
		{rule: "VAR010", header: "Vary: Accept"},
		{rule: "VAR011", fire: true, header: "Vary: Origin, Accept|Vary: origin", fix: "Vary: origin, accept"},
		{rule: "VAR011", header: "Vary: Origin, Accept"},
	}
}

// nonces are answers to a document's probes that differ in what changes on every request.
func nonces() got {
	probes := got{lint.ProbeQuery: content("b", good, ""), lint.ProbeCookie: content("c", good, "")}
	for _, o := range probes {
		o.Fingerprint = "f"
	}
	return probes
}

func keyRows() []ruleRow {
	const page = "https://www.example/?utm_source=a&x=1"
	hit, miss := content("a", good+"|X-Cache: HIT", ""), content("a", good+"|X-Cache: MISS", "")
	without := named("cdn", policy.Settings{IgnoresQuery: true})
	return []ruleRow{
		{rule: "KEY001", fire: true, header: good, url: "https://www.example/app.css?v=12"},
		{rule: "KEY001", why: "bare", fire: true, header: good, url: "https://www.example/app.css?20261201"},
		{rule: "KEY001", why: "hash in the path", header: good, url: "https://www.example/app.3f9a1c2b7d.css?v=12"},
		{rule: "KEY001", why: "a size", header: good, url: "https://www.example/a.png?w=12", kind: crawl.Image},
		{rule: "KEY001", why: "a page", header: good, url: "https://www.example/?v=12", kind: crawl.Document},
		{rule: "KEY002", fire: true, header: good, url: page, fix: `params=("utm_source")`},
		{rule: "KEY002", why: "left out", header: good + `|No-Vary-Search: params=("utm_source")`, url: page},
		{rule: "KEY002", why: "kept", fire: true, header: good + `|No-Vary-Search: except=("utm_source")`, url: page},
		{rule: "KEY002", why: "key rule", header: good, url: page, profile: without},
		{rule: "KEY002", why: "other parameters", header: good, url: "https://www.example/?gclid2=1"},
		{rule: "KEY003", fire: true, header: "No-Vary-Search: params=utm_source"},
		{rule: "KEY003", header: `No-Vary-Search: params=("utm_source")`},
		{rule: "KEY005", fire: true, header: "Location: /b.css", status: 301},
		{rule: "KEY005", why: "not critical", header: "Location: /b.css", status: 301, priority: crawl.High},
		{rule: "KEY006", fire: true, header: good, profile: without, probes: got{lint.ProbeAgain: hit, lint.ProbeQuery: miss}},
		{rule: "KEY006", why: "not declared", header: good, profile: named("cdn"), probes: got{lint.ProbeAgain: hit, lint.ProbeQuery: miss}},
		{rule: "KEY006", why: "nothing is stored", header: good, profile: without, probes: got{lint.ProbeAgain: miss, lint.ProbeQuery: miss}},
		{rule: "KEY006", why: "hits", header: good, profile: without, probes: got{lint.ProbeAgain: hit, lint.ProbeQuery: hit}},
	}
}

func secRows() []ruleRow {
	hit := good + "|X-Cache: HIT"
	marked := func(r *lint.Response) { r.Body = []byte(`<input name="csrf" value="1">`) }
	csrf := lint.Config{PersonalPattern: `name="csrf"`}
	logIn := observe(401, `WWW-Authenticate: Basic realm="x"`)
	return []ruleRow{
		{rule: "SEC001", fire: true, header: hit + "|Set-Cookie: sid=1"},
		{rule: "SEC001", why: "miss", header: good + "|X-Cache: MISS|Set-Cookie: sid=1"},
		{rule: "SEC001", why: "the edge's own", header: hit + "|Set-Cookie: __cf_bm=1; path=/|Set-Cookie: incap_ses_1_2=3"},
		{rule: "SEC002", fire: true, header: hit, probes: got{lint.ProbeQuery: logIn}},
		{rule: "SEC002", why: "not from a copy", header: good, probes: got{lint.ProbeQuery: logIn}},
		{rule: "SEC002", why: "no challenge", header: hit, probes: got{lint.ProbeQuery: observe(401, "")}},
		{rule: "SEC003", fire: true, header: good, config: csrf, edit: marked},
		{rule: "SEC003", why: "private", header: "Cache-Control: private", config: csrf, edit: marked},
		{rule: "SEC003", why: "no pattern", header: good, edit: marked},
		{rule: "SEC004", fire: true, header: `Clear-Site-Data: "cookies", "cache"`, at: `"cache"`},
		{rule: "SEC004", header: `Clear-Site-Data: "cookies"`},
	}
}

func grpRows() []ruleRow {
	long := strings.Repeat("a", 33)
	return []ruleRow{
		{rule: "GRP001", fire: true, header: "Cache-Groups: scripts"},
		{rule: "GRP001", why: "no list", fire: true, header: `Cache-Groups: "a`},
		{rule: "GRP001", why: "long", fire: true, header: `Cache-Groups: "` + long + `"`},
		{rule: "GRP001", why: "long enough", header: `Cache-Groups: "` + long[1:] + `"`},
		{rule: "GRP001", why: "many", fire: true, header: "Cache-Groups: " + strings.Repeat(`"a", `, 32) + `"b"`},
		{rule: "GRP001", why: "as many as may be", header: "Cache-Groups: " + strings.Repeat(`"a", `, 31) + `"b"`},
		{rule: "GRP002", fire: true, header: `Cache-Group-Invalidation: "a"`},
		{rule: "GRP002", why: "unsafe", header: `Cache-Group-Invalidation: "a"`, edit: func(r *lint.Response) { r.Method = "POST" }},
	}
}
