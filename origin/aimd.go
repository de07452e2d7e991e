package origin

import (
	"fmt"
	"time"
)

// How the pace follows the origin. A window is judged when it is windowLeast old and holds
// windowAnswers answers or one that failed.
const (
	windowLeast   = 500 * time.Millisecond
	windowAnswers = 8
	failedAbove   = 0.02 // share of a window's answers: one broken page in a large window slows nobody down
	slowTwice     = 2    // windows in a row that are slow before it counts: one can be chance
	growthSteps   = 32   // from nothing back to the ceiling, when that is larger
	tellEvery     = time.Minute
)

// aimd is the pace at which the origin is asked: additive increase, multiplicative decrease, from
// the ceiling down to 1 and never above the ceiling. A window of answers that failed or were slow
// halves it, a clean one adds a step. It does nothing but count: times are passed in.
type aimd struct {
	rate, slots lane
	each        int // requests at the origin that a permit stands for
	voices      voices

	began     time.Time // the window: answers to permits granted before it are over and done with
	closed    time.Time // when the last window was judged
	answers   int
	failures  int
	slow      int // windows in a row
	decreases int
	told      time.Time
}

func newAIMD(l Limits) aimd {
	return aimd{rate: newLane(l.rate()), slots: newLane(l.inFlight()), each: l.Amplification, voices: voices{}}
}

// record takes one answer to a permit into account and says why it slows the run down, if it does
// and the last such word is a while ago. Answers that spared the origin say nothing of it, and those
// that were asked for at an earlier pace nothing of this one.
func (a *aimd) record(p *Permit, o Outcome, now time.Time) (why string) {
	if o.Spared || p.granted.Before(a.began) {
		return ""
	}
	a.answers++
	if o.failed() {
		a.failures++
	}
	if o.timed() {
		a.voices.add(voiceOf{p.region, o.Page}, o.TTFB)
	}
	if now.Sub(a.closed) <= windowLeast || a.answers < windowAnswers && a.failures == 0 {
		return ""
	}
	return a.judge(now)
}

// hears reports whether the pace can still make up for an answer's slowness.
func (a *aimd) hears(o Outcome) bool { return o.timed() && !a.slowest() }

func (a *aimd) slowest() bool { return a.rate.now == 1 && a.slots.now == 1 }

// follow is the part of the way by which usual times may follow longer ones. What takes long at the
// slowest pace is not our doing; what takes long on the way back to the ceiling may well be.
func (a *aimd) follow() float64 {
	switch {
	case a.slowest():
		return riseAtFloor
	case a.slow == 0 && a.rate.now == a.rate.ceiling && a.slots.now == a.slots.ceiling:
		return riseAtCeiling
	default:
		return 0
	}
}

// judge ends a window.
func (a *aimd) judge(now time.Time) (why string) {
	slower, news := a.voices.judge()
	failed := float64(a.failures) > failedAbove*float64(a.answers)
	switch {
	case slower != "":
		a.slow++
	case news:
		a.slow = 0
	}
	a.voices.learn(a.follow())
	switch {
	case failed:
		why = a.decrease(fmt.Sprintf("%d of %d answers failed", a.failures, a.answers), now)
	case a.slow >= slowTwice:
		why = a.decrease(slower, now)
		a.slow = 1 // nothing grows until misses are quick again
	case a.slow == 0:
		a.rate.grow()
		a.slots.grow()
	}
	a.closed, a.answers, a.failures = now, 0, 0
	return why
}

// decrease halves the pace. What was asked for before is not held against the new one.
func (a *aimd) decrease(because string, now time.Time) (why string) {
	a.began = now
	if a.slowest() {
		return ""
	}
	a.rate.halve()
	a.slots.halve()
	a.decreases++
	if !a.told.IsZero() && now.Sub(a.told) < tellEvery {
		return ""
	}
	a.told = now
	pace := a.pace()
	return fmt.Sprintf("%s: slowing down to %d per second, %d at once", because, pace.RPS, pace.InFlight)
}

// lane is one of the two limits on its way between 1 and its ceiling.
type lane struct{ ceiling, now, lowest int }

func newLane(ceiling int) lane { return lane{ceiling, ceiling, ceiling} }

func (l *lane) halve() {
	l.now = max(1, l.now/2)
	l.lowest = min(l.lowest, l.now)
}

func (l *lane) grow() { l.now = min(l.ceiling, l.now+max(1, l.ceiling/growthSteps)) }

// Pace is how fast a guard lets the origin be asked, in the units of Limits.
type Pace struct {
	RPS            int `json:"rps"`
	InFlight       int `json:"in_flight"`
	LowestRPS      int `json:"lowest_rps"`
	LowestInFlight int `json:"lowest_in_flight"`
	Decreases      int `json:"decreases"` // how often it was halved; 0 when the limits held all the time
}

func (a *aimd) pace() Pace {
	return Pace{
		RPS: a.rate.now * a.each, InFlight: a.slots.now * a.each,
		LowestRPS: a.rate.lowest * a.each, LowestInFlight: a.slots.lowest * a.each,
		Decreases: a.decreases,
	}
}

// Pace returns the pace of the guard, now and when it was lowest.
func (g *Guard) Pace() Pace {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.aimd.pace()
}
