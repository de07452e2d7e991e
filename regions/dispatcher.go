package regions

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// How many tasks a batch holds. While priming, the origin's limit rules and a lost batch costs fills:
// so many as the limit lets through in a sixteenth of a second, which is less than the way to a worker
// takes. While measuring, speed rules.
const (
	primeShare     = 16
	mostPrimeBatch = 32
	measureBatch   = 64
)

// batchSize is how many tasks of a pass a batch holds.
func (d *Dispatcher) batchSize(pass edge.Pass) int {
	if pass != edge.Prime {
		return measureBatch
	}
	return max(1, min(mostPrimeBatch, d.Plan.Limits.MaxRPS/primeShare))
}

// errGone ends the pushing to a region that was given up.
var errGone = errors.New("regions: nobody works on the region")

// ErrGate means that a gate stayed closed: later stages were not primed.
var ErrGate = errors.New("regions: gate closed")

// Recorder keeps observations, one for each task.
type Recorder interface {
	// Record keeps an observation unless its task has one; fresh says which.
	Record(o edge.Observation) (fresh bool, err error)
	// Recorded reports whether a task has its observation.
	Recorded(task string) bool
}

// Progress is told of every task that got its observation.
type Progress func(stage string, pass edge.Pass, done, total int)

// Dispatcher walks a plan: it puts the tasks that have no observation yet on the queue, stage by
// stage, and lets a gate decide between stages. It is the Sink of the workers that answer. A
// dispatcher serves one run; Prime and Verify are called one after the other, Put from anywhere.
type Dispatcher struct {
	Run      string // run id
	Plan     *Plan
	Manifest *crawl.Manifest
	Queue    Queue
	Recorder Recorder
	Progress Progress // may be nil
	// Enter announces a region at work and returns how to take that back; may be nil.
	Enter func(region string) (leave func())
	// Learned hears where vantages fill from, when no shield is known and that decides the order in which
	// they are primed. May be nil.
	Learned func(Lesson)
	// Between is called when a gate has opened, before the next stage; an error ends Prime. May be nil.
	Between func(ctx context.Context, behind Stage) error
	// MeasureOnly makes Verify measure what this run did not prime.
	MeasureOnly bool

	mu      sync.Mutex
	current *round
	order   []crawl.Asset
	tally   tally
	gone    map[string]bool // regions that nobody works on any more
}

// round is one pass over a set of vantages: what is still unanswered.
type round struct {
	stage  string
	pass   edge.Pass
	number int                                  // of the repetition, from 1; 0 for a pass that has none
	before int                                  // tasks of earlier repetitions
	open   map[string]string                    // regions of the tasks on the queue or with a worker, by task id
	push   map[string][]context.CancelCauseFunc // ends the pushing, by region
	taught map[string]*Lesson                   // by vantage
	total  int
	pushed bool          // everything is in open or answered
	done   chan struct{} // closed then, when open is empty
}

// Replay takes the observations of an earlier part of the run into account. Call it before
// Prime or Verify.
func (d *Dispatcher) Replay(observations iter.Seq2[edge.Observation, error]) error {
	for o, err := range observations {
		if err != nil {
			return err
		}
		d.tally.add(d.Manifest, o)
	}
	return nil
}

// Prime primes every stage and asks a sample of each again for its gate. The error wraps ErrGate
// when a gate stayed closed.
func (d *Dispatcher) Prime(ctx context.Context) error {
	for i, stage := range d.Plan.Stages {
		if len(stage.Vantages) == 0 {
			continue // of a detached plan: others do it
		}
		if err := d.primeStage(ctx, stage); err != nil {
			return err
		}
		if i == len(d.Plan.Stages)-1 {
			break
		}
		step := max(1, stage.Cells/len(stage.Vantages)/stage.Gate.Sample)
		spread := func(i int, _ Cell) bool { return i%step == 0 }
		if err := d.round(ctx, stage.Name, edge.Sample, stage.Vantages, spread); err != nil {
			return err
		}
		if err := d.tally.gate(stage); err != nil {
			return err
		}
		if d.Between == nil {
			continue
		}
		if err := d.Between(ctx, stage); err != nil {
			return err
		}
	}
	return nil
}

// Verify asks every cell of the visitors' vantages again whose turn to be primed came, and once
// more where the answer was not a hit: the first one may have reached another cache node and filled
// it. A run that only measures asks once. Then critical cells are repeated until their hits stand for
// every cache node of a vantage, see [Covered].
func (d *Dispatcher) Verify(ctx context.Context) error {
	var vantages []edge.Vantage
	for _, v := range d.Plan.Vantages() {
		if v.Region != ShieldRegion && (d.MeasureOnly || d.tally.primed(v)) {
			vantages = append(vantages, v)
		}
	}
	turned := func(_ int, c Cell) bool { return d.MeasureOnly || d.tally.reached(c) }
	if err := d.round(ctx, "verify", edge.Verify, vantages, turned); err != nil {
		return err
	}
	if d.MeasureOnly {
		return d.cover(ctx, vantages) // the first answer decides: it may have filled what the second would find
	}
	unproven := func(_ int, c Cell) bool { return d.tally.unproven(c) }
	if err := d.round(ctx, "verify", edge.Confirm, vantages, unproven); err != nil {
		return err
	}
	return d.cover(ctx, vantages)
}

// every picks all cells.
func every(int, Cell) bool { return true }

