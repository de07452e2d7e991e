package origin

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// How much a receipt keeps of what it lists; its figures count all.
const (
	mostBadLines = 10
	mostFills    = 20
	mostObjects  = 1 << 20
)

// Audited is the run that a log is held against.
type Audited struct {
	Run    string
	Limits Limits
	// Started and Finished are the run's own; zero when unknown.
	Started, Finished time.Time
	// Targets are path and query of each URL that the run asked for.
	Targets map[string]bool
	// Counted is how many requests the run thinks may have reached the origin; -1 when unknown.
	Counted int
	// Missed is how many requests reached it for certain: misses of an upper tier.
	Missed int
	// Stamp says what the times of the log are, where its lines do not.
	Stamp Stamp
}

// Audit holds access logs against a run. Memory is 32 bytes for each request of the run, a few for
// each of its objects and for each second of the log; requests of others are only counted. Its
// methods must not be called at the same time.
type Audit struct {
	run      Audited
	lines    int
	bad      int
	badLines []BadLine
	sure     tally
	maybe    tally // by URL and time alone
	byRun    int
	byAgent  int
	seconds  map[int64]int // all lines, by second of the clock
	coarse   time.Duration // the coarsest step of the run's times
	guessed  int           // requests whose time may be start or end
}

// tally is what is kept of requests.
type tally struct {
	seen    []seen
	untimed int
	unsaid  int // without a variant
	fills   map[Filled]int
	left    int // requests for objects that had no room
	seconds map[int64]int
}

// NewAudit begins an audit.
func NewAudit(run Audited) *Audit {
	run.Limits = run.Limits.WithDefaults()
	return &Audit{run: run, seconds: map[int64]int{}, sure: newTally(), maybe: newTally()}
}

func newTally() tally { return tally{fills: map[Filled]int{}, seconds: map[int64]int{}} }

// Add reads one log.
func (a *Audit) Add(r io.Reader, name string) error {
	lines, err := ReadAccessLog(r, name, a.entry, func(b BadLine) {
		a.bad++
		if len(a.badLines) < mostBadLines {
			a.badLines = append(a.badLines, b)
		}
	})
	a.lines += lines
	return err
}

func (a *Audit) entry(e LogEntry) {
	a.seconds[e.At.Unix()]++
	inTime := a.run.Started.IsZero() || !e.At.Before(a.run.Started.Add(-time.Second)) && !e.At.After(a.run.Finished.Add(a.longest()+time.Second))
	switch {
	case e.Run == a.run.Run:
		a.byRun++
		a.take(&a.sure, e)
	case e.Run != "" || !inTime:
	case strings.HasPrefix(e.UserAgent, "edgeprime/"):
		a.byAgent++
		a.take(&a.sure, e)
	case !a.run.Started.IsZero() && a.run.Targets[e.URI]:
		a.take(&a.maybe, e)
	}
}

// longest is how long a request of the run can be open at most.
func (a *Audit) longest() time.Duration { return a.run.Limits.Timeout + a.run.Limits.HoldTail }

// take keeps a request of the run.
func (a *Audit) take(t *tally, e LogEntry) {
	a.coarse = max(a.coarse, e.Resolution)
	if e.Stamp == StampUnknown {
		e.Stamp = a.run.Stamp
	}
	if e.Stamp == StampUnknown {
		a.guessed++
	}
	t.seen = append(t.seen, a.when(e))
	if !e.Timed {
		t.untimed++
	}
	if e.AcceptEncoding == "" {
		t.unsaid++
	}
	t.seconds[e.At.Unix()]++
	object := Filled{URL: e.Host + e.URI, Variant: e.AcceptEncoding}
	if _, known := t.fills[object]; !known && len(t.fills) == mostObjects {
		t.left++
		return
	}
	t.fills[object]++
}

// when bounds start and end of a request. What its line does not tell is as wide as a request of
// the run can be long.
func (a *Audit) when(e LogEntry) seen {
	at := span{e.At.UnixNano(), e.At.UnixNano() + int64(max(e.Resolution, 1)) - 1}
	least, most := int64(0), int64(a.longest())
	if e.Timed {
		least, most = int64(e.Duration), int64(e.Duration)+int64(max(e.DurationStep, 1))-1
	}
	before, after := span{at.from - most, at.to - least}, span{at.from + least, at.to + most}
	switch e.Stamp {
	case StampStart:
		return seen{start: at, end: after}
	case StampEnd:
		return seen{start: before, end: at}
	default:
		return seen{start: span{before.from, at.to}, end: span{at.from, after.to}}
	}
}

