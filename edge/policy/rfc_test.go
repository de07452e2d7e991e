package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// clause is a sentence of an RFC about what a cache does, with an answer that shows it.
type clause struct {
	section, says string
	req           policy.Request
	status        int // 0 means 200
	header        []string
	profile       string // empty means rfc9111
	after         int    // seconds after the arrival
	want          string // see verdict
}

// verdict says in words what a cache makes of an answer.
func verdict(p policy.Policy, at time.Time) string {
	if !p.Storable {
		return "not stored: " + p.Reason
	}
	s := fmt.Sprintf("%.0f s by %s, age %.0f, %s", p.Lifetime.Seconds(), p.Basis, p.Age(at).Seconds(), p.State(at))
	if p.State(at) == policy.StateStale && p.ServesOnError(at) {
		s += ", sent on error"
	}
	return s
}

func (c clause) check(t *testing.T) {
	t.Helper()
	status, name := c.status, c.profile
	if status == 0 {
		status = 200
	}
	if name == "" {
		name = "rfc9111"
	}
	p := policy.Evaluate(c.req, policy.Response{Status: status, Header: header(c.header...)}, now(), now(), with(t, name, policy.Settings{}))
	assert.Equal(t, c.want, verdict(p, now().Add(time.Duration(c.after)*time.Second)), "%s: %s (%s, %d %q)", c.section, c.says, name, status, c.header)
}

// authorized is a request with credentials, asking one with a Cache-Control of its own.
func authorized() policy.Request {
	return policy.Request{Header: header("Authorization", "Basic eA==")}
}

func asking(cc string) policy.Request { return policy.Request{Header: header("cache-control", cc)} }

