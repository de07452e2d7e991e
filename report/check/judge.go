package check

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// Criteria say which findings fail a check. The zero value fails on errors and blockers.
type Criteria struct {
	// FailOn is the mildest severity that fails, or Never; empty means error.
	FailOn lint.Severity
	// Waivers are the accepted findings; nil has none.
	Waivers *Waivers
	// Baseline is what was there before: only what is new counts. Nil means that all counts.
	Baseline *Baseline
	// Strict fails the check when the baseline has findings that no longer occur.
	Strict bool
	// Now is the day on which waivers expire or not.
	Now time.Time
}

// Judge judges answers one after the other and keeps only counts. It is not safe for concurrent use.
type Judge struct {
	criteria Criteria
	decision Decision
	// met are the keys of the baseline that occurred, unseen its URLs that could not be judged.
	met, unseen map[string]bool
	waived      []int // findings by place in the waivers
}

// NewJudge returns a judge.
func NewJudge(c Criteria) *Judge {
	if c.FailOn == "" {
		c.FailOn = lint.Error
	}
	return &Judge{
		criteria: c, decision: Decision{FailOn: c.FailOn, Strict: c.Strict},
		met: map[string]bool{}, unseen: map[string]bool{}, waived: make([]int, c.Waivers.len()),
	}
}

// Judge gives an answer's findings their key, waiver and state, hides the credentials in all of
// its texts, and counts it.
func (j *Judge) Judge(a *Answer) {
	for i := range a.Findings {
		j.finding(a, &a.Findings[i])
	}
	if url := plainURL(a.URL); !a.decided() && j.criteria.Baseline.hasURL(url) {
		j.unseen[url] = true
	}
	a.mask()
	a.Findings, a.Cache.Layers = present(a.Findings), present(a.Cache.Layers)
	j.decision.add(a)
}

// present is a list that JSON writes as a list, empty or not.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// JudgeSet does the same for a finding that belongs to no answer.
func (j *Judge) JudgeSet(f *Finding) {
	j.finding(nil, f)
	j.decision.addFinding(f)
}

func (j *Judge) finding(a *Answer, f *Finding) {
	f.Key, f.State, f.Waiver = keyOf(a, &f.Finding), "", nil
	if i := j.criteria.Waivers.find(f, j.criteria.Now); i >= 0 {
		j.waived[i]++
		w := j.criteria.Waivers.List[i].Waiver
		w.mask()
		f.Waiver = &w
	}
	if j.criteria.Baseline != nil {
		f.State = j.criteria.Baseline.state(f)
		if j.criteria.Baseline.byKey[f.Key] != nil {
			j.met[f.Key] = true
		}
	}
	f.mask()
}

// Decision is what the answers so far come to.
func (j *Judge) Decision() Decision {
	d := j.decision
	d.Absent = len(j.Gone())
	return d
}

// Gone are the findings of the baseline that did not occur, though their URL was judged or is
// checked no longer.
func (j *Judge) Gone() []Known {
	if j.criteria.Baseline == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(j.criteria.Baseline.Findings), func(k Known) bool {
		return j.met[k.Key] || j.unseen[k.URL]
	})
}

// Warnings say which waivers are void or match nothing, and how much of the baseline is gone.
func (j *Judge) Warnings() []string {
	var out []string
	for i := range j.waived {
		w := &j.criteria.Waivers.List[i]
		switch {
		case w.expired(j.criteria.Now):
			out = append(out, fmt.Sprintf("%s: the waiver of %s expired on %s and is void: fix the finding, or ask %s to renew it",
				w.place(), w.Rule, w.Expires, cmp.Or(w.Owner, "its owner")))
		case j.waived[i] == 0:
			out = append(out, fmt.Sprintf("%s: the waiver of %s for %s matches nothing: remove it", w.place(), w.Rule, w.URL))
		}
	}
	if n := len(j.Gone()); n > 0 {
		out = append(out, goneWords(n))
	}
	return out
}
