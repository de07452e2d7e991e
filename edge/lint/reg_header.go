package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// headers compares statuses and header fields of what visitors get.
func (l *Linter) headers(cells []*Cell) []Finding {
	answered := filter(cells, func(c *Cell) bool { return !c.Tier && c.Last.answered() })
	slices.SortStableFunc(answered, func(a, b *Cell) int { return cmp.Compare(a.Last.Status, b.Last.Status) }) // a 200 wins a tie
	findings := l.odd("REG004", answered,
		func(a, b *Cell) bool { return a.Last.Status == b.Last.Status },
		func(c *Cell) string { return "answers " + strconv.Itoa(c.Last.Status) })
	whole := filter(answered, func(c *Cell) bool { return c.Last.wholeBody() })
	findings = append(findings, l.odd("REG002", whole,
		func(a, b *Cell) bool { return a.Last.shown().Policy == b.Last.shown().Policy },
		func(c *Cell) string { return "sends " + quoted(c.Last.shown().Policy, "no caching policy") })...)
	findings = append(findings, l.odd("REG003", whole, sameValidators, func(c *Cell) string {
		return "sends " + quoted(c.Last.shown().validators(), "no validator")
	})...)
	return append(findings, l.odd("REG007", whole, sameKey, func(c *Cell) string {
		s := c.Last.shown()
		return fmt.Sprintf("has %s and %s", quoted(prefixed("Vary: ", s.Vary), "no Vary"), quoted(prefixed("Content-Encoding: ", s.Coding), "no Content-Encoding"))
	})...)
}

// sameValidators compares the validators of two answers; those of different bodies, or of
// different codings of one body, may differ.
func sameValidators(a, b *Cell) bool {
	x, y := a.Last.shown(), b.Last.shown()
	return !sameBody(a, b) || x.Coding != y.Coding || weakly(x.ETag) == weakly(y.ETag) && x.LastModified == y.LastModified
}

// weakly is an entity tag without its mark of weakness (RFC 9110, section 8.8.3.2).
func weakly(etag string) string { return strings.TrimPrefix(etag, "W/") }

// sameKey compares what variants are told apart by.
func sameKey(a, b *Cell) bool {
	x, y := a.Last.shown(), b.Last.shown()
	return x.Vary == y.Vary && x.Coding == y.Coding
}

// validators are the validator lines.
func (s Shown) validators() string {
	lines := []string{prefixed("ETag: ", s.ETag), prefixed("Last-Modified: ", s.LastModified)}
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
}

func prefixed(prefix, value string) string {
	if value == "" {
		return ""
	}
	return prefix + value
}

// quoted words header lines for a message.
func quoted(lines, none string) string {
	if lines == "" {
		return none
	}
	return `"` + strings.ReplaceAll(lines, "\n", `", "`) + `"`
}

// purges compares each region's copy with the latest answer of the origin itself: REG005.
func (l *Linter) purges(cells []*Cell) []Finding {
	rule, level := l.place("REG005")
	if level == Off || len(cells) == 0 {
		return nil
	}
	latest := slices.MaxFunc(cells, func(a, b *Cell) int { return a.origin.at.Compare(b.origin.at) })
	if latest.origin.at.IsZero() {
		return nil
	}
	origin := Evidence{Shown: latest.origin.shown, Digest: latest.origin.digest, Fingerprint: latest.origin.fingerprint}
	var findings []Finding
	for _, c := range cells {
		if c.Tier || !c.Last.Held(c.PoP) || !c.Last.wholeBody() {
			continue
		}
		if how := older(c, origin); how != "" {
			findings = append(findings, c.finding(rule, level, fmt.Sprintf("vantage %s serves a copy with %s", c.Vantage, how)))
		}
	}
	return findings
}

// older says how a cell's copy is older than the origin's answer; "" when that is not shown.
// Entity tags have no order: another one tells an older copy only with another body.
func older(c *Cell, origin Evidence) string {
	copied, now := c.Last.shown(), origin.shown()
	had, err := policy.ParseDate(copied.LastModified, c.Last.At)
	has, wrong := policy.ParseDate(now.LastModified, c.Last.At)
	dated := err == nil && wrong == nil
	switch {
	case dated && had.Before(has):
		return fmt.Sprintf("Last-Modified: %s, but the origin's is %s", copied.LastModified, now.LastModified)
	case dated && !had.Equal(has), copied.ETag == "", now.ETag == "", copied.Coding != now.Coding:
		return ""
	case weakly(copied.ETag) != weakly(now.ETag) && !sameContent(c.Asset.Kind, c.Last, origin):
		return fmt.Sprintf("ETag: %s and another body, but the origin's ETag is %s", copied.ETag, now.ETag)
	default:
		return ""
	}
}

// unevenShare is the part of a lifetime by which remaining lives may differ between regions.
const unevenShare = 5 // a fifth

// lives compares how long the regions' copies stay fresh: REG006, for the one with the shortest.
func (l *Linter) lives(cells []*Cell) []Finding {
	rule, level := l.place("REG006")
	fresh := filter(cells, func(c *Cell) bool {
		return !c.Tier && c.Last.Hit(c.PoP) && !c.Last.FreshUntil.IsZero() && c.Last.Lifetime > 0
	})
	if level == Off || len(fresh) < 2 {
		return nil
	}
	until := func(a, b *Cell) int {
		return cmp.Or(a.Last.FreshUntil.Compare(b.Last.FreshUntil), strings.Compare(a.Vantage, b.Vantage))
	}
	first, last := slices.MinFunc(fresh, until), slices.MaxFunc(fresh, until)
	gap := last.Last.FreshUntil.Sub(first.Last.FreshUntil)
	if gap <= first.Last.Lifetime/unevenShare {
		return nil
	}
	return []Finding{first.finding(rule, level, fmt.Sprintf("the copy at %s is fresh until %s, that at %s for %s longer, of a lifetime of %s",
		first.Vantage, utc(first.Last.FreshUntil), last.Vantage, gap.Round(time.Second), first.Last.Lifetime))}
}

// unprimed finds declared variants of a URL that were never asked where another one was, and where
// the answer says that variants are kept apart: VAR012.
func (l *Linter) unprimed(cells []Cell) []Finding {
	rule, level := l.place("VAR012")
	if level == Off {
		return nil
	}
	primed := map[[2]string]string{} // URL and vantage to a primed variant
	for i := range cells {
		c := &cells[i]
		if c.Last.answered() && c.Last.Outcome != edge.Errored && c.Last.shown().Vary != "" {
			primed[[2]string{c.url(), c.Vantage}] = c.Variant
		}
	}
	var findings []Finding
	for i := range cells {
		c := &cells[i]
		variant, ok := primed[[2]string{c.url(), c.Vantage}]
		if ok && c.Last.Pass == "" && c.Last.Status == 0 && !c.Tier {
			findings = append(findings, c.finding(rule, level, fmt.Sprintf("variant %s was never asked at %s, variant %s was", c.Variant, c.Vantage, variant)))
		}
	}
	return findings
}
