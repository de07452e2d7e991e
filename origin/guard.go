package origin

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

const (
	// startWithin is how long after its grant a request may be written.
	startWithin = 100 * time.Millisecond
	// behind is how long after an answer a request at the origin may begin that the answer does not
	// speak of, such as the refresh of a stale copy.
	behind = 150 * time.Millisecond
)

// Guard grants permits under Limits: at most MaxRPS starts in any second, at most MaxInFlight open
// at once, first come first served, no region holding more than two thirds while others are at work.
// It slows down when the origin does, pauses for everyone when the origin asks for it or looks unwell,
// and aborts when the origin fails. Create one with NewGuard and share it between all regions; it is
// safe for concurrent use.
type Guard struct {
	// Notify is told why the guard slows down, pauses or aborts, in words; nil for nobody. It must not
	// call the guard. Set it before the first Acquire.
	Notify func(why string)

	limits Limits

	mu      sync.Mutex
	nextID  uint64
	starts  *ledger
	latest  time.Time          // grant: when it was due, at most timerSlack before it
	open    map[uint64]*Permit // written or not yet released
	out     map[string]int     // how many of them, per region
	held    map[uint64]time.Time
	active  map[string]int // workers at work per region
	waiters []*waiter
	timer   *time.Timer
	health  health
	aimd    aimd

	draining bool
	expires  time.Time // zero: never
}

type waiter struct {
	region string
	within time.Duration // how late the request may start
	ready  chan *Permit  // receives at most once
}

