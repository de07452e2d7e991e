package lint

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// stRules are the rules of storability.
func stRules() []Rule {
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
		{
			ID: "ST008", Severity: Warning, Static: true, check: noValidator, Source: "RFC 9111, section 5.2.2.4",
			Title: "no-cache without a validator",
			Why:   "every use is a full fetch from the origin",
			Fix:   "add an ETag, or say no-store",
		},
		{
			ID: "ST009", Severity: Error, Static: true, check: neverFresh, Source: "RFC 9111, section 4.2",
			Title: "critical asset that is never fresh at the edge",
			Why:   "each hit touches the origin, so the launch's load is not absorbed",
			Fix:   "give shared caches a lifetime",
		},
	}
}

func noStore(a *answer) *complaint {
	ds := a.policy.Directives
	exempt := ds.Has("must-understand") && policy.Understood(a.Observation.Status)
	if !a.critical || !ds.Has("no-store") || exempt {
		return nil
	}
	return &complaint{message: "no-store forbids every cache to keep the response", evidence: a.lines(a.policy.Field)}
}

func private(a *answer) *complaint {
	if !a.critical || !a.policy.Directives.Unqualified("private") {
		return nil
	}
	return &complaint{message: "private forbids shared caches to store the response", evidence: a.lines(a.policy.Field)}
}

func setCookie(a *answer) *complaint {
	if !a.critical || !a.policy.Storable {
		return nil
	}
	evidence := a.lines("Set-Cookie")
	if len(evidence) == 0 {
		return nil
	}
	message := "the response could be stored, but sets a cookie"
	if n := len(evidence); n > 1 {
		message = "the response could be stored, but sets " + strconv.Itoa(n) + " cookies"
	}
	return &complaint{message: message, evidence: evidence}
}

func authorization(a *answer) *complaint {
	ds := a.policy.Directives
	sent := slices.ContainsFunc(a.Observation.Sent, func(h [2]string) bool { return strings.EqualFold(h[0], "Authorization") })
	if !sent || ds.Has("public") || ds.Has("must-revalidate") || ds.Has("s-maxage") {
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
	ds := a.policy.Directives
	status := a.Observation.Status
	explicit := ds.Has("public") || ds.Has("max-age") || ds.Has("s-maxage") || a.Observation.Get("Expires") != ""
	if explicit || policy.HeuristicStatus(status) {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("status %d is not cacheable by default, and no max-age, s-maxage, Expires or public makes it so", status),
		evidence: a.lines("Cache-Control"),
	}
}

func varyAny(a *answer) *complaint {
	if !a.critical || !a.policy.VaryAny {
		return nil
	}
	return &complaint{message: "Vary has *, which no request matches", evidence: a.lines("Vary")}
}

func noValidator(a *answer) *complaint {
	o := a.Observation
	if !a.policy.NoCache || o.Get("ETag") != "" || o.Get("Last-Modified") != "" {
		return nil
	}
	return &complaint{message: "no-cache asks for a validation on every use, but there is no ETag and no Last-Modified", evidence: a.lines("Cache-Control")}
}

func neverFresh(a *answer) *complaint {
	p := a.policy
	zero := p.Explicit && p.Lifetime == 0
	if !a.critical || !p.NoCache && !zero || p.SWRInForce() || a.edgeDecides() {
		return nil
	}
	message := "no-cache makes every use ask the origin"
	if !p.NoCache {
		message = fmt.Sprintf("%s gives a lifetime of 0 s, so every use asks the origin", p.Basis)
	}
	return &complaint{
		message: message, evidence: a.lines("Cache-Control", "Expires"),
		fix: "give shared caches a lifetime: " + a.withSMaxage(a.needed()),
	}
}
