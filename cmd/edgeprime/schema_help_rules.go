package main

import (
	"maps"
	"slices"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// ruleHelp describes the sections cdn and rules.
func ruleHelp() map[string]help {
	return map[string]help{
		"cdn.profile":               {words: "The cache whose rules decide what is stored and for how long.", values: policy.Names()},
		"cdn.edge_ttl":              {words: "Lifetime that a rule of the CDN sets whatever headers say; 0s for none at all.", zero: true},
		"cdn.min_ttl":               {words: "Least lifetime that the CDN gives.", zero: true},
		"cdn.max_ttl":               {words: "Longest lifetime that the CDN gives.", zero: true},
		"cdn.default_ttl":           {words: "Lifetime of answers whose headers state none.", zero: true},
		"cdn.negative_ttl":          {words: "Least lifetime of answers of status 400 and above.", zero: true},
		"cdn.cache_mode":            {words: "How the CDN finds a lifetime, in its own words: google's cache modes, Akamai's caching behaviours.", values: cacheModes()},
		"cdn.cache_rule":            {words: "Whether a rule of the CDN makes the launch's URLs eligible for caching."},
		"cdn.vary_rule":             {words: "Whether the CDN is configured to honour Vary."},
		"cdn.always_online":         {words: "Whether the CDN serves archived pages while the origin is down (Cloudflare)."},
		"cdn.serve_stale":           {words: "Whether the CDN is configured to serve stale copies while the origin fails."},
		"cdn.ignores_query":         {words: "Whether the query is left out of the CDN's cache key."},
		"rules.preset":              {words: "Set of rules: recommended is warnings and worse, strict is all, static-only what one recorded answer decides.", values: presets()},
		"rules.levels":              {words: "Levels by rule id, whatever the preset says; edgeprime explain lists the ids.", names: `^[A-Z]+[0-9]{3}$`, values: append([]string{string(lint.Off)}, failLevels()...)},
		"rules.html_max_age":        {words: "How long browsers may keep a document."},
		"rules.unhashed_max_age":    {words: "How long browsers may keep what has no fingerprint in its path."},
		"rules.clock_skew":          {words: "How far a server's clock may be off."},
		"rules.compress_above":      {words: "Size in bytes above which text should be compressed."},
		"rules.vary_members":        {words: "How many members Vary may have."},
		"rules.expire_together":     {words: "How many critical copies may expire within one minute of the warm window."},
		"rules.samples":             {words: "How often a cell must be asked again to be proven."},
		"rules.unknown_share":       {words: "Share of a region's cells that may be unknown."},
		"rules.planned_rps":         {words: "Visitors' requests a second that are planned for, to forecast the origin's load. Default: no forecast.", most: "1e9"},
		"rules.personal_pattern":    {words: "Regular expression (RE2) of bodies that are one visitor's, such as a CSRF token. Default: bodies are not looked at."},
		"rules.fingerprint":         {words: "Which paths have a fingerprint, where the detector is wrong."},
		"rules.fingerprint.include": {words: "Regular expressions (RE2) of paths that have one.", pattern: `.`},
		"rules.fingerprint.exclude": {words: "Regular expressions of paths that have none; they win.", pattern: `.`},
	}
}

func presets() []string {
	var names []string
	for _, p := range lint.Presets() {
		names = append(names, string(p))
	}
	return names
}

// cacheModes are the cache modes of all profiles.
func cacheModes() []string {
	modes := map[string]bool{}
	for _, name := range policy.Names() {
		p, _ := policy.Named(name)
		for _, mode := range p.Modes() {
			modes[mode] = true
		}
	}
	return slices.Sorted(maps.Keys(modes))
}
