package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/check"
)

const (
	// atOnce is how many targets are asked at the same time; the origin's limits hold besides.
	atOnce = 8
	// mostHops is how many redirects are followed, as browsers would.
	mostHops = 5
	// originVantage names the origin itself where it is asked too.
	originVantage = "origin"
)

// asking asks for targets over a run's tower.
type asking struct {
	run      *launchRun
	judge    *headerJudge
	vantages []edge.Vantage // the first is asked for everything, the others are the region probe
	origin   *edge.Vantage  // nil unless the origin is asked too
	probes   int            // further requests for each answer
	sets     *[]check.Finding
}

// fetched asks for the targets, and yields what comes back in their order.
func (k *checking) fetched(ctx context.Context, l *launch, targets []target) recordings {
	return func(yield func(recording, error) bool) {
		stopped := errors.New("nobody wants more")
		err := k.e.inAdHocRun(ctx, l, func(ctx context.Context, r *launchRun) error {
			a := k.asking(r)
			for some := range slices.Chunk(targets, atOnce) {
				answers, err := a.ask(ctx, some)
				for _, r := range answers {
					if !yield(r, nil) {
						return stopped
					}
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, stopped) {
			yield(recording{}, err)
		}
	}
}

func (k *checking) asking(r *launchRun) *asking {
	a := &asking{run: r, judge: &k.judge, vantages: r.launch.vantages(), probes: k.probes, sets: &k.sets}
	if k.originAddress != "" {
		a.origin = &edge.Vantage{Name: originVantage, Via: edge.ConnectTo, Address: k.originAddress}
	}
	for _, v := range a.vantages { // stations are built by one goroutine
		r.tower.station(v)
	}
	if a.origin != nil {
		r.tower.station(*a.origin)
	}
	return a
}

// vantages are those of all regions, in the launch file's order.
func (l *launch) vantages() []edge.Vantage {
	var all []edge.Vantage
	for _, region := range l.File.Regions {
		for _, v := range region.Vantages {
			for _, place := range v.Places() {
				place.Region = region.Name
				all = append(all, place)
			}
		}
	}
	return all
}

// ask asks for some targets at the same time, and returns the answers in the targets' order.
func (a *asking) ask(ctx context.Context, targets []target) ([]recording, error) {
	answers := make([][]recording, len(targets))
	var group errgroup.Group
	for i, t := range targets {
		group.Go(func() (err error) {
			answers[i], err = a.target(ctx, t)
			return err
		})
	}
	err := group.Wait()
	for _, one := range answers {
		a.compare(one)
	}
	return slices.Concat(answers...), err
}

// target asks for one target and what it redirects to, in every variant.
func (a *asking) target(ctx context.Context, t target) ([]recording, error) {
	var all []recording
	for _, v := range a.run.launch.File.Variants {
		hop := t
		for n := 0; ; n++ {
			list, err := a.everywhere(ctx, hop, v)
			all = append(all, list...)
			if err != nil {
				return all, err
			}
			next := a.next(list[0])
			if next == "" || t.known {
				break
			}
			if n == mostHops {
				all[len(all)-1].failure = fmt.Sprintf("it redirects more than %d times", mostHops)
				break
			}
			hop = target{id: fmt.Sprintf("%s.%d", t.id, n+1), asset: guessedAsset(next), place: t.place}
		}
	}
	return all, nil
}

// next is where an answer redirects to, when that is in scope; "" when it ends here.
func (a *asking) next(r recording) string {
	o := r.answer.Observation
	location := o.Get("Location")
	if o.Status < 300 || o.Status > 399 || location == "" {
		return ""
	}
	base, err := url.Parse(o.URL)
	if err != nil {
		return ""
	}
	target, err := base.Parse(location)
	if err != nil || a.run.tower.scope.Allows(target.String()) != nil {
		return ""
	}
	target.Fragment = ""
	return target.String()
}

// everywhere asks for one URL in one variant: at the first vantage with its probes, at the origin, and
// at the other vantages while probes are left.
func (a *asking) everywhere(ctx context.Context, t target, v edge.Variant) ([]recording, error) {
	first, err := a.once(ctx, t, v, a.vantages[0])
	list := []recording{first}
	if err != nil {
		return list, err
	}
	if a.origin != nil {
		o, err := a.once(ctx, t, v, *a.origin)
		if err != nil {
			return list, err
		}
		o.answer.Side = lint.SideOrigin
		list = append(list, o)
		if o.failure == "" {
			list[0].origin = &o.answer
		}
	}
	left, err := a.probe(ctx, &list[0], v)
	if err != nil || left <= 0 {
		return list, err
	}
	for _, vantage := range a.vantages[1:min(len(a.vantages), 1+left)] {
		r, err := a.once(ctx, t, v, vantage)
		if err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

// once asks for a URL at a vantage.
func (a *asking) once(ctx context.Context, t target, v edge.Variant, vantage edge.Vantage) (recording, error) {
	keep := a.judge.rules.WantsBody()
	o, body, err := a.fetch(ctx, vantage, edge.Request{Asset: t.asset, Variant: v, Keep: keep})
	r := recording{id: t.id, place: t.place}
	r.answer = lint.Response{Asset: t.asset, Observation: o, Body: body, Now: a.run.e.now().UTC()}
	if !t.known {
		r.answer.Asset = knownAsset(t.asset.URL, o)
		if o.Status == 0 {
			r.answer.Asset.Kind = t.asset.Kind
		}
	}
	if o.Failure != "" {
		r.failure = fmt.Sprintf("%s: %s", o.Failure, o.Error)
	}
	return r, err
}

func (a *asking) fetch(ctx context.Context, vantage edge.Vantage, req edge.Request) (*edge.Observation, []byte, error) {
	o, body, err := a.run.tower.station(vantage).prime.Fetch(ctx, req)
	o.Vantage, o.Region, o.Pass = vantage.Name, vantage.Region, edge.Verify
	return &o, body, err
}

// compare applies the rules over one URL's answers at several vantages.
func (a *asking) compare(list []recording) {
	cells := map[string][]lint.Cell{}
	for i := range list {
		r := &list[i]
		o := r.answer.Observation
		if r.failure != "" || o.Vantage == originVantage {
			continue
		}
		c := lint.Cell{Asset: r.answer.Asset, URL: o.URL, Variant: o.Variant, Region: o.Region, Vantage: o.Vantage}
		c.Asset.Priority = crawl.Critical
		c.Add(lint.EvidenceOf(o))
		cells[o.URL] = append(cells[o.URL], c)
	}
	for _, same := range cells {
		if len(same) > 1 {
			*a.sets = append(*a.sets, check.Findings(a.judge.linter(list[0]).URL(same))...)
		}
	}
}

// probe sends the probes that the rules in force want, as many as are left, and returns how many
// then are.
func (a *asking) probe(ctx context.Context, r *recording, v edge.Variant) (left int, err error) {
	left = a.probes
	if r.failure != "" {
		return left, nil
	}
	vantage := a.vantages[0]
	for _, p := range a.judge.linter(*r).Wants() {
		spec, ok := lint.ProbeRequest(p, r.answer)
		if !ok || left <= 0 {
			continue
		}
		left--
		asset := r.answer.Asset
		asset.URL = spec.URL
		answer, _, err := a.fetch(ctx, vantage, edge.Request{Asset: asset, Variant: v, Method: spec.Method, Probe: spec.Header})
		if err != nil {
			return left, err
		}
		if r.probes == nil {
			r.probes = map[lint.Probe]*edge.Observation{}
		}
		r.probes[p] = answer
	}
	return left, nil
}
