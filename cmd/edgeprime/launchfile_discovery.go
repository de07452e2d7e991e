package main

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
)

// discoverySection is how far discovery goes, for which devices, and with which help.
type discoverySection struct {
	crawl.Limits `yaml:",inline"`

	Viewports          []crawl.Viewport `yaml:"viewports"`
	Candidates         string           `yaml:"candidates"`
	Ask                string           `yaml:"ask"`
	SitemapSince       string           `yaml:"sitemap_since,omitempty"`
	SitemapMinPriority float64          `yaml:"sitemap_min_priority,omitempty"`
	Render             bool             `yaml:"render"`
	Browser            string           `yaml:"browser"`
}

// candidateChoices are the values of discovery.candidates.
func candidateChoices() []string { return []string{crawl.CandidatesAll, crawl.CandidatesSelected} }

// askChoices are the values of discovery.ask.
func askChoices() []string { return []string{crawl.AskSelected, crawl.AskNeeded} }

func (c *checker) discovery(l *launch) {
	d := l.File.Discovery
	c.validated(path("discovery"), reflect.TypeOf(d), d.Validate())
	names := map[string]keyPath{}
	for i, v := range d.Viewports {
		at := path("discovery", "viewports").index(i)
		c.unique(names, at.key("name"), v.Name, vantageRule, vantageForm)
		c.validated(at, reflect.TypeOf(v), v.Validate())
	}
	c.choice(path("discovery", "candidates"), d.Candidates, candidateChoices())
	c.choice(path("discovery", "ask"), d.Ask, askChoices())
	if d.SitemapMinPriority > 1 {
		c.bad(path("discovery", "sitemap_min_priority"), "discovery.sitemap_min_priority is %g; priorities of sitemaps are at most 1", d.SitemapMinPriority)
	}
	c.sitemapSince(l, d.SitemapSince)
}

// choice checks a key that has few values.
func (c *checker) choice(at keyPath, value string, choices []string) {
	if !slices.Contains(choices, value) {
		c.bad(at, "%s is %q; use %s", at, shortened(value), strings.Join(choices, " or "))
	}
}

// sitemapSince reads since when a sitemap's entries count as modified: a date, a time, or a duration
// before the launch.
func (c *checker) sitemapSince(l *launch, since string) {
	if since == "" || l.At.IsZero() {
		return
	}
	at := path("discovery", "sitemap_since")
	before, err := time.ParseDuration(since)
	day, dayErr := time.ParseInLocation(time.DateOnly, since, l.At.Location())
	switch {
	case err == nil && before <= 0:
		c.bad(at, "%s is %s; set a duration above zero: entries are kept that were modified in the time before the launch", at, since)
	case err == nil:
		l.sitemapSince = l.At.Add(-before)
	case dayErr == nil:
		l.sitemapSince = day
	default:
		if t, ok := c.instant(at, since, l.At.Location()); ok {
			l.sitemapSince = t
		}
	}
	if l.sitemapSince.After(l.At) {
		c.bad(at, "%s is after launch.at, so that every dated entry would be left out", at)
	}
}
