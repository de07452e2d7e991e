package check_test

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/report/check"
)

// began is when the samples were checked.
func began() time.Time { return time.Date(2026, 11, 23, 14, 12, 7, 0, time.UTC) }

func head() check.Head {
	return check.Head{
		Tool: "1.0.0", Started: began(), Source: "launch.yaml", Profile: "cloudflare", Preset: lint.Recommended,
		LaunchAt: began().Add(48 * time.Hour), PrimedAt: began().Add(47 * time.Hour), WarmUntil: began().Add(54 * time.Hour),
	}
}

// good is an answer with nothing wrong.
func good(id, url string) check.Answer {
	caching := func(profile string) check.Caching {
		return check.Caching{
			Profile: profile, Storable: new(true), LifetimeS: new(int64(86400)), Basis: string(policy.BasisSMaxage), AgeS: new(int64(30)),
			Fresh: new(true), Reusable: new(true), SWRS: new(int64(600)), SIES: new(int64(0)),
		}
	}
	return check.Answer{
		ID: id, URL: url, Method: "GET", Status: 200, Critical: true, JudgedAt: began(),
		Place: check.Place{File: "launch.yaml", Line: 14, Column: 5}, RFC: caching("rfc9111"), Profile: caching("cloudflare"),
		Cache: check.Cache{
			Outcome: edge.Hit, EdgeHit: new(true), Origin: edge.ContactNo, PoP: "FRA", Dialect: "cloudflare",
			Layers: []edge.Outcome{edge.Miss, edge.Hit},
		},
	}
}

// cookie is an answer that sets a cookie: a blocker, and a lifetime that the two caches see apart.
func cookie(id, url string) check.Answer {
	a := good(id, url)
	a.Profile.Storable, a.Profile.Reason, a.Profile.Fresh, a.Profile.Reusable = new(false), "set-cookie", new(false), new(false)
	a.Profile.Deviations = []string{"an answer with Set-Cookie is not stored (Cloudflare, Origin Cache Control, 2026-05-11)"}
	a.Findings = check.Findings([]lint.Finding{
		{
			Rule: "ST003", Severity: lint.Blocker, URL: url, Profile: "cloudflare", Message: "Set-Cookie on an answer that caches could store",
			Evidence: []string{"Cache-Control: public, s-maxage=86400", "Set-Cookie: sid=s3cret-cookie; Path=/"},
			At:       &lint.Span{Line: 1, Start: 0, End: 29}, Fix: "strip Set-Cookie on this path, at the origin or in the edge's rules",
		},
		{
			Rule: "TTL007", Severity: lint.Warning, URL: url, Profile: "cloudflare", Message: "no explicit lifetime, Last-Modified is 3 days ago",
			Evidence: []string{"Last-Modified: Fri, 20 Nov 2026 14:00:00 GMT"}, At: &lint.Span{Start: 15, End: 44}, Fix: "Cache-Control: public, s-maxage=86400",
		},
	})
	return a
}

// refused is an input without an answer.
func refused(id, url string) check.Answer {
	return check.Answer{
		ID: id, URL: url, Method: "GET", Critical: true, JudgedAt: began(), Place: check.Place{File: "launch.yaml", Line: 20},
		RFC: check.Caching{Profile: "rfc9111"}, Profile: check.Caching{Profile: "cloudflare"},
		Cache: check.Cache{Outcome: edge.Unknown, Origin: edge.ContactUnknown}, Failure: "no such host: look at the name, or at the resolver",
	}
}

// single is one answer with two findings.
func single() check.Input {
	return check.Input{Head: head(), Answers: []check.Answer{cookie("1", "https://www.shop.example/js/app.js")}}
}

