package crawl

import (
	"slices"
	"strconv"
	"strings"
)

// within is the whole name of a cascade layer inside another one.
func within(layer, name string) string {
	if layer == "" || name == "" {
		return layer + name
	}
	return layer + "." + name
}

// nameLayer notes a cascade layer; its place is where it was named first. One without a name is
// like no other. One whose whole name is too long counts as the layer around it.
func (s *cssScan) nameLayer(around, name string) string {
	if name == "" {
		name = "\x00" + strconv.Itoa(len(s.out.layers)) + strings.ReplaceAll(s.out.refs.page, ".", "\x00")
	}
	if name = within(around, name); len(name) > maxLayerName {
		return around
	}
	if len(s.out.layers) < maxFamilies && !slices.Contains(s.out.layers, name) {
		s.out.layers = append(s.out.layers, name)
	}
	return name
}

// maxLayers bounds how many layers of a page are told apart, maxLayerDepth how deep they are nested,
// maxLayerName the length of a name with those around it.
const (
	maxLayers     = 20000
	maxLayerDepth = 16
	maxLayerName  = 2 * maxURL // the page's URL stands for a name that is missing
)

// rankLayers puts the cascade layers of some sheets in order, the weakest first (CSS Cascading 5
// section 6.4.1): those of one layer by the place where they were first named, and behind them what
// stands in the layer itself.
func rankLayers(sheets []appliedSheet) map[string]int {
	l := layerRanks{first: map[string]int{}, paths: map[string][]int{}}
	for _, s := range sheets {
		for _, name := range s.named {
			l.note(name)
		}
		if s.layer != "" {
			l.note(s.layer)
		}
		for _, name := range s.layers {
			l.note(within(s.layer, name))
		}
	}
	names := sortedKeys(l.paths)
	slices.SortStableFunc(names, func(a, b string) int { return slices.Compare(l.paths[a], l.paths[b]) })
	ranks := make(map[string]int, len(names))
	for i, name := range names {
		ranks[name] = i
	}
	return ranks
}

// layerRanks holds when each layer was first named, and for whole names the path of these figures
// from the outermost layer on. At its end stands a figure above all others.
type layerRanks struct {
	first map[string]int
	paths map[string][]int
}

func (l *layerRanks) note(name string) {
	if l.paths[name] != nil || len(l.first) >= maxLayers || strings.Count(name, ".") >= maxLayerDepth {
		return
	}
	var path []int
	for i := range len(name) + 1 {
		if i < len(name) && name[i] != '.' {
			continue
		}
		if _, ok := l.first[name[:i]]; !ok {
			l.first[name[:i]] = len(l.first)
		}
		path = append(path, l.first[name[:i]])
	}
	l.paths[name] = append(path, unlayered)
}
