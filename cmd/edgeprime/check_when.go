package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// defaultLead is how long before the launch priming is planned when nobody says: as late as one
// would dare.
const defaultLead = 10 * time.Minute

// launchWhen is the launch that freshness is judged through. Its zero value is none.
type launchWhen struct {
	launch, primed when
	warm           time.Duration // that the copy must stay fresh from the launch on
}

// when is an instant, or a distance from the instant of judging. Its zero value is none.
type when struct {
	at    time.Time
	ahead time.Duration
	given bool
}

// from returns the instant for an answer that is judged at now.
func (w when) from(now time.Time) time.Time {
	if w.at.IsZero() {
		return now.Add(w.ahead)
	}
	return w.at
}

// orThatOf returns the launch that a launch file describes where the flags name none.
func (w launchWhen) orThatOf(l *launch) launchWhen {
	if !w.launch.given {
		w.launch = when{at: l.At, given: true}
		if !w.primed.given && l.File.Launch.PrimeAt != "" {
			w.primed = when{at: l.PrimeAt, given: true}
		}
	}
	if w.warm == 0 {
		w.warm = l.File.Launch.WarmWindow
	}
	return w
}

// given reports whether there is a launch to judge for.
func (w launchWhen) given() bool { return w.launch.given }

// absolute reports whether the launch is an instant, and not ahead of each answer by itself.
func (w launchWhen) absolute() bool { return !w.launch.at.IsZero() }

// window returns when an answer that is judged at now must be fresh, and whether its copy is still
// to be primed: unless priming is over, it is.
func (w launchWhen) window(now time.Time) (lint.Window, bool) {
	if !w.given() {
		return lint.Window{}, true
	}
	launch := w.launch.from(now)
	window := lint.Window{LaunchAt: launch, WarmUntil: launch.Add(w.warm), PrimeAt: launch.Add(-defaultLead)}
	if w.primed.given {
		window.PrimeAt = w.primed.from(now)
		return window, !window.PrimeAt.Before(now)
	}
	if window.PrimeAt.Before(now) {
		window.PrimeAt = now
	}
	return window, true
}

// parseWhen reads an instant: RFC 3339, a local time in the zone, or a distance from the instant of
// judging such as +7d or -10m.
func parseWhen(text string, zone *time.Location) (when, error) {
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") {
		d, err := parseDistance(text[1:])
		if err != nil {
			return when{}, err
		}
		if text[0] == '-' {
			d = -d
		}
		return when{ahead: d, given: true}, nil
	}
	t, _, err := instant(text, zone)
	if errors.Is(err, errNoZone) {
		err = errors.New("a local time needs an offset, as in 2026-12-01T09:00:00+01:00, or a launch file with launch.time_zone")
	}
	return when{at: t, given: true}, err
}

// parseDistance reads a duration that may begin with days, such as 7d or 1d12h.
func parseDistance(text string) (time.Duration, error) {
	var d time.Duration
	days, rest, ok := strings.Cut(text, "d")
	if ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, badDistance(text)
		}
		d, text = time.Duration(n)*aDay, rest
		if text == "" {
			return d, nil
		}
	}
	more, err := time.ParseDuration(text)
	if err != nil || more < 0 {
		return 0, badDistance(text)
	}
	return d + more, nil
}

func badDistance(text string) error {
	return fmt.Errorf("%q is no distance: write it as 10m, 36h or 7d", text)
}
