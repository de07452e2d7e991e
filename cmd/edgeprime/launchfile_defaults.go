package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/regions"
)

// Defaults that no section's package owns.
const (
	defaultWarmWindow = 6 * time.Hour // a working day's first peak, with room before the next prime
	defaultReportDir  = "readiness"
	// defaultPatience is how long a region is waited for that no worker is at: a restart takes less.
	defaultPatience = 2 * time.Minute
	// defaultListen is where workers elsewhere connect to.
	defaultListen = ":7422"
	// defaultEncoding is what the browsers of most visitors accept.
	defaultEncoding = "gzip, deflate, br, zstd"
)

// withDefaults returns the file with every absent key filled in.
func (f launchFile) withDefaults() launchFile {
	f.Launch.WarmWindow = cmp.Or(f.Launch.WarmWindow, defaultWarmWindow)
	f.Discovery.Limits = f.Discovery.WithDefaults()
	f.Discovery.Candidates = cmp.Or(f.Discovery.Candidates, crawl.CandidatesAll)
	f.Discovery.Ask = cmp.Or(f.Discovery.Ask, crawl.AskSelected)
	if len(f.Discovery.Viewports) == 0 {
		f.Discovery.Viewports = crawl.DefaultViewports()
	}
	if len(f.Variants) == 0 {
		f.Variants = []edge.Variant{{Name: "chromium", Headers: map[string]string{"Accept-Encoding": defaultEncoding}}}
	}
	if len(f.Regions) == 0 {
		f.Regions = []regions.Region{{Name: "default"}}
	}
	f.Regions = slices.Clone(f.Regions)
	for i, r := range f.Regions {
		f.Regions[i].Vantages = vantagesOf(r)
	}
	f.Stages.Canary = cmp.Or(f.Stages.Canary, f.Regions[0].Name)
	f.Stages.Gate = f.Stages.Gate.WithDefaults()
	f.Stages.Cover = cmp.Or(f.Stages.Cover, regions.DefaultCover)
	f.Stages.Shield = slices.Clone(f.Stages.Shield)
	for i, s := range f.Stages.Shield {
		if s.ref == "" {
			s.vantage.Name = cmp.Or(s.vantage.Name, fmt.Sprintf("shield-%d", i+1))
			f.Stages.Shield[i].vantage = s.vantage.WithDefaults()
		}
	}
	f.Origin.Limits = f.Origin.WithDefaults()
	f.Workers.Replicas = cmp.Or(f.Workers.Replicas, 1)
	f.Workers.Patience = cmp.Or(f.Workers.Patience, defaultPatience)
	if len(f.Workers.Regions) > 0 && len(f.Workers.Servers) == 0 {
		f.Workers.Listen = cmp.Or(f.Workers.Listen, defaultListen)
	}
	f.CDN.Profile = cmp.Or(f.CDN.Profile, policy.RFC9111().Name)
	f.Rules = f.Rules.WithDefaults()
	f.Criteria = f.Criteria.WithDefaults()
	f.Report.Dir = cmp.Or(f.Report.Dir, defaultReportDir)
	if len(f.Report.Formats) == 0 {
		f.Report.Formats = reportFormats()
	}
	return f
}

// vantagesOf returns a region's vantages with names and ways; none means one direct vantage.
func vantagesOf(r regions.Region) []edge.Vantage {
	if len(r.Vantages) == 0 {
		return []edge.Vantage{{Name: r.Name, Via: edge.Direct}}
	}
	vantages := slices.Clone(r.Vantages)
	for i, v := range vantages {
		if v.Name == "" {
			v.Name = r.Name
			if len(vantages) > 1 {
				v.Name = fmt.Sprintf("%s-%d", r.Name, i+1)
			}
		}
		vantages[i] = v.WithDefaults()
	}
	return vantages
}

// reportFormats are the formats that a report can be written in.
func reportFormats() []string { return []string{"text", "json", "markdown", "html"} }

// defaultOf returns the default of a key as a launch file would write it, or "".
func defaultOf(at keyPath) string {
	var root yaml.Node
	if err := root.Dump(launchFile{}.withDefaults()); err != nil {
		return ""
	}
	t := tree{root: &root}
	if root.Kind == yaml.DocumentNode {
		t.root = root.Content[0]
	}
	value, _, depth := t.find(at)
	if depth < len(at) || value.Kind != yaml.ScalarNode {
		return ""
	}
	return value.Value
}
