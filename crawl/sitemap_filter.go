package crawl

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// defaultSitemapPriority is what sitemaps.org gives an entry without a priority.
const defaultSitemapPriority = 0.5

// sitemapFilter leaves out what a launch does not want of its sitemaps. Its zero value leaves out
// nothing.
type sitemapFilter struct {
	since       time.Time
	minPriority float64
}

// filtered counts what a sitemapFilter has left out.
type filtered struct {
	old, minor, children int
}

// leftBySitemaps sums up what was left out of all sitemaps.
type leftBySitemaps struct {
	filtered

	first string // the first sitemap that anything was left out of
}

func (l *leftBySitemaps) add(url string, n filtered) {
	if n == (filtered{}) {
		return
	}
	l.first = cmp.Or(l.first, url)
	l.old += n.old
	l.minor += n.minor
	l.children += n.children
}

// nameLeft says what the launch file's own filters have left out. Nothing is missing by that.
func (r *run) nameLeft() {
	n := r.left
	var parts []string
	if n.old > 0 {
		parts = append(parts, plural(n.old, "entry")+" by discovery.sitemap_since")
	}
	if n.children > 0 {
		parts = append(parts, plural(n.children, "sitemap")+" of an index by discovery.sitemap_since")
	}
	if n.minor > 0 {
		parts = append(parts, plural(n.minor, "entry")+" by discovery.sitemap_min_priority")
	}
	if len(parts) > 0 {
		r.problem(Problem{
			URL: n.first, Problem: "sitemap-filtered",
			Detail: "left out of the sitemaps, as the launch file asks: " + strings.Join(parts, ", "),
		})
	}
}

// leavesOut judges an entry and counts it when it is left out.
func (f sitemapFilter) leavesOut(e *sitemapEntry, n *filtered) bool {
	switch {
	case f.older(e.lastmod):
		n.old++
	case f.minPriority > 0 && priorityOf(e.priority) < f.minPriority:
		n.minor++
	default:
		return false
	}
	return true
}

// older reports whether something was certainly not modified any more since then. What has no
// date that can be read may have been.
func (f sitemapFilter) older(lastmod string) bool {
	if f.since.IsZero() || lastmod == "" {
		return false
	}
	latest, ok := latestInstant(lastmod)
	return ok && latest.Before(f.since)
}

func priorityOf(text string) float64 {
	p, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return defaultSitemapPriority
	}
	return p
}

// latestInstant is the last instant of what a date names: a W3C date and time as sitemaps.org wants it,
// down to a year alone, or what feeds write. A date without a zone is one of UTC.
func latestInstant(text string) (time.Time, bool) {
	for _, form := range []struct {
		layout              string
		years, months, days int
	}{
		{time.DateOnly, 0, 0, 1},
		{time.RFC3339, 0, 0, 0},
		{"2006-01-02T15:04Z07:00", 0, 0, 0},
		{"2006-01-02T15:04:05Z0700", 0, 0, 0},
		{"2006-01-02T15:04:05", 0, 0, 0},
		{time.DateTime, 0, 0, 0},
		{"2006-01", 0, 1, 0},
		{"2006", 1, 0, 0},
		{time.RFC1123Z, 0, 0, 0},
		{time.RFC1123, 0, 0, 0},
	} {
		if t, err := time.Parse(form.layout, text); err == nil {
			if end := t.AddDate(form.years, form.months, form.days); end.After(t) {
				t = end.Add(-1)
			}
			return t, true
		}
	}
	return time.Time{}, false
}
