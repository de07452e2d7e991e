package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions/natsq"
	"github.com/edgeprime/edgeprime/report"
)

func runsCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "runs", ArgsUsage: "[FILE]",
		Usage:       "list a launch's runs: what they have seen, their size and verdict",
		Description: "A run goes on with: edgeprime launch --resume RUN",
		Flags:       launchFlags(),
		Action:      e.onState(e.listRuns),
		Subcommands: []*cli.Command{
			{
				Name: "prune", ArgsUsage: "[FILE]",
				Usage:       "forget the state of older runs; their folders and reports stay",
				Description: "A run whose state is gone cannot be resumed. With --folders its folder goes too.",
				Flags: append(launchFlags(),
					&cli.IntFlag{Name: "keep", Value: 5, Usage: "leave the newest `N` runs alone"},
					&cli.BoolFlag{Name: "folders", Usage: "remove the runs' folders with their reports as well"}),
				Action: e.onState(e.pruneRuns),
			},
			{
				Name: "observations", ArgsUsage: "[FILE]",
				Usage:  "print what a run has seen so far, as JSON Lines",
				Flags:  append(launchFlags(), &cli.StringFlag{Name: "run", Usage: "of `RUN` instead of the newest"}),
				Action: e.onState(e.printObservations),
			},
		},
	}
}

// onState does work on a launch's state.
func (e *env) onState(work func(*cli.Context, *launchState, []natsq.Info) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		l, err := launchOf(e, c)
		if err != nil {
			return err
		}
		base := l.folder()
		if _, err := os.Stat(filepath.Join(base, stateFolder)); errors.Is(err, fs.ErrNotExist) {
			return withHint(usageError("launch %s has no runs in %s", l.File.Name, base), "edgeprime launch begins one")
		}
		s, err := openState(c.Context, e, l, base)
		if err != nil {
			return err
		}
		runs, err := s.engine.Runs(c.Context)
		if err == nil {
			err = work(c, s, runs)
		}
		return errors.Join(err, s.Close())
	}
}

// listRuns prints a table of runs, oldest first.
func (e *env) listRuns(c *cli.Context, s *launchState, runs []natsq.Info) error {
	if len(runs) == 0 {
		e.tell("no runs in %s", s.base)
		return nil
	}
	t := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "run\tstarted\tdoes\tobservations\tsize\tverdict")
	for _, info := range runs {
		b, _, err := s.beginningOf(c.Context, info.ID)
		if err != nil {
			return err
		}
		run, err := s.engine.Run(c.Context, info.ID)
		if err != nil {
			return err
		}
		does := "measures"
		if b.Primes {
			does = "primes"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", info.ID, b.Started.Format("2006-01-02 15:04 MST"), does, run.Len(),
			sizeOf(info.Bytes), verdictIn(filepath.Join(s.base, info.ID)))
	}
	return t.Flush()
}

// sizeOf is a number of bytes in words.
func sizeOf(bytes uint64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

// verdictIn is the verdict of a run's folder.
func verdictIn(folder string) string {
	file, err := os.Open(filepath.Join(folder, reportFile))
	if err != nil {
		return "none yet"
	}
	defer file.Close()
	r, err := report.Read(file)
	if err != nil {
		return "report unreadable"
	}
	if r.Run.Interrupted {
		return string(r.Verdict) + ", interrupted"
	}
	return string(r.Verdict)
}

// pruneRuns forgets all runs but the newest.
func (e *env) pruneRuns(c *cli.Context, s *launchState, runs []natsq.Info) error {
	keep := c.Int("keep")
	if keep < 0 {
		return usageError("--keep is %d; say how many runs stay, at least 0", keep)
	}
	old := runs[:max(0, len(runs)-keep)]
	var freed uint64
	for _, info := range old {
		if err := s.engine.DeleteRun(c.Context, info.ID); err != nil {
			return err
		}
		if c.Bool("folders") {
			if err := os.RemoveAll(filepath.Join(s.base, info.ID)); err != nil {
				return fmt.Errorf("prune: %w", err)
			}
		}
		freed += info.Bytes
	}
	e.tell("forgot %s, %s; %d left", plural(len(old), "run"), sizeOf(freed), len(runs)-len(old))
	return nil
}

// printObservations replays a run.
func (e *env) printObservations(c *cli.Context, s *launchState, runs []natsq.Info) error {
	id := c.String("run")
	if id == "" && len(runs) > 0 {
		id = runs[len(runs)-1].ID
	}
	if _, ok, err := s.beginningOf(c.Context, id); err != nil || !ok {
		return errors.Join(err, withHint(usageError("there is no run %q", id), "edgeprime runs lists them"))
	}
	run, err := s.engine.Run(c.Context, id)
	if err != nil {
		return err
	}
	_, err = writeObservations(e.stdout, run.Observations(c.Context))
	return err
}

// writeObservations writes observations as JSON Lines, and returns how many.
func writeObservations(w io.Writer, all iter.Seq2[edge.Observation, error]) (n int, err error) {
	out := json.NewEncoder(w)
	for o, err := range all {
		if err == nil {
			err = out.Encode(o) //nolint:gosec // a pass is a phase of the run here
		}
		if err != nil {
			return n, fmt.Errorf("observations: %w", err)
		}
		n++
	}
	return n, nil
}
