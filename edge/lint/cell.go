package lint

import (
	"net/http"
	"time"
	"unique"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// Cell is one cell's evidence over the passes. Its zero value has none. It is not safe for
// concurrent use.
type Cell struct {
	Asset                         crawl.Asset
	URL, Variant, Region, Vantage string
	// PoP is the point of presence that must answer, see [edge.PoPMatches]; empty when any may.
	PoP string
	// Tier is true for an upper tier, which visitors never reach.
	Tier bool
	// Last is the evidence of the latest pass.
	Last Evidence
	// Asked counts the measuring answers, Known those that tell whether the edge had a copy, Held
	// those where it had one and Hits those where it was fresh.
	Asked, Known, Held, Hits int
	// Changed is true when two measuring answers had different bodies: which one is the release is
	// not known.
	Changed bool
	// Early counts the measuring answers for which the edge asked the origin again although its
	// copy was still to be fresh.
	Early int

	body   string // of the first measuring answer
	origin source // the latest answer that came from the origin
}

// source is what the origin itself answered.
type source struct {
	at                  time.Time // zero when it never did
	shown               unique.Handle[Shown]
	digest, fingerprint string
}

// Add takes the next evidence, in pass order.
func (c *Cell) Add(e Evidence) {
	early := e.early(c.Last)
	c.Last = e
	if e.Origin == edge.ContactYes && e.wholeBody() {
		c.origin = source{at: e.At, shown: e.Shown, digest: e.Digest, fingerprint: e.Fingerprint}
	}
	if !e.Measures() {
		return
	}
	c.Asked++
	c.Early += count(early)
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
