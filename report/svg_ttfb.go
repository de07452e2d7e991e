package report

import (
	"fmt"
	"math"
	"slices"
)

// The chart of one vantage's times, in pixels.
const (
	ttfbTop, ttfbHeight = 30, 110
	ttfbTotal           = 160
)

// ttfbCharts draws, for each vantage with samples, how many answers had begun after how many
// milliseconds: hits and misses apart, on one logarithmic axis for all vantages.
func ttfbCharts(vantages []Vantage) []drawing {
	low, high := decades(vantages)
	var all []drawing
	for i, v := range vantages {
		if len(v.TTFBHit.Curve) == 0 && len(v.TTFBMiss.Curve) == 0 {
			continue
		}
		d := drawing{
			ID: fmt.Sprintf("ttfb-%d", i), Title: "Time to first byte, " + shown(v.Name), Height: ttfbTotal,
			Desc: fmt.Sprintf("Hits: %s. Misses: %s.", timesWords(v.TTFBHit), timesWords(v.TTFBMiss)),
		}
		d.Texts = append(d.Texts, label{"name", "start", "0%", "14", shorten(shown(v.Name), 30)})
		for exp := low; exp <= high; exp++ {
			x := float64(exp-low) / float64(high-low)
			d.Lines = append(d.Lines, vertical("grid", x, ttfbTop, ttfbTop+ttfbHeight))
			d.Texts = append(d.Texts, axisLabel(x, ttfbTop+ttfbHeight+15, decadeWords(exp)))
		}
		d.Lines = append(d.Lines, horizontal("grid", ttfbTop+ttfbHeight/2), horizontal("floor", ttfbTop+ttfbHeight))
		d.Texts = append(d.Texts, axisLabel(1, ttfbTop-4, "100 %"), axisLabel(1, ttfbTop+ttfbHeight/2-4, "50 %"))
		d.Plots = []plot{newPlot(ttfbTop, ttfbHeight,
			path{"curve miss", cumulative(v.TTFBMiss.Curve, low, high)}, path{"curve hit", cumulative(v.TTFBHit.Curve, low, high)})}
		all = append(all, d)
	}
	return all
}

// cumulative is the share of answers, upwards, that had begun by a time, rightwards.
func cumulative(curve []float64, low, high int) string {
	points := make([]point, 0, len(curve)+1)
	for i, ms := range curve {
		share := float64(i) / float64(max(len(curve)-1, 1))
		points = append(points, point{logPlace(ms, low, high), ttfbHeight * (1 - share)})
	}
	if len(points) == 1 { // one sample is a step from none to all
		points = append(points, point{points[0].X, 0})
		points[0].Y = ttfbHeight
	}
	return polyline(points)
}

// logPlace is where a duration stands between two decades, 0 to 1.
func logPlace(ms float64, low, high int) float64 {
	if !(ms > 0) { // also what is no number
		return 0
	}
	return min(max((math.Log10(ms)-float64(low))/float64(high-low), 0), 1)
}

// decades are the powers of ten, in milliseconds, that hold all samples: at least 1 to 100 ms,
// at most 0.1 ms to 100 s.
func decades(vantages []Vantage) (low, high int) {
	low, high = 0, 2
	for _, v := range vantages {
		for _, ms := range slices.Concat(v.TTFBHit.Curve, v.TTFBMiss.Curve) {
			if ms > 0 {
				exp := math.Log10(min(max(ms, 0.1), 1e5))
				low, high = min(low, int(math.Floor(exp))), max(high, int(math.Ceil(exp)))
			}
		}
	}
	return low, high
}

func decadeWords(exp int) string {
	if exp >= 3 {
		return fmt.Sprintf("%.0f s", math.Pow10(exp-3))
	}
	return fmt.Sprintf("%g ms", math.Pow10(exp))
}

// timesWords sums times up in words.
func timesWords(t Times) string {
	if t.Count == 0 {
		return "none measured"
	}
	return fmt.Sprintf("median %s, 95th percentile %s, %s", msWords(t.P50), msWords(t.P95), plural(t.Count, "answer"))
}

// msWords words milliseconds as precisely as they mean something.
func msWords(ms float64) string {
	switch {
	case !(ms >= 1): // also what is no number
		return "< 1 ms"
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 10000:
		return fmt.Sprintf("%.0f ms", ms)
	default:
		return fmt.Sprintf("%.1f s", ms/1000)
	}
}
