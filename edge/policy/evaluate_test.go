package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// header builds pairs from name and value, alternating.
func header(pairs ...string) [][2]string {
	var h [][2]string
	for i := 0; i+1 < len(pairs); i += 2 {
		h = append(h, [2]string{pairs[i], pairs[i+1]})
	}
	return h
}

// evaluate asks a shared cache about an answer that took no time.
func evaluate(status int, pairs ...string) policy.Policy {
	return policy.Evaluate(policy.Request{}, policy.Response{Status: status, Header: header(pairs...)}, now(), now(), policy.RFC9111())
}

const (
	date   = "Tue, 01 Dec 2026 14:00:00 GMT"
	hourOn = "Tue, 01 Dec 2026 15:00:00 GMT"
	dayAgo = "Mon, 30 Nov 2026 14:00:00 GMT"
)

func TestStorable(t *testing.T) {
	t.Parallel()
	auth := policy.Request{Header: header("authorization", "Basic eA==")}
	post := policy.Request{Method: "POST"}
	for name, c := range map[string]struct {
		req     policy.Request
		status  int
		header  [][2]string
		private bool
		reason  string
	}{
		"plain 200":                         {status: 200},
		"head":                              {req: policy.Request{Method: "HEAD"}, status: 200},
		"put":                               {req: policy.Request{Method: "PUT"}, status: 200, reason: policy.ReasonMethod},
		"post":                              {req: post, status: 200, header: header("Cache-Control", "max-age=1"), reason: policy.ReasonMethod},
		"post with location":                {req: post, status: 200, header: header("Cache-Control", "max-age=1", "Content-Location", "/x")},
		"post with location only":           {req: post, status: 200, header: header("Content-Location", "/x"), reason: policy.ReasonMethod},
		"not final":                         {status: 103, reason: policy.ReasonStatus},
		"partial":                           {status: 206},
		"304":                               {status: 304, header: header("Cache-Control", "max-age=1"), reason: policy.ReasonStatus},
		"no-store":                          {status: 200, header: header("Cache-Control", "max-age=1, No-Store"), reason: policy.ReasonNoStore},
		"no-store with junk":                {status: 200, header: header("Cache-Control", "no-store=x;"), reason: policy.ReasonNoStore},
		"must-understand":                   {status: 200, header: header("Cache-Control", "no-store, must-understand, max-age=1")},
		"must-understand, strange status":   {status: 299, header: header("Cache-Control", "no-store, must-understand, max-age=1"), reason: policy.ReasonStatus},
		"private":                           {status: 200, header: header("Cache-Control", "private"), reason: policy.ReasonPrivate},
		"private in a browser":              {status: 599, header: header("Cache-Control", "private"), private: true},
		"private for a field and for all":   {status: 200, header: header("Cache-Control", `private="a", max-age=1`, "Cache-Control", "Private"), reason: policy.ReasonPrivate},
		"private for a field":               {status: 200, header: header("Cache-Control", `private="Set-Cookie", max-age=1`)},
		"authorization":                     {req: auth, status: 200, header: header("Cache-Control", "max-age=1"), reason: policy.ReasonAuthorization},
		"authorization in a browser":        {req: auth, status: 200, header: header("Cache-Control", "max-age=1"), private: true},
		"authorization and s-maxage":        {req: auth, status: 200, header: header("Cache-Control", "s-maxage=1")},
		"authorization and must-revalidate": {req: auth, status: 200, header: header("Cache-Control", "must-revalidate")},
		"authorization and public":          {req: auth, status: 200, header: header("Cache-Control", "public")},
		"302":                               {status: 302, reason: policy.ReasonNoFreshness},
		"302 with max-age":                  {status: 302, header: header("Cache-Control", "max-age=0")},
		"302 public":                        {status: 302, header: header("Cache-Control", "public")},
		"302 with expires":                  {status: 302, header: header("Expires", "0")},
		"302 with s-maxage":                 {status: 302, header: header("Cache-Control", "s-maxage=9")},
		"302 with s-maxage in a browser":    {status: 302, header: header("Cache-Control", "s-maxage=9"), private: true, reason: policy.ReasonNoFreshness},
		"404":                               {status: 404},
		"503":                               {status: 503, reason: policy.ReasonNoFreshness},
	} {
		p := policy.RFC9111()
		if c.private {
			p = policy.Browser()
		}
		got := policy.Evaluate(c.req, policy.Response{Status: c.status, Header: c.header}, now(), now(), p)
		assert.Equal(t, c.reason, got.Reason, name)
		assert.Equal(t, c.reason == "", got.Storable, name)
	}
}

