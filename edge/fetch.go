package edge

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
)

// Request is what a Fetcher asks: one cell, and whether the decoded body is wanted.
type Request struct {
	Asset   crawl.Asset
	Variant Variant
	Keep    bool // return the decoded body, under the smaller caps
	// Method is GET or HEAD; empty means GET. Nothing else is ever sent.
	Method string
	// Probe are further header fields, such as If-None-Match or Range. They win over the variant's.
	Probe map[string]string
}

// Fetcher asks one vantage's edge. Base is the transport tower that leads there. Safe for
// concurrent use.
type Fetcher struct {
	Base http.RoundTripper
	Caps Caps
	// UserAgent names edgeprime to the site.
	UserAgent string
	// Header is sent with every request that the launch's own hosts get, such as the run id.
	Header http.Header
	// Mask takes credentials out of what came back, before it is kept; nil for nothing.
	Mask func(string) string
}

// Fetch asks once and writes down what came back. The body is nil unless Request.Keep. What goes
// wrong on the way is part of the observation; an error means that edgeprime itself held the
// request back, because the context ended or no permit was granted.
func (f *Fetcher) Fetch(ctx context.Context, r Request) (Observation, []byte, error) {
	caps := f.Caps.WithDefaults()
	began := time.Now()
	o := Observation{URL: r.Asset.URL, Variant: r.Variant.Name, At: began.UTC()}
	o.Cache.Outcome, o.Cache.Origin = Unknown, ContactUnknown
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t := &trace{cancel: cancel, total: caps.Total, began: began}
	defer t.stop()

	var body []byte
	req, err := f.request(withTrace(ctx, t), r)
	if err == nil {
		o.Sent = headerPairs(req.Header, sentFields)
		body, err = f.exchange(req, r, caps, &o)
	}
	if err != nil {
		if outer.Err() != nil {
			return o, nil, context.Cause(outer)
		}
		if held, ok := errors.AsType[*heldError](err); ok {
			return o, nil, held.err
		}
		if cause := context.Cause(ctx); cause != nil {
			err = cause // says why the exchange was cut, where the transport only says that it was
		}
		o.Failure, o.Error, body = classify(err), describe(err), nil
	}
	if f.Mask != nil {
		o.Error = f.Mask(o.Error)
		for i := range o.Header {
			o.Header[i][1] = f.Mask(o.Header[i][1])
		}
	}
	t.fill(&o)
	return o, body, nil
}

