package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
)

// load collects the attempts that may have reached the origin.
type load struct {
	spared, errors int
	attempts       []attempt
}

type attempt struct {
	at time.Time
	ms float64
}

func (l *load) add(o *edge.Observation) {
	for _, a := range o.Attempts {
		if a.Spared {
			l.spared++
			continue
		}
		l.errors += one(a.Status >= 500 || a.Status == 429 || a.Status == 0)
		l.attempts = append(l.attempts, attempt{a.At, a.Ms})
	}
}

// result sums the load up.
func (l *load) result(limits origin.Limits, pace origin.Pace) Load {
	slices.SortFunc(l.attempts, func(a, b attempt) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.ms, b.ms)) })
	out := Load{Limits: limits, Requests: len(l.attempts), Spared: l.spared, Errors: l.errors}
	times := make([]float64, 0, len(l.attempts))
	first := 0
	for i, a := range l.attempts {
		times = append(times, a.ms)
		for !a.at.Before(l.attempts[first].at.Add(time.Second)) {
			first++
		}
		out.PeakRPS = max(out.PeakRPS, i-first+1)
	}
	out.Ms = timesOf(times)
	out.Series, out.MaxOpen = l.series()
	if pace.Decreases > 0 {
		out.Pace = &pace
	}
	return out
}

// slowed says how far the run slowed down for the origin's sake; empty when it did not.
func (l *Load) slowed() string {
	p := l.Pace
	if p == nil {
		return ""
	}
	return fmt.Sprintf("slowed down %s for the origin's sake, to %d per second and %d in flight at the lowest; %d and %d at the end",
		plural(p.Decreases, "time"), p.LowestRPS, p.LowestInFlight, p.RPS, p.InFlight)
}

// longestSeries bounds the series: beyond an hour the chart shows an hour.
const longestSeries = 3600

// series counts second by second: starts within it, and most open at once within it.
func (l *load) series() (series []Second, most int) {
	if len(l.attempts) == 0 {
		return []Second{}, 0
	}
	began := l.attempts[0].at.Truncate(time.Second)
	last := int(l.attempts[len(l.attempts)-1].at.Sub(began) / time.Second)
	series = make([]Second, min(last+1, longestSeries))
	for i := range series {
		series[i].At = began.Add(time.Duration(i) * time.Second)
	}
	var ends []time.Time // of the open attempts
	for _, a := range l.attempts {
		ends = slices.DeleteFunc(ends, func(end time.Time) bool { return !end.After(a.at) })
		ends = append(ends, a.at.Add(milliseconds(a.ms)))
		most = max(most, len(ends))
		if i := int(a.at.Sub(began) / time.Second); i < len(series) {
			series[i].Starts++
			series[i].Open = max(series[i].Open, len(ends))
		}
	}
	return series, most
}

// timesOf sums durations up; it sorts them.
func timesOf(ms []float64) Times {
	if len(ms) == 0 {
		return Times{}
	}
	slices.Sort(ms)
	at := func(percent int) float64 { return ms[(len(ms)-1)*percent/100] }
	t := Times{Count: len(ms), P50: at(50), P95: at(95), Max: at(100)}
	for percent := 0; percent <= 100; percent += 5 {
		t.Curve = append(t.Curve, at(percent))
	}
	return t
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
