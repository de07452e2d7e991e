package render

import (
	"errors"
	"fmt"
	"time"
)

// The defaults of a [Config].
const (
	// DefaultDeadline leaves an origin with a low limit the time to answer.
	DefaultDeadline = 2 * time.Minute
	// DefaultQuiet outlasts the timers with which pages put off what is not urgent.
	DefaultQuiet = time.Second
	// DefaultRequests is ten times what a heavy page requests.
	DefaultRequests = 3000
	// DefaultScreens is further than visitors scroll.
	DefaultScreens = 100
)

// Config says how pages are loaded. Its zero value takes the Chromium in PATH.
type Config struct {
	// Path is the browser's command or file; empty means the first of Debian's chromium and its
	// like that is in PATH.
	Path string
	// Deadline bounds one visit: a page on one viewport. Default 2 minutes.
	Deadline time.Duration
	// Quiet is how long nothing must be requested before a page counts as loaded. Default 1 second.
	Quiet time.Duration
	// Requests is how many requests one visit may make. Default 3000.
	Requests int
	// Screens is how far a page is scrolled, in steps of nearly one screen. Default 100.
	Screens int
}

// Validate names every field that is out of bounds.
func (c Config) Validate() error {
	var errs []error
	for _, f := range []struct {
		name string
		bad  bool
	}{{"deadline", c.Deadline < 0}, {"quiet", c.Quiet < 0}, {"requests", c.Requests < 0}, {"screens", c.Screens < 0}} {
		if f.bad {
			errs = append(errs, fmt.Errorf("render: %s is less than zero; leave it out for the default", f.name))
		}
	}
	return errors.Join(errs...)
}

func (c Config) withDefaults() Config {
	if c.Deadline == 0 {
		c.Deadline = DefaultDeadline
	}
	if c.Quiet == 0 {
		c.Quiet = DefaultQuiet
	}
	if c.Requests == 0 {
		c.Requests = DefaultRequests
	}
	if c.Screens == 0 {
		c.Screens = DefaultScreens
	}
	return c
}
