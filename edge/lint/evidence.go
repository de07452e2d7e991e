package lint

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unique"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// Evidence is what remains of an observation once its headers were judged: small enough to keep
// for every cell of a launch.
type Evidence struct {
	Pass         edge.Pass
	At           time.Time
	Status       int // 0 without an answer
	Outcome      edge.Outcome
	EdgeHit      *bool
	Origin       edge.Contact
	Conflict     string
	Challenge    string
	Failure      edge.Failure
	Digest       string
	Fingerprint  string
	Completeness edge.Completeness
	PoP          string
	// Shown is kept once for all cells that show the same.
	Shown unique.Handle[Shown]
	// FreshUntil is how long the copy that answered stays fresh, zero when that is not known, and
	// Lifetime how long such a copy is fresh from its generation on. [Linter.Evidence] sets both.
	FreshUntil time.Time
	Lifetime   time.Duration
}

// Shown are the header fields that must be the same wherever one variant of a URL is served.
type Shown struct {
	// Policy are the lines of Cache-Control, Surrogate-Control and targeted fields, as received.
	Policy string
	// Vary are its members in lower case, sorted; Coding is Content-Encoding in lower case.
	Vary, Coding string
	// ETag and LastModified are as received.
	ETag, LastModified string
}

// EvidenceOf keeps of an observation what rules over cells need, but for its freshness.
func EvidenceOf(o *edge.Observation) Evidence {
	return Evidence{
		Pass: o.Pass, At: o.At, Status: o.Status, Outcome: o.Cache.Outcome, EdgeHit: o.Cache.EdgeHit,
		Origin: o.Cache.Origin, Conflict: o.Cache.Conflict, Challenge: o.Challenge, Failure: o.Failure,
		Digest: o.Digest, Fingerprint: o.Fingerprint, Completeness: o.Completeness, PoP: o.Cache.PoP,
		Shown: unique.Make(shownBy(o)),
	}
}

// Evidence is [EvidenceOf] with how long the copy stays fresh under the linter's profile.
func (l *Linter) Evidence(o *edge.Observation) Evidence {
	e := EvidenceOf(o)
	if o.Status == 0 || o.Challenge != "" {
		return e
	}
	a := l.answer(Response{Observation: o})
	if until, ok := a.freshUntil(); ok {
		e.FreshUntil, e.Lifetime = until, a.cdn.Lifetime
	}
	return e
}

// freshUntil is how long the copy that answered stays fresh: by what the cache states, else by the
// headers; false when neither decides that.
func (a *answer) freshUntil() (time.Time, bool) {
	if a.statedTTL() == nil && !a.mayKeep() {
		return time.Time{}, false
	}
	return a.copyUntil()
}

// decided reports whether a lifetime is known and no cache's guess.
func decided(p policy.Policy) bool {
	return p.LifetimeKnown && p.Basis != policy.BasisHeuristic && p.Basis != policy.BasisNone
}

// shownBy reads the fields of Shown.
func shownBy(o *edge.Observation) Shown {
	var s Shown
	var lines []string
	for _, h := range o.Header {
		switch value := strings.Trim(h[1], " \t"); fieldOf(h[0]) {
		case fieldCacheControl, fieldCdnCacheControl, fieldOtherTargeted, fieldSurrogateControl:
			lines = append(lines, h[0]+": "+value)
		case fieldContentEncoding:
			s.Coding = strings.ToLower(value)
		case fieldEtag:
			s.ETag = value
		case fieldLastModified:
			s.LastModified = value
		default:
		}
	}
	s.Policy = strings.Join(lines, "\n")
	if o.Cache.Dialect == "akamai" {
		s.Policy = withoutCountdown(s.Policy)
	}
	members := policy.VaryMembers(o.Header)
	slices.Sort(members)
	s.Vary = strings.Join(slices.Compact(members), ", ")
	return s
}

// withoutCountdown takes the figure of max-age away: Akamai tells browsers what remains of its own
// copy's life, so the figure falls from second to second.
func withoutCountdown(lines string) string {
	before, after, found := strings.Cut(lines, "max-age=")
	if !found {
		return lines
	}
	return before + "max-age=…" + strings.TrimLeft(after, "0123456789")
}

// Measures reports whether the evidence comes from a pass that asks again what was primed.
func (e Evidence) Measures() bool {
	return e.Pass == edge.Sample || e.Pass == edge.Verify || e.Pass == edge.Confirm || e.Pass == edge.Cover
}

// Known reports whether the evidence tells if the edge at the asked point of presence answered
// from its store. A failure, a challenge, an error status, contradicting signals and another
// place tell nothing about that.
func (e Evidence) Known(pop string) bool {
	return e.EdgeHit != nil && e.Outcome != edge.Unknown && e.Conflict == "" && e.answered() &&
		e.Status >= http.StatusOK && e.Status < http.StatusBadRequest && edge.PoPMatches(pop, e.PoP)
}

// Held reports whether the edge at the asked point of presence had a copy, fresh or stale.
func (e Evidence) Held(pop string) bool { return e.Known(pop) && *e.EdgeHit }

// Hit reports whether the edge at the asked point of presence had a fresh copy.
func (e Evidence) Hit(pop string) bool { return e.Held(pop) && e.Outcome == edge.Hit }

// answered reports whether the site answered, rather than nobody or a bot protection.
func (e Evidence) answered() bool { return e.Status != 0 && e.Challenge == "" && e.Failure == "" }

// refused reports whether the site answered with an error, which proves more than a cache's status.
func (e Evidence) refused() bool { return e.answered() && e.Status >= http.StatusBadRequest }

// wholeBody reports whether the evidence has a body that can be compared.
func (e Evidence) wholeBody() bool {
	return e.answered() && e.Status == http.StatusOK && e.Completeness == edge.Complete && e.Digest != ""
}

// shown are the header fields; none without an answer.
func (e Evidence) shown() Shown {
	if e.Shown == (unique.Handle[Shown]{}) {
		return Shown{}
	}
	return e.Shown.Value()
}

// early reports whether the edge asked the origin again although the copy of the evidence before
// was still to be fresh at the same place.
func (e Evidence) early(before Evidence) bool {
	return (e.Outcome == edge.Revalidated || e.Outcome == edge.Expired) && e.answered() && before.answered() &&
		e.PoP == before.PoP && e.At.Before(before.FreshUntil)
}
