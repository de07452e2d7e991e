package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
	"github.com/edgeprime/edgeprime/report/safe"
)

const (
	// mostPinned is how many launch pages are held against changes.
	mostPinned = 50
	// mostDeploys is how many changes of the launch a run follows.
	mostDeploys = 3
	// mostChanged is how many URLs of a change the report shows.
	mostChanged = 10
)

var (
	// errDeployed means that launch pages have changed: the run must be renewed.
	errDeployed = errors.New("the launch changed during the run")
	// errUnsteady means that the launch changes again and again.
	errUnsteady = fmt.Errorf("the launch keeps changing: it was discovered anew %d times", mostDeploys)
)

// pinned is what a run knows of its launch pages, over processes.
type pinned struct {
	Checks   int             `json:"checks,omitempty"`   // how often they were asked again
	Seen     int             `json:"seen,omitempty"`     // how many observations there were then
	Restless []string        `json:"restless,omitempty"` // pages that changed once more than is followed
	Deploys  []report.Deploy `json:"deploys,omitempty"`
}

// primeSteady primes; when the launch changes meanwhile, it goes on with what it is then.
func (r *launchRun) primeSteady(ctx context.Context) error {
	for {
		err := r.drive(ctx, func(ctx context.Context, d *regions.Dispatcher) error { return d.Prime(ctx) })
		if !errors.Is(err, errDeployed) {
			return err
		}
		if err := r.renew(ctx); err != nil {
			return err
		}
	}
}

// verifySteady measures; when the launch has changed at the end, it primes and measures what changed.
func (r *launchRun) verifySteady(ctx context.Context) error {
	for {
		err := r.drive(ctx, func(ctx context.Context, d *regions.Dispatcher) error { return d.Verify(ctx) })
		if err == nil {
			err = r.steady(ctx, "at the end")
		}
		if !errors.Is(err, errDeployed) {
			return err
		}
		if err := r.renew(ctx); err != nil {
			return err
		}
		if err := r.primeSteady(ctx); err != nil {
			return err
		}
	}
}

// steady asks the launch pages again, where discovery asks, unless nothing was asked since the last time.
// The error is errDeployed when one of them has changed. Shares leave it alone: none could renew the others.
func (r *launchRun) steady(ctx context.Context, where string) error {
	if !r.Primes || r.share != nil || r.Pinned.Restless != nil || r.seen.Len() == r.Pinned.Seen {
		return nil
	}
	if err := r.pin(ctx); err != nil {
		return err
	}
	r.Pinned.Checks++
	if err := r.state.keep(ctx, r.beginning); err != nil {
		return err
	}
	stage := r.plan.Stages[0]
	asker := r.tower.asker(r.tower.station(stage.Vantages[0]))
	var changed []string
	for _, page := range r.pages {
		page.Epoch = r.Pinned.Checks
		cell := regions.Cell{Asset: page, Variant: r.plan.Variants[0], Vantage: stage.Vantages[0]}
		o, err := asker.Ask(ctx, ctx, regions.NewTask(r.ID, cell, stage.Name, edge.Pin))
		if err == nil && o.Failure != edge.FailUnreachable {
			err = r.seen.Put(ctx, o)
		}
		if err != nil {
			return err
		}
		switch first := r.pins[page.URL]; {
		case o.Fingerprint == "" || content(&o) == "": // no usable answer is no change
		case first == "":
			r.pins[page.URL] = o.Fingerprint
		case first != o.Fingerprint:
			changed = append(changed, page.URL)
		}
	}
	if len(changed) > 0 {
		return r.deployed(ctx, where, changed)
	}
	r.Pinned.Seen = r.seen.Len()
	return r.state.keep(ctx, r.beginning)
}

// pin notes which pages are held against changes, and the fingerprint that each had first: the documents
// that the launch file declares, and where they redirect to.
func (r *launchRun) pin(ctx context.Context) error {
	if r.pins != nil {
		return nil
	}
	pages, pins := map[string]crawl.Asset{}, map[string]string{}
	for a := range r.manifest.All() {
		declared := a.Source == "entry" || a.Source == "page" || a.Source == "redirect"
		if declared && a.Kind == crawl.Document && !a.ThirdParty && len(pages) < mostPinned {
			pages[a.URL] = a
			r.pages = append(r.pages, a)
		}
	}
	err := r.asked(ctx, func(o *edge.Observation) {
		here := o.Pass == edge.Discover || o.Pass == edge.Pin || !r.desk.elsewhere(o.Region)
		page, ok := pages[o.URL]
		current := o.Epoch == page.Epoch
		if o.Pass == edge.Pin { // its epoch counts the checks
			current = page.Epoch == 0
		}
		if ok && here && current && pins[o.URL] == "" {
			pins[o.URL] = o.Fingerprint
		}
	})
	r.pins = pins
	return err
}

