package policy_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/cachecontrol/cacheobject"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// question is what both evaluators are asked about. An empty field is not sent.
type question struct {
	method, asks                  string // asks is Cache-Control of the request
	authorized, private, location bool
	status                        int
	cacheControl, second          string // two lines
	expires, date, modified       string
}

func (x question) fields() [][2]string {
	var h [][2]string
	for _, f := range [][2]string{
		{"Cache-Control", x.cacheControl},
		{"Cache-Control", x.second},
		{"Expires", x.expires},
		{"Date", x.date},
		{"Last-Modified", x.modified},
	} {
		if f[1] != "" {
			h = append(h, f)
		}
	}
	if x.location {
		h = append(h, [2]string{"Content-Location", "/"})
	}
	return h
}

func (x question) ours() policy.Policy {
	req := policy.Request{Method: x.method}
	if x.authorized {
		req.Header = append(req.Header, [2]string{"Authorization", "Basic eA=="})
	}
	if x.asks != "" {
		req.Header = append(req.Header, [2]string{"Cache-Control", x.asks})
	}
	profile := policy.RFC9111()
	if x.private {
		profile = policy.Browser()
	}
	return policy.Evaluate(req, policy.Response{Status: x.status, Header: x.fields()}, now(), now(), profile)
}

// peer is what pquerna/cachecontrol says: an evaluator of RFC 7234 without Age and stale answers.
type peer struct {
	storable  bool
	lifetime  time.Duration
	heuristic bool
}

// theirs asks the peer at the same instant; false when it gives up.
func (x question) theirs() (peer, bool) {
	object := cacheobject.Object{
		CacheIsPrivate: x.private, RespHeaders: http.Header{}, RespStatusCode: x.status, ReqHeaders: http.Header{}, ReqMethod: x.method, NowUTC: now(),
	}
	for _, f := range x.fields() {
		object.RespHeaders.Add(f[0], f[1])
	}
	if x.authorized {
		object.ReqHeaders.Set("Authorization", "Basic eA==")
	}
	var errResponse, errRequest error
	object.RespDirectives, errResponse = cacheobject.ParseResponseCacheControl(object.RespHeaders.Get("Cache-Control"))
	object.ReqDirectives, errRequest = cacheobject.ParseRequestCacheControl(x.asks)
	if errResponse != nil || errRequest != nil {
		return peer{}, false
	}
	object.RespExpiresHeader, _ = http.ParseTime(x.expires)
	object.RespDateHeader, _ = http.ParseTime(x.date)
	object.RespLastModifiedHeader, _ = http.ParseTime(x.modified)
	var results cacheobject.ObjectResults
	cacheobject.CachableObject(&object, &results)
	cacheobject.ExpirationObject(&object, &results)
	p := peer{storable: len(results.OutReasons) == 0, heuristic: slices.Contains(results.OutWarnings, cacheobject.WarningHeuristicExpiration)}
	if !results.OutExpirationTime.IsZero() {
		p.lifetime = max(0, results.OutExpirationTime.Sub(now()))
	}
	return p, true
}

// class is a reason why the two evaluators may disagree, with the sentence that decides it.
type class struct {
	name  string
	holds func(x question, ours policy.Policy, theirs peer) bool
}

// storableClasses are the disagreements about storing.
func storableClasses() []class {
	return slices.Concat(readingClasses(), []class{
		{"a qualified private names fields (RFC 9111, 5.2.2.7); the peer takes it for private", func(x question, ours policy.Policy, theirs peer) bool {
			return !x.private && ours.Directives.Qualified("private") && !theirs.storable
		}},
		{"a POST needs Content-Location (RFC 9110, 9.3.3); the peer does not ask", func(x question, ours policy.Policy, _ peer) bool {
			return x.method == http.MethodPost && ours.Reason == policy.ReasonMethod
		}},
		{"the status must be final and no 304 (RFC 9111, 3); the peer does not ask", func(_ question, ours policy.Policy, theirs peer) bool {
			return ours.Reason == policy.ReasonStatus && theirs.storable
		}},
		{"308 is heuristically cacheable (RFC 9110, 15.4.9); it is younger than the peer", func(x question, ours policy.Policy, theirs peer) bool {
			return x.status == http.StatusPermanentRedirect && ours.Storable && !theirs.storable
		}},
		{"must-understand is younger than the peer (RFC 9111, 5.2.2.3)", func(_ question, ours policy.Policy, _ peer) bool {
			return ours.Directives.Has("must-understand")
		}},
		{"private caches store answers to authorized requests (RFC 9111, 3.5); the peer does not", func(x question, ours policy.Policy, theirs peer) bool {
			return x.private && x.authorized && ours.Storable && !theirs.storable
		}},
		{"private permits private caches to store (RFC 9111, 3); the peer does not know", func(x question, ours policy.Policy, theirs peer) bool {
			return x.private && ours.Directives.Has("private") && ours.Storable && !theirs.storable
		}},
		{"white space makes an empty Expires, which is there (RFC 9111, 5.3)", func(x question, _ policy.Policy, _ peer) bool {
			return x.expires != "" && strings.TrimSpace(x.expires) == ""
		}},
	})
}

