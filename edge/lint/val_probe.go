package lint

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// valProbeRules are the rules of validators that compare answers.
func valProbeRules() []Rule {
	return []Rule{
		{
			ID: "VAL004", Severity: Error, Needs: []Probe{ProbeAgain}, compare: otherTag, Source: "edgeprime",
			Title: "the same body under another ETag when asked again",
			Why:   "servers behind one URL make their own tags, so a validation by the other one is a full transfer",
			Fix:   "make the ETag from the content, not from the file's inode or time",
		},
		{
			ID: "VAL005", Severity: Error, Needs: []Probe{ProbeIdentity, ProbeGzip}, compare: tagOfCodings, Source: "RFC 9110, section 8.8.3.3",
			Title: "the same strong ETag for gzip and identity",
			Why:   "a strong tag promises the same bytes, so parts of both may be joined",
			Fix:   `give each coding its own tag, or mark it weak, as in: ETag: W/"abc"`,
		},
		{
			ID: "VAL006", Severity: Blocker, Needs: []Probe{ProbeAgain, ProbeIdentity, ProbeGzip}, some: true, compare: tagOfBodies,
			Source: "RFC 9110, section 8.8.1",
			Title:  "the same strong ETag for different bodies",
			Why:    "caches and browsers keep the old body after a validation, and join parts of both",
			Fix:    "make the ETag from the content, and purge the URL",
		},
		{
			ID: "VAL007", Severity: Warning, Needs: []Probe{ProbeIfNoneMatch}, compare: noneMatchIgnored, Source: "RFC 9110, section 13.1.2",
			Title: "If-None-Match with the current ETag gets the full body",
			Why:   "each validation is a full transfer, and loads the origin",
			Fix:   "answer it with 304 Not Modified",
		},
		{
			ID: "VAL008", Severity: Warning, Needs: []Probe{ProbeIfModified}, compare: modifiedIgnored, Source: "RFC 9110, section 13.1.3",
			Title: "If-Modified-Since with the current Last-Modified gets the full body",
			Why:   "each validation is a full transfer, and loads the origin",
			Fix:   "answer it with 304 Not Modified",
		},
		{
			ID: "VAL009", Severity: Warning, Needs: []Probe{ProbeIfNoneMatch, ProbeIfModified}, some: true, compare: poor304, Source: "RFC 9110, section 15.4.5",
			Title: "304 without a field that the 200 has",
			Why:   "a cache renews its copy from the 304, so the policy may be lost",
			Fix:   "send Date, Cache-Control, Content-Location, ETag, Expires and Vary with a 304 as with the 200",
		},
		{
			ID: "VAL011", Severity: Note, Needs: []Probe{ProbeAgain, ProbeQuery}, some: true, compare: modifiedNow, Source: "edgeprime",
			Title: "Last-Modified that is the time of each answer",
			Why:   "no validation by date ever succeeds, and a guessed lifetime is close to zero",
			Fix:   "send the time of the file's last change, the same from all servers",
		},
	}
}

func otherTag(p *probed) *complaint {
	again := p.get(ProbeAgain)
	mine, theirs, ok := tags(p.Observation, again)
	if !ok || mine.WeakEqual(theirs) || !sameBytes(p.Observation, again) || !sameCoding(p.Observation, again) {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("asked again, the same body has ETag %s instead of %s", theirs, mine),
		evidence: slices.Concat(p.lines("ETag"), linesOf(again, "ETag")),
	}
}

func tagOfCodings(p *probed) *complaint {
	identity, gzip := p.get(ProbeIdentity), p.get(ProbeGzip)
	x, y, ok := tags(identity, gzip)
	if !ok || !x.StrongEqual(y) || sameCoding(identity, gzip) {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("ETag %s is strong, and stands on the %s and on the %s body", x, coding(identity), coding(gzip)),
		evidence: slices.Concat(linesOf(gzip, "ETag", "Content-Encoding"), linesOf(identity, "ETag", "Content-Encoding")),
		fix:      "give each coding its own tag, or mark it weak: ETag: W/" + x.String(),
	}
}

func tagOfBodies(p *probed) *complaint {
	for _, n := range [...]Probe{ProbeAgain, ProbeIdentity, ProbeGzip} {
		o := p.get(n)
		if o == nil || !whole(o) || !whole(p.Observation) || !sameCoding(p.Observation, o) || sameBytes(p.Observation, o) {
			continue
		}
		if x, y, ok := tags(p.Observation, o); ok && x.StrongEqual(y) {
			return &complaint{
				message:  fmt.Sprintf("ETag %s stands on %s and on %s", x, short(p.Observation.Digest), short(o.Digest)),
				evidence: slices.Concat(p.lines("ETag"), linesOf(o, "ETag")),
			}
		}
	}
	return nil
}

