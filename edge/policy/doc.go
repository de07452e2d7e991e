// Package policy is the arithmetic of RFC 9111 for shared and private caches: may a response be
// stored, how long is it fresh, how old is it, may it be sent stale. It is pure: header fields and
// instants in, values out; it never fails and never panics, because what cannot be understood
// makes a response stale, never fresh.
//
// [Evaluate] asks on behalf of a [Profile], and the [Policy] that it returns answers for any
// instant:
//
//	p := policy.Evaluate(req, res, requested, received, policy.RFC9111())
//	if p.Storable && p.FreshUntil().Before(launch) { ... }
//
// # Profiles
//
// A profile is RFC 9111 and a list of deviations. Each deviation is a [Fact], with its source and
// the date of the reading, and its effect on a [Behaviour]: values that the one evaluator reads.
// No cache has code of its own, so a fact is added, dated or withdrawn in one place:
//
//	cloudflare, _ := policy.Named("cloudflare")
//	p := policy.Evaluate(req, res, requested, received, cloudflare)
//	for _, f := range p.Deviations() { fmt.Println(f.Says, f.Source, f.Read) }
//
// [Policy.Deviations] are the facts that this answer needs: none where the cache and the RFC agree.
//
// What no header shows, such as a rule of the CDN that sets the lifetime, is declared in [Settings]
// and becomes part of the profile by [Profile.With]. What is not known is said: Policy.Unknown
// tells why, and the answer beside it is the cautious one.
//
// # Reading fields
//
// [Lex] keeps each directive of a Cache-Control field as written, with its place and its first
// error, because rules complain about what a lenient reader repairs. [LexTargeted] reads the
// targeted fields of RFC 9213, [ParseDate] dates, [ParseETag] validators and [ParseNoVarySearch]
// what counts of a query.
//
// A policy answers for a later request that has no Cache-Control of its own: max-age, max-stale,
// min-fresh, no-cache and only-if-cached of a request are the asker's wish and change nothing here;
// no-store of the request that was answered keeps the response out.
package policy
