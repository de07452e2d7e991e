package origin

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// When the origin is unwell: figures over the last healthWindow answers that may have reached it.
const (
	healthWindow  = 100
	healthMinimum = 50   // answers before anything is concluded
	pauseAbove    = 0.05 // share of failed answers
	abortAbove    = 0.20
	slowFactor    = 3 // 95th percentile of time to first byte against the run's first answers
	slowFloor     = 500 * time.Millisecond
	firstPause    = 10 * time.Second
	longestPause  = time.Minute
	longestWait   = 2 * time.Minute // Retry-After beyond this is cut
)

// health watches answers of the origin and decides when to pause and when to give up.
type health struct {
	recent      []Outcome // ring of the last answers
	baseline    time.Duration
	pause       time.Duration // length of the last pause of our own
	pausedUntil time.Time
	aborted     string // why the run must stop; empty while it goes on
	total       int
	failures    int
}

// record takes one answer into account and says why it leads to a pause or to the end, if it
// does. Answers that spared the origin say nothing of it. How long one took whose slowness the pace
// makes up for is no reason to pause.
func (h *health) record(o Outcome, paced bool, now time.Time) (why string) {
	if o.Backoff > 0 && (o.Status == 429 || o.Status == 503) {
		wait := min(o.Backoff, longestWait)
		h.pauseTo(now.Add(wait))
		why = fmt.Sprintf("an answer with status %d asked for it: pausing for %s", o.Status, wait)
	}
	if o.Spared {
		return why
	}
	h.total++
	if o.failed() {
		h.failures++
	}
	if paced && h.baseline > 0 {
		o.TTFB = 0
	}
	h.recent = append(h.recent, o)
	if len(h.recent) > healthWindow {
		h.recent = h.recent[1:]
	}
	if len(h.recent) >= healthMinimum {
		return cmp.Or(h.judge(now), why)
	}
	return why
}

func (h *health) judge(now time.Time) (why string) {
	failed := 0
	for _, o := range h.recent {
		if o.failed() {
			failed++
		}
	}
	share := float64(failed) / float64(len(h.recent))
	slow := percentile95(h.recent)
	if h.baseline == 0 {
		h.baseline = slow
	}
	switch {
	case share > abortAbove:
		h.aborted = fmt.Sprintf("%d of the last %d answers failed", failed, len(h.recent))
		return h.aborted + ": aborting"
	case share > pauseAbove:
		return h.rest(now, fmt.Sprintf("%d of the last %d answers failed", failed, len(h.recent)))
	case slow > slowFloor && slow > slowFactor*h.baseline:
		return h.rest(now, fmt.Sprintf("answers take %s where they took %s at first",
			slow.Round(time.Millisecond), h.baseline.Round(time.Millisecond)))
	}
	return ""
}

// rest pauses, longer each time; what comes after the pause is judged by itself.
func (h *health) rest(now time.Time, because string) (why string) {
	h.pause = min(max(firstPause, 2*h.pause), longestPause)
	h.pauseTo(now.Add(h.pause))
	h.recent = h.recent[:0]
	return fmt.Sprintf("%s: pausing for %s", because, h.pause)
}

func (h *health) pauseTo(until time.Time) {
	if until.After(h.pausedUntil) {
		h.pausedUntil = until
	}
}

// percentile95 is the 95th percentile of the time to first byte of the answers that have one; 0 of
// too few.
func percentile95(outcomes []Outcome) time.Duration {
	var times []time.Duration
	for _, o := range outcomes {
		if o.TTFB > 0 {
			times = append(times, o.TTFB)
		}
	}
	if len(times) < healthMinimum {
		return 0
	}
	slices.Sort(times)
	return times[(len(times)-1)*95/100]
}

// Health is what a guard has seen of the origin so far.
type Health struct {
	Answers     int       // that may have reached the origin
	Failures    int       // of them: 5xx, 429, deadline passed
	PausedUntil time.Time // zero when no pause was needed
	Aborted     string    // why the guard stopped the run; empty while it goes on
}

// Health returns what the guard has seen of the origin so far.
func (g *Guard) Health() Health {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Health{
		Answers:     g.health.total,
		Failures:    g.health.failures,
		PausedUntil: g.health.pausedUntil,
		Aborted:     g.health.aborted,
	}
}
