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
