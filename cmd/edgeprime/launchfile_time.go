package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a machine without zone files must not read a launch time wrongly
)

// clockLayouts are the ways to write a local time.
func clockLayouts() []string {
	return []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"}
}

// instant reads a local time in a zone, or an RFC 3339 time with its own offset. A local time that
// the zone's clocks skip is an error; of one that they show twice the earlier is meant, and
// ambiguous is true.
func instant(text string, zone *time.Location) (t time.Time, ambiguous bool, err error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		if zone != nil {
			t = t.In(zone)
		}
		return t, false, nil
	}
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") {
		return t, false, errors.New("a time relative to now would move whenever the file is read; write the date and time")
	}
	wall, err := parseClock(text)
	if err != nil {
		return t, false, err
	}
	if zone == nil {
		return t, false, errNoZone
	}
	candidates := instants(wall, zone)
	if len(candidates) == 0 {
		return t, false, fmt.Errorf("%s does not exist in %s, where clocks are put forward over it; %s may be what is meant",
			wall.Format("2006-01-02 15:04"), zone, at(wall, zone, -aDay).Format(time.RFC3339))
	}
	return candidates[0], len(candidates) > 1, nil
}

// errNoZone means that a local time stands without a zone.
var errNoZone = errors.New("a local time needs launch.time_zone, such as Europe/Berlin; or write the offset, as in 2026-12-01T09:00:00+01:00")

func parseClock(text string) (time.Time, error) {
	for _, layout := range clockLayouts() {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return time.Time{}, errors.New("the time of day is missing; write it as in 2026-12-01 09:00")
	}
	return time.Time{}, errors.New("this is no date and time; write it as 2026-12-01 09:00 or 2026-12-01T09:00:00+01:00")
}

// instants returns the moments at which the zone's clocks show a wall time, the earliest first:
// none in a gap, two in an hour that comes twice. A zone changes its offset once in two days at most.
func instants(wall time.Time, zone *time.Location) []time.Time {
	var found []time.Time
	for _, around := range []time.Duration{-aDay, aDay} {
		t := at(wall, zone, around)
		same := t.Format(time.DateTime) == wall.Format(time.DateTime)
		if same && !slices.ContainsFunc(found, t.Equal) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	return found
}

const aDay = 24 * time.Hour

// at returns the moment of a wall time under the offset that the zone has around it, before or
// after.
func at(wall time.Time, zone *time.Location, around time.Duration) time.Time {
	_, offset := wall.Add(around).In(zone).Zone()
	return wall.Add(-time.Duration(offset) * time.Second).In(zone)
}

// zone returns the launch's time zone, or nil when none is named or it does not exist.
func (c *checker) zone(name string) *time.Location {
	if name == "" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		c.bad(path("launch", "time_zone"), "launch.time_zone is %q, which is no IANA time zone; write one such as America/New_York, Europe/Berlin or UTC", shortened(name))
		return nil
	}
	return zone
}

// times fills in the launch's instants and refuses a launch that is over.
func (c *checker) times(l *launch, now time.Time) {
	in := l.File.Launch
	at := path("launch", "at")
	if in.At == "" {
		c.bad(at, "launch.at is missing; say when the launch is, such as at: \"2026-12-01 09:00\"")
		return
	}
	zone := c.zone(in.TimeZone)
	if zone == nil && in.TimeZone != "" {
		return
	}
	var ok bool
	if l.At, ok = c.instant(at, in.At, zone); !ok {
		return
	}
	l.WarmUntil = l.At.Add(in.WarmWindow)
	const layout = "2006-01-02 15:04 MST"
	switch {
	case !now.Before(l.WarmUntil):
		c.bad(at, "launch.at is in the past: the launch was at %s and its warm window ended at %s, now it is %s; set the next launch's time",
			l.At.Format(layout), l.WarmUntil.Format(layout), now.In(l.At.Location()).Format(layout))
	case now.After(l.At):
		c.note("the launch was at %s; its warm window still runs until %s", l.At.Format(layout), l.WarmUntil.Format(layout))
	}
	l.PrimeAt = now.In(l.At.Location())
	c.primeAt(l, in.PrimeAt, now)
}

// primeAt reads the planned priming instant; one that has passed means now.
func (c *checker) primeAt(l *launch, text string, now time.Time) {
	if text == "" {
		return
	}
	at := path("launch", "prime_at")
	planned, ok := c.instant(at, text, l.At.Location())
	switch {
	case !ok:
	case planned.After(l.At):
		c.bad(at, "launch.prime_at is after launch.at; prime before the launch, or leave the key out to prime now")
	case planned.Before(now):
		c.note("launch.prime_at has passed; priming is due now")
	default:
		l.PrimeAt = planned
	}
}

// instant reads the time at a path and reports what is wrong with it.
func (c *checker) instant(at keyPath, text string, zone *time.Location) (time.Time, bool) {
	t, ambiguous, err := instant(text, zone)
	if err != nil {
		c.bad(at, "%s is %q: %s", at, shortened(text), err)
		return t, false
	}
	if ambiguous {
		c.note("%s %s comes twice in %s; the earlier one is meant: %s", at, text, zone, t.Format(time.RFC3339))
	}
	return t, true
}
