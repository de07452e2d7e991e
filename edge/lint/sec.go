package lint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge"
)

// secRules are the rules of what must not be shared.
func secRules() []Rule {
	return []Rule{
		{
			ID: "SEC001", Severity: Blocker, check: cookieFromCache, Source: "RFC 9111, section 7.3",
			Title: "cache hit that sets a cookie",
			Why:   "every visitor gets the cookie of the one whose request filled the cache",
			Fix:   "strip Set-Cookie on this path before it is stored, and purge the copy",
		},
		{
			ID: "SEC002", Severity: Blocker, Needs: []Probe{ProbeQuery}, compare: authBypassed, Source: "RFC 9111, section 3.5",
			Title: "copy for everyone of what the origin gives to those who log in",
			Why:   "the cache answers without asking who the visitor is",
			Fix:   "keep the path out of the cache with a rule, answer it with Cache-Control: private, and purge the copy",
		},
		{
			ID: "SEC003", Severity: Error, check: personalBody, Source: "edgeprime",
			Title: "one visitor's body that caches may share",
			Why:   "the body holds a marker of login or CSRF protection, and the next visitor gets it too",
			Fix:   "answer it with: Cache-Control: private, no-cache",
		},
		{
			ID: "SEC004", Severity: Warning, check: clearsCache, Source: "W3C Clear Site Data, section 3.1",
			Title: "Clear-Site-Data that empties browser caches",
			Why:   "each visit drops what the visitor's browser keeps of the whole site",
			Fix:   `send "cache" from the log-out page alone`,
		},
	}
}

func cookieFromCache(a *answer) *complaint {
	if !a.has(fieldSetCookie) || a.Observation.Cache.Outcome != edge.Hit {
		return nil
	}
	evidence := slices.DeleteFunc(a.lines("Set-Cookie"), func(line string) bool {
		_, cookie, _ := strings.Cut(line, ": ")
		name, _, _ := strings.Cut(cookie, "=")
		return isEdgeCookie(name)
	})
	if len(evidence) == 0 {
		return nil
	}
	return &complaint{message: "the answer came from the cache, and sets a cookie", evidence: evidence}
}

// isEdgeCookie reports whether the CDN itself sets the cookie on what it serves, for each visitor
// anew: bot management and load balancing of Cloudflare, Akamai, Imperva, DataDome and AWS WAF.
func isEdgeCookie(name string) bool {
	switch name {
	case "__cf_bm", "__cflb", "__cfruid", "_cfuvid", "__cfseq", "__cfwaitingroom", "cf_clearance",
		"ak_bmsc", "_abck", "bm_sv", "bm_sz", "bm_mi", "bm_s", "bm_so", "bm_ss", "AKA_A2",
		"datadome", "aws-waf-token":
		return true
	}
	for _, prefix := range [...]string{"incap_ses_", "visid_incap_", "nlbi_", "akaalb_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// authBypassed rests on the query probe: under an address that no copy answers, the same request
// was told to log in.
func authBypassed(p *probed) *complaint {
	o := p.get(ProbeQuery)
	if p.Observation.Cache.Outcome != edge.Hit || o.Status != http.StatusUnauthorized || len(o.Values("WWW-Authenticate")) == 0 {
		return nil
	}
	return &complaint{
		message:  "the cache answers 200, and where it has no copy the same request gets 401",
		evidence: slices.Concat(p.lines("Cache-Control", "Age"), linesOf(o, "WWW-Authenticate")),
	}
}

// personalBody shows no part of the body: it may be a secret.
func personalBody(a *answer) *complaint {
	pattern := a.linter.personal
	if pattern == nil || len(a.Body) == 0 || !a.cdn.Storable || !pattern.Match(a.Body) {
		return nil
	}
	return &complaint{message: "the body matches personal_pattern, and shared caches may store it", evidence: a.lines("Cache-Control")}
}

func clearsCache(a *answer) *complaint {
	for _, line := range a.values(fieldClearSiteData) {
		for kind := range strings.SplitSeq(line, ",") {
			if kind = strings.Trim(kind, " \t"); kind == `"cache"` || kind == `"*"` {
				lines, at := a.quoteMember("Clear-Site-Data", kind)
				return &complaint{message: "Clear-Site-Data has " + kind, evidence: lines, at: at}
			}
		}
	}
	return nil
}
