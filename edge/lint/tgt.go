package lint

import (
	"fmt"
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// tgtRules are the rules of targeted fields (RFC 9213) and of fields for surrogates.
func tgtRules() []Rule {
	return []Rule{
		{
			ID: "TGT001", Severity: Blocker, Static: true, check: brokenTarget, Source: "RFC 9213, section 2.1",
			Title: "targeted field that does not parse",
			Why:   "the cache must ignore all of the field, and silently goes by Cache-Control",
			Fix:   "write a Structured Field Dictionary, such as: CDN-Cache-Control: max-age=3600, stale-while-revalidate=60",
		},
		{
			ID: "TGT002", Severity: Error, Static: true, check: targetedNumber, Source: "RFC 9213, section 2.1",
			Title: "number of seconds of another type in a targeted field",
			Why:   "the cache does not use the directive",
			Fix:   "write an integer, such as: CDN-Cache-Control: max-age=3600",
		},
		{
			ID: "TGT003", Severity: Error, Static: true, check: targetedTwice, Source: "RFC 9213, section 2.1; RFC 9651, section 4.2.2",
			Title: "directive that is repeated in a targeted field",
			Why:   "the last one counts here and the first one in Cache-Control, so the field is easily misread",
			Fix:   "keep one",
		},
		{
			ID: "TGT004", Severity: Error, Static: true, check: unreadTarget, Source: "http-tests/cache-tests, recorded results, 2025-12; AWS CloudFront developer guide",
			Profiles: []string{"fastly-vcl", "cloudfront", "nginx", "varnish", "trafficserver", "squid", "httpd"},
			Title:    "CDN-Cache-Control where the cache does not read it",
			Why:      "the cache goes by Cache-Control instead",
			Fix:      "state the lifetime in a field that this cache reads: Cache-Control: s-maxage=3600",
		},
		{
			ID: "TGT005", Severity: Warning, Static: true, check: targetAgainstAll, Source: "RFC 9213, section 2.2",
			Title: "CDN-Cache-Control stores what Cache-Control forbids",
			Why:   "that is legal, but a cache that does not read the field stores nothing",
			Fix:   "make sure that every cache on the way reads CDN-Cache-Control",
		},
		{
			ID: "TGT006", Severity: Warning, check: twoTargets, Source: "Fastly documentation; Cloudflare documentation, 2026-11",
			Title: "Surrogate-Control and CDN-Cache-Control with different lifetimes",
			Why:   "Fastly reads the one and Cloudflare the other, so that the CDNs keep different copies",
			Fix:   "state the same lifetime in both",
		},
		{
			ID: "TGT007", Severity: Note, check: unconsumed, Source: "RFC 9213, section 3; W3C Edge Architecture Specification",
			Title: "field for the CDN that reaches visitors",
			Why:   "a CDN should consume what is meant for it alone; it tells how the site is built",
			Fix:   "remove the field at the edge",
		},
		{
			ID: "TGT009", Severity: Note, check: noEdgeControl, Source: "edgeprime",
			Title: "document with one lifetime for browsers and edge",
			Why:   "what the edge keeps can be purged and what browsers keep cannot, so they need different lifetimes",
			Fix:   "add a lifetime for shared caches: Cache-Control: max-age=0, s-maxage=3600",
		},
		{
			ID: "TGT010", Severity: Note, check: optionalDirective, Source: "RFC 9213, section 2.2",
			Title: "directive that a CDN need not know in a targeted field",
			Why:   "only max-age, must-revalidate, no-store, no-cache and private are mandatory there",
			Fix:   "check in the CDN's documentation that it reads the directive",
		},
	}
}

// targetedFields are the names of the targeted fields of the answer: those that the profile reads,
// then others, each once.
func (a *answer) targetedFields() []string {
	if !a.has(fieldCdnCacheControl) && !a.has(fieldOtherTargeted) {
		return nil
	}
	names := a.readTargets()
	for _, h := range a.Observation.Header {
		if f := fieldOf(h[0]); (f == fieldCdnCacheControl || isVendorTarget(h[0])) && !contains(names, h[0]) {
			names = append(names, h[0])
		}
	}
	return names
}

// readTargets are the targeted fields of the answer that the profile reads.
func (a *answer) readTargets() []string {
	var names []string
	for _, name := range a.linter.profile.Targets {
		if hasName(a.Observation.Header, name) {
			names = append(names, name)
		}
	}
	return names
}

// isVendorTarget reports whether a field is one CDN's own targeted one.
func isVendorTarget(name string) bool {
	const suffix = "-CDN-Cache-Control"
	return len(name) > len(suffix) && strings.EqualFold(name[len(name)-len(suffix):], suffix)
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func brokenTarget(a *answer) *complaint {
	for _, name := range a.readTargets() {
		lines := a.Observation.Values(name)
		if _, ok := policy.LexTargeted(lines); ok {
			continue
		}
		d, problem := targetTrouble(lines)
		c := &complaint{message: fmt.Sprintf("%s counts as absent: %s", name, problem), evidence: a.lines(name)}
		if d != nil {
			c.evidence, c.at = a.quote(name, *d)
		}
		return c
	}
	return nil
}

// targetTrouble is the usual reason why the lines are no Dictionary, and where.
func targetTrouble(lines []string) (at *policy.Directive, problem string) {
	ds := policy.Lex(lines)
	if len(ds) == 0 {
		return nil, "it is empty"
	}
	for i := range ds {
		d := &ds[i]
		switch {
		case d.Err == policy.ErrSpace:
			return d, "white space around ="
		case strings.ToLower(d.Name) != d.Name:
			return d, "a key is not in lower case"
		case d.Err != "":
			return d, d.Err
		case len(d.Arg) > longestInteger && digits(d.Arg):
			return d, "an integer of more than 15 digits"
		}
	}
	for n, line := range lines {
		if trimmed := strings.TrimRight(line, " \t"); strings.HasSuffix(trimmed, ",") {
			return &policy.Directive{Line: n, Start: len(trimmed) - 1, End: len(trimmed)}, "it ends in a comma"
		}
	}
	return nil, "it is no Structured Field Dictionary"
}

// longestInteger is how many digits an Integer has at most (RFC 9651, section 3.3.1).
const longestInteger = 15

func targetedNumber(a *answer) *complaint {
	for _, name := range a.targetedFields() {
		ds, _ := policy.LexTargeted(a.Observation.Values(name))
		for _, d := range ds {
			if d.Err == policy.ErrType && isDelta(&d) {
				return a.blame(name, d.Name, "%s has %s, whose value is no integer of 0 or more", name, d.Name)
			}
		}
	}
	return nil
}

func targetedTwice(a *answer) *complaint {
	for _, name := range a.targetedFields() {
		lines := a.Observation.Values(name)
		if _, ok := policy.LexTargeted(lines); !ok {
			continue
		}
		for _, d := range policy.Lex(lines) {
			if d.Occurrence > 1 {
				c := &complaint{message: fmt.Sprintf("%s has %s twice: the last one counts", name, d.Name)}
				c.evidence, c.at = a.quote(name, d)
				return c
			}
		}
	}
	return nil
}

// unreadTarget is silent where the cache finds the same lifetime in a field that it reads.
func unreadTarget(a *answer) *complaint {
	if !a.has(fieldCdnCacheControl) || contains(a.linter.profile.Targets, "CDN-Cache-Control") {
		return nil
	}
	message := "this cache does not read CDN-Cache-Control"
	if lifetime, ok := a.targetedLifetime(); ok {
		if a.cdn.Storable && a.cdn.Lifetime == lifetime {
			return nil
		}
		message += ", which says " + seconds(lifetime)
	}
	return &complaint{message: message, evidence: a.lines("CDN-Cache-Control", "Cache-Control")}
}
