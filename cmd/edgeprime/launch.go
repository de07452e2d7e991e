package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/regions"
)

// runFlags are the flags of every command that works on a run.
func runFlags(more ...cli.Flag) []cli.Flag {
	return append(append(launchFlags(),
		&cli.StringFlag{Name: "resume", Usage: "go on with `RUN` where it stopped, instead of beginning a new one"},
	), more...)
}

func launchCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "launch", ArgsUsage: "[FILE]",
		Usage: "discover, plan, prime, verify and report a launch",
		Description: "Exit code 0 means READY, 3 NOT READY, 5 INCONCLUSIVE, 130 interrupted.\n" +
			"A run leaves its evidence in readiness/<launch>/<run id>/.",
		Flags: runFlags(formatFlag()),
		Action: func(c *cli.Context) error {
			if err := checkFormat(c.String("format")); err != nil {
				return err
			}
			return e.withRun(c, true, func(ctx context.Context, r *launchRun) error {
				return r.wholeWay(ctx, c.String("format"))
			})
		},
	}
}

func primeCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "prime", ArgsUsage: "[FILE]",
		Usage: "discover, plan and prime; measure later with verify --resume",
		Description: "With --plan, the set of cells and the limits are exactly those of an approved plan.\n" +
			"With --share, the argument is a plan that edgeprime plan --shares has made: that part of it is primed and\n" +
			"measured here, within its share of the origin's limit, and left for edgeprime report --from.",
		Flags: runFlags(planFlag(), shareFlag(), regionFlag()),
		Action: func(c *cli.Context) error {
			if c.IsSet("share") || c.IsSet("region") {
				return e.primeShare(c)
			}
			return e.withRun(c, true, func(ctx context.Context, r *launchRun) error {
				if err := r.steps(ctx, r.discover, planStep(r), r.prime); err != nil {
					return primeError(r, err)
				}
				e.tell("primed %d assets in %d stages; measure with: %s", r.plan.Assets, len(r.plan.Stages), r.again("verify"))
				fmt.Fprintln(e.stdout, r.ID)
				return nil
			})
		},
	}
}

// primeError gives what ended priming early its exit code and the next step.
func primeError(r *launchRun, err error) error {
	switch {
	case errors.Is(err, regions.ErrGate):
		return withHint(notReady("%w", err), "mend the cause, then begin anew; what was primed so far is measured by: %s", r.again("verify"))
	case errors.Is(err, errUnsteady):
		return withHint(inconclusive("%w", err), "prime when the deploy is done: edgeprime launch")
	case isAborted(err):
		return withHint(inconclusive("%w", err), "look after the origin, then: %s", r.again("prime"))
	case errors.Is(err, errInterrupted):
		return withHint(interrupted("%w", err), "%s", r.again("prime"))
	default:
		return err
	}
}

func verifyCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "verify", ArgsUsage: "[FILE]",
		Usage: "measure what the edges answer now, and report",
		Description: "With --resume, measures the run that prime began. Without, a new run only measures:\n" +
			"every cell is asked on a fresh connection and nothing is primed first.",
		Flags: runFlags(formatFlag(), planFlag()),
		Action: func(c *cli.Context) error {
			if err := checkFormat(c.String("format")); err != nil {
				return err
			}
			return e.withRun(c, c.String("resume") != "", func(ctx context.Context, r *launchRun) error {
				return r.judged(ctx, c.String("format"), r.steps(ctx, r.discover, planStep(r), r.verify))
			})
		},
	}
}

func planFlag() *cli.StringFlag {
	return &cli.StringFlag{Name: "plan", Usage: "use the approved plan in `FILE`, with its manifest beside it, instead of discovering anew"}
}

// withRun opens the run that a command line names, does the work and closes it.
func (e *env) withRun(c *cli.Context, primes bool, work func(context.Context, *launchRun) error) error {
	l, err := launchOf(e, c)
	if err != nil {
		return err
	}
	path := c.String("plan")
	if path == "" {
		return e.inRun(c.Context, l, c.String("resume"), primes, work)
	}
	approved, err := readApproved(l, path)
	if err != nil {
		return err
	}
	if approved.plan.Detached != nil {
		return withHint(usageError("%s is to be carried out in %d shares", path, approved.plan.Detached.Shares), "edgeprime prime --share 1/%d %s", approved.plan.Detached.Shares, path)
	}
	return e.inRun(c.Context, l, c.String("resume"), primes, func(ctx context.Context, r *launchRun) error {
		if err := r.adopt(ctx, approved); err != nil {
			return err
		}
		return work(ctx, r)
	})
}

func (e *env) inRun(ctx context.Context, l *launch, resume string, primes bool, work func(context.Context, *launchRun) error) error {
	r, err := openRun(ctx, e, l, resume, primes)
	if err != nil {
		return err
	}
	if !l.AdHoc {
		e.tell("run %s of launch %s", r.ID, l.File.Name)
	}
	err = work(ctx, r)
	return errors.Join(err, r.Close())
}

// wholeWay is what `launch` does. Whatever ends it early, what was seen is reported.
func (r *launchRun) wholeWay(ctx context.Context, format string) error {
	err := r.steps(ctx, r.discover, planStep(r), r.prime)
	if err == nil || r.endedEarly(ctx, err) && ctx.Err() == nil && r.plan != nil {
		if verifyErr := r.steps(ctx, r.verify); verifyErr != nil {
			err = verifyErr
		}
	}
	return r.judged(ctx, format, err)
}

// judged reports what the steps have seen, unless they failed in a way that is no evidence.
func (r *launchRun) judged(ctx context.Context, format string, err error) error {
	if err != nil && !r.endedEarly(ctx, err) {
		if _, coded := errors.AsType[*exitError](err); coded {
			return err
		}
		return withHint(err, "what was seen is kept; mend the cause, then go on with: %s", r.again("launch"))
	}
	if r.stopped == "" {
		if _, err := r.complete(ctx); err != nil {
			return err
		}
	}
	return r.report(ctx, format)
}

// steps does one step after the other.
func (r *launchRun) steps(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// planStep makes the plan and says what it will cost.
func planStep(r *launchRun) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := r.locate(ctx); err != nil {
			return err
		}
		if err := r.makePlan(); err != nil {
			return err
		}
		est := r.plan.Estimate
		r.e.tell("plan: %d assets (%d critical), %d requests to edges, about %d to the origin, at least %s",
			r.plan.Assets, r.plan.Critical, est.Requests, est.OriginRequests, est.Duration.Round(1e9))
		return nil
	}
}

// again is the command line that goes on with the run.
func (r *launchRun) again(command string) string {
	if r.share != nil {
		return shareCommand(r.share.Share, r.share.approved.path)
	}
	line := "edgeprime " + command + " --resume " + r.ID
	if !slices.Contains(launchNames(), r.launch.Path) {
		line += " " + r.launch.Path
	}
	return line
}
