package report

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// lacks says which evidence for READY a critical cell does not have; "" when it has all. What is
// proven to be wrong is a finding, not a lack.
func (b *builder) lacks(v *vantage, c *cell) string {
	last := &c.Last
	switch {
	case v.answered == 0 && v.refused > 0:
		return "there was no usable answer: " + failureWords(edge.FailConnect)
	case c.URL == "" && v.challenge > 0:
		return "bot protection answered, so nothing is known: " + v.challenger // and it was not asked any more
	case c.URL == "":
		return "it was never asked"
	case last.Challenge != "":
		return "bot protection answered, so nothing is known: " + last.Challenge
	case c.measured.IsZero():
		return "it was primed, not measured"
	case last.Failure != "":
		return "there was no usable answer: " + failureWords(last.Failure)
	case !edge.PoPMatches(v.PoP, last.PoP):
		return fmt.Sprintf("it was answered from %s, not from %s", cmp.Or(last.PoP, "a place it did not name"), v.PoP)
	case last.Conflict != "":
		return "the answer's signals disagree: " + last.Conflict
	case last.Status >= http.StatusBadRequest:
		return fmt.Sprintf("the answer was %d", last.Status)
	case !last.Known(v.PoP):
		return "the answer does not tell whether it came from the edge's store"
	case !last.Hit(v.PoP):
		return "the last measurement was no hit: " + string(last.Outcome)
	case last.Completeness != edge.Complete:
		return "it is not known whether the body was complete"
	case c.empty:
		return "the body is empty"
	case c.disputed != "":
		return "a check from another place disagrees with the region's worker: " + c.disputed
	case c.Changed:
		return "the body changed between two measurements of this run"
	case b.in.Now.Sub(c.measured) > b.in.Criteria.MaxEvidenceAge:
		return fmt.Sprintf("the measurement is older than %s", b.in.Criteria.MaxEvidenceAge)
	case !c.fresh:
		return "nothing shows that the copy stays fresh to the end of the warm window"
	default:
		return ""
	}
}

// disputes says how an answer of the same edge to somebody else contradicts what a region's worker
// says; "" when it does not, or is no answer. Another place can be led to another cache node, whose
// store says nothing of this one.
func disputes(last *lint.Evidence, o *edge.Observation, e lint.Evidence) string {
	switch {
	case o.Failure != "" || o.Challenge != "" || last.Status == 0:
		return ""
	case o.Status != last.Status:
		return fmt.Sprintf("status %d there, %d here", last.Status, o.Status)
	case o.Digest != "" && last.Digest != "" && o.Digest != last.Digest:
		return "another body"
	case e.PoP == last.PoP && last.Hit("") && e.Known("") && !e.Hit(""):
		return "a hit there, none here"
	default:
		return ""
	}
}

// advice is the next step for a critical cell that lacks evidence.
func (b *builder) advice(v *vantage, c *cell) string {
	last := &c.Last
	switch {
	case v.answered == 0 && v.refused > 0:
		return fmt.Sprintf("check that the edge at %s can be reached from here and is the right address", cmp.Or(v.Address, "the resolved address"))
	case last.Challenge != "", c.URL == "" && v.challenge > 0:
		return b.allow()
	case c.measured.IsZero() && b.in.Plan.Detached != nil:
		return "carry out what is missing, and merge again: " + b.in.Run.Again
	case c.measured.IsZero() && b.in.Run.StoppedBecause != "" && !b.in.Run.Interrupted:
		return "mend what stopped the run, then begin a new one: edgeprime launch"
	case c.measured.IsZero():
		return "let the run come to its end: " + b.in.Run.Again
	case last.Failure == edge.FailDNS:
		return "check the host name: it does not resolve here"
	case last.Failure == edge.FailConnect, last.Failure == edge.FailAddress:
		return fmt.Sprintf("check that the edge at %s can be reached from here and is the right address", cmp.Or(v.Address, "the resolved address"))
	case last.Failure != "":
		return "look at the error in observations.jsonl and ask that edge by hand"
	case !edge.PoPMatches(v.PoP, last.PoP):
		return "choose an address of the place that was meant, or correct the vantage's pop"
	case last.Conflict != "" || !last.Known(v.PoP):
		return "make the edge say what its cache did, such as by a Cache-Status header"
	case !c.fresh:
		return "give the asset an explicit shared lifetime beyond the warm window, such as s-maxage"
	default:
		return "measure again: edgeprime verify"
	}
}

