package policy_test

import (
	"fmt"
	"time"

	"github.com/edgeprime/edgeprime/edge/policy"
)

func ExampleEvaluate() {
	received := time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC)
	res := policy.Response{Status: 200, Header: [][2]string{
		{"Age", "120"},
		{"Cache-Control", "public, max-age=60, s-maxage=3600"},
	}}
	p := policy.Evaluate(policy.Request{Method: "GET"}, res, received, received, policy.RFC9111())
	fmt.Println(p.Storable, p.Basis, p.Lifetime, p.FreshUntil().Format(time.TimeOnly))

	p = policy.Evaluate(policy.Request{Method: "GET"}, res, received, received, policy.Browser())
	fmt.Println(p.Storable, p.Basis, p.Lifetime, p.Fresh(received))
	// Output:
	// true s-maxage 1h0m0s 14:58:00
	// true max-age 1m0s false
}

func ExampleLex() {
	for _, d := range policy.Lex([]string{`max-age =60, no-cache="Set-Cookie"`}) {
		fmt.Printf("%s %s %q %q\n", d.Name, d.Kind, d.Arg, d.Err)
	}
	// Output:
	// max-age token "60" "whitespace around ="
	// no-cache quoted "Set-Cookie" ""
}

func ExampleNamed() {
	received := time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC)
	req := policy.Request{URL: "https://www.example.com/news.html"}
	res := policy.Response{Status: 200, Header: [][2]string{{"Cache-Control", "max-age=60"}}}

	cloudflare, _ := policy.Named("cloudflare")
	p := policy.Evaluate(req, res, received, received, cloudflare)
	fmt.Println(p.Storable, p.Reason)
	for _, f := range p.Deviations() {
		fmt.Println(f.ID+":", f.Says)
	}
	// Output:
	// false not-eligible
	// cloudflare-extensions: caches by the extension of the path, not HTML and not JSON, unless a cache rule says otherwise
}

func ExampleProfile_With() {
	received := time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC)
	res := policy.Response{Status: 200}

	fastly, _ := policy.Named("fastly-vcl")
	p := policy.Evaluate(policy.Request{}, res, received, received, fastly)
	fmt.Println(p.Unknown)

	ttl := time.Hour
	p = policy.Evaluate(policy.Request{}, res, received, received, fastly.With(policy.Settings{DefaultTTL: &ttl}))
	fmt.Println(p.Lifetime, p.Basis)
	// Output:
	// Fastly's documents disagree about the fallback TTL of what states no lifetime: 120 s or 3600 s
	// 1h0m0s default
}

func ExampleParseETag() {
	weak, _ := policy.ParseETag(`W/"5f2c"`)
	strong, _ := policy.ParseETag(`"5f2c"`)
	fmt.Println(weak.WeakEqual(strong), weak.StrongEqual(strong))
	// Output:
	// true false
}

func ExampleParseNoVarySearch() {
	n := policy.ParseNoVarySearch([]string{`params=("utm_source" "utm_campaign"), key-order`})
	fmt.Println(n.Ignored, n.IgnoresOrder)
	// Output:
	// [utm_source utm_campaign] true
}
