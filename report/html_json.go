package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/edgeprime/edgeprime/report/safe"
)

// twinJSON is the report as JSON of printable ASCII, to be embedded in a page: credentials in URLs
// are masked, and what is not printable is escaped.
func twinJSON(r *Report) (json.RawMessage, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("report: json: %w", err)
	}
	var b strings.Builder
	for rest := string(raw); rest != ""; {
		quote := strings.IndexByte(rest, '"')
		if quote < 0 {
			b.WriteString(rest)
			break
		}
		end := quote + stringEnd(rest[quote:])
		b.WriteString(rest[:quote])
		b.WriteString(masked(rest[quote:end]))
		rest = rest[end:]
	}
	return json.RawMessage(b.String()), nil
}

// stringEnd is the length of the JSON string that s begins with, quotes included.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// masked masks and escapes one JSON string.
func masked(literal string) string {
	var s string
	if err := json.Unmarshal([]byte(literal), &s); err != nil {
		return `""`
	}
	quoted, err := json.Marshal(safe.Header(s))
	if err != nil {
		return `""`
	}
	var b strings.Builder
	for _, r := range string(quoted) {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}
