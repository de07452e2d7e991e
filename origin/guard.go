package origin

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A start lies between the grant and the grant plus startWithin, and reaches the origin after a
// path whose length varies by at most pathJitter. So R+1 starts in one second at the origin would
// need R+1 grants within one second plus both, which is the window that the guard keeps.
const (
	startWithin = 100 * time.Millisecond
	pathJitter  = 150 * time.Millisecond
)

// Guard grants permits under Limits: at most MaxRPS in any window, at most MaxInFlight out at
// once, first come first served, no region holding more than two thirds while others are at work.
// It pauses for everyone when the origin asks for it or looks unwell, and aborts when the origin
// fails. Create one with NewGuard and share it between all regions; it is safe for concurrent use.
type Guard struct {
	// Notify is told why the guard pauses or aborts, in words; nil for nobody. It must not call the
	// guard. Set it before the first Acquire.
	Notify func(why string)

	limits Limits
	rate   int           // permits per window
	window time.Duration // see startWithin
	slots  int           // permits out at once

	mu      sync.Mutex
	nextID  uint64
	log     []grant            // of the last window, oldest first
	open    map[uint64]*Permit // written or not yet released
	held    map[uint64]time.Time
	active  map[string]int // workers at work per region
	waiters []*waiter
	timer   *time.Timer
	health  health

	draining bool
}

type grant struct {
	id uint64
	at time.Time
}

type waiter struct {
	region string
	ready  chan *Permit // receives at most once
}

// NewGuard returns a guard for the limits, whose zero fields mean their defaults.
func NewGuard(limits Limits) (*Guard, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	limits = limits.WithDefaults()
	return &Guard{
		limits: limits,
		rate:   limits.rate(),
		window: time.Second + startWithin + pathJitter,
		slots:  limits.inFlight(),
		open:   map[uint64]*Permit{},
		held:   map[uint64]time.Time{},
		active: map[string]int{},
	}, nil
}

// Enter announces a worker of a region and returns the function that takes it back. While more
// than one region is at work, none holds more than two thirds of the permits.
func (g *Guard) Enter(region string) (leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active[region]++
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.active[region]--; g.active[region] == 0 {
			delete(g.active, region)
		}
		g.pump()
	})
}

// Quiet grants nothing until then: another guard of the same origin may have left requests behind.
func (g *Guard) Quiet(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.health.pauseTo(until)
}

// Legacy is how long the next guard of the same origin must stay quiet when this one ends now:
// until its last grant has left the window, its last permit is no longer held and its pause is over.
func (g *Guard) Legacy() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.expire(now)
	legacy := max(0, g.health.pausedUntil.Sub(now))
	if n := len(g.log); n > 0 {
		legacy = max(legacy, g.log[n-1].at.Add(g.window).Sub(now))
	}
	for id, p := range g.open {
		until, held := g.held[id]
		if !held {
			until = p.granted.Add(g.hold())
		}
		legacy = max(legacy, until.Sub(now))
	}
	return legacy
}

// LongestLegacy is Legacy when nothing is known of how a guard ended.
func (g *Guard) LongestLegacy() time.Duration { return max(g.window, g.hold()) }

// hold is how long a permit counts whose request did not end.
func (g *Guard) hold() time.Duration { return g.limits.Timeout + g.limits.HoldTail }

// Slots is how many requests one region can have open at once at best.
func (g *Guard) Slots() int { return g.slots }

// Acquire implements Permits.
func (g *Guard) Acquire(ctx context.Context, region string) (*Permit, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	w := &waiter{region: region, ready: make(chan *Permit, 1)}
	g.mu.Lock()
	g.waiters = append(g.waiters, w)
	g.pump()
	g.mu.Unlock()
	select {
	case p := <-w.ready:
		return g.granted(p)
	case <-ctx.Done():
	}
	g.mu.Lock()
	g.waiters = slices.DeleteFunc(g.waiters, func(other *waiter) bool { return other == w })
	g.mu.Unlock()
	select {
	case p := <-w.ready: // granted while giving up
		if p != nil {
			p.Release(Outcome{})
		}
	default:
	}
	return nil, context.Cause(ctx)
}

