package safe

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// shortest is the shortest literal that is masked: a shorter one would hide half of every text,
// and is no secret worth the name.
const shortest = 4

// Masker hides the literals of loaded secrets. Its zero value hides nothing. It is immutable and
// safe for concurrent use, and printing it shows none of them.
type Masker struct {
	// A function, since fmt finds its way to every string behind a pointer.
	literals func() []string
}

// NewMasker returns the masker of the given secrets, as they are and as URLs, JSON, basic
// credentials and [Text] write them. White space around a secret does not count, and one of fewer
// than 4 bytes is left out.
func NewMasker(secrets []string) Masker {
	var literals []string
	for _, s := range secrets {
		if s = strings.TrimSpace(s); len(s) >= shortest {
			literals = append(literals, forms(s)...)
		}
	}
	slices.Sort(literals)
	literals = slices.Compact(literals)
	return Masker{literals: func() []string { return literals }}
}

// forms are the ways in which outputs may write a secret.
func forms(s string) []string {
	out := []string{
		s, url.QueryEscape(s), url.PathEscape(s), Text(s, most),
		base64.RawStdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)),
	}
	if quoted, err := json.Marshal(s); err == nil {
		out = append(out, string(quoted[1:len(quoted)-1]))
	}
	return out
}

// Mask returns s with "***" in place of every secret. Secrets that overlap or touch become one
// mask, so that no piece of either remains.
func (m Masker) Mask(s string) string {
	var spans [][2]int
	if m.literals != nil {
		for _, literal := range m.literals() {
			spans = append(spans, occurrences(s, literal)...)
		}
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	var b strings.Builder
	end := 0
	for i, span := range spans {
		if i == 0 || span[0] > end {
			b.WriteString(s[end:span[0]])
			b.WriteString(mask)
		}
		end = max(end, span[1])
	}
	b.WriteString(s[end:])
	return b.String()
}

// occurrences are the places of literal in s, those that overlap each other joined.
func occurrences(s, literal string) [][2]int {
	var spans [][2]int
	for from := 0; ; {
		i := strings.Index(s[from:], literal)
		if i < 0 {
			return spans
		}
		i += from
		if last := len(spans) - 1; last >= 0 && i <= spans[last][1] {
			spans[last][1] = i + len(literal)
		} else {
			spans = append(spans, [2]int{i, i + len(literal)})
		}
		from = i + 1
	}
}
