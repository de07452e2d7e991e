package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/safe"
)

// discoverer is one command line of discover.
type discoverer struct {
	e       *env
	launch  *launch
	adHoc   bool
	format  string
	output  string
	verbose bool
	explain *explanation // nil unless --explain
}

func newDiscovery(e *env, c *cli.Context) (*discoverer, error) {
	d := &discoverer{e: e, format: c.String("format"), output: c.String("output"), verbose: isVerbose(c)}
	if !slices.Contains(discoverFormats(), d.format) {
		err := usageError("there is no format %q; %s", d.format, near(d.format, discoverFormats()))
		return nil, withHint(err, "edgeprime discover --help")
	}
	if c.IsSet("explain") && c.IsSet("format") {
		return nil, withHint(usageError("--explain is text and has no --format"), "leave one of them out")
	}
	if info, err := os.Stat(filepath.Dir(d.output)); d.output != "-" && (err != nil || !info.IsDir()) {
		return nil, usageError("there is no folder %s to write %s into", filepath.Dir(d.output), filepath.Base(d.output))
	}
	var err error
	if d.launch, d.adHoc, err = discoverLaunch(e, c); err != nil {
		return nil, err
	}
	if c.IsSet("explain") {
		d.explain, err = newExplanation(d.launch, c.String("explain"))
	}
	return d, err
}

// isVerbose is true when a -v stands on either side of the command.
func isVerbose(c *cli.Context) bool {
	return slices.ContainsFunc(c.Lineage(), func(level *cli.Context) bool { return level.Command != nil && level.Bool("verbose") })
}

func (d *discoverer) run(ctx context.Context, resume string) error {
	if d.adHoc {
		return d.e.inAdHocRun(ctx, d.launch, d.find)
	}
	return d.e.inRun(ctx, d.launch, resume, true, d.find)
}

// find discovers, and shows what was found.
func (d *discoverer) find(ctx context.Context, r *launchRun) error {
	r.trace = d.trace()
	r.mute = d.format == "text" && d.explain == nil
	err := r.discover(ctx)
	if errors.Is(err, crawl.ErrNothing) && d.explain != nil {
		return errors.Join(err, d.write(r))
	}
	if err != nil {
		return err
	}
	return d.write(r)
}

// trace is who hears of decisions; nil when nobody wants to.
func (d *discoverer) trace() func(crawl.Decision) {
	if !d.verbose && d.explain == nil {
		return nil
	}
	return func(decision crawl.Decision) {
		if d.verbose && decision.Outcome != crawl.Known {
			d.e.tell("%s", decisionLine(decision))
		}
		if d.explain != nil {
			d.explain.hear(decision)
		}
	}
}

// decisionLine says on one line what was done about a URL and why.
func decisionLine(d crawl.Decision) string {
	word := "took"
	if d.Outcome == crawl.Left {
		word = "left"
	}
	line := fmt.Sprintf("%s %s  %s", word, safe.URL(d.URL), d.Reason)
	if d.Page != "" {
		line += fmt.Sprintf(" (%s of %s)", d.Source, safe.URL(d.Page))
	}
	return line
}

// write shows the result in the format that is asked for, and says the next step.
func (d *discoverer) write(r *launchRun) error {
	if d.explain != nil {
		return d.explain.write(d.e, d.output, r.manifest)
	}
	if d.format == "cloudflare" {
		return d.writePrefetch(r.manifest)
	}
	if err := d.e.writeTo(d.output, func(w io.Writer) error { return d.render(w, r) }); err != nil {
		return err
	}
	if !anyRead(r.manifest) {
		return withHint(inconclusive("no page could be read"), "the problems say why; check the URLs and their hosts")
	}
	d.e.tell("%s; go on with: %s", plural(r.manifest.Len(), "asset"), d.next(r))
	return nil
}

// anyRead is true when some asset was answered: without that, only what was declared is listed.
func anyRead(m *crawl.Manifest) bool {
	for a := range m.All() {
		if a.Status >= 200 && a.Status <= 299 {
			return true
		}
	}
	return false
}

func (d *discoverer) render(w io.Writer, r *launchRun) error {
	switch d.format {
	case "csv":
		return writeDiscoveredCSV(w, r.manifest)
	case "urls":
		return writeDiscoveredURLs(w, r.manifest)
	case "jsonl":
		return writeDiscoveredLines(w, r.manifest)
	case "manifest":
		return r.manifest.Write(w)
	default:
		return d.writeText(w, r)
	}
}

// next is the command line of the next step.
func (d *discoverer) next(r *launchRun) string {
	if d.adHoc {
		return "edgeprime init, and name these pages in the launch file"
	}
	return r.again("launch")
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(noun, "s"))
}
