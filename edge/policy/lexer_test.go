package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

func TestLexKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	lines := []string{`Public , max-age=60,,`, "\t" + `no-cache="Set-Cookie, X\"Y" , MAX-AGE=90`}
	ds := policy.Lex(lines)
	require.Len(t, ds, 4)
	assert.Equal(t, policy.Directive{Raw: "Public", Start: 0, End: 6, Name: "Public", Kind: policy.NoArg, Occurrence: 1}, ds[0])
	assert.Equal(t, policy.Directive{
		Raw: "max-age=60", Start: 9, End: 19, Name: "max-age", Kind: policy.TokenArg, Arg: "60", Occurrence: 1,
	}, ds[1])
	assert.Equal(t, policy.Directive{
		Raw: `no-cache="Set-Cookie, X\"Y"`, Line: 1, Start: 1, End: 28, Name: "no-cache", Kind: policy.QuotedArg,
		Arg: `Set-Cookie, X"Y`, Occurrence: 1,
	}, ds[2])
	assert.Equal(t, 2, ds[3].Occurrence)
	assert.Equal(t, "MAX-AGE", ds[3].Name)
	assert.Equal(t, 1, ds[3].Line)
	first, ok := ds.First("max-age")
	assert.True(t, ok)
	assert.Equal(t, "60", first.Arg)
}

func TestLexReportsErrorsWithPositions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line, err string
		at        int
		kind      policy.ArgKind
	}{
		{"max-age =60", policy.ErrSpace, 7, policy.TokenArg},
		{"public, max-age= 60", policy.ErrSpace, 16, policy.TokenArg},
		{`max-age= "60"`, policy.ErrSpace, 8, policy.QuotedArg},
		{"max-age=", policy.ErrNoValue, 7, policy.TokenArg},
		{"=60", policy.ErrNoName, 0, policy.TokenArg},
		{`no-cache="a`, policy.ErrUnbalanced, 9, policy.QuotedArg},
		{`max-age="60"x`, policy.ErrTrailing, 12, policy.QuotedArg},
		{"max-age=60; public", policy.ErrCharacter, 10, policy.TokenArg},
		{"max-age 60", policy.ErrCharacter, 7, policy.NoArg},
		{"private;max-age", policy.ErrCharacter, 7, policy.NoArg},
	} {
		ds := policy.Lex([]string{c.line})
		require.NotEmpty(t, ds, c.line)
		d := ds[len(ds)-1]
		assert.Equal(t, c.err, d.Err, c.line)
		assert.Equal(t, c.at, d.ErrAt, c.line)
		assert.Equal(t, c.kind, d.Kind, c.line)
		_, ok := d.Seconds()
		assert.False(t, ok, c.line)
	}
}

func TestNamesAreComparedWithoutCase(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"max-age": true, "MAX-AGE": true, "mAx-aGe": true, "max-agf": false, "max\rage": false, "max-ag": false, "max-age ": false,
		"\x4dax-age": true, "\u212aax-age": false, "": false,
	} {
		assert.Equal(t, want, policy.Directive{Name: name}.Is("max-age"), name)
	}
	assert.False(t, policy.Directive{Name: "\x40"}.Is("`"), "only letters have a case")
	assert.False(t, policy.Directive{Name: "\x5b"}.Is("{"), "only letters have a case")
}

func TestOccurrencesAreCountedInLongFields(t *testing.T) {
	t.Parallel()
	for _, n := range []int{3, 15, 16, 17, 40} {
		ds := policy.Lex([]string{strings.Repeat("a, A,b,", n)})
		require.Len(t, ds, 3*n)
		assert.Equal(t, 2*n-1, ds[3*n-3].Occurrence)
		assert.Equal(t, 2*n, ds[3*n-2].Occurrence)
		assert.Equal(t, n, ds[3*n-1].Occurrence)
	}
}

func TestAnUnclosedQuoteEndsWithItsLine(t *testing.T) {
	t.Parallel()
	ds := policy.Lex([]string{`private="a, max-age=60`, "no-store"})
	require.Len(t, ds, 2)
	assert.Equal(t, policy.ErrUnbalanced, ds[0].Err)
	assert.True(t, ds.Unqualified("private"), "a list that cannot be read permits nothing")
	assert.True(t, ds.Has("no-store"))
}

