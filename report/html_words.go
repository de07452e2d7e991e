package report

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/report/safe"
)

// How many characters of one text a page shows, and of a name that stands as a title.
const (
	longest     = 2000
	longestName = 120
)

// shown is any foreign text as it may stand in a report: no credentials, nothing that acts.
func shown(s string) string { return safe.Text(safe.URL(s), longest) }

// shorten cuts a label.
func shorten(s string, limit int) string { return safe.Text(s, limit) }

// header is a header line as it may stand in a report.
func header(s string) string { return safe.Text(safe.Header(s), longest) }

// href is the address of a link, or "" when s must stay text: only http and https links lead
// anywhere, and one that had to be masked or escaped leads nowhere.
func href(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || shown(s) != s {
		return ""
	}
	return s
}

// zone is the launch's time zone, or nil when the report has to keep the offsets it holds.
func zone(name string) *time.Location {
	if name == "" {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// when words an instant in a zone, always with its offset.
func when(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "not set"
	}
	if loc != nil {
		t = t.In(loc)
	}
	if name, offset := t.Zone(); offset == 0 || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && name != "" {
		return t.Format("Mon 2 Jan 2006, 15:04 MST")
	}
	return t.Format("Mon 2 Jan 2006, 15:04 -07:00")
}

// distance words how far an instant is from another one: in 7d 18h, or 2h 5m ago.
func distance(to, from time.Time) string {
	switch d := to.Sub(from); {
	case to.IsZero() || from.IsZero():
		return ""
	case d.Abs() < time.Minute:
		return "now"
	case d > 0:
		return "in " + days(d)
	default:
		return days(-d) + " ago"
	}
}

// count writes a number with narrow spaces between thousands.
func count[T int | int64](n T) string {
	s := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, s = s[:1], s[1:]
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}

// size words bytes in units of 1000.
func size(n int64) string {
	f := float64(n)
	for _, unit := range []string{"B", "kB", "MB", "GB", "TB"} {
		if f < 999.5 || unit == "TB" {
			if unit == "B" || f >= 99.5 {
				return fmt.Sprintf("%.0f %s", f, unit)
			}
			return fmt.Sprintf("%.1f %s", f, unit)
		}
		f /= 1000
	}
	return ""
}
