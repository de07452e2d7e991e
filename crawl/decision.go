package crawl

// Outcome is what a crawl did about one reference.
type Outcome string

// The outcomes.
const (
	Taken  Outcome = "taken"  // it is an asset now
	Known  Outcome = "known"  // it is an asset already, found anew
	Unread Outcome = "unread" // it is an asset, but what stands behind it is not read
	Left   Outcome = "left"   // it is no asset because of this reference
)

// Decision says what a crawl did about one reference, and why. A URL has one for each reference
// that leads to it, so that it can be left by one page and taken by another.
type Decision struct {
	// URL is the public URL; as it is written when it cannot be parsed.
	URL     string
	Outcome Outcome
	// Reason says why, in words.
	Reason string
	// Kind, Page and Source are those of the reference, as in [Asset].
	Kind   Kind
	Page   string
	Source string
}

// decide tells a decision to the one who wants to know.
func (r *run) decide(a Asset, o Outcome, reason string) {
	if r.Trace != nil {
		r.Trace(Decision{URL: a.URL, Outcome: o, Reason: reason, Kind: a.Kind, Page: a.Page, Source: a.Source})
	}
}