func noneMatchIgnored(p *probed) *complaint {
	o := p.get(ProbeIfNoneMatch)
	mine, theirs, ok := tags(p.Observation, o)
	if o.Status != http.StatusOK || !ok || !mine.WeakEqual(theirs) || p.unstored() {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("a request with If-None-Match: %s was answered 200 with the same ETag", mine),
		evidence: linesOf(o, "ETag"),
	}
}

func modifiedIgnored(p *probed) *complaint {
	o := p.get(ProbeIfModified)
	modified := p.value(fieldLastModified)
	if o.Status != http.StatusOK || modified == "" || p.unstored() || strings.Trim(o.Get("Last-Modified"), " \t") != modified {
		return nil
	}
	return &complaint{
		message:  "a request with If-Modified-Since: " + modified + " was answered 200 with the same Last-Modified",
		evidence: linesOf(o, "Last-Modified"),
	}
}

// poor304 leaves out a Vary of Accept-Encoding alone: servers that code on the fly do not know at
// a 304 whether they would have, and the copy that the 304 renews keeps its Vary.
func poor304(p *probed) *complaint {
	for _, n := range [...]Probe{ProbeIfNoneMatch, ProbeIfModified} {
		o := p.get(n)
		if o == nil || o.Status != http.StatusNotModified {
			continue
		}
		lost := p.lost(o, "Cache-Control", "Content-Location", "ETag", "Expires", "Vary")
		if !p.varies() {
			lost = slices.DeleteFunc(lost, func(name string) bool { return name == "Vary" })
		}
		if len(o.Values("Date")) == 0 {
			lost = append([]string{"Date"}, lost...)
		}
		if len(lost) > 0 {
			return &complaint{message: fmt.Sprintf("the 304 to %s lacks %s", n, strings.Join(lost, ", ")), evidence: p.lines(lost...)}
		}
	}
	return nil
}

// varies reports whether Vary has a member other than Accept-Encoding.
func (a *answer) varies() bool {
	return slices.ContainsFunc(a.vary, func(m string) bool { return m != "accept-encoding" })
}

// lost returns those of the fields that the answer has and the probe's has not.
func (p *probed) lost(o *edge.Observation, names ...string) []string {
	return slices.DeleteFunc(names, func(name string) bool {
		return len(p.Observation.Values(name)) == 0 || len(o.Values(name)) > 0
	})
}

func modifiedNow(p *probed) *complaint {
	if !p.static() || !p.modifiedAtDate(p.Observation) {
		return nil
	}
	for _, n := range [...]Probe{ProbeAgain, ProbeQuery} {
		o := p.get(n)
		if o != nil && o.Status == http.StatusOK && p.modifiedAtDate(o) && o.Get("Last-Modified") != p.Observation.Get("Last-Modified") {
			return &complaint{
				message:  "Last-Modified is the Date of each answer, and moves with it",
				evidence: slices.Concat(p.lines("Last-Modified", "Date"), linesOf(o, "Last-Modified", "Date")),
			}
		}
	}
	return nil
}

// modifiedAtDate reports whether Last-Modified is Date.
func (p *probed) modifiedAtDate(o *edge.Observation) bool {
	modified, ok := dateOf(o.Get("Last-Modified"), p.policy.Received)
	made, alsoOK := dateOf(o.Get("Date"), p.policy.Received)
	return ok && alsoOK && modified.Equal(made)
}

// tags reads the entity tags of two answers.
func tags(a, b *edge.Observation) (x, y policy.ETag, ok bool) {
	x, ok = policy.ParseETag(strings.Trim(a.Get("ETag"), " \t"))
	y, alsoOK := policy.ParseETag(strings.Trim(b.Get("ETag"), " \t"))
	return x, y, ok && alsoOK
}

// sameBytes reports whether two answers have the same whole body, byte for byte once decoded.
func sameBytes(a, b *edge.Observation) bool { return whole(a) && whole(b) && a.Digest == b.Digest }

func sameCoding(a, b *edge.Observation) bool { return coding(a) == coding(b) }

// coding is the content coding of an answer.
func coding(o *edge.Observation) string {
	c := strings.ToLower(strings.Trim(strings.Join(o.Values("Content-Encoding"), ","), " \t"))
	return firstOf(c, "identity")
}
