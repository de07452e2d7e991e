package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/report/check"
)

func checkCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "check", ArgsUsage: "[URL... | FILE]",
		Usage: "judge cache headers: of URLs, of a manifest, of a launch file's pages, or recorded ones",
		Description: "Exit code 0 means that nothing is at or above the fail level, 3 that something is, 5 that nothing could be\n" +
			"judged or something critical could not. Rules are told by: edgeprime explain ST003\n" +
			"With a launch file its cdn, rules and criteria apply; FILE checks its entries, pages and url_lists.",
		Flags: checkFlags(),
		Action: func(c *cli.Context) error {
			k, err := newChecking(e, c)
			if err != nil {
				return err
			}
			return k.run(c.Context)
		},
	}
}

func checkFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "the launch `FILE` whose settings apply"},
		&cli.StringFlag{Name: "manifest", Usage: "check the assets of a manifest, `FILE`, - for standard input"},
		&cli.StringFlag{Name: "urls-from", Usage: "check the URLs of a list, `FILE`, one a line, - for standard input"},
		&cli.StringFlag{Name: "headers-from", Usage: "judge headers recorded in `FILE` (header blocks, HAR or JSON Lines), - for standard input"},
		&cli.StringFlag{Name: "input-format", Usage: "`FORMAT` of --headers-from, else it is told by its beginning: " + strings.Join(inputFormats(), ", ")},
		&cli.StringFlag{Name: "profile", Usage: "judge for this cache, `NAME`, else for the one that answered: " + strings.Join(policy.Names(), ", ")},
		&cli.StringSliceFlag{Name: "compare", Usage: "another cache in front of the same site, `NAME`, whose lifetimes must be alike (TGT008); repeat for more"},
		&cli.StringFlag{Name: "preset", Usage: "the `SET` of rules: recommended, strict or static-only"},
		&cli.StringSliceFlag{Name: "rule", Usage: "`ID=LEVEL`: off, note, warning, error or blocker for one rule; repeat for more"},
		&cli.StringFlag{Name: "fail-on", Usage: "the mildest `SEVERITY` that fails: blocker, error, warning, note or never; default error"},
		&cli.StringFlag{Name: "launch-at", Usage: "the copies must be fresh at this `TIME`: 2026-12-01T09:00:00+01:00, or +7d from now"},
		&cli.StringFlag{Name: "primed-at", Usage: "when priming is or was, `TIME`; default 10 minutes before the launch"},
		&cli.StringFlag{Name: "warm-window", Usage: "and for this `DURATION` behind it; default that of the launch file, else 0"},
		&cli.StringFlag{Name: "edge-ttl", Usage: "the `DURATION` that a rule of the CDN keeps copies, whatever headers say"},
		&cli.StringFlag{Name: "probes", Value: "0", Usage: "send up to `N` further requests for each answer, or all, for the rules that need them"},
		&cli.StringFlag{Name: "origin-address", Usage: "ask the origin itself too, at `IP:PORT`, so that a lifetime that the edge hides is known"},
		&cli.StringSliceFlag{Name: "allow-address", Usage: "private or loopback `IP:PORT` that may be dialled all the same; repeat for more"},
		limitFlag("max-rps"), limitFlag("max-in-flight"),
		&cli.StringFlag{Name: "format", Value: check.FormatText, Usage: "print as `FORMAT`: " + strings.Join(check.Formats(), ", ")},
		&cli.StringSliceFlag{Name: "report", Usage: "`FORMAT=FILE`: write a further format to a file; repeat for more"},
		outputFlag("result"),
		&cli.StringFlag{Name: "baseline", Usage: "only findings that this `FILE` does not have count"},
		&cli.StringFlag{Name: "write-baseline", Usage: "write the findings as a baseline to `FILE`"},
		&cli.BoolFlag{Name: "strict-baseline", Usage: "fail when findings of the baseline no longer occur"},
		&cli.StringFlag{Name: "waivers", Usage: "the `FILE` of accepted findings; default " + check.WaiverFile + " in this folder"},
		&cli.IntFlag{Name: "exit-code", Value: exitNotReady, Usage: "`N` instead of 3 when the check fails"},
	}
}

// limitFlag is the flag of a setting that every command with a launch has.
func limitFlag(name string) *cli.StringFlag {
	for _, s := range settings() {
		if s.flag == name {
			return &cli.StringFlag{Name: s.flag, Usage: s.usage + " [$" + s.variable + "]"}
		}
	}
	return nil
}

// checking is one command line of check.
type checking struct {
	e        *env
	judge    headerJudge
	criteria check.Criteria
	head     check.Head
	format   string
	output   string
	reports  map[string]string // files by format
	baseline string            // to write
	exitCode int
	inputs   func(context.Context) (recordings, error)

	launch        *launch // of the launch file, nil without one
	probes        int
	originAddress string
	compares      bool            // answers of several regions
	sets          []check.Finding // over several answers
}

