package crawl

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// maxXMLTag is longer than any tag of a sitemap or feed.
const maxXMLTag = 64 << 10

// errXML means that XML is malformed.
var errXML = errors.New("crawl: malformed XML")

// xmlToken is what an [xmlScanner] stopped at.
type xmlToken int

const (
	xmlStart     xmlToken = iota
	xmlEnd                // also of an element without content, after its start
	xmlDirective          // <!...> that is neither comment nor CDATA
)

// xmlScanner splits a stream into the tags of XML and the text between them, and holds one of each
// at a time. It forgives what sitemaps in the wild get wrong: undeclared prefixes, bare ampersands,
// unquoted attributes. Comments and processing instructions are skipped.
type xmlScanner struct {
	in    *bufio.Reader
	tag   []byte // without brackets; valid until the next token
	text  []byte // since the last tag, with entities replaced, cut behind maxURL
	ended bool   // the start tag was an end, too
	clear bool   // the text belongs to the token before
}

// next reads up to the end of the next tag. At the end of the stream the error is io.EOF.
func (x *xmlScanner) next() (xmlToken, error) {
	if x.ended {
		x.ended, x.text = false, x.text[:0]
		return xmlEnd, nil
	}
	if x.clear {
		x.text = x.text[:0]
	}
	x.clear = true
	for {
		if err := x.readText(); err != nil {
			return 0, err
		}
		c, err := x.in.ReadByte()
		if err != nil {
			return 0, cutXML(err)
		}
		switch c {
		case '?':
			err = x.skip("?>", false)
		case '!':
			var directive bool
			if directive, err = x.bang(); directive {
				return xmlDirective, nil
			}
		default:
			_ = x.in.UnreadByte() // a byte was read just now
			return x.readTag()
		}
		if err != nil {
			return 0, err
		}
	}
}

