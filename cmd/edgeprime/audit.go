package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
	"github.com/edgeprime/edgeprime/report/safe"
)

// receiptFile is the receipt in a run's folder.
const receiptFile = "audit.json"

func auditCommand(e *env) *cli.Command {
	return &cli.Command{
		Name:  "audit",
		Usage: "hold the origin's own access log against a run: peak rate, most open, fills, the visitors' share",
		Description: "Reads common, combined and JSON access logs (nginx, Apache, Varnish, Caddy, Envoy), gzip too. nginx proves most with\n" +
			"log_format … '\"$http_edgeprime_run\" \"$http_accept_encoding\" $msec $request_time'. The receipt is left in the run's folder.\n" +
			"Exit code: 0 kept, 3 a limit is broken, 5 the log does not prove it.",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "origin-log", Usage: "read the access log `FILE`, - for standard input; may be given again"},
			&cli.StringFlag{Name: "run", Usage: "of `RUN`, an id or a folder, instead of the newest"},
			&cli.StringFlag{Name: "stamp", Value: "auto", Usage: "a line's time is when the request `BEGAN`: auto, start (Apache, Varnish) or end (nginx)"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "print the receipt as `FORMAT`: text or json"},
		},
		Action: e.audit,
	}
}

func (e *env) audit(c *cli.Context) error {
	stamp, ok := map[string]origin.Stamp{"auto": origin.StampUnknown, "start": origin.StampStart, "end": origin.StampEnd}[c.String("stamp")]
	switch format := c.String("format"); {
	case c.Args().Present():
		return withHint(usageError("audit takes no argument"), "edgeprime audit --origin-log FILE --run RUN")
	case len(c.StringSlice("origin-log")) == 0:
		return withHint(usageError("audit needs the origin's access log"), "edgeprime audit --origin-log access.log, or - for standard input")
	case !ok:
		return withHint(usageError("there is no stamp %q", c.String("stamp")), "stamps are auto, start and end")
	case format != "text" && format != "json":
		return withHint(usageError("there is no format %q", format), "formats are text and json")
	}
	dir, err := auditedFolder(c.String("run"))
	if err != nil {
		return err
	}
	run, err := auditedRun(dir)
	if err != nil {
		return err
	}
	run.Stamp = stamp
	a := origin.NewAudit(run)
	for _, name := range c.StringSlice("origin-log") {
		if err := e.auditLog(a, name); err != nil {
			return err
		}
	}
	r := a.Receipt()
	for i, f := range r.MostFilled { // what clients sent stays clean in every format
		r.MostFilled[i].URL, r.MostFilled[i].Variant = safe.Text(safe.URL(f.URL), 500), safe.Text(f.Variant, 100)
	}
	out, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	out = append(out, '\n')
	if err := renameio.WriteFile(filepath.Join(dir, receiptFile), out, 0o600); err != nil {
		return fmt.Errorf("audit: write the receipt: %w", err)
	}
	if c.String("format") == "json" {
		_, err = e.stdout.Write(out)
	} else {
		err = report.WriteReceipt(e.stdout, r)
	}
	return errors.Join(err, receiptError(r))
}

// auditLog reads one log.
func (e *env) auditLog(a *origin.Audit, name string) error {
	if name == "-" {
		return a.Add(e.stdin, "standard input")
	}
	file, err := os.Open(name)
	if err != nil {
		return withHint(usageError("audit: %w", err), "--origin-log is the access log of the origin, not of the CDN")
	}
	defer file.Close()
	return a.Add(file, name)
}

// receiptError turns a receipt that does not prove the limits kept into the error with its exit code.
func receiptError(r *origin.Receipt) error {
	switch r.Proof {
	case origin.Broken:
		return notReady("audit: the origin's log shows that run %s broke a limit", r.Run)
	case origin.Unproven:
		return inconclusive("audit: the origin's log does not prove that run %s kept its limits", r.Run)
	default:
		return nil
	}
}

// auditedFolder is the folder of a run by path or id; the newest below readiness without one.
func auditedFolder(run string) (string, error) {
	if info, err := os.Stat(run); run != "" && err == nil && info.IsDir() {
		return filepath.Clean(run), nil
	}
	plans, err := filepath.Glob(filepath.Join("readiness", "*", "*", planFile))
	if err != nil {
		return "", fmt.Errorf("audit: %w", err)
	}
	var newest string
	for _, plan := range plans {
		dir := filepath.Dir(plan)
		if run == filepath.Base(dir) {
			return dir, nil
		}
		if run == "" && filepath.Base(dir) > filepath.Base(newest) {
			newest = dir
		}
	}
	if newest == "" {
		return "", withHint(usageError("audit: there is no run %q below readiness", run), "--run is the folder of a run, where its %s is", planFile)
	}
	return newest, nil
}

// auditedRun is what a run's folder says of it. A run that was not judged yet has no time of its own.
func auditedRun(dir string) (origin.Audited, error) {
	plan, err := readPlanLimits(filepath.Join(dir, planFile))
	if err != nil {
		return origin.Audited{}, withHint(usageError("audit: %w", err), "--run is the folder of a run, where its %s is", planFile)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return origin.Audited{}, fmt.Errorf("audit: %w", err)
	}
	run := origin.Audited{Run: filepath.Base(abs), Limits: plan, Counted: -1}
	if file, err := os.Open(filepath.Join(dir, reportFile)); err == nil {
		defer file.Close()
		r, err := report.Read(file)
		if err != nil {
			return run, usageError("%s: %w", file.Name(), err)
		}
		run.Run, run.Started, run.Finished, run.Counted = r.Run.ID, r.Run.Started, r.Run.Finished, r.Origin.Requests
		for _, v := range r.Vantages {
			if v.Tier {
				run.Missed += v.Before.Known - v.Before.Hits
			}
		}
	}
	run.Targets, err = auditTargets(filepath.Join(dir, manifestFile))
	return run, err
}

func readPlanLimits(path string) (origin.Limits, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return origin.Limits{}, err
	}
	var plan regions.Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		return origin.Limits{}, fmt.Errorf("%s: %w", path, err)
	}
	return plan.Limits, nil
}

// auditTargets are path and query of each URL of a manifest; none when there is no file.
func auditTargets(path string) (map[string]bool, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	defer file.Close()
	m, err := crawl.ReadManifest(file)
	if err != nil {
		return nil, usageError("%s: %w", path, err)
	}
	targets := map[string]bool{}
	for a := range m.All() {
		if u, err := url.Parse(a.URL); err == nil && !a.ThirdParty {
			targets[u.RequestURI()] = true
		}
	}
	return targets, nil
}

// readReceipt is the receipt in a run's folder; nil when there is none.
func readReceipt(dir string) (*origin.Receipt, error) {
	file, err := os.Open(filepath.Join(dir, receiptFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	defer file.Close()
	var r origin.Receipt
	if err := json.NewDecoder(io.LimitReader(file, 1<<20)).Decode(&r); err != nil {
		return nil, usageError("%s: %w", file.Name(), err)
	}
	if !slices.Contains([]origin.Proof{origin.Kept, origin.Broken, origin.Unproven}, r.Proof) {
		return nil, withHint(usageError("%s is no receipt", file.Name()), "edgeprime audit makes a new one")
	}
	return &r, nil
}
