package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// initTemplate is the launch file that init writes; @AT@ is the launch's local time.
//
//go:embed init.yaml
var initTemplate string

// initFile returns the commented launch file, with a launch a week from now so that it loads as it
// stands.
func initFile(now time.Time) string {
	day := now.UTC().AddDate(0, 0, 7)
	return strings.ReplaceAll(initTemplate, "@AT@", day.Format(time.DateOnly)+" 09:00")
}

// initCommand writes a commented launch file.
func initCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:        "init",
		Usage:       "write a commented launch file",
		ArgsUsage:   "[FILE]",
		Description: "Writes edgeprime.yaml, or FILE; - writes to standard output. A file that exists is left alone.",
		Action: func(c *cli.Context) error {
			file, err := e.oneArg(c)
			if err != nil {
				return err
			}
			if file == "-" {
				_, err := fmt.Fprint(e.stdout, initFile(e.now()))
				return err
			}
			if file == "" {
				file = launchNames()[0]
			}
			if err := writeNew(file, initFile(e.now())); err != nil {
				return err
			}
			e.tell("wrote %s; name your pages and the launch time in it, then run: edgeprime validate %s", file, file)
			return nil
		},
	}
}

// writeNew writes a file that must not exist yet, and leaves none behind when it fails.
func writeNew(file, content string) error {
	const private fs.FileMode = 0o600
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, private)
	if errors.Is(err, fs.ErrExist) {
		return withHint(usageError("%s exists and is left as it is", file), "choose another name, or: edgeprime init - shows the file")
	}
	if err != nil {
		return usageError("cannot write the launch file: %w", err)
	}
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(file)
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
