package crawl

import (
	"errors"
	"fmt"
	"strings"
)

// Globs raises and lowers priorities: what Include matches is critical, what Exclude matches is
// not, and Exclude wins. A glob is compared with the path, or with the whole URL when it holds
// "://". "*" is any run of characters without a slash, "**" any run. The zero value changes nothing.
type Globs struct {
	Include []string `yaml:"include" json:"include,omitempty"`
	Exclude []string `yaml:"exclude" json:"exclude,omitempty"`
}

// Validate names every glob that can match nothing.
func (g Globs) Validate() error {
	var errs []error
	for _, list := range []struct {
		name  string
		globs []string
	}{{"include", g.Include}, {"exclude", g.Exclude}} {
		for _, glob := range list.globs {
			if err := validateGlob(glob); err != nil {
				errs = append(errs, fmt.Errorf("crawl: critical: %s: %w", list.name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// Match reports whether Include matches a URL and Exclude does not. What is no URL matches nothing.
func (g Globs) Match(url string) bool {
	l, err := parseLink(url)
	return err == nil && firstMatch(g.Include, l) != "" && firstMatch(g.Exclude, l) == ""
}

// apply overrides the priority that extraction gave.
func (g Globs) apply(a *Asset, l link) {
	if glob := firstMatch(g.Exclude, l); glob != "" {
		if a.Priority == Critical {
			a.Priority, a.Reason = High, fmt.Sprintf("launch file: critical exclude %q", glob)
		}
		return
	}
	if glob := firstMatch(g.Include, l); glob != "" {
		a.Priority, a.Reason = Critical, fmt.Sprintf("launch file: critical include %q", glob)
	}
}

func firstMatch(globs []string, l link) string {
	for _, glob := range globs {
		subject := l.path
		if strings.Contains(glob, "://") {
			subject = l.key
		}
		if matchGlob(glob, subject) {
			return glob
		}
	}
	return ""
}

func validateGlob(glob string) error {
	switch {
	case glob == "":
		return errors.New("an empty glob matches nothing")
	case len(glob) > maxURL:
		return errors.New("a glob is longer than 2048 characters")
	case strings.ContainsFunc(glob, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return fmt.Errorf("glob %q holds a space or control character; a URL writes it percent-encoded", glob)
	case !strings.Contains(glob, "://") && glob[0] != '/' && glob[0] != '*':
		return fmt.Errorf("glob %q must begin with a slash or a star, since paths do", glob)
	}
	return nil
}

// matchGlob takes time in proportion to the lengths' product at most: the last "*" and the last
// "**" are the only places worth coming back to.
func matchGlob(glob, s string) bool {
	type mark struct{ glob, s int }
	none := mark{-1, -1}
	one, two := none, none
	g, i := 0, 0
	for i < len(s) || g < len(glob) {
		switch {
		case strings.HasPrefix(glob[g:], "**"):
			g += 2
			one, two = none, mark{g, i}
		case g < len(glob) && glob[g] == '*':
			g++
			one = mark{g, i}
		case g < len(glob) && i < len(s) && glob[g] == s[i]:
			g++
			i++
		case one.glob >= 0 && one.s < len(s) && s[one.s] != '/':
			one.s++
			g, i = one.glob, one.s
		case two.glob >= 0 && two.s < len(s):
			two.s++
			one = none
			g, i = two.glob, two.s
		default:
			return false
		}
	}
	return true
}
