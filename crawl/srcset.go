package crawl

import (
	"strconv"
	"strings"
)

// candidate is one image of a srcset attribute: a URL, and a width in pixels or a density, which
// is 1 when the attribute gives neither.
type candidate struct {
	url     string
	width   int
	density float64
}

const htmlSpace = " \t\n\f\r"

// parseSrcset reads a srcset attribute as the HTML standard does (section 4.8.4.3.10): commas
// may stand inside URLs, and a bad descriptor drops its candidate only.
func parseSrcset(s string) []candidate {
	var out []candidate
	for {
		s = strings.TrimLeft(s, htmlSpace+",")
		if s == "" {
			return out
		}
		end := strings.IndexAny(s, htmlSpace)
		if end < 0 {
			end = len(s)
		}
		url, descriptors := s[:end], []string(nil)
		s = s[end:]
		if trimmed := strings.TrimRight(url, ","); trimmed != url {
			url = trimmed
		} else {
			descriptors, s = splitDescriptors(s)
		}
		if c, ok := newCandidate(url, descriptors); ok {
			out = append(out, c)
		}
	}
}

// splitDescriptors reads up to the comma that ends a candidate. A comma in parentheses does not.
func splitDescriptors(s string) (descriptors []string, rest string) {
	start, depth := -1, 0
	flush := func(end int) {
		if start >= 0 {
			descriptors = append(descriptors, s[start:end])
			start = -1
		}
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case depth == 0 && c == ',':
			flush(i)
			return descriptors, s[i+1:]
		case depth == 0 && strings.IndexByte(htmlSpace, c) >= 0:
			flush(i)
			continue
		case c == '(':
			depth = 1
		case c == ')':
			depth = 0
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(s))
	return descriptors, ""
}

func newCandidate(url string, descriptors []string) (candidate, bool) {
	c := candidate{url: url}
	height, density := false, false
	for _, d := range descriptors {
		value, unit := d[:len(d)-1], d[len(d)-1]
		switch unit {
		case 'w':
			n, ok := parsePixels(value)
			if !ok || c.width > 0 || density {
				return c, false
			}
			c.width = n
		case 'x':
			f, ok := parseDensity(value)
			if !ok || c.width > 0 || density || height {
				return c, false
			}
			c.density, density = f, true
		case 'h':
			if _, ok := parsePixels(value); !ok || height || density {
				return c, false
			}
			height = true
		default:
			return c, false
		}
	}
	if c.width == 0 && !density {
		c.density = 1
	}
	return c, url != "" && (!height || c.width > 0)
}

func parsePixels(s string) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0
}

// parseDensity takes the floating-point numbers of HTML, which are fewer than those of Go.
func parseDensity(s string) (float64, bool) {
	_, fraction, hasPoint := strings.Cut(s, ".")
	if s == "" || strings.Trim(s, "0123456789.eE+-") != "" || s[0] == '+' || hasPoint && strings.TrimLeft(fraction, "0123456789") == fraction {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f >= 0
}
