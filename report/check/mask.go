package check

import (
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// mask hides the credentials in all texts of an answer but its id, by which its input is
// known, and its findings.
func (a *Answer) mask() {
	maskAll(&a.URL, &a.Method, &a.Variant, &a.Region, &a.Vantage, &a.Place.File, &a.Failure)
	maskAll(&a.Cache.PoP, &a.Cache.Node, &a.Cache.Conflict, &a.Cache.Dialect)
	for _, c := range []*Caching{&a.RFC, &a.Profile} {
		maskAll(&c.Profile, &c.Reason, &c.Basis, &c.Unknown)
		maskList(c.Deviations)
	}
	maskList(a.Unknown)
}

// mask hides the credentials in a head.
func (h *Head) mask() { maskAll(&h.Tool, &h.Source, &h.Profile) }

// mask hides the credentials in a waiver.
func (w *Waiver) mask() { maskAll(&w.URL, &w.Reason, &w.Owner) }

func maskAll(texts ...*string) {
	for _, s := range texts {
		*s = safe.URL(*s)
	}
}

func maskList(texts []string) {
	for i := range texts {
		texts[i] = safe.URL(texts[i])
	}
}

// mask hides the credentials in a finding. The place in the evidence still points at what it
// pointed at, or at what stands there now.
func (f *Finding) mask() {
	maskAll(&f.Rule, &f.URL, &f.Variant, &f.Region, &f.Vantage, &f.Profile, &f.Message, &f.Fix)
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
