package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

// shareFile, in the folder of a share, says how it went.
const shareFile = "share.json"

// share is one share of an approved plan, carried out in this process.
type share struct {
	regions.Share

	approved   *approved
	discovered iter.Seq2[edge.Observation, error] // what discovery has seen for all shares
}

// shareResult is how a share went; its observations lie beside it.
type shareResult struct {
	Share        int            `json:"share"` // number of it, from 1
	Run          report.RunInfo `json:"run"`
	Pace         origin.Pace    `json:"pace"`
	Observations int            `json:"observations"`
}

func shareFlag() *cli.StringFlag {
	return &cli.StringFlag{Name: "share", Usage: "prime and measure `K/N` of a plan made for N shares, and nothing else"}
}

func regionFlag() *cli.StringFlag {
	return &cli.StringFlag{Name: "region", Usage: "with --share: the `REGION` that this share must be of"}
}

// primeShare carries out one share of a plan. Asked again, it goes on where it stopped.
func (e *env) primeShare(c *cli.Context) error {
	path, err := e.oneArg(c)
	switch {
	case err != nil:
		return err
	case path == "" || !c.IsSet("share"):
		return withHint(usageError("a share needs the plan that it is of, and which it is"), "edgeprime prime --region REGION --share 1/5 plan.json")
	case c.IsSet("plan") || c.IsSet("resume"):
		return withHint(usageError("--share has its plan as the argument, and goes on by itself where it stopped"), "leave out --plan and --resume")
	}
	l, err := e.launchOfShares(c)
	if err != nil {
		return err
	}
	a, err := readDetached(l, path)
	if err != nil {
		return err
	}
	s, err := shareOf(a, c.String("share"), c.String("region"))
	if err != nil {
		return err
	}
	if !e.now().Before(a.plan.Detached.Expires) {
		return expired(s, "nothing was asked")
	}
	r, err := openShare(c.Context, e, l, s)
	if err != nil {
		return err
	}
	e.tell("share %s of run %s: region %s, %s, at most %d a second and %d in flight, until %s", s.Name(), r.ID, s.Region,
		plural(r.plan.Assets, "asset"), s.Limits.MaxRPS, s.Limits.MaxInFlight, a.plan.Detached.Expires.UTC().Format(time.RFC3339))
	return errors.Join(r.carryOut(c.Context), r.Close())
}

// launchOfShares loads the launch of a command whose arguments are no launch file.
func (e *env) launchOfShares(c *cli.Context) (*launch, error) {
	return loadLaunch(e, configPath(e, c), launchOverrides(e, c))
}

// readDetached reads a plan that was made for shares.
func readDetached(l *launch, path string) (*approved, error) {
	a, err := readApproved(l, path)
	if err != nil {
		return nil, err
	}
	if a.plan.Detached == nil || !runID.MatchString(a.plan.Detached.Run) {
		return nil, withHint(usageError("%s is not made for shares", path), "edgeprime plan --shares N -o %s", path)
	}
	return a, nil
}

// shareOf is the share of a plan that a command line names.
func shareOf(a *approved, name, region string) (*share, error) {
	all, err := a.plan.Shares()
	if err != nil {
		return nil, usageError("%w", err)
	}
	i := slices.IndexFunc(all, func(s regions.Share) bool { return s.Name() == name })
	s := &share{approved: a}
	var of []string
	for _, one := range all {
		if one.Region == region {
			of = append(of, one.Name())
		}
	}
	switch {
	case i < 0:
		return nil, withHint(usageError("%s has no share %s", a.path, name), "its shares are 1/%d to %d/%d", len(all), len(all), len(all))
	case region != "" && len(of) == 0:
		return nil, usageError("%s has no region %s", a.path, region)
	case region != "" && all[i].Region != region:
		return nil, withHint(usageError("share %s is of region %s", name, all[i].Region), "region %s has %s", region, strings.Join(of, ", "))
	}
	s.Share = all[i]
	return s, nil
}

// shareCommand is the command line that carries out a share.
func shareCommand(s regions.Share, plan string) string {
	return fmt.Sprintf("edgeprime prime --region %s --share %s %s", s.Region, s.Name(), plan)
}

