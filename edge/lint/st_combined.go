package lint

import (
	"fmt"
	"strings"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// stCombined are the rules of directives that need each other, or exclude each other.
func stCombined() []Rule {
	return []Rule{
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
		{
			ID: "ST010", Severity: Warning, Static: true, check: qualified, Source: "RFC 9111, section 5.2.2.4",
			Title: "no-cache or private with a list of fields",
			Why:   "many caches take the directive for its plain form and never reuse the response",
			Fix:   "remove the named fields from the response, and the directive with them",
		},
		{
			ID: "ST011", Severity: Warning, Static: true, check: loneMustUnderstand, Source: "RFC 9111, section 5.2.2.3",
			Title: "must-understand without no-store",
			Why:   "caches that do not know must-understand are not kept from storing a status that they do not know either",
			Fix:   "add no-store beside must-understand",
		},
		{
			ID: "ST012", Severity: Error, Static: true, check: publicAndPrivate, Source: "RFC 9111, section 5.2.2",
			Title: "public and private together",
			Why:   "they contradict each other, and caches differ in which one they follow",
			Fix:   "keep one of public and private",
		},
		{
			ID: "ST013", Severity: Note, Static: true, check: needlessPublic, Source: "RFC 9111, section 5.2.2.9",
			Title: "public beside a lifetime",
			Why:   "a stated lifetime permits shared caches to store the response, so public adds nothing",
			Fix:   "drop public",
		},
	}
}

func noValidator(a *answer) *complaint {
	if !a.policy.NoCache || a.has(fieldEtag) || a.has(fieldLastModified) || a.policy.Directives.Has("no-store") {
		return nil
	}
	return a.blame("Cache-Control", "no-cache", "no-cache asks for a validation on every use, but there is no ETag and no Last-Modified")
}

func neverFresh(a *answer) *complaint {
	p := &a.cdn
	zero := p.Explicit && p.Lifetime == 0 && p.LifetimeKnown
	if !a.critical || !p.NoCache && !zero || p.SWRInForce() || a.edgeDecides() {
		return nil
	}
	fix := "give shared caches a lifetime: " + a.withLifetime(a.needed())
	if p.NoCache {
		c := a.blame(p.Field, "no-cache", "no-cache makes every use ask the origin")
		c.fix = fix
		return c
	}
	return &complaint{
		message:  fmt.Sprintf("%s gives a lifetime of 0 s, so every use asks the origin", p.Basis),
		evidence: a.lines(firstOf(p.Field, "Cache-Control"), "Expires"), fix: fix,
	}
}

func qualified(a *answer) *complaint {
	ds := a.policy.Directives
	for i := range ds {
		if !ds[i].Is("no-cache") && !ds[i].Is("private") {
			continue
		}
		if fields := ds[i].Fields(); len(fields) > 0 {
			return a.point(&ds[i], "%s is meant for %s alone, and is often taken for all of the response",
				strings.ToLower(ds[i].Name), strings.Join(fields, ", "))
		}
	}
	return nil
}

func loneMustUnderstand(a *answer) *complaint {
	ds := a.policy.Directives
	if !ds.Has("must-understand") || ds.Has("no-store") {
		return nil
	}
	return a.blame("Cache-Control", "must-understand", "must-understand stands without no-store")
}

func publicAndPrivate(a *answer) *complaint {
	ds := a.policy.Directives
	if !ds.Unqualified("private") || !ds.Has("public") {
		return nil
	}
	return a.blame("Cache-Control", "private", "public lets shared caches store the response and private forbids it")
}

func needlessPublic(a *answer) *complaint {
	p := &a.policy
	if !p.Explicit || !p.Directives.Has("public") || hasName(a.Observation.Sent, "Authorization") {
		return nil
	}
	return a.blame("Cache-Control", "public", "%s already permits shared caches to store the response", p.Basis)
}

// blame complains about the directive of a policy field that counts, and quotes it in its place.
// The name is in lower case.
func (a *answer) blame(field, name, format string, args ...any) *complaint {
	if field == "Cache-Control" {
		if d, ok := a.policy.Directives.First(name); ok {
			return a.point(&d, format, args...)
		}
	}
	c := &complaint{message: fmt.Sprintf(format, args...), evidence: a.lines(field)}
	// A targeted field keeps no positions: a second reading finds them.
	if d, ok := policy.Lex(a.Observation.Values(field)).First(name); ok {
		c.evidence, c.at = a.quote(field, d)
	}
	return c
}

// point complains about a directive of Cache-Control and quotes it in its place.
func (a *answer) point(d *policy.Directive, format string, args ...any) *complaint {
	c := &complaint{message: fmt.Sprintf(format, args...)}
	c.evidence, c.at = a.quote("Cache-Control", *d)
	return c
}

// hasName reports whether a header has a field, compared without case.
func hasName(header [][2]string, name string) bool {
	for i := range header {
		if strings.EqualFold(header[i][0], name) {
			return true
		}
	}
	return false
}
