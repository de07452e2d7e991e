package main

import (
	"reflect"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// cdn checks the profile and what is declared of it.
func (c *checker) cdn(s cdnSection) {
	at := path("cdn")
	p, ok := policy.Named(s.Profile)
	if !ok {
		c.bad(at.key("profile"), "cdn.profile is %q; %s", shortened(s.Profile), near(s.Profile, policy.Names()))
		return
	}
	c.validated(at, reflect.TypeOf(s), p.Accepts(s.Settings))
}

// linter is the rules of the launch under the cache that it is served by.
func (l *launch) linter() (*lint.Linter, error) {
	p, _ := policy.Named(l.File.CDN.Profile) // it was checked
	return lint.New(l.File.Rules, p.With(l.File.CDN.Settings))
}
