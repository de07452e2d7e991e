package lint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// varyProbeRules are the rules of variants that compare answers.
func varyProbeRules() []Rule {
	selecting := []Probe{ProbeQuery, ProbeAccept, ProbeAcceptLanguage, ProbeOrigin, ProbeCookie}
	return []Rule{
		{
			ID: "VAR006", Severity: Error, Needs: []Probe{ProbeIdentity, ProbeGzip}, compare: varyOfCodings, Source: "RFC 9111, section 4.1",
			Title: "Vary that differs between the codings of one URL",
			Why:   "which requests a copy answers depends on which copy a cache got last",
			Fix:   "send the same Vary with every answer of the URL",
		},
		{
			ID: "VAR007", Severity: Error, Profiles: []string{"cloudflare"}, Needs: selecting, some: true, compare: varyWithoutEffect,
			Source: "Cloudflare documentation, cache keys and Vary, 2026-11",
			Title:  "body that changes by a member of Vary that the CDN ignores",
			Why:    "the copy that one visitor filled is sent to all others",
			Fix:    "declare a rule that honours Vary, put the field into the cache key, or give each version its URL",
		},
		{
			ID: "VAR008", Severity: Blocker, Needs: selecting, some: true, compare: hiddenVariant, Source: "RFC 9110, section 12.5.5",
			Title: "body that changes by a request field that Vary does not name",
			Why:   "a cache sends visitors what was made for others",
			Fix:   "name the field in Vary, or give each version its URL",
		},
		{
			ID: "VAR009", Severity: Warning, Needs: []Probe{ProbeOrigin}, compare: echoedOrigin, Source: "Fetch standard, CORS protocol and HTTP caches",
			Title: "Access-Control-Allow-Origin follows Origin without Vary",
			Why:   "a copy that allows one site is sent to another, whose browser refuses it",
			Fix:   "add Vary: Origin, or allow all: Access-Control-Allow-Origin: *",
		},
	}
}

func varyOfCodings(p *probed) *complaint {
	identity, gzip := p.get(ProbeIdentity), p.get(ProbeGzip)
	if identity.Status != http.StatusOK || gzip.Status != http.StatusOK || sameMembers(identity.Header, gzip.Header) {
		return nil
	}
	return &complaint{
		message:  "Vary of the gzip answer is " + shownVary(gzip.Header) + ", of the identity answer " + shownVary(identity.Header),
		evidence: slices.Concat(linesOf(gzip, "Vary"), linesOf(identity, "Vary")),
	}
}

// selector is a probe and the request field that it changes.
type selector struct {
	probe        Probe
	field, shown string
}

// selectors are the probes of what selects an answer.
func selectors() []selector {
	return []selector{
		{ProbeAccept, "accept", "Accept"},
		{ProbeAcceptLanguage, "accept-language", "Accept-Language"},
		{ProbeOrigin, "origin", "Origin"},
		{ProbeCookie, "cookie", "Cookie"},
	}
}

// selecting returns the fields that change the body, as people write them, of those that pass. The
// query probe is the control: where an unknown parameter changes the body already, or the body is
// made anew for each request, nothing follows.
func (p *probed) selecting(pass func(s selector, o *edge.Observation) bool) []string {
	if control := p.get(ProbeQuery); control == nil || !whole(control) || p.differs(control) {
		return nil
	}
	var changing []string
	for _, s := range selectors() {
		if o := p.get(s.probe); o != nil && p.differs(o) && pass(s, o) {
			changing = append(changing, s.shown)
		}
	}
	return changing
}

func hiddenVariant(p *probed) *complaint {
	fields := p.selecting(func(s selector, o *edge.Observation) bool {
		vary := policy.VaryMembers(o.Header)
		return !p.variesBy(s.field) && !slices.Contains(vary, s.field) && !slices.Contains(vary, "*")
	})
	if len(fields) == 0 {
		return nil
	}
	return &complaint{
		message:  "the body changes with " + strings.Join(fields, ", ") + " of the request, and Vary does not say so",
		evidence: p.lines("Vary"),
		fix:      "set Vary: " + strings.Join(append(distinctMembers(p.vary), fields...), ", ") + ", or give each version its URL",
	}
}

func varyWithoutEffect(p *probed) *complaint {
	if !p.linter.profile.Behaviour().IgnoresVary {
		return nil
	}
	fields := p.selecting(func(s selector, _ *edge.Observation) bool { return slices.Contains(p.vary, s.field) })
	if len(fields) == 0 {
		return nil
	}
	return &complaint{
		message:  "the body changes with " + strings.Join(fields, ", ") + ", and " + p.linter.profile.Name + " does not go by Vary",
		evidence: p.lines("Vary"),
	}
}

// echoedOrigin needs a second Origin: a constant value and an echo look the same to one request.
func echoedOrigin(p *probed) *complaint {
	const allow = "Access-Control-Allow-Origin"
	o := p.get(ProbeOrigin)
	asked, allowed := sent(p.Observation, "Origin"), p.value(fieldAllowOrigin)
	theirs := strings.Trim(o.Get(allow), " \t")
	echoed := theirs != "" && theirs == sent(o, "Origin") && theirs != allowed
	dropped := asked != "" && allowed == asked && theirs != allowed
	if o.Status != http.StatusOK || !echoed && !dropped || p.variesBy("origin") || slices.Contains(policy.VaryMembers(o.Header), "origin") {
		return nil
	}
	return &complaint{
		message:  "another Origin in the request gets another " + allow + ", and Vary does not name Origin",
		evidence: slices.Concat(p.lines(allow), linesOf(o, allow), p.lines("Vary")),
	}
}

// differs reports whether a probe got another body than the first request; false where that cannot
// be told.
func (p *probed) differs(o *edge.Observation) bool {
	return whole(p.Observation) && whole(o) && !sameContent(p.Asset.Kind, contentOf(p.Observation), contentOf(o))
}

// whole reports whether an answer has a body that can be compared.
func whole(o *edge.Observation) bool { return contentOf(o).wholeBody() }

// contentOf is the evidence of a body.
func contentOf(o *edge.Observation) Evidence {
	return Evidence{
		Status: o.Status, Challenge: o.Challenge, Failure: o.Failure,
		Digest: o.Digest, Fingerprint: o.Fingerprint, Completeness: o.Completeness,
	}
}

// sameMembers compares Vary, whose order and repetitions mean nothing.
func sameMembers(x, y [][2]string) bool {
	a, b := policy.VaryMembers(x), policy.VaryMembers(y)
	return isSubset(a, b) && isSubset(b, a)
}

func isSubset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(m string) bool { return !slices.Contains(b, m) })
}

// shownVary words Vary for a message.
func shownVary(header [][2]string) string {
	members := distinctMembers(policy.VaryMembers(header))
	if len(members) == 0 {
		return "absent"
	}
	return `"` + strings.Join(members, ", ") + `"`
}

// linesOf are header lines of a probe's answer as evidence.
func linesOf(o *edge.Observation, names ...string) []string {
	a := answer{Response: Response{Observation: o}}
	return a.lines(names...)
}
