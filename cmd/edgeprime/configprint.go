package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/report/safe"
)

// configCommand shows what edgeprime makes of a launch file.
func configCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:  "config",
		Usage: "show what a launch file means",
		Subcommands: []*cli.Command{{
			Name:      "print",
			Usage:     "print the values of a launch file and where each came from",
			ArgsUsage: "[FILE]",
			Flags: append(launchFlags(),
				&cli.BoolFlag{Name: "resolved", Usage: "print every value, defaults too"}),
			Action: func(c *cli.Context) error {
				l, err := launchOf(e, c)
				if err != nil {
					return err
				}
				out, err := printConfig(l, c.Bool("resolved"))
				if err != nil {
					return err
				}
				_, err = e.stdout.Write(out)
				return err
			},
		}},
	}
}

// printConfig renders the launch file's values as YAML, each with a comment that says where it
// came from. Credentials are masked; without all, defaults are left out.
func printConfig(l *launch, all bool) ([]byte, error) {
	var root yaml.Node
	if err := root.Dump(l.File); err != nil {
		return nil, fmt.Errorf("config print: %w", err)
	}
	top := &root
	if root.Kind == yaml.DocumentNode {
		top = root.Content[0]
	}
	p := printer{tree: l.tree, all: all}
	p.annotate(top, nil)
	return yaml.Dump(&root)
}

// printer writes down the source of every value.
type printer struct {
	tree *tree
	all  bool
}

// annotate comments the values at and below a node, and is false when nothing there is to be shown.
func (p printer) annotate(n *yaml.Node, at keyPath) bool {
	source := p.tree.source(at)
	if len(n.Content) == 0 {
		switch {
		case n.Kind != yaml.ScalarNode:
		case at.within(path("headers")), n.Value != "" && namesCredential(at):
			p.mask(n)
		default:
			n.Value = safe.URL(n.Value)
		}
		p.comment(n, source)
		return p.all || source != ""
	}
	n.Style &^= yaml.FlowStyle
	var kept []*yaml.Node
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i+step <= len(n.Content); i += step {
		item := n.Content[i : i+step]
		below := at.index(i)
		if step == 2 {
			below = at.key(item[0].Value)
		}
		if p.annotate(item[step-1], below) {
			kept = append(kept, item...)
		}
	}
	n.Content = kept
	return len(kept) > 0
}

// namesCredential is true for the keys that refer to a credential, beside all headers.
func namesCredential(at keyPath) bool {
	return at.within(path("identify", "secret")) || strings.HasSuffix(at.String(), ".proxy_auth")
}

func (p printer) comment(n *yaml.Node, source string) {
	if source == "" {
		source = "default"
	}
	n.LineComment = "# " + strings.TrimSpace(n.LineComment+" "+printable(source))
}

// mask hides a credential; what it refers to is said beside it.
func (p printer) mask(n *yaml.Node) {
	n.LineComment = reference.ReplaceAllString(n.Value, "$${$2:$3},")
	n.Value, n.Style = "***", yaml.DoubleQuotedStyle
}
