package policy

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzLexPlain holds that the fast reader of targeted fields agrees with the complete one.
func FuzzLexPlain(f *testing.F) {
	for _, seed := range []string{
		"max-age=600, stale-if-error=60", "max-age=600,no-store", " max-age=0\t, must-revalidate ", "\tmax-age=1", "max-age=00", "max-age",
		"no-store=1", "a=1", "max-age=1,max-age=2", "max-age=1,", ",", "", "max-age=999999999999999", "max-age=1000000000000000", "a.b*", "A",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		fast, ok := lexPlain([]string{line})
		if !ok {
			return
		}
		full, ok := lexDictionary([]string{line})
		require.True(t, ok)
		require.Equal(t, full, fast)
	})
}
