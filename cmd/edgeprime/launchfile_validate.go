package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// validateCommand checks a launch file without any network.
func validateCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check a launch file without any network",
		ArgsUsage: "[FILE]",
		Flags:     launchFlags(),
		Action: func(c *cli.Context) error {
			l, err := launchOf(e, c)
			if err != nil {
				return err
			}
			const layout = "2006-01-02 15:04 MST"
			_, err = fmt.Fprintf(e.stdout, "%s is valid: %s, launch %s, warm until %s\n", l.Path, l.File.Name,
				l.At.Format(layout), l.WarmUntil.Format(layout))
			return err
		},
	}
}
