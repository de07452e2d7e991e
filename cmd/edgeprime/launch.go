package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
			return e.withRun(c, true, func(ctx context.Context, r *launchRun) error {
				return r.wholeWay(ctx, c.String("format"))
			})
		},
	}
}

func primeCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "prime", ArgsUsage: "[FILE]",
		Usage:       "discover, plan and prime; measure later with verify --resume",
		Description: "With --plan, the set of cells and the limits are exactly those of an approved plan.",
		Flags:       runFlags(planFlag()),
		Action: func(c *cli.Context) error {
			return e.withRun(c, true, func(ctx context.Context, r *launchRun) error {
				if err := r.adopt(c.String("plan")); err != nil {
					return err
				}
				if err := r.steps(ctx, r.discover, planStep(r), r.prime); err != nil {
					return primeError(r, err)
				}
				e.tell("primed %d assets in %d stages", r.plan.Assets, len(r.plan.Stages))
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
		return withHint(notReady("%w", err), "see what was measured: edgeprime verify --resume %s", r.ID)
	case isAborted(err):
		return withHint(inconclusive("%w", err), "look after the origin, then: edgeprime prime --resume %s", r.ID)
	case errors.Is(err, errInterrupted):
		return withHint(interrupted("%w", err), "edgeprime prime --resume %s", r.ID)
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
			return e.withRun(c, c.String("resume") != "", func(ctx context.Context, r *launchRun) error {
				if err := r.adopt(c.String("plan")); err != nil {
					return err
				}
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
	return e.inRun(c.Context, l, c.String("resume"), primes, work)
}

func (e *env) inRun(ctx context.Context, l *launch, resume string, primes bool, work func(context.Context, *launchRun) error) error {
	r, err := openRun(e, l, resume, primes)
	if err != nil {
		return err
	}
	e.tell("run %s of launch %s", r.ID, l.File.Name)
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
		return err
	}
	if r.stopped == "" {
		if err := r.complete(); err != nil {
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
	return func(context.Context) error {
		if err := r.makePlan(); err != nil {
			return err
		}
		est := r.plan.Estimate
		r.e.tell("plan: %d assets (%d critical), %d requests to edges, about %d to the origin, at least %s",
			r.plan.Assets, r.plan.Critical, est.Requests, est.OriginRequests, est.Duration.Round(1e9))
		return nil
	}
}

// adopt copies an approved plan and its manifest into the run, so that nothing is discovered anew.
func (r *launchRun) adopt(plan string) error {
	if plan == "" {
		return nil
	}
	for from, to := range map[string]string{manifestBeside(plan): manifestFile, plan: planFile} {
		data, err := os.ReadFile(from)
		if err != nil {
			return withHint(usageError("approved plan: %w", err), "edgeprime plan -o %s writes the plan and its manifest", plan)
		}
		target := filepath.Join(r.dir, to)
		if _, err := os.Stat(target); err == nil {
			return usageError("run %s has a %s already; --plan begins a new run", r.ID, to)
		}
		if err := os.WriteFile(target, data, 0o600); err != nil {
			return fmt.Errorf("approved plan: %w", err)
		}
	}
	return nil
}
