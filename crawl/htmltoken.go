package crawl

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// tokenKind is what a token of a document is.
type tokenKind int

const (
	noToken    tokenKind = iota // the end of the document
	otherToken                  // a comment, a doctype, or what is read as one
	textToken
	startToken
	endToken
)

const (
	// maxToken bounds what one token may hold; the largest inline scripts and data: URLs fit.
	maxToken = 4 << 20
	// plainAttrs is how many attributes are compared one by one.
	plainAttrs = 32
)

// htmlTokens reads the tokens of a document in memory (HTML section 13.2.5). It does what the
// tokenizer of golang.org/x/net/html does, but copies nothing, which makes it several times as fast,
// and leaves rare cases to that one.
type htmlTokens struct {
	text []byte // what was not read yet
	// raw is the current token as it is written.
	raw []byte
	// name is that of a tag, in lower case; attrs are those of a start tag.
	name        []byte
	attrs       attributes
	selfClosing bool
	// rawTag is the element that has just begun when its text is no markup.
	rawTag string
	// tooLong is set when a token over the bound ended the document.
	tooLong bool
}

// next reads the next token.
func (z *htmlTokens) next() tokenKind {
	if tag := z.rawTag; tag != "" {
		z.rawTag = ""
		if n := rawTextLen(z.text, tag); n > 0 {
			return z.take(textToken, n)
		}
	}
	switch n := markupAt(z.text); {
	case n > 0:
		return z.take(textToken, n)
	case len(z.text) == 0:
		return noToken
	}
	switch c := z.text[1]; {
	case isLetter(c):
		return z.start()
	case c == '/':
		return z.end()
	default:
		return z.take(otherToken, declarationLen(z.text))
	}
}

// take makes the next n bytes the current token; none means that the document breaks off inside it.
func (z *htmlTokens) take(kind tokenKind, n int) tokenKind {
	if z.tooLong = n >= maxToken; z.tooLong || n == 0 {
		z.text = nil
		return noToken
	}
	z.raw, z.text = z.text[:n], z.text[n:]
	return kind
}

func (z *htmlTokens) end() tokenKind {
	switch {
	case len(z.text) == len("</"):
		return z.take(textToken, len(z.text))
	case !isLetter(z.text[2]):
		return z.take(otherToken, behind(z.text, ">"))
	}
	return z.tag(endToken, len("</"))
}

func (z *htmlTokens) start() tokenKind {
	kind := z.tag(startToken, len("<"))
	switch string(z.name) {
	case "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp":
		z.rawTag = string(z.name)
	}
	return kind
}

// tag reads a tag whose name begins at an index.
func (z *htmlTokens) tag(kind tokenKind, at int) tokenKind {
	b := z.text
	nameEnd := at
	for nameEnd < len(b) && !endsName(b[nameEnd]) {
		nameEnd++
	}
	z.name = lowerASCII(b[at:nameEnd])
	z.attrs.names, z.attrs.values = z.attrs.names[:0], z.attrs.values[:0]
	lastValue := 0 // where it ends
	i := skipSpace(b, nameEnd)
	for i < len(b) && b[i] != '>' {
		a := attrAt(b, i)
		if kind == startToken && len(z.attrs.names) <= plainAttrs && z.attrs.take(lowerASCII(b[i:a.nameEnd]), b[a.value:a.valueEnd]) {
			lastValue = a.valueEnd
		}
		i = skipSpace(b, a.end)
	}
	if i >= len(b) {
		return z.take(noToken, 0)
	}
	z.selfClosing = b[i-1] == '/' && lastValue != i
	kind = z.take(kind, i+1)
	if kind != noToken && !z.isPlain() {
		z.decode()
	}
	return kind
}

// decode leaves the current tag to the other tokenizer.
func (z *htmlTokens) decode() {
	t := html.NewTokenizer(bytes.NewReader(z.raw))
	z.selfClosing = t.Next() == html.SelfClosingTagToken
	name, more := t.TagName()
	z.name = name
	z.attrs.names, z.attrs.values = z.attrs.names[:0], z.attrs.values[:0]
	for more {
		var key, value []byte
		key, value, more = t.TagAttr()
		z.attrs.names = append(z.attrs.names, key)
		z.attrs.values = append(z.attrs.values, value)
	}
}

