package policy

import (
	"errors"
	"strings"
	"time"
)

// ErrDate is returned for text that is no HTTP-date.
var ErrDate = errors.New("policy: not an HTTP-date")

// pivotYears is how far ahead a two-digit year may lie before it means the past century.
const pivotYears = 50

const (
	shortDays = "SunMonTueWedThuFriSat"
	months    = "JanFebMarAprMayJunJulAugSepOctNovDec"
)

// ParseDate reads an HTTP-date (RFC 9110, section 5.6.7) in any of its three forms: IMF-fixdate,
// RFC 850 and asctime. Letters are compared without case, everything else is strict: one space
// between parts, two-digit hours, zone GMT. Second 60 is accepted and is the next minute. A
// two-digit year more than 50 years after now belongs to the past century. The day name must be
// one, but need not fit the date.
func ParseDate(s string, now time.Time) (time.Time, error) {
	t, ok := parseIMF(s)
	if !ok {
		t, ok = parseASCTime(s)
	}
	if !ok {
		t, ok = parseRFC850(s, now)
	}
	if !ok {
		return time.Time{}, ErrDate
	}
	return t, nil
}

// parseIMF reads "Sun, 06 Nov 1994 08:49:37 GMT".
func parseIMF(s string) (time.Time, bool) {
	if len(s) != len("Sun, 06 Nov 1994 08:49:37 GMT") || !fits(s, "???, 00 ??? 0000 00:00:00 GMT") || !isShortDay(s[:3]) {
		return time.Time{}, false
	}
	return civil(number(s[12:16]), s[8:11], number(s[5:7]), s[17:25])
}

// parseASCTime reads "Sun Nov  6 08:49:37 1994".
func parseASCTime(s string) (time.Time, bool) {
	if len(s) != len("Sun Nov  6 08:49:37 1994") || !isShortDay(s[:3]) {
		return time.Time{}, false
	}
	if !fits(s, "??? ??? 00 00:00:00 0000") && !fits(s, "??? ???  0 00:00:00 0000") {
		return time.Time{}, false
	}
	return civil(number(s[20:24]), s[4:7], number(strings.TrimLeft(s[8:10], " ")), s[11:19])
}

// parseRFC850 reads "Sunday, 06-Nov-94 08:49:37 GMT".
func parseRFC850(s string, now time.Time) (time.Time, bool) {
	day, rest, found := strings.Cut(s, ", ")
	if !found || !isLongDay(day) || !fits(rest, "00-???-00 00:00:00 GMT") {
		return time.Time{}, false
	}
	century := now.UTC().Year() / 100 * 100
	limit := now.AddDate(pivotYears, 0, 0)
	for _, year := range [...]int{century + 100, century, century - 100} {
		t, ok := civil(year+number(rest[7:9]), rest[3:6], number(rest[:2]), rest[10:18])
		if ok && !t.After(limit) {
			return t, true
		}
	}
	return time.Time{}, false
}

// fits reports whether s has the shape of layout: 0 is a digit, ? any byte, a letter itself
// without case, everything else itself.
func fits(s, layout string) bool {
	if len(s) != len(layout) {
		return false
	}
	for i := range len(layout) {
		switch l := layout[i]; {
		case l == '?':
		case l == '0':
			if s[i] < '0' || s[i] > '9' {
				return false
			}
		case l >= 'A' && l <= 'Z':
			if s[i]&^0x20 != l {
				return false
			}
		case s[i] != l:
			return false
		}
	}
	return true
}

// number reads digits that fits has checked.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// civil builds the time of a calendar date that must exist and a checked "hh:mm:ss".
func civil(year int, monthName string, day int, clock string) (time.Time, bool) {
	month := index(months, monthName) + 1
	hour, minute, second := number(clock[:2]), number(clock[3:5]), number(clock[6:8])
	if month == 0 || day == 0 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	const shortest = 28 // only days after it need a look at the calendar
	if day > shortest && time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// index returns the position of a three-letter name in names, without case, or -1.
func index(names, name string) int {
	for i := 0; i < len(names); i += 3 {
		if sameName(name, names[i:i+3]) {
			return i / 3
		}
	}
	return -1
}

func isShortDay(s string) bool { return index(shortDays, s) >= 0 }

func isLongDay(s string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), s) {
			return true
		}
	}
	return false
}
