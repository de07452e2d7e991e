package origin

import (
	"context"
	"errors"
	"sync"
	"time"
)

// When a Breaker opens, how often it lets one request try again, and when it gives a host up.
const (
	breakAfter = 5
	probeEvery = 3 * time.Second
	giveUp     = 3 // probes in a row
)

// ErrUnreachable means that a host was given up: several requests in a row failed, and every probe.
var ErrUnreachable = errors.New("origin: host is unreachable")

// Breakers holds a Breaker for each host. Its zero value is empty; it is safe for concurrent use.
type Breakers struct {
	mu sync.Mutex
	of map[string]*Breaker
}

// For returns the host's breaker, always the same.
func (b *Breakers) For(host string) *Breaker {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		b.of = map[string]*Breaker{}
	}
	if b.of[host] == nil {
		b.of[host] = &Breaker{}
	}
	return b.of[host]
}

// Breaker stops asking a host that does not answer, or only with a challenge. After five failures in a row everyone waits
// while one request every three seconds tries again; after three such probes the host is given up,
// and nobody waits any more, until a probe succeeds. Its zero value is closed. Safe for concurrent use.
type Breaker struct {
	mu        sync.Mutex
	failures  int // in a row, before it opened
	probes    int // that failed since
	probing   bool
	nextProbe time.Time
}

// Wait returns when a request may be tried. Its error is the context's, or ErrUnreachable.
func (b *Breaker) Wait(ctx context.Context) error {
	for {
		wait, err := b.next(time.Now())
		if wait == 0 || err != nil {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// next returns how long a request must wait; 0 lets it through.
func (b *Breaker) next(now time.Time) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := b.nextProbe.Sub(now)
	switch {
	case b.failures < breakAfter:
		return 0, nil
	case wait <= 0:
		b.probing, b.nextProbe = true, now.Add(probeEvery)
		return 0, nil
	case b.probes >= giveUp:
		return 0, ErrUnreachable
	default:
		return wait, nil
	}
}

// Report tells the breaker whether a request that it let through was answered as visitors' are.
func (b *Breaker) Report(answered bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case answered:
		b.failures, b.probes, b.probing = 0, 0, false
	case b.failures < breakAfter:
		if b.failures++; b.failures == breakAfter {
			b.nextProbe = time.Now().Add(probeEvery)
		}
	case b.probing: // requests that were open when it opened say nothing new
		b.probes++
		b.probing = false
	}
}
