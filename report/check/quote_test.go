package check

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/edge/lint"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 200)
	for name, c := range map[string]struct {
		line          string
		start, end    int
		shown, carets string
	}{
		"plain":            {"Age: 12", 5, 7, "Age: 12", "     ^^"},
		"empty span":       {"Age: 12", 5, 5, "Age: 12", "     ^"},
		"at the end":       {"Age: 12", 7, 7, "Age: 12", "       ^"},
		"outside":          {"Age: 12", -3, 99, "Age: 12", "^^^^^^^"},
		"upside down":      {"Age: 12", 5, 2, "Age: 12", "     ^"},
		"control":          {"A: \x1bx", 4, 5, `A: \x1bx`, "       ^"},
		"within control":   {"A: \x1b", 3, 4, `A: \x1b`, "   ^^^^"},
		"bidi":             {"A: \u202ex", 6, 7, `A: \u202ex`, "         ^"},
		"no UTF-8":         {"A: \xffx", 4, 5, `A: \xffx`, "       ^"},
		"wide":             {"A: 日本x", 9, 10, "A: 日本x", "       ^"},
		"within wide":      {"A: 日本", 3, 9, "A: 日本", "   ^^^^"},
		"inside a rune":    {"A: 日x", 4, 6, "A: 日x", "   ^^"},
		"combining":        {"A: e\u0301x", 6, 7, "A: e\u0301x", "    ^"},
		"emoji":            {"A: 🚀x", 7, 8, "A: 🚀x", "     ^"},
		"long, early":      {"ab" + long, 0, 2, "ab" + long[:96] + "…", "^^"},
		"long, late":       {long + "bc" + "d", 200, 202, "…" + long[:40] + "bcd", strings.Repeat(" ", 41) + "^^"},
		"long, in between": {long + "bc" + long, 200, 202, "…" + long[:40] + "bc" + long[:56] + "…", strings.Repeat(" ", 41) + "^^"},
		"long span":        {long, 0, 200, long[:98] + "…", strings.Repeat("^", 98)},
	} {
		shown, carets := quote(c.line, &lint.Span{Start: c.start, End: c.end})
		assert.Equal(t, c.shown, shown, name)
		assert.Equal(t, c.carets, carets, name)
	}
	shown, carets := quote(long, nil)
	assert.Equal(t, long[:99]+"…", shown)
	assert.Empty(t, carets)
}

func FuzzQuote(f *testing.F) {
	f.Add("Cache-Control: max-age=60", 15, 25)
	f.Add("A: 日\x1b\xff\u202e🚀e\u0301", 4, 9)
	f.Add(strings.Repeat("日", 300), 400, 500)
	f.Fuzz(func(t *testing.T, line string, start, end int) {
		shown, carets := quote(line, &lint.Span{Start: start, End: end})
		assert.True(t, utf8.ValidString(shown))
		assert.LessOrEqual(t, columns([]rune(shown)), quoteWidth)
		assert.LessOrEqual(t, len(carets), quoteWidth+1)
		assert.Contains(t, carets, "^")
		assert.Empty(t, strings.Trim(carets, " ^"))
		assert.False(t, strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' || r == 0x7f }))
	})
}

// A span keeps pointing at the same text when the line around it is masked.
func TestMoved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, at, after, want string }{
		{"Set-Cookie: sid=abc; Path=/", "Set-Cookie", "Set-Cookie: sid=***; Path=/", "Set-Cookie"},
		{"Set-Cookie: sid=abcdef; Path=/", "Path=/", "Set-Cookie: sid=***; Path=/", "Path=/"},
		{"Set-Cookie: sid=abcdef; Path=/", "cde", "Set-Cookie: sid=***; Path=/", "***"},
		{"Set-Cookie: sid=abcdef; Path=/", "sid=abcdef; Pa", "Set-Cookie: sid=***; Path=/", "sid=***; Pa"},
		{"Location: /?token=x&a=1", "a=1", "Location: /?token=***&a=1", "a=1"},
	} {
		start := strings.Index(c.before, c.at)
		got := moved(lint.Span{Line: 3, Start: start, End: start + len(c.at)}, c.before, c.after)
		assert.Equal(t, c.want, c.after[got.Start:got.End], c.before)
		assert.Equal(t, 3, got.Line)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for s, want := range map[int64]string{0: "", 59: "59s", 60: "1m", 3600: "1h", 3660: "1h 1m", 86399: "23h 59m", 86400: "1d", 86460: "1d", 31536000: "365d"} {
		assert.Equal(t, want, span(s), s)
	}
	assert.Equal(t, "unknown", seconds(nil))
	assert.Equal(t, "119 s", seconds(new(int64(119))))
	assert.Equal(t, "86460 s = 1d", seconds(new(int64(86460))))
}
