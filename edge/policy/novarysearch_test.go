package policy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

func TestParseNoVarySearch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want policy.NoVarySearch
	}{
		{`params=("a" "b")`, policy.NoVarySearch{Ignored: []string{"a", "b"}}},
		{`except=("x")`, policy.NoVarySearch{IgnoresAll: true, Kept: []string{"x"}}},
		{`except=()`, policy.NoVarySearch{IgnoresAll: true}},
		{`key-order`, policy.NoVarySearch{IgnoresOrder: true}},
		{`key-order, params=("a")`, policy.NoVarySearch{IgnoresOrder: true, Ignored: []string{"a"}}},
		{`unknown=1, params=("a")`, policy.NoVarySearch{Ignored: []string{"a"}}},
		{`params=("%C3%A9+%E6%B0%97")`, policy.NoVarySearch{Ignored: []string{"é 気"}}},
		{`params=("100%" "%zz" "%2" "%ff")`, policy.NoVarySearch{Ignored: []string{"100%", "%zz", "%2", "\uFFFD"}}},
		{`params=()`, policy.NoVarySearch{}},
		{`key-order=?0`, policy.NoVarySearch{}},
		{`key-order=1`, policy.NoVarySearch{}},
		{`key-order=("a")`, policy.NoVarySearch{}},
		{`key-order, params=(a)`, policy.NoVarySearch{}},
		{`params`, policy.NoVarySearch{}},
		{`params=?0`, policy.NoVarySearch{}},
		{`params, except=("x")`, policy.NoVarySearch{}},
		{`params=("a"), except=("x")`, policy.NoVarySearch{}},
		{`except="x"`, policy.NoVarySearch{}},
		{`except=(x)`, policy.NoVarySearch{}},
		{`Params=("a")`, policy.NoVarySearch{}},
		{`params=("a"),`, policy.NoVarySearch{}},
		{``, policy.NoVarySearch{}},
	} {
		got := policy.ParseNoVarySearch([]string{c.text})
		assert.Equal(t, c.want, got, c.text)
		assert.Equal(t, assert.ObjectsAreEqual(policy.NoVarySearch{}, c.want), got.IsDefault(), c.text)
	}
	two := policy.ParseNoVarySearch([]string{`key-order`, `params=("a")`})
	assert.Equal(t, policy.NoVarySearch{IgnoresOrder: true, Ignored: []string{"a"}}, two, "lines are one dictionary")
	assert.True(t, policy.ParseNoVarySearch(nil).IsDefault())
}

func FuzzParseNoVarySearch(f *testing.F) {
	for _, seed := range []string{`params=("a" "%C3%A9+%E6%B0%97")`, `except=()`, `key-order, params=?1, except=("x")`, `params=(a)`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		n := policy.ParseNoVarySearch([]string{line})
		require.False(t, n.IgnoresAll && len(n.Ignored) > 0)
		require.False(t, !n.IgnoresAll && len(n.Kept) > 0)
	})
}
