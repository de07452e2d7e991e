package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/edgeprime/edgeprime/report/safe"
)

// The bounds of a Markdown report: forges refuse or hide longer texts.
const (
	markdownMost  = 1 << 20 // bytes
	markdownSpare = 1 << 10 // of them, for the count of what was left out
	markdownCells = 5       // findings of one rule
	markdownText  = 500     // characters of one text

	markdownProblems = 100
)

// WriteMarkdown writes the report for a pull request, an issue or a release page: the verdict first,
// then the vantages, the findings and what to do. A report over 1 MiB is cut between lines, with a
// count of the lines that were left out.
func WriteMarkdown(w io.Writer, r *Report) error {
	m := newMarkdown()
	m.head(r)
	m.vantages(r)
	m.origin(r)
	m.findings(r)
	m.missing(r)
	m.problems(r)
	m.list("Next", r.Next)
	m.foot(r)
	text := m.String()
	if m.Left() > 0 {
		text += fmt.Sprintf("\n_%s left out: this report is cut at 1 MiB. The other formats have more._\n", plural(m.Left(), "line"))
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("report: markdown: %w", err)
	}
	return nil
}

// markdown collects lines up to a size.
type markdown struct{ *safe.Lines }

func newMarkdown() markdown { return markdown{safe.NewLines(markdownMost - markdownSpare)} }

func (m markdown) line(format string, args ...any) { m.Add(fmt.Sprintf(format, args...)) }

// md is foreign text for a line or a cell.
func md(s string) string { return safe.Markdown(safe.Text(safe.URL(s), markdownText)) }

// mdCode is foreign text, such as a URL, that is shown as it is.
func mdCode(s string) string { return safe.Code(safe.Text(safe.URL(s), markdownText)) }

func (m markdown) head(r *Report) {
	state := stateOf(r.Verdict)
	mark := map[string]string{"ready": "✅", "not-ready": "❌"}
	incomplete := ""
	if r.Run.Interrupted {
		incomplete = " (INCOMPLETE: the run was interrupted)"
	}
	m.line("## %s %s%s: %s", cmp.Or(mark[state.Class], "❔"), state.Word, incomplete, cmp.Or(md(r.Launch.Name), "unnamed launch"))
	m.line("")
	loc := zone(r.Launch.TimeZone)
	launch := "Launch " + when(r.Launch.At, loc)
	if away := distance(r.Launch.At, r.Run.Finished); away != "" {
		launch += " (" + away + ", as of this report)"
	}
	m.line("%s, warm until %s.", md(launch), md(when(r.Launch.WarmUntil, loc)))
	if r.Run.StoppedBecause != "" {
		m.line("The run stopped early: %s", md(r.Run.StoppedBecause))
	}
	for _, d := range r.Deploys {
		m.line("\n%s.", md(d.words()))
	}
	m.line("")
	for _, reason := range r.Reasons {
		m.line("- %s", md(reason))
	}
}

func (m markdown) vantages(r *Report) {
	m.line("\n### Regions\n")
	if len(r.Vantages) == 0 {
		m.line("No vantage was planned, so nothing was measured.")
		return
	}
	m.line("| region | edge | hits before | hits after | critical hits | fresh to the end | hit TTFB p50 / p95 | origin fills | failed | no evidence |")
	m.line("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, v := range r.Vantages {
		name, after, critical, fresh := v.Name, hitCounts(v.After), hitCounts(v.AfterCritical), fmt.Sprintf("%d of %d", v.FreshAtEnd, v.Cells)
		if v.Tier {
			name, after, critical, fresh = v.Name+" (upper tier)", "not measured", "not measured", "not measured"
		}
		times, fills := "none", "0"
		if v.TTFBHit.Count > 0 {
			times = md(msWords(v.TTFBHit.P50) + " / " + msWords(v.TTFBHit.P95))
		}
		if v.OriginFills > 0 {
			fills = fmt.Sprintf("at most %d", v.OriginFills)
		}
		m.line("| %s | %s | %s | %s | %s | %s | %s | %s | %d | %d |", md(name), md(cmp.Or(strings.Join(v.PoPs, ", "), v.Address)),
			hitCounts(v.Before), after, critical, fresh, times, fills, v.Failed, v.Missing)
	}
}

// hitCounts words a hit ratio with its counts.
func hitCounts(h Hit) string {
	if h.Known == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%s (%d of %d)", md(hitPercent(h)), h.Hits, h.Known)
}

func (m markdown) origin(r *Report) {
	o, limits := r.Origin, r.Origin.Limits.WithDefaults()
	m.line("\n**Origin**: at most %s; peak %d of %d per second, %d of %d in flight; %s; p95 %s.", plural(o.Requests, "request"),
		o.PeakRPS, limits.MaxRPS, o.MaxOpen, limits.MaxInFlight, plural(o.Errors, "error"), md(o.Ms.words()))
	if slowed := o.slowed(); slowed != "" {
		m.line("\nThe run %s.", slowed)
	}
	if r.Receipt != nil {
		m.line("\n**The origin's own log**:\n")
		for _, line := range receiptWords(r.Receipt) {
			m.line("- %s", md(line))
		}
	}
	m.line("\n**Scope**: %s, %d critical.", plural(r.Scope.Assets, "asset"), r.Scope.Critical)
	if len(r.ThirdParty) > 0 {
		m.line("\n**Third-party hosts**, named and never fetched: %s", md(strings.Join(r.ThirdParty, ", ")))
	}
}

func (m markdown) findings(r *Report) {
	if len(r.Rules) == 0 {
		return
	}
	m.line("\n### Findings\n")
	for _, rule := range r.Rules {
		m.line("- **%s** %s: %s (%d)", md(rule.Rule), severityWord(rule.Severity), md(rule.Title), rule.Total)
		if rule.Fix != "" {
			m.line("  - fix: %s", md(rule.Fix))
		}
		shown := rule.Cells[:min(len(rule.Cells), markdownCells)]
		for _, f := range shown {
			m.line("  - %s %s: %s", md(cmp.Or(f.Vantage, f.Region, "all vantages")), mdCode(f.URL), md(f.Message))
		}
		if more := moreWords(len(shown), rule.Total, "place"); more != "" {
			m.line("  - %s", more)
		}
	}
}

func (m markdown) missing(r *Report) {
	if len(r.Missing) == 0 {
		return
	}
	m.line("\n### Missing evidence\n")
	for _, c := range r.Missing {
		m.line("- %s: %s: %s", md(c.Vantage), plural(c.Total, "critical cell"), md(c.Reason))
		shown := c.URLs[:min(len(c.URLs), markdownCells)]
		for _, u := range shown {
			m.line("  - %s", mdCode(u))
		}
		if more := moreWords(len(shown), c.Total, "cell"); more != "" {
			m.line("  - %s", more)
		}
	}
}

func (m markdown) problems(r *Report) {
	if len(r.Problems) == 0 {
		return
	}
	m.line("\n### Problems of discovery\n")
	for _, p := range r.Problems[:min(len(r.Problems), markdownProblems)] {
		m.line("- %s at %s: %s", md(p.Problem), mdCode(p.URL), md(p.Detail))
	}
	if more := moreWords(markdownProblems, len(r.Problems), "problem"); more != "" {
		m.line("- %s", more)
	}
}

func (m markdown) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.line("\n### %s\n", title)
	for i, item := range items {
		m.line("%d. %s", i+1, md(item))
	}
}

func (m markdown) foot(r *Report) {
	m.line("\nRun %s, edgeprime %s, configuration %s.", mdCode(r.Run.ID), md(r.Run.Tool), mdCode(r.Run.ConfigDigest))
}
