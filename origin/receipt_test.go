package origin_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	loadmeter "github.com/edgeprime/edgeprime/fixtures/meter"
	"github.com/edgeprime/edgeprime/origin"
)

const run = "20261201T140000123Z-7f3a90c1"

var begin = time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// records are what a meter would hold: n requests at odd moments.
func records(n int) []loadmeter.Record {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]loadmeter.Record, n)
	for i := range out {
		start := begin.Add(time.Duration(r.IntN(20_000_000)) * time.Microsecond)
		out[i] = loadmeter.Record{
			Start: start, End: start.Add(time.Duration(1+r.IntN(900_000)) * time.Microsecond), Method: "GET", Host: "www.example",
			URI: fmt.Sprintf("/%d", r.IntN(n)), AcceptEncoding: "gzip", Run: run, UserAgent: "edgeprime/1.0", Status: 200,
		}
	}
	slices.SortFunc(out, func(a, b loadmeter.Record) int { return a.Start.Compare(b.Start) })
	return out
}

// truth is peak, most open and fills of records, counted the slow way.
func truth(all []loadmeter.Record) (peak, open int, fills map[loadmeter.Fill]int) {
	fills = map[loadmeter.Fill]int{}
	starts := make([]time.Time, len(all))
	for i, r := range all {
		starts[i] = r.Start
		fills[loadmeter.Fill{URL: r.Host + r.URI, Variant: r.AcceptEncoding}]++
		now := 0
		for _, o := range all {
			if !o.Start.After(r.Start) && o.End.After(r.Start) {
				now++
			}
		}
		open = max(open, now)
	}
	return loadmeter.Peak(starts, time.Second), open, fills
}

// logs writes records as each log format does.
func logs() map[string]func(loadmeter.Record) string {
	ms := func(t time.Time) string { return fmt.Sprintf("%d.%03d", t.Unix(), t.Nanosecond()/1e6) }
	combined := func(r loadmeter.Record, at time.Time, layout string) string {
		return fmt.Sprintf(`192.0.2.1 - - [%s] "%s http://%s%s HTTP/1.1" %d %d "-" "%s"`, at.Format(layout), r.Method, r.Host, r.URI, r.Status, r.Bytes, r.UserAgent)
	}
	const clock = "02/Jan/2006:15:04:05 -0700"
	return map[string]func(loadmeter.Record) string{
		"combined": func(r loadmeter.Record) string { return combined(r, r.End, clock) },
		"nginx seconds": func(r loadmeter.Record) string {
			return combined(r, r.End, clock) + fmt.Sprintf(` "%s" "%s" %.3f`, r.Run, r.AcceptEncoding, r.End.Sub(r.Start).Truncate(time.Millisecond).Seconds())
		},
		"nginx msec": func(r loadmeter.Record) string {
			return combined(r, r.End, clock) + fmt.Sprintf(` "%s" "%s" %s %.3f`, r.Run, r.AcceptEncoding, ms(r.End), r.End.Sub(r.Start).Truncate(time.Millisecond).Seconds())
		},
		"caddy": func(r loadmeter.Record) string {
			return fmt.Sprintf(`{"ts":%d.%09d,"request":{"method":"GET","host":%q,"uri":%q,"headers":{"User-Agent":[%q],"Edgeprime-Run":[%q],"Accept-Encoding":[%q]}},"duration":%.9f,"status":200}`,
				r.End.Unix(), r.End.Nanosecond(), r.Host, r.URI, r.UserAgent, r.Run, r.AcceptEncoding, r.End.Sub(r.Start).Seconds())
		},
		"envoy": func(r loadmeter.Record) string {
			return fmt.Sprintf(`{"start_time":%q,"method":"GET","path":%q,"authority":%q,"duration":%d,"user_agent":%q,"response_code":200}`,
				r.Start.Format("2006-01-02T15:04:05.000Z07:00"), r.URI, r.Host, r.End.Sub(r.Start).Milliseconds(), r.UserAgent)
		},
	}
}

func audit(t *testing.T, log string, change func(*origin.Audited)) *origin.Receipt {
	t.Helper()
	in := origin.Audited{Run: run, Started: begin.Add(-time.Second), Finished: begin.Add(time.Minute), Counted: -1}
	if change != nil {
		change(&in)
	}
	a := origin.NewAudit(in)
	require.NoError(t, a.Add(strings.NewReader(log), "log"))
	return a.Receipt()
}

// The receipt holds the meter's figures between its bounds in each format, and is exact where the
// log is.
func TestReceiptAgreesWithMeter(t *testing.T) {
	all := records(400)
	peak, open, fills := truth(all)
	for name, format := range logs() {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, r := range all {
				b.WriteString(format(r) + "\n")
			}
			r := audit(t, b.String(), nil)
			assert.Equal(t, len(all), r.Requests)
			assert.Equal(t, len(fills), r.Objects)
			for _, f := range r.MostFilled {
				assert.Equal(t, fills[loadmeter.Fill{URL: f.URL, Variant: "gzip"}], f.Times, f.URL)
			}
			assert.LessOrEqual(t, r.Peak.Low, peak)
			assert.GreaterOrEqual(t, r.Peak.High, peak)
			if name == "combined" {
				assert.Nil(t, r.InFlight)
				return
			}
			require.NotNil(t, r.InFlight)
			assert.LessOrEqual(t, r.InFlight.Low, open)
			assert.GreaterOrEqual(t, r.InFlight.High, open)
			if name == "caddy" {
				assert.Equal(t, origin.Bounds{Low: peak, High: peak}, r.Peak)
				assert.Equal(t, origin.Bounds{Low: open, High: open}, *r.InFlight)
			}
		})
	}
}

