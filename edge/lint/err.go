package lint

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
)

// negativeLifetime is how long a missing asset may stay cached as missing.
const negativeLifetime = time.Minute

// errRules are the rules of errors, redirects and negative caching.
func errRules() []Rule {
	return []Rule{
		{
			ID: "ERR001", Severity: Blocker, check: notOK, answers: onAny, Source: "edgeprime",
			Title: "critical asset that does not answer 200",
			Why:   "visitors get an error, or something else than discovery saw",
			Fix:   "publish the asset",
		},
		{
			ID: "ERR002", Severity: Error, check: cachedMissing, answers: onErrors, Source: "RFC 9110, section 15.1",
			Title: "missing asset that stays cached as missing",
			Why:   "an asset that is published later is not seen until the cached error expires",
			Fix:   "answer errors with a short lifetime, and purge after publishing: Cache-Control: max-age=10",
		},
		{
			ID: "ERR003", Severity: Error, check: cachedFailure, answers: onErrors, Source: "RFC 9111, section 3",
			Title: "server error with a lifetime",
			Why:   "a failure of a moment is cached and served after it is over",
			Fix:   "answer errors with: Cache-Control: no-store",
		},
		{
			ID: "ERR004", Severity: Warning, check: pinnedRedirect, Source: "RFC 9110, section 15.4",
			Title: "temporary redirect with a lifetime",
			Why:   "caches and browsers go on following it after it has changed",
			Fix:   "drop the lifetime from the redirect, or make it permanent",
		},
		{
			ID: "ERR005", Severity: Warning, check: endlessRedirect, Source: "RFC 9110, section 15.4; Chromium's cache",
			Title: "permanent redirect without a lifetime",
			Why:   "browsers keep it for as long as they like, and nobody can take it back",
			Fix:   "state a lifetime: Cache-Control: max-age=86400",
		},
		{
			ID: "ERR006", Severity: Error, check: pageInstead, Source: "edgeprime",
			Title: "page where an asset is expected",
			Why:   "an error or login page that answers 200 is cached as the asset, and browsers refuse it",
			Fix:   "answer a missing asset with 404, and serve assets without a login",
		},
		{
			ID: "ERR007", Severity: Error, check: redirectNowhere, Source: "RFC 9110, section 15.4",
			Title: "redirect without Location",
			Why:   "browsers have nowhere to go and show an empty page",
			Fix:   "add Location",
		},
		{
			ID: "ERR008", Severity: Error, check: toldToWait, answers: onErrors, Source: "RFC 9110, section 10.2.3; RFC 6585, section 4",
			Title: "answer that asks to come back later",
			Why:   "the origin is at its limit: the asset is not primed, and a launch would bring more requests",
			Fix:   "lower the rate, such as limits.max_rps, and prime again after the time that Retry-After says",
		},
	}
}

// pageInstead finds HTML under the name of what is none.
func pageInstead(a *answer) *complaint {
	if a.Observation.Status != http.StatusOK {
		return nil // a redirect may well explain itself in HTML
	}
	switch a.Asset.Kind {
	case crawl.Stylesheet, crawl.Script, crawl.Font, crawl.Image, crawl.Media:
	default:
		return nil
	}
	kind, _, _ := strings.Cut(a.Observation.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "text/html") {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("an HTML page came with status 200, where the page asks for: %s", a.Asset.Kind),
		evidence: a.lines("Content-Type"),
	}
}

func notOK(a *answer) *complaint {
	status := a.Observation.Status
	if !a.critical || status == http.StatusOK || a.expectedRedirect() || a.askedFor(status) {
		return nil
	}
	c := &complaint{message: fmt.Sprintf("the answer is %d, not 200", status)}
	switch {
	case isRedirect(status) && isRedirect(a.Asset.Status):
		c.message = fmt.Sprintf("the answer is %d and does not lead where it led discovery", status)
		c.evidence = a.lines("Location")
		c.fix = "repair the redirect, or discover again when it moved on purpose"
	case isRedirect(status):
		c.evidence = a.lines("Location")
		c.fix = "serve the asset here, or name the final URL"
	case status == http.StatusNotModified:
		c.message = "the answer is 304 to a request without a condition"
		c.fix = "repair the edge: it must answer an unconditional GET with 200"
	case status >= http.StatusInternalServerError:
		c.evidence = a.lines("Retry-After")
		c.fix = "repair the origin, then prime again"
	}
	return c
}

// askedFor reports whether the request itself made the status the right one.
func (a *answer) askedFor(status int) bool {
	sent := a.Observation.Sent
	switch status {
	case http.StatusNotModified:
		return hasName(sent, "If-None-Match") || hasName(sent, "If-Modified-Since")
	case http.StatusPartialContent:
		return hasName(sent, "Range")
	}
	return false
}

// expectedRedirect reports whether the answer redirects to where discovery was sent.
func (a *answer) expectedRedirect() bool {
	if !isRedirect(a.Observation.Status) || !isRedirect(a.Asset.Status) {
		return false
	}
	location := a.Observation.Get("Location")
	if location == a.Asset.Location {
		return true
	}
	base, err := url.Parse(a.Asset.URL)
	if err != nil {
		return false
	}
	target, err := base.Parse(location)
	if err != nil {
		return false
	}
	return location != "" && target.String() == a.Asset.Location
}

func cachedMissing(a *answer) *complaint {
	switch a.Observation.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusRequestURITooLong, http.StatusNotImplemented:
	default:
		return nil
	}
	p := &a.cdn
	rest := p.Remaining(p.Received)
	if !p.Reusable() || !p.LifetimeKnown || rest <= 0 || rest <= negativeLifetime && !a.declared("negative-ttl") {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("status %d stays cached for %s more", a.Observation.Status, seconds(rest)),
		evidence: a.lines(a.lifetimeFields("Age", "Last-Modified")...),
	}
}

func cachedFailure(a *answer) *complaint {
	p := a.policy
	if a.Observation.Status < http.StatusInternalServerError || !p.Explicit || p.Lifetime <= 0 || !p.Storable {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("status %d may be cached for %s", a.Observation.Status, seconds(p.Lifetime)),
		evidence: a.lines("Cache-Control", "Expires"),
	}
}

func pinnedRedirect(a *answer) *complaint {
	switch a.Observation.Status {
	case http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
	default:
		return nil
	}
	p := &a.policy
	if !p.Explicit || p.Lifetime == 0 || !p.Reusable() {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("status %d is kept for %s by %s", a.Observation.Status, seconds(p.Lifetime), p.Basis),
		evidence: a.lines("Cache-Control", "Expires", "Location"),
	}
}

func endlessRedirect(a *answer) *complaint {
	status := a.Observation.Status
	if status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect {
		return nil
	}
	if p := &a.browser; p.Explicit || p.NoCache || !p.Storable {
		return nil
	}
	return &complaint{message: fmt.Sprintf("status %d without max-age or Expires", status), evidence: a.lines("Location", "Cache-Control")}
}

func redirectNowhere(a *answer) *complaint {
	switch a.Observation.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	if a.value(fieldLocation) != "" {
		return nil
	}
	return &complaint{message: fmt.Sprintf("status %d says nowhere where to go", a.Observation.Status)}
}

func toldToWait(a *answer) *complaint {
	status := a.Observation.Status
	if !a.has(fieldRetryAfter) || status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return nil
	}
	return &complaint{message: fmt.Sprintf("status %d with Retry-After: the asset is not primed", status), evidence: a.lines("Retry-After")}
}