func TestLifetime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header   [][2]string
		shared   int64
		basis    policy.Basis
		private  int64
		explicit bool
	}{
		{header("Cache-Control", "max-age=60, s-maxage=120"), 120, policy.BasisSMaxage, 60, true},
		{header("Cache-Control", "s-maxage=x, max-age=60"), 0, policy.BasisSMaxage, 60, true},
		{header("Cache-Control", "max-age=x", "Expires", hourOn, "Date", date), 0, policy.BasisMaxAge, 0, true},
		{header("Cache-Control", "max-age=60, max-age=30"), 60, policy.BasisMaxAge, 60, true},
		{header("Cache-Control", "public", "Cache-Control", "max-age=60"), 60, policy.BasisMaxAge, 60, true},
		{header("Cache-Control", "max-age=99999999999"), 1 << 31, policy.BasisMaxAge, 1 << 31, true},
		{header("Expires", hourOn, "Date", date), 3600, policy.BasisExpires, 3600, true},
		{header("Expires", hourOn), 3600, policy.BasisExpires, 3600, true},
		{header("Expires", hourOn, "Date", "yesterday"), 3600, policy.BasisExpires, 3600, true},
		{header("Expires", hourOn, "Date", hourOn), 0, policy.BasisExpires, 0, true},
		{header("Expires", dayAgo, "Date", date), 0, policy.BasisExpires, 0, true},
		{header("Expires", "0", "Date", date), 0, policy.BasisExpires, 0, true},
		{header("Expires", hourOn, "Expires", hourOn, "Date", date), 0, policy.BasisExpires, 0, true},
		{header("Last-Modified", dayAgo, "Date", date), 8640, policy.BasisHeuristic, 8640, false},
		{header("Last-Modified", dayAgo), 8640, policy.BasisHeuristic, 8640, false},
		{header("Last-Modified", hourOn, "Date", date), 0, policy.BasisHeuristic, 0, false},
		{header("Last-Modified", "x", "Date", date), 0, policy.BasisHeuristic, 0, false},
		{header("Date", date), 0, policy.BasisNone, 0, false},
	} {
		shared := evaluate(200, flat(c.header)...)
		assert.Equal(t, time.Duration(c.shared)*time.Second, shared.Lifetime, c.header)
		assert.Equal(t, c.basis, shared.Basis, c.header)
		assert.Equal(t, c.explicit, shared.Explicit, c.header)
		private := policy.Evaluate(policy.Request{}, policy.Response{Status: 200, Header: c.header}, now(), now(), policy.Browser())
		assert.Equal(t, time.Duration(c.private)*time.Second, private.Lifetime, c.header)
	}
	assert.Equal(t, policy.BasisNone, evaluate(302, "Last-Modified", dayAgo).Basis)
	assert.Equal(t, policy.BasisHeuristic, evaluate(302, "Last-Modified", dayAgo, "Cache-Control", "public").Basis)
}

func flat(h [][2]string) []string {
	var pairs []string
	for _, p := range h {
		pairs = append(pairs, p[0], p[1])
	}
	return pairs
}

func TestTargetedFields(t *testing.T) {
	t.Parallel()
	cdn := func(pairs ...string) policy.Policy {
		return policy.Evaluate(policy.Request{}, policy.Response{Status: 200, Header: header(pairs...)}, now(), now(), policy.CDN())
	}
	both := []string{"Cache-Control", "max-age=60, s-maxage=120", "CDN-Cache-Control", "max-age=600"}
	assert.Equal(t, 600*time.Second, cdn(both...).Lifetime)
	assert.Equal(t, "CDN-Cache-Control", cdn(both...).Field)
	assert.Equal(t, 120*time.Second, evaluate(200, both...).Lifetime)
	assert.Equal(t, "Cache-Control", evaluate(200, both...).Field)
	assert.Empty(t, evaluate(200).Field)
	assert.True(t, cdn("CDN-Cache-Control", "max-age=600", "Cache-Control", "no-store").Storable)
	assert.False(t, cdn("CDN-Cache-Control", "no-store", "Cache-Control", "max-age=60").Storable)
	assert.Equal(t, 60*time.Second, cdn("CDN-Cache-Control", "max-age=600,", "Cache-Control", "max-age=60").Lifetime)
	none := cdn("CDN-Cache-Control", "none", "Cache-Control", "max-age=60", "Expires", hourOn)
	assert.Equal(t, policy.BasisNone, none.Basis, "neither Cache-Control nor Expires counts beside a target")
	assert.True(t, none.Storable)
	assert.Zero(t, cdn("CDN-Cache-Control", `max-age="600"`, "Cache-Control", "max-age=60").Lifetime)
}

