package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Deadlines and caps of a connection; those of a fetch are in Caps.
const (
	connectTimeout = 3 * time.Second
	tlsTimeout     = 3 * time.Second
	headerTimeout  = 5 * time.Second
	headerBytes    = 64 << 10
)

// Pool opens and keeps the connections of one vantage. The connection stands before anything
// else is asked for: Around wraps it, so that a permit is never waited for with the dial still to
// come. Create one with NewPool; it is safe for concurrent use.
type Pool struct {
	// Around wraps a connection for one request, such as with the permit layer; nil for nothing.
	Around func(conn http.RoundTripper) http.RoundTripper
	// Fresh makes every request use a connection of its own.
	Fresh bool

	transport *http.Transport
	mu        sync.Mutex
	conns     map[string][]*kept
}

// kept is a connection and where it leads.
type kept struct {
	*http.ClientConn

	*reached
}

// NewPool returns a pool of the connections that the dialer opens. The zero timeout means the default for
// the answer's header, five seconds.
func NewPool(dialer *Dialer, header time.Duration) *Pool {
	if header <= 0 {
		header = headerTimeout
	}
	return &Pool{
		conns: map[string][]*kept{},
		transport: &http.Transport{
			Proxy:                  nil, // a proxy would hide the address from the guard
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  header,
			MaxResponseHeaderBytes: headerBytes,
			DisableCompression:     true,
		},
	}
}

// RoundTrip implements http.RoundTripper.
func (p *Pool) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := p.once(req)
	if err != nil && req.Context().Err() == nil && traceOf(req.Context()).idleConnDied() {
		return p.once(req) // the kept connection went away while the permit was waited for; nothing was written
	}
	return resp, err
}

func (p *Pool) once(req *http.Request) (*http.Response, error) {
	trace := traceOf(req.Context())
	conn, reused, err := p.get(req.Context(), req)
	if err != nil {
		return nil, err
	}
	trace.connected(reused, conn.reached)
	use := &reservation{conn: conn.ClientConn}
	var tower http.RoundTripper = &attempts{Base: use}
	if p.Around != nil {
		tower = p.Around(tower)
	}
	resp, err := tower.RoundTrip(req)
	if !use.used {
		conn.Release()
		if err != nil && req.Context().Err() == nil {
			err = &heldError{err}
		}
	}
	if err != nil {
		if p.Fresh {
			_ = conn.Close()
		}
		return nil, err
	}
	if p.Fresh {
		resp.Body = &closingBody{ReadCloser: resp.Body, conn: conn.ClientConn}
	}
	return resp, nil
}

// get returns a connection with one request reserved on it.
func (p *Pool) get(ctx context.Context, req *http.Request) (conn *kept, reused bool, err error) {
	address := req.URL.Host
	if req.URL.Port() == "" {
		address = net.JoinHostPort(req.URL.Hostname(), map[string]string{"http": "80", "https": "443"}[req.URL.Scheme])
	}
	key := req.URL.Scheme + "://" + address
	if !p.Fresh {
		if conn := p.idle(key); conn != nil {
			return conn, true, nil
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, connectTimeout+tlsTimeout, errConnectDeadline)
	defer cancel()
	conn = &kept{reached: &reached{}}
	ctx = context.WithValue(ctx, reachedKey{}, conn.reached)
	if conn.ClientConn, err = p.transport.NewClientConn(ctx, req.URL.Scheme, address); err != nil {
		return nil, false, &connectError{err: err}
	}
	if err := conn.Reserve(); err != nil {
		_ = conn.Close()
		return nil, false, &connectError{err: err}
	}
	if !p.Fresh {
		p.mu.Lock()
		p.conns[key] = append(p.conns[key], conn)
		p.mu.Unlock()
	}
	return conn, false, nil
}

// idle returns a kept connection that can take one more request, reserved, or nil.
func (p *Pool) idle(key string) *kept {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[key] = slices.DeleteFunc(p.conns[key], func(c *kept) bool {
		if c.Err() == nil {
			return false
		}
		_ = c.Close()
		return true
	})
	for _, c := range p.conns[key] {
		if c.Available() > 0 && c.Reserve() == nil {
			return c
		}
	}
	return nil
}

// Close closes every kept connection.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conns := range p.conns {
		for _, c := range conns {
			_ = c.Close()
		}
	}
	clear(p.conns)
	return nil
}

// reservation uses the one reservation that get made.
type reservation struct {
	conn *http.ClientConn
	used bool
}

func (r *reservation) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.used {
		return nil, errors.New("edge: a second request on one reservation")
	}
	r.used = true
	return r.conn.RoundTrip(req)
}

// closingBody closes the connection with the body.
type closingBody struct {
	io.ReadCloser
	conn *http.ClientConn
}

func (b *closingBody) Close() error {
	err := b.ReadCloser.Close()
	_ = b.conn.Close()
	return err
}

// heldError marks an error of what stands around a connection: nothing was given to the connection,
// so the error says nothing of the edge.
type heldError struct{ err error }

func (e *heldError) Error() string { return e.err.Error() }
func (e *heldError) Unwrap() error { return e.err }

// connectError marks a failure before any request could be written.
type connectError struct{ err error }

func (e *connectError) Error() string { return e.err.Error() }
func (e *connectError) Unwrap() error { return e.err }
