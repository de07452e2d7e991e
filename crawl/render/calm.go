package render

import (
	"context"
	"strings"
	"sync"
	"time"
)

// polls is how often a page may ask the same path before that counts as polling, which goes on for
// ever, and no longer as loading.
const polls = 10

// calm tells when a page has come to rest.
type calm struct {
	mu         sync.Mutex
	open       int            // requests without an answer, but for polls
	asked      map[string]int // by URL without query
	installing map[string]bool
	loaded     bool
	over       bool
	last       time.Time
}

func newCalm() *calm {
	return &calm{asked: map[string]int{}, installing: map[string]bool{}, last: time.Now()}
}

// begin counts a request; end its answer.
func (c *calm) begin(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path, _, _ := strings.Cut(url, "?")
	c.asked[path]++
	c.open++
	if c.asked[path] <= polls {
		c.last = time.Now()
	}
}

func (c *calm) end(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path, _, _ := strings.Cut(url, "?")
	c.open--
	if c.asked[path] <= polls {
		c.last = time.Now()
	}
}

// load notes that the document and what it waits for are there.
func (c *calm) load() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loaded, c.last = true, time.Now()
}

// install notes whether a service worker is being installed: it requests what it keeps.
func (c *calm) install(id string, underway bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.installing[id] != underway {
		c.installing[id], c.last = underway, time.Now()
	}
}

// giveUp ends the wait for a page that will not rest.
func (c *calm) giveUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
}

// rest is how long it will take at least until the page has been quiet for a while; 0 when it has.
func (c *calm) rest(quiet time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return 0
	}
	busy := c.open > 0 || !c.loaded
	for _, underway := range c.installing {
		busy = busy || underway
	}
	left := quiet - time.Since(c.last)
	if busy {
		return max(left, quiet/4)
	}
	return max(left, 0)
}

// wait waits until the page has been quiet for a while. It returns the context's error.
func (c *calm) wait(ctx context.Context, quiet time.Duration) error {
	for {
		left := c.rest(quiet)
		if left == 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
