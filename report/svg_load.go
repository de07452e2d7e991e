package report

import (
	"fmt"
	"time"
)

// The chart of the load, in pixels: two panels above each other, and the axis of time.
const (
	startsTop, startsHeight = 26, 130
	openTop, openHeight     = 198, 80
	loadHeight              = 300
)

// loadSteps is how many stairs the chart has at most; longer series are folded.
const loadSteps = 300

// folded is a series with one value for each span of it, the highest within.
type folded struct {
	Span   time.Duration // of one value
	Starts []int
	Open   []int
}

// fold spreads seconds by their time over at most `most` values, so that a gap stays a gap.
func fold(series []Second, most int) folded {
	if len(series) == 0 {
		return folded{}
	}
	seconds := func(s Second) int { return max(0, int(s.At.Sub(series[0].At)/time.Second)) }
	length := 0
	for _, s := range series {
		length = max(length, seconds(s)+1)
	}
	span := (length + most - 1) / most
	n := (length + span - 1) / span
	f := folded{time.Duration(span) * time.Second, make([]int, n), make([]int, n)}
	for _, s := range series {
		i := seconds(s) / span
		f.Starts[i] = max(f.Starts[i], s.Starts)
		f.Open[i] = max(f.Open[i], s.Open)
	}
	return f
}

// loadChart draws requests started and open at the origin over time, each against its limit.
func loadChart(o Load) drawing {
	f := fold(o.Series, loadSteps)
	if len(f.Starts) == 0 {
		return drawing{}
	}
	limits := o.Limits.WithDefaults()
	d := drawing{ID: "load", Title: "Load on the origin over time", Height: loadHeight}
	d.panel("requests started per second", f.Starts, limits.MaxRPS, startsTop, startsHeight)
	d.panel("requests open at once", f.Open, limits.MaxInFlight, openTop, openHeight)
	total := time.Duration(len(f.Starts)) * f.Span
	for i, x := range []float64{0, 0.5, 1} {
		d.Texts = append(d.Texts, axisLabel(x, loadHeight-6, "+"+clock(total*time.Duration(i)/2)))
	}
	d.Desc = fmt.Sprintf("Over %s at most %d requests started in one second, the limit is %d; at most %d were open at once, the limit is %d.",
		clock(total), o.PeakRPS, limits.MaxRPS, o.MaxOpen, limits.MaxInFlight)
	return d
}

// panel adds one measure as stairs under its limit. A part over the limit stands in a class of
// its own.
func (d *drawing) panel(name string, values []int, limit int, top, height float64) {
	full, over := limit, false
	for _, v := range values {
		full = max(full, v)
		over = over || v > limit
	}
	class := "stairs"
	if over {
		class = "stairs over"
	}
	stairs := steps(values, full, height)
	at := top + height*(1-float64(limit)/float64(max(full, 1)))
	d.Plots = append(d.Plots, newPlot(top, height, path{"area", under(stairs, height)}, path{class, stairs}))
	d.Lines = append(d.Lines, horizontal("floor", top+height), horizontal("limit", at))
	d.Texts = append(d.Texts,
		label{"name", "start", "0%", number(top - 10), name},
		label{"value", "end", "100%", number(top - 10), fmt.Sprintf("limit %d", limit)})
}

// clock words a time since the start: 45s, 3m 20s, 2h 5m.
func clock(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm %ds", d/time.Minute, d%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%dh %dm", d/time.Hour, d%time.Hour/time.Minute)
	}
}
