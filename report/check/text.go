package check

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// How much the text shows; the other formats show more.
const (
	textAnswers = 20 // lines of answers
	textSamples = 3  // of one rule
	textPlaces  = 3  // of one sample
	textLines   = 10 // of a list
	textLong    = 300
	textURL     = 120
)

// text collects the lines of a text.
type text struct{ b strings.Builder }

// line writes a line, indented by two.
func (t *text) line(format string, args ...any) {
	t.b.WriteString(strings.TrimRight(fmt.Sprintf("  "+format, args...), " ") + "\n")
}

// list writes a labelled list, cut with a count.
func (t *text) list(label string, items []string) {
	for i, item := range items {
		if i == textLines {
			t.line("%-11s and %d more", label, len(items)-i)
			break
		}
		t.line("%-11s %s", label, safe.Text(item, textLong))
		label = ""
	}
}

// WriteText writes a result for a terminal: the verdict first, then the answers, then what is
// wrong and what to do. A single answer is told in full, of many each has a line.
func WriteText(w io.Writer, c *Check) error {
	t := &text{}
	t.head(c)
	if len(c.Answers) == 1 {
		t.answer(&c.Answers[0])
	} else {
		t.answers(c)
	}
	for _, g := range c.groups() {
		t.group(&g)
	}
	t.list("suppressed", c.suppressed())
	t.list("warning", c.Warnings)
	t.list("gone", c.gone())
	t.list("next", c.next())
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *text) head(c *Check) {
	fmt.Fprintf(&t.b, "%s  judged for %s, preset %s, fails on %s\n", safe.Text(c.source(), textURL),
		safe.Text(c.cache(), 40), safe.Text(string(cmp.Or(c.Preset, lint.Recommended)), 40), safe.Text(string(c.FailOn), 40))
	if launch := c.launch(); launch != "" {
		t.b.WriteString(launch + "\n")
	}
	fmt.Fprintf(&t.b, "\n%s", c.Verdict)
	for i, reason := range c.Reasons {
		if i > 0 {
			t.b.WriteString("\n")
		}
		t.b.WriteString("  " + safe.Text(reason, textLong))
	}
	t.b.WriteString("\n\n")
}

// source names what was checked.
func (h *Head) source() string {
	if h.Source == "-" {
		return "standard input"
	}
	return cmp.Or(h.Source, "headers")
}

// cache names the cache that answers are judged for.
func (h *Head) cache() string { return cmp.Or(h.Profile, "its own cache") }

// launch tells what freshness is judged through.
func (c *Check) launch() string {
	var words []string
	for _, at := range []struct {
		name string
		at   time.Time
	}{{"launch", c.LaunchAt}, {"primed", c.PrimedAt}, {"warm until", c.WarmUntil}} {
		if !at.at.IsZero() {
			words = append(words, at.name+" "+instant(at.at))
		}
	}
	return strings.Join(words, ", ")
}

// answer tells one answer in full: the two caches side by side.
func (t *text) answer(a *Answer) {
	t.line("%s  %s", safe.Text(a.name(), textURL), safe.Text(strings.Join(a.facts(), ", "), textURL))
	if a.Failure != "" {
		t.line("  %s", safe.Text(a.Failure, textLong))
		t.b.WriteString("\n")
		return
	}
	if a.compares() {
		t.line("  %-24s %-26s %s", "", safe.Text(a.RFC.Profile, 26), safe.Text(a.Profile.Profile, 40))
	}
	for _, r := range a.rows() {
		if !a.compares() {
			r.profile = ""
		}
		t.line("  %-24s %-26s %s", r.name, safe.Text(r.rfc, 40), safe.Text(r.profile, 40))
	}
	t.line("  %-24s %s", "cache", safe.Text(a.Cache.words(), textLong))
	for _, why := range a.differences() {
		t.line("  %-24s %s", "differs", safe.Text(why, textLong))
	}
	for _, why := range a.unknowns() {
		t.line("  %-24s %s", unknown, safe.Text(why, textLong))
	}
	t.b.WriteString("\n")
}

// facts are what an answer is, besides its URL.
func (a *Answer) facts() []string {
	status := "no answer"
	if a.Status > 0 {
		status = fmt.Sprintf("%s %d", cmp.Or(a.Method, "GET"), a.Status)
	}
	critical := ""
	if a.Critical {
		critical = "critical"
	}
	return said(status, critical, a.Variant, a.Region, a.Vantage, a.where())
}

// differences say where the profile's cache leaves the RFC.
func (a *Answer) differences() []string {
	if !a.compares() {
		return nil
	}
	return a.Profile.Deviations
}

// unknowns say what is not known about an answer.
func (a *Answer) unknowns() []string {
	all := append(slices.Clone(a.Unknown), a.RFC.Unknown, a.Profile.Unknown)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}

// answers has a line for each answer, those with most to tell first.
func (t *text) answers(c *Check) {
	if len(c.Answers) == 0 {
		return
	}
	t.line("%-12s %-6s %-18s %-18s %s", "", "status", "rfc9111", safe.Text(c.cache(), 18), "url")
	for _, a := range c.worst(textAnswers) {
		status := "-"
		if a.Status > 0 {
			status = strconv.Itoa(a.Status)
		}
		t.line("%-12s %-6s %-18s %-18s %s", a.mark(), status, safe.Text(a.RFC.short(), 18), safe.Text(a.Profile.short(), 18),
			safe.Text(a.place(), textURL))
		if a.Failure != "" {
			t.line("%-12s %s", "", safe.Text(a.Failure, textLong))
		}
	}
	if more := len(c.Answers) - textAnswers; more > 0 {
		t.line("and %s with no more to tell", plural(more, "answer"))
	}
	t.b.WriteString("\n")
}

// group tells the findings of one rule.
func (t *text) group(g *group) {
	t.line("%s %s  %s", safe.Text(g.rule.ID, 20), safe.Text(string(g.severity), 8), safe.Text(g.rule.Title, textLong))
	for i := range g.samples {
		if i == textSamples {
			t.line("  and %s of the same rule", plural(g.left(i), "finding"))
			break
		}
		t.sample(&g.samples[i], g.rule.Fix)
	}
	if g.rule.Why != "" {
		t.line("  why  %s", safe.Text(g.rule.Why, textLong))
	}
	t.b.WriteString("\n")
}

// left are the findings of all samples from one on.
func (g *group) left(from int) int {
	sum := 0
	for _, s := range g.samples[from:] {
		sum += s.total
	}
	return sum
}

func (t *text) sample(s *sample, fix string) {
	for i, line := range s.Evidence {
		if i == textLines {
			t.line("    and %s more", plural(len(s.Evidence)-i, "line"))
			break
		}
		at := s.At
		if at != nil && at.Line != i {
			at = nil
		}
		shown, carets := quote(line, at)
		t.line("    %s", shown)
		if carets != "" {
			t.line("    %s", carets)
		}
	}
	t.line("  %s", safe.Text(s.Message, textLong))
	if s.total == 1 {
		t.line("  at   %s", safe.Text(s.places[0], textURL))
	} else {
		t.line("  at   %s", plural(s.total, "place"))
		for _, p := range s.places[:min(len(s.places), textPlaces)] {
			t.line("         %s", safe.Text(p, textURL))
		}
		if more := s.total - textPlaces; more > 0 {
			t.line("         and %d more", more)
		}
	}
	t.line("  fix  %s", safe.Text(cmp.Or(s.Fix, fix), textLong))
}
