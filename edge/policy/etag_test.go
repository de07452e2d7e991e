package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

func TestParseETag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want policy.ETag
		ok   bool
	}{
		{`"xyzzy"`, policy.ETag{Opaque: "xyzzy"}, true},
		{`W/"xyzzy"`, policy.ETag{Opaque: "xyzzy", Weak: true}, true},
		{`""`, policy.ETag{}, true},
		{`W/""`, policy.ETag{Weak: true}, true},
		{`"a\b"`, policy.ETag{Opaque: `a\b`}, true}, // no escapes
		{"\"\x80\"", policy.ETag{Opaque: "\x80"}, true},
		{`xyzzy`, policy.ETag{}, false},
		{`w/"x"`, policy.ETag{}, false},
		{`W/ "x"`, policy.ETag{}, false},
		{`W/x`, policy.ETag{}, false},
		{`"a"b"`, policy.ETag{}, false},
		{`"a b"`, policy.ETag{}, false},
		{"\"a\x7f\"", policy.ETag{}, false},
		{"\"a\x00\"", policy.ETag{}, false},
		{` "a"`, policy.ETag{}, false},
		{`"a`, policy.ETag{}, false},
		{`a"`, policy.ETag{}, false},
		{`"`, policy.ETag{}, false},
		{`W/"`, policy.ETag{}, false},
		{``, policy.ETag{}, false},
		{`*`, policy.ETag{}, false},
	} {
		got, ok := policy.ParseETag(c.text)
		assert.Equal(t, c.ok, ok, c.text)
		assert.Equal(t, c.want, got, c.text)
		if ok {
			assert.Equal(t, c.text, got.String())
		}
	}
}

// TestETagComparison is the table of RFC 9110, section 8.8.3.2.
func TestETagComparison(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b         string
		strong, weak bool
	}{
		{`W/"1"`, `W/"1"`, false, true},
		{`W/"1"`, `W/"2"`, false, false},
		{`W/"1"`, `"1"`, false, true},
		{`"1"`, `"1"`, true, true},
		{`"1"`, `"2"`, false, false},
	} {
		a, _ := policy.ParseETag(c.a)
		b, _ := policy.ParseETag(c.b)
		assert.Equal(t, c.strong, a.StrongEqual(b), c)
		assert.Equal(t, c.strong, b.StrongEqual(a), c)
		assert.Equal(t, c.weak, a.WeakEqual(b), c)
		assert.Equal(t, c.weak, b.WeakEqual(a), c)
	}
}

func FuzzParseETag(f *testing.F) {
	for _, seed := range []string{`"xyzzy"`, `W/"xyzzy"`, `w/"x"`, `"a"b"`, `W/`, `"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tag, ok := policy.ParseETag(text)
		if !ok {
			require.Zero(t, tag)
			return
		}
		require.Equal(t, text, tag.String())
		require.True(t, tag.WeakEqual(tag))
		require.Equal(t, !tag.Weak, tag.StrongEqual(tag))
	})
}
