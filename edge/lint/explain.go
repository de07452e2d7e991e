package lint

import (
	"fmt"
	"slices"
	"strings"
)

// Presets are the presets that the rule is in.
func (r Rule) Presets() []Preset {
	return slices.DeleteFunc(Presets(), func(p Preset) bool {
		c := Config{Preset: p}
		return c.level(&r) == Off
	})
}

// Explain tells people what the rule is about, in lines that end with a line feed.
func (r Rule) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n\n", r.ID, r.Severity, r.Title)
	for _, line := range r.Facts() {
		fmt.Fprintf(&b, "  %-8s %s\n", line[0], line[1])
	}
	return b.String()
}

// Facts are what there is to say about the rule besides its title, each with its label.
func (r Rule) Facts() [][2]string {
	reads := string(r.Scope)
	if r.Static {
		reads += ", recorded or live"
	}
	facts := [][2]string{{"why", r.Why}, {"fix", r.Fix}, {"reads", reads}}
	if len(r.Needs) > 0 {
		facts = append(facts, [2]string{"probes", joined(r.Needs)})
	}
	if len(r.Profiles) > 0 {
		facts = append(facts, [2]string{"caches", joined(r.Profiles)})
	}
	return append(facts, [2]string{"presets", joined(r.Presets())}, [2]string{"source", r.Source})
}

// joined writes names as a list.
func joined[T ~string](names []T) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = string(name)
	}
	return strings.Join(words, ", ")
}
