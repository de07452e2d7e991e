package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report/check"
	"github.com/edgeprime/edgeprime/report/safe"
)

// Claims of a vantage: that it reaches the place it names.
const (
	claimProven    = "proven"    // the answer names the place
	claimRefuted   = "refuted"   // it names another
	claimUnproven  = "unproven"  // there is a claim, or none, and nothing in the answer to hold against it
	claimUnreached = "unreached" // there was no answer
	claimElsewhere = "elsewhere" // a worker asks there, not this machine
)

// mostShown bounds how much of what an edge says of itself stands in a table.
const mostShown = 64

// reach is what one vantage led to.
type reach struct {
	Region  string  `json:"region"`
	Vantage string  `json:"vantage"`
	Via     string  `json:"via"`
	Dialled string  `json:"dialled"`
	Remote  string  `json:"remote,omitempty"` // ip:port that answered, a proxy's when there is one
	Claimed string  `json:"claimed,omitempty"`
	PoP     string  `json:"pop,omitempty"` // that the answer names
	Node    string  `json:"node,omitempty"`
	RTT     float64 `json:"rtt_ms,omitempty"`
	Connect float64 `json:"connect_ms,omitempty"`
	TLS     string  `json:"tls,omitempty"`
	Proto   string  `json:"proto,omitempty"`
	Status  int     `json:"status,omitempty"`
	Claim   string  `json:"claim"`
	Why     string  `json:"why,omitempty"`
}

// reachedPlaces is what edgeprime regions prints as JSON.
type reachedPlaces struct {
	SchemaVersion string  `json:"schema_version"`
	Launch        string  `json:"launch"`
	URL           string  `json:"url"`
	Vantages      []reach `json:"vantages"`
}

