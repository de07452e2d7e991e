package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/report/check"
)

// headerJudge judges answers one by one. Safe for concurrent use.
type headerJudge struct {
	// profile is the cache that all answers are judged for; empty means the one that gave them.
	profile  string
	settings policy.Settings
	others   []policy.Profile // that lifetimes are compared with
	rules    *lint.Linter
	when     launchWhen
	mu       sync.Mutex
	linters  map[string]*lint.Linter // by profile
}

// judge returns the result of one answer.
func (j *headerJudge) judge(r recording) check.Answer {
	o := r.answer.Observation
	a := check.Answer{
		ID: r.id, URL: o.URL, Method: cmp.Or(r.answer.Method, "GET"), Status: o.Status, Place: r.place, Failure: r.failure,
		Critical: r.answer.Asset.Priority == crawl.Critical, Variant: o.Variant, Region: o.Region, Vantage: o.Vantage,
		JudgedAt: r.answer.Now, Cache: cacheOf(o.Cache),
	}
	linter := j.linter(r)
	r.answer.Window, r.answer.Planned = j.when.window(r.answer.Now)
	rfc, profile, hidden := linter.Policies(r.answer)
	a.RFC, a.Profile = cachingOf(rfc, r.answer.Now), cachingOf(profile, r.answer.Now)
	switch {
	case o.Status == 0:
		a.RFC, a.Profile = check.Caching{Profile: rfc.Profile}, check.Caching{Profile: profile.Profile}
	case r.origin != nil && (hidden || profile.Unknown != ""):
		a.Profile = cachingOf(j.atOrigin(linter, r, profile), r.answer.Now)
	case hidden:
		a.Profile = hiddenCaching(a.Profile)
	}
	if hit := o.Cache.EdgeHit; hit != nil && *hit && (a.Profile.Storable == nil || !*a.Profile.Storable) {
		a.Profile = storedCaching(a.Profile)
	}
	switch {
	case o.Challenge != "" && a.Failure == "":
		a.Failure = "a challenge or block page answered, not the site: " + o.Challenge
	case a.Failure == "":
		a.Findings = check.Findings(slices.Concat(linter.Response(r.answer), linter.Probes(r.answer, r.probes), linter.Across(r.answer, j.others)))
	}
	for _, p := range lint.Probes() {
		if r.probes[p] != nil {
			a.Probes = append(a.Probes, p)
		}
	}
	if j.when.given() && a.Profile.Unknown != "" {
		a.Unknown = append(a.Unknown, "whether the copy is fresh at the launch: "+a.Profile.Unknown)
	}
	return a
}

// atOrigin is what the profile's cache makes of the origin's answer, with the age of the edge's copy.
func (j *headerJudge) atOrigin(l *lint.Linter, r recording, copied policy.Policy) policy.Policy {
	_, p, _ := l.Policies(*r.origin)
	p.AgeValue, p.CorrectedAge, p.ApparentAge, p.Received = copied.AgeValue, copied.CorrectedAge, copied.ApparentAge, copied.Received
	return p
}

// linter returns the linter for the cache that gave an answer.
func (j *headerJudge) linter(r recording) *lint.Linter {
	name := cmp.Or(j.profile, r.profile, profileOf(r.answer.Observation.Cache.Dialect))
	j.mu.Lock()
	defer j.mu.Unlock()
	if l := j.linters[name]; l != nil {
		return l
	}
	p, ok := policy.Named(name)
	if !ok {
		p = policy.RFC9111()
	}
	l := j.rules.For(p.With(j.settings))
	if j.linters == nil {
		j.linters = map[string]*lint.Linter{}
	}
	j.linters[name] = l
	return l
}

// profileOf is the profile of the cache that a dialect of cache status belongs to.
func profileOf(dialect string) string {
	switch dialect {
	case "cloudflare", "cloudfront", "akamai", "vercel", "netlify", "azure", "nginx", "varnish", "squid":
		return dialect
	case "fastly":
		return "fastly-vcl"
	case "google":
		return "gcp"
	}
	return "rfc9111"
}

// cachingOf writes a policy down as a result has it.
func cachingOf(p policy.Policy, now time.Time) check.Caching {
	c := check.Caching{Profile: p.Profile, Reason: p.Reason, Unknown: p.Unknown}
	for _, f := range p.Deviations() {
		c.Deviations = append(c.Deviations, fmt.Sprintf("%s (%s)", f.Says, strings.Trim(f.Source+", "+f.Read, ", ")))
	}
	if !p.StorableKnown {
		return c
	}
	reusable := p.State(now) != policy.StateStale
	c.Storable, c.Reusable = &p.Storable, &reusable
	if !p.Storable {
		return c
	}
	c.AgeS = seconds(p.Age(now))
	c.Basis = string(p.Basis)
	swr, sie := p.SWR, p.SIE
	if p.NoCache || p.StaleForbidden {
		swr, sie = 0, 0
	}
	c.SWRS, c.SIES = seconds(swr), seconds(sie)
	if !p.LifetimeKnown {
		c.Reusable = nil
		return c
	}
	fresh := p.Fresh(now)
	c.LifetimeS, c.Fresh = seconds(p.Lifetime), &fresh
	return c
}

// hiddenCaching forgets what the headers of an edge do not tell, which goes by a lifetime of its own.
func hiddenCaching(c check.Caching) check.Caching {
	return check.Caching{
		Profile: c.Profile, Storable: c.Storable, AgeS: c.AgeS, Deviations: c.Deviations,
		Unknown: "the edge answered from its store, though by its headers the copy is not fresh: a rule of its own decides, or a field that it keeps to itself; declare it with --edge-ttl or cdn.edge_ttl",
	}
}

// storedCaching is what is known of a cache that answered from its store, though by what is known of
// it it stores no such answer.
func storedCaching(c check.Caching) check.Caching {
	stored, why := true, "a rule of its own decides"
	if c.Reason != "" {
		why = "by its headers and defaults it stores no such answer (" + c.Reason + "); " + why
	}
	return check.Caching{
		Profile: c.Profile, Storable: &stored, AgeS: c.AgeS, Deviations: c.Deviations,
		Unknown: cmp.Or(c.Unknown, "the edge answered from its store, though "+why+"; declare it with --edge-ttl or cdn.edge_ttl"),
	}
}

func seconds(d time.Duration) *int64 {
	s := int64(d / time.Second)
	return &s
}

// cacheOf writes a cache status down as a result has it.
func cacheOf(cs edge.CacheStatus) check.Cache {
	return check.Cache{
		Outcome: cs.Outcome, EdgeHit: cs.EdgeHit, Origin: cs.Origin, PoP: cs.PoP, Layers: cs.Layers, Dialect: cs.Dialect,
		Node: cs.Node, TTLS: cs.TTL, Synthetic: cs.Synthetic, Conflict: cs.Conflict,
	}
}