// line is a start-stamped line, a microsecond exact.
func line(at time.Duration, more string) string {
	return fmt.Sprintf(`h - - [%s] "GET /%s HTTP/1.1" 200 1%s`+"\n", begin.Add(at).Format("02/Jan/2006:15:04:05.000000000 -0700"), "x", more)
}

func ours(at time.Duration) string { return line(at, ` "-" "edgeprime/1.0" "`+run+`"`) }

func TestReceiptWindowIsHalfOpen(t *testing.T) {
	start := func(a *origin.Audited) { a.Stamp = origin.StampStart }
	for last, want := range map[time.Duration]int{time.Second - 1: 3, time.Second: 2} {
		r := audit(t, ours(0)+ours(500*time.Millisecond)+ours(last), start)
		assert.Equal(t, origin.Bounds{Low: want, High: want}, r.Peak)
	}
}

// Whole seconds allow two bounds: neither 5+5 around the limit is proven kept, nor broken.
func TestReceiptWholeSeconds(t *testing.T) {
	whole := func(second, n int) string {
		at := begin.Add(time.Duration(second) * time.Second).Format("02/Jan/2006:15:04:05 -0700")
		return strings.Repeat(fmt.Sprintf(`h - - [%s] "GET /x HTTP/1.1" 200 1 "-" "edgeprime/1.0" "%s"`+"\n", at, run), n)
	}
	for name, c := range map[string]struct {
		log   string
		stamp origin.Stamp
		peak  origin.Bounds
		want  origin.Proof
	}{
		"between":          {whole(0, 5) + whole(1, 5), origin.StampStart, origin.Bounds{Low: 5, High: 10}, origin.Unproven},
		"kept":             {whole(0, 3) + whole(1, 2), origin.StampStart, origin.Bounds{Low: 3, High: 5}, origin.Kept},
		"broken":           {whole(0, 6), origin.StampStart, origin.Bounds{Low: 6, High: 6}, origin.Broken},
		"ends say little":  {whole(0, 6), origin.StampEnd, origin.Bounds{Low: 0, High: 6}, origin.Unproven},
		"nobody says":      {whole(0, 6), origin.StampUnknown, origin.Bounds{Low: 0, High: 6}, origin.Unproven},
		"far apart anyway": {whole(0, 3) + whole(40, 3), origin.StampUnknown, origin.Bounds{Low: 0, High: 3}, origin.Kept},
	} {
		t.Run(name, func(t *testing.T) {
			r := audit(t, c.log, func(a *origin.Audited) { a.Stamp = c.stamp })
			assert.Equal(t, c.peak, r.Peak)
			assert.Equal(t, c.want, r.PeakProof)
			assert.NotEqual(t, origin.Kept, r.Proof, "durations are not shown")
		})
	}
}

func TestReceiptWhoseRequests(t *testing.T) {
	const visitor = ` "-" "Mozilla/5.0" "-"`
	for name, c := range map[string]struct {
		log                string
		byRun, agent, time int
	}{
		"run id":          {ours(0) + line(1, visitor), 1, 0, 0},
		"another run":     {line(0, ` "-" "edgeprime/1.0" "20261201T140000123Z-00000000"`), 0, 0, 0},
		"user agent":      {line(0, ` "-" "edgeprime/1.0"`) + line(1, visitor), 0, 1, 0},
		"of another time": {line(-time.Hour, ` "-" "edgeprime/1.0"`), 0, 0, 0},
		"url and time":    {line(0, "") + line(time.Hour, ""), 0, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := audit(t, c.log, func(a *origin.Audited) { a.Targets = map[string]bool{"/x": true} })
			assert.Equal(t, []int{c.byRun, c.agent, c.time}, []int{r.ByRun, r.ByAgent, r.ByWindow})
		})
	}
}

// Evidence that may be a visitor's never breaks a limit, and evidence that lacks never keeps it.
func TestReceiptNeverProvesFalsely(t *testing.T) {
	weak := audit(t, strings.Repeat(line(0, ""), 50), func(a *origin.Audited) {
		a.Targets, a.Stamp = map[string]bool{"/x": true}, origin.StampStart
	})
	assert.Equal(t, origin.Bounds{Low: 0, High: 50}, weak.Peak)
	assert.Equal(t, origin.Unproven, weak.Proof)

	timed := strings.TrimSuffix(ours(0), "\n") + " 0.001\n"
	assert.Equal(t, origin.Kept, audit(t, timed, nil).Proof)
	assert.Equal(t, origin.Unproven, audit(t, timed+"garbage\n", nil).Proof)
	assert.Equal(t, origin.Unproven, audit(t, timed, func(a *origin.Audited) { a.Missed = 2 }).Proof)
	assert.Equal(t, origin.Unproven, audit(t, "", func(a *origin.Audited) { a.Counted = 2 }).Proof)
}

func TestReceiptVisitors(t *testing.T) {
	const visitor = ` "-" "Mozilla/5.0" "-"`
	r := audit(t, line(-time.Minute, visitor)+ours(0)+line(1, visitor)+line(2, visitor)+ours(time.Second)+line(time.Minute, visitor), nil)
	assert.Equal(t, origin.Visitors{Requests: 2, PeakClockSecond: 2, PeakWithRun: 3}, r.Visitors)
	assert.InDelta(t, 0.5, r.Share(), 1e-9)
}