// openShare opens the run in the share's own folder, below that of the run: shares know nothing of each
// other, wherever they are.
func openShare(ctx context.Context, e *env, l *launch, s *share) (*launchRun, error) {
	id := s.approved.plan.Detached.Run
	l.File.Origin.Limits, l.File.Workers = s.Limits, workersSection{}
	base := filepath.Join(l.folder(), id, fmt.Sprintf("share-%d-of-%d", s.Number, s.Of))
	r, err := open(ctx, e, l, base, func(r *launchRun) (dir string, err error) {
		switch _, begun, err := r.state.beginningOf(ctx, id); {
		case err != nil:
			return base, err
		case begun:
			return base, r.goOn(ctx, id)
		default:
			return base, r.begin(ctx, id, true)
		}
	})
	if err != nil {
		return nil, err
	}
	r.share = s
	r.tower.permits.Expire(s.approved.plan.Detached.Expires)
	r.plan, r.manifest = s.approved.plan.Take(s.Share, s.approved.manifest)
	if err := r.takeDiscovered(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// takeDiscovered copies the plan's files into the share's folder, and counts what discovery has seen as
// seen: it is not asked again.
func (r *launchRun) takeDiscovered() error {
	a := r.share.approved
	seen, err := os.ReadFile(observationsBeside(a.path))
	if err != nil {
		return withHint(usageError("approved plan: %w", err), "edgeprime plan --shares writes it beside the plan; the three files go together")
	}
	own := filepath.Join(r.dir, planFile)
	for name, data := range map[string][]byte{own: a.planFile, manifestBeside(own): a.manifestFile, observationsBeside(own): seen} {
		if err := writeOnce(name, data); err != nil {
			return err
		}
	}
	r.share.discovered = observationsOf(r.ID, observationsBeside(own))
	for o, err := range r.share.discovered {
		if err == nil {
			_, err = r.seen.Record(o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeOnce writes a file, unless it is there already; another content is an error.
func writeOnce(path string, data []byte) error {
	switch old, err := os.ReadFile(path); {
	case err == nil && bytes.Equal(old, data):
		return nil
	case err == nil:
		return withHint(usageError("%s is there already, and is another one", path), "remove the folder, or name another with --report-dir")
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := renameio.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// observationsBeside names what discovery has seen for a plan's shares.
func observationsBeside(plan string) string {
	return strings.TrimSuffix(plan, ".json") + ".observations.jsonl"
}

// observationsOf streams a file of observations, which must all be of one run.
func observationsOf(run, path string) iter.Seq2[edge.Observation, error] {
	return func(yield func(edge.Observation, error) bool) {
		for o, err := range regions.ReadObservations(path) {
			if err == nil && o.Task != regions.TaskID(run, &o) {
				err = usageError("%s holds an observation of %s that is not of run %s", path, o.URL, run)
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}

// inOrder is one sequence of observations behind the other.
func inOrder(all ...iter.Seq2[edge.Observation, error]) iter.Seq2[edge.Observation, error] {
	return func(yield func(edge.Observation, error) bool) {
		for _, one := range all {
			for o, err := range one {
				if !yield(o, err) {
					return
				}
			}
		}
	}
}

// carryOut primes and measures the share, and leaves what it saw whatever ended it.
func (r *launchRun) carryOut(ctx context.Context) error {
	err := r.steps(ctx, r.prime, r.verify)
	if err != nil && !r.endedEarly(ctx, err) {
		return withHint(err, "what was seen is kept; mend the cause, then go on with: %s", r.again("prime"))
	}
	n, keepErr := r.complete(context.WithoutCancel(ctx))
	if keepErr != nil {
		return keepErr
	}
	in := r.reportInput(ctx)
	result := shareResult{Share: r.share.Number, Run: in.Run, Pace: in.Pace, Observations: n}
	if err := writeJSON(filepath.Join(r.dir, shareFile), result); err != nil {
		return err
	}
	r.e.tell("share %s: %d observations; once all shares are here: edgeprime report --from FOLDER...", r.share.Name(), result.Observations)
	fmt.Fprintln(r.e.stdout, r.dir)
	return shareError(r, err)
}

// shareError gives what ended a share early its exit code and the next step.
func shareError(r *launchRun, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, regions.ErrGate):
		return withHint(notReady("%w", err), "mend the cause, then plan again; do not carry out the shares of later stages")
	case errors.Is(err, origin.ErrExpired):
		return expired(r.share, "what was seen is kept")
	case isAborted(err):
		return withHint(inconclusive("%w", err), "look after the origin, then: %s", r.again("prime"))
	default:
		return withHint(interrupted("%w", err), "%s", r.again("prime"))
	}
}

// expired says that a share's time is over.
func expired(s *share, what string) error {
	d := s.approved.plan.Detached
	return withHint(inconclusive("share %s expired at %s: %s", s.Name(), d.Expires.UTC().Format(time.RFC3339), what),
		"plan again: edgeprime plan --shares %d -o %s", d.Shares, s.approved.path)
}