// cutXML is the error of a stream that ends within markup.
func cutXML(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readText reads up to the next tag.
func (x *xmlScanner) readText() error {
	for {
		piece, err := x.in.ReadSlice('<')
		if err == nil {
			x.addText(piece[:len(piece)-1])
			return nil
		}
		x.addText(piece)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// addText keeps text as far as any reader of it wants, and leaves out the space before it.
func (x *xmlScanner) addText(piece []byte) {
	if len(x.text) == 0 {
		piece = bytes.TrimLeft(piece, " \t\r\n")
	}
	for len(piece) > 0 && len(x.text) <= maxURL {
		plain := bytes.IndexByte(piece, '&')
		if plain < 0 {
			plain = len(piece)
		}
		x.text = append(x.text, piece[:min(plain, maxURL+1)]...)
		if piece = piece[plain:]; len(piece) > 0 {
			text, length := xmlEntity(piece)
			x.text = append(x.text, text...)
			piece = piece[length:]
		}
	}
}

// xmlEntity replaces the reference that a text begins with, and says how long it is. What is none
// stays as it is: many sitemaps forget to escape the ampersands of their URLs.
func xmlEntity(s []byte) (text string, length int) {
	end := bytes.IndexByte(s[:min(len(s), 12)], ';')
	if end < 2 {
		return "&", 1
	}
	name := string(s[1:end])
	switch name {
	case "amp":
		return "&", end + 1
	case "lt":
		return "<", end + 1
	case "gt":
		return ">", end + 1
	case "quot":
		return `"`, end + 1
	case "apos":
		return "'", end + 1
	}
	if name[0] == '#' {
		number, base := name[1:], 10
		if len(number) > 1 && (number[0] == 'x' || number[0] == 'X') {
			number, base = number[1:], 16
		}
		n, err := strconv.ParseUint(number, base, 31)
		if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
			return "&", 1
		}
		return string(rune(n)), end + 1
	}
	if text, ok := xml.HTMLEntity[name]; ok {
		return text, end + 1
	}
	return "&", 1
}

// bang reads what begins with "<!", unless it is a directive.
func (x *xmlScanner) bang() (directive bool, err error) {
	head, _ := x.in.Peek(7) // an error comes again
	switch {
	case bytes.HasPrefix(head, []byte("--")):
		_, _ = x.in.Discard(2) // they were peeked
		return false, x.skip("-->", false)
	case bytes.HasPrefix(head, []byte("[CDATA[")):
		_, _ = x.in.Discard(7) // likewise
		return false, x.skip("]]>", true)
	default:
		return true, nil
	}
}

// skip reads up to a delimiter, which repeats one byte before its last; keep takes what it passes
// as text.
func (x *xmlScanner) skip(end string, keep bool) error {
	run := 0
	for {
		c, err := x.in.ReadByte()
		switch {
		case err != nil:
			return cutXML(err)
		case c == '>' && run >= len(end)-1:
			if keep && len(x.text) <= maxURL {
				x.text = x.text[:len(x.text)-len(end)+1]
			}
			return nil
		case c == end[0]:
			run++
		default:
			run = 0
		}
		if keep && len(x.text) <= maxURL {
			x.text = append(x.text, c)
		}
	}
}

// readTag reads a start or end tag; its opening bracket is read.
func (x *xmlScanner) readTag() (xmlToken, error) {
	var q quotes
	x.tag = nil
	for whole := false; !whole; {
		piece, err := x.in.ReadSlice('>')
		if err != nil {
			return 0, cutTag(err)
		}
		whole = q.closedBehind(piece)
		if whole && x.tag == nil {
			x.tag = piece // as nearly always
		} else {
			x.tag = append(x.tag, piece...)
		}
		if len(x.tag) > maxXMLTag {
			return 0, errXML
		}
	}
	x.tag = x.tag[:len(x.tag)-1]
	if rest, ok := bytes.CutPrefix(x.tag, []byte("/")); ok {
		x.tag = rest
		return xmlEnd, x.checkTag()
	}
	if rest, ok := bytes.CutSuffix(x.tag, []byte("/")); ok {
		x.tag, x.ended = rest, true
	}
	return xmlStart, x.checkTag()
}

// quotes follows the quotes around a tag's attributes.
type quotes struct {
	open, last byte
}

// closedBehind reports whether no quote is open behind a piece of a tag.
func (q *quotes) closedBehind(piece []byte) bool {
	for _, c := range piece {
		switch {
		case c == q.open:
			q.open = 0
		case q.open == 0 && q.last == '=' && (c == '"' || c == '\''):
			q.open = c
		}
		if c > ' ' {
			q.last = c
		}
	}
	return q.open == 0
}

// cutTag is the error of a tag that does not end.
func cutTag(err error) error {
	if errors.Is(err, bufio.ErrBufferFull) {
		return errXML
	}
	return cutXML(err)
}

// checkTag makes sure that a tag begins with a name.
func (x *xmlScanner) checkTag() error {
	if len(x.tag) == 0 {
		return errXML
	}
	c := x.tag[0]
	if c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' || c >= utf8.RuneSelf {
		return nil
	}
	return errXML
}

// name is the tag's name, as it stands there, without its prefix.
func (x *xmlScanner) name() []byte {
	name := x.tag
	if i := bytes.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	return name[bytes.LastIndexByte(name, ':')+1:]
}

// attr is the value of the first attribute of a name, without its prefix; empty when there is none.
func (x *xmlScanner) attr(name string) string {
	space := bytes.IndexAny(x.tag, " \t\r\n")
	if space < 0 {
		return ""
	}
	for rest := x.tag[space:]; ; {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			return ""
		}
		key := bytes.TrimSpace(rest[:equals])
		key = key[bytes.LastIndexAny(key, " \t\r\n:")+1:]
		rest = bytes.TrimLeft(rest[equals+1:], " \t\r\n")
		var value []byte
		switch {
		case len(rest) > 0 && (rest[0] == '"' || rest[0] == '\''):
			value, rest, _ = bytes.Cut(rest[1:], rest[:1])
		default:
			end := bytes.IndexAny(rest, " \t\r\n")
			if end < 0 {
				end = len(rest)
			}
			value, rest = rest[:end], rest[end:]
		}
		if string(key) == name {
			text := xmlScanner{}
			text.addText(value)
			return string(bytes.TrimSpace(text.text))
		}
	}
}
