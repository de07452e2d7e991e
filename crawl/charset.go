package crawl

import (
	"bytes"
	"strings"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// decodeDocument returns a document as UTF-8, and the parser whose queries are written in the
// document's encoding, as browsers write them.
func decodeDocument(body []byte, contentType string) ([]byte, whatwg.Parser) {
	enc, _, certain := charset.DetermineEncoding(body, contentType)
	if enc == unicode.UTF8 || enc == encoding.Nop || !certain && utf8.Valid(body) {
		return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), whatwg.NewParser()
	}
	decoded, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return body, whatwg.NewParser()
	}
	decoded = bytes.TrimPrefix(decoded, []byte("\xef\xbb\xbf"))
	if table, ok := enc.(*charmap.Charmap); ok {
		return decoded, whatwg.NewParser(whatwg.WithEncodingOverride(table))
	}
	return decoded, whatwg.NewParser()
}

// decodeSheet returns a style sheet as UTF-8: by its byte order mark, the header, or @charset.
func decodeSheet(body []byte, contentType string) []byte {
	name := charsetParam(contentType)
	if name == "" {
		if rest, ok := bytes.CutPrefix(body, []byte(`@charset "`)); ok {
			if end := bytes.IndexByte(rest[:min(len(rest), 64)], '"'); end >= 0 {
				name = string(rest[:end])
			}
		}
		if strings.HasPrefix(strings.ToLower(name), "utf-16") {
			name = "utf-8" // it was readable as ASCII, so it is not UTF-16
		}
	}
	return decodeNamed(body, name)
}

// decodeNamed decodes by byte order mark, else by the encoding's name, else as UTF-8.
func decodeNamed(body []byte, name string) []byte {
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return body[3:]
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case name == "":
		return body
	default:
		found, err := htmlindex.Get(name)
		if err != nil || found == unicode.UTF8 {
			return body
		}
		enc = found
	}
	decoded, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return body
	}
	return decoded
}
