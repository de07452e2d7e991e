package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// positionals returns the arguments of a command. The library stops looking for flags at the first
// argument that is none, so that `check URL --format json` would silently mean two arguments: such
// a flag is an error that names the fix. Behind "--" everything is an argument.
func positionals(c *cli.Context, argv []string) ([]string, error) {
	args := c.Args().Slice()
	tail := behindDashes(argv)
	head := args[:max(0, len(args)-len(tail))]
	for i, arg := range head {
		switch {
		case arg == "--" && i == len(head)-1:
			return append(append([]string{}, head[:i]...), tail...), nil
		case len(arg) > 1 && strings.HasPrefix(arg, "-"):
			return nil, withHint(
				usageError("flag %s stands behind an argument", arg),
				"put flags first: %s", reordered(c, head, tail, i))
		}
	}
	return args, nil
}

// behindDashes returns what stands behind the first "--" of the command line.
func behindDashes(argv []string) []string {
	for i, arg := range argv {
		if arg == "--" {
			return argv[i+1:]
		}
	}
	return nil
}

// reordered shows the command line as it should be: the flag, and its value when one follows, in
// front of the arguments.
func reordered(c *cli.Context, head, tail []string, flag int) string {
	words := strings.Fields(c.Command.HelpName)
	words = append(words, head[flag:]...)
	words = append(words, head[:flag]...)
	if len(tail) > 0 {
		words = append(append(words, "--"), tail...)
	}
	return strings.Join(words, " ")
}

// oneArg returns the only argument of a command, or "" when there is none.
func (e *env) oneArg(c *cli.Context) (string, error) {
	args, err := positionals(c, e.argv)
	if err != nil {
		return "", err
	}
	if len(args) > 1 {
		return "", withHint(usageError("%s takes one argument, not %d", c.Command.HelpName, len(args)), "%s --help", c.Command.HelpName)
	}
	if len(args) == 0 {
		return "", nil
	}
	return args[0], nil
}
