package lint

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// stRules are the rules of storability.
func stRules() []Rule { return slices.Concat(stForbidden(), stCombined(), stProfile()) }

// stForbidden are the rules of what keeps a response out of caches.
func stForbidden() []Rule {
	return []Rule{
		{
			ID: "ST001", Severity: Blocker, Static: true, check: noStore, Source: "RFC 9111, section 5.2.2.5",
			Title: "critical asset with no-store",
			Why:   "no cache may keep the response, so nothing can be primed",
			Fix:   "drop no-store; if only browsers must not keep it, add: CDN-Cache-Control: max-age=3600",
		},
		{
			ID: "ST002", Severity: Blocker, Static: true, check: private, Source: "RFC 9111, section 5.2.2.7",
			Title: "critical asset with private",
			Why:   "shared caches must not store the response",
			Fix:   "replace private, such as by: Cache-Control: public, max-age=3600",
		},
		{
			ID: "ST003", Severity: Blocker, Static: true, check: setCookie, Source: "RFC 9111, section 7.3",
			Title: "critical asset that sets a cookie",
			Why:   "caches either refuse to store the response or replay one visitor's cookie to all",
			Fix:   "strip Set-Cookie on this path, at the origin or in the edge's rules",
		},
		{
			ID: "ST004", Severity: Error, Static: true, check: authorization, Source: "RFC 9111, section 3.5",
			Title: "answer to a request with credentials that may not be shared",
			Why:   "a shared cache must not reuse it without public, must-revalidate or s-maxage",
			Fix:   "prime without credentials, or permit sharing on purpose: Cache-Control: s-maxage=3600",
		},
		{
			ID: "ST005", Severity: Error, Static: true, check: method, Source: "RFC 9111, section 3",
			Title: "method other than GET and HEAD",
			Why:   "answers to other methods are seldom cached",
			Fix:   "serve the resource to GET",
		},
		{
			ID: "ST006", Severity: Error, Static: true, check: notStorable, Source: "RFC 9111, section 3",
			Title: "nothing permits to store the response",
			Why:   "the status is not cacheable by default and no header makes it so",
			Fix:   "set a lifetime: Cache-Control: max-age=3600",
		},
		{
			ID: "ST007", Severity: Blocker, Static: true, check: varyAny, Source: "RFC 9111, section 4.1",
			Title: "critical asset with Vary: *",
			Why:   "no later request ever matches the stored response",
			Fix:   "name the request headers that matter, such as: Vary: Accept-Encoding",
		},
	}
}

func noStore(a *answer) *complaint {
	exempt := a.cdn.Directives.Has("must-understand") && policy.Understood(a.Observation.Status)
	if !a.critical || exempt || !a.cdn.Directives.Has("no-store") || a.storedAnyway() {
		return nil
	}
	return a.doubted(a.blame(a.cdn.Field, "no-store", "no-store forbids every cache to keep the response"))
}

func private(a *answer) *complaint {
	if !a.critical || !a.cdn.Directives.Unqualified("private") || a.storedAnyway() {
		return nil
	}
	return a.doubted(a.blame(a.cdn.Field, "private", "private forbids shared caches to store the response"))
}

// storedAnyway reports whether the cache keeps the response in spite of what it says: by its
// profile, or because it has just answered from its store.
func (a *answer) storedAnyway() bool { return a.cdn.Storable || a.edgeDecides() }

// doubted makes a complaint a warning where the profile does not know whether the cache keeps the
// response.
func (a *answer) doubted(c *complaint) *complaint {
	if !a.cdn.StorableKnown {
		c.severity = Warning
		c.message += ", unless the cache is configured otherwise: " + a.cdn.Unknown
	}
	return c
}

func setCookie(a *answer) *complaint {
	if !a.critical || !a.has(fieldSetCookie) || !a.storableWithoutCookie() {
		return nil
	}
	message := "the response could be stored, but sets a cookie"
	if n := a.count(fieldSetCookie); n > 1 {
		message = "the response could be stored, but sets " + strconv.Itoa(n) + " cookies"
	}
	return &complaint{message: message, evidence: a.lines("Set-Cookie"), at: &Span{End: len("Set-Cookie")}} // the value is nobody's to read
}

// storableWithoutCookie reports whether a cookie is all that is wrong.
func (a *answer) storableWithoutCookie() bool {
	return a.policy.Storable || a.cdn.Storable || a.cdn.Reason == policy.ReasonSetCookie
}

func authorization(a *answer) *complaint {
	if !hasName(a.Observation.Sent, "Authorization") {
		return nil
	}
	ds := a.cdn.Directives
	if ds.Has("public") || ds.Has("must-revalidate") || ds.Has("s-maxage") || a.cdn.Storable {
		return nil
	}
	return &complaint{
		message:  "the request carried Authorization and nothing permits a shared cache to reuse the answer",
		evidence: a.lines("Cache-Control"),
	}
}

func method(a *answer) *complaint {
	switch a.Method {
	case "", http.MethodGet, http.MethodHead:
		return nil
	}
	return &complaint{message: "the method is " + a.Method}
}

func notStorable(a *answer) *complaint {
	status := a.Observation.Status
	if a.cdn.Reason != policy.ReasonNoFreshness || policy.HeuristicStatus(status) {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("status %d is not cacheable by default, and no max-age, s-maxage, Expires or public makes it so", status),
		evidence: a.lines("Cache-Control"),
	}
}

func varyAny(a *answer) *complaint {
	if !a.critical || !a.cdn.VaryAny || a.hit() {
		return nil
	}
	return a.aboutVary("Vary has *, which no request matches", "*")
}
