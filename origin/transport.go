package origin

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Transport is the permit layer of the transport tower: it stands on a connection that is
// already open, asks for a permit, and writes only while the permit is valid. The permit is
// released when the body was read to its end or closed. Safe for concurrent use.
type Transport struct {
	// Base writes the request; it must send it once at most.
	Base http.RoundTripper
	// Permits is asked before each request, on behalf of Region.
	Permits Permits
	Region  string
	// Contact reports whether an answer proves that the origin was spared, or that it was asked
	// before the answer and not behind it; nil when no answer proves anything.
	Contact func(*http.Response) (spared, asked bool)
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	permit, err := t.acquire(req)
	if err != nil {
		return nil, err
	}
	var written atomic.Bool
	started := time.Now()
	trace := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { written.Store(true) }}
	resp, err := t.Base.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		permit.Release(Outcome{Written: written.Load(), TimedOut: timedOut(err)})
		return nil, err
	}
	o := Outcome{
		Written: true,
		Status:  resp.StatusCode,
		Backoff: retryAfter(resp.Header.Get("Retry-After"), time.Now()),
		TTFB:    time.Since(started),
		Page:    isPage(resp.Header.Get("Content-Type")),
	}
	if t.Contact != nil {
		o.Spared, o.Asked = t.Contact(resp)
	}
	permit.Answered(o.Asked)
	resp.Body = &permitBody{ReadCloser: resp.Body, permit: permit, outcome: o}
	return resp, nil
}

// acquire returns a permit that is still valid: one that was granted while this goroutine could
// not run is given back.
func (t *Transport) acquire(req *http.Request) (*Permit, error) {
	for {
		permit, err := t.Permits.Acquire(req.Context(), t.Region)
		if err != nil {
			return nil, err
		}
		if permit.Start() {
			return permit, nil
		}
		permit.Release(Outcome{})
	}
}

// permitBody releases the permit at the end of the body.
type permitBody struct {
	io.ReadCloser
	permit  *Permit
	outcome Outcome
	once    sync.Once
}

func (b *permitBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		b.release(func(o *Outcome) { o.Complete = true })
	case err != nil:
		b.release(func(o *Outcome) { o.TimedOut = timedOut(err) })
	}
	return n, err
}

// Close implements io.Closer. A body that was closed before its end leaves its permit held.
func (b *permitBody) Close() error {
	err := b.ReadCloser.Close()
	b.release(func(*Outcome) {})
	return err
}

func (b *permitBody) release(finish func(*Outcome)) {
	b.once.Do(func() {
		finish(&b.outcome)
		b.permit.Release(b.outcome)
	})
}

// timedOut reports whether an exchange ended at a deadline, the transport's or the caller's.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// isPage reports whether a Content-Type is that of a document for people.
func isPage(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	return mediaType == "text/html" || mediaType == "application/xhtml+xml"
}

// retryAfter reads a Retry-After field (RFC 9110 section 10.2.3): seconds or a date; 0 when it is neither.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
