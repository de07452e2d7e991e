package regions

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
)

// SchemaVersion is the version of the plan file: a reader refuses another major.
const SchemaVersion = "1.0"

// ErrNothing means that a manifest holds nothing to prime.
var ErrNothing = errors.New("regions: nothing to prime")

// Role is a stage's place in the order.
type Role string

// The roles, in their order.
const (
	Shield Role = "shield" // shield or upper tier: fills once for all
	Canary Role = "canary" // one region, before the rest
	Rest   Role = "rest"
)

// ShieldRegion is the region of a vantage that is an upper tier only: visitors never reach it, so
// it is primed and not measured. No region of a launch may have this name.
const ShieldRegion = "shield"

// Stage is a set of vantages that are primed together.
type Stage struct {
	Name     string         `json:"name"`
	Role     Role           `json:"role"`
	Vantages []edge.Vantage `json:"vantages"`
	Cells    int            `json:"cells"`
	Gate     Gate           `json:"gate"` // stands behind the stage
}

// Estimate is what a plan will cost. Sums hold the known part; UnknownSizes counts what they
// leave out.
type Estimate struct {
	Requests       int           `json:"requests"`        // to edges: priming, measuring, and repeating critical cells
	OriginRequests int           `json:"origin_requests"` // when nothing is cached yet
	OriginBytes    int64         `json:"origin_bytes"`    // of the assets whose size is known
	UnknownSizes   int           `json:"unknown_sizes"`   // assets whose size is not known
	Duration       time.Duration `json:"duration_ns"`     // of priming under the limits, a lower bound
}

// Plan is what a run will do: stages in order, each a set of vantages, under limits, with an
// estimate. Its cells are every asset of the manifest that is not third-party, times every
// variant, times every vantage.
type Plan struct {
	SchemaVersion string         `json:"schema_version"`
	Launch        string         `json:"launch"`
	Manifest      string         `json:"manifest"` // digest of the manifest file, "sha-256:" and hex
	Assets        int            `json:"assets"`
	Critical      int            `json:"critical"`
	Variants      []edge.Variant `json:"variants"`
	Stages        []Stage        `json:"stages"`
	Limits        origin.Limits  `json:"limits"`
	Estimate      Estimate       `json:"estimate"`
	Cover         int            `json:"cover"`              // hits that stand for one cache node, see [Covered]
	Detached      *Detached      `json:"detached,omitempty"` // nil: one process carries it out
}

// Input is what a plan is made of.
type Input struct {
	Launch   string
	Manifest *crawl.Manifest
	Variants []edge.Variant // at least one
	Regions  []Region       // at least one, in the order of the launch file
	Stages   Stages
	Limits   origin.Limits
	Detached *Detached // nil: one process carries the plan out
}

