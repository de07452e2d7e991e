package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report/safe"
)

// discover finds the launch's assets through the first vantage of the plan to come, so that what
// it fetches counts as primed there.
func (r *launchRun) discover(ctx context.Context) error {
	path := filepath.Join(r.dir, manifestFile)
	if file, err := os.Open(path); err == nil {
		defer file.Close()
		if r.manifest, err = crawl.ReadManifest(file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	var err error
	if r.manifest, err = r.crawl(ctx, 0); err != nil {
		return err
	}
	return r.e.writeTo(path, r.manifest.Write)
}

// crawl discovers the launch, and returns what it found when it fails, too. What it fetches in a later
// epoch tells of the launch, and is no evidence of an edge.
func (r *launchRun) crawl(ctx context.Context, epoch int) (*crawl.Manifest, error) {
	cfg := r.launch.CrawlConfig()
	cfg.Scope = r.tower.scope
	if !r.Primes {
		cfg.Ask = crawl.AskNeeded // what only measures fills no more than it must
	}
	browser, err := r.launch.browser()
	if err != nil {
		return nil, err
	}
	if browser != nil {
		cfg.Renderer = browser
		defer browser.Close()
	}
	first, err := r.firstStage(ctx)
	if err != nil {
		return nil, err
	}
	r.tower.budget = origin.NewBudget(0)
	scout := &scout{
		run: r, stage: first, station: r.tower.station(first.Vantages[0]), variant: r.launch.File.Variants[0], epoch: epoch,
		lists: r.tower.lists(r.tower.station(first.Vantages[0])), preview: r.tower.preview(r.launch), progress: r.e.progress("discover"),
	}
	crawler := crawl.New(cfg, scout.fetch, r.e.log)
	crawler.Trace = r.trace
	m, err := crawler.Crawl(ctx)
	scout.progress.end()
	if !r.mute {
		r.tellProblems(m)
	}
	r.tellRendered(m)
	switch {
	case errors.Is(err, crawl.ErrNothing):
		return m, nothingFound(m)
	case err != nil:
		return m, fmt.Errorf("discover: %w", err)
	}
	return m, nil
}

// mostProblems is how many problems of discovery are told on the way; the report holds all.
const mostProblems = 10

// tellProblems says what discovery met.
func (r *launchRun) tellProblems(m *crawl.Manifest) {
	if m == nil {
		return
	}
	for i, p := range m.Problems {
		if i == mostProblems {
			r.e.tell("problem: and %d more, see the report", len(m.Problems)-i)
			return
		}
		r.e.tell("problem: %s: %s: %s", safe.URL(p.URL), p.Problem, p.Detail)
	}
}

// firstStage returns the stage that every plan of this run begins with.
func (r *launchRun) firstStage(ctx context.Context) (regions.Stage, error) {
	if r.plan != nil {
		return r.plan.Stages[0], nil
	}
	if err := r.locate(ctx); err != nil {
		return regions.Stage{}, err
	}
	nothing := crawl.NewManifest([]crawl.Asset{{URL: "http://placeholder.invalid/"}})
	p, err := regions.NewPlan(planInput(r.launch, r.Places, nothing))
	if err != nil {
		return regions.Stage{}, usageError("%w", err)
	}
	return p.Stages[0], nil
}

func planInput(l *launch, p places, m *crawl.Manifest) regions.Input {
	return regions.Input{
		Launch: l.File.Name, Manifest: m, Variants: l.File.Variants, Regions: p.regions(l.File.Regions), Stages: p.stages(l.Stages()), Limits: l.Limits(),
	}
}

// nothingFound says why a launch has no asset, with the problems that discovery met.
func nothingFound(m *crawl.Manifest) error {
	var why strings.Builder
	for _, p := range m.Problems[:min(len(m.Problems), 5)] {
		fmt.Fprintf(&why, "\n  %s: %s", p.URL, p.Detail)
	}
	return withHint(inconclusive("%w%s", crawl.ErrNothing, why.String()),
		"check entries, pages, sitemaps and scope of the launch file")
}

// scout fetches for discovery and records what it sees.
type scout struct {
	run      *launchRun
	stage    regions.Stage
	station  *station
	lists    *edge.Fetcher // of sitemaps and robots.txt
	variant  edge.Variant
	epoch    int // 0 for what counts as primed
	preview  *previewStation
	progress *progress
}

// fetch implements crawl.Fetch. What is asked on a preview host, or is no asset (robots.txt, a
// sitemap), primes nothing.
func (s *scout) fetch(ctx context.Context, a crawl.Asset) (crawl.Response, error) {
	fetcher, vantage, pass := s.station.prime, s.station.vantage, edge.Prime
	if s.preview.serves(a.URL) {
		fetcher, vantage, pass = s.preview.ask(a.URL), s.preview.vantage, edge.Discover
	} else if isList(a) {
		fetcher = s.lists
	}
	if a.Epoch = s.epoch; s.epoch > 0 || s.run.desk.elsewhere(vantage.Region) {
		pass = edge.Discover // what is asked from here primes the edge of this place
	}
	if isList(a) {
		fetcher, pass = forSitemaps(fetcher), edge.Discover
	}
	var body []byte
	asker := &regions.Asker{
		Budget: s.run.tower.budget, Breakers: &s.station.breakers,
		Fetch: func(ctx context.Context, t regions.Task) (o edge.Observation, err error) {
			o, body, err = fetcher.Fetch(ctx, edge.Request{Asset: t.Asset, Variant: t.Variant, Keep: mayBeRead(a.Kind) || shownToBrowser(a)})
			return o, err
		},
	}
	cell := regions.Cell{Asset: a, Variant: s.variant, Vantage: vantage}
	o, err := asker.Ask(ctx, ctx, regions.NewTask(s.run.ID, cell, s.stage.Name, pass))
	if err != nil {
		return crawl.Response{}, err
	}
	if o.Failure != edge.FailUnreachable {
		if err := s.run.seen.Put(ctx, o); err != nil {
			return crawl.Response{}, err
		}
	}
	if err := s.preview.refusal(a.URL, o.Status); err != nil {
		return crawl.Response{}, err
	}
	s.progress.step(1)
	return crawl.Response{
		Status: o.Status, Header: headerOf(o.Header), EarlyHints: headerOf(o.Early),
		Body: body, WireBytes: o.WireBytes, Failure: whyUnusable(o),
	}, nil
}

// mayBeRead tells whether discovery reads bodies of a kind; of others it learns where they redirect to.
func mayBeRead(kind crawl.Kind) bool {
	switch kind {
	case crawl.Document, crawl.Stylesheet, crawl.Script, crawl.WebApp, crawl.Data:
		return true
	case crawl.Image, crawl.Font, crawl.Media, crawl.Social:
	}
	return false
}

func headerOf(pairs [][2]string) http.Header {
	h := http.Header{}
	for _, p := range pairs {
		h.Add(p[0], p[1])
	}
	return h
}

// forSitemaps is a fetcher that keeps as much as a sitemap may have.
func forSitemaps(f *edge.Fetcher) *edge.Fetcher {
	large := *f
	large.Caps.KeptWire, large.Caps.KeptDecoded = crawl.MaxSitemapBytes, crawl.MaxSitemapBytes
	return &large
}

// isList tells a sitemap or a robots.txt from an asset.
func isList(a crawl.Asset) bool {
	return a.Source == "robots" || a.Source == "sitemap" && a.Page == ""
}

// whyUnusable says why an answer must not be read for assets.
func whyUnusable(o edge.Observation) string {
	switch {
	case o.Failure != "":
		return string(o.Failure) + ": " + o.Error
	case o.Challenge != "":
		return "bot protection answered: " + o.Challenge
	default:
		return ""
	}
}

// makePlan plans the run, or reads the plan it already has.
func (r *launchRun) makePlan() error {
	path := filepath.Join(r.dir, planFile)
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err := json.Unmarshal(data, &r.plan); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if d := r.plan.Detached; d != nil {
			return withHint(usageError("run %s is carried out in shares", r.ID), "edgeprime prime --share 1/%d %s", d.Shares, path)
		}
		if r.plan.Manifest != r.manifest.Digest() {
			return withHint(usageError("%s was made for another manifest than the one beside it", path), "plan again: edgeprime plan -o FILE")
		}
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("plan: %w", err)
	}
	in := planInput(r.launch, r.Places, r.manifest)
	in.Detached = r.detached
	if r.plan, err = regions.NewPlan(in); err != nil {
		return usageError("%w", err)
	}
	return writeJSON(path, r.plan)
}

// mostSlots bounds the requests that one vantage has open, whatever the origin allows.
const mostSlots = 64
