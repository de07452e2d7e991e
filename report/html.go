package report

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report/safe"
)

// templates holds the page and its style sheet.
//
//go:embed templates/report.html templates/report.css
var templates embed.FS

// WriteHTML writes the report as one page that needs nothing else: no script runs, nothing is
// loaded, and the report itself is embedded as JSON. It reads well on a phone, in the dark and on
// paper.
func WriteHTML(w io.Writer, r *Report) error {
	p, err := newPage(r)
	if err != nil {
		return err
	}
	t, err := template.New("report.html").Funcs(pageFuncs(r)).ParseFS(templates, "templates/*")
	if err != nil {
		return fmt.Errorf("report: html: %w", err)
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("report: html: %w", err)
	}
	return nil
}

// page is what the template sees: the report, and what is derived from it for the eye.
type page struct {
	*Report

	ReceiptLines []string
	Criteria     Criteria      // with its defaults
	Limits       origin.Limits // with their defaults
	State        state
	ToLaunch     string
	Tiles        []tile
	Facts        []fact
	Ratio        drawing
	Load         drawing
	LoadTable    loadTable
	Times        []drawing
	JSON         json.RawMessage
}

// state is a verdict in words and for the eye.
type state struct{ Class, Word, Means string }

// tile is a key figure.
type tile struct {
	Figure, What, Of string
	Bad              bool
}

// fact is a line of the launch or the run.
type fact struct{ Name, Value string }

func newPage(r *Report) (*page, error) {
	twin, err := twinJSON(r)
	if err != nil {
		return nil, err
	}
	criteria := r.Criteria.WithDefaults()
	p := &page{
		Report: r, ReceiptLines: receiptLines(r), Criteria: criteria, Limits: r.Origin.Limits.WithDefaults(), State: stateOf(r.Verdict),
		ToLaunch: distance(r.Launch.At, r.Run.Finished), Facts: facts(r),
		Ratio: ratioChart(r.Vantages, criteria.HitRatio), Load: loadChart(r.Origin), LoadTable: newLoadTable(r.Origin.Series),
		Times: ttfbCharts(r.Vantages), JSON: twin,
	}
	p.Tiles = p.tiles()
	return p, nil
}

// Short tells whether a vantage's critical cells hit less than the criterion asks.
func (p *page) Short(v Vantage) bool {
	ratio, ok := v.AfterCritical.Ratio()
	return ok && !v.Tier && ratio < p.Criteria.HitRatio
}

// Open tells whether findings of a severity are unfolded: those that decide.
func (p *page) Open(s lint.Severity) bool { return rank(s) <= rank(p.Criteria.FailOn) }

func stateOf(v Verdict) state {
	switch v {
	case Ready:
		return state{"ready", string(v), "Every critical asset is in the edges’ caches and stays fresh through the launch."}
	case NotReady:
		return state{"not-ready", string(v), "The evidence shows that something would fail or be cold at launch."}
	default:
		return state{"inconclusive", string(Inconclusive), "Nothing proves a failure, and the evidence does not suffice for READY."}
	}
}

// tiles are the figures that a reader looks for first, over what visitors reach.
func (p *page) tiles() []tile {
	var critical Hit
	missing, fresh, cells, short := 0, 0, 0, false
	for _, v := range p.Vantages {
		if v.Tier {
			continue
		}
		critical.Hits += v.AfterCritical.Hits
		critical.Known += p.Scope.Critical * len(p.Scope.Variants)
		missing += v.Missing
		fresh += v.FreshAtEnd
		cells += v.Cells
		short = short || p.Short(v)
	}
	o := p.Origin
	return []tile{
		{hitPercent(critical), "critical cells hit", fmt.Sprintf("%s of %s in all regions", count(critical.Hits), count(critical.Known)), short || critical.Known == 0},
		{count(fresh), "cells stay fresh to the end", "of " + count(cells) + " cells", false},
		{count(missing), "critical cells without evidence", "", missing > 0},
		{count(o.PeakRPS), "requests per second at the origin, at peak", count(p.Limits.MaxRPS) + " allowed", o.PeakRPS > p.Limits.MaxRPS},
	}
}

// facts are who and what, for the record.
func facts(r *Report) []fact {
	loc := zone(r.Launch.TimeZone)
	var out []fact
	add := func(name, value string) {
		if value == "" {
			value = "not given"
		}
		out = append(out, fact{name, value})
	}
	add("Owner", shown(r.Launch.Owner))
	add("On call", shown(r.Launch.OnCall))
	add("Approver", shown(r.Launch.Approver))
	add("Deploy", shown(r.Launch.DeployID))
	add("Time zone", shown(r.Launch.TimeZone))
	add("Primed from", when(r.Launch.PrimeAt, loc))
	add("Run", shown(r.Run.ID))
	add("Run started", when(r.Run.Started, loc))
	add("Run finished", when(r.Run.Finished, loc))
	add("Tool", shown(r.Run.Tool))
	add("Configuration", shown(r.Run.ConfigDigest))
	if r.Run.File != "" {
		add("File", shown(r.Run.File))
	}
	return out
}

// pageFuncs are the words of the template. Every foreign text goes through shown or header.
func pageFuncs(r *Report) template.FuncMap {
	loc := zone(r.Launch.TimeZone)
	return template.FuncMap{
		"shown": shown, "brief": func(s string) string { return shorten(safe.URL(s), longestName) }, "header": header, "href": href, "plural": plural, "share": sharePercent, "hit": hitPercent, "ms": msWords,
		"size": size, "clock": clock, "days": days, "more": moreWords, "least": func(a, b int) int { return min(a, b) },
		"count": count[int], "first": first, "place": place, "severity": severityWord,
		"role": func(role regions.Role) string { return string(role) }, "kind": func(k crawl.Kind) string { return string(k) },
		"when": func(t time.Time) string { return when(t, loc) }, "iso": func(t time.Time) string { return t.Format(time.RFC3339) },
	}
}

// first returns the beginning of any slice.
func first(most int, slice any) any {
	v := reflect.ValueOf(slice)
	return v.Slice(0, min(most, v.Len())).Interface()
}