// lifetimeClasses are the disagreements about freshness.
func lifetimeClasses() []class {
	return slices.Concat(readingClasses(), []class{
		{"dates follow RFC 9110, 5.6.7; the peer's reader is more lenient and more strict", func(x question, _ policy.Policy, _ peer) bool {
			return slices.ContainsFunc([]string{x.expires, x.date, x.modified}, readDifferently)
		}},
		{"an Expires that is no date is in the past (RFC 9111, 5.3); the peer guesses", func(x question, ours policy.Policy, _ peer) bool {
			_, err := http.ParseTime(x.expires)
			return err != nil && ours.Basis == policy.BasisExpires
		}},
		{"lifetimes end at 2^31 s (RFC 9111, 1.2.2); the peer's end a second before, or never", func(_ question, ours policy.Policy, theirs peer) bool {
			return ours.Lifetime == 1<<31*time.Second && theirs.lifetime >= (1<<31-1)*time.Second
		}},
		{"guesses start at Date and need a cacheable status (RFC 9111, 4.2.2); the peer's start now and end at a day", func(x question, ours policy.Policy, theirs peer) bool {
			alike := x.date == "" && ours.Basis == policy.BasisHeuristic && theirs.lifetime < 24*time.Hour
			return theirs.heuristic && (!alike || ours.Lifetime == theirs.lifetime.Truncate(time.Second))
		}},
		{"differences of years beyond what a duration holds", func(x question, _ policy.Policy, _ peer) bool {
			return slices.ContainsFunc([]string{x.expires, x.date, x.modified}, farAway)
		}},
	})
}

