package crawl

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// MaxSitemapBytes is what sitemaps.org allows one sitemap to hold when it is unpacked.
const MaxSitemapBytes = 50 << 20

// sitemapWindow is how much of a sitemap is unpacked at once.
const sitemapWindow = 64 << 10

// The reasons for which a sitemap cannot be read to its end.
var (
	errSitemapSize     = errors.New("crawl: the sitemap is too large")
	errSitemapPacked   = errors.New("crawl: the packed sitemap breaks off")
	errSitemapEncoding = errors.New("crawl: the sitemap's encoding is unknown")
)

// openSitemap returns a sitemap's text as UTF-8, without byte order mark and leading white space.
// It unpacks and decodes while it is read, and ends with an error of its own beyond size.
func openSitemap(body []byte, size int) (*bufio.Reader, error) {
	in := io.Reader(bytes.NewReader(body))
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, errSitemapPacked
		}
		in = gunzipper{z}
	}
	raw := bufio.NewReaderSize(&sizeReader{in, size}, sitemapWindow)
	out, err := decodeSitemap(raw)
	if err != nil {
		return nil, err
	}
	for {
		c, err := out.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case !strings.ContainsRune(" \t\r\n\f\v", rune(c)):
			return out, out.UnreadByte()
		}
	}
}

// gunzipper gives every error of a packed file one name.
type gunzipper struct{ base *gzip.Reader }

func (g gunzipper) Read(p []byte) (int, error) {
	n, err := g.base.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errSitemapPacked
	}
	return n, err
}

// sizeReader fails when there is more than left to read.
type sizeReader struct {
	base io.Reader
	left int
}

func (r *sizeReader) Read(p []byte) (int, error) {
	if r.left > 0 {
		n, err := r.base.Read(p[:min(len(p), r.left)])
		r.left -= n
		return n, err
	}
	var more [1]byte
	for {
		n, err := r.base.Read(more[:])
		if n > 0 {
			return 0, errSitemapSize
		}
		if err != nil {
			return 0, err
		}
	}
}

// xmlEncoding finds the encoding that an XML declaration names.
var xmlEncoding = regexp.MustCompile(`^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// decodeSitemap returns a reader of UTF-8: by byte order mark, by what UTF-16 looks like, else by
// the XML declaration. A declaration of UTF-16 that can be read byte by byte is wrong.
func decodeSitemap(in *bufio.Reader) (*bufio.Reader, error) {
	head, _ := in.Peek(1024) // an error comes again
	var label string
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := in.Discard(3)
		return in, err
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		decoder := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
		return bufio.NewReaderSize(decoder.Reader(in), sitemapWindow), nil
	case bytes.HasPrefix(head, []byte{0, '<'}):
		label = "utf-16be"
	case bytes.HasPrefix(head, []byte{'<', 0}):
		label = "utf-16le"
	default:
		m := xmlEncoding.FindSubmatch(head)
		if m == nil {
			return in, nil
		}
		label = strings.ToLower(string(m[1]))
		if label == "utf-8" || label == "utf8" || strings.HasPrefix(label, "utf-16") {
			return in, nil
		}
	}
	decoded, err := charset.NewReaderLabel(label, in)
	if err != nil {
		return nil, errSitemapEncoding
	}
	return bufio.NewReaderSize(decoded, sitemapWindow), nil
}
