package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
)

// mostReferences is how many references to a URL an explanation shows.
const mostReferences = 20

// explanation gathers what discovery decides about one URL.
type explanation struct {
	raw, url  string // as it is asked for, and its identity
	scope     error  // why it is out of scope; nil when it is not
	viewports []string
	decisions []crawl.Decision
	total     int
}

func newExplanation(l *launch, raw string) (*explanation, error) {
	if err := checkURL(raw); err != nil {
		return nil, usageError("flag --explain: %w", err)
	}
	scope := l.CrawlConfig().EffectiveScope()
	url, err := scope.Key(raw)
	if err != nil {
		return nil, usageError("flag --explain: %w", err)
	}
	return &explanation{raw: raw, url: url, scope: scope.Allows(raw), viewports: viewportNames(l)}, nil
}

// hear takes the decisions about the URL.
func (x *explanation) hear(d crawl.Decision) {
	if d.URL != x.url {
		return
	}
	if x.total++; len(x.decisions) < mostReferences {
		x.decisions = append(x.decisions, d)
	}
}

// write says all that is known of the URL. It is an error, after that, when nothing is.
func (x *explanation) write(e *env, output string, m *crawl.Manifest) error {
	if m == nil {
		m = &crawl.Manifest{}
	}
	asset, taken := m.Find(x.url)
	var b strings.Builder
	x.head(&b)
	switch {
	case taken:
		x.taken(&b, asset)
	case x.total > 0:
		line(&b, "taken", "no; nothing is primed or measured of it")
	default:
		line(&b, "taken", "no; nothing that was read names it")
		if near := nearestURL(x.url, m); near != "" {
			line(&b, "nearest", near)
		}
	}
	x.references(&b)
	for _, p := range m.Problems {
		if p.URL == x.url {
			line(&b, "problem", p.Problem+": "+p.Detail)
		}
	}
	if err := e.writeTo(output, func(w io.Writer) error { _, err := io.WriteString(w, b.String()); return err }); err != nil {
		return err
	}
	if taken || x.total > 0 {
		return nil
	}
	return withHint(inconclusive("discovery has not met %s", shown(x.raw)), "follow links with --depth, or declare the URL with --page or in the launch file")
}

func line(b *strings.Builder, label, text string) {
	fmt.Fprintf(b, "%-10s %s\n", label, shownText(text))
}

func (x *explanation) head(b *strings.Builder) {
	line(b, "url", x.url)
	if x.url != x.raw {
		line(b, "written", x.raw)
	}
	if x.scope == nil {
		line(b, "scope", "in scope")
		return
	}
	line(b, "scope", "out of scope: "+strings.TrimPrefix(x.scope.Error(), "crawl: scope: "))
}

// taken says what the asset is.
func (x *explanation) taken(b *strings.Builder, a crawl.Asset) {
	switch {
	case a.ThirdParty:
		line(b, "taken", fmt.Sprintf("as third-party %s: named, never fetched", a.Kind))
	default:
		line(b, "taken", fmt.Sprintf("as %s", a.Kind))
	}
	why := string(a.Priority)
	if a.Reason != "" {
		why += ": " + a.Reason
	}
	line(b, "priority", why)
	mode := string(a.Mode)
	if a.Initiator != "" {
		mode += " from " + a.Initiator
	}
	line(b, "mode", mode)
	selected := "none is predicted to request it"
	if len(a.Selected) > 0 {
		selected = strings.Join(a.Selected, ", ")
	}
	line(b, "viewports", selected+" (of "+strings.Join(x.viewports, ", ")+")")
	switch {
	case a.Location != "":
		line(b, "answer", fmt.Sprintf("%d, redirects to %s", a.Status, a.Location))
	case a.Status != 0:
		line(b, "answer", fmt.Sprintf("%d, %d bytes", a.Status, a.Bytes))
	default:
		line(b, "answer", "not asked for by discovery")
	}
	if a.Canonical != "" {
		line(b, "canonical", a.Canonical)
	}
	if x.total == 0 {
		line(b, "named by", strings.TrimSpace(a.Source+" "+a.Page))
	}
}

// references lists what led to the URL and what was decided then.
func (x *explanation) references(b *strings.Builder) {
	label := "named by"
	for _, d := range x.decisions {
		from := d.Source
		if d.Page != "" {
			from += " of " + d.Page
		}
		line(b, label, fmt.Sprintf("%s; %s: %s", from, d.Outcome, d.Reason))
		label = ""
	}
	if more := x.total - len(x.decisions); more > 0 {
		line(b, label, fmt.Sprintf("and %d more", more))
	}
}

// nearestURL is the asset whose URL has the most in common with one, beyond the host.
func nearestURL(url string, m *crawl.Manifest) string {
	best, most := "", len(hostOf(url))+len("https://")+1
	for a := range m.All() {
		if n := inCommon(url, a.URL); n > most {
			best, most = a.URL, n
		}
	}
	return best
}

// inCommon is how many bytes two texts begin and end with alike.
func inCommon(a, b string) int {
	shorter := min(len(a), len(b))
	front := 0
	for front < shorter && a[front] == b[front] {
		front++
	}
	back := 0
	for back < shorter-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	return front + back
}
