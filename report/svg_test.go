package report

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/origin"
)

func TestNumber(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0", 1: "1", 1.5: "1.5", 1.005: "1", 12.345: "12.35", -0.001: "0", 100: "100", math.Inf(1): "0", math.Inf(-1): "0",
	} {
		assert.Equal(t, want, number(in), "%g", in)
	}
	assert.Equal(t, "0", number(math.NaN()))
}

func TestPercent(t *testing.T) {
	for in, want := range map[float64]string{-1: "0%", 0: "0%", 0.333: "33.3%", 1: "100%", 7: "100%"} {
		assert.Equal(t, want, percent(in), "%g", in)
	}
}

func TestAxisLabel(t *testing.T) {
	for x, want := range map[float64]string{0: "start", 0.5: "middle", 0.95: "end", 1: "end"} {
		assert.Equal(t, want, axisLabel(x, 1, "a").Anchor, "%g", x)
	}
}

func TestSteps(t *testing.T) {
	assert.Equal(t, "M0 100H250V50H500V0H750V100H1000", steps([]int{0, 2, 4, 0}, 4, 100))
	assert.Equal(t, "M0 0H1000", steps([]int{1}, 0, 100))
	assert.Empty(t, steps(nil, 4, 100))
	assert.Equal(t, "M0 0H1000V100H0Z", under("M0 0H1000", 100))
	assert.Empty(t, under("", 100))
}

func seconds(starts ...int) []Second {
	var out []Second
	for i, n := range starts {
		if n >= 0 { // a negative one is a gap
			out = append(out, Second{At: time.Unix(int64(1000+i), 0), Starts: n, Open: n / 2})
		}
	}
	return out
}

func TestFold(t *testing.T) {
	assert.Equal(t, folded{}, fold(nil, 10))
	assert.Equal(t, folded{time.Second, []int{2, 4, 6}, []int{1, 2, 3}}, fold(seconds(2, 4, 6), 3))
	assert.Equal(t, folded{2 * time.Second, []int{4, 6}, []int{2, 3}}, fold(seconds(4, 2, 6), 2), "the highest of each span")
	assert.Equal(t, folded{time.Second, []int{2, 0, 0, 6}, []int{1, 0, 0, 3}}, fold(seconds(2, -1, -1, 6), 10), "a gap stays a gap")
	early := []Second{{At: time.Unix(10, 0), Starts: 1}, {At: time.Unix(5, 0), Starts: 9}}
	assert.Equal(t, []int{9}, fold(early, 10).Starts, "a clock that went back")
}

func TestLoadChart(t *testing.T) {
	assert.Zero(t, loadChart(Load{}))
	limits := origin.Limits{MaxRPS: 4, MaxInFlight: 2}
	d := loadChart(Load{Limits: limits, PeakRPS: 4, MaxOpen: 2, Series: seconds(2, 4, 0)})
	assert.Equal(t, "stairs", d.Plots[0].Paths[1].Class)
	assert.Equal(t, "M0 65H333.33V0H666.67V130H1000", d.Plots[0].Paths[1].D, "the limit is the top")
	assert.Equal(t, horizontal("limit", startsTop), d.Lines[1])
	assert.Equal(t, "Over 3s at most 4 requests started in one second, the limit is 4; at most 2 were open at once, the limit is 2.", d.Desc)

	d = loadChart(Load{Limits: limits, Series: seconds(8)})
	assert.Equal(t, "stairs over", d.Plots[0].Paths[1].Class)
	assert.Equal(t, horizontal("limit", startsTop+startsHeight/2), d.Lines[1], "what is over the limit stands above its line")

	d = loadChart(Load{Series: seconds(1)})
	assert.Contains(t, d.Desc, "the limit is 5", "a limit of zero is the default")
}

func TestRatioChart(t *testing.T) {
	assert.Zero(t, ratioChart([]Vantage{{Name: "shield", Tier: true}}, 0.95).Height)
	d := ratioChart([]Vantage{
		{Name: "shield", Tier: true},
		{Name: "a", Before: Hit{0, 4}, After: Hit{3, 4}, AfterCritical: Hit{1, 1}},
		{Name: "b", Before: Hit{1, 4}, After: Hit{4, 4}, AfterCritical: Hit{1, 2}},
		{Name: "c"},
	}, 0.95)
	assert.Equal(t, "a from 0 % to 75 %; b from 25 % to 100 %; c from unknown to unknown. Needed for critical assets: 95 %.", d.Desc)
	assert.Equal(t, ratioTop+3*ratioRow, d.Height)
	var classes, widths []string
	for _, r := range d.Rects {
		classes = append(classes, r.Class)
		widths = append(widths, r.W)
	}
	assert.Equal(t, []string{"track", "before", "after", "track", "before", "after short", "track"}, classes, "critical cells decide, and unknown has no bar")
	assert.Equal(t, []string{"100%", "0.3%", "75%", "100%", "25%", "100%", "100%"}, widths)
	assert.Equal(t, "95%", d.Lines[0].X1)
}