// round pushes the picked cells that have no observation in this pass, and waits until each has
// one. Each vantage has a queue and a pusher of its own: one that nobody serves must not hold up
// the others. pick is given a cell's place in its vantage's order; it is called from one goroutine
// per vantage.
func (d *Dispatcher) round(
	ctx context.Context, stage string, pass edge.Pass, vantages []edge.Vantage, pick func(int, Cell) bool,
) error {
	return d.run(ctx, &round{stage: stage, pass: pass}, vantages, pick)
}

func (d *Dispatcher) run(ctx context.Context, r *round, vantages []edge.Vantage, pick func(int, Cell) bool) error {
	r.open, r.taught, r.push, r.done = map[string]string{}, map[string]*Lesson{}, map[string][]context.CancelCauseFunc{}, make(chan struct{})
	d.mu.Lock()
	if last := d.current; last != nil && r.number > 1 {
		r.before = last.before + last.total
	}
	d.current = r
	if d.order == nil {
		d.order = d.Plan.order(d.Manifest)
	}
	d.mu.Unlock()
	group, groupCtx := errgroup.WithContext(ctx)
	for _, v := range vantages {
		if d.Enter != nil {
			defer d.Enter(v.Region)()
		}
		pushCtx, cancel := context.WithCancelCause(groupCtx)
		defer cancel(nil)
		d.mu.Lock()
		r.push[v.Region] = append(r.push[v.Region], cancel)
		d.mu.Unlock()
		group.Go(func() error {
			if err := d.push(pushCtx, r, v, pick); !errors.Is(err, errGone) {
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("regions: stage %s, pass %s: %w", r.stage, r.pass, err)
	}
	d.mu.Lock()
	r.pushed = true
	r.finish()
	d.mu.Unlock()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("regions: stage %s, pass %s: %w", r.stage, r.pass, context.Cause(ctx))
	}
}

// push puts one vantage's share of a round on the queue.
func (d *Dispatcher) push(ctx context.Context, r *round, v edge.Vantage, pick func(int, Cell) bool) error {
	size := d.batchSize(r.pass)
	batch := Batch{Vantage: v.Name}
	i := 0
	for c := range d.Plan.cells(d.order, v) {
		if i++; !pick(i-1, c) {
			continue
		}
		t := NewTask(d.Run, c, r.stage, r.pass).Repeated(d.Run, r.number)
		if !d.expect(r, t) {
			continue
		}
		if batch.Tasks = append(batch.Tasks, t); len(batch.Tasks) == size {
			if err := d.Queue.Push(ctx, batch); err != nil {
				return err
			}
			batch.Tasks = nil
		}
	}
	if len(batch.Tasks) == 0 {
		return nil
	}
	return d.Queue.Push(ctx, batch)
}

// expect adds a task to the round and reports whether it must be pushed.
func (d *Dispatcher) expect(r *round, t Task) bool {
	recorded := d.Recorder.Recorded(t.ID)
	d.mu.Lock()
	defer d.mu.Unlock()
	r.total++
	if recorded || d.gone[t.Vantage.Region] {
		return false
	}
	r.open[t.ID] = t.Vantage.Region
	return true
}

// GiveUp says that nobody works on a region any more: its tasks are not waited for, now and later. What
// has no observation is not measured, and the verdict says so.
func (d *Dispatcher) GiveUp(region string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone == nil {
		d.gone = map[string]bool{}
	}
	d.gone[region] = true
	if d.current == nil {
		return
	}
	for _, cancel := range d.current.push[region] {
		cancel(errGone) // its queue may be full
	}
	maps.DeleteFunc(d.current.open, func(_, of string) bool { return of == region })
	d.current.finish()
}

// Waiting returns how many tasks of a region are on the queue or with a worker.
func (d *Dispatcher) Waiting(region string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	if d.current != nil {
		for _, of := range d.current.open {
			if of == region {
				n++
			}
		}
	}
	return n
}

// Put implements Sink.
func (d *Dispatcher) Put(_ context.Context, o edge.Observation) error {
	if o.Failure != edge.FailUnreachable { // nothing was tried: a resumed run asks again
		fresh, err := d.Recorder.Record(o)
		if err != nil {
			return err
		}
		if fresh {
			d.tally.add(d.Manifest, o)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.current
	if r == nil {
		return nil
	}
	if _, ok := r.open[o.Task]; !ok {
		return nil // a late answer to an earlier delivery
	}
	delete(r.open, o.Task)
	r.hear(&o)
	d.progress(r)
	r.finish()
	return nil
}

// progress tells how far a round is. A stage is primed in several, which are shown as one. The caller
// holds the dispatcher's lock.
func (d *Dispatcher) progress(r *round) {
	if d.Progress == nil {
		return
	}
	done, total := r.total-len(r.open), r.total
	if r.pass == edge.Cover {
		done, total = done+r.before, 0 // how many rounds there will be is not known
	}
	for _, s := range d.Plan.Stages {
		if r.pass == edge.Prime && s.Name == r.stage {
			done, total = d.tally.sum(s).primed, s.Cells
		}
	}
	d.Progress(r.stage, r.pass, done, total)
}

// hear keeps what an answer teaches. The caller holds the dispatcher's lock.
func (r *round) hear(o *edge.Observation) {
	l := r.taught[o.Vantage]
	if l == nil {
		l = &Lesson{}
		r.taught[o.Vantage] = l
	}
	l.hear(o)
}

// finish closes done when nothing is left to wait for. The caller holds the dispatcher's lock.
func (r *round) finish() {
	if r.pushed && len(r.open) == 0 {
		close(r.done)
		r.pushed = false
	}
}
