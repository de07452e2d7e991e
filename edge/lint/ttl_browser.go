package lint

import (
	"fmt"
	"net/http"
	"time"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
	// shortForStatic is the lifetime from which on a static asset is kept long enough.
	shortForStatic = 30 * day
)

// ttlBrowser are the rules of lifetimes in browsers, which nobody can purge.
func ttlBrowser() []Rule {
	return []Rule{
		{
			ID: "TTL003", Severity: Warning, Static: true, check: oldPage, Source: "webhint, http-cache",
			Title: "document that browsers keep",
			Why:   "visitors keep an old page after a release, and nobody can purge it there",
			Fix:   "let browsers ask and the edge keep: Cache-Control: max-age=0, s-maxage=3600",
		},
		{
			ID: "TTL004", Severity: Warning, Static: true, check: shortFingerprinted, Source: "RFC 8246; webhint, http-cache",
			Title: "fingerprinted asset that browsers ask for again",
			Why:   "its content never changes under this URL, so asking again is wasted",
			Fix:   "Cache-Control: max-age=31536000, immutable",
		},
		{
			ID: "TTL005", Severity: Error, Static: true, check: longUnhashed, Source: "edgeprime",
			Title: "asset without a fingerprint that browsers keep for long",
			Why:   "a mistake in it cannot be corrected in browsers that have it",
			Fix:   "put a hash of the content into the path, or set: Cache-Control: max-age=86400",
		},
		{
			ID: "TTL006", Severity: Note, Static: true, check: shortStatic, Source: "Lighthouse, uses-long-cache-ttl",
			Title: "static asset with a short lifetime in browsers",
			Why:   "visitors who come back load it again",
			Fix:   "lengthen the lifetime, with a fingerprint in the path to up to a year: Cache-Control: max-age=31536000, immutable",
		},
		{
			ID: "TTL016", Severity: Note, check: immutableUnused, Source: "RFC 8246, section 2",
			Title: "immutable on what is never fresh",
			Why:   "immutable holds while a response is fresh, so it has no effect",
			Fix:   "remove immutable",
		},
	}
}

// keeps reports whether browsers reuse the answer without asking while it is fresh.
func (a *answer) keeps() bool {
	return a.Observation.Status == http.StatusOK && a.browser.Storable && !a.browser.NoCache
}

// isHTML reports whether the answer says that it is a page.
func (a *answer) isHTML() bool {
	return a.has(fieldContentType) && mediaType(a.value(fieldContentType)) == "text/html"
}

func oldPage(a *answer) *complaint {
	if a.browser.Lifetime <= a.linter.config.HTMLMaxAge || !a.isHTML() || !a.keeps() {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("browsers keep the page for %s by %s", seconds(a.browser.Lifetime), a.browser.Basis),
		evidence: a.lines("Content-Type", "Cache-Control", "Expires", "Last-Modified"),
	}
}

func shortFingerprinted(a *answer) *complaint {
	long := a.keeps() && a.browser.Lifetime >= year
	if a.Observation.Status != http.StatusOK || long && a.browser.Immutable || a.isHTML() || !a.browser.Storable {
		return nil
	}
	message := fmt.Sprintf("browsers keep it for %s, though its content never changes", seconds(a.browser.Lifetime))
	switch fingerprint := a.fingerprint(); {
	case fingerprint == FingerprintNone, long && (fingerprint == FingerprintVersion || a.means("immutable")):
		return nil
	case long:
		message = "immutable is missing, so browsers ask again on reload"
	case !a.keeps():
		message = "browsers ask for it on every use, though its content never changes"
	}
	return &complaint{message: message, evidence: a.lines("Cache-Control", "Expires")}
}

// fingerprint is that of the asset's URL.
func (a *answer) fingerprint() Fingerprint { return a.linter.of(a.url()) }

// url is what was asked for.
func (a *answer) url() string { return firstOf(a.Observation.URL, a.Asset.URL) }

func longUnhashed(a *answer) *complaint {
	p := &a.browser
	if !p.Explicit || p.Lifetime == 0 || !p.Immutable && p.Lifetime <= a.linter.config.UnhashedMaxAge {
		return nil
	}
	if !a.keeps() || a.fingerprint() != FingerprintNone || maybeHashed(a.url()) {
		return nil
	}
	if p.Immutable {
		return a.blame("Cache-Control", "immutable", "immutable for %s, and the path has no fingerprint", seconds(p.Lifetime))
	}
	return &complaint{
		message:  fmt.Sprintf("browsers keep it for %s by %s, and the path has no fingerprint", seconds(p.Lifetime), p.Basis),
		evidence: a.lines("Cache-Control", "Expires"),
	}
}

func shortStatic(a *answer) *complaint {
	p := &a.browser
	if !a.static() || !p.Explicit || p.Lifetime == 0 || p.Lifetime >= shortForStatic || !a.keeps() {
		return nil
	}
	return &complaint{
		message: fmt.Sprintf("browsers keep it for %s; of the visitors who come back about %.0f %% load it again",
			seconds(p.Lifetime), 100*(1-reused(p.Lifetime))),
		evidence: a.lines("Cache-Control", "Expires"),
	}
}

// reused is the share of repeat visits that a copy with this lifetime serves: Lighthouse's
// piecewise linear estimate from the use of 2017. Below 30 days it is under the 0.925 from which
// on Lighthouse is content.
func reused(lifetime time.Duration) float64 {
	hours := [...]float64{0, 0.2, 1, 3, 8, 12, 24, 48, 72, 168, 8760} // for the shares 0, 0.1 ... 1
	x := lifetime.Hours()
	for i := 1; i < len(hours); i++ {
		if x < hours[i] {
			return (float64(i-1) + (x-hours[i-1])/(hours[i]-hours[i-1])) / float64(len(hours)-1)
		}
	}
	return 1
}

func immutableUnused(a *answer) *complaint {
	p := &a.browser
	if !p.Immutable || p.Lifetime > 0 && !p.NoCache && !p.Directives.Has("no-store") {
		return nil
	}
	return a.blame("Cache-Control", "immutable", "immutable has no effect on a response that browsers never reuse without asking")
}