// run judges all inputs and writes the result.
func (k *checking) run(ctx context.Context) error {
	inputs, err := k.inputs(ctx)
	if err != nil {
		return err
	}
	if k.streams() {
		return k.stream(ctx, inputs)
	}
	var answers []check.Answer
	for r, err := range inputs {
		if err != nil {
			return err
		}
		answers = append(answers, k.judge.judge(r))
	}
	c := check.Build(check.Input{Head: k.head, Criteria: k.criteria, Answers: answers, Sets: k.sets, Root: k.e.repository()})
	if err := k.write(c); err != nil {
		return err
	}
	return k.verdict(c.Decision)
}

// streams reports whether lines can be written one by one, however many there are.
func (k *checking) streams() bool {
	return k.format == check.FormatJSONL && !k.compares && len(k.reports) == 0 && k.baseline == "" && k.e.getenv("GITHUB_STEP_SUMMARY") == ""
}

func (k *checking) stream(ctx context.Context, inputs recordings) error {
	var decision check.Decision
	err := k.e.writeTo(k.output, func(w io.Writer) error {
		lines := check.NewLines(w, k.criteria)
		for r, err := range inputs {
			if err == nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				return cmp.Or(err, lines.Flush())
			}
			a := k.judge.judge(r)
			if err := lines.Write(&a); err != nil {
				return err
			}
		}
		decision = lines.Decision()
		k.warn(lines.Warnings())
		return lines.Flush()
	})
	if err != nil {
		return err
	}
	return k.verdict(decision)
}

// write writes the result in every format that is asked for.
func (k *checking) write(c *check.Check) error {
	err := k.e.writeTo(k.output, func(w io.Writer) error { return check.Write(w, k.format, c) })
	if err != nil {
		return err
	}
	for _, format := range check.Formats() {
		path, ok := k.reports[format]
		if !ok {
			continue
		}
		if err := k.e.writeTo(path, func(w io.Writer) error { return check.Write(w, format, c) }); err != nil {
			return err
		}
	}
	if k.baseline != "" {
		if err := k.e.writeTo(k.baseline, func(w io.Writer) error { return check.WriteBaseline(w, check.NewBaseline(c)) }); err != nil {
			return err
		}
		k.e.tell("wrote the baseline %s; use it with --baseline %s", k.baseline, k.baseline)
	}
	if k.format != check.FormatText || k.output != "" {
		k.warn(c.Warnings)
	}
	return k.stepSummary(c)
}

// warn says on standard error what the text format says by itself.
func (k *checking) warn(warnings []string) {
	for _, warning := range warnings {
		k.e.tell("warning: %s", warning)
	}
}

// stepSummary adds the result to the summary of a GitHub Actions step, where there is one.
func (k *checking) stepSummary(c *check.Check) error {
	path := k.e.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("step summary: %w", err)
	}
	return cmp.Or(check.Write(f, check.FormatMarkdown, c), f.Close())
}

// verdict turns a decision into the error with its exit code. The result has said why.
func (k *checking) verdict(d check.Decision) error {
	if k.baseline != "" && d.Counting.Blocker == 0 {
		return nil // what is there now is accepted, but for blockers
	}
	switch d.Verdict() {
	case check.Fail:
		return &exitError{k.exitCode, fmt.Errorf("the check failed: %s", strings.Join(d.Why(), "; "))}
	case check.Inconclusive:
		return inconclusive("the check is inconclusive: %s", strings.Join(d.Why(), "; "))
	default:
		return nil
	}
}

// repository is the folder that paths in results are told relative to: the CI system's checkout, else
// the current folder.
func (e *env) repository() string {
	if checkout := cmp.Or(e.getenv("GITHUB_WORKSPACE"), e.getenv("CI_PROJECT_DIR")); checkout != "" {
		return checkout
	}
	folder, err := os.Getwd()
	if err != nil {
		return ""
	}
	return folder
}

// levelsOf reads --rule flags.
func levelsOf(flags []string) (map[string]lint.Severity, error) {
	levels := map[string]lint.Severity{}
	for _, f := range flags {
		id, level, ok := strings.Cut(f, "=")
		if !ok {
			return nil, withHint(usageError("--rule %q says no level", f), "write it as --rule ST013=off")
		}
		levels[strings.ToUpper(id)] = lint.Severity(level)
	}
	return levels, nil
}

// reportsOf reads --report flags.
func reportsOf(flags []string) (map[string]string, error) {
	reports := map[string]string{}
	for _, f := range flags {
		format, path, ok := strings.Cut(f, "=")
		switch {
		case !ok || path == "":
			return nil, withHint(usageError("--report %q names no file", f), "write it as --report sarif=check.sarif")
		case !slices.Contains(check.Formats(), format):
			return nil, noFormat(format)
		}
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			return nil, usageError("there is no folder %s to write %s into", filepath.Dir(path), filepath.Base(path))
		}
		reports[format] = path
	}
	return reports, nil
}

func noFormat(name string) error {
	return withHint(usageError("there is no format %q; %s", name, near(name, check.Formats())), "edgeprime check --help")
}
