package lint_test

import (
	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

func valRows() []ruleRow {
	const (
		date     = "Date: Thu, 26 Nov 2026 08:00:00 GMT"
		modified = "Last-Modified: Thu, 26 Nov 2026 08:00:00 GMT"
		later    = "Date: Thu, 26 Nov 2026 08:00:01 GMT|Last-Modified: Thu, 26 Nov 2026 08:00:01 GMT"
		gz       = "|Content-Encoding: gzip"
	)
	one := func(p lint.Probe, o *edge.Observation) got { return got{p: o} }
	codings := func(identity, gzip string) got {
		return got{lint.ProbeIdentity: content("a", identity, ""), lint.ProbeGzip: content("a", gzip+gz, "")}
	}
	return []ruleRow{
		{rule: "VAL001", fire: true, header: "Cache-Control: max-age=60"},
		{rule: "VAL001", why: "a date", header: "Cache-Control: max-age=60|" + modified},
		{rule: "VAL001", why: "not stored", header: "Cache-Control: no-store"},
		{rule: "VAL002", fire: true, header: `ETag: W/"a"|Content-Type: video/mp4`},
		{rule: "VAL002", why: "strong", header: `ETag: "a"|Content-Type: video/mp4`},
		{rule: "VAL002", why: "no media", header: `ETag: W/"a"|Content-Type: text/css`},
		{rule: "VAL003", fire: true, header: "ETag: abc", fix: `ETag: "abc"`},
		{rule: "VAL003", why: "mark", fire: true, header: `ETag: w/"a"`},
		{rule: "VAL003", header: `ETag: W/"a"`},
		{rule: "VAL004", fire: true, header: `ETag: "a"`, edit: hasBody("x"), probes: one(lint.ProbeAgain, content("x", `ETag: "b"`, ""))},
		{rule: "VAL004", why: "weak", header: `ETag: "a"`, edit: hasBody("x"), probes: one(lint.ProbeAgain, content("x", `ETag: W/"a"`, ""))},
		{rule: "VAL004", why: "another body", header: `ETag: "a"`, edit: hasBody("x"), probes: one(lint.ProbeAgain, content("y", `ETag: "b"`, ""))},
		{rule: "VAL004", why: "another coding", header: `ETag: "a"`, edit: hasBody("x"), probes: one(lint.ProbeAgain, content("x", `ETag: "b"`+gz, ""))},
		{rule: "VAL005", fire: true, header: good, probes: codings(`ETag: "a"`, `ETag: "a"`), fix: `W/"a"`},
		{rule: "VAL005", why: "weak", header: good, probes: codings(`ETag: "a"`, `ETag: W/"a"`)},
		{rule: "VAL006", fire: true, header: `ETag: "a"`, edit: hasBody("x"), probes: one(lint.ProbeAgain, content("y", `ETag: "a"`, ""))},
		{rule: "VAL006", why: "weak", header: `ETag: W/"a"`, edit: hasBody("x"), probes: one(lint.ProbeAgain, content("y", `ETag: W/"a"`, ""))},
		{rule: "VAL006", why: "same body", header: `ETag: "a"`, edit: hasBody("x"), probes: one(lint.ProbeAgain, content("x", `ETag: "a"`, ""))},
		{rule: "VAL007", fire: true, header: `ETag: "a"`, probes: one(lint.ProbeIfNoneMatch, content("x", `ETag: W/"a"`, ""))},
		{rule: "VAL007", why: "304", header: `ETag: "a"`, probes: one(lint.ProbeIfNoneMatch, observe(304, `ETag: "a"`))},
		{rule: "VAL007", why: "changed", header: `ETag: "a"`, probes: one(lint.ProbeIfNoneMatch, content("x", `ETag: "b"`, ""))},
		{rule: "VAL007", why: "not kept", header: `ETag: "a"|Cache-Control: no-store`, probes: one(lint.ProbeIfNoneMatch, content("x", `ETag: "a"`, ""))},
		{rule: "VAL008", fire: true, header: modified, probes: one(lint.ProbeIfModified, content("x", modified, ""))},
		{rule: "VAL008", why: "304", header: modified, probes: one(lint.ProbeIfModified, observe(304, modified))},
		{rule: "VAL008", why: "not kept", header: modified + "|Cache-Control: private", probes: one(lint.ProbeIfModified, content("x", modified, ""))},
		{rule: "VAL008", why: "changed", header: modified, probes: one(lint.ProbeIfModified, content("x", later, ""))},
		{rule: "VAL009", fire: true, header: good, probes: one(lint.ProbeIfNoneMatch, observe(304, date+`|ETag: "a"`))},
		{rule: "VAL009", why: "no date", fire: true, header: `ETag: "a"`, probes: one(lint.ProbeIfNoneMatch, observe(304, `ETag: "a"`))},
		{rule: "VAL009", why: "all but a coding's Vary", header: good, probes: one(lint.ProbeIfNoneMatch, observe(304, date+`|ETag: "a"|Cache-Control: x`))},
		{rule: "VAL009", why: "Vary", fire: true, header: "Vary: Origin", probes: one(lint.ProbeIfModified, observe(304, date))},
		{rule: "VAL010", fire: true, header: "Date: Thu, 26 Nov 2026 07:59:59 GMT|" + modified},
		{rule: "VAL010", header: date + "|" + modified},
		{rule: "VAL011", fire: true, header: date + "|" + modified, probes: one(lint.ProbeQuery, content("x", later, ""))},
		{rule: "VAL011", why: "the same copy", header: date + "|" + modified, probes: one(lint.ProbeAgain, content("x", date+"|"+modified, ""))},
		{rule: "VAL011", why: "a page", kind: crawl.Document, header: date + "|" + modified, probes: one(lint.ProbeQuery, content("x", later, ""))},
	}
}

func rngRows() []ruleRow {
	const part = "|Content-Range: bytes 0-99/1000|Content-Length: 100"
	ranged := func(status int, header string) got { return got{lint.ProbeRange: whole(observe(status, header), "p")} }
	large := func(r *lint.Response) { r.Observation.Header = observe(0, "Content-Length: 10485761").Header }
	return []ruleRow{
		{rule: "RNG001", fire: true, status: 206, sent: "Accept: */*"},
		{rule: "RNG001", why: "asked for", status: 206, sent: "Range: bytes=0-1"},
		{rule: "RNG001", why: "nobody knows", status: 206},
		{rule: "RNG002", fire: true, header: "Accept-Ranges: bytes", probes: ranged(200, "")},
		{rule: "RNG002", why: "not kept", header: "Accept-Ranges: bytes|Cache-Control: no-store", probes: ranged(200, "")},
		{rule: "RNG002", why: "206", header: "Accept-Ranges: bytes", probes: ranged(206, "")},
		{rule: "RNG002", why: "not offered", probes: ranged(200, "")},
		{rule: "RNG003", fire: true, header: good, probes: ranged(206, part)},
		{rule: "RNG003", header: good, edit: hasBody("a"), probes: ranged(206, good+part)},
		{rule: "RNG003", why: "length", fire: true, header: good, probes: ranged(206, good+"|Content-Range: bytes 0-99/1000|Content-Length: 99")},
		{rule: "RNG003", why: "total", fire: true, header: good, edit: hasBody("a"), probes: ranged(206, good+"|Content-Range: bytes 0-99/999|Content-Length: 100")},
		{rule: "RNG003", why: "total not told", header: good, edit: hasBody("a"), probes: ranged(206, good+"|Content-Range: bytes 0-99/*|Content-Length: 100")},
		{rule: "RNG004", fire: true, header: good + "|Content-Encoding: gzip", probes: ranged(206, good+part)},
		{rule: "RNG004", why: "weak", header: `ETag: W/"a"|Content-Encoding: gzip`, probes: ranged(206, `ETag: "a"`+part)},
		{rule: "RNG004", why: "same coding", header: good, probes: ranged(206, good+part)},
		{rule: "RNG005", fire: true, profile: named("azure"), kind: crawl.Media, edit: large},
		{rule: "RNG005", why: "small", profile: named("azure"), kind: crawl.Media, header: "Content-Length: 10485760"},
		{rule: "RNG005", why: "another CDN", profile: named("gcp"), kind: crawl.Media, edit: large},
	}
}

func encRows() []ruleRow {
	const css, gz = "Content-Type: text/css|Content-Length: 1401", "Content-Encoding: gzip|Vary: Accept-Encoding"
	sized := func(wire int64) got {
		o := content("a", gz, "")
		o.WireBytes = wire
		return got{lint.ProbeGzip: o}
	}
	codings := func(gzip string) got {
		return got{lint.ProbeIdentity: content("a", "", ""), lint.ProbeGzip: content(gzip, gz, "")}
	}
	unstable := codings("b")
	unstable[lint.ProbeAgain] = content("c", "", "")
	control := codings("b")
	control[lint.ProbeQuery] = content("a", "", "")
	return []ruleRow{
		{rule: "ENC001", fire: true, header: css, sent: "Accept-Encoding: gzip, br"},
		{rule: "ENC001", why: "not offered", header: css, sent: "Accept-Encoding: identity"},
		{rule: "ENC001", why: "refused", header: css, sent: "Accept-Encoding: gzip;q=0, br;q=0.0"},
		{rule: "ENC001", why: "any", fire: true, header: css, sent: "Accept-Encoding: *"},
		{rule: "ENC001", why: "small", header: "Content-Type: text/css|Content-Length: 1400", sent: "Accept-Encoding: gzip"},
		{rule: "ENC001", why: "no text", header: "Content-Type: image/png|Content-Length: 1401", sent: "Accept-Encoding: gzip"},
		{rule: "ENC001", why: "coded", header: css + "|" + gz, sent: "Accept-Encoding: gzip"},
		{rule: "ENC002", fire: true, header: good, probes: sized(1000)},
		{rule: "ENC002", header: good, probes: sized(999)},
		{rule: "ENC003", fire: true, header: good, edit: hasBody("a"), probes: codings("b")},
		{rule: "ENC003", header: good, edit: hasBody("a"), probes: codings("a")},
		{rule: "ENC003", why: "made anew each time", header: good, edit: hasBody("a"), probes: unstable},
		{rule: "ENC003", why: "data without control", header: good, kind: crawl.Data, edit: hasBody("a"), probes: codings("b")},
		{rule: "ENC003", why: "data with control", fire: true, header: good, kind: crawl.Data, edit: hasBody("a"), probes: control},
		{rule: "ENC004", fire: true, header: gz, sent: "Accept-Encoding: br"},
		{
			rule: "ENC004", why: "a copy that the cache cannot tell apart", header: "Content-Encoding: gzip|Cache-Control: max-age=60", sent: "Accept-Encoding: gzip",
			probes: got{lint.ProbeIdentity: content("a", gz, "Accept-Encoding: identity")},
		},
		{rule: "ENC004", header: gz, sent: "Accept-Encoding: gzip"},
		{rule: "ENC004", why: "old name", header: gz, sent: "Accept-Encoding: x-gzip"},
		{rule: "ENC004", why: "nobody knows", header: gz},
		{rule: "ENC004", why: "identity is refused", fire: true, header: gz, sent: "Accept-Encoding: gzip", probes: got{lint.ProbeIdentity: content("a", gz, "Accept-Encoding: identity")}},
	}
}

func lenRows() []ruleRow {
	ends := func(r *lint.Response) { r.Observation.Completeness = edge.CompletenessUnknown }
	cut := func(failure edge.Failure) func(*lint.Response) {
		return func(r *lint.Response) {
			r.Observation.Completeness, r.Observation.Failure, r.Observation.WireBytes = edge.Truncated, failure, 9
		}
	}
	head := func(status int, header string) got { return got{lint.ProbeHead: observe(status, header)} }
	return []ruleRow{
		{rule: "LEN001", fire: true, profile: named("cloudfront"), edit: ends},
		{rule: "LEN001", why: "another CDN", profile: named("gcp"), edit: ends},
		{rule: "LEN001", why: "framed", profile: named("cloudfront"), edit: hasBody("a")},
		{rule: "LEN002", fire: true, header: "Content-Length: 10", edit: cut(edge.FailReset)},
		{rule: "LEN002", why: "given up", header: "Content-Length: 10", edit: cut(edge.FailTimeout)},
		{rule: "LEN002", why: "whole", header: "Content-Length: 9", edit: cut(edge.FailReset)},
		{rule: "LEN003", fire: true, header: good, probes: head(405, good)},
		{rule: "LEN003", why: "policy", fire: true, header: good, probes: head(200, "Cache-Control: no-store")},
		{rule: "LEN003", header: good, probes: head(200, good)},
		{rule: "LEN003", why: "counts down", header: "Cache-Control: max-age=60", probes: head(200, "Cache-Control: max-age=59")},
	}
}
