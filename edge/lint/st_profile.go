package lint

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// stProfile are the rules of what one cache stores otherwise than others.
func stProfile() []Rule {
	return []Rule{
		{
			ID: "ST014", Severity: Blocker, check: notEligible, Profiles: []string{"cloudflare"}, Source: "Cloudflare documentation, default cache behavior, 2026-11",
			Title: "critical asset that Cloudflare does not cache by its extension",
			Why:   "without a rule Cloudflare goes by the extension of the path, which leaves out HTML and JSON",
			Fix:   "add a Cache Rule that makes the URL eligible for cache, and declare it: cache_rule: true",
		},
		{
			ID: "ST015", Severity: Error, check: tooLarge, Source: "edgeprime, from the limits that the profile's facts name",
			Title: "object above what the cache stores",
			Why:   "the cache passes a larger object through on every request",
			Fix:   "split the object into segments, or have the cache's limit raised",
		},
		{
			ID: "ST016", Severity: Error, check: cachedByFastly, Profiles: []string{"fastly-vcl"}, Source: "http-tests/cache-tests, results for Fastly, 2025-12",
			Title: "no-store or no-cache that Fastly does not follow",
			Why:   "Fastly goes by the lifetime beside it, and the response is cached after all",
			Fix:   "to keep it out of Fastly set: Surrogate-Control: max-age=0, or Cache-Control: private, no-store",
		},
		{
			ID: "ST017", Severity: Error, check: cachedByMinTTL, Profiles: []string{"cloudfront"}, Source: "AWS CloudFront developer guide, expiration, 2023",
			Title: "no-store, no-cache or private that a minimum TTL beats",
			Why:   "with a minimum TTL above 0 CloudFront keeps the response for that time whatever it says",
			Fix:   "set the minimum TTL to 0 in the cache policy of this path",
		},
		{
			ID: "ST018", Severity: Warning, check: variesTooMuch, Profiles: []string{"gcp", "akamai"},
			Source: "Google Cloud CDN documentation, caching overview; Akamai techdocs, removeVary, 2026-11",
			Title:  "response that the CDN does not store because of a field",
			Why:    "Google stores nothing with Set-Cookie or with an uncommon member of Vary, Akamai only what varies by Accept-Encoding",
			Fix:    "reduce Vary before the CDN sees it: Vary: Accept-Encoding",
		},
	}
}

func notEligible(a *answer) *complaint {
	if !a.critical || !a.has(fieldCfCacheStatus) || !strings.EqualFold(a.value(fieldCfCacheStatus), "DYNAMIC") {
		return nil
	}
	// What the headers say is another matter: would the URL be eligible with good ones?
	bare := policy.Evaluate(policy.Request{URL: a.url()}, policy.Response{Status: http.StatusOK},
		a.policy.Received, a.policy.Received, a.linter.profile)
	if bare.Reason != policy.ReasonNotEligible {
		return nil
	}
	return &complaint{message: "the path has no extension that Cloudflare caches by default, and no rule makes it eligible", evidence: a.lines("CF-Cache-Status")}
}

func tooLarge(a *answer) *complaint {
	most := a.linter.profile.Behaviour().MaxObject
	if most == 0 || !a.has(fieldContentLength) || a.hit() {
		return nil
	}
	n, err := strconv.ParseInt(a.value(fieldContentLength), 10, 64)
	if err != nil || n <= most {
		return nil
	}
	return &complaint{message: fmt.Sprintf("the object has %d bytes, the cache stores up to %d", n, most), evidence: a.lines("Content-Length")}
}

func cachedByFastly(a *answer) *complaint {
	ds := a.policy.Directives
	name := "no-store"
	if !ds.Has(name) {
		name = "no-cache"
	}
	stated := a.cdn.Basis == policy.BasisMaxAge || a.cdn.Basis == policy.BasisSMaxage
	if !ds.Has(name) || ds.Has("private") || !stated || a.cdn.Lifetime == 0 || !a.cdn.Storable {
		return nil
	}
	return a.blame("Cache-Control", name, "Fastly ignores %s and caches the response for %s by %s", name, seconds(a.cdn.Lifetime), a.cdn.Basis)
}

func cachedByMinTTL(a *answer) *complaint {
	least := a.linter.profile.Behaviour().MinTTL
	if least == nil || *least == 0 {
		return nil
	}
	for _, name := range [...]string{"no-store", "no-cache", "private"} {
		if a.cdn.Directives.Unqualified(name) {
			return a.blame(a.cdn.Field, name, "the minimum TTL of %s beats %s", seconds(*least), name)
		}
	}
	return nil
}

func variesTooMuch(a *answer) *complaint {
	if a.hit() {
		return nil
	}
	google := a.linter.profile.Name == "gcp"
	if google && a.has(fieldSetCookie) {
		return &complaint{
			message: "Google stores no response with Set-Cookie", evidence: a.lines("Set-Cookie"),
			fix: "strip Set-Cookie on this path",
		}
	}
	accepted := []string{"accept-encoding"}
	if google {
		accepted = []string{"accept-encoding", "accept", "origin"}
	}
	for _, member := range a.vary {
		if !slices.Contains(accepted, member) {
			return &complaint{
				message:  fmt.Sprintf("Vary has %s; the CDN stores responses that vary by %s", member, strings.Join(accepted, ", ")),
				evidence: a.lines("Vary"),
			}
		}
	}
	return nil
}
