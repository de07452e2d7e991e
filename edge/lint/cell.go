package lint

import (
	"net/http"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
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
}

// EvidenceOf keeps of an observation what rules over cells need.
func EvidenceOf(o *edge.Observation) Evidence {
	return Evidence{
		Pass: o.Pass, At: o.At, Status: o.Status, Outcome: o.Cache.Outcome, EdgeHit: o.Cache.EdgeHit,
		Origin: o.Cache.Origin, Conflict: o.Cache.Conflict, Challenge: o.Challenge, Failure: o.Failure,
		Digest: o.Digest, Fingerprint: o.Fingerprint, Completeness: o.Completeness, PoP: o.Cache.PoP,
	}
}

// Measures reports whether the evidence comes from a pass that asks again what was primed.
func (e Evidence) Measures() bool {
	return e.Pass == edge.Sample || e.Pass == edge.Verify || e.Pass == edge.Confirm
}

// Known reports whether the evidence tells if the edge at the asked point of presence answered
// from its store. A failure, a challenge, an error status, contradicting signals and another
// place tell nothing about that.
func (e Evidence) Known(pop string) bool {
	return e.EdgeHit != nil && e.Outcome != edge.Unknown && e.Conflict == "" && e.Challenge == "" && e.Failure == "" &&
		e.Status >= http.StatusOK && e.Status < http.StatusBadRequest && edge.PoPMatches(pop, e.PoP)
}

// Held reports whether the edge at the asked point of presence had a copy, fresh or stale.
func (e Evidence) Held(pop string) bool { return e.Known(pop) && *e.EdgeHit }

// Hit reports whether the edge at the asked point of presence had a fresh copy.
func (e Evidence) Hit(pop string) bool { return e.Held(pop) && e.Outcome == edge.Hit }

// Cell is one cell's evidence over the passes. Its zero value has none. It is not safe for
// concurrent use.
type Cell struct {
	Asset                         crawl.Asset
	URL, Variant, Region, Vantage string
	// PoP is the point of presence that must answer, see [edge.PoPMatches]; empty when any may.
	PoP string
	// Last is the evidence of the latest pass.
	Last Evidence
	// Asked counts the measuring answers, Known those that tell whether the edge had a copy, Held
	// those where it had one and Hits those where it was fresh.
	Asked, Known, Held, Hits int
	// Changed is true when two measuring answers had different bodies: which one is the release is
	// not known.
	Changed bool

	body string // of the first measuring answer
}

// Add takes the next evidence, in pass order.
func (c *Cell) Add(e Evidence) {
	c.Last = e
	if !e.Measures() {
		return
	}
	c.Asked++
	if body := firstOf(e.Fingerprint, e.Digest); body != "" && e.Status == http.StatusOK {
		c.Changed = c.Changed || c.body != "" && c.body != body
		c.body = firstOf(c.body, body)
	}
	c.Known += count(e.Known(c.PoP))
	c.Held += count(e.Held(c.PoP))
	c.Hits += count(e.Hit(c.PoP))
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// finding is a finding about the cell.
func (c *Cell) finding(rule *Rule, level Severity, message string) Finding {
	return Finding{
		Rule: rule.ID, Severity: level, URL: firstOf(c.URL, c.Asset.URL), Variant: c.Variant,
		Region: c.Region, Vantage: c.Vantage, Message: message, Fix: rule.Fix,
	}
}