func TestSecondsAreDigitsAndSaturate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		want int64
		ok   bool
	}{
		{"max-age=0", 0, true},
		{"max-age=0060", 60, true},
		{`max-age="60"`, 60, true},
		{"max-age=2147483648", 1 << 31, true},
		{"max-age=2147483649", 1 << 31, true},
		{"max-age=99999999999999999999999999", 1 << 31, true},
		{"max-age=-1", 0, false},
		{"max-age=+1", 0, false},
		{"max-age=3600.0", 0, false},
		{"max-age=1e3", 0, false},
		{"max-age='60'", 0, false},
		{"max-age", 0, false},
		{`max-age=""`, 0, false},
	} {
		got, ok := policy.Lex([]string{c.line})[0].Seconds()
		assert.Equal(t, c.ok, ok, c.line)
		assert.Equal(t, c.want, got, c.line)
	}
}

func TestQualifiedDirectives(t *testing.T) {
	t.Parallel()
	ds := policy.Lex([]string{`no-cache="Set-Cookie, , X-Y", private=Set-Cookie, must-revalidate`})
	d, _ := ds.First("no-cache")
	assert.Equal(t, []string{"Set-Cookie", "X-Y"}, d.Fields())
	assert.True(t, ds.Qualified("no-cache"))
	assert.True(t, ds.Qualified("private"))
	assert.False(t, ds.Unqualified("private"))
	assert.False(t, ds.Qualified("must-revalidate"))
	assert.False(t, ds.Qualified("public"))
	assert.True(t, policy.Lex([]string{`private=" , "`}).Unqualified("private"))
	both := policy.Lex([]string{`private="x"`, "private"})
	assert.True(t, both.Unqualified("private"), "the more restrictive one holds")
	assert.False(t, both.Qualified("private"))
	assert.Nil(t, policy.Lex([]string{`private="x"y`})[0].Fields(), "a list with an error names nothing")
	assert.Nil(t, policy.Lex([]string{`private`})[0].Fields())
	_, found := ds.First("max-age")
	assert.False(t, found)
}

func TestLexTargeted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lines []string
		want  string // names and arguments, errors with !
		ok    bool
	}{
		{[]string{"max-age=600, must-revalidate"}, "max-age=600 must-revalidate", true},
		{[]string{"max-age=600", "no-store"}, "max-age=600 no-store", true},
		{[]string{"max-age=600;x=1, max-age=300"}, "max-age=300", true},
		{[]string{`max-age="600"`}, "max-age=600!", true},
		{[]string{"max-age=1.5"}, "max-age!", true},
		{[]string{"max-age=-1"}, "max-age=-1!", true},
		{[]string{"max-age"}, "max-age!", true},
		{[]string{"max-age=(1 2)"}, "max-age!", true},
		{[]string{"no-store=?0, max-age=1"}, "max-age=1", true},
		{[]string{`private="x", foo=bar`}, "private=x foo=bar", true},
		{[]string{"none"}, "none", true},
		{[]string{""}, "", false},
		{nil, "", false},
		{[]string{"max-age=600,"}, "", false},
		{[]string{"Max-Age=600"}, "", false},
		{[]string{"max-age =600"}, "", false},
		{[]string{"max-age=1234567890123456"}, "", false},
	} {
		ds, ok := policy.LexTargeted(c.lines)
		assert.Equal(t, c.ok, ok, c.lines)
		var got []string
		for _, d := range ds {
			s := d.Raw
			if d.Err != "" {
				assert.Equal(t, policy.ErrType, d.Err)
				s += "!"
			}
			got = append(got, s)
		}
		assert.Equal(t, c.want, strings.Join(got, " "), c.lines)
	}
}

func FuzzLex(f *testing.F) {
	for _, seed := range []string{
		"", ",", "public, max-age=31536000, immutable", `no-cache="Set-Cookie", private="a\"b`, "max-age =60;", "s-maxage=\"60\" x", "=,=\t,\"\\",
	} {
		f.Add(seed, "no-store")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		lines := []string{a, b}
		for _, d := range policy.Lex(lines) {
			line := lines[d.Line]
			require.Equal(t, d.Raw, line[d.Start:d.End])
			require.NotEmpty(t, d.Raw)
			require.GreaterOrEqual(t, d.Occurrence, 1)
			if d.Err != "" {
				require.GreaterOrEqual(t, d.ErrAt, d.Start)
				require.LessOrEqual(t, d.ErrAt, d.End)
			}
			n, ok := d.Seconds()
			require.False(t, ok && (n < 0 || n > 1<<31))
			if d.Kind == policy.NoArg {
				require.False(t, ok)
			}
		}
	})
}

func FuzzLexTargeted(f *testing.F) {
	for _, seed := range []string{"max-age=600, stale-if-error=60", "no-store=?0", `a="b";c=1, (1 2);d`, "max-age=600,", "None"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		ds, ok := policy.LexTargeted([]string{line})
		require.False(t, !ok && len(ds) > 0)
		for _, d := range ds {
			require.Equal(t, strings.ToLower(d.Name), d.Name)
			require.Equal(t, 1, d.Occurrence)
		}
	})
}
