// Package policy is the arithmetic of RFC 9111 for shared and private caches: may a response be
// stored, how long is it fresh, how old is it. It is pure: header fields and instants in, values out.
//
// [Evaluate] asks on behalf of a [Profile]: a shared cache by the letter of the RFC, one that also
// reads a targeted field (RFC 9213), or a visitor's browser. The [Policy] it returns answers for
// any instant:
//
//	p := policy.Evaluate(req, res, requested, received, policy.RFC9111())
//	if p.Storable && p.FreshUntil().Before(launch) { ... }
//
// [Lex] keeps each directive of a Cache-Control field as written, with its place and its first
// error, because rules complain about what a lenient reader repairs. What cannot be understood
// makes a response stale, never fresh.
package policy
