package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// exitCodesTopic is the text of `edgeprime help exit-codes`.
const exitCodesTopic = `Exit codes:
    0  ready, or the command did what it was asked
    1  runtime error: I/O, state, disk, internal
    2  usage or configuration
    3  not ready: the launch failed on evidence
    4  credentials missing, refused or expired
    5  inconclusive: evidence is missing
  130  interrupted; the report is marked INCOMPLETE
`

// helpCommand shows the help of a command or a topic.
func helpCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "show the help of a command, or the topic exit-codes",
		ArgsUsage: "[COMMAND | exit-codes]",
		Action: func(c *cli.Context) error {
			topic, err := e.oneArg(c)
			switch {
			case err != nil:
				return err
			case topic == "":
				return cli.ShowAppHelp(c)
			case topic == "exit-codes":
				_, err := fmt.Fprint(e.stdout, exitCodesTopic)
				return err
			}
			if c.App.Command(topic) == nil {
				return helpless(c, topic)
			}
			return cli.ShowCommandHelp(c.Lineage()[1], topic)
		},
	}
}

// helpless answers a topic that does not exist.
func helpless(c *cli.Context, topic string) error {
	names := []string{"exit-codes"}
	for _, command := range c.App.Commands {
		names = append(names, command.Name)
	}
	err := usageError("no help on %q", topic)
	if near := nearest(topic, names); near != "" {
		return withHint(err, "did you mean: edgeprime help %s", near)
	}
	return withHint(err, "edgeprime help")
}