// deployed writes down that pages have changed, before anything is done about it. What differs from answer
// to answer, and never more than the pages themselves, is not followed for ever.
func (r *launchRun) deployed(ctx context.Context, where string, pages []string) error {
	if n := len(r.Pinned.Deploys); n > 0 && r.Pinned.Deploys[n-1].Assets == 0 {
		r.Pinned.Deploys = r.Pinned.Deploys[:n-1] // the run ended before it was renewed: this is the same deploy
	} else if n == mostDeploys {
		if last := r.Pinned.Deploys[n-1]; last.Assets > len(last.Pages) {
			return errUnsteady
		}
		r.Pinned.Restless = pages
		return r.state.keep(ctx, r.beginning)
	}
	r.Pinned.Deploys = append(r.Pinned.Deploys, report.Deploy{At: r.e.now().UTC(), Where: where, Pages: pages})
	r.e.tell("the launch changed during the run, found %s: %s; discovering anew", where, safe.URL(strings.Join(pages, ", ")))
	if err := r.state.keep(ctx, r.beginning); err != nil {
		return err
	}
	return errDeployed
}

// renew discovers the launch anew. What is new in it, or has another content than before, begins a new
// epoch: what was seen of it before is void. An approved plan gets no further asset.
func (r *launchRun) renew(ctx context.Context) error {
	epoch := len(r.Pinned.Deploys)
	deploy := &r.Pinned.Deploys[epoch-1]
	found, err := r.crawl(ctx, epoch)
	if err != nil {
		return err
	}
	differs, err := r.differing(ctx)
	if err != nil {
		return err
	}
	for _, page := range deploy.Pages {
		differs[page] = true // whatever discovery was answered: the check has seen another content
	}
	// A preview host tells what the launch is, not which public copies of it are old: none counts.
	unseen := len(r.launch.File.Scope.Preview) > 0
	problems, base := found.Problems, found
	if r.Approved {
		base = r.manifest
		for a := range found.All() {
			if _, known := r.manifest.Find(a.URL); !known && !a.ThirdParty {
				problems = append(problems, crawl.Problem{
					URL: a.URL, Problem: "not-approved", Detail: "the launch changed and needs it now; the approved plan lacks it", Incomplete: true,
				})
			}
		}
	}
	var assets []crawl.Asset
	for a := range base.All() {
		old, known := r.manifest.Find(a.URL)
		a.Epoch = old.Epoch
		if !a.ThirdParty && (!known || unseen || differs[a.URL]) {
			a.Epoch = epoch
			if deploy.Assets++; len(deploy.URLs) < mostChanged {
				deploy.URLs = append(deploy.URLs, a.URL)
			}
		}
		assets = append(assets, a)
	}
	r.e.tell("%s changed or new: primed and measured anew", plural(deploy.Assets, "asset"))
	if err := r.state.keep(ctx, r.beginning); err != nil {
		return err
	}
	return r.replace(crawl.NewManifest(assets, problems...))
}

// replace makes another manifest that of the run, and plans anew. A run that is killed in between goes on
// with the one or the other.
func (r *launchRun) replace(m *crawl.Manifest) error {
	if err := os.Remove(filepath.Join(r.dir, planFile)); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if err := r.e.writeTo(filepath.Join(r.dir, manifestFile), m.Write); err != nil {
		return err
	}
	r.manifest, r.pages, r.pins = m, nil, nil
	return r.makePlan()
}

// differing are the URLs of which more than one content was seen, where discovery asks, since they last
// changed: the evidence of them is mixed.
func (r *launchRun) differing(ctx context.Context) (map[string]bool, error) {
	first, differs := map[string]string{}, map[string]bool{}
	err := r.asked(ctx, func(o *edge.Observation) {
		a, _ := r.manifest.Find(o.URL)
		switch {
		case o.Pass == edge.Pin || o.Epoch < a.Epoch: // void already
		case first[o.URL] == "":
			first[o.URL] = content(o)
		case first[o.URL] != content(o):
			differs[o.URL] = true
		}
	})
	return differs, err
}

// asked visits the observations of where discovery asks that show a content.
func (r *launchRun) asked(ctx context.Context, visit func(*edge.Observation)) error {
	vantage, variant := r.plan.Stages[0].Vantages[0].Name, r.plan.Variants[0].Name
	for o, err := range r.observations(ctx) {
		if err != nil {
			return err
		}
		if o.Vantage == vantage && o.Variant == variant && content(&o) != "" {
			visit(&o)
		}
	}
	return nil
}

// content tells one body from another: of a document its fingerprint, of anything else its digest. It is
// empty when the answer is not what was asked for.
func content(o *edge.Observation) string {
	if o.Status != http.StatusOK || o.Challenge != "" || o.Failure != "" {
		return ""
	}
	return cmp.Or(o.Fingerprint, o.Digest)
}
