package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
)

// prime primes stage by stage.
func (r *launchRun) prime(ctx context.Context) error {
	return r.primeSteady(ctx)
}

// verify measures every visitors' cell, and asks some of what workers elsewhere have measured again.
func (r *launchRun) verify(ctx context.Context) error {
	if err := r.verifySteady(ctx); err != nil {
		return err
	}
	return r.recheck(ctx)
}

// drive runs one step of the dispatcher with the workers of this process. What they see comes back
// through the run's observations, as from workers elsewhere.
func (r *launchRun) drive(ctx context.Context, step func(context.Context, *regions.Dispatcher) error) error {
	defer context.AfterFunc(ctx, r.tower.permits.Drain)()
	r.tower.budget = origin.NewBudget(r.plan.Estimate.Requests)
	bars := r.e.rounds()
	defer bars.end()
	work, err := r.seen.Work(ctx, r.plan.AllVantages())
	if err != nil {
		return err
	}
	next, err := r.seen.Next(ctx)
	if err != nil {
		return err
	}
	d := r.dispatcher(work, bars.show)
	if err := d.Replay(r.observations(ctx)); err != nil {
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	following, enough := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error { return r.seen.Follow(following, next, d, r.desk.refuse) })
	crew := r.crew()
	group.Go(func() error { return r.desk.begin(following, d) })
	group.Go(func() error {
		return crew.work(groupCtx)
	})
	group.Go(func() error {
		defer enough()
		defer crew.stop()
		return step(groupCtx, d)
	})
	err = group.Wait()
	r.desk.noteRefused()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(context.Cause(r.state.engine.Lost()), crew.failure(), err)
}

func (r *launchRun) dispatcher(queue regions.Queue, progress regions.Progress) *regions.Dispatcher {
	return &regions.Dispatcher{
		Run: r.ID, Plan: r.plan, Manifest: r.manifest, Queue: queue, Recorder: r.seen,
		Progress: progress, Enter: r.tower.permits.Enter, MeasureOnly: !r.Primes,
		Learned: r.learned,
		Between: func(ctx context.Context, behind regions.Stage) error {
			return r.steady(ctx, "behind stage "+behind.Name)
		},
	}
}

// learned tells where a vantage fills from, and what follows.
func (r *launchRun) learned(l regions.Lesson) {
	lesson := fmt.Sprintf("%s fills from an upper tier that is warm already: it had %d of %d misses", l.Vantage.Name, l.Above, l.Above+l.Origin)
	if l.Alone {
		lesson = fmt.Sprintf("%s does not fill from a tier that is warm (%d of %d misses asked the origin): it is primed before others that may be behind the same",
			l.Vantage.Name, l.Origin, l.Above+l.Origin)
	}
	r.e.tell("%s", lesson)
	r.notes.add(lesson)
}

// crew is the workers of this process: one for each vantage, and a link for each region.
type crew struct {
	run   *launchRun
	links map[string]*natsq.Link // by region
}

func (r *launchRun) crew() *crew {
	c := &crew{run: r, links: map[string]*natsq.Link{}}
	for _, v := range r.plan.Vantages() {
		if c.links[v.Region] == nil && !r.desk.elsewhere(v.Region) {
			link := r.state.engine.Local(v.Region)
			context.AfterFunc(link.Failed(), r.tower.permits.Drain) // what cannot be kept must not be asked
			c.links[v.Region] = link
		}
	}
	return c
}

// work works until stop is called or the context ends, and then sends what was seen.
func (c *crew) work(ctx context.Context) error {
	group, groupCtx := errgroup.WithContext(ctx)
	for _, v := range c.run.plan.Vantages() {
		link := c.links[v.Region]
		if link == nil {
			continue // it is worked on elsewhere
		}
		w := &regions.Worker{
			Vantage: v.Name, Source: link, Sink: link, Asker: c.run.tower.asker(c.run.tower.station(v)),
			Slots: min(c.run.tower.permits.Slots()+1, mostSlots),
		}
		group.Go(func() error { return w.Run(groupCtx) })
	}
	err := group.Wait()
	for _, link := range c.links {
		err = errors.Join(err, link.Close(context.WithoutCancel(ctx)))
	}
	return err
}

func (c *crew) stop() {
	for _, link := range c.links {
		link.Stop()
	}
}

// failure is why observations could not be kept, if they could not: the cause, where a worker that
// was held back may have ended first.
func (c *crew) failure() error {
	for _, link := range c.links {
		if err := context.Cause(link.Failed()); err != nil {
			return err
		}
	}
	return nil
}
