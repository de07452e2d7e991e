package edge

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/proxy"
)

// Dialer opens the connections of one vantage. Every address that is dialled passes the guard: with a
// proxy, that is the proxy's.
type Dialer struct {
	Guard   *AddressGuard
	Vantage Vantage
	// Resolver finds what Vantage leaves to be found; nil when it leaves nothing.
	Resolver *Resolver
	// ProxyAuth is the proxy's user:password.
	ProxyAuth Secret
}

// reached is where a dial led.
type reached struct {
	remote string        // ip:port; a proxy's when there is one
	rtt    time.Duration // of the TCP handshake with it
	began  atomic.Int64  // of the last handshake, in nanoseconds since 1970
}

// reachedKey is under which a dial finds where to write what it reached.
type reachedKey struct{}

func reachedOf(ctx context.Context) *reached {
	r, _ := ctx.Value(reachedKey{}).(*reached)
	return r
}

// DialContext connects to what stands for the address at the vantage.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if d.Vantage.Via == ViaProxy {
		return d.throughProxy(ctx, network, address)
	}
	address, err := d.target(ctx, address)
	if err != nil {
		return nil, err
	}
	return guarded{d.Guard}.DialContext(ctx, network, address)
}

// guarded dials what the guard lets it, and notes in the context where it led.
type guarded struct{ guard *AddressGuard }

// DialContext implements proxy.ContextDialer.
func (g guarded) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	at := reachedOf(ctx)
	dialer := &net.Dialer{Timeout: connectTimeout, ControlContext: func(_ context.Context, network, address string, c syscall.RawConn) error {
		if at != nil {
			at.began.Store(time.Now().UnixNano())
		}
		return g.guard.Control(network, address, c)
	}}
	conn, err := dialer.DialContext(ctx, network, address)
	if err == nil && at != nil {
		at.remote, at.rtt = conn.RemoteAddr().String(), time.Since(time.Unix(0, at.began.Load()))
	}
	return conn, err
}

// Dial implements proxy.Dialer.
func (g guarded) Dial(network, address string) (net.Conn, error) {
	return g.DialContext(context.Background(), network, address)
}

// target returns the ip:port or host:port that is dialled for an address.
func (d *Dialer) target(ctx context.Context, address string) (string, error) {
	v := &d.Vantage
	if v.Address != "" {
		return v.Address, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	if ip := v.Pins[host]; ip != "" {
		return net.JoinHostPort(ip, port), nil
	}
	if _, err := netip.ParseAddr(host); err == nil || !v.Resolves() || d.Resolver == nil {
		return address, nil
	}
	found, err := d.Resolver.of(ctx, *v, host)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(found[0].String(), port), nil
}

// throughProxy has a proxy connect to the address. The name is resolved where the proxy stands: that is
// what it is there for.
func (d *Dialer) throughProxy(ctx context.Context, network, address string) (net.Conn, error) {
	via, err := ParseProxy(d.Vantage.Proxy)
	if err != nil {
		return nil, err
	}
	if host, _, err := net.SplitHostPort(address); err == nil {
		if _, err := netip.ParseAddr(host); err == nil {
			if err := d.Guard.Check(address); err != nil {
				return nil, err
			}
		}
	}
	if via.Scheme == "socks5" {
		var auth *proxy.Auth
		if user, password, ok := strings.Cut(d.ProxyAuth.Reveal(), ":"); ok {
			auth = &proxy.Auth{User: user, Password: password}
		}
		socks, err := proxy.SOCKS5(network, via.Host, auth, guarded{d.Guard})
		if err != nil {
			return nil, err
		}
		dialer, ok := socks.(proxy.ContextDialer)
		if !ok {
			return nil, errors.New("edge: the SOCKS dialer keeps no deadline")
		}
		conn, err := dialer.DialContext(ctx, network, address)
		return conn, proxyError(via, err)
	}
	conn, err := guarded{d.Guard}.DialContext(ctx, network, via.Host)
	if err != nil {
		return nil, proxyError(via, err)
	}
	if via.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{MinVersion: tls.VersionTLS12, ServerName: via.Hostname()})
	}
	if err := d.connect(ctx, conn, address); err != nil {
		_ = conn.Close()
		return nil, proxyError(via, err)
	}
	return conn, nil
}

// connect asks an HTTP proxy for a tunnel (RFC 9110, section 9.3.6), for http URLs too: the proxy must
// not answer from a cache of its own.
func (d *Dialer) connect(ctx context.Context, conn net.Conn, address string) error {
	until := time.Now().Add(connectTimeout)
	if end, ok := ctx.Deadline(); ok && end.Before(until) {
		until = end
	}
	if err := conn.SetDeadline(until); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	request := "CONNECT " + address + " HTTP/1.1\r\nHost: " + address + "\r\n"
	if auth := d.ProxyAuth.Reveal(); auth != "" {
		request += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(auth)) + "\r\n"
	}
	if _, err := conn.Write([]byte(request + "\r\n")); err != nil {
		return err
	}
	answer := bufio.NewReader(byteByByte{io.LimitReader(conn, headerBytes)})
	resp, err := http.ReadResponse(answer, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		_ = resp.Body.Close()
		return fmt.Errorf("it refuses the tunnel with status %d", resp.StatusCode)
	}
	return conn.SetDeadline(time.Time{})
}

// byteByByte reads no further than what is asked for: what follows belongs to somebody else.
type byteByByte struct{ io.Reader }

func (r byteByByte) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 1)]) }

// proxyError says which proxy it was.
func proxyError(via *url.URL, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("proxy %s: %w", via.Host, err)
}

// ParseProxy reads the URL of a proxy.
func ParseProxy(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Port() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" ||
		u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
		return nil, errors.New("edge: a proxy is written as socks5://host:1080, http://host:3128 or https://host:443, without credentials")
	}
	return u, nil
}
