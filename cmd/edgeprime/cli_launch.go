package main

import (
	"cmp"

	"github.com/urfave/cli/v2"
)

// setting is a key of the launch file that a flag or an environment variable can set too.
type setting struct {
	flag, variable, usage string
	path                  keyPath
}

func settings() []setting {
	return []setting{
		{"deploy-id", "EDGEPRIME_DEPLOY_ID", "the `ID` of what is deployed, for the report", path("deploy_id")},
		{"max-rps", "EDGEPRIME_MAX_RPS", "at most `N` requests to the origin in any second", path("origin", "max_rps")},
		{"max-in-flight", "EDGEPRIME_MAX_IN_FLIGHT", "at most `N` requests open at the origin", path("origin", "max_in_flight")},
		{"report-dir", "EDGEPRIME_REPORT_DIR", "the `FOLDER` that runs are kept in", path("report", "dir")},
	}
}

// launchFlags are the flags of every command that reads a launch file.
func launchFlags() []cli.Flag {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "the launch `FILE`; default edgeprime.yaml or .edgeprime.yaml in this folder, - for standard input [$EDGEPRIME_CONFIG]"},
	}
	for _, s := range settings() {
		flags = append(flags, &cli.StringFlag{Name: s.flag, Usage: s.usage + " [$" + s.variable + "]"})
	}
	return append(flags, renderFlags()...)
}

// launchOverrides returns what flags and the environment say over the launch file: flag > env >
// file > default.
func launchOverrides(e *env, c *cli.Context) overrides {
	var over overrides
	for _, s := range settings() {
		if c.IsSet(s.flag) {
			over = append(over, override{path: s.path, value: c.String(s.flag), source: "flag --" + s.flag})
		} else if v := e.getenv(s.variable); v != "" {
			over = append(over, override{path: s.path, value: v, source: "env " + s.variable})
		}
	}
	return append(over, renderOverride(c)...)
}

// launchPath returns the launch file that a command is to read: the argument, else --config, else
// EDGEPRIME_CONFIG, else "" for the one in the current folder.
func launchPath(e *env, c *cli.Context) (string, error) {
	arg, err := e.oneArg(c)
	switch {
	case err != nil:
		return "", err
	case arg != "" && c.String("config") != "":
		return "", usageError("the launch file is named twice: %s and --config %s", arg, c.String("config"))
	case arg != "":
		return arg, nil
	}
	return configPath(e, c), nil
}

// configPath is launchPath for a command whose arguments are no launch file.
func configPath(e *env, c *cli.Context) string {
	return cmp.Or(c.String("config"), e.getenv("EDGEPRIME_CONFIG"))
}

// launchOf loads the launch that a command line names, and tells its notes.
func launchOf(e *env, c *cli.Context) (*launch, error) {
	file, err := launchPath(e, c)
	if err != nil {
		return nil, err
	}
	l, err := loadLaunch(e, file, launchOverrides(e, c))
	if err != nil {
		return nil, err
	}
	for _, note := range l.Notes {
		e.tell("note: %s", note)
	}
	return l, nil
}
