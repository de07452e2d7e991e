package crawl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	// layoutWidth is how wide a phone lays out a page without a viewport meta element.
	layoutWidth = 980
	// maxSide bounds a viewport's sides, in CSS pixels.
	maxSide = 10000
	// maxDPR bounds a viewport's density.
	maxDPR = 10
)

// Viewport is one class of devices that a launch is made for. It says which image candidates
// browsers choose. A viewport narrower than 980 pixels is taken for a phone or tablet: it lays
// out pages without a viewport meta element 980 pixels wide, and its pointer is a finger.
type Viewport struct {
	// Name stands in manifests, such as "mobile"; it must not be empty or repeated.
	Name string `yaml:"name" json:"name"`
	// Width and Height are in CSS pixels, from 1 to 10000.
	Width  int `yaml:"width" json:"width"`
	Height int `yaml:"height" json:"height"`
	// DPR is how many device pixels a CSS pixel has, above 0 and at most 10.
	DPR float64 `yaml:"dpr" json:"dpr"`
}

// DefaultViewports are those of a launch that names none: a phone and a desktop.
func DefaultViewports() []Viewport {
	return []Viewport{
		{Name: "mobile", Width: 390, Height: 844, DPR: 3},
		{Name: "desktop", Width: 1440, Height: 900, DPR: 1},
	}
}

// Validate names every field that is out of bounds.
func (v Viewport) Validate() error {
	var errs []error
	if v.Name == "" {
		errs = append(errs, errors.New("crawl: viewport: the name is missing; call it mobile or desktop, for example"))
	}
	for _, side := range []struct {
		name  string
		value int
	}{{"width", v.Width}, {"height", v.Height}} {
		if side.value < 1 || side.value > maxSide {
			errs = append(errs, fmt.Errorf("crawl: viewport %q: %s is %d; give CSS pixels from 1 to %d", v.Name, side.name, side.value, maxSide))
		}
	}
	if !(v.DPR > 0 && v.DPR <= maxDPR) { // not a number is neither
		errs = append(errs, fmt.Errorf("crawl: viewport %q: dpr is %v; give a number above 0, at most %d", v.Name, v.DPR, maxDPR))
	}
	return errors.Join(errs...)
}

func validateViewports(list []Viewport) error {
	var errs []error
	seen := map[string]bool{}
	for _, v := range list {
		errs = append(errs, v.Validate())
		if v.Name != "" && seen[v.Name] {
			errs = append(errs, fmt.Errorf("crawl: viewport %q is named twice; keep one", v.Name))
		}
		seen[v.Name] = true
	}
	return errors.Join(errs...)
}

// screen is a viewport as one page sees it.
type screen struct {
	name          string
	width, height float64 // of the layout, in CSS pixels
	dpr           float64
	handheld      bool
}

// screens are the viewports under the content of a page's viewport meta element.
func screens(list []Viewport, meta string) []screen {
	out := make([]screen, 0, len(list))
	for _, v := range list {
		s := screen{name: v.Name, width: float64(v.Width), height: float64(v.Height), dpr: v.DPR, handheld: v.Width < layoutWidth}
		if s.handheld {
			wide := metaWidth(meta, s.width)
			s.height *= wide / s.width
			s.width = wide
		}
		out = append(out, s)
	}
	return out
}

// metaWidth is the layout width that a viewport meta element gives a device.
func metaWidth(meta string, device float64) float64 {
	width, scaled := 0.0, 0.0
	for field := range strings.FieldsFuncSeq(strings.ToLower(meta), func(r rune) bool { return strings.ContainsRune(htmlSpace+",;", r) }) {
		name, value, _ := strings.Cut(field, "=")
		number, err := strconv.ParseFloat(value, 64)
		switch {
		case name == "width" && value == "device-width":
			width = device
		case err != nil || !(number > 0):
		case name == "width":
			width = number
		case name == "initial-scale":
			scaled = device / min(max(number, 0.1), 10)
		}
	}
	if width = max(width, scaled); width == 0 {
		return layoutWidth
	}
	return min(max(width, 1), maxSide)
}