// granted turns what a waiter received into Acquire's results: nil stands for a guard that grants no more.
func (g *Guard) granted(p *Permit) (*Permit, error) {
	if p != nil {
		return p, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return nil, g.closed()
}

// closed returns why no permit is granted any more, or nil. The caller holds g.mu.
func (g *Guard) closed() error {
	switch {
	case g.health.aborted != "":
		return fmt.Errorf("%w: %s", ErrAborted, g.health.aborted)
	case g.draining:
		return ErrDraining
	default:
		return nil
	}
}

// Drain ends every wait for a permit, now and later, with ErrDraining. Permits that are out stay
// valid.
func (g *Guard) Drain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.draining = true
	g.pump()
}

// pump grants what may be granted now and sets the timer for what may be granted later.
// The caller holds g.mu.
func (g *Guard) pump() {
	now := time.Now()
	g.expire(now)
	if g.closed() != nil {
		for _, w := range g.waiters {
			w.ready <- nil
		}
		g.waiters = nil
		return
	}
	for {
		i := g.nextWaiter()
		if i < 0 {
			break
		}
		wait := g.untilGrant(now)
		if wait > 0 {
			g.wakeIn(wait)
			return
		}
		w := g.waiters[i]
		g.waiters = slices.Delete(g.waiters, i, i+1)
		w.ready <- g.grant(w.region, now)
	}
	if len(g.waiters) > 0 && len(g.held) > 0 {
		g.wakeIn(g.untilExpiry(now))
	}
}

// nextWaiter returns the index of the first waiter whose region may have another permit, or -1.
func (g *Guard) nextWaiter() int {
	if len(g.open) >= g.slots {
		return -1
	}
	out := map[string]int{}
	for _, p := range g.open {
		out[p.region]++
	}
	return slices.IndexFunc(g.waiters, func(w *waiter) bool { return out[w.region] < g.regionCap() })
}

func (g *Guard) regionCap() int {
	if len(g.active) < 2 {
		return g.slots
	}
	return max(1, g.slots*2/3)
}

// untilGrant returns how long the rate and a pause forbid the next grant.
func (g *Guard) untilGrant(now time.Time) time.Duration {
	wait := g.health.pausedUntil.Sub(now)
	if n := len(g.log); n > 0 {
		wait = max(wait, g.log[n-1].at.Add(g.window/time.Duration(2*g.rate)).Sub(now))
		if n >= g.rate {
			wait = max(wait, g.log[n-g.rate].at.Add(g.window).Sub(now))
		}
	}
	return wait
}

// untilExpiry returns how long the first held permit stays held.
func (g *Guard) untilExpiry(now time.Time) time.Duration {
	var first time.Time
	for _, at := range g.held {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first.Sub(now)
}

func (g *Guard) wakeIn(d time.Duration) {
	if g.timer == nil {
		g.timer = time.AfterFunc(d, g.wake)
		return
	}
	g.timer.Reset(d)
}

func (g *Guard) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pump()
}

// expire drops grants that have left the window and held permits whose time is over.
func (g *Guard) expire(now time.Time) {
	keep := slices.IndexFunc(g.log, func(e grant) bool { return now.Sub(e.at) < g.window })
	if keep < 0 {
		keep = len(g.log)
	}
	g.log = slices.Delete(g.log, 0, keep)
	for id, until := range g.held {
		if !now.Before(until) {
			delete(g.held, id)
			delete(g.open, id)
		}
	}
}

func (g *Guard) grant(region string, now time.Time) *Permit {
	g.nextID++
	p := &Permit{id: g.nextID, region: region, granted: now, guard: g}
	g.open[p.id] = p
	g.log = append(g.log, grant{id: p.id, at: now})
	return p
}

func (g *Guard) release(p *Permit, o Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[p.id] == nil {
		return
	}
	if _, held := g.held[p.id]; held {
		return
	}
	if !o.Written || o.Spared && o.Complete {
		g.log = slices.DeleteFunc(g.log, func(e grant) bool { return e.id == p.id })
	}
	if o.Written && !o.Complete {
		g.held[p.id] = p.granted.Add(g.hold())
	} else {
		delete(g.open, p.id)
	}
	if o.Written {
		if why := g.health.record(o, time.Now()); why != "" && g.Notify != nil {
			g.Notify(why)
		}
	}
	g.pump()
}