// TestStoring covers RFC 9111, section 3. Sections 3.1 (which fields are stored), 3.2 (updating
// them) and 3.4 (combining parts) say what is done with a stored response, not which one is stored.
func TestStoring(t *testing.T) {
	t.Parallel()
	post := policy.Request{Method: "POST"}
	postTo := policy.Request{Method: "POST", URL: "https://example.com/a"}
	for _, c := range []clause{
		{section: "3", says: "a method that the cache understands", header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3", says: "a method that the cache understands: HEAD", req: policy.Request{Method: "HEAD"}, header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3", says: "a method that it does not understand", req: policy.Request{Method: "PROPFIND"}, header: []string{"Cache-Control", "max-age=9"}, want: "not stored: method"},
		{section: "3", says: "methods are case-sensitive (RFC 9110, 9.1)", req: policy.Request{Method: "get"}, header: []string{"Cache-Control", "max-age=9"}, want: "not stored: method"},
		{section: "3; RFC 9110, 9.3.3", says: "POST with explicit freshness and Content-Location", req: post, header: []string{"Cache-Control", "max-age=9", "Content-Location", "/a"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3; RFC 9110, 9.3.3", says: "POST whose Content-Location is its own URL", req: postTo, header: []string{"Cache-Control", "max-age=9", "Content-Location", "https://example.com/a"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3; RFC 9110, 9.3.3", says: "POST whose Content-Location is its own path", req: postTo, header: []string{"Cache-Control", "max-age=9", "Content-Location", " /a"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3; RFC 9110, 9.3.3", says: "POST whose Content-Location is another URL", req: postTo, header: []string{"Cache-Control", "max-age=9", "Content-Location", "/b"}, want: "not stored: method"},
		{section: "3; RFC 9110, 9.3.3", says: "POST whose Content-Location is no URL", req: postTo, header: []string{"Cache-Control", "max-age=9", "Content-Location", "%"}, want: "not stored: method"},
		{section: "3; RFC 9110, 9.3.3", says: "POST with freshness from Expires", req: post, header: []string{"Expires", hourOn, "Content-Location", "/a"}, want: "3600 s by expires, age 0, fresh"},
		{section: "3; RFC 9110, 9.3.3", says: "POST without explicit freshness", req: post, header: []string{"Content-Location", "/a", "Last-Modified", dayAgo}, want: "not stored: method"},
		{section: "3; RFC 9110, 9.3.3", says: "POST without Content-Location", req: post, header: []string{"Cache-Control", "max-age=9"}, want: "not stored: method"},
		{section: "3; RFC 9110, 9.3.3", says: "s-maxage is no freshness in a private cache", req: post, profile: "browser", header: []string{"Cache-Control", "s-maxage=9", "Content-Location", "/a"}, want: "not stored: method"},
		{section: "3", says: "the status is final", status: 103, header: []string{"Cache-Control", "max-age=9"}, want: "not stored: status"},
		{section: "3", says: "the status is final: the first final one", status: 200, header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3", says: "there is no status 600", status: 600, header: []string{"Cache-Control", "max-age=9"}, want: "not stored: status"},
		{section: "3", says: "206 is understood", status: 206, header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3", says: "304 updates a response and is none", status: 304, header: []string{"Cache-Control", "max-age=9"}, want: "not stored: status"},
		{section: "3", says: "a final status that is not understood may be stored", status: 299, header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3", says: "must-understand and an understood status", status: 404, header: []string{"Cache-Control", "must-understand, max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3", says: "must-understand and another status", status: 299, header: []string{"Cache-Control", "must-understand, max-age=9"}, want: "not stored: status"},
		{section: "3", says: "no-store", header: []string{"Cache-Control", "no-store, max-age=9"}, want: "not stored: no-store"},
		{section: "3", says: "no-store, in a private cache too", profile: "browser", header: []string{"Cache-Control", "no-store, max-age=9"}, want: "not stored: no-store"},
		{section: "3", says: "private keeps shared caches out", header: []string{"Cache-Control", "private, max-age=9"}, want: "not stored: private"},
		{section: "3", says: "private permits a private cache to store", status: 302, profile: "browser", header: []string{"Cache-Control", "private"}, want: "0 s by none, age 0, stale"},
		{section: "3", says: "public permits", status: 302, header: []string{"Cache-Control", "public"}, want: "0 s by none, age 0, stale"},
		{section: "3", says: "Expires permits", status: 302, header: []string{"Expires", hourOn}, want: "3600 s by expires, age 0, fresh"},
		{section: "3", says: "max-age permits", status: 302, header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3", says: "s-maxage permits a shared cache", status: 302, header: []string{"Cache-Control", "s-maxage=9"}, want: "9 s by s-maxage, age 0, fresh"},
		{section: "3", says: "s-maxage permits no private cache", status: 302, profile: "browser", header: []string{"Cache-Control", "s-maxage=9"}, want: "not stored: no-freshness"},
		{section: "3", says: "a heuristically cacheable status permits", status: 404, want: "0 s by none, age 0, stale"},
		{section: "3", says: "nothing else permits", status: 302, header: []string{"Last-Modified", dayAgo, "ETag", `"a"`}, want: "not stored: no-freshness"},
		{section: "3", says: "must-revalidate alone permits nothing", status: 302, header: []string{"Cache-Control", "must-revalidate"}, want: "not stored: no-freshness"},
		{section: "3.3", says: "a part of a representation is stored as such", status: 206, header: []string{"Content-Range", "bytes 0-9/99", "Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3.5", says: "no answer to a request with Authorization", req: authorized(), header: []string{"Cache-Control", "max-age=9"}, want: "not stored: authorization"},
		{section: "3.5", says: "not in a private cache", req: authorized(), profile: "browser", header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3.5", says: "unless public", req: authorized(), header: []string{"Cache-Control", "max-age=9, public"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3.5", says: "unless s-maxage", req: authorized(), header: []string{"Cache-Control", "s-maxage=9"}, want: "9 s by s-maxage, age 0, fresh"},
		{section: "3.5", says: "unless must-revalidate", req: authorized(), header: []string{"Cache-Control", "max-age=9, must-revalidate"}, want: "9 s by max-age, age 0, fresh"},
		{section: "3.5", says: "proxy-revalidate is none of them", req: authorized(), header: []string{"Cache-Control", "max-age=9, proxy-revalidate"}, want: "not stored: authorization"},
		{section: "3.5", says: "Expires is none of them", req: authorized(), header: []string{"Expires", hourOn}, want: "not stored: authorization"},
	} {
		c.check(t)
	}
	for status, heuristic := range map[int]bool{
		200: true, 201: false, 202: false, 203: true, 204: true, 205: false, 206: true, 300: true, 301: true, 302: false, 303: false,
		307: false, 308: true, 400: false, 401: false, 403: false, 404: true, 405: true, 410: true, 414: true, 421: false, 429: false,
		451: false, 500: false, 501: true, 502: false, 503: false, 504: false,
	} {
		want := "not stored: no-freshness"
		if heuristic {
			want = "8640 s by heuristic, age 0, fresh"
		}
		clause{section: "3; RFC 9110, 15.1", says: "the heuristically cacheable statuses", status: status, header: []string{"Last-Modified", dayAgo}, want: want}.check(t)
	}
}

// TestReusing covers RFC 9111, sections 4 to 4.2.4.
func TestReusing(t *testing.T) {
	t.Parallel()
	for _, c := range []clause{
		{section: "4", says: "a fresh response is reused", header: []string{"Cache-Control", "max-age=9"}, after: 8, want: "9 s by max-age, age 8, fresh"},
		{section: "4", says: "no-cache is reused after validation only", header: []string{"Cache-Control", "max-age=9, no-cache"}, after: 1, want: "9 s by max-age, age 1, stale"},
		{section: "4.2.1", says: "of two no-cache the more restrictive holds", header: []string{"Cache-Control", `no-cache="Set-Cookie", max-age=9, no-cache`}, after: 1, want: "9 s by max-age, age 1, stale"},
		{section: "4", says: "a qualified no-cache is about its fields", header: []string{"Cache-Control", `max-age=9, no-cache="Set-Cookie"`}, after: 1, want: "9 s by max-age, age 1, fresh"},
		{section: "4.1", says: "Vary with names does not keep from the same request", header: []string{"Cache-Control", "max-age=9", "Vary", "Accept, Cookie"}, want: "9 s by max-age, age 0, fresh"},
		{section: "4.1", says: "Vary: * always fails to match", header: []string{"Cache-Control", "max-age=9", "Vary", "*"}, want: "9 s by max-age, age 0, stale"},
		{section: "4.1", says: "a member * is enough", header: []string{"Cache-Control", "max-age=9", "Vary", "Accept , *"}, want: "9 s by max-age, age 0, stale"},
		{section: "4.1", says: "on any line", header: []string{"Cache-Control", "max-age=9", "Vary", "Accept", "Vary", "*"}, want: "9 s by max-age, age 0, stale"},
		{section: "4.1", says: "*x is a name", header: []string{"Cache-Control", "max-age=9", "Vary", "*x"}, want: "9 s by max-age, age 0, fresh"},
		{section: "4.1", says: "Vary: * rules out stale reuse too", header: []string{"Cache-Control", "max-age=9, stale-if-error=99", "Vary", "*"}, after: 20, want: "9 s by max-age, age 20, stale"},
		{section: "4.2", says: "fresh means a lifetime greater than the age", header: []string{"Cache-Control", "max-age=9"}, after: 9, want: "9 s by max-age, age 9, stale"},
		{section: "4.2", says: "a lifetime of 0 is never fresh", header: []string{"Cache-Control", "max-age=0"}, want: "0 s by max-age, age 0, stale"},
		{section: "4.2.1", says: "s-maxage first, in a shared cache", header: []string{"Cache-Control", "max-age=9, s-maxage=8", "Expires", hourOn}, want: "8 s by s-maxage, age 0, fresh"},
		{section: "4.2.1", says: "not in a private one", profile: "browser", header: []string{"Cache-Control", "max-age=9, s-maxage=8", "Expires", hourOn}, want: "9 s by max-age, age 0, fresh"},
		{section: "4.2.1", says: "then max-age", header: []string{"Expires", hourOn, "Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "4.2.1", says: "then Expires minus Date", header: []string{"Expires", hourOn, "Date", dayAgo}, want: "90000 s by expires, age 0, fresh"},
		{section: "4.2.1", says: "then a heuristic", header: []string{"Last-Modified", dayAgo, "Date", date}, want: "8640 s by heuristic, age 0, fresh"},
		{section: "4.2.1", says: "of repeated directives the first", header: []string{"Cache-Control", "max-age=9, max-age=90"}, want: "9 s by max-age, age 0, fresh"},
		{section: "4.2.1", says: "of repeated directives the first, over lines", header: []string{"Cache-Control", "max-age=9", "Cache-Control", "max-age=90"}, want: "9 s by max-age, age 0, fresh"},
		{section: "4.2.1", says: "of several lines of Expires none: stale", header: []string{"Expires", hourOn, "Expires", hourOn}, want: "0 s by expires, age 0, stale"},
		{section: "4.2.1", says: "invalid freshness is stale: s-maxage", header: []string{"Cache-Control", "s-maxage=x, max-age=9"}, want: "0 s by s-maxage, age 0, stale"},
		{section: "4.2.1", says: "invalid freshness is stale: max-age", header: []string{"Cache-Control", "max-age=1.5", "Expires", hourOn}, want: "0 s by max-age, age 0, stale"},
		{section: "4.2.2", says: "no heuristic beside explicit freshness", header: []string{"Cache-Control", "max-age=0", "Last-Modified", dayAgo}, want: "0 s by max-age, age 0, stale"},
		{section: "4.2.2", says: "no heuristic for other statuses", status: 302, header: []string{"Cache-Control", "s-maxage=x", "Last-Modified", dayAgo}, want: "0 s by s-maxage, age 0, stale"},
		{section: "4.2.2", says: "unless public", status: 302, header: []string{"Cache-Control", "public", "Last-Modified", dayAgo}, want: "8640 s by heuristic, age 0, fresh"},
		{section: "4.2.2", says: "a tenth of the time since Last-Modified", header: []string{"Last-Modified", "Tue, 01 Dec 2026 13:59:00 GMT"}, want: "6 s by heuristic, age 0, fresh"},
		{section: "4.2.2", says: "nothing to guess from", header: []string{"Date", date}, want: "0 s by none, age 0, stale"},
		{section: "4.2.3", says: "the age on arrival counts", header: []string{"Cache-Control", "max-age=9", "Age", "5"}, after: 3, want: "9 s by max-age, age 8, fresh"},
		{section: "4.2.3", says: "the age on arrival may exceed the lifetime", header: []string{"Cache-Control", "max-age=9", "Age", "9"}, want: "9 s by max-age, age 9, stale"},
		{section: "4.2.3", says: "an old Date alone makes nothing older than Age and delay say", header: []string{"Cache-Control", "max-age=9", "Date", dayAgo}, want: "9 s by max-age, age 0, fresh"},
		{section: "4.2.4", says: "no stale answer by default", header: []string{"Cache-Control", "max-age=9"}, after: 10, want: "9 s by max-age, age 10, stale"},
		{section: "4.2.4", says: "no-store, no-cache, must-revalidate forbid: must-revalidate", header: []string{"Cache-Control", "max-age=9, stale-if-error=99, stale-while-revalidate=99, must-revalidate"}, after: 10, want: "9 s by max-age, age 10, stale"},
		{section: "4.2.4", says: "no-cache forbids", header: []string{"Cache-Control", "max-age=9, stale-if-error=99, no-cache"}, after: 10, want: "9 s by max-age, age 10, stale"},
		{section: "4.2.4", says: "s-maxage forbids in shared caches", header: []string{"Cache-Control", "s-maxage=9, stale-if-error=99"}, after: 10, want: "9 s by s-maxage, age 10, stale"},
		{section: "4.2.4", says: "proxy-revalidate forbids in shared caches", header: []string{"Cache-Control", "max-age=9, stale-if-error=99, proxy-revalidate"}, after: 10, want: "9 s by max-age, age 10, stale"},
		{section: "4.2.4", says: "not in private ones", profile: "browser", header: []string{"Cache-Control", "max-age=9, stale-if-error=99, proxy-revalidate, s-maxage=1"}, after: 10, want: "9 s by max-age, age 10, stale, sent on error"},
	} {
		c.check(t)
	}
}

func TestUnderstoodStatuses(t *testing.T) {
	t.Parallel()
	understood := map[int]bool{
		199: false, 200: true, 206: true, 207: false, 299: false, 300: true, 303: true, 304: false, 305: false, 306: false, 307: true, 308: true,
		309: false, 400: true, 417: true, 418: false, 420: false, 421: true, 422: true, 423: false, 426: true, 427: false, 429: false,
		499: false, 500: true, 505: true, 506: false, 599: false, 600: false,
	}
	for status, want := range understood {
		assert.Equal(t, want, policy.Understood(status), status)
	}
}
