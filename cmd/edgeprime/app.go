package main

import (
	"fmt"
	"log/slog"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"
)

// commands are all commands in the order in which the help shows them. Each has a file of its own.
func commands(e *env) []*cli.Command {
	return []*cli.Command{
		demoCommand(e),
		launchCommand(e),
		discoverCommand(e),
		planCommand(e),
		primeCommand(e),
		verifyCommand(e),
		reportCommand(e),
		auditCommand(e),
		runsCommand(e),
		regionsCommand(e),
		workerCommand(e),
		checkCommand(e),
		explainCommand(e),
		initCommand(e),
		validateCommand(e),
		configCommand(e),
		schemaCommand(e),
		helpCommand(e),
	}
}

// newApp returns the command line with the library's own ideas about exiting, printing and
// splitting switched off.
func newApp(e *env) *cli.App {
	app := &cli.App{
		Name:      "edgeprime",
		HelpName:  "edgeprime",
		Usage:     "prime CDN edges before a launch and prove that they are warm",
		UsageText: "edgeprime [flags] COMMAND [flags] [ARGUMENT]",
		Version:   toolVersion(),
		Flags: append(talkFlags(),
			&cli.BoolFlag{Name: "version", Aliases: []string{"V"}, Usage: "print the version"},
			cli.HelpFlag), // the library adds it only with its own help command
		Commands:                  commands(e),
		Before:                    e.before,
		Action:                    unknownCommand,
		OnUsageError:              onUsageError,
		ExitErrHandler:            func(*cli.Context, error) {}, // main alone exits
		HideVersion:               true,                         // its -v is our --verbose
		HideHelpCommand:           true,                         // ours knows more topics
		DisableSliceFlagSeparator: true,                         // a comma is part of URLs and headers
		Reader:                    e.stdin,
		Writer:                    e.stdout,
		ErrWriter:                 e.stderr,
	}
	for _, c := range app.Commands {
		e.close(c)
	}
	return app
}

// talkFlags say how much is told on standard error. They stand on every command, since nobody
// remembers on which side of the command a flag belongs.
func talkFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say more on standard error"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress, only warnings and errors on standard error"},
	}
}

// close closes the library's traps in a command and all below it.
func (e *env) close(c *cli.Command) {
	c.OnUsageError = onUsageError
	c.HideHelpCommand = true
	if len(c.Subcommands) == 0 {
		c.Flags = append(c.Flags, talkFlags()...)
	}
	if c.Action == nil {
		c.Action = unknownCommand
	}
	action := c.Action
	c.Action = func(ctx *cli.Context) error {
		if _, err := positionals(ctx, e.argv); err != nil {
			return err
		}
		e.talk(ctx)
		return action(ctx)
	}
	for _, sub := range c.Subcommands {
		e.close(sub)
	}
}

// before acts on the flags that stand in front of the command.
func (e *env) before(c *cli.Context) error {
	if !c.Bool("version") {
		return nil
	}
	if _, err := fmt.Fprintf(e.stdout, "edgeprime %s\n", toolVersion()); err != nil {
		return err
	}
	return errDone
}

// talk sets how much is told, from the flags on either side of the command.
func (e *env) talk(c *cli.Context) {
	for _, level := range c.Lineage() {
		if level.Command == nil {
			continue
		}
		switch {
		case level.Bool("quiet"):
			e.quiet = true
			e.level.Set(slog.LevelWarn)
		case level.Bool("verbose"):
			e.level.Set(slog.LevelDebug)
		}
	}
}

// unknownCommand answers a word that is no command, or no word at all.
func unknownCommand(c *cli.Context) error {
	word := c.Args().First()
	if word == "" {
		c.App.Writer = c.App.ErrWriter // usage that nobody asked for is talk
		if c.Command.HelpName == c.App.HelpName || c.Command.HelpName == "" {
			_ = cli.ShowAppHelp(c)
		} else {
			_ = cli.ShowSubcommandHelp(c)
		}
		return usageError("no command given")
	}
	var names []string
	for _, sub := range c.Command.Subcommands {
		names = append(names, sub.Name)
	}
	name := strings.TrimSpace(c.Command.HelpName)
	err := usageError("%s has no command %q", name, word)
	if near := nearest(word, names); near != "" {
		return withHint(err, "did you mean: %s %s", name, near)
	}
	return withHint(err, "%s --help", name)
}

// undefinedFlag is how the flag package words an unknown flag; it always shows one dash.
var undefinedFlag = regexp.MustCompile(`^flag provided but not defined: -(.*)$`)

// onUsageError names the flag and the next step instead of printing the whole usage.
func onUsageError(c *cli.Context, err error, _ bool) error {
	name := strings.TrimSpace(c.Command.HelpName)
	match := undefinedFlag.FindStringSubmatch(err.Error())
	if match == nil {
		return withHint(usageError("%s: %w", name, err), "%s --help", name)
	}
	var names []string
	for _, f := range append(c.Command.Flags, cli.HelpFlag) {
		names = append(names, f.Names()...)
	}
	err = usageError("%s has no flag %s", name, dashed(match[1]))
	if near := nearest(match[1], names); near != "" {
		return withHint(err, "did you mean: %s", dashed(near))
	}
	return withHint(err, "%s --help", name)
}

func dashed(flag string) string {
	if len(flag) == 1 {
		return "-" + flag
	}
	return "--" + flag
}

// toolVersion is the version that the Go tool has stamped into the binary.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
