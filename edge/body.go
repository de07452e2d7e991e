package edge

import (
	"bufio"
	"cmp"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

var (
	errWireCap    = errors.New("edge: body is over the cap on the wire")
	errDecodedCap = errors.New("edge: body is over the cap when decoded")
	errCoding     = errors.New("edge: content coding cannot be decoded")
)

// zstdWindow bounds the memory of one zstd decoder: RFC 9659 allows content codings 8 MiB.
const zstdWindow = 8 << 20

// meterReader counts what passes and fails over its cap. The cap stands under the decoder on the
// wire side and above it on the decoded side: an empty-output bomb passes only the first.
type meterReader struct {
	base io.Reader
	n    int64
	cap  int64
	over error
	err  error        // the first error but io.EOF, so that a decoder cannot hide it
	stop func() error // says why to stop, nil to go on; a bomb decodes for long without reading
}

func (m *meterReader) Read(p []byte) (int, error) {
	if err := m.stop(); err != nil {
		m.err = cmp.Or(m.err, err)
		return 0, err
	}
	n, err := m.base.Read(p)
	m.n += int64(n)
	if m.n > m.cap {
		err = fmt.Errorf("%w of %d bytes", m.over, m.cap)
	}
	if err != nil && !errors.Is(err, io.EOF) && m.err == nil {
		m.err = err
	}
	return n, err
}

// decoder returns a reader of the content without its coding. A chain of codings is refused:
// no cache serves one, and each link multiplies what a bomb costs.
func decoder(wire io.Reader, coding string) (io.Reader, func(), error) {
	nothing := func() {}
	switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
	case "", "identity":
		return wire, nothing, nil
	case "gzip", "x-gzip":
		r, err := gzip.NewReader(wire)
		return r, nothing, codingError(coding, err)
	case "deflate":
		r, err := zlib.NewReader(bufio.NewReader(wire))
		return r, nothing, codingError(coding, err)
	case "br":
		return brotli.NewReader(wire), nothing, nil
	case "zstd":
		r, err := zstd.NewReader(wire, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, nothing, codingError(coding, err)
		}
		return r, r.Close, nil
	}
	return nil, nothing, fmt.Errorf("%w: %q is not gzip, br, zstd, deflate or identity", errCoding, coding)
}

func codingError(coding string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %s: %w", errCoding, coding, err)
}

// idleReader ends a body that stalls.
type idleReader struct {
	base  io.Reader
	limit time.Duration
	timer *time.Timer
}

func newIdleReader(base io.Reader, limit time.Duration, stalled func()) *idleReader {
	return &idleReader{base: base, limit: limit, timer: time.AfterFunc(limit, stalled)}
}

func (r *idleReader) Read(p []byte) (int, error) {
	r.timer.Reset(r.limit)
	return r.base.Read(p)
}

func (r *idleReader) stop() { r.timer.Stop() }
