package crawl

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// decodeDocument returns a document as UTF-8, and the encoder in which browsers write the
// queries of its URLs; nil means UTF-8.
func decodeDocument(body []byte, contentType string) ([]byte, *encoding.Encoder) {
	enc, name, certain := charset.DetermineEncoding(body, contentType)
	if enc == encoding.Nop || (!certain || name == "utf-8") && utf8.Valid(body) {
		return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), nil
	}
	decoded, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return body, nil
	}
	decoded = bytes.TrimPrefix(decoded, []byte("\xef\xbb\xbf"))
	// The encoding found escapes for HTML what it cannot write; URLs need the plain one.
	plain, err := htmlindex.Get(name)
	if err != nil || strings.HasPrefix(name, "utf-") {
		return decoded, nil
	}
	return decoded, plain.NewEncoder()
}

// encodeQuery writes the query of a reference in a document's encoding (URL standard, percent-
// encode after encoding). The rest of a URL is always UTF-8.
func encodeQuery(ref string, enc *encoding.Encoder) string {
	rest, fragment, hasFragment := strings.Cut(ref, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	if !hasQuery {
		return ref
	}
	var b strings.Builder
	b.WriteString(path + "?")
	for _, r := range query {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		encoded, err := enc.String(string(r))
		if err != nil {
			fmt.Fprintf(&b, "%%26%%23%d%%3B", r)
			continue
		}
		for i := range len(encoded) {
			if c := encoded[i]; c < utf8.RuneSelf {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
	}
	if hasFragment {
		b.WriteString("#" + fragment)
	}
	return b.String()
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
