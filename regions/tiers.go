package regions

import (
	"context"
	"slices"

	"github.com/edgeprime/edgeprime/edge"
)

// scouts is how many cells of a vantage are primed to learn where it fills from.
const scouts = 8

// Lesson is what the first answers of a vantage have taught: where it gets what it does not have.
type Lesson struct {
	Vantage edge.Vantage
	// Above and Origin count the misses that an upper tier filled from its store, and those that the
	// origin filled. What does not tell counts in neither.
	Above, Origin int
	// Alone says what followed: the vantage was primed before others that may be behind its tier.
	Alone bool
}

// Warm reports whether the vantage fills from an upper tier that has been primed through another vantage.
func (l Lesson) Warm() bool { return l.Above > l.Origin }

// Cold reports whether its fills reach the origin: its tier is another one, or there is none.
func (l Lesson) Cold() bool { return l.Origin > 0 && !l.Warm() }

// hear takes an answer into account. Only a miss tells where it was filled from.
func (l *Lesson) hear(o *edge.Observation) {
	if o.Pass != edge.Prime || o.Failure != "" || o.Cache.Outcome != edge.Miss {
		return
	}
	switch {
	case o.Cache.FilledAbove():
		l.Above++
	case o.Cache.Origin == edge.ContactYes:
		l.Origin++
	}
}

// primeStage primes the vantages of a stage. Behind a shield, and when they do not tell where they fill
// from, all together. Else an object must not be asked for through two cold ways to one tier at once: a
// few cells of each vantage show which are behind a tier that is warm; the first of the others is primed
// alone, then those that are; and so on. Each object is filled once a tier, whatever the tiers are.
func (d *Dispatcher) primeStage(ctx context.Context, s Stage) error {
	waiting := s.Vantages
	for len(waiting) > 1 && d.Plan.Stages[0].Role != Shield {
		lessons, err := d.scout(ctx, s, waiting)
		if err != nil {
			return err
		}
		alone := slices.IndexFunc(lessons, Lesson.Cold)
		var first, warm, later []edge.Vantage
		for i, l := range lessons {
			switch l.Alone = i == alone; {
			case l.Alone:
				first = append(first, l.Vantage)
			case l.Warm():
				warm = append(warm, l.Vantage)
			default:
				later = append(later, l.Vantage)
				continue
			}
			if d.Learned != nil {
				d.Learned(l)
			}
		}
		if alone < 0 {
			break
		}
		for _, next := range [][]edge.Vantage{first, warm} { // its tier may look warm when a run goes on
			if err := d.round(ctx, s.Name, edge.Prime, next, every); err != nil {
				return err
			}
		}
		waiting = later
	}
	return d.round(ctx, s.Name, edge.Prime, waiting, every)
}

// scout primes a few cells of each vantage and returns what their answers teach. What has been primed before
// teaches nothing, and neither does what another one has scouted: each has cells of its own, in every step.
func (d *Dispatcher) scout(ctx context.Context, s Stage, vantages []edge.Vantage) ([]Lesson, error) {
	place := map[string]int{}
	for i, v := range s.Vantages {
		place[v.Name] = i
	}
	chosen := make([]int, len(s.Vantages)) // each is counted by the one goroutine of its vantage
	pick := func(i int, c Cell) bool {
		v := place[c.Vantage.Name]
		if chosen[v] == scouts || i%len(s.Vantages) != v || d.Recorder.Recorded(NewTask(d.Run, c, s.Name, edge.Prime).ID) {
			return false
		}
		chosen[v]++
		return true
	}
	if err := d.round(ctx, s.Name, edge.Prime, vantages, pick); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	lessons := make([]Lesson, len(vantages))
	for i, v := range vantages {
		if l := d.current.taught[v.Name]; l != nil {
			lessons[i] = *l
		}
		lessons[i].Vantage = v
	}
	return lessons, nil
}
