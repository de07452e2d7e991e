package check

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// mostAnnotations is how many annotations of one kind GitHub shows of a step.
const mostAnnotations = 10

// annotation is one message of a step.
type annotation struct {
	kind  string // error, warning or notice
	place Place
	title string
	lines []string
}

// WriteGitHub writes the worst findings as annotations of a GitHub Actions step, 10 of each kind,
// and says how many were left out. The job summary is [WriteMarkdown]'s.
func WriteGitHub(w io.Writer, c *Check) error {
	var b strings.Builder
	shown, left := map[string]int{}, 0
	for _, a := range c.annotations() {
		if shown[a.kind] == mostAnnotations {
			left++
			continue
		}
		shown[a.kind]++
		b.WriteString(a.command())
	}
	if left > 0 {
		fmt.Fprintf(&b, "%s more: the job summary and the other formats have them\n", plural(left, "annotation"))
	}
	fmt.Fprintf(&b, "%s  %s\n", c.Verdict, safe.Text(strings.Join(c.Reasons, "; "), textLong))
	_, err := io.WriteString(w, b.String())
	return err
}

// annotations are the findings that count, the worst first, then what could not be judged.
func (c *Check) annotations() []annotation {
	type placed struct {
		severity lint.Severity
		annotation
	}
	var all []placed
	c.each(func(a *Answer, f *Finding) {
		if !f.Counts() {
			return
		}
		p := placed{f.Severity, annotation{
			kind: annotationKind(f.Severity), title: f.Rule + " " + string(f.Severity),
			lines: slices.Concat([]string{whereOf(a, f) + ": " + f.Message}, f.Evidence, f.fixLine()),
		}}
		if a != nil {
			p.place = a.Place
		}
		all = append(all, p)
	})
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(cmp.Compare(rank(x.severity), rank(y.severity)), strings.Compare(x.title, y.title))
	})
	out := make([]annotation, 0, len(all))
	for _, p := range all {
		out = append(out, p.annotation)
	}
	for i := range c.Answers {
		if a := &c.Answers[i]; a.Critical && !a.decided() {
			out = append(out, annotation{
				kind: "error", place: a.Place, title: "inconclusive",
				lines: []string{a.name() + ": " + cmp.Or(a.Failure, strings.Join(a.unknowns(), "; "))},
			})
		}
	}
	return out
}

func annotationKind(s lint.Severity) string {
	switch {
	case s.AtLeast(lint.Error):
		return "error"
	case s.AtLeast(lint.Warning):
		return "warning"
	default:
		return "notice"
	}
}

// command is the annotation as a workflow command. Every line of it is foreign text.
func (a *annotation) command() string {
	var properties []string
	if a.place.File != "" {
		properties = append(properties, "file="+property(a.place.File))
		if a.place.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", a.place.Line))
		}
		if a.place.Column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", a.place.Column))
		}
	}
	properties = append(properties, "title="+property(a.title))
	lines := make([]string, len(a.lines))
	for i, line := range a.lines {
		lines[i] = escapePercent(safe.Text(line, markdownText))
	}
	return "::" + a.kind + " " + strings.Join(properties, ",") + "::" + strings.Join(lines, "%0A") + "\n"
}

// property is text as a property of a command.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapePercent(safe.Text(s, textLong)))
}

// escapePercent is text in which a percent sign means nothing; it has no line break.
func escapePercent(s string) string { return strings.ReplaceAll(s, "%", "%25") }
