package report

import (
	"cmp"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

// Input is what a report is made of.
type Input struct {
	Launch   Launch
	Criteria Criteria
	Run      RunInfo
	Manifest *crawl.Manifest
	Plan     *regions.Plan
	Pace     origin.Pace // of the run's guard; the zero value says nothing
	Deploys  []Deploy    // changes of the launch pages that the run has met
	// Observations are streamed once, in the order in which they were recorded.
	Observations iter.Seq2[edge.Observation, error]
	Now          time.Time
	// Rules judge the answers; nil means those of lint.Default.
	Rules *lint.Linter
}

// Build judges a run. The error is that of the observations; whatever they say is a report.
func Build(in Input) (*Report, error) {
	in.Criteria = in.Criteria.WithDefaults()
	if in.Rules == nil {
		in.Rules = lint.Default()
	}
	in.Launch.WarmUntil = in.Launch.At.Add(in.Launch.WarmWindow)
	b := newBuilder(in)
	for o, err := range in.Observations {
		if err != nil {
			return nil, fmt.Errorf("report: build: %w", err)
		}
		b.add(&o)
	}
	return b.report(), nil
}

// builder holds one small cell for each asset, variant and vantage of the plan.
type builder struct {
	in       Input
	window   lint.Window
	assets   []crawl.Asset // in scope, sorted by URL
	byURL    map[string]int
	variants map[string]int
	vantages []*vantage
	byName   map[string]*vantage
	load     load
	actual   Actual
	bytes    map[crawl.Kind]int64
	sized    []bool // per asset: its bytes are counted
}

// vantage is one vantage's cells: asset by asset, and within an asset variant by variant.
type vantage struct {
	edge.Vantage

	role  regions.Role
	cells []cell
	pops  map[string]bool
	nodes map[string]bool

	before     Hit
	ttfbHit    []float64
	ttfbMiss   []float64
	challenge  int
	challenger string // who, of the first
	answered   int
	refused    int // no connection
	fills      int
	tierFills  int
	repeats    Hit // of critical cells, on fresh connections, of what had hit before
}

// tier reports whether visitors never reach the vantage.
func (v *vantage) tier() bool { return v.Region == regions.ShieldRegion }

// cell is what remains of a cell's observations.
type cell struct {
	lint.Cell

	primed   bool
	failed   bool      // while priming
	measured time.Time // the last measurement; zero without one
	fresh    bool      // its copy outlives the warm window
	empty    bool      // the last body had no byte
	streak   int       // hits on fresh connections since its last miss
	misses   int       // on fresh connections
	disputed string    // how an answer from elsewhere contradicts the last one
	findings []lint.Finding
}

func newBuilder(in Input) *builder {
	b := &builder{
		in: in, byURL: map[string]int{}, variants: map[string]int{}, byName: map[string]*vantage{}, bytes: map[crawl.Kind]int64{},
		window: lint.Window{PrimeAt: in.Launch.PrimeAt, LaunchAt: in.Launch.At, WarmUntil: in.Launch.WarmUntil},
	}
	for a := range in.Manifest.All() {
		if !a.ThirdParty {
			b.byURL[a.URL] = len(b.assets)
			b.assets = append(b.assets, a)
		}
	}
	b.sized = make([]bool, len(b.assets))
	for i, v := range in.Plan.Variants {
		b.variants[v.Name] = i
	}
	for s, v := range in.Plan.Vantages() {
		one := &vantage{Vantage: v, role: s.Role, pops: map[string]bool{}, nodes: map[string]bool{}, cells: make([]cell, len(b.assets)*len(in.Plan.Variants))}
		b.vantages = append(b.vantages, one)
		b.byName[v.Name] = one
	}
	return b
}

// add takes one observation into account.
func (b *builder) add(o *edge.Observation) {
	b.load.add(o)
	b.actual.Requests += len(o.Attempts)
	b.actual.Bytes += o.WireBytes
	v := b.byName[o.Vantage]
	asset, isAsset := b.byURL[o.URL]
	variant, isVariant := b.variants[o.Variant]
	if v == nil || !isAsset || !isVariant {
		return // what discovery fetched besides assets
	}
	if o.Pass == edge.Discover || o.Pass == edge.Pin {
		return // it was asked to learn of the launch, not of the edge
	}
	e := b.in.Rules.Evidence(o)
	if o.Pass != edge.Recheck {
		v.add(o, e)
	}
	if !b.sized[asset] && o.Bytes > 0 {
		b.sized[asset] = true
		b.bytes[b.assets[asset].Kind] += o.Bytes
	}
	c := &v.cells[asset*len(b.variants)+variant]
	switch {
	case o.Epoch != b.assets[asset].Epoch: // seen before the asset changed: void
	case o.Pass == edge.Cover && (o.Failure != "" || o.Challenge != ""): // what was seen before still holds
	case o.Pass == edge.Recheck:
		c.disputed = cmp.Or(c.disputed, disputes(&c.Last, o, e))
	default:
		if c.URL == "" {
			*c = cell{Cell: b.unasked(asset, o.Variant, v)}
		}
		b.judge(c, o, e)
		if c.Asset.Priority == crawl.Critical {
			v.repeated(c, o, e)
		}
	}
}

// mostNodes bounds how many cache nodes of a vantage are named.
const mostNodes = 64

// repeated counts what a critical cell shows of the cache nodes behind the vantage.
func (v *vantage) repeated(c *cell, o *edge.Observation, e lint.Evidence) {
	if o.Pass != edge.Verify && o.Pass != edge.Confirm && o.Pass != edge.Cover {
		return
	}
	if node := o.Cache.Node; node != "" && len(v.nodes) < mostNodes {
		v.nodes[node] = true
	}
	if !e.Known(v.PoP) {
		return
	}
	if o.Pass == edge.Cover {
		v.repeats.Known++
		v.repeats.Hits += one(e.Held(v.PoP))
	}
	if e.Held(v.PoP) {
		c.streak++
		return
	}
	c.streak = 0
	c.misses++
}

// add counts what a vantage's answers have in common.
func (v *vantage) add(o *edge.Observation, e lint.Evidence) {
	if o.Cache.PoP != "" {
		v.pops[o.Cache.PoP] = true
	}
	if o.Challenge != "" {
		v.challenge++
		v.challenger = cmp.Or(v.challenger, o.Challenge)
	}
	v.answered += one(o.Status != 0)
	v.refused += one(o.Failure == edge.FailConnect)
	for _, a := range o.Attempts {
		if !a.Spared {
			v.fills++
		}
	}
	if !e.Known(v.PoP) {
		return
	}
	if e.Held(v.PoP) {
		v.ttfbHit = append(v.ttfbHit, o.Timing.TTFB)
	} else {
		v.ttfbMiss = append(v.ttfbMiss, o.Timing.TTFB)
	}
	if o.Pass != edge.Prime {
		return
	}
	v.tierFills += one(o.Cache.FilledAbove())
	if o.Epoch == 0 { // later ones meet what the run itself has filled
		v.before.Known++
		v.before.Hits += one(e.Hit(v.PoP))
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// judge lets the latest answer of a cell speak for it: findings of an answer that was superseded
// do not haunt the report.
func (b *builder) judge(c *cell, o *edge.Observation, e lint.Evidence) {
	c.Add(e)
	if o.Pass == edge.Prime {
		c.primed = true
		c.failed = o.Failure != "" || o.Status >= http.StatusBadRequest || o.Challenge != ""
	}
	if e.Measures() {
		c.measured = o.At
		c.fresh = e.Hit(c.PoP) && !e.FreshUntil.Before(b.in.Launch.WarmUntil)
	}
	c.empty = o.Status == http.StatusOK && o.Bytes == 0
	if o.Status != 0 {
		c.findings = b.in.Rules.Response(lint.Response{Asset: c.Asset, Observation: o, Window: b.window, Side: lint.SideEdge})
	}
}