func TestAge(t *testing.T) {
	t.Parallel()
	res := func(age string) policy.Response {
		return policy.Response{Status: 200, Header: header("Cache-Control", "max-age=100", "Age", age, "Date", dayAgo)}
	}
	p := policy.Evaluate(policy.Request{}, res("30"), now().Add(-2*time.Second), now(), policy.RFC9111())
	assert.Equal(t, 30*time.Second, p.AgeValue)
	assert.Equal(t, 32*time.Second, p.CorrectedAge)
	assert.Equal(t, 24*time.Hour, p.ApparentAge)
	assert.Equal(t, 42*time.Second, p.Age(now().Add(10*time.Second)))
	assert.Equal(t, 32*time.Second, p.Age(now().Add(-time.Hour)), "a clock that goes back makes nothing younger")
	assert.Equal(t, now().Add(68*time.Second), p.FreshUntil())
	assert.True(t, p.Fresh(now().Add(68*time.Second-1)))
	assert.False(t, p.Fresh(now().Add(68*time.Second)), "fresh means lifetime greater than age")
	assert.Equal(t, 58*time.Second, p.Remaining(now().Add(10*time.Second)))
	for age, want := range map[string]time.Duration{
		"7200": 7200 * time.Second, "99999999999": 1 << 31 * time.Second, "-1": 0, "1.5": 0, "x": 0, "": 0, " 7 , 9": 7 * time.Second,
	} {
		p := policy.Evaluate(policy.Request{}, res(age), now(), now(), policy.RFC9111())
		assert.Equal(t, want, p.CorrectedAge, age)
	}
	two := evaluate(200, "Age", "5", "Age", "50")
	assert.Equal(t, 5*time.Second, two.CorrectedAge, "the first line counts")
}

func TestReuseOfStaleCopies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cc    string
		after int
		state policy.State
		onErr bool
	}{
		{"max-age=600, stale-while-revalidate=30", 599, policy.StateFresh, true},
		{"max-age=600, stale-while-revalidate=30", 600, policy.StateSWR, false},
		{"max-age=600, stale-while-revalidate=30", 630, policy.StateSWR, false},
		{"max-age=600, stale-while-revalidate=30", 631, policy.StateStale, false},
		{"max-age=600, stale-if-error=1200", 1800, policy.StateStale, true},
		{"max-age=600, stale-if-error=1200", 1801, policy.StateStale, false},
		{"max-age=600, stale-if-error=1200, must-revalidate", 900, policy.StateStale, false},
		{"max-age=600, stale-if-error=1200, proxy-revalidate", 900, policy.StateStale, false},
		{"s-maxage=600, stale-while-revalidate=30", 610, policy.StateStale, false},
		{"max-age=600, no-cache, stale-while-revalidate=30", 1, policy.StateStale, false},
		{"max-age=600, no-store", 1, policy.StateStale, false},
	} {
		p := evaluate(200, "Cache-Control", c.cc)
		at := now().Add(time.Duration(c.after) * time.Second)
		assert.Equal(t, c.state, p.State(at), c)
		assert.Equal(t, c.onErr, p.ServesOnError(at), c)
	}
	browser := policy.Evaluate(policy.Request{}, policy.Response{
		Status: 200, Header: header("Cache-Control", "max-age=1, s-maxage=1, stale-while-revalidate=30"),
	}, now(), now(), policy.Browser())
	assert.Equal(t, policy.StateSWR, browser.State(now().Add(9*time.Second)), "s-maxage says nothing to a browser")
}

func TestVaryAndFlags(t *testing.T) {
	t.Parallel()
	p := evaluate(200, "Vary", "Accept-Encoding", "vary", " , *", "Cache-Control", "max-age=9, immutable, no-cache")
	assert.True(t, p.VaryAny)
	assert.True(t, p.Immutable)
	assert.True(t, p.NoCache)
	assert.False(t, evaluate(200, "Cache-Control", "max-age=0, no-cache, stale-while-revalidate=9").SWRInForce())
	assert.True(t, evaluate(200, "Cache-Control", "max-age=0, stale-while-revalidate=9").SWRInForce())
	assert.False(t, p.Reusable())
	assert.False(t, evaluate(200, "Vary", "*").Reusable())
	assert.False(t, evaluate(200, "Cache-Control", `no-cache="x"`).NoCache)
	assert.Equal(t, []string{"accept-encoding", "*"}, policy.VaryMembers(header("Vary", "Accept-Encoding", "VARY", "*")))
}
