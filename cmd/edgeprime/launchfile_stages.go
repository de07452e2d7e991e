package main

import (
	"reflect"
	"slices"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

// stages resolves the shield's names and checks the order of the launch.
func (c *checker) stages(l *launch, e *env, guard *edge.AddressGuard) {
	f := &l.File
	at := path("stages")
	l.stages = regions.Stages{Canary: f.Stages.Canary, Gate: f.Stages.Gate, Cover: f.Stages.Cover}
	c.validated(at.key("gate"), reflect.TypeFor[regions.Gate](), regions.Stages{Gate: f.Stages.Gate}.Validate())
	if f.Stages.Cover > regions.MostCover {
		c.bad(at.key("cover"), "stages.cover is %d; use 1 to %d", f.Stages.Cover, regions.MostCover)
	}
	known := func(r regions.Region) bool { return r.Name == f.Stages.Canary }
	if !slices.ContainsFunc(f.Regions, known) && c.named(f.Regions) {
		c.bad(at.key("canary"), "stages.canary is %q, which is no region of the launch; %s", shortened(f.Stages.Canary), near(f.Stages.Canary, regionNames(f.Regions)))
	}
	names := map[string]keyPath{}
	for _, r := range f.Regions {
		for _, v := range r.Vantages {
			names[v.Name] = path("regions")
		}
	}
	for i, s := range f.Stages.Shield {
		entry := at.key("shield").index(i)
		if s.ref != "" {
			c.shieldRef(l, entry, s.ref)
			continue
		}
		c.vantage(entry, s.vantage, slices.Contains(f.Workers.Regions, regions.ShieldRegion), guard)
		c.proxyAuth(entry.key("proxy_auth"), s.vantage, l, e)
		c.unique(names, entry.key("name"), s.vantage.Name, vantageRule, vantageForm)
		l.stages.Shield = append(l.stages.Shield, s.vantage)
	}
}

// shieldRef takes the vantages of a region, or one vantage, into the shield under names of its
// own: the region is still asked, measured and judged as visitors reach it.
func (c *checker) shieldRef(l *launch, at keyPath, name string) {
	var found []edge.Vantage
	var names []string
	for _, r := range l.File.Regions {
		names = append(names, r.Name)
		for _, v := range r.Vantages {
			if r.Name == name || v.Name == name {
				v.Name = "shield-" + v.Name
				found = append(found, v)
			}
			if v.Name != r.Name {
				names = append(names, v.Name)
			}
		}
	}
	if len(found) == 0 && c.named(l.File.Regions) {
		c.bad(at, "%s is %q, which is no region and no vantage of the launch; %s", at, shortened(name), near(name, names))
	}
	l.stages.Shield = append(l.stages.Shield, found...)
}

// named is false when the names of the regions are not known, since the list has not been read.
func (c *checker) named(list []regions.Region) bool {
	unread := func(b keyPath) bool { return len(b) <= 2 && b.within(path("regions")) }
	return !slices.ContainsFunc(c.broken, unread) && !slices.Contains(regionNames(list), "")
}

func regionNames(list []regions.Region) []string {
	var names []string
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names
}
