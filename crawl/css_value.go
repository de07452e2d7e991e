package crawl

import (
	"strconv"
	"strings"
)

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
