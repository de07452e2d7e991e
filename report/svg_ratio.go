package report

import (
	"fmt"
	"strings"
)

// The rows of the chart of hit ratios, in pixels.
const (
	ratioTop = 22
	ratioRow = 58
)

// ratioChart compares each measured vantage's hit ratio before and after priming, with a line where
// the criterion stands.
func ratioChart(vantages []Vantage, criterion float64) drawing {
	d := drawing{ID: "ratio", Title: "Hit ratio per vantage, before and after priming"}
	var said []string
	for _, v := range vantages {
		if v.Tier {
			continue
		}
		y := float64(ratioTop + len(said)*ratioRow)
		said = append(said, fmt.Sprintf("%s from %s to %s", shown(v.Name), hitPercent(v.Before), hitPercent(v.After)))
		d.Texts = append(d.Texts,
			label{"name", "start", "0%", number(y + 14), shorten(shown(v.Name), 28)},
			label{"value", "end", "100%", number(y + 14), hitPercent(v.Before) + " → " + hitPercent(v.After)})
		d.Rects = append(d.Rects, bar("track", 0, y+22, 1, 22))
		d.ratioBar("before", v.Before, y+22, 6)
		class := "after"
		if ratio, ok := v.AfterCritical.Ratio(); ok && ratio < criterion {
			class = "after short"
		}
		d.ratioBar(class, v.After, y+30, 14)
	}
	if len(said) == 0 {
		return drawing{}
	}
	d.Height = ratioTop + len(said)*ratioRow
	for i := range said {
		y := float64(ratioTop + i*ratioRow)
		d.Lines = append(d.Lines, vertical("limit", criterion, y+19, y+47))
	}
	d.Texts = append(d.Texts, axisLabel(criterion, 12, "needed "+sharePercent(criterion)))
	d.Desc = fmt.Sprintf("%s. Needed for critical assets: %s.", strings.Join(said[:min(len(said), 40)], "; "), sharePercent(criterion))
	return d
}

// ratioBar adds one bar; what is not known has none.
func (d *drawing) ratioBar(class string, h Hit, y, height float64) {
	if ratio, ok := h.Ratio(); ok {
		d.Rects = append(d.Rects, bar(class, 0, y, max(ratio, 0.003), height))
	}
}

// hitPercent words a hit ratio. It never rounds up to all.
func hitPercent(h Hit) string {
	ratio, ok := h.Ratio()
	if !ok {
		return "unknown"
	}
	return sharePercent(ratio)
}

// sharePercent words a share with one decimal where it matters: 99.95 % is not 100 %.
func sharePercent(share float64) string {
	tenths := int(share*1000 + 1e-9)
	switch {
	case tenths%10 == 0 && (tenths > 0 || share == 0):
		return fmt.Sprintf("%d %%", tenths/10)
	case tenths == 0:
		return "< 0.1 %"
	default:
		return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
	}
}