// NewGuard returns a guard for the limits, whose zero fields mean their defaults.
func NewGuard(limits Limits) (*Guard, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	limits = limits.WithDefaults()
	return &Guard{
		limits: limits,
		aimd:   newAIMD(limits),
		starts: newLedger(),
		open:   map[uint64]*Permit{},
		out:    map[string]int{},
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
// until its last request is a second old, its last permit is no longer held and its pause is over.
func (g *Guard) Legacy() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.expire(now)
	legacy := max(0, g.health.pausedUntil.Sub(now))
	if last := g.starts.last(); !last.IsZero() {
		legacy = max(legacy, last.Add(apart).Sub(now))
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
func (g *Guard) LongestLegacy() time.Duration { return max(g.hold(), g.limits.Timeout+apart) }

// hold is how long a permit counts whose request did not end.
func (g *Guard) hold() time.Duration { return g.limits.Timeout + g.limits.HoldTail }

// Slots is how many requests one region can have open at once at best.
func (g *Guard) Slots() int { return g.limits.inFlight() }

// Acquire implements Permits.
func (g *Guard) Acquire(ctx context.Context, region string) (*Permit, error) {
	return g.acquire(ctx, region, startWithin)
}

// acquire waits for a permit whose request may start within a time after the grant.
func (g *Guard) acquire(ctx context.Context, region string, within time.Duration) (*Permit, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	w := &waiter{region: region, within: within, ready: make(chan *Permit, 1)}
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
	return nil, g.Closed()
}

// Closed returns why no permit is granted any more, or nil.
func (g *Guard) Closed() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed()
}

// closed is Closed. The caller holds g.mu.
func (g *Guard) closed() error {
	switch {
	case g.health.aborted != "":
		return fmt.Errorf("%w: %s", ErrAborted, g.health.aborted)
	case g.draining:
		return ErrDraining
	case g.left(time.Now()) <= 0:
		return ErrExpired
	default:
		return nil
	}
}

// Expire ends every wait for a permit at a time of the wall clock, and later, with ErrExpired. No
// request starts behind it. Call it before the first Acquire.
func (g *Guard) Expire(at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expires = at.Round(0)
	time.AfterFunc(g.left(time.Now()), g.wake)
}

// left is how long requests may still start: a clock that went on while the host slept counts.
func (g *Guard) left(now time.Time) time.Duration {
	if g.expires.IsZero() {
		return math.MaxInt64
	}
	return g.expires.Sub(now.Round(0))
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
		w.ready <- g.grant(w, now)
	}
	if len(g.waiters) > 0 && len(g.held) > 0 {
		g.wakeIn(g.untilExpiry(now))
	}
}

// nextWaiter returns the index of the first waiter whose region may have another permit, or -1.
func (g *Guard) nextWaiter() int {
	if len(g.open) >= g.aimd.slots.now {
		return -1
	}
	most := g.regionCap()
	return slices.IndexFunc(g.waiters, func(w *waiter) bool { return g.out[w.region] < most })
}

func (g *Guard) regionCap() int {
	if len(g.active) < 2 {
		return g.aimd.slots.now
	}
	return max(1, g.aimd.slots.now*2/3)
}

// untilGrant returns how long the rate and a pause forbid the next grant.
func (g *Guard) untilGrant(now time.Time) time.Duration {
	wait := max(g.health.pausedUntil.Sub(now), g.starts.wait(g.aimd.rate.now, now))
	if g.latest.IsZero() {
		return wait
	}
	return max(wait, g.latest.Add(g.spacing()).Sub(now))
}

// spacing keeps grants apart: what was saved up goes out at twice the rate at most.
func (g *Guard) spacing() time.Duration { return time.Second / time.Duration(2*g.aimd.rate.now) }

// timerSlack is by how much timers are late: a millisecond, mostly. What should have been granted
// meanwhile may be granted then.
const timerSlack = 2 * time.Millisecond

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

// expire drops starts that are over and held permits whose time is over.
func (g *Guard) expire(now time.Time) {
	g.starts.expire(now)
	for id, until := range g.held {
		if !now.Before(until) {
			g.forget(id)
		}
	}
}

func (g *Guard) grant(w *waiter, now time.Time) *Permit {
	g.nextID++
	p := &Permit{id: g.nextID, region: w.region, granted: now, within: min(w.within, g.left(now)), guard: g}
	g.open[p.id] = p
	g.out[p.region]++
	if g.latest = g.latest.Add(g.spacing()); g.latest.Before(now.Add(-timerSlack)) {
		g.latest = now.Add(-timerSlack)
	}
	g.starts.add(p.id, now.Add(g.limits.Timeout)) // until more is known
	return p
}

// lend holds a permit from now on to its deadline, since its worker may never tell.
func (g *Guard) lend(p *Permit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held[p.id] = p.granted.Add(g.hold())
}

// answered notes that the answer to a request began at a time. A request that the CDN amplifies can
// start another one until it has ended.
func (g *Guard) answered(p *Permit, asked bool, at time.Time) {
	if g.limits.Amplification > 1 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settleAt(p, asked, at)
	g.pump()
}

// settleAt takes into account that an answer at a time says that the origin was asked before it, or
// says nothing: then something may have begun behind it.
func (g *Guard) settleAt(p *Permit, asked bool, at time.Time) {
	if !asked {
		at = at.Add(behind)
	}
	g.starts.settle(p.id, at)
}

// release takes a permit back whose request ended at a time.
func (g *Guard) release(p *Permit, o Outcome, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[p.id] == nil || p.released {
		return
	}
	p.released = true
	g.settle(p, o, at)
	if o.Written && !o.Complete {
		g.held[p.id] = p.granted.Add(g.hold())
	} else {
		g.forget(p.id)
	}
	if o.Written {
		g.learn(p, o, time.Now())
	}
	g.pump()
}

// learn draws the conclusions from an answer, and tells of one at most.
func (g *Guard) learn(p *Permit, o Outcome, now time.Time) {
	slower := g.aimd.record(p, o, now)
	why := cmp.Or(g.health.record(o, g.aimd.hears(o), now), slower)
	if why != "" && g.Notify != nil {
		g.Notify(why)
	}
}

// forget says that a permit's request is no longer open.
func (g *Guard) forget(id uint64) {
	if p := g.open[id]; p != nil {
		if g.out[p.region]--; g.out[p.region] == 0 {
			delete(g.out, p.region)
		}
	}
	delete(g.open, id)
	delete(g.held, id)
}

// settle takes into account what the end of a request proves of its starts at the origin.
func (g *Guard) settle(p *Permit, o Outcome, at time.Time) {
	switch {
	case !o.Written || o.Spared && o.Complete:
		g.starts.drop(p.id)
		if p.id == g.nextID {
			g.latest = time.Time{}
		}
	case o.Complete:
		g.settleAt(p, o.Asked, at)
	}
}
