package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// worst are the answers with most to tell, at most n, the worst first.
func (c *Check) worst(n int) []*Answer {
	all := make([]*Answer, len(c.Answers))
	for i := range c.Answers {
		all[i] = &c.Answers[i]
	}
	slices.SortStableFunc(all, func(a, b *Answer) int { return cmp.Compare(a.badness(), b.badness()) })
	return all[:min(len(all), n)]
}

// severity is the worst one of an answer's findings that count, and how many count; empty without.
func (a *Answer) severity() (worst lint.Severity, n int) {
	for i := range a.Findings {
		f := &a.Findings[i]
		if !f.Counts() {
			continue
		}
		if n++; n == 1 || f.Severity.AtLeast(worst) {
			worst = f.Severity
		}
	}
	return worst, n
}

// badness orders answers: blockers and errors, then what is not known, then the rest.
func (a *Answer) badness() int {
	severity, n := a.severity()
	switch {
	case n > 0 && severity.AtLeast(lint.Error):
		return rank(severity)
	case !a.decided():
		return rank(lint.Warning)
	case n > 0:
		return rank(severity) + 1
	default:
		return len(lint.Severities()) + 1
	}
}

// mark tells in a word what is wrong with an answer.
func (a *Answer) mark() string {
	severity, n := a.severity()
	switch {
	case a.Failure != "":
		return "no answer"
	case n == 1:
		return string(severity)
	case n > 1:
		return fmt.Sprintf("%s +%d", severity, n-1)
	case !a.decided():
		return unknown
	default:
		return "ok"
	}
}

// short tells in a few words what a cache makes of an answer.
func (c *Caching) short() string {
	switch {
	case c.Storable == nil:
		return unknown
	case !*c.Storable:
		return because("no", c.Reason)
	case c.LifetimeS == nil:
		return "stored, unknown"
	default:
		return "stored, " + cmp.Or(span(*c.LifetimeS), "0s")
	}
}

// suppressed tells what does not count, and why.
func (c *Check) suppressed() []string {
	var out []string
	if c.Waived > 0 {
		rules := map[string]int{}
		c.each(func(_ *Answer, f *Finding) {
			if f.Waiver != nil {
				rules[f.Rule]++
			}
		})
		out = append(out, plural(c.Waived, "finding")+" waived: "+counted(rules))
	}
	if c.Excused > 0 {
		word := plural(c.Excused, "finding") + " in the baseline"
		if c.Updated > 0 {
			word += fmt.Sprintf(", %d of them with other words", c.Updated)
		}
		out = append(out, word)
	}
	return out
}

// counted tells names with their counts, in order.
func counted(counts map[string]int) string {
	var words []string
	for name, n := range counts {
		words = append(words, fmt.Sprintf("%s %d", name, n))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// gone tells which findings of the baseline no longer occur.
func (c *Check) gone() []string {
	var out []string
	for _, k := range c.Gone {
		out = append(out, fmt.Sprintf("%s %s %s", k.Rule, k.Severity, k.URL))
	}
	return out
}

// next are the next steps.
func (c *Check) next() []string {
	var out []string
	if groups := c.groups(); len(groups) > 0 {
		out = append(out, "edgeprime explain "+groups[0].rule.ID)
	}
	failed, hidden := c.missing()
	if failed {
		out = append(out, "find out why there is no answer: the reason stands with each")
	}
	if hidden {
		out = append(out, "find out what is unknown: an edge's own lifetime is declared with --edge-ttl")
	}
	return out
}

// missing reports whether critical inputs had no answer, and whether something is not known about
// one that had.
func (c *Check) missing() (failed, hidden bool) {
	for i := range c.Answers {
		switch a := &c.Answers[i]; {
		case !a.Critical || a.decided():
		case a.Failure != "":
			failed = true
		default:
			hidden = true
		}
	}
	return failed, hidden
}