func regionsCommand(e *env) *cli.Command {
	return &cli.Command{
		Name: "regions", ArgsUsage: "[FILE]",
		Usage: "list the ways to the regions' edges, and prove where they lead",
		Description: "Asks each vantage of the launch file once for the first launch page, within the origin's limit, and holds the\n" +
			"place that the answer names against the place that the vantage claims. A vantage that is answered from elsewhere,\n" +
			"or not at all, is not measured by a launch either: the exit code is 5.",
		Flags: append(launchFlags(),
			&cli.StringFlag{Name: "url", Usage: "ask for `URL` instead of the first launch page"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json"}),
		Action: func(c *cli.Context) error {
			l, err := launchOf(e, c)
			if err != nil {
				return err
			}
			if f := c.String("format"); f != "text" && f != "json" {
				return usageError("--format is %q; use text or json", f)
			}
			page := c.String("url")
			if page == "" {
				for _, p := range slices.Concat(l.File.Entries, l.File.Pages) {
					page = cmp.Or(page, p)
				}
			}
			if page == "" {
				return withHint(usageError("the launch file names no page to ask for"), "name one with --url")
			}
			targets, err := targetsOf([]string{page}, func(int) check.Place { return check.Place{} })
			if err != nil {
				return err
			}
			result := reachedPlaces{SchemaVersion: "1", Launch: l.File.Name, URL: targets[0].asset.URL}
			if err := l.asAdHoc(); err != nil {
				return err
			}
			err = e.inAdHocRun(c.Context, l, func(ctx context.Context, r *launchRun) error {
				r.mute = true
				result.Vantages, err = r.reach(ctx, targets[0].asset)
				return err
			})
			if err != nil {
				return err
			}
			if err := result.write(e.stdout, c.String("format")); err != nil {
				return err
			}
			return result.verdict()
		},
	}
}

// reach asks every vantage once, and returns where each led, in the launch file's order.
func (r *launchRun) reach(ctx context.Context, page crawl.Asset) ([]reach, error) {
	if err := r.locate(ctx); err != nil {
		return nil, err
	}
	var vantages []edge.Vantage
	for _, region := range r.Places.regions(r.launch.File.Regions) {
		for _, v := range region.Vantages {
			v.Region = region.Name
			vantages = append(vantages, v)
			r.tower.station(v) // stations are built by one goroutine
		}
	}
	found := make([]reach, len(vantages))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, v := range vantages {
		found[i] = reach{Region: v.Region, Vantage: v.Name, Via: string(v.Via), Dialled: v.Reached(), Claimed: v.PoP}
		if slices.Contains(r.launch.File.Workers.Regions, v.Region) {
			found[i].Claim, found[i].Why = claimElsewhere, "a worker asks there: a launch shows where it is answered from"
			continue
		}
		group.Go(func() error {
			o, _, err := r.tower.station(v).measure.Fetch(groupCtx, edge.Request{Asset: page, Variant: r.launch.File.Variants[0]})
			if err == nil {
				found[i].seen(v, &o)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	sameEdges(found, vantages)
	return found, nil
}

// seen notes what came back, and what it proves.
func (f *reach) seen(v edge.Vantage, o *edge.Observation) {
	f.Remote, f.PoP, f.Node, f.TLS, f.Proto, f.Status = o.Remote, o.Cache.PoP, o.Cache.Node, o.TLS, o.Proto, o.Status
	f.RTT, f.Connect = o.Timing.RTT, o.Timing.Connect
	switch {
	case o.Failure != "":
		f.Claim, f.Why = claimUnreached, string(o.Failure)+": "+o.Error
	case o.Cache.PoP == "":
		f.Claim, f.Why = claimUnproven, "the answer does not name its place"
	case v.PoP == "":
		f.Claim, f.Why = claimUnproven, "the vantage claims no place; write pop: "+o.Cache.PoP+" when it is the right one"
	case !edge.PoPMatches(v.PoP, o.Cache.PoP):
		f.Claim, f.Why = claimRefuted, fmt.Sprintf("answered from %s, not from %s", o.Cache.PoP, v.PoP)
	default:
		f.Claim = claimProven
	}
	if o.Challenge != "" {
		f.Why += "; bot protection answered: " + o.Challenge
	}
}

// sameEdges says where the DNS makes no difference between regions: then it is no way to them.
func sameEdges(found []reach, vantages []edge.Vantage) {
	first := map[string]int{}
	for i, v := range vantages {
		if v.Via != edge.ViaECS || len(v.Pins) == 0 {
			continue
		}
		j, again := first[v.Reached()]
		switch {
		case !again:
			first[v.Reached()] = i
		case vantages[j].Region != v.Region && found[i].Claim == claimUnproven:
			found[i].Why = "the DNS leads to the same edge as " + vantages[j].Name + ": reach the region by a worker or a proxy"
		}
	}
}

// write prints the result.
func (p *reachedPlaces) write(w io.Writer, format string) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(p)
	}
	fmt.Fprintf(w, "asked for %s\n\n", safe.URL(p.URL))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "region\tvantage\tvia\tdialled\tanswered\tplace\trtt\ttls\tclaim")
	for _, f := range p.Vantages {
		rtt := ""
		if f.RTT > 0 {
			rtt = fmt.Sprintf("%.1f ms", f.RTT)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Region, f.Vantage, f.Via, f.Dialled, cmp.Or(f.Remote, "-"),
			cmp.Or(safe.Text(f.PoP, mostShown), "-"), cmp.Or(rtt, "-"), cmp.Or(f.TLS, "-"), f.Claim)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, f := range p.Vantages {
		if f.Why == "" {
			continue
		}
		if i == slices.IndexFunc(p.Vantages, func(f reach) bool { return f.Why != "" }) {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s\n", f.Vantage, safe.Text(f.Why, 4*mostShown))
	}
	return nil
}

// verdict is an error when a launch could not measure every vantage.
func (p *reachedPlaces) verdict() error {
	lost := 0
	for _, f := range p.Vantages {
		if f.Claim == claimRefuted || f.Claim == claimUnreached {
			lost++
		}
	}
	if lost == 0 {
		return nil
	}
	return withHint(inconclusive("%d of %s cannot be measured", lost, plural(len(p.Vantages), "vantage")),
		"correct what the vantage dials or the pop it claims in the launch file")
}