// allow says how bot protection can tell edgeprime's requests from others.
func (b *builder) allow() string {
	how := "whose User-Agent begins with edgeprime/"
	if h := b.in.Run.Identified; h != "" {
		how = "with its secret in the header " + h
	}
	where := "the machine that launches"
	if b.in.Run.Workers {
		where += " and those of the workers"
	}
	step := "let requests " + how + " from the address of " + where + " through the bot protection for the time of the run"
	if b.in.Run.Identified == "" {
		step += "; identify in the launch file adds a secret header to go by"
	}
	return step
}

func failureWords(f edge.Failure) string {
	words := map[edge.Failure]string{
		edge.FailDNS: "the name did not resolve", edge.FailAddress: "the address guard refused the address",
		edge.FailConnect: "no connection to the edge", edge.FailTLS: "the TLS handshake failed",
		edge.FailTimeout: "a deadline passed", edge.FailReset: "the connection broke",
		edge.FailProtocol: "the answer was not valid HTTP", edge.FailBody: "the body could not be read",
		edge.FailScope: "the URL is out of scope",
	}
	return cmp.Or(words[f], string(f))
}

// cellKey names a cell in findings.
type cellKey struct{ url, variant, vantage string }

// failing are the cells that a finding at the fail level speaks for: what is proven needs no
// second mention as a lack.
func (b *builder) failing(all []lint.Finding) map[cellKey]bool {
	out := map[cellKey]bool{}
	for _, f := range all {
		if b.fails(f.Severity) {
			out[cellKey{f.URL, f.Variant, f.Vantage}] = true
		}
	}
	return out
}

func (b *builder) fails(s lint.Severity) bool { return rank(s) <= rank(b.in.Criteria.FailOn) }

// missing groups the critical cells that lack evidence by vantage and reason.
func (b *builder) missing(proven map[cellKey]bool) []MissingCells {
	groups := map[[2]string]*MissingCells{}
	var alone []MissingCells
	for _, v := range b.vantages {
		if v.tier() {
			continue
		}
		whole := true // every critical cell has its evidence
		for i := range v.cells {
			asset := b.assets[i/len(b.variants)]
			if asset.Priority != crawl.Critical {
				continue
			}
			failed := proven[cellKey{asset.URL, b.in.Plan.Variants[i%len(b.variants)].Name, v.Name}]
			why := b.lacks(v, &v.cells[i])
			whole = whole && !failed && why == ""
			if !failed && why != "" {
				b.lack(groups, v, &v.cells[i], asset.URL, why)
			}
		}
		if why := b.uncovered(v); why != "" && whole {
			alone = append(alone, MissingCells{
				Vantage: v.Name, Region: v.Region, Reason: why, Total: v.covered().Cells, URLs: []string{},
				Next: "find the cache nodes that stay cold, or prime again: edgeprime launch",
			})
		}
	}
	out := make([]MissingCells, 0, len(groups)+len(alone))
	for _, key := range slices.SortedFunc(maps.Keys(groups), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	}) {
		out = append(out, *groups[key])
	}
	return append(out, alone...)
}

// lack adds a cell to the group of its vantage and reason.
func (b *builder) lack(groups map[[2]string]*MissingCells, v *vantage, c *cell, url, why string) {
	key := [2]string{v.Name, why}
	g := groups[key]
	if g == nil {
		g = &MissingCells{Vantage: v.Name, Region: v.Region, Reason: why, Next: b.advice(v, c)}
		groups[key] = g
	}
	g.Total++
	if len(g.URLs) < mostURLs && !slices.Contains(g.URLs, url) {
		g.URLs = append(g.URLs, url)
	}
}
