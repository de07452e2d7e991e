package edge

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"sync"
	"time"
)

// Causes of a fetch's own deadlines. They wrap os.ErrDeadlineExceeded, so that every layer
// recognises a deadline.
var (
	errConnectDeadline = deadline("no connection in time")
	errTotalDeadline   = deadline("the fetch took too long")
	errIdleDeadline    = deadline("the body stalled")
)

type deadline string

func (d deadline) Error() string { return "edge: " + string(d) }
func (d deadline) Unwrap() error { return os.ErrDeadlineExceeded }

// trace collects what one fetch did on the wire. The nil trace ignores every call.
type trace struct {
	mu        sync.Mutex
	cancel    context.CancelCauseFunc
	total     time.Duration
	timer     *time.Timer
	began     time.Time
	ready     time.Time // connection stood
	reused    bool
	written   time.Time // the last attempt's write
	attempts  []Attempt
	at        *reached
	wroteAny  bool // the last attempt put something on the wire
	firstByte time.Time
	early     [][2]string
}

type traceKey struct{}

func withTrace(ctx context.Context, t *trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

func traceOf(ctx context.Context) *trace {
	t, _ := ctx.Value(traceKey{}).(*trace)
	return t
}

func (t *trace) connected(reused bool, at *reached) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ready, t.reused, t.at, t.wroteAny = time.Now(), reused, at, false
}

// idleConnDied reports whether the last try failed on a kept connection with nothing written.
func (t *trace) idleConnDied() bool {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reused && !t.wroteAny && !t.written.IsZero() && t.written.After(t.ready)
}

// start notes that an attempt is about to be written and starts its deadline.
func (t *trace) start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written = time.Now()
	if t.timer == nil && t.total > 0 {
		t.timer = time.AfterFunc(t.total, func() { t.cancel(errTotalDeadline) })
	}
}

func (t *trace) wrote() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.wroteAny {
		t.wroteAny = true
		t.attempts = append(t.attempts, Attempt{At: t.written.UTC()})
	}
}

// maxEarly bounds how many hints one answer can make us remember.
const maxEarly = 100

// hinted notes the links of an interim answer.
func (t *trace) hinted(status int, header textproto.MIMEHeader) error {
	if status != http.StatusEarlyHints {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, link := range header["Link"] {
		if len(t.early) < maxEarly {
			t.early = append(t.early, [2]string{"Link", link})
		}
	}
	return nil
}

func (t *trace) answered(status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.firstByte = time.Now()
	if n := len(t.attempts); n > 0 {
		t.attempts[n-1].Status = status
	}
}

func (t *trace) ended() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.attempts); n > 0 && t.attempts[n-1].Ms == 0 {
		t.attempts[n-1].Ms = milliseconds(time.Since(t.written))
	}
}

func (t *trace) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
	}
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

// attempts is the innermost layer of the tower: it counts what is really written.
type attempts struct{ Base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	t := traceOf(req.Context())
	if t == nil {
		return a.Base.RoundTrip(req)
	}
	t.start()
	hooks := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { t.wrote() }, Got1xxResponse: t.hinted}
	resp, err := a.Base.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), hooks)))
	if err != nil {
		t.ended()
		return nil, err
	}
	t.answered(resp.StatusCode)
	resp.Body = &attemptBody{ReadCloser: resp.Body, trace: t}
	return resp, nil
}

// attemptBody ends the attempt with the body.
type attemptBody struct {
	io.ReadCloser
	trace *trace
}

func (b *attemptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.trace.ended()
	}
	return n, err
}

func (b *attemptBody) Close() error {
	b.trace.ended()
	return b.ReadCloser.Close()
}

// fill writes what was collected into the observation.
func (t *trace) fill(o *Observation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o.Attempts, o.Early = t.attempts, t.early
	if t.at != nil {
		o.Remote = t.at.remote
	}
	o.Timing.Total = milliseconds(time.Since(t.began))
	if !t.ready.IsZero() && !t.reused {
		o.Timing.Connect = milliseconds(t.ready.Sub(t.began))
		o.Timing.RTT = milliseconds(t.at.rtt)
	}
	if !t.written.IsZero() {
		o.Timing.Permit = milliseconds(t.written.Sub(t.ready))
		if t.firstByte.After(t.written) {
			o.Timing.TTFB = milliseconds(t.firstByte.Sub(t.written))
		}
	}
	if n := len(o.Attempts); n > 0 {
		o.Attempts[n-1].Spared = o.Cache.Origin == ContactNo && o.Failure == ""
	}
}
