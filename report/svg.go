package report

import (
	"math"
	"strconv"
	"strings"
)

// drawing is a chart, ready for the page's template. Horizontal places are per cent of the width
// and vertical ones pixels, so that a drawing fits a phone and a sheet of paper with letters of one
// size. It holds no colour: classes do.
type drawing struct {
	ID     string // unique on the page
	Title  string
	Desc   string // what a reader sees in it, for those who do not
	Height int
	Rects  []rect
	Lines  []line
	Plots  []plot
	Texts  []label
}

// rect is a bar; X and W are per cent.
type rect struct {
	Class      string
	X, Y, W, H string
}

// line is a straight line; X1 and X2 are per cent.
type line struct {
	Class          string
	X1, Y1, X2, Y2 string
}

// plot is an area of its own, plotWidth units wide, that is stretched to the drawing's width.
type plot struct {
	Y, H    string
	ViewBox string
	Paths   []path
}

// path is a curve within a plot.
type path struct{ Class, D string }

// label is a piece of text; X is per cent.
type label struct {
	Class, Anchor string
	X, Y          string
	Text          string
}

// plotWidth is the width of a plot in its own units.
const plotWidth = 1000

// number writes a coordinate with at most two decimals. What is no number is 0: a drawing must not
// break on it.
func number(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "0"
	}
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// percent writes a share of the width.
func percent(share float64) string { return number(100*min(max(share, 0), 1)) + "%" }

func bar(class string, x, y, w, h float64) rect {
	return rect{class, percent(x), number(y), percent(w), number(h)}
}

func horizontal(class string, y float64) line {
	return line{class, "0%", number(y), "100%", number(y)}
}

func vertical(class string, x, y1, y2 float64) line {
	return line{class, percent(x), number(y1), percent(x), number(y2)}
}

// axisLabel is text at a place of an axis, inwards at the drawing's edges, so that none is cut.
func axisLabel(x, y float64, s string) label {
	anchor := "middle"
	switch {
	case x < 0.15:
		anchor = "start"
	case x > 0.85:
		anchor = "end"
	}
	return label{"axis", anchor, percent(x), number(y), s}
}

// newPlot is a plot between two heights of the drawing.
func newPlot(top, height float64, paths ...path) plot {
	return plot{Y: number(top), H: number(height), ViewBox: "0 0 " + strconv.Itoa(plotWidth) + " " + number(height), Paths: paths}
}

// point is a place of a path: X from 0 to 1, Y in pixels from the plot's top.
type point struct{ X, Y float64 }

// polyline joins points by straight lines.
func polyline(points []point) string {
	var b strings.Builder
	for i, p := range points {
		b.WriteString([]string{"M", "L"}[min(i, 1)])
		b.WriteString(number(p.X * plotWidth))
		b.WriteByte(' ')
		b.WriteString(number(p.Y))
	}
	return b.String()
}

// steps draws values as stairs over the whole width, one tread each; height is what full stands for.
func steps(values []int, full int, height float64) string {
	var b strings.Builder
	for i, v := range values {
		y := number(height * (1 - float64(v)/float64(max(full, 1))))
		b.WriteString([]string{"M", "H"}[min(i, 1)])
		b.WriteString(number(plotWidth * float64(i) / float64(len(values))))
		if i == 0 {
			b.WriteString(" " + y)
		} else {
			b.WriteString("V" + y)
		}
	}
	if len(values) > 0 {
		b.WriteString("H" + strconv.Itoa(plotWidth))
	}
	return b.String()
}

// under closes a path from the left edge to the right one along the floor, as an area.
func under(d string, height float64) string {
	if d == "" {
		return ""
	}
	return d + "V" + number(height) + "H0Z"
}
