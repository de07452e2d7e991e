package crawl

import (
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

func (s *cssScan) startDeclaration() {
	s.prop, s.wantProp = "", true
	s.names.reset()
}

func (s *cssScan) endDeclaration() {
	switch {
	case s.inFace():
		if s.prop == "font-family" {
			s.face.family = s.names.single()
		}
	case s.readsNames():
		s.names.flush(s.out.families)
	}
	s.startDeclaration()
}

// readsNames tells whether the declaration can say which font families are used.
func (s *cssScan) readsNames() bool {
	return s.prop == "font-family" || s.prop == "font" || strings.HasPrefix(s.prop, "--")
}

// inDeclaration reads a declaration, or a selector that looks like one until its brace comes.
func (s *cssScan) inDeclaration(kind css.TokenType, text []byte) {
	if s.wantProp {
		s.wantProp = false
		if kind == css.IdentToken || kind == css.CustomPropertyNameToken {
			s.prop = strings.ToLower(cssUnescape(text))
			if s.inFace() && s.prop == "src" {
				s.face.sources = nil // the last src wins
			}
			return
		}
	}
	switch kind {
	case css.URLToken:
		s.takeURL(cssURL(text), "css:url")
	case css.StringToken:
		s.takeString(cssString(text))
	case css.FunctionToken:
		s.openFunction(cssFunction(text))
	case css.LeftParenthesisToken:
		s.funcs = append(s.funcs, "")
	case css.RightParenthesisToken:
		s.popFunc()
	case css.IdentToken:
		s.takeIdent(cssUnescape(text))
	case css.CommaToken:
		s.names.next(s.out.families, s.readsNames() && !s.inFace())
	case css.ColonToken:
	case css.DelimToken:
		if len(text) == 1 && text[0] == '!' {
			s.names.next(s.out.families, s.readsNames() && !s.inFace())
			return
		}
		s.names.run = s.names.run[:0]
	default:
		s.names.run = s.names.run[:0]
	}
}

func (s *cssScan) openFunction(name string) {
	if name == "url" {
		s.takeURL(s.restOfURL(), "css:url")
		return
	}
	s.funcs = append(s.funcs, name)
}

func (s *cssScan) takeString(value string) {
	switch s.function() {
	case "image-set", "-webkit-image-set":
		s.takeURL(value, "css:image-set")
		return
	case "src":
		s.takeURL(value, "css:url")
		return
	case "format":
		s.face.setFormat(value)
		return
	}
	s.names.quote(value)
}

func (s *cssScan) takeIdent(name string) {
	if s.function() == "format" {
		s.face.setFormat(name)
		return
	}
	s.names.run = append(s.names.run, strings.ToLower(name))
}

func (s *cssScan) takeURL(raw, source string) {
	if s.inFace() {
		if s.prop == "src" {
			s.face.addSource(raw)
		}
		return
	}
	if s.isInert() {
		return
	}
	a := Asset{Kind: Image, Source: source}
	// Masks and shapes are read by the page, so the Fetch standard asks for them with cors.
	if strings.HasPrefix(s.prop, "mask") || strings.HasPrefix(s.prop, "-webkit-mask") || s.prop == "shape-outside" {
		a.Mode = CORS
	}
	s.out.refs.add(raw, a)
}

// familyNames reads a list of font family names.
type familyNames struct {
	run    []string // unquoted words since the last comma, in lower case
	quoted []string
}

func (n *familyNames) reset() { n.run, n.quoted = n.run[:0], n.quoted[:0] }

func (n *familyNames) quote(name string) { n.quoted = append(n.quoted, normalFamily(name)) }

// next ends one name of the list.
func (n *familyNames) next(into map[string]bool, keep bool) {
	if !keep {
		n.run = n.run[:0]
		return
	}
	n.flush(into)
}

// flush adds what was read. The font shorthand sets keywords before the name, so that every
// tail of the words is a candidate.
func (n *familyNames) flush(into map[string]bool) {
	const most = 8 // words in a name; longer runs are no family
	if len(into) >= maxFamilies {
		n.reset()
		return
	}
	run := n.run[max(0, len(n.run)-most):]
	for i := range run {
		into[strings.Join(run[i:], " ")] = true
	}
	for _, q := range n.quoted {
		into[q] = true
	}
	n.reset()
}

// maxFamilies bounds what a hostile sheet can make us remember.
const maxFamilies = 10000

// single is the one name of a font-family descriptor.
func (n *familyNames) single() string {
	if len(n.quoted) > 0 {
		return n.quoted[0]
	}
	return strings.Join(n.run, " ")
}

func normalFamily(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

func cssFunction(text []byte) string {
	return strings.ToLower(cssUnescape(text[:len(text)-1]))
}

// cssURL is the value of a url token.
func cssURL(text []byte) string {
	s := string(text)
	if i := strings.IndexByte(s, '('); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Trim(s, htmlSpace)
	if s == "" {
		return ""
	}
	if s[0] == '"' || s[0] == '\'' {
		if end := endOfString(s); end > 0 {
			return cssString([]byte(s[:end]))
		}
		return cssString([]byte(s))
	}
	if strings.HasSuffix(s, ")") && !endsInEscape(s[:len(s)-1]) {
		s = s[:len(s)-1]
	}
	return cssUnescape([]byte(strings.TrimRight(s, htmlSpace)))
}

// endOfString is the index behind the quote that closes the string s begins with; 0 without one.
func endOfString(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return 0
}

func endsInEscape(s string) bool {
	n := len(s) - len(strings.TrimRight(s, `\`))
	return n%2 == 1
}

// cssString is the value of a string token, which the end of the input may have closed.
func cssString(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	quote, inner := text[0], text[1:]
	if n := len(inner); n > 0 && inner[n-1] == quote && !endsInEscape(string(inner[:n-1])) {
		inner = inner[:n-1]
	}
	return cssUnescape(inner)
}

// cssUnescape resolves the escapes of CSS Syntax section 4.3.7.
func cssUnescape(text []byte) string {
	s := string(text)
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i += writeEscape(&b, s[i+1:])
	}
	return b.String()
}

// writeEscape writes what the escape behind a backslash stands for and tells its length.
func writeEscape(b *strings.Builder, s string) int {
	n := 0
	for n < len(s) && n < 6 && isHex(s[n]) {
		n++
	}
	if n == 0 {
		return writeLiteralEscape(b, s)
	}
	code, err := strconv.ParseInt(s[:n], 16, 32)
	if err != nil || code == 0 || code > 0x10ffff {
		code = 0xfffd
	}
	b.WriteRune(rune(code)) // a surrogate becomes U+FFFD
	if strings.HasPrefix(s[n:], "\r\n") {
		return n + 2
	}
	if n < len(s) && strings.IndexByte(htmlSpace, s[n]) >= 0 {
		n++
	}
	return n
}

func writeLiteralEscape(b *strings.Builder, s string) int {
	switch {
	case s == "":
		return 0
	case strings.HasPrefix(s, "\r\n"):
		return 2 // a string goes on in the next line
	case s[0] == '\n' || s[0] == '\r' || s[0] == '\f':
		return 1
	}
	b.WriteByte(s[0])
	return 1
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
