package lint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// keyRules are the rules of the cache key.
func keyRules() []Rule {
	return []Rule{
		{
			ID: "KEY001", Severity: Warning, check: revisedByQuery, Source: "edgeprime",
			Title: "static asset that only its query tells apart",
			Why:   "some CDNs leave the query out of the key and keep the old file, others keep a copy for every value",
			Fix:   "put a hash of the content into the path, as in /app.3f9a1c2b.css",
		},
		{
			ID: "KEY002", Severity: Warning, check: trackedURL, Source: "draft-ietf-httpbis-no-vary-search",
			Title: "launch URL with tracking parameters",
			Why:   "each click has another value, so each click is a miss",
			Fix:   "leave the parameters out of the edge's cache key; for browsers add: " + `No-Vary-Search: params=("utm_source" "utm_medium" "utm_campaign" "gclid" "fbclid")`,
		},
		{
			ID: "KEY003", Severity: Warning, check: idleNoVarySearch, Source: "draft-ietf-httpbis-no-vary-search, section 2",
			Title: "No-Vary-Search without effect",
			Why:   "what is not understood counts as absent, so every parameter selects another copy",
			Fix:   `name the parameters as strings: No-Vary-Search: params=("utm_source" "utm_medium")`,
		},
		{
			ID: "KEY005", Severity: Warning, check: behindRedirect, Source: "edgeprime",
			Title: "critical asset behind a redirect",
			Why:   "two copies have to be primed and kept, and each visitor makes one more round trip",
			Fix:   "name the final URL where the asset is linked",
		},
		{
			ID: "KEY006", Severity: Warning, Needs: []Probe{ProbeAgain, ProbeQuery}, compare: queryInKey, Source: "edgeprime",
			Title: "query in the cache key against what is declared",
			Why:   "the cache is said to leave the query out, and an unknown parameter makes a copy of its own",
			Fix:   "repair the cache key rule of the edge, or remove ignores_query from the launch file",
		},
	}
}

func revisedByQuery(a *answer) *complaint {
	if !a.static() {
		return nil
	}
	_, query, found := strings.Cut(firstOf(a.Observation.URL, a.Asset.URL), "?")
	if !found {
		return nil
	}
	for parameter := range strings.SplitSeq(query, "&") {
		name, value, named := strings.Cut(parameter, "=")
		if !named {
			name, value = "", parameter
		}
		if strings.ContainsAny(value, "0123456789") && (name == "" || isRevision(name)) {
			if a.linter.Fingerprint(firstOf(a.Observation.URL, a.Asset.URL)) != FingerprintNone {
				return nil
			}
			return &complaint{message: "the path stays the same from release to release, only the query changes: ?" + parameter}
		}
	}
	return nil
}

// isRevision reports whether a parameter of that name usually carries a release.
func isRevision(name string) bool {
	switch strings.ToLower(name) {
	case "v", "ver", "version", "rev", "revision", "release", "build", "hash", "ts", "cb", "bust", "cachebust", "cachebuster", "cache_bust":
		return true
	}
	return false
}

func trackedURL(a *answer) *complaint {
	_, query, found := strings.Cut(firstOf(a.Observation.URL, a.Asset.URL), "?")
	if !found || a.linter.profile.Behaviour().IgnoresQuery {
		return nil
	}
	ignored := policy.ParseNoVarySearch(a.values(fieldNoVarySearch))
	var names []string
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if isTracking(name) && !leavesOut(ignored, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return &complaint{
		message:  "the URL has " + strings.Join(names, ", ") + ", which differ from click to click",
		evidence: a.lines("No-Vary-Search"),
		fix:      `leave the parameters out of the edge's cache key; for browsers add: No-Vary-Search: params=("` + strings.Join(names, `" "`) + `")`,
	}
}

// isTracking reports whether a parameter tells where a visitor came from.
func isTracking(name string) bool {
	return strings.HasPrefix(name, "utm_") || name == "gclid" || name == "fbclid"
}

// leavesOut reports whether the parameter does not select a stored response.
func leavesOut(n policy.NoVarySearch, name string) bool {
	if n.IgnoresAll {
		return !slices.Contains(n.Kept, name)
	}
	return slices.Contains(n.Ignored, name)
}

func idleNoVarySearch(a *answer) *complaint {
	if !a.has(fieldNoVarySearch) || !policy.ParseNoVarySearch(a.values(fieldNoVarySearch)).IsDefault() {
		return nil
	}
	return &complaint{message: "No-Vary-Search says nothing that a browser understands", evidence: a.lines("No-Vary-Search")}
}

func behindRedirect(a *answer) *complaint {
	if !a.critical || !isRedirect(a.Observation.Status) || !a.has(fieldLocation) {
		return nil
	}
	return &complaint{message: "the critical asset is reached by a redirect", evidence: a.lines("Location")}
}

// queryInKey compares with a second answer to the plain URL: what is not stored at all says nothing
// about its key.
func queryInKey(p *probed) *complaint {
	again, o := p.get(ProbeAgain), p.get(ProbeQuery)
	if !p.linter.profile.Behaviour().IgnoresQuery || again.Cache.Outcome != edge.Hit ||
		o.Cache.Outcome != edge.Miss || o.Status != http.StatusOK {
		return nil
	}
	return &complaint{
		message:  "the URL is a hit, and with an unknown parameter it is a miss",
		evidence: linesOf(o, "Cache-Status", "X-Cache", "CF-Cache-Status", "Age"),
	}
}
