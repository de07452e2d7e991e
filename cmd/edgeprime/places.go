package main

import (
	"context"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

// places are the edges that the declared vantages of a launch lead to, by the vantage's name: what the
// DNS says is asked once, so that a whole run means the same edges. A vantage that names its own address
// has no entry.
type places map[string][]edge.Vantage

// of returns the edges of a declared vantage.
func (p places) of(v edge.Vantage) []edge.Vantage {
	if edges, ok := p[v.Name]; ok {
		return edges
	}
	return []edge.Vantage{v}
}

// all replaces every declared vantage by its edges.
func (p places) all(declared []edge.Vantage) []edge.Vantage {
	var edges []edge.Vantage
	for _, v := range declared {
		edges = append(edges, p.of(v)...)
	}
	return edges
}

// regions replaces the declared vantages of regions.
func (p places) regions(declared []regions.Region) []regions.Region {
	out := slices.Clone(declared)
	for i := range out {
		out[i].Vantages = p.all(out[i].Vantages)
	}
	return out
}

// stages replaces the declared vantages of the shield.
func (p places) stages(declared regions.Stages) regions.Stages {
	declared.Shield = p.all(declared.Shield)
	return declared
}

// declared returns every vantage of the launch, those of the shield too.
func (l *launch) declared() []edge.Vantage {
	var all []edge.Vantage
	for _, r := range l.File.Regions {
		all = append(all, r.Vantages...)
	}
	return append(all, l.stages.Shield...)
}

// placesIn reads from a plan where the launch's vantages lead.
func (l *launch) placesIn(plan *regions.Plan) places {
	found := places{}
	planned := plan.AllVantages()
	for _, v := range l.declared() {
		if !v.Resolves() {
			continue
		}
		for _, place := range v.Places() {
			for _, p := range planned {
				if p.Region = place.Region; p.FoundFor(place) {
					found[v.Name] = append(found[v.Name], p)
				}
			}
		}
	}
	return found
}

// hosts are the names that the launch's requests go to, as far as the launch file says them.
func (l *launch) hosts() []string {
	names := map[string]bool{}
	for _, h := range l.CrawlConfig().EffectiveScope().Hosts {
		u := url.URL{Host: h}
		if name := u.Hostname(); name != "" && !strings.HasPrefix(name, "*") && net.ParseIP(name) == nil {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// mostLookups is how many vantages are looked up at the same time.
const mostLookups = 8

// findPlaces asks the DNS where the launch's vantages lead. What it does not tell is told to the user,
// and stays in as what cannot be measured.
func (l *launch) findPlaces(ctx context.Context, resolver *edge.Resolver, tell func(why string)) (places, error) {
	var asked []edge.Vantage
	var names []string
	for _, v := range l.declared() {
		if v.Resolves() {
			for _, place := range v.Places() {
				asked, names = append(asked, place), append(names, v.Name)
			}
		}
	}
	edges, whys := make([][]edge.Vantage, len(asked)), make([]error, len(asked))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(mostLookups)
	hosts := l.hosts()
	for i, v := range asked {
		group.Go(func() error {
			edges[i], whys[i] = resolver.Edges(groupCtx, v, hosts)
			return nil
		})
	}
	_ = group.Wait() // reasons are data
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	found := places{}
	for i, name := range names {
		found[name] = append(found[name], edges[i]...)
		if whys[i] != nil {
			tell("vantage " + asked[i].Name + " is not measured: " + whys[i].Error())
		}
	}
	return found, nil
}

// locate finds where the run's vantages lead, once a run: a resumed one means the same edges.
func (r *launchRun) locate(ctx context.Context) error {
	if r.Places != nil {
		return nil
	}
	var err error
	r.Places, err = r.launch.findPlaces(ctx, r.tower.resolver, func(why string) {
		if !r.mute {
			r.e.tell("%s", why)
		}
		r.notes.add(why)
	})
	if err != nil {
		return err
	}
	return r.state.keep(ctx, r.beginning)
}
