package origin

import (
	"sync"
	"time"
)

// When a Breaker opens, and how often it lets one request try again.
const (
	breakAfter = 5
	probeEvery = 10 * time.Second
)

// Breaker stops asking a host that does not answer: after five failures in a row it lets one
// request through every ten seconds, until one succeeds. Its zero value is closed. Safe for
// concurrent use.
type Breaker struct {
	mu        sync.Mutex
	failures  int
	nextProbe time.Time
}

// Allow reports whether a request may be tried now.
func (b *Breaker) Allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakAfter {
		return true
	}
	now := time.Now()
	if now.Before(b.nextProbe) {
		return false
	}
	b.nextProbe = now.Add(probeEvery)
	return true
}

// Report tells the breaker whether a request that it allowed reached the host.
func (b *Breaker) Report(reached bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if reached {
		b.failures = 0
		return
	}
	if b.failures++; b.failures == breakAfter {
		b.nextProbe = time.Now().Add(probeEvery)
	}
}
