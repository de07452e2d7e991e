package check

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/report/safe"
)

// The bounds of Markdown: GitHub refuses comments of more than 65,536 characters.
const (
	markdownMost    = 1 << 16 // bytes
	markdownSpare   = 1 << 9  // of them, for the count of what was left out
	markdownAnswers = 50
	markdownText    = 500 // characters of one text
)

// markdown collects lines up to a size.
type markdown struct{ *safe.Lines }

func newMarkdown() markdown { return markdown{safe.NewLines(markdownMost - markdownSpare)} }

func (m markdown) line(format string, args ...any) { m.Add(fmt.Sprintf(format, args...)) }

// list adds a titled list, cut with a count.
func (m markdown) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.line("\n**%s**\n", title)
	for _, item := range items[:min(len(items), textLines)] {
		m.line("- %s", md(item))
	}
	if more := len(items) - textLines; more > 0 {
		m.line("- and %d more", more)
	}
}

// md is foreign text for a line or a cell, mdCode such text that is shown as it is.
func md(s string) string     { return safe.Markdown(safe.Text(s, markdownText)) }
func mdCode(s string) string { return safe.Code(safe.Text(s, markdownText)) }

// WriteMarkdown writes a result for a pull request or a job summary: the verdict first, then the
// answers, then what is wrong and what to do. It is cut at 64 KiB, with a count of the lines that
// were left out.
func WriteMarkdown(w io.Writer, c *Check) error {
	m := newMarkdown()
	m.head(c)
	m.answers(c)
	groups := c.groups()
	if len(groups) > 0 {
		m.line("\n### Findings")
	}
	for _, g := range groups {
		m.group(&g)
	}
	m.list("Suppressed", c.suppressed())
	m.list("Warnings", c.Warnings)
	m.list("No longer found", c.gone())
	m.list("Next", c.next())
	m.line("\nedgeprime %s, judged for %s, preset %s, fails on %s.", md(c.Tool), md(c.cache()), md(string(c.Preset)), md(string(c.FailOn)))
	text := m.String()
	if m.Left() > 0 {
		text += fmt.Sprintf("\n_%s left out: this summary is cut at 64 KiB. The other formats have more._\n", plural(m.Left(), "line"))
	}
	_, err := io.WriteString(w, text)
	return err
}

func (m markdown) head(c *Check) {
	mark := "❔"
	switch c.Verdict {
	case Pass:
		mark = "✅"
	case Fail:
		mark = "❌"
	case Inconclusive:
	}
	m.line("## %s %s: cache headers of %s\n", mark, c.Verdict, md(c.source()))
	for _, reason := range c.Reasons {
		m.line("- %s", md(reason))
	}
	if launch := c.launch(); launch != "" {
		m.line("- %s", md(launch))
	}
}

// answers has a row for each answer, those with most to tell first, and all about a single one.
func (m markdown) answers(c *Check) {
	switch len(c.Answers) {
	case 0:
		return
	case 1:
		m.answer(&c.Answers[0])
		return
	}
	m.line("\n| | URL | status | RFC 9111 | %s | cache |", md(c.cache()))
	m.line("| --- | --- | ---: | --- | --- | --- |")
	for _, a := range c.worst(markdownAnswers) {
		cache := a.Cache.words()
		if a.Failure != "" {
			cache = a.Failure
		}
		m.line("| %s | %s | %d | %s | %s | %s |", md(a.mark()), mdCode(a.name()), a.Status, md(a.RFC.short()), md(a.Profile.short()), md(cache))
	}
	if more := len(c.Answers) - markdownAnswers; more > 0 {
		m.line("\n%s with no more to tell.", plural(more, "answer"))
	}
}

func (m markdown) answer(a *Answer) {
	m.line("\n%s: %s\n", mdCode(a.name()), md(strings.Join(a.facts(), ", ")))
	if a.Failure != "" {
		m.line("%s", md(a.Failure))
		return
	}
	m.line("| | RFC 9111 | %s |", md(a.Profile.Profile))
	m.line("| --- | --- | --- |")
	for _, r := range a.rows() {
		m.line("| %s | %s | %s |", md(r.name), md(r.rfc), md(r.profile))
	}
	m.line("\nCache: %s.", md(a.Cache.words()))
	for _, why := range a.differences() {
		m.line("\nDiffers: %s", md(why))
	}
	for _, why := range a.unknowns() {
		m.line("\nUnknown: %s", md(why))
	}
}

func (m markdown) group(g *group) {
	m.line("\n**%s** %s: %s (%s)\n", md(g.rule.ID), md(string(g.severity)), md(g.rule.Title), strconv.Itoa(g.total))
	if g.rule.Why != "" {
		m.line("Why: %s\n", md(g.rule.Why))
	}
	for i := range g.samples {
		if i == textSamples {
			m.line("- and %s of the same rule", plural(g.left(i), "finding"))
			break
		}
		s := &g.samples[i]
		m.line("- %s", md(s.Message))
		for _, line := range s.Evidence[:min(len(s.Evidence), textLines)] {
			m.line("  - %s", mdCode(line))
		}
		m.line("  - fix: %s", md(cmp.Or(s.Fix, g.rule.Fix)))
		for _, p := range s.places[:min(len(s.places), textPlaces)] {
			m.line("  - at %s", mdCode(p))
		}
		if more := s.total - textPlaces; more > 0 {
			m.line("  - and at %s more", plural(more, "place"))
		}
	}
}
