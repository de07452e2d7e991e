package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

// helloEvery is how often a worker elsewhere says hello.
const helloEvery = 2 * time.Second

// desk answers the workers of a run that are elsewhere. Its zero value has none.
type desk struct {
	run   *launchRun
	names []string // of the regions
	stops []func()

	mu    sync.Mutex
	work  bool                            // whether there is any now
	heard map[string]time.Time            // the last hello, by region
	known map[string]map[string]time.Time // the last hello of each worker, by region
}

// openDesk begins to answer, when the launch has regions that are worked on elsewhere.
func (r *launchRun) openDesk() (*desk, error) {
	d := &desk{run: r, names: r.launch.File.Workers.Regions, heard: map[string]time.Time{}, known: map[string]map[string]time.Time{}}
	if len(d.names) == 0 {
		return d, nil
	}
	broker := origin.NewBroker(r.tower.permits)
	for _, region := range d.names {
		stop, err := r.state.engine.Serve(region, func(h regions.Hello) regions.Session { return d.hello(region, h) }, broker)
		if err != nil {
			d.close()
			return nil, err
		}
		d.stops = append(d.stops, stop)
	}
	if port := r.state.engine.Port(); port != 0 {
		r.e.tell("workers of %s connect to port %d", join(d.names), port)
	}
	return d, nil
}

func (d *desk) close() {
	for _, stop := range d.stops {
		stop()
	}
}

// elsewhere reports whether a region is worked on elsewhere.
func (d *desk) elsewhere(region string) bool { return slices.Contains(d.names, region) }

// hello answers a worker.
func (d *desk) hello(region string, h regions.Hello) regions.Session {
	s := regions.Session{Protocol: regions.Protocol, Tool: toolVersion()}
	if h.Protocol != regions.Protocol {
		d.run.e.tell("region %s: worker %s speaks protocol %d (edgeprime %s), this is %d (edgeprime %s): it gets no work",
			region, h.Worker, h.Protocol, h.Tool, regions.Protocol, toolVersion())
		return s
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if d.known[region] == nil {
		d.known[region] = map[string]time.Time{}
	}
	if _, before := d.known[region][h.Worker]; !before {
		d.run.e.tell("region %s: worker %s is here (edgeprime %s)", region, h.Worker, h.Tool)
	}
	d.known[region][h.Worker], d.heard[region] = now, now
	if !d.work {
		return s
	}
	s.Run, s.Scope, s.Timeout = d.run.ID, d.run.tower.scope, d.run.tower.caps.Total
	s.Slots = min(d.run.tower.permits.Slots()+1, mostSlots)
	s.Requests = d.run.plan.Estimate.Requests / max(1, len(d.run.plan.AllVantages()))
	s.Vantages = slices.DeleteFunc(d.run.plan.AllVantages(), func(v edge.Vantage) bool { return v.Region != region })
	return s
}

// begin says that there is work, and gives regions up that nobody works on, until the context ends.
func (d *desk) begin(ctx context.Context, dispatcher *regions.Dispatcher) {
	d.mu.Lock()
	d.work = true
	for _, region := range d.names {
		d.heard[region] = time.Now()
	}
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.work = false
	}()
	gone := map[string]bool{}
	ticker := time.NewTicker(helloEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, region := range d.names {
			if dispatcher.Waiting(region) > 0 && !gone[region] && d.missing(region) {
				gone[region] = true
				d.giveUp(region, dispatcher)
			}
		}
	}
}

// missing reports whether no worker of a region has said hello for too long.
func (d *desk) missing(region string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Since(d.heard[region]) > d.run.launch.File.Workers.Patience
}

func (d *desk) giveUp(region string, dispatcher *regions.Dispatcher) {
	why := fmt.Sprintf("no worker of region %s has said hello for %s: the region is not measured", region, d.run.launch.File.Workers.Patience)
	d.run.e.tell("%s", why)
	d.run.notes.add(why)
	dispatcher.GiveUp(region)
}