func TestSharePercent(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0 %", 0.0004: "< 0.1 %", 0.001: "0.1 %", 0.29: "29 %", 0.95: "95 %", 0.9999: "99.9 %", 0.9996: "99.9 %", 1: "100 %",
	} {
		assert.Equal(t, want, sharePercent(in), "%g", in)
	}
}

func TestTTFBCharts(t *testing.T) {
	assert.Empty(t, ttfbCharts([]Vantage{{Name: "a"}}))
	charts := ttfbCharts([]Vantage{
		{Name: "a", TTFBHit: Times{Count: 3, P50: 10, P95: 100, Max: 100, Curve: []float64{1, 10, 100}}},
		{Name: "none"},
		{Name: "b", TTFBMiss: Times{Count: 1, P50: 4000, P95: 4000, Max: 4000, Curve: []float64{4000}}},
	})
	assert.Len(t, charts, 2)
	assert.Equal(t, "ttfb-0", charts[0].ID)
	assert.Equal(t, "ttfb-2", charts[1].ID)
	assert.Equal(t, "M0 110L250 55L500 0", charts[0].Plots[0].Paths[1].D, "1 to 10 s on one axis")
	assert.Equal(t, "M900.51 110L900.51 0", charts[1].Plots[0].Paths[0].D, "one sample is a step")
	assert.Equal(t, "Hits: median 10 ms, 95th percentile 100 ms, 3 answers. Misses: none measured.", charts[0].Desc)
	assert.Equal(t, "10 s", charts[0].Texts[5].Text)
}

func TestDecades(t *testing.T) {
	for _, tt := range []struct {
		curve     []float64
		low, high int
	}{
		{nil, 0, 2},
		{[]float64{0, 5}, 0, 2},
		{[]float64{0.4, 5}, -1, 2},
		{[]float64{1e-9, 1e300, math.Inf(1)}, -1, 5},
		{[]float64{math.NaN(), -4}, 0, 2},
		{[]float64{1001}, 0, 4},
	} {
		low, high := decades([]Vantage{{TTFBHit: Times{Curve: tt.curve}}})
		assert.Equal(t, [2]int{tt.low, tt.high}, [2]int{low, high}, "%v", tt.curve)
	}
	assert.Zero(t, logPlace(math.NaN(), 0, 2))
	assert.InDelta(t, 1, logPlace(math.Inf(1), 0, 2), 0)
	assert.Equal(t, "0.1 ms", decadeWords(-1))
	assert.Equal(t, "1 s", decadeWords(3))
}

func TestWords(t *testing.T) {
	for in, want := range map[float64]string{0: "< 1 ms", 0.99: "< 1 ms", 1.25: "1.2 ms", 84.4: "84 ms", 912: "912 ms", 12345: "12.3 s"} {
		assert.Equal(t, want, msWords(in))
	}
	assert.Equal(t, "< 1 ms", msWords(math.NaN()))
	for in, want := range map[int]string{0: "0", 999: "999", 1000: "1\u202f000", 1234567: "1\u202f234\u202f567", -1000: "-1\u202f000"} {
		assert.Equal(t, want, count(in))
	}
	for in, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 99_400: "99.4 kB", 99_500: "100 kB", 999_600: "1.0 MB", 84_213_004: "84.2 MB", 5e15: "5000 TB"} {
		assert.Equal(t, want, size(in))
	}
	for in, want := range map[time.Duration]string{0: "0s", 59 * time.Second: "59s", 200 * time.Second: "3m 20s", 125 * time.Minute: "2h 5m"} {
		assert.Equal(t, want, clock(in))
	}
	for in, want := range map[string]string{
		"https://www.example/a?b=1": "https://www.example/a?b=1", "http://www.example/": "http://www.example/",
		"javascript:alert(1)": "", "ftp://www.example/": "", "//www.example/": "", "https:///a": "", "https://u@www.example/": "",
		"https://www.example/?token=a": "", "https://www.example/\u202e": "", "": "", "%": "",
	} {
		assert.Equal(t, want, href(in), in)
	}
}
