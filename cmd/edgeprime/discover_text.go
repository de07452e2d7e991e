package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/safe"
)

// longestCell bounds what a site can put into one line of the text.
const longestCell = 300

// shownText makes what a site says safe to show.
func shownText(s string) string { return safe.Text(safe.URL(s), longestCell) }

// writeText writes what was found for people: how much of what, what others could delay, what went
// wrong, then every asset, the critical ones first.
func (d *discoverer) writeText(w io.Writer, r *launchRun) error {
	name := r.launch.File.Name
	if d.adHoc {
		name = "ad hoc"
	}
	var b strings.Builder
	counts := countKinds(r.manifest)
	fmt.Fprintf(&b, "%s: %s, %d critical\n\n", name, plural(r.manifest.Len(), "asset"), counts.critical)
	counts.write(&b)
	writeBlockers(&b, r.manifest)
	writeProblems(&b, r.manifest.Problems)
	b.WriteString("\nassets: kind, viewports that request it (- for none), how it was found, URL, why\n")
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(b.String()) // Flush tells the error
	for _, p := range priorities() {
		counts.writeAssets(out, r.manifest, p, viewportNames(r.launch))
	}
	return out.Flush()
}

func priorities() []crawl.Priority { return []crawl.Priority{crawl.Critical, crawl.High, crawl.Low} }

func viewportNames(l *launch) []string {
	var names []string
	for _, v := range l.File.Discovery.Viewports {
		names = append(names, v.Name)
	}
	return names
}

// kindCounts are the numbers of assets by kind and priority.
type kindCounts struct {
	of       map[crawl.Kind]map[crawl.Priority]int
	critical int
}

func countKinds(m *crawl.Manifest) kindCounts {
	c := kindCounts{of: map[crawl.Kind]map[crawl.Priority]int{}}
	for a := range m.All() {
		if c.of[a.Kind] == nil {
			c.of[a.Kind] = map[crawl.Priority]int{}
		}
		c.of[a.Kind][a.Priority]++
		if a.Priority == crawl.Critical {
			c.critical++
		}
	}
	return c
}

func (c kindCounts) write(b *strings.Builder) {
	fmt.Fprintf(b, "  %-12s", "")
	for _, p := range priorities() {
		fmt.Fprintf(b, "%9s", p)
	}
	b.WriteByte('\n')
	for _, kind := range slices.Sorted(maps.Keys(c.of)) {
		fmt.Fprintf(b, "  %-12s", kind)
		for _, p := range priorities() {
			fmt.Fprintf(b, "%9d", c.of[kind][p])
		}
		b.WriteByte('\n')
	}
}

// writeBlockers names the third-party hosts that critical assets come from, with one example each:
// nobody can prime them.
func writeBlockers(b *strings.Builder, m *crawl.Manifest) {
	first := map[string]crawl.Asset{}
	count := map[string]int{}
	for a := range m.All() {
		if a.ThirdParty && a.Priority == crawl.Critical {
			host := hostOf(a.URL)
			if count[host]++; count[host] == 1 {
				first[host] = a
			}
		}
	}
	if len(first) == 0 {
		return
	}
	b.WriteString("\nthird-party hosts on the critical path: named, never fetched; add what is yours to scope.hosts\n")
	for _, host := range slices.Sorted(maps.Keys(first)) {
		a := first[host]
		fmt.Fprintf(b, "  %-30s %s, such as the %s %s\n", shownText(host), plural(count[host], "asset"), a.Kind, shownText(a.URL))
		fmt.Fprintf(b, "  %-30s %s, for %s\n", "", shownText(cmp.Or(a.Reason, a.Source)), shownText(cmp.Or(a.Page, "the launch")))
	}
}

// hostOf is the host and port of a URL in its WHATWG form.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	return rest[:strings.IndexByte(rest+"/", '/')]
}

func writeProblems(b *strings.Builder, problems []crawl.Problem) {
	if len(problems) > 0 {
		b.WriteString("\nproblems\n")
	}
	for _, p := range problems {
		name := p.Problem
		if p.Incomplete {
			name += " (assets may be missing)"
		}
		fmt.Fprintf(b, "  %s  %s\n    %s\n", shownText(name), shownText(p.URL), shownText(p.Detail))
	}
}

// writeAssets lists the assets of one priority, by kind and URL. It holds none of them: there may be
// a million.
func (c kindCounts) writeAssets(w *bufio.Writer, m *crawl.Manifest, p crawl.Priority, viewports []string) {
	title := "\n" + string(p) + "\n"
	for _, kind := range slices.Sorted(maps.Keys(c.of)) {
		if c.of[kind][p] == 0 {
			continue
		}
		_, _ = w.WriteString(title) // Flush tells the error
		title = ""
		for a := range m.All() {
			if a.Priority != p || a.Kind != kind {
				continue
			}
			why := cmp.Or(a.Reason, a.Source)
			if a.ThirdParty {
				why = "third party; " + why
			}
			fmt.Fprintf(w, "  %-10s %-14s %-26s %s  %s\n", a.Kind, devices(a, viewports), shownText(a.Source), shownText(a.URL), shownText(why))
		}
	}
}

// devices says which viewports request an asset.
func devices(a crawl.Asset, viewports []string) string {
	switch {
	case len(a.Selected) == 0:
		return "-"
	case len(a.Selected) == len(viewports):
		return "all"
	default:
		return shownText(strings.Join(a.Selected, ","))
	}
}