// mixed are answers of every kind, with waivers and a baseline.
func mixed() check.Input {
	half := good("4", "https://www.shop.example/hero.avif")
	half.Profile.LifetimeS, half.Profile.Fresh, half.Profile.Reusable, half.Profile.Basis = nil, nil, nil, ""
	half.Profile.Unknown = "the edge's own lifetime decides and is not declared: --edge-ttl, or read it from the provider"
	half.Unknown, half.Region = []string{half.Profile.Unknown}, "eu-west"
	known := good("5", "https://www.shop.example/sale?v=8")
	known.Findings = check.Findings([]lint.Finding{{
		Rule: "TTL008", Severity: lint.Error, URL: known.URL, Profile: "cloudflare", Message: "no explicit lifetime", Fix: "Cache-Control: s-maxage=86400",
	}, {
		Rule: "VAR001", Severity: lint.Error, URL: known.URL, Profile: "cloudflare", Message: "varies on User-Agent",
		Evidence: []string{"Vary: User-Agent"}, At: &lint.Span{Start: 6, End: 16}, Fix: "Vary: Accept-Encoding",
	}})
	gone := known
	gone.Findings = check.Findings([]lint.Finding{{Rule: "ST008", Severity: lint.Warning, URL: "https://www.shop.example/old.css", Profile: "cloudflare"}})
	gone.Findings = append(gone.Findings, known.Findings[0])
	waivers, err := check.ReadWaivers(check.WaiverFile, []byte(`waivers:
  - {rule: VAR001, url: /sale*, reason: "the A/B test of this week", owner: web, expires: 2026-11-30}
  - {rule: ST009, url: /**, reason: "was fixed", expires: 2026-11-30}
  - {rule: TTL007, url: /**, reason: "until the next deploy", owner: web, expires: 2026-11-01}
`))
	if err != nil {
		panic(err)
	}
	return check.Input{
		Head: head(),
		Answers: []check.Answer{
			good("1", "https://www.shop.example/"), cookie("2", "https://www.shop.example/js/app.js?token=s3cret"),
			refused("3", "https://static.shop.example/app.css"), half, known, cookie("6", "https://www.shop.example/js/cart.js"),
		},
		Sets: check.Findings([]lint.Finding{{
			Rule: "EDGE002", Severity: lint.Error, Region: "eu-west", Profile: "cloudflare", Message: "18 of 20 critical cells hit, 90.0 %; at least 95.0 % must",
			Fix: "prime the region again",
		}}),
		Criteria: check.Criteria{Now: began(), Waivers: waivers, Baseline: check.NewBaseline(check.Build(check.Input{Head: head(), Answers: []check.Answer{gone}}))},
	}
}

// bare is a check of nothing.
func bare() check.Input { return check.Input{} }

// huge has more of everything than any format shows.
func huge() check.Input {
	in := check.Input{Head: head()}
	for i := range 13_000 {
		a := cookie(strconv.Itoa(i+1), fmt.Sprintf("https://www.shop.example/js/app-%d.js", i))
		a.Findings[1].Message = fmt.Sprintf("message %d", i)
		in.Answers = append(in.Answers, a)
	}
	return in
}

// hostileText is everything that a site may send to whoever reads a result.
func hostileText() string {
	return "\x1b]0;owned\x07\x1b[2J\u009b31m\x9b\u202eevil\u2066\u200b\ufeff\u2028\ufffe\uffff]]></failure><script>alert(1)</script>" +
		"::error file=x::y%0A::stop-commands::z\n::set-output name=a::b\r\n| a | b |\n# head\n[click](javascript:alert(1)) `x` **b** @team " +
		"https://u:hunter2@h.example/?token=hunter2 \u3042\u3042e\u0301\x00\xff\U000e0041&lt;{{.}}"
}

// hostile has hostile text in every string, found by reflection so that no new field is forgotten.
func hostile() check.Input {
	in := mixed()
	in.Answers[1].Findings[0].At = &lint.Span{Line: 1, Start: 20, End: 120}
	in.Sets[0].At, in.Sets[0].Evidence = &lint.Span{Line: 9, Start: -4, End: 1 << 30}, []string{"x"}
	for _, v := range []any{&in.Head, &in.Answers, &in.Sets} {
		fill(reflect.ValueOf(v).Elem(), hostileText())
	}
	for i := range in.Answers {
		in.Answers[i].Place.File = "\x1b%0A\r\n::a,b:c/\u202e\x00]]>.yaml"
		for k := range in.Answers[i].Findings {
			in.Answers[i].Findings[k].Severity = lint.Error
		}
	}
	in.Criteria = check.Criteria{Now: began()}
	return in
}

// fill sets every string within v.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != reflect.TypeFor[string]() { // one of our own words, so nobody's secret
			text = strings.ReplaceAll(text, "hunter2", "x")
		}
		v.SetString(text)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for _, field := range v.Fields() {
			fill(field, text)
		}
	default:
	}
}
