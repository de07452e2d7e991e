package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

// formats are the formats of a report, and the files they have in a run's folder.
var formats = map[string]struct { //nolint:gochecknoglobals // a constant table
	write func(io.Writer, *report.Report) error
	file  string
}{
	"text":     {report.WriteText, ""},
	"json":     {report.WriteJSON, reportFile},
	"markdown": {report.WriteMarkdown, "report.md"},
	"html":     {report.WriteHTML, "report.html"},
}

func formatFlag() *cli.StringFlag {
	return &cli.StringFlag{Name: "format", Value: "text", Usage: "print the report as `FORMAT`: text, json, markdown or html"}
}

func reportCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "report", ArgsUsage: "FOLDER...",
		Usage: "render a run's report again, or judge what shares have seen, without one more request",
		Description: "FOLDER is a run's folder, or its report.json. The exit code is that of the run.\n" +
			"With --from, the FOLDERs are those that prime --share has left: what they hold is one run, and is judged anew.",
		Flags: []cli.Flag{
			formatFlag(), outputFlag("report"),
			&cli.BoolFlag{Name: "from", Usage: "merge the shares of a plan, and judge them"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "with --from: the launch `FILE` that the plan was made with"},
			&cli.StringFlag{Name: "report-dir", Usage: "with --from: the `FOLDER` that runs are kept in [$EDGEPRIME_REPORT_DIR]"},
		},
		Action: e.reportAgain,
	}
}

// reportAgain renders the report that a run has left, or judges shares.
func (e *env) reportAgain(c *cli.Context) error {
	if c.Bool("from") {
		return e.reportShares(c)
	}
	if c.IsSet("config") || c.IsSet("report-dir") {
		return usageError("--config and --report-dir are for --from: a run's report holds what it was judged by")
	}
	path, err := e.oneArg(c)
	if err != nil {
		return err
	}
	if path == "" {
		return withHint(usageError("report needs a run's folder"), "edgeprime report readiness/<launch>/<run id>")
	}
	if err := checkFormat(c.String("format")); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, reportFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return withHint(usageError("report: %w", err), "a run has a report once it was measured: edgeprime verify --resume RUN")
	}
	defer file.Close()
	r, err := report.Read(file)
	if err != nil {
		return usageError("%s: %w", path, err)
	}
	receipt, err := readReceipt(filepath.Dir(path))
	if err != nil {
		return err
	}
	r.AddReceipt(receipt)
	render := func(w io.Writer) error { return formats[c.String("format")].write(w, r) }
	if err := e.writeTo(c.String("output"), render); err != nil {
		return err
	}
	return verdictError(r)
}

func checkFormat(name string) error {
	if _, ok := formats[name]; ok {
		return nil
	}
	return withHint(usageError("there is no format %q", name), "formats are %s", strings.Join(formatNames(), ", "))
}

func formatNames() []string {
	var names []string
	for name := range formats {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// report reports what the run has seen.
func (r *launchRun) report(ctx context.Context, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	in := r.reportInput(ctx)
	in.Observations = r.observations(context.WithoutCancel(ctx))
	return r.publish(in, format, "")
}

// publish judges, writes the report in every format into the run's folder, and in one to a file or standard output.
func (r *launchRun) publish(in report.Input, format, output string) (err error) {
	if in.Rules, err = r.launch.linter(); err != nil {
		return err
	}
	result, err := report.Build(in)
	if err != nil {
		return err
	}
	wanted := append(slices.Clone(r.launch.File.Report.Formats), "json")
	for _, name := range formatNames() {
		f := formats[name]
		if f.file == "" || !slices.Contains(wanted, name) {
			continue
		}
		var out strings.Builder
		if err := f.write(&out, result); err != nil {
			return fmt.Errorf("report as %s: %w", name, err)
		}
		if err := renameio.WriteFile(filepath.Join(r.dir, f.file), []byte(out.String()), 0o600); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	if err := r.e.writeTo(output, func(w io.Writer) error { return formats[format].write(w, result) }); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	r.e.tell("report: %s", r.reportPath())
	return verdictError(result)
}

// reportPath is the report that people open: HTML when the launch file asks for it.
func (r *launchRun) reportPath() string {
	for _, name := range []string{"html", "markdown"} {
		if slices.Contains(r.launch.File.Report.Formats, name) {
			return filepath.Join(r.dir, formats[name].file)
		}
	}
	return filepath.Join(r.dir, reportFile)
}

func (r *launchRun) reportInput(ctx context.Context) report.Input {
	f := r.launch.File
	in := report.Input{
		Launch: report.Launch{
			Name: f.Name, Owner: f.Owner, OnCall: f.OnCall, Approver: f.Approver, DeployID: f.DeployID,
			At: r.launch.At, TimeZone: f.Launch.TimeZone, WarmWindow: f.Launch.WarmWindow, PrimeAt: r.launch.PrimeAt,
		},
		Criteria: r.launch.criteria(),
		Run: report.RunInfo{
			ID: r.ID, Tool: r.Tool, ConfigDigest: r.Config, Started: r.Started, Finished: r.e.now(),
			Interrupted: ctx.Err() != nil, StoppedBecause: r.stopped, Exemptions: f.AllowAddresses, Pauses: r.pauses.all(), Notes: r.notes.all(), Identified: f.Identify.Header, Workers: len(f.Workers.Regions) > 0, File: r.reportPath(), Again: r.again("launch"),
		},
		Manifest: r.manifest, Plan: r.plan, Deploys: r.Pinned.Deploys, Now: r.e.now(),
	}
	if r.tower != nil {
		in.Pace = r.tower.permits.Pace()
	}
	if in.Manifest == nil {
		in.Manifest = &crawl.Manifest{}
	}
	if r.Pinned.Restless != nil {
		in.Run.Notes = append(in.Run.Notes, "launch pages differ from answer to answer, which cannot be told from a deploy: they were not asked again")
		judged := *in.Manifest
		judged.Problems = slices.Clone(judged.Problems)
		for _, page := range r.Pinned.Restless {
			judged.Problems = append(judged.Problems, crawl.Problem{
				URL: page, Problem: "page-unsteady", Incomplete: true,
				Detail: "it changed again and again during the run, so what was measured may not be what is served; launch again when it is steady",
			})
		}
		in.Manifest = &judged
	}
	if in.Plan == nil {
		in.Plan = &regions.Plan{Launch: f.Name, Limits: r.launch.Limits().WithDefaults()}
	}
	return in
}

// verdictError turns a verdict that is not READY into the error with its exit code. The report has
// said why.
func verdictError(r *report.Report) error {
	switch {
	case r.Run.Interrupted:
		return withHint(interrupted("interrupted: the report is marked INCOMPLETE"), "%s", r.Run.Again)
	case r.ExitCode == exitNotReady:
		return notReady("launch %s is %s", r.Launch.Name, r.Verdict)
	case r.ExitCode == exitInconclusive:
		return inconclusive("the readiness of launch %s is %s", r.Launch.Name, r.Verdict)
	default:
		return nil
	}
}