// isPlain reports whether nothing in the current tag stands for something else.
func (z *htmlTokens) isPlain() bool {
	if len(z.attrs.names) == 0 {
		return bytes.IndexByte(z.name, 0) < 0
	}
	return len(z.attrs.names) <= plainAttrs && bytes.IndexByte(z.raw, '&') < 0 && bytes.IndexByte(z.raw, 0) < 0 && bytes.IndexByte(z.raw, '\r') < 0
}

// attrSpan is where an attribute's parts are in a text, and where what follows begins.
type attrSpan struct{ nameEnd, value, valueEnd, end int }

// attrAt reads the attribute that begins at an index. Its name may be empty, in front of a slash.
func attrAt(b []byte, at int) attrSpan {
	i := at
	for i < len(b) && (!endsName(b[i]) && b[i] != '=' || b[i] == '=' && i == at) {
		i++
	}
	a := attrSpan{nameEnd: i, value: i, valueEnd: i}
	i = skipSpace(b, i)
	switch {
	case i == len(b) || b[i] != '=' && b[i] != '/':
		a.end = i
		return a
	case b[i] == '/':
		a.end = i + 1
		return a
	}
	i = skipSpace(b, i+1)
	switch {
	case i == len(b) || b[i] == '>':
		a.end = i
	case b[i] == '"' || b[i] == '\'':
		a.value = i + 1
		n := bytes.IndexByte(b[a.value:], b[i])
		if n < 0 {
			n = len(b) - a.value
		}
		a.valueEnd = a.value + n
		a.end = min(a.valueEnd+1, len(b))
	default:
		a.value = i
		for i < len(b) && b[i] != '>' && !isSpace(b[i]) {
			i++
		}
		a.valueEnd, a.end = i, i
	}
	return a
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func endsName(c byte) bool { return c == '>' || c == '/' || isSpace(c) }

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// lowerASCII is b itself when it has no capital.
func lowerASCII(b []byte) []byte {
	for _, c := range b {
		if c >= 'A' && c <= 'Z' {
			return asciiLower(b)
		}
	}
	return b
}

func asciiLower(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c | 0x20
		}
	}
	return out
}

// behind is the index behind the first occurrence of an end, or behind everything.
func behind(b []byte, end string) int {
	if i := bytes.Index(b, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(b)
}

// markupAt is where the first tag, comment or the like begins; everything is text when there is none.
func markupAt(b []byte) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(b[at:], '<')
		if i < 0 || at+i+1 == len(b) {
			return len(b)
		}
		at += i
		if c := b[at+1]; isLetter(c) || c == '/' || c == '!' || c == '?' {
			return at
		}
	}
}

// declarationLen is the length of what begins with "<!" or "<?".
func declarationLen(b []byte) int {
	switch {
	case b[1] == '!' && len(b) < len("<!--"):
		return len(b)
	case !bytes.HasPrefix(b, []byte("<!--")):
		return behind(b, ">")
	}
	for at := len("<!--"); ; {
		i := bytes.IndexByte(b[at:], '>')
		if i < 0 {
			return len(b)
		}
		at += i + 1
		switch inside := b[len("<!--") : at-1]; {
		case len(inside) < 2 && len(bytes.Trim(inside, "-")) == 0, bytes.HasSuffix(inside, []byte("--")), bytes.HasSuffix(inside, []byte("--!")):
			return at
		}
	}
}

// rawTextLen is how far the text of an element goes in which there is no markup.
func rawTextLen(b []byte, tag string) int {
	if tag == "plaintext" {
		return len(b)
	}
	end := 0
	for {
		i := bytes.Index(b[end:], []byte("</"))
		if i < 0 {
			end = len(b)
			break
		}
		end += i
		name := b[end+len("</"):]
		if len(name) > len(tag) && endsName(name[len(tag)]) && bytes.EqualFold(name[:len(tag)], []byte(tag)) {
			break
		}
		end += len("</")
	}
	if tag == "script" && bytes.Contains(b[:end], []byte("<!--")) { // perhaps there is a script element in a comment
		t := html.NewTokenizer(io.MultiReader(strings.NewReader("<script>"), bytes.NewReader(b)))
		t.Next()
		t.Next()
		return len(t.Raw())
	}
	return end
}
