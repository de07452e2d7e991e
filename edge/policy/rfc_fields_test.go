package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// TestFields covers RFC 9111, sections 5.1 to 5.4: Age, Cache-Control, Expires, Pragma.
func TestFields(t *testing.T) {
	t.Parallel()
	for _, c := range []clause{
		{section: "5.1", says: "delta-seconds", header: []string{"Cache-Control", "max-age=9", "Age", "007"}, want: "9 s by max-age, age 7, fresh"},
		{section: "5.1", says: "of a list the first member", header: []string{"Cache-Control", "max-age=9", "Age", "7, 99"}, want: "9 s by max-age, age 7, fresh"},
		{section: "5.1", says: "of several lines the first", header: []string{"Cache-Control", "max-age=9", "Age", "7", "Age", "99"}, want: "9 s by max-age, age 7, fresh"},
		{section: "5.1", says: "an invalid one is ignored", header: []string{"Cache-Control", "max-age=9", "Age", "-7"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.1", says: "an invalid first member is ignored whole", header: []string{"Cache-Control", "max-age=9", "Age", "x, 7"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.1; 1.2.2", says: "too large is 2^31", header: []string{"Cache-Control", "max-age=9", "Age", "4294967296"}, want: "9 s by max-age, age 2147483648, stale"},

		{section: "5.2", says: "names without case", header: []string{"cache-control", "MAX-AGE=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2", says: "arguments as tokens or quoted", header: []string{"Cache-Control", `max-age="9"`}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2", says: "lines are one list", header: []string{"Cache-Control", "public", "Cache-Control", "no-store"}, want: "not stored: no-store"},
		{section: "5.2", says: "however many lines", header: []string{"Cache-Control", "public", "Cache-Control", "max-age=9", "Cache-Control", "immutable", "Cache-Control", "no-store"}, want: "not stored: no-store"},
		{section: "5.2", says: "however many lines: in order", header: []string{"Cache-Control", "max-age=9", "Cache-Control", "max-age=8", "Cache-Control", "max-age=7"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2", says: "empty members are none", header: []string{"Cache-Control", ", ,max-age=9,,"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2", says: "a comma in quotes separates nothing", header: []string{"Cache-Control", `x="a, no-store", max-age=9`}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2", says: "an argument where none is defined takes nothing away", header: []string{"Cache-Control", "no-store=0, max-age=9"}, want: "not stored: no-store"},

		// Requests: a policy answers for a later request without directives of its own, which a cache
		// would otherwise compare with age and lifetime; no-store alone is about this response.
		{section: "5.2.1.1", says: "max-age of the request is the asker's", req: asking("max-age=0"), header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2.1.2", says: "max-stale of the request is the asker's", req: asking("max-stale=99"), header: []string{"Cache-Control", "max-age=9"}, after: 10, want: "9 s by max-age, age 10, stale"},
		{section: "5.2.1.3", says: "min-fresh of the request is the asker's", req: asking("min-fresh=99"), header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2.1.4", says: "no-cache of the request is the asker's", req: asking("no-cache"), header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2.1.5", says: "no-store keeps the response out", req: asking("max-age=0, No-Store"), header: []string{"Cache-Control", "max-age=9"}, want: "not stored: request"},
		{section: "5.2.1.5", says: "in private caches too", req: asking("no-store"), profile: "browser", header: []string{"Cache-Control", "max-age=9"}, want: "not stored: request"},
		{section: "5.2.1.6", says: "no-transform says nothing about storing", req: asking("no-transform"), header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},
		{section: "5.2.1.7", says: "only-if-cached of the request is the asker's", req: asking("only-if-cached"), header: []string{"Cache-Control", "max-age=9"}, want: "9 s by max-age, age 0, fresh"},

		{section: "5.2.2.1", says: "max-age", header: []string{"Cache-Control", "max-age=5"}, after: 4, want: "5 s by max-age, age 4, fresh"},
		{section: "5.2.2.1; 1.2.2", says: "too large is 2^31", header: []string{"Cache-Control", "max-age=9999999999"}, want: "2147483648 s by max-age, age 0, fresh"},
		{section: "5.2.2.1", says: "without an argument stale", header: []string{"Cache-Control", "max-age"}, want: "0 s by max-age, age 0, stale"},
		{section: "5.2.2.1", says: "single quotes are no quotes", header: []string{"Cache-Control", "max-age='9'"}, want: "0 s by max-age, age 0, stale"},
		{section: "5.2.2.2", says: "must-revalidate: not once stale", header: []string{"Cache-Control", "max-age=5, must-revalidate, stale-if-error=9"}, after: 6, want: "5 s by max-age, age 6, stale"},
		{section: "5.2.2.2", says: "must-revalidate: fresh as long as it is", header: []string{"Cache-Control", "max-age=5, must-revalidate"}, after: 4, want: "5 s by max-age, age 4, fresh"},
		{section: "5.2.2.3", says: "must-understand beats no-store when the status is understood", header: []string{"Cache-Control", "must-understand, no-store, max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "5.2.2.3", says: "and not when it is not", status: 290, header: []string{"Cache-Control", "must-understand, no-store, max-age=5"}, want: "not stored: status"},
		{section: "5.2.2.4", says: "no-cache", header: []string{"Cache-Control", "no-cache"}, want: "0 s by none, age 0, stale"},
		{section: "5.2.2.4", says: "a list that cannot be read is none", header: []string{"Cache-Control", `max-age=5, no-cache="`}, want: "5 s by max-age, age 0, stale"},
		{section: "5.2.2.4", says: "an empty list is none", header: []string{"Cache-Control", `max-age=5, no-cache=" , "`}, want: "5 s by max-age, age 0, stale"},
		{section: "5.2.2.4", says: "a single name needs no quotes", header: []string{"Cache-Control", "max-age=5, no-cache=set-cookie"}, want: "5 s by max-age, age 0, fresh"},
		{section: "5.2.2.5", says: "no-store", header: []string{"Cache-Control", "no-store"}, want: "not stored: no-store"},
		{section: "5.2.2.6", says: "no-transform says nothing about storing", header: []string{"Cache-Control", "no-transform, max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "5.2.2.7", says: "private", header: []string{"Cache-Control", "private"}, want: "not stored: private"},
		{section: "5.2.2.7", says: "a qualified private is about its fields", header: []string{"Cache-Control", `private="x", max-age=5`}, want: "5 s by max-age, age 0, fresh"},
		{section: "5.2.2.7", says: "a list that cannot be read is none", header: []string{"Cache-Control", `max-age=5, private="x"y`}, want: "not stored: private"},
		{section: "5.2.2.8", says: "proxy-revalidate: shared caches", header: []string{"Cache-Control", "max-age=5, proxy-revalidate, stale-while-revalidate=9"}, after: 6, want: "5 s by max-age, age 6, stale"},
		{section: "5.2.2.8", says: "proxy-revalidate: not private ones", profile: "browser", header: []string{"Cache-Control", "max-age=5, proxy-revalidate, stale-while-revalidate=9"}, after: 6, want: "5 s by max-age, age 6, swr"},
		{section: "5.2.2.9", says: "public", status: 303, header: []string{"Cache-Control", "public"}, want: "0 s by none, age 0, stale"},
		{section: "5.2.2.10", says: "s-maxage overrides max-age and Expires", header: []string{"Cache-Control", "s-maxage=5, max-age=50", "Expires", hourOn}, want: "5 s by s-maxage, age 0, fresh"},
		{section: "5.2.2.10", says: "and has the meaning of proxy-revalidate", header: []string{"Cache-Control", "s-maxage=5, stale-while-revalidate=9"}, after: 6, want: "5 s by s-maxage, age 6, stale"},
		{section: "5.2.3", says: "unknown directives are ignored", header: []string{"Cache-Control", "s-max-age=1, max-age=5, pre-check=0"}, want: "5 s by max-age, age 0, fresh"},
		{section: "5.2.3", says: "and permit nothing", status: 302, header: []string{"Cache-Control", "maxage=9"}, want: "not stored: no-freshness"},

		{section: "5.3", says: "Expires", header: []string{"Date", date, "Expires", hourOn}, after: 3599, want: "3600 s by expires, age 3599, fresh"},
		{section: "5.3", says: "in the past: stale", header: []string{"Date", date, "Expires", dayAgo}, want: "0 s by expires, age 0, stale"},
		{section: "5.3", says: "no date, such as 0: stale", header: []string{"Expires", "0", "Last-Modified", dayAgo}, want: "0 s by expires, age 0, stale"},
		{section: "5.3", says: "ignored beside max-age", header: []string{"Expires", "0", "Cache-Control", "max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "5.3", says: "ignored beside s-maxage", header: []string{"Expires", "0", "Cache-Control", "s-maxage=5"}, want: "5 s by s-maxage, age 0, fresh"},
		{section: "5.3", says: "not ignored beside other directives", header: []string{"Date", date, "Expires", hourOn, "Cache-Control", "must-revalidate"}, want: "3600 s by expires, age 0, fresh"},
		{section: "5.4", says: "Pragma of a response says nothing", header: []string{"Pragma", "no-cache", "Expires", hourOn}, want: "3600 s by expires, age 0, fresh"},
		{section: "5.4", says: "Pragma of a request is the asker's", req: policy.Request{Header: header("Pragma", "no-cache")}, header: []string{"Expires", hourOn}, want: "3600 s by expires, age 0, fresh"},
	} {
		c.check(t)
	}
}

// TestDelay covers the part of RFC 9111, section 4.2.3, that needs a slow answer.
func TestDelay(t *testing.T) {
	t.Parallel()
	res := policy.Response{Status: 200, Header: header("Cache-Control", "max-age=60", "Age", "10", "Date", "Tue, 01 Dec 2026 13:59:20 GMT")}
	p := policy.Evaluate(policy.Request{}, res, now().Add(-5*time.Second), now(), policy.RFC9111())
	assert.Equal(t, 10*time.Second, p.AgeValue, "age_value")
	assert.Equal(t, 15*time.Second, p.CorrectedAge, "corrected_age_value is age_value and response_delay")
	assert.Equal(t, 40*time.Second, p.ApparentAge, "apparent_age is response_time minus date_value")
	assert.Equal(t, 22*time.Second, p.Age(now().Add(7*time.Second)), "current_age adds resident_time")
	early := policy.Evaluate(policy.Request{}, res, now(), now().Add(-time.Hour), policy.RFC9111())
	assert.Equal(t, 10*time.Second, early.CorrectedAge, "a clock that went back is no delay")
	assert.Zero(t, early.ApparentAge, "a Date ahead of the clock is no age")
}

// TestTargeted covers RFC 9213, section 2: the targeted field of profile cdn is CDN-Cache-Control.
func TestTargeted(t *testing.T) {
	t.Parallel()
	for _, c := range []clause{
		{section: "2.1", says: "a Dictionary", header: []string{"CDN-Cache-Control", "max-age=9, no-transform;x=1"}, want: "9 s by max-age, age 0, fresh"},
		{section: "2.1", says: "lines are one Dictionary", header: []string{"CDN-Cache-Control", "max-age=9", "cdn-cache-control", "no-store"}, want: "not stored: no-store"},
		{section: "2.1", says: "however many lines", header: []string{"CDN-Cache-Control", "max-age=9", "CDN-Cache-Control", "max-age=8", "CDN-Cache-Control", "max-age=7"}, want: "7 s by max-age, age 0, fresh"},
		{section: "2.1", says: "the last of a repeated key", header: []string{"CDN-Cache-Control", "max-age=9, max-age=8"}, want: "8 s by max-age, age 0, fresh"},
		{section: "2.1", says: "parameters are ignored", header: []string{"CDN-Cache-Control", "max-age=9;max-age=1"}, want: "9 s by max-age, age 0, fresh"},
		{section: "2.1", says: "an Integer, not a String", header: []string{"CDN-Cache-Control", `max-age="9"`}, want: "0 s by max-age, age 0, stale"},
		{section: "2.1", says: "an Integer, not a Decimal", header: []string{"CDN-Cache-Control", "max-age=9.0"}, want: "0 s by max-age, age 0, stale"},
		{section: "2.1", says: "not a negative one", header: []string{"CDN-Cache-Control", "max-age=-9"}, want: "0 s by max-age, age 0, stale"},
		{section: "2.1", says: "a flag that is off is absent", header: []string{"CDN-Cache-Control", "max-age=9, no-store=?0"}, want: "9 s by max-age, age 0, fresh"},
		{section: "2.1", says: "a field that does not parse is ignored", header: []string{"CDN-Cache-Control", "max-age=9,", "Cache-Control", "max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "2.1", says: "a key with capitals does not parse", header: []string{"CDN-Cache-Control", "Max-Age=9", "Cache-Control", "max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "2.1", says: "an empty field is ignored", header: []string{"CDN-Cache-Control", " ", "Cache-Control", "max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "2.2", says: "the first field of the target list that is valid and not empty", profile: "vercel", header: []string{"Vercel-CDN-Cache-Control", "", "CDN-Cache-Control", "max-age=8", "Cache-Control", "max-age=5"}, want: "8 s by max-age, age 0, fresh"},
		{section: "2.2", says: "the next field when the first is absent", profile: "vercel", header: []string{"CDN-Cache-Control", "max-age=8", "Cache-Control", "max-age=5"}, want: "8 s by max-age, age 0, fresh"},
		{section: "2.2", says: "Cache-Control counts no more", header: []string{"CDN-Cache-Control", "max-age=9", "Cache-Control", "no-store, private, no-cache"}, want: "9 s by max-age, age 0, fresh"},
		{section: "2.2", says: "Expires counts no more", header: []string{"CDN-Cache-Control", "must-revalidate", "Expires", hourOn}, want: "0 s by none, age 0, stale"},
		{section: "2.2", says: "its private is not asked for Cache-Control's", header: []string{"CDN-Cache-Control", "private", "Cache-Control", "public, max-age=9"}, want: "not stored: private"},
		{section: "2.2", says: "without the field Cache-Control counts", header: []string{"Cache-Control", "max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "2.2", says: "a cache without the target reads Cache-Control", profile: "rfc9111", header: []string{"CDN-Cache-Control", "max-age=9", "Cache-Control", "max-age=5"}, want: "5 s by max-age, age 0, fresh"},
		{section: "2.2", says: "s-maxage within it", header: []string{"CDN-Cache-Control", "max-age=9, s-maxage=90"}, want: "90 s by s-maxage, age 0, fresh"},
		{section: "2.2", says: "no-cache within it", header: []string{"CDN-Cache-Control", "max-age=9, no-cache"}, want: "9 s by max-age, age 0, stale"},
		{section: "2.2", says: "must-revalidate within it", header: []string{"CDN-Cache-Control", "max-age=9, must-revalidate, stale-if-error=9"}, after: 10, want: "9 s by max-age, age 10, stale"},
		{section: "2.3", says: "Age counts against it", header: []string{"CDN-Cache-Control", "max-age=3600", "Cache-Control", "max-age=600", "Age", "1800"}, want: "3600 s by max-age, age 1800, fresh"},
		{section: "2.3", says: "and against Cache-Control downstream", profile: "browser", header: []string{"CDN-Cache-Control", "max-age=3600", "Cache-Control", "max-age=600", "Age", "1800"}, want: "600 s by max-age, age 1800, stale"},
		{section: "3.1", says: "none is a key without meaning", header: []string{"CDN-Cache-Control", "none", "Cache-Control", "no-store"}, want: "0 s by none, age 0, stale"},
	} {
		if c.profile == "" {
			c.profile = "cdn"
		}
		c.check(t)
	}
}

// TestExtensions covers RFC 5861 and RFC 8246.
func TestExtensions(t *testing.T) {
	t.Parallel()
	const swr, sie = "max-age=600, stale-while-revalidate=30", "max-age=600, stale-if-error=1200"
	for _, c := range []clause{
		{section: "RFC 5861, 3", says: "fresh until the lifetime", header: []string{"Cache-Control", swr}, after: 599, want: "600 s by max-age, age 599, fresh"},
		{section: "RFC 5861, 3", says: "then stale while a refresh runs", header: []string{"Cache-Control", swr}, after: 600, want: "600 s by max-age, age 600, swr"},
		{section: "RFC 5861, 3", says: "up to the window", header: []string{"Cache-Control", swr}, after: 630, want: "600 s by max-age, age 630, swr"},
		{section: "RFC 5861, 3", says: "and no further", header: []string{"Cache-Control", swr}, after: 631, want: "600 s by max-age, age 631, stale"},
		{section: "RFC 5861, 3", says: "an invalid window is none", header: []string{"Cache-Control", "max-age=600, stale-while-revalidate=x"}, after: 600, want: "600 s by max-age, age 600, stale"},
		{section: "RFC 5861, 4", says: "stale on error within the window", header: []string{"Cache-Control", sie}, after: 1800, want: "600 s by max-age, age 1800, stale, sent on error"},
		{section: "RFC 5861, 4", says: "and no further", header: []string{"Cache-Control", sie}, after: 1801, want: "600 s by max-age, age 1801, stale"},
		{section: "RFC 5861, 4", says: "overridden by must-revalidate (RFC 9111, 4.2.4)", header: []string{"Cache-Control", sie + ", must-revalidate"}, after: 700, want: "600 s by max-age, age 700, stale"},
		{section: "RFC 8246, 2", says: "immutable changes nothing once stale", header: []string{"Cache-Control", "max-age=9, immutable"}, after: 9, want: "9 s by max-age, age 9, stale"},
		{section: "RFC 8246, 2", says: "immutable is no lifetime", status: 302, header: []string{"Cache-Control", "immutable"}, want: "not stored: no-freshness"},
		{section: "RFC 8246, 2", says: "an argument takes nothing away", header: []string{"Cache-Control", "max-age=9, immutable=x"}, want: "9 s by max-age, age 0, fresh"},
	} {
		c.check(t)
	}
	assert.True(t, evaluate(200, "Cache-Control", "immutable=x").Immutable)
	assert.False(t, evaluate(200, "Cache-Control", "max-age=9").Immutable)
}
