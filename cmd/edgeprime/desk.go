package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report/safe"
)

const (
	// helloEvery is how often a worker elsewhere says hello.
	helloEvery = 2 * time.Second
	// mostKnown is how many workers of a region are told of by name: what they say is not to be trusted.
	mostKnown = 100
	// longestName is how much of a name that a worker sent is shown.
	longestName = 100
)

// desk answers the workers of a run that are elsewhere. Its zero value has none.
type desk struct {
	run   *launchRun
	names []string // of the regions
	stops []func()

	mu      sync.Mutex
	work    bool                       // whether there is any now
	heard   map[string]time.Time       // the last hello, by region
	known   map[string]map[string]bool // what was told of workers, by region
	refused map[string]int             // observations that do not count, by where from and why
}

// openDesk begins to answer, when the launch has regions that are worked on elsewhere.
func (r *launchRun) openDesk() (*desk, error) {
	d := &desk{run: r, names: r.launch.File.Workers.Regions, heard: map[string]time.Time{}, known: map[string]map[string]bool{}, refused: map[string]int{}}
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
		r.e.tell("workers of %s connect to port %d", strings.Join(d.names, ", "), port)
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
	d.mu.Lock()
	defer d.mu.Unlock()
	name, tool := safe.Text(h.Worker, longestName), safe.Text(h.Tool, longestName)
	if h.Protocol != regions.Protocol {
		d.meet(region, fmt.Sprintf("worker %s speaks protocol %d (edgeprime %s), this is %d (edgeprime %s): it gets no work",
			name, h.Protocol, tool, regions.Protocol, toolVersion()))
		return s
	}
	d.heard[region] = time.Now()
	d.meet(region, fmt.Sprintf("worker %s is here (edgeprime %s)", name, tool))
	if !d.work || d.run.tower.permits.Closed() != nil {
		return s // who came now would take work, get no permit and give it back, again and again
	}
	s.Run, s.Scope, s.Timeout = d.run.ID, d.run.tower.scope, d.run.tower.caps.Total
	s.Slots = min(d.run.tower.permits.Slots()+1, mostSlots)
	all := d.run.plan.AllVantages()
	s.Requests = d.run.plan.Estimate.Requests / len(all)
	s.Vantages = slices.DeleteFunc(all, func(v edge.Vantage) bool { return v.Region != region })
	return s
}

// meet tells of a worker, once. The caller holds the desk's lock.
func (d *desk) meet(region, news string) {
	if d.known[region] == nil {
		d.known[region] = map[string]bool{}
	}
	if !d.known[region][news] && len(d.known[region]) < mostKnown {
		d.known[region][news] = true
		d.run.e.tell("region %s: %s", region, news)
	}
}

// refuse hears of an observation that does not count, and tells of the first of its kind.
func (d *desk) refuse(region, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := "region " + region + " sent " + why
	if d.refused[key]++; d.refused[key] == 1 {
		d.run.e.tell("%s: refused", key)
	}
}

// noteRefused writes what was refused into the report.
func (d *desk) noteRefused() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(d.refused)) {
		d.run.notes.add(fmt.Sprintf("%s: refused %d times", key, d.refused[key]))
	}
	clear(d.refused)
}

// begin says that there is work, and gives regions up that nobody works on, until the context ends. When
// no permit is granted any more it says why: workers elsewhere only go away then.
func (d *desk) begin(ctx context.Context, dispatcher *regions.Dispatcher) error {
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
			return nil
		case <-ticker.C:
		}
		if err := d.run.tower.permits.Closed(); err != nil {
			return err
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