// Receipt is what the logs prove.
func (a *Audit) Receipt() *Receipt {
	t := a.sure
	r := &Receipt{
		SchemaVersion: ReceiptSchemaVersion, Run: a.run.Run, Limits: a.run.Limits, Counted: a.run.Counted, Missed: a.run.Missed,
		Lines: a.lines, Bad: a.bad, BadLines: a.badLines, ByRun: a.byRun, ByAgent: a.byAgent,
	}
	weak := len(t.seen) == 0
	if weak {
		t = a.maybe
		r.ByWindow = len(t.seen)
	}
	r.Requests, r.Objects = len(t.seen), len(t.fills)
	r.MostFilled, r.Refilled = mostFilled(t.fills, mostFills)
	r.Peak = peakStarts(t.seen, time.Second)
	r.InFlightProof = Unproven
	if t.untimed == 0 && r.Requests > 0 {
		open := mostOpen(t.seen)
		r.InFlight = &open
	}
	if weak { // any of them may be a visitor's
		r.Peak.Low = 0
		if r.InFlight != nil {
			r.InFlight.Low = 0
		}
	}
	r.PeakProof = r.Peak.proof(r.Limits.MaxRPS)
	if r.InFlight != nil {
		r.InFlightProof = r.InFlight.proof(r.Limits.MaxInFlight)
	}
	a.visitors(r, t)
	a.judge(r)
	a.notes(r, t)
	return r
}

// judge sets the proof of the whole: what a log may lack proves nothing kept.
func (a *Audit) judge(r *Receipt) {
	r.Proof = worst(r.PeakProof, r.InFlightProof)
	if r.Proof == Kept && (r.Bad > 0 || r.Requests == 0 && r.Counted != 0 || r.Missed > r.Requests) {
		r.Proof = Unproven
	}
	if r.Requests == 0 && r.Counted != 0 {
		r.PeakProof = Unproven
	}
}

// visitors counts others between the run's first second and its last.
func (a *Audit) visitors(r *Receipt, t tally) {
	if r.Requests == 0 {
		return
	}
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for second := range maps.Keys(t.seconds) {
		first, last = min(first, second), max(last, second)
	}
	r.First, r.Last = time.Unix(first, 0).UTC(), time.Unix(last, 0).UTC()
	for second, all := range a.seconds {
		if second < first || second > last {
			continue
		}
		others := all - t.seconds[second]
		r.Visitors.Requests += others
		r.Visitors.PeakClockSecond = max(r.Visitors.PeakClockSecond, others)
		r.Visitors.PeakWithRun = max(r.Visitors.PeakWithRun, all)
	}
}

// notes say what was assumed, and what the log cannot show.
func (a *Audit) notes(r *Receipt, t tally) {
	note := func(when bool, format string, args ...any) {
		if when {
			r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
		}
	}
	note(r.Requests == 0, "no request of the run is in the log: it is of another time or another origin, or nothing reached it")
	note(r.ByAgent > 0, "%d requests are told by their user agent alone, weaker than the run id: log the header Edgeprime-Run", r.ByAgent)
	note(r.ByWindow > 0, "neither run id nor user agent is in the log: all requests for the run's URLs within its time count, "+
		"visitors' too, so nothing can be proven broken; a CDN may strip the header, or the log may leave it out")
	note(a.guessed > 0, "the log does not say whether its times are starts or ends: both were allowed for; --stamp start (Apache, "+
		"Varnish) or --stamp end (nginx) says it")
	note(a.coarse >= time.Second && r.Requests > 0, "the log's times are whole seconds: any window may hold more than a second of the clock, so the peak has two bounds")
	note(t.untimed > 0, "%d requests have no duration: most open at once is not shown by this log; add $request_time to it", t.untimed)
	note(t.unsaid == r.Requests && r.Requests > 0, "the log tells no variants: objects are counted by URL, and one URL is filled once for each variant")
	note(t.left > 0, "%d requests were for objects beyond the first %d, which are not counted one by one", t.left, mostObjects)
	note(r.Bad > 0, "%d lines could not be read, and may be requests: nothing is proven kept while they are there", r.Bad)
	note(r.Missed > r.Requests, "an upper tier says that it asked the origin %d times, the log has %d requests: the log is not whole, or the "+
		"CDN strips header and user agent from some", r.Missed, r.Requests)
	note(r.Counted > r.Requests, "the run counts at most %d requests that may have reached the origin, the log has %d of them: "+
		"the others were answered by a tier between, or the log is not whole, or a CDN strips header and user agent", r.Counted, r.Requests)
	note(r.Counted >= 0 && r.Counted < r.Requests, "the log has %d requests of the run, the run counts %d: a CDN repeats or slices requests; set origin.amplification",
		r.Requests, r.Counted)
	r.Notes = slices.Clip(r.Notes)
}