// request builds the request; the URL's path and query are sent byte for byte.
func (f *Fetcher) request(ctx context.Context, r Request) (*http.Request, error) {
	u, err := rawURL(r.Asset.URL)
	if err != nil {
		return nil, err
	}
	method := cmp.Or(r.Method, http.MethodGet)
	if method != http.MethodGet && method != http.MethodHead {
		return nil, fmt.Errorf("%w: the method %q is never sent", ErrScope, r.Method)
	}
	req := (&http.Request{
		Method: method, URL: u, Host: u.Host, Header: make(http.Header, 8),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	maps.Copy(req.Header, f.Header)
	req.Header.Set("User-Agent", f.UserAgent)
	req.Header.Set("Accept", accept(r.Asset.Kind))
	if r.Asset.Mode == crawl.CORS && r.Asset.Initiator != "" && r.Asset.Initiator != u.Scheme+"://"+u.Host {
		req.Header.Set("Origin", r.Asset.Initiator) // browsers leave it out of a same-origin GET
	}
	for _, headers := range []map[string]string{r.Variant.Headers, r.Probe} {
		for name, value := range headers {
			req.Header.Set(name, value)
		}
	}
	if req.Header.Get("Accept-Encoding") == "" {
		req.Header.Set("Accept-Encoding", "identity") // else net/http would add its own
	}
	return req, nil
}

// rawURL splits a WHATWG serialisation without decoding it: Opaque and RawQuery are written as
// they are.
func rawURL(raw string) (*url.URL, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok || scheme != "http" && scheme != "https" {
		return nil, fmt.Errorf("%w: %q is not an absolute http or https URL", ErrScope, withoutQuery(raw))
	}
	rest, _, _ = strings.Cut(rest, "#")
	hostPath, query, hasQuery := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(hostPath, "/")
	if host == "" || strings.Contains(host, "@") {
		return nil, fmt.Errorf("%w: %q has no host, or credentials in it", ErrScope, withoutQuery(raw))
	}
	u := &url.URL{Scheme: scheme, Host: host, Opaque: "/" + path, RawQuery: query, ForceQuery: hasQuery && query == ""}
	if strings.HasPrefix(u.Opaque, "//") { // would be read as an authority
		u.Opaque, u.Path = "", "/"+path
	}
	return u, nil
}

// targetURL is the inverse of rawURL.
func targetURL(req *http.Request) string {
	return req.URL.Scheme + "://" + req.URL.Host + req.URL.RequestURI()
}

// accept is what Chromium sends for a kind of asset.
func accept(kind crawl.Kind) string {
	switch kind {
	case crawl.Document:
		return "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
	case crawl.Stylesheet:
		return "text/css,*/*;q=0.1"
	case crawl.Image:
		return "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
	default:
		return "*/*"
	}
}

// exchange sends the request, reads the answer to its end and writes both down.
func (f *Fetcher) exchange(req *http.Request, r Request, caps Caps, o *Observation) (body []byte, err error) {
	resp, err := f.Base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := resp.Body.Close(); err == nil && closeErr != nil {
			err = closeErr
		}
	}()
	o.Status, o.Proto = resp.StatusCode, resp.Proto
	if resp.TLS != nil {
		o.TLS = tls.VersionName(resp.TLS.Version)
	}
	o.Header = headerPairs(resp.Header, nil)
	o.Cache = ReadCacheStatus(o.Header)
	if err := checkAnswer(resp, caps); err != nil {
		return nil, err
	}
	return readBody(resp, r, caps, o, traceOf(req.Context()))
}

// OriginContact reports whether an answer proves that the origin was spared, or that it was asked
// before the answer and nothing was begun behind it.
func OriginContact(resp *http.Response) (spared, asked bool) {
	c := ReadCacheStatus(headerPairs(resp.Header, nil))
	switch c.Outcome {
	case Miss, Expired, Revalidated, Bypass, Dynamic:
		asked = c.Origin == ContactYes
	case Hit, Stale, Updating, Errored, Unknown:
	}
	return c.Origin == ContactNo, asked
}

// checkAnswer refuses what no server may answer to a plain GET and what hides header fields.
func checkAnswer(resp *http.Response, caps Caps) error {
	if resp.StatusCode < 200 || resp.StatusCode > 599 {
		return protocolError(fmt.Sprintf("status %03d to a plain GET", resp.StatusCode))
	}
	known := resp.ProtoMajor == 1 && resp.ProtoMinor <= 1 || resp.ProtoMajor == 2 && resp.TLS != nil
	if !known {
		return protocolError(fmt.Sprintf("version %s on this connection", resp.Proto))
	}
	lines := 0
	for name, values := range resp.Header {
		lines += len(values)
		if strings.ContainsAny(name, " \t") {
			return protocolError(fmt.Sprintf("white space in the field name %q", name))
		}
	}
	if lines > caps.HeaderLines {
		return protocolError(fmt.Sprintf("%d header lines, over the cap of %d", lines, caps.HeaderLines))
	}
	return nil
}

// trustedLength is how much room is made for a body because its server says how long it is.
const trustedLength = 1 << 20

// readBody reads, decodes and hashes the body.
func readBody(resp *http.Response, r Request, caps Caps, o *Observation, t *trace) ([]byte, error) {
	wireCap, decodedCap := caps.Wire, caps.Decoded
	keep := r.Keep || r.Asset.Kind == crawl.Document && isHTML(o)
	if keep {
		wireCap, decodedCap = caps.KeptWire, caps.KeptDecoded
	}
	idle := newIdleReader(resp.Body, caps.Idle, func() { t.cancel(errIdleDeadline) })
	defer idle.stop()
	stop := func() error { return context.Cause(resp.Request.Context()) }
	wire := &meterReader{base: idle, cap: wireCap, over: errWireCap, stop: stop}
	o.Completeness = Truncated
	defer func() { o.WireBytes = wire.n }()

	hash := sha256.New()
	var kept bytes.Buffer
	sink := io.Writer(hash)
	if keep {
		kept.Grow(int(min(max(resp.ContentLength, 0), trustedLength)))
		sink = io.MultiWriter(hash, &kept)
	}
	coding := strings.Join(o.Values("Content-Encoding"), ",")
	if o.Status == http.StatusPartialContent {
		coding = "" // a part of coded content is no coded content
	}
	n, err := decodeTo(sink, wire, coding, decodedCap)
	o.Bytes = n
	if wire.err != nil {
		return nil, &bodyError{wire.err}
	}
	if err != nil {
		return nil, &bodyError{err}
	}
	empty := resp.Request.Method == http.MethodHead || o.Status == http.StatusNotModified // whatever the header says of a length
	if o.Completeness = completeness(resp); o.Completeness == Complete && !empty {
		o.Digest = "sha-256:" + hex.EncodeToString(hash.Sum(nil))
	}
	o.Challenge = ReadChallenge(o.Status, o.Header, kept.Bytes())
	if keep && r.Asset.Kind == crawl.Document && isHTML(o) {
		o.Fingerprint = crawl.Fingerprint(kept.Bytes(), o.URL)
	}
	if !r.Keep {
		return nil, nil
	}
	return kept.Bytes(), nil
}

// decodeTo copies the decoded content to sink, then reads the wire to its end: a permit is
// released only there, and what follows the coded content must not stay on the connection.
func decodeTo(sink io.Writer, wire *meterReader, coding string, decodedCap int64) (int64, error) {
	head := make([]byte, 1)
	if n, readErr := io.ReadFull(wire, head); n == 0 {
		if errors.Is(readErr, io.EOF) {
			readErr = nil // an empty body has no coding to undo
		}
		return 0, readErr
	}
	decoded, closeDecoder, err := decoder(io.MultiReader(bytes.NewReader(head), wire), coding)
	if err != nil {
		_, _ = io.Copy(io.Discard, wire)
		return 0, err
	}
	defer closeDecoder()
	out := &meterReader{base: decoded, cap: decodedCap, over: errDecodedCap, stop: wire.stop}
	n, err := io.Copy(sink, out)
	if err != nil && !errors.Is(err, errDecodedCap) && wire.err == nil {
		err = codingError(coding, err)
	}
	if err == nil || !errors.Is(err, errDecodedCap) {
		_, _ = io.Copy(io.Discard, wire)
	}
	return n, err
}

// completeness says what the framing proves (RFC 9112 section 8, RFC 9113 section 8.1).
func completeness(resp *http.Response) Completeness {
	framed := resp.ContentLength >= 0 || len(resp.TransferEncoding) > 0 || resp.ProtoMajor >= 2
	if framed {
		return Complete
	}
	return CompletenessUnknown
}

func isHTML(o *Observation) bool {
	kind, _, _ := strings.Cut(o.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// sentFields are the request fields that can select a variant; the rest is not written down.
func sentFields(name string) bool {
	return name == "Origin" || strings.HasPrefix(name, "Accept") || strings.HasPrefix(name, "Sec-") ||
		name == "User-Agent" || name == "Save-Data" || name == "Dpr" || strings.HasSuffix(name, "Width")
}

// withoutCookie leaves a cookie its name and attributes: that there is one is evidence, what it
// holds may be a session.
func withoutCookie(field string) string {
	pair, attributes, more := strings.Cut(field, ";")
	name, _, _ := strings.Cut(pair, "=")
	if more {
		return name + "=***;" + attributes
	}
	return name + "=***"
}

// headerPairs returns the fields as pairs sorted by name.
func headerPairs(h http.Header, keep func(string) bool) [][2]string {
	pairs := make([][2]string, 0, len(h))
	for name, values := range h {
		if keep != nil && !keep(name) {
			continue
		}
		for _, v := range values {
			if name == "Set-Cookie" {
				v = withoutCookie(v)
			}
			pairs = append(pairs, [2]string{name, v})
		}
	}
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return pairs
}
