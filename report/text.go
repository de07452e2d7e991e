package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/report/safe"
)

// How many reasons, findings and next steps the text shows; the other formats show all.
const (
	textReasons  = 6
	textFindings = 3
	textRules    = 12
)

// WriteText writes the report for a terminal: the verdict first, then the regions, then why.
func WriteText(w io.Writer, r *Report) error {
	var b strings.Builder
	r.textHead(&b)
	r.textVantages(&b)
	r.textOrigin(&b)
	r.textFindings(&b)
	list(&b, "next", r.Next, textReasons)
	if r.Run.File != "" {
		fmt.Fprintf(&b, "  %-11s %s\n", "report", safe.Text(r.Run.File, 500))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) textHead(b *strings.Builder) {
	l := r.Launch
	fmt.Fprintf(b, "%s  launch %s", safe.Text(l.Name, 80), l.At.Format("2006-01-02 15:04 MST"))
	if until := l.At.Sub(r.Run.Finished); until > 0 {
		fmt.Fprintf(b, " (in %s)", days(until))
	}
	fmt.Fprintf(b, ", warm until %s\n\n%s", l.WarmUntil.Format("2006-01-02 15:04 MST"), r.Verdict)
	if r.Run.Interrupted {
		b.WriteString(" (INCOMPLETE: the run was interrupted)")
	}
	for i, reason := range r.Reasons {
		switch {
		case i == textReasons:
			fmt.Fprintf(b, "\n  and %s more", plural(len(r.Reasons)-i, "reason"))
		case i > textReasons:
		default:
			fmt.Fprintf(b, "\n  %s", safe.Text(reason, 300))
		}
	}
	b.WriteString("\n\n")
}

// days words a duration as people say it at a desk: 7d 18h, 3h 20m, 12m.
func days(d time.Duration) string {
	d = d.Round(time.Minute)
	switch day := 24 * time.Hour; {
	case d >= day:
		return fmt.Sprintf("%dd %dh", d/day, d%day/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %dm", d/time.Hour, d%time.Hour/time.Minute)
	default:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
}

func (r *Report) textVantages(b *strings.Builder) {
	fmt.Fprintf(b, "  %-14s %-22s %7s %7s  %-16s %9s %13s\n", "region", "edge", "before", "after", "fresh to the end", "ttfb p95", "origin fills")
	for _, v := range r.Vantages {
		edge := strings.Join(v.PoPs, ",")
		name := v.Region
		if v.Tier {
			name = v.Name
		}
		fmt.Fprintf(b, "  %-14s %-22s %7s %7s  %-16s %9s %13s\n",
			safe.Text(name, 14), safe.Text(cmp.Or(edge, v.Address, v.Name), 22), hitWords(v.Before), v.afterWords(), v.freshWords(),
			v.TTFBHit.words(), fmt.Sprintf("≤ %d", v.OriginFills))
		if v.Missing > 0 {
			fmt.Fprintf(b, "  %-14s %s without evidence\n", "", plural(v.Missing, "critical cell"))
		}
	}
	b.WriteString("\n")
}

func hitWords(h Hit) string {
	ratio, ok := h.Ratio()
	if !ok {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", ratio)
}

func (v *Vantage) afterWords() string {
	if v.Tier {
		return "tier"
	}
	return hitWords(v.After)
}

func (v *Vantage) freshWords() string {
	if v.Tier {
		return "-"
	}
	return fmt.Sprintf("%d/%d", v.FreshAtEnd, v.Cells)
}

func (t Times) words() string {
	if t.Count == 0 {
		return "-"
	}
	if t.P95 < 1 {
		return "<1 ms"
	}
	return fmt.Sprintf("%.0f ms", t.P95)
}

func (r *Report) textOrigin(b *strings.Builder) {
	o := r.Origin
	fmt.Fprintf(b, "  %-11s at most %s; peak %d of %d per second, %d of %d in flight; %s; p95 %s\n", "origin",
		plural(o.Requests, "request"), o.PeakRPS, o.Limits.MaxRPS, o.MaxOpen, o.Limits.MaxInFlight, plural(o.Errors, "error"), o.Ms.words())
	if slowed := o.slowed(); slowed != "" {
		list(b, "", []string{slowed}, 1)
	}
	list(b, "", r.Run.Pauses, textFindings)
	for _, d := range r.Deploys {
		list(b, "deploy", []string{d.words()}, 1)
	}
	list(b, "note", r.Run.Notes, textFindings)
	if r.Receipt != nil {
		textReceipt(b, r.Receipt)
	}
	fmt.Fprintf(b, "  %-11s %s, %d critical; %s\n", "assets", plural(r.Scope.Assets, "asset"), r.Scope.Critical, kinds(r.Scope.Kinds))
	if len(r.ThirdParty) > 0 {
		list(b, "third party", []string{strings.Join(r.ThirdParty, ", ") + ": named, never fetched"}, 1)
	}
}

// words says what changed, when, and what came of it.
func (d *Deploy) words() string {
	return fmt.Sprintf("the launch changed during the run, found %s at %s: %s (%s); %s primed and measured anew, what was seen of them before is void",
		d.Where, d.At.UTC().Format("15:04:05 MST"), plural(len(d.Pages), "page"), safe.URL(strings.Join(d.Pages, ", ")), plural(d.Assets, "asset"))
}

func kinds(list []KindCount) string {
	words := make([]string, 0, len(list))
	for _, k := range list {
		words = append(words, fmt.Sprintf("%d %s", k.Count, safe.Text(string(k.Kind), 20)))
	}
	return strings.Join(words, ", ")
}

// textFindings writes the worst rules first. A rule below the fail level takes two lines.
func (r *Report) textFindings(b *strings.Builder) {
	label := "why"
	for i, rule := range r.Rules {
		if i == textRules {
			fmt.Fprintf(b, "  %-11s and %s more\n", "", plural(len(r.Rules)-i, "rule"))
			break
		}
		fmt.Fprintf(b, "  %-11s %s %-8s %s\n", label, safe.Text(rule.Rule, 20), safe.Text(string(rule.Severity), 8), safe.Text(rule.Title, 100))
		label = ""
		r.textPlaces(b, rule)
	}
	var problems []string
	for _, p := range r.Problems {
		problems = append(problems, fmt.Sprintf("%s at %s: %s", p.Problem, safe.URL(p.URL), p.Detail))
	}
	list(b, "discovery", problems, textReasons)
}

// textPlaces writes where a rule complains.
func (r *Report) textPlaces(b *strings.Builder, rule RuleFindings) {
	most := textFindings
	if rank(rule.Severity) > rank(r.Criteria.FailOn) {
		most = 1
	}
	shown := rule.Cells[:min(len(rule.Cells), most)]
	for _, f := range shown {
		where := strings.Trim(safe.Text(cmp.Or(f.Vantage, f.Region), 30)+" "+safe.Text(safe.URL(f.URL), 120), " ")
		if where != "" {
			where += ": "
		}
		fmt.Fprintf(b, "  %-11s   %s%s", "", where, safe.Text(f.Message, 200))
		if more := rule.Total - len(shown); more > 0 && most == 1 {
			fmt.Fprintf(b, " (and %d more)", more)
		}
		b.WriteString("\n")
	}
	if more := rule.Total - len(shown); more > 0 && most > 1 {
		fmt.Fprintf(b, "  %-11s   and %d more\n", "", more)
	}
}

// list writes a labelled list, cut with a count.
func list(b *strings.Builder, label string, items []string, most int) {
	for i, item := range items {
		if i == most {
			fmt.Fprintf(b, "  %-11s and %d more\n", label, len(items)-i)
			return
		}
		fmt.Fprintf(b, "  %-11s %s\n", label, safe.Text(item, 300))
		label = ""
	}
}
