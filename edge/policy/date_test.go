package policy_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// now is when the tests think it is.
func now() time.Time { return time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC) }

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		unix int64
		ok   bool
	}{
		{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777, true},
		{"Sunday, 06-Nov-94 08:49:37 GMT", 784111777, true},
		{"Sun Nov  6 08:49:37 1994", 784111777, true},
		{"Sun Nov 06 08:49:37 1994", 784111777, true},
		{"sUN, 06 nOV 1994 08:49:37 gmt", 784111777, true},
		{"Sun, 06 Nov 1994 08:49:60 GMT", 784111800, true},
		{"Thursday, 18-Aug-70 02:01:18 GMT", 3175552878, true},
		{"Monday, 29-Feb-96 00:00:00 GMT", 825552000, true},
		{"Tuesday, 30-Nov-76 00:00:00 GMT", 3373920000, true}, // a day under 50 years ahead
		{"Friday, 31-Dec-76 00:00:00 GMT", 220838400, true},   // more than 50 years ahead
		{"Thu, 18 Aug 2050 2:01:18 GMT", 0, false},
		{"Thu, 18 Aug 2050 02:01:18 UTC", 0, false},
		{"Thursday, 18-Aug-50 02:01:18 AEST", 0, false},
		{"Thu, 18 Aug 2050 02:01:18", 0, false},
		{"Thu,  18 Aug 2050 02:01:18 GMT", 0, false},
		{"Thu, 18  Aug 2050 02:01:18 GMT", 0, false},
		{"Thu 18 Aug 2050 02:01:18 GMT", 0, false},
		{"Xxx, 18 Aug 2050 02:01:18 GMT", 0, false},
		{"Thu, 18 Xxx 2050 02:01:18 GMT", 0, false},
		{"Thu, 31 Feb 2050 02:01:18 GMT", 0, false},
		{"Thu, 00 Feb 2050 02:01:18 GMT", 0, false},
		{"Thu, 18 Aug 2050 24:01:18 GMT", 0, false},
		{"Thu, 18 Aug 2050 02:60:18 GMT", 0, false},
		{"Thu, 18 Aug 2050 02:01:61 GMT", 0, false},
		{"Foo Nov  6 08:49:37 1994", 0, false},
		{"Sun Nov 6 08:49:37 1994", 0, false},
		{"Noday, 06-Nov-94 08:49:37 GMT", 0, false},
		{"Sunday, 31-Feb-94 08:49:37 GMT", 0, false},
		{"Sun, 06-Nov-94 08:49:37 GMT", 0, false},
		{"0", 0, false},
		{"-1", 0, false},
		{"", 0, false},
	} {
		got, err := policy.ParseDate(c.text, now())
		if !c.ok {
			assert.ErrorIs(t, err, policy.ErrDate, c.text)
			continue
		}
		require.NoError(t, err, c.text)
		assert.Equal(t, c.unix, got.Unix(), c.text)
	}
}

func TestTwoDigitYearsFollowTheClock(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]int{2026: 2010, 2090: 2110, 1999: 2010, 1950: 1910} {
		got, err := policy.ParseDate("Monday, 01-Feb-10 00:00:00 GMT", time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		assert.Equal(t, want, got.Year(), year)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "0", "Thursday, 29-Feb-00 00:00:60 gmt",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := policy.ParseDate(text, now())
		if err != nil {
			require.True(t, got.IsZero())
			return
		}
		require.Equal(t, time.UTC, got.Location())
		// What is read and written again means the same instant to the standard library.
		if year := got.Year(); year > 0 && year < 10000 {
			again, err := http.ParseTime(got.Format(http.TimeFormat))
			require.NoError(t, err)
			require.True(t, again.Equal(got))
		}
	})
}

func BenchmarkParseDate(b *testing.B) {
	at := now()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = policy.ParseDate("Sun, 06 Nov 1994 08:49:37 GMT", at)
	}
}
