package lint

import (
	"fmt"
	"net/http"
	"time"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// targetedLifetime is the lifetime that CDN-Cache-Control states; false where it states none, or
// forbids to store.
func (a *answer) targetedLifetime() (time.Duration, bool) {
	if !a.has(fieldCdnCacheControl) {
		return 0, false
	}
	ds, ok := policy.LexTargeted(a.values(fieldCdnCacheControl))
	if !ok || ds.Has("no-store") || ds.Has("private") {
		return 0, false
	}
	return deltaOf(ds, "max-age")
}

// deltaOf is the duration that a directive states.
func deltaOf(ds policy.Directives, name string) (time.Duration, bool) {
	d, ok := ds.First(name)
	if !ok {
		return 0, false
	}
	n, ok := d.Seconds()
	return time.Duration(n) * time.Second, ok
}

func targetAgainstAll(a *answer) *complaint {
	lifetime, ok := a.targetedLifetime()
	if !ok || lifetime == 0 {
		return nil
	}
	name := "no-store"
	if !a.policy.Directives.Has(name) {
		name = "private"
	}
	if !a.policy.Directives.Unqualified(name) {
		return nil
	}
	return a.blame("Cache-Control", name, "CDN-Cache-Control lets CDNs keep the response for %s, Cache-Control says %s to all others", seconds(lifetime), name)
}

func twoTargets(a *answer) *complaint {
	if !a.has(fieldSurrogateControl) {
		return nil
	}
	targeted, ok := a.targetedLifetime()
	if !ok {
		return nil
	}
	surrogate, ok := deltaOf(policy.Lex(a.values(fieldSurrogateControl)), "max-age")
	if !ok || surrogate == targeted {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("Surrogate-Control says %s, CDN-Cache-Control %s", seconds(surrogate), seconds(targeted)),
		evidence: a.lines("Surrogate-Control", "CDN-Cache-Control"),
	}
}

func unconsumed(a *answer) *complaint {
	if !a.has(fieldSurrogateControl) && !a.has(fieldOtherTargeted) || !a.atEdge() {
		return nil
	}
	for _, h := range a.Observation.Header {
		if fieldOf(h[0]) == fieldSurrogateControl || isVendorTarget(h[0]) {
			return &complaint{message: h[0] + " is meant for a CDN and reached the visitor", evidence: a.lines(h[0])}
		}
	}
	return nil
}

func noEdgeControl(a *answer) *complaint {
	if !a.cdn.Explicit || a.cdn.Lifetime != a.browser.Lifetime || !a.isHTML() || a.Observation.Status != http.StatusOK || !a.lifetimeKnown() {
		return nil
	}
	return &complaint{
		message:  "browsers and the edge keep the page for the same " + seconds(a.cdn.Lifetime),
		evidence: a.lines(a.lifetimeFields()...),
	}
}

func optionalDirective(a *answer) *complaint {
	for _, name := range a.targetedFields() {
		ds, _ := policy.LexTargeted(a.Observation.Values(name))
		for _, d := range ds {
			if !mandatory(&d) {
				return a.blame(name, d.Name, "%s has %s, which a CDN need not know", name, d.Name)
			}
		}
	}
	return nil
}

// mandatory reports whether every cache that reads targeted fields knows the directive.
func mandatory(d *policy.Directive) bool {
	return d.Is("max-age") || d.Is("must-revalidate") || d.Is("no-store") || d.Is("no-cache") || d.Is("private")
}
