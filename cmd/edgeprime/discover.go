package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v2"
)

func outputFlag(what string) *cli.StringFlag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the " + what + " to `FILE`"}
}

func discoverCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "discover", ArgsUsage: "[FILE]",
		Usage: "find what a first visitor's browser will request",
		Description: "Reads the launch file, as the other commands do. With --page or --sitemap and no launch file named,\n" +
			"it reads none, not even edgeprime.yaml in this folder: the scope is the hosts of these URLs, the limits are\n" +
			"the defaults, and nothing is left behind but the output (and, in the user's cache folder, until when the\n" +
			"origin is to be spared). With both, the URLs are added to the file's.\n\n" +
			"Text and CSV hide credentials in URLs; the other formats have every URL as it is requested.\n" +
			"Exit code 5 means that nothing was found, or that discovery has not met the URL of --explain.",
		Flags: runFlags(discoverFlags()...),
		Action: func(c *cli.Context) error {
			d, err := newDiscovery(e, c)
			if err != nil {
				return err
			}
			return d.run(c.Context, c.String("resume"))
		},
	}
}

func planCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "plan", ArgsUsage: "[FILE]",
		Usage: "discover, and say what priming would do and cost",
		Description: "With -o, writes the plan and its manifest for approval; prime --plan runs exactly that.\n" +
			"With --shares, the plan is for processes that cannot reach each other, such as the jobs of a CI matrix: each\n" +
			"carries out one share with prime --share, and report --from judges what they have seen.",
		Flags: runFlags(append(sharesFlags(), outputFlag("plan"))...),
		Action: func(c *cli.Context) error {
			path := c.String("output")
			if err := checkShares(c); err != nil {
				return err
			}
			return e.withRun(c, true, func(ctx context.Context, r *launchRun) error {
				if err := r.detach(c.Int("shares")); err != nil {
					return err
				}
				if err := r.steps(ctx, r.discover, r.expire(c.Duration("expires")), planStep(r)); err != nil {
					return err
				}
				r.printPlan(e.stdout)
				if path == "" {
					e.tell("go on with: %s", r.again("launch"))
					return nil
				}
				return r.handOut(ctx, path)
			})
		},
	}
}

// handOut writes the plan and what goes with it.
func (r *launchRun) handOut(ctx context.Context, path string) error {
	if r.plan.Detached != nil {
		select { // shares may begin at once, and know nothing of what discovery has asked
		case <-time.After(r.tower.permits.Legacy()):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := r.e.writeTo(manifestBeside(path), r.manifest.Write); err != nil {
		return err
	}
	if err := writeJSON(path, r.plan); err != nil {
		return err
	}
	if r.plan.Detached != nil {
		return r.handOutShares(ctx, path)
	}
	r.e.tell("wrote %s and %s; once approved: edgeprime prime --plan %s", path, manifestBeside(path), path)
	return nil
}

// manifestBeside names the manifest of a plan file.
func manifestBeside(plan string) string { return strings.TrimSuffix(plan, ".json") + ".manifest.jsonl" }

// writeTo writes a result to a file, whole or not at all, or to standard output.
func (e *env) writeTo(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(e.stdout)
	}
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o600))
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = file.Cleanup() }() // does nothing once the file has its name
	if err := write(file); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return file.CloseAtomicallyReplace()
}

// printPlan says what priming would do.
func (r *launchRun) printPlan(w io.Writer) {
	p := r.plan
	fmt.Fprintf(w, "%s: %d assets, %d critical, %d variants\n\n", p.Launch, p.Assets, p.Critical, len(p.Variants))
	for i, s := range p.Stages {
		fmt.Fprintf(w, "  %d. %-20s %6d cells", i+1, s.Name, s.Cells)
		for _, v := range s.Vantages {
			fmt.Fprintf(w, "  %s", v.Name)
			if v.Address != "" {
				fmt.Fprintf(w, " (%s)", v.Address)
			}
		}
		fmt.Fprintln(w)
	}
	est := p.Estimate
	fmt.Fprintf(w, "\n  edges   %d requests\n  origin  at most %d requests, %d bytes known (%d sizes unknown)\n",
		est.Requests, est.OriginRequests, est.OriginBytes, est.UnknownSizes)
	fmt.Fprintf(w, "  limit   %d a second, %d in flight: at least %s\n",
		p.Limits.MaxRPS, p.Limits.MaxInFlight, est.Duration.Round(time.Second))
}