// NewPlan plans a launch: the shield first, so that every object is filled once; one canary
// region; then the rest together. It is pure. The error is ErrNothing for a manifest without an
// asset in scope, else it names what is wrong in the input.
func NewPlan(in Input) (*Plan, error) {
	sum := sumOf(in.Manifest)
	if sum.assets == 0 {
		return nil, fmt.Errorf("%w: the manifest has no asset in scope", ErrNothing)
	}
	if len(in.Variants) == 0 || len(in.Regions) == 0 {
		return nil, errors.New("regions: plan: at least one variant and one region are needed")
	}
	if err := in.Stages.Validate(); err != nil {
		return nil, err
	}
	p := &Plan{
		SchemaVersion: SchemaVersion,
		Launch:        in.Launch,
		Manifest:      in.Manifest.Digest(),
		Assets:        sum.assets,
		Critical:      sum.critical,
		Variants:      in.Variants,
		Limits:        in.Limits.WithDefaults(),
		Cover:         cmp.Or(in.Stages.Cover, DefaultCover),
		Detached:      in.Detached,
	}
	var err error
	if p.Stages, err = stages(in, sum.assets*len(in.Variants)); err != nil {
		return nil, err
	}
	p.Estimate = p.estimate(sum)
	if p.Detached != nil {
		if _, err := p.Shares(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// primable yields the assets that are fetched at all.
func primable(m *crawl.Manifest) iter.Seq[crawl.Asset] {
	return func(yield func(crawl.Asset) bool) {
		for a := range m.All() {
			if !a.ThirdParty && !yield(a) {
				return
			}
		}
	}
}

// sum is what a plan needs to know of its manifest.
type sum struct {
	assets, critical, unsized int
	bytes                     int64
}

func sumOf(m *crawl.Manifest) sum {
	var s sum
	for a := range primable(m) {
		s.assets++
		s.bytes += a.Bytes
		if a.Priority == crawl.Critical {
			s.critical++
		}
		if a.Bytes == 0 {
			s.unsized++
		}
	}
	return s
}

// stages puts shield, canary and rest in order.
func stages(in Input, cellsPerVantage int) ([]Stage, error) {
	canary := in.Regions[0].Name
	if in.Stages.Canary != "" {
		canary = in.Stages.Canary
	}
	var out []Stage
	add := func(name string, role Role, vantages []edge.Vantage) {
		if len(vantages) == 0 {
			return
		}
		out = append(out, Stage{
			Name: name, Role: role, Vantages: vantages,
			Cells: cellsPerVantage * len(vantages), Gate: in.Stages.Gate.WithDefaults(),
		})
	}
	shield := shieldVantages(in.Stages.Shield)
	var first, rest []edge.Vantage
	found := false
	for _, r := range in.Regions {
		// A vantage that serves visitors and is the upper tier as well is primed as the latter.
		own := slices.DeleteFunc(r.vantages(), func(v edge.Vantage) bool { return slices.ContainsFunc(shield, v.Equal) })
		if r.Name == canary {
			first, found = append(first, own...), true
		} else {
			rest = append(rest, own...)
		}
	}
	if !found {
		return nil, fmt.Errorf("regions: stages.canary is %q, which is no region of the launch", canary)
	}
	add("shield", Shield, shield)
	add("canary-"+canary, Canary, first)
	add("rest", Rest, rest)
	return out, uniqueVantages(out)
}

func uniqueVantages(stages []Stage) error {
	seen := map[string]bool{}
	for _, s := range stages {
		for _, v := range s.Vantages {
			if seen[v.Name] {
				return fmt.Errorf("regions: two vantages are named %q; give each a name of its own", v.Name)
			}
			seen[v.Name] = true
		}
	}
	return nil
}

func shieldVantages(vantages []edge.Vantage) []edge.Vantage {
	out := slices.Clone(vantages)
	for i := range out {
		out[i].Region = cmp.Or(out[i].Region, ShieldRegion)
		out[i].Name = cmp.Or(out[i].Name, fmt.Sprintf("shield-%d", i+1))
		out[i] = out[i].WithDefaults()
	}
	return out
}

// vantages returns the region's vantages with region, names and ways filled in.
func (r Region) vantages() []edge.Vantage {
	if len(r.Vantages) == 0 {
		return []edge.Vantage{{Name: r.Name, Region: r.Name, Via: edge.Direct}}
	}
	out := slices.Clone(r.Vantages)
	for i := range out {
		out[i].Region = r.Name
		if out[i].Name == "" {
			out[i].Name = r.Name
			if len(out) > 1 {
				out[i].Name = fmt.Sprintf("%s-%d", r.Name, i+1)
			}
		}
		out[i] = out[i].WithDefaults()
	}
	return out
}

// estimate says what the plan will cost: each object is filled once per variant behind a shield,
// and once per vantage too without one.
func (p *Plan) estimate(of sum) Estimate {
	var e Estimate
	cells := 0
	for s, v := range p.Vantages() {
		cells += s.Cells / len(s.Vantages)
		if v.Region != ShieldRegion {
			e.Requests += s.Cells/len(s.Vantages) + p.repeats() // measured once, and repeated where few cells are critical
		}
	}
	e.Requests += cells
	fills := cells
	if p.Stages[0].Role == Shield {
		fills = p.Stages[0].Cells
	}
	e.OriginRequests = fills
	e.OriginBytes, e.UnknownSizes = of.bytes*int64(fills/of.assets), of.unsized
	e.Duration = time.Duration(fills) * time.Second / time.Duration(p.Limits.MaxRPS)
	return e
}

// repeats is how many requests a vantage is repeated by whose cache nodes agree.
func (p *Plan) repeats() int {
	critical := p.Critical * len(p.Variants)
	if critical == 0 {
		return 0
	}
	return ((p.Cover+critical-1)/critical - 1) * critical
}

// Vantages iterates over the plan's vantages in stage order.
func (p *Plan) Vantages() iter.Seq2[Stage, edge.Vantage] {
	return func(yield func(Stage, edge.Vantage) bool) {
		for _, s := range p.Stages {
			for _, v := range s.Vantages {
				if !yield(s, v) {
					return
				}
			}
		}
	}
}

// AllVantages returns the plan's vantages in stage order.
func (p *Plan) AllVantages() []edge.Vantage {
	var all []edge.Vantage
	for _, v := range p.Vantages() {
		all = append(all, v)
	}
	return all
}

// Cells iterates over the cells of one vantage in the order in which they are asked: critical
// assets first, and large ones early within a priority, so that the tail of a stage is short.
func (p *Plan) Cells(m *crawl.Manifest, v edge.Vantage) iter.Seq[Cell] {
	return p.cells(p.order(m), v)
}

func (p *Plan) order(m *crawl.Manifest) []crawl.Asset {
	assets := slices.Collect(primable(m))
	rank := map[crawl.Priority]int{crawl.Critical: 0, crawl.High: 1, crawl.Low: 2}
	slices.SortFunc(assets, func(a, b crawl.Asset) int {
		return cmp.Or(cmp.Compare(rank[a.Priority], rank[b.Priority]), cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.URL, b.URL))
	})
	return assets
}

func (p *Plan) cells(assets []crawl.Asset, v edge.Vantage) iter.Seq[Cell] {
	return func(yield func(Cell) bool) {
		for _, a := range assets {
			for _, variant := range p.Variants {
				if !yield(Cell{Asset: a, Variant: variant, Vantage: v}) {
					return
				}
			}
		}
	}
}
