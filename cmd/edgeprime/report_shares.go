package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

// mergedShares is what the shares of one plan have left.
type mergedShares struct {
	approved *approved
	all      []regions.Share
	folders  []shareFolder
}

// shareFolder is what one share has left.
type shareFolder struct {
	path   string
	share  regions.Share
	result shareResult
}

// reportShares judges the shares of a plan as one run.
func (e *env) reportShares(c *cli.Context) error {
	folders, err := positionals(c, e.argv)
	if err != nil {
		return err
	}
	if len(folders) == 0 {
		return withHint(usageError("report --from needs the folders of the shares"), "edgeprime report --from share-1-of-5 share-2-of-5 ...")
	}
	if err := checkFormat(c.String("format")); err != nil {
		return err
	}
	l, err := e.launchOfShares(c)
	if err != nil {
		return err
	}
	m, err := readShares(l, folders)
	if err != nil {
		return err
	}
	r := &launchRun{e: e, launch: l, plan: m.approved.plan, manifest: m.approved.manifest}
	r.beginning = beginning{ID: m.approved.plan.Detached.Run, Config: l.Digest, Tool: toolVersion(), Primes: true}
	r.dir = filepath.Join(l.folder(), r.ID)
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("run folder: %w", err)
	}
	for name, data := range map[string][]byte{planFile: m.approved.planFile, manifestFile: m.approved.manifestFile} {
		if err := writeOnce(filepath.Join(r.dir, name), data); err != nil {
			return err
		}
	}
	merged := filepath.Join(r.dir, observationsFile)
	if err := e.writeTo(merged, func(w io.Writer) error {
		_, err := writeObservations(w, m.observations())
		return err
	}); err != nil {
		return err
	}
	in := r.reportInput(c.Context)
	in.Observations = regions.ReadObservations(merged)
	m.describe(&in)
	return r.publish(in, c.String("format"), c.String("output"))
}

// readShares reads what shares have left. All must be of one plan, and that of the launch.
func readShares(l *launch, folders []string) (*mergedShares, error) {
	m := &mergedShares{}
	for _, folder := range folders {
		path := filepath.Join(folder, planFile)
		if m.approved == nil {
			var err error
			if m.approved, err = readDetached(l, path); err != nil {
				return nil, err
			}
			if m.all, err = m.approved.plan.Shares(); err != nil {
				return nil, usageError("%w", err)
			}
		}
		plan, err := os.ReadFile(path)
		if err != nil {
			return nil, withHint(usageError("share: %w", err), "prime --share leaves the folder, and prints its path")
		}
		if !bytes.Equal(plan, m.approved.planFile) {
			return nil, withHint(usageError("%s is a share of another plan than %s", folder, folders[0]), "merge the shares of one plan")
		}
		f, err := readShare(folder, m.all)
		if err != nil {
			return nil, err
		}
		m.folders = append(m.folders, f)
	}
	slices.SortStableFunc(m.folders, func(a, b shareFolder) int { return a.share.Number - b.share.Number })
	return m, nil
}

// readShare reads how a share went.
func readShare(folder string, all []regions.Share) (shareFolder, error) {
	f := shareFolder{path: folder}
	path := filepath.Join(folder, shareFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return f, withHint(usageError("share: %w", err), "a share leaves it when it ends: edgeprime prime --share K/N %s", filepath.Join(folder, planFile))
	}
	if err := json.Unmarshal(data, &f.result); err != nil {
		return f, usageError("%s: %w", path, err)
	}
	if f.result.Share < 1 || f.result.Share > len(all) {
		return f, usageError("%s: there is no share %d of %d", path, f.result.Share, len(all))
	}
	f.share = all[f.result.Share-1]
	return f, nil
}

// observations streams what discovery and the shares have seen: of each task the first.
func (m *mergedShares) observations() iter.Seq2[edge.Observation, error] {
	files := []iter.Seq2[edge.Observation, error]{observationsOf(m.approved.plan.Detached.Run, observationsBeside(m.approved.path))}
	for _, f := range m.folders {
		files = append(files, m.of(f))
	}
	return func(yield func(edge.Observation, error) bool) {
		seen := map[string]struct{}{}
		for o, err := range inOrder(files...) {
			if _, again := seen[o.Task]; again && err == nil {
				continue
			}
			seen[o.Task] = struct{}{}
			if !yield(o, err) {
				return
			}
		}
	}
}

// of streams what one share has seen. A file that is cut short, and an observation that does not belong
// there, are errors.
func (m *mergedShares) of(f shareFolder) iter.Seq2[edge.Observation, error] {
	regionOf := map[string]string{}
	for _, v := range m.approved.plan.AllVantages() {
		regionOf[v.Name] = v.Region
	}
	return func(yield func(edge.Observation, error) bool) {
		n, path := 0, filepath.Join(f.path, observationsFile)
		for o, err := range observationsOf(m.approved.plan.Detached.Run, path) {
			if err == nil && regionOf[o.Vantage] != f.share.Region {
				err = usageError("%s is of region %s, and holds an observation of vantage %q", path, f.share.Region, o.Vantage)
			}
			if !yield(o, err) || err != nil {
				return
			}
			n++
		}
		if n != f.result.Observations {
			yield(edge.Observation{}, withHint(usageError("%s has %d of %d observations", path, n, f.result.Observations), "copy it again"))
		}
	}
}

// describe says how the run went, from what each share says of itself. A share that ended early, or is
// not here, ended the run early.
func (m *mergedShares) describe(in *report.Input) {
	var stopped []string
	run := &in.Run
	missing := func(s regions.Share, why string) {
		stopped = append(stopped, fmt.Sprintf("share %s (region %s) %s", s.Name(), s.Region, why))
		if len(stopped) == 1 {
			run.Again = shareCommand(s, m.approved.path)
		}
	}
	here := map[int]bool{}
	for _, f := range m.folders {
		r := f.result.Run
		here[f.share.Number] = true
		switch {
		case r.Interrupted:
			missing(f.share, "was interrupted")
		case r.StoppedBecause != "":
			missing(f.share, "stopped: "+r.StoppedBecause)
		}
		for _, why := range r.Pauses {
			run.Pauses = append(run.Pauses, "share "+f.share.Name()+": "+why)
		}
		for _, note := range r.Notes {
			run.Notes = append(run.Notes, "share "+f.share.Name()+": "+note)
		}
		if run.Started.IsZero() || r.Started.Before(run.Started) {
			run.Started = r.Started
		}
		in.Pace.Decreases += f.result.Pace.Decreases
		in.Pace.LowestRPS += f.result.Pace.LowestRPS
		in.Pace.LowestInFlight += f.result.Pace.LowestInFlight
		in.Pace.RPS += f.result.Pace.RPS
		in.Pace.InFlight += f.result.Pace.InFlight
	}
	for _, s := range m.all {
		if !here[s.Number] {
			missing(s, "is not here")
		}
	}
	run.StoppedBecause = strings.Join(stopped, "; ")
	run.Notes = append(run.Notes, fmt.Sprintf("merged from %d of %d shares: each kept its own part of the limit until %s; peaks over all of them rest on the clocks of their machines",
		len(here), len(m.all), m.approved.plan.Detached.Expires.UTC().Format(time.RFC3339)))
}
