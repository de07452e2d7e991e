package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/regions"
)

// sharesFlags are the flags of a plan for processes that cannot reach each other.
func sharesFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "shares", Usage: "make the plan for `N` processes that cannot reach each other; needs -o"},
		&cli.DurationFlag{Name: "expires", Value: 2 * time.Hour, Usage: "with --shares: they ask for nothing later than `TIME` from now, such as 90m"},
	}
}

// checkShares finds what is wrong with the flags of a plan for shares.
func checkShares(c *cli.Context) error {
	switch {
	case c.IsSet("expires") && !c.IsSet("shares"):
		return usageError("--expires is for shares: say --shares N too")
	case c.IsSet("shares") && c.String("output") == "":
		return withHint(usageError("a plan for shares must be carried to them"), "edgeprime plan --shares %d -o plan.json", c.Int("shares"))
	case c.IsSet("shares") && c.Int("shares") < 1:
		return usageError("--shares is %d; say how many processes carry out the plan, at least one for each region", c.Int("shares"))
	case c.Duration("expires") <= 0:
		return usageError("--expires is %s; say how long the shares may ask, such as 2h", c.Duration("expires"))
	}
	return nil
}

// detach makes the plan to come one for a number of shares; none means that this process carries it
// out. Limits or regions that cannot be shared so often are found before anything is asked.
func (r *launchRun) detach(shares int) error {
	if shares == 0 {
		return nil
	}
	r.detached = &regions.Detached{Run: r.ID, Shares: shares}
	if _, err := r.launch.Limits().Share(1, shares); err != nil {
		return usageError("%w", err)
	}
	placeholders := make([]crawl.Asset, shares) // so many that none is empty for lack of assets
	for i := range placeholders {
		placeholders[i].URL = fmt.Sprintf("http://placeholder.invalid/%d", i)
	}
	in := planInput(r.launch, r.Places, crawl.NewManifest(placeholders))
	in.Detached = r.detached
	if _, err := regions.NewPlan(in); err != nil {
		return usageError("%w", err)
	}
	return nil
}

// expire sets how long the shares may ask, from when the plan is made.
func (r *launchRun) expire(lasts time.Duration) func(context.Context) error {
	return func(context.Context) error {
		if r.detached != nil {
			r.detached.Expires = r.e.now().Add(lasts).UTC().Truncate(time.Second)
		}
		return nil
	}
}

// handOutShares writes what discovery has seen beside the plan: no share asks for it again, and the
// merged report counts it.
func (r *launchRun) handOutShares(ctx context.Context, path string) error {
	seen := observationsBeside(path)
	if err := r.e.writeTo(seen, func(w io.Writer) error {
		_, err := writeObservations(w, r.seen.Observations(ctx))
		return err
	}); err != nil {
		return err
	}
	all, err := r.plan.Shares()
	if err != nil {
		return err
	}
	fmt.Fprintf(r.e.stdout, "\n  shares, until %s\n", r.plan.Detached.Expires.Format(time.RFC3339))
	for _, s := range all {
		part, _ := r.plan.Take(s, r.manifest)
		fmt.Fprintf(r.e.stdout, "  %-6s %-20s %6d cells  %d a second, %d in flight  %s\n", s.Name(), strings.Join(stagesOf(part), ", "), cellCount(part),
			s.Limits.MaxRPS, s.Limits.MaxInFlight, shareCommand(s, path))
	}
	r.e.tell("wrote %s, %s and %s: they and the launch file go to each share", path, manifestBeside(path), seen)
	return nil
}

// stagesOf are the names of the stages that a share has a part in.
func stagesOf(p *regions.Plan) []string {
	var names []string
	for _, s := range p.Stages {
		if s.Cells > 0 {
			names = append(names, s.Name)
		}
	}
	return names
}

func cellCount(p *regions.Plan) (n int) {
	for _, s := range p.Stages {
		n += s.Cells
	}
	return n
}
