package check

import (
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// mask hides the credentials in all texts of an answer but its findings.
func (a *Answer) mask() {
	for _, s := range []*string{
		&a.URL, &a.Failure, &a.RFC.Unknown, &a.Profile.Unknown, &a.Cache.PoP, &a.Cache.Node, &a.Cache.Conflict,
	} {
		*s = safe.URL(*s)
	}
	for _, list := range [][]string{a.Unknown, a.RFC.Deviations, a.Profile.Deviations} {
		for i := range list {
			list[i] = safe.URL(list[i])
		}
	}
}

// mask hides the credentials in a finding. The place in the evidence still points at what it
// pointed at, or at what stands there now.
func (f *Finding) mask() {
	f.URL, f.Message, f.Fix = safe.URL(f.URL), safe.URL(f.Message), safe.URL(f.Fix)
	lines := make([]string, len(f.Evidence))
	for i, line := range f.Evidence {
		lines[i] = safe.Header(line)
		if f.At != nil && f.At.Line == i && lines[i] != line {
			f.At = moved(*f.At, line, lines[i])
		}
	}
	if f.Evidence != nil {
		f.Evidence = lines
	}
}

// moved is a span of before as a span of after: what the two share at their ends keeps its place,
// and what changed is one piece.
func moved(at lint.Span, before, after string) *lint.Span {
	head := 0
	for head < min(len(before), len(after)) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < min(len(before), len(after))-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	place := func(i, within int) int {
		switch {
		case i <= head:
			return i
		case i >= len(before)-tail:
			return i + len(after) - len(before)
		default:
			return within
		}
	}
	return &lint.Span{Line: at.Line, Start: place(at.Start, head), End: place(at.End, len(after)-tail)}
}
