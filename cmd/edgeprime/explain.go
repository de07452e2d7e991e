package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// explainCommand tells what rules of the catalogue are about.
func explainCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "tell what a rule is about, why, what to do and where it comes from; without an ID, list all rules",
		ArgsUsage: "[ID...]",
		Action: func(c *cli.Context) error {
			ids, err := positionals(c, e.argv)
			if err != nil {
				return err
			}
			text := ruleList()
			if len(ids) > 0 {
				if text, err = explainRules(ids); err != nil {
					return err
				}
			}
			_, err = fmt.Fprint(e.stdout, text)
			return err
		},
	}
}

// ruleList is the catalogue, one rule a line.
func ruleList() string {
	var b strings.Builder
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "%-7s %-8s %s\n", r.ID, r.Severity, r.Title)
	}
	return b.String()
}

// explainRules explains the rules with the ids, in their order.
func explainRules(ids []string) (string, error) {
	var texts []string
	for _, id := range ids {
		r, ok := lint.Find(id)
		if !ok {
			return "", noRule(id)
		}
		texts = append(texts, r.Explain())
	}
	return strings.Join(texts, "\n"), nil
}

// noRule answers an id that no rule has.
func noRule(id string) error {
	var ids []string
	for _, r := range lint.Rules() {
		ids = append(ids, r.ID)
	}
	err := usageError("there is no rule %q", shortened(id))
	if n := nearest(strings.ToUpper(id), ids); n != "" {
		return withHint(err, "did you mean: edgeprime explain %s", n)
	}
	return withHint(err, "edgeprime explain lists all rules")
}