// readingClasses are disagreements about what the fields say.
func readingClasses() []class {
	return []class{
		{"lines are one list (RFC 9110, 5.3); the peer reads the first", func(x question, _ policy.Policy, _ peer) bool {
			return x.second != "" && x.cacheControl != ""
		}},
		{"outside the grammar of directives each reader has its ways", func(x question, ours policy.Policy, _ peer) bool {
			asked := policy.Lex([]string{x.asks})
			return slices.ContainsFunc(slices.Concat(ours.Directives, asked), func(d policy.Directive) bool { return d.Err != "" })
		}},
		{"of repeated directives the first counts (RFC 9111, 4.2.1); with the peer the last", func(_ question, ours policy.Policy, _ peer) bool {
			return slices.ContainsFunc(ours.Directives, func(d policy.Directive) bool { return d.Occurrence > 1 })
		}},
		{"a list without quotes ends at the comma; the peer's reaches to the next white space", func(_ question, ours policy.Policy, _ peer) bool {
			return slices.ContainsFunc(ours.Directives, func(d policy.Directive) bool {
				return (d.Is("no-cache") || d.Is("private")) && d.Kind == policy.TokenArg
			})
		}},
		{"a backslash quotes the next byte (RFC 9110, 5.6.4); the peer reads it as C does", func(x question, _ policy.Policy, _ peer) bool {
			return strings.Contains(x.cacheControl+x.second+x.asks, `\`)
		}},
		{"a quoted control byte is one; the peer's is a question mark", func(x question, _ policy.Policy, _ peer) bool {
			return strings.ContainsFunc(x.cacheControl+x.second+x.asks, func(r rune) bool { return r < ' ' || r == 0x7f })
		}},
	}
}

// readDifferently reports whether the standard library reads a date otherwise.
func readDifferently(s string) bool {
	ours, errOurs := policy.ParseDate(s, now())
	theirs, errTheirs := http.ParseTime(s)
	return (errOurs == nil) != (errTheirs == nil) || errOurs == nil && !ours.Equal(theirs)
}

// bad reports whether the peer gives up over a directive: outside the grammar, a number that is
// none, or an argument where none is defined.
func bad(d policy.Directive) bool {
	switch strings.ToLower(d.Name) {
	case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error", "min-fresh", "max-stale":
		_, number := d.Seconds()
		return !number
	case "no-store", "no-cache", "public", "must-revalidate", "proxy-revalidate", "no-transform", "immutable", "only-if-cached":
		return d.Kind != policy.NoArg || d.Err != ""
	}
	return d.Err != ""
}

func farAway(s string) bool {
	t, err := http.ParseTime(s)
	return err == nil && (t.Year() < 1900 || t.Year() > 2200)
}

// disagree returns what the evaluators say differently without a class that explains it, and the
// class that explains what they do say differently.
func (x question) disagree() (unexplained string, explained []string) {
	ours := x.ours()
	theirs, ok := x.theirs()
	if !ok {
		if slices.ContainsFunc(slices.Concat(ours.Directives, policy.Lex([]string{x.asks})), bad) {
			return "", []string{"one bad directive fails the peer's whole field"}
		}
		return "the peer gives up ", nil
	}
	explain := func(what string, classes []class) {
		i := slices.IndexFunc(classes, func(c class) bool { return c.holds(x, ours, theirs) })
		if i < 0 {
			unexplained += what
			return
		}
		explained = append(explained, classes[i].name)
	}
	if ours.Storable != theirs.storable {
		explain("storable ", storableClasses())
	}
	if ours.Lifetime != theirs.lifetime {
		explain("lifetime ", lifetimeClasses())
	}
	return unexplained, explained
}

// TestPeerAgrees walks through combinations of what servers send.
func TestPeerAgrees(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"", "max-age=60", "s-maxage=90", "max-age=0", "max-age=9999999999", `max-age="60"`, "public", "private", "no-cache", "no-store", "must-revalidate",
		"proxy-revalidate", "immutable", "must-understand", `private="set-cookie"`, `no-cache="a, b"`, "stale-while-revalidate=5", "foo=bar", "max-age=x",
	}
	asked, seen := 0, map[string]int{}
	for _, a := range pieces {
		for _, b := range pieces {
			cc := strings.Trim(a+", "+b, ", ")
			for _, x := range []question{
				{},
				{status: 302},
				{status: 308},
				{status: 404, modified: "Tue, 01 Dec 2026 13:00:00 GMT"},
				{status: 599, expires: hourOn, date: date},
				{status: 304},
				{authorized: true},
				{authorized: true, private: true},
				{private: true, status: 302},
				{method: http.MethodPost, expires: hourOn},
				{method: http.MethodPost, expires: hourOn, location: true},
				{method: http.MethodPut},
				{asks: "no-store"},
				{asks: "max-age=0"},
				{expires: hourOn, date: dayAgo},
				{expires: dayAgo, date: date},
				{expires: "0"},
				{modified: dayAgo, date: dayAgo},
				{second: "max-age=5"},
			} {
				x.cacheControl = cc
				if x.method == "" {
					x.method = http.MethodGet
				}
				if x.status == 0 {
					x.status = http.StatusOK
				}
				asked++
				unexplained, explained := x.disagree()
				assert.Empty(t, unexplained, "%+v", x)
				for _, name := range explained {
					seen[name]++
				}
			}
		}
	}
	t.Logf("%d questions", asked)
	for name, n := range seen {
		t.Logf("%5d %s", n, name)
	}
	assert.Greater(t, len(seen), 8, "every class is met")
}

func FuzzPeer(f *testing.F) {
	f.Add(uint16(200), uint8(0), "max-age=60, public", "", "", hourOn, date, dayAgo)
	f.Add(uint16(302), uint8(1), `private="x", max-age="60"`, "no-store", "no-store", "0", "", dayAgo)
	f.Add(uint16(308), uint8(6), "s-maxage=9999999999", "", "max-stale", hourOn, "Sunday, 06-Nov-94 08:49:37 GMT", "")
	f.Add(uint16(404), uint8(24), `no-cache=a,public, must-understand, no-store`, "", "", "", "Sun Nov  6 08:49:37 1994", date)
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut}
	f.Fuzz(func(t *testing.T, status uint16, bits uint8, cc, second, asks, expires, dated, modified string) {
		x := question{
			status: int(status % 700), method: methods[bits>>3&3], authorized: bits&1 > 0, private: bits&2 > 0, location: bits&4 > 0,
			cacheControl: cc, second: second, asks: asks, expires: expires, date: dated, modified: modified,
		}
		unexplained, _ := x.disagree()
		require.Empty(t, unexplained, "%+v: ours %+v", x, x.ours())
	})
}
