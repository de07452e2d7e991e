package check

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report/safe"
)

// row is one line of the comparison of two caches.
type row struct{ name, rfc, profile string }

// rows compare what a cache by the letter of RFC 9111 makes of an answer with what the profile's
// cache does.
func (a *Answer) rows() []row {
	var out []row
	add := func(name string, word func(*Caching) string) {
		out = append(out, row{name, told(&a.RFC, word), told(&a.Profile, word)})
	}
	add("storable", func(c *Caching) string { return because(yes(c.Storable), c.Reason) })
	add("lifetime", func(c *Caching) string { return because(seconds(c.LifetimeS), c.Basis) })
	add("age", func(c *Caching) string { return seconds(c.AgeS) })
	add("fresh", func(c *Caching) string { return yes(c.Fresh) })
	add("reusable", func(c *Caching) string { return yes(c.Reusable) })
	add("stale-while-revalidate", func(c *Caching) string { return seconds(c.SWRS) })
	add("stale-if-error", func(c *Caching) string { return seconds(c.SIES) })
	return out
}

// told words a value of a cache; what is not stored has no lifetime that could be unknown.
func told(c *Caching, word func(*Caching) string) string {
	w := word(c)
	if w == unknown && c.Storable != nil && !*c.Storable {
		return "-"
	}
	return w
}

// compares reports whether the profile is another cache than the one of the RFC.
func (a *Answer) compares() bool {
	return a.Profile.Profile != "" && a.Profile.Profile != a.RFC.Profile
}

const unknown = "unknown"

func yes(b *bool) string {
	switch {
	case b == nil:
		return unknown
	case *b:
		return "yes"
	default:
		return "no"
	}
}

func because(word, why string) string {
	if why == "" || word == unknown {
		return word
	}
	return word + " (" + why + ")"
}

// seconds words a count of seconds as headers have it, and as people say it.
func seconds(s *int64) string {
	if s == nil {
		return unknown
	}
	word := strconv.FormatInt(*s, 10) + " s"
	if *s < 2*int64(time.Minute/time.Second) {
		return word
	}
	return word + " = " + span(*s)
}

// span words seconds by the largest units that they are whole in, two of them at most.
func span(s int64) string {
	units := []struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	var words []string
	for _, u := range units {
		if n := s / u.size; n > 0 && len(words) < 2 {
			words = append(words, strconv.FormatInt(n, 10)+u.name)
		} else if len(words) > 0 {
			break
		}
		s %= u.size
	}
	return strings.Join(words, " ")
}

// words tell what the headers say about caches on the way.
func (c *Cache) words() string {
	if c.Outcome == "" || c.Outcome == edge.Unknown && len(c.Layers) == 0 && c.Conflict == "" {
		return "no header tells"
	}
	word := string(c.Outcome)
	if c.PoP != "" {
		word += " at " + c.PoP
	}
	switch c.Origin {
	case edge.ContactYes:
		word += ", origin asked"
	case edge.ContactNo:
		word += ", origin spared"
	case edge.ContactUnknown:
	}
	if len(c.Layers) > 1 {
		names := make([]string, len(c.Layers))
		for i, l := range c.Layers {
			names[i] = string(l)
		}
		word += "; layers from the origin on: " + strings.Join(names, ", ")
	}
	if c.Conflict != "" {
		word += "; signals disagree: " + c.Conflict
	}
	return word
}

// name is an answer's URL, or its id when it has none.
func (a *Answer) name() string { return cmp.Or(a.URL, "input "+safe.URL(a.ID)) }

// place is an answer's URL, or its id and where that stands.
func (a *Answer) place() string {
	if where := a.where(); a.URL == "" && where != "" {
		return a.name() + " (" + where + ")"
	}
	return a.name()
}

// instant words an instant, to the second.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// where names an answer within its input.
func (a *Answer) where() string {
	if a.Place.File == "" {
		return ""
	}
	if a.Place.Line == 0 {
		return a.Place.File
	}
	return fmt.Sprintf("%s:%d", a.Place.File, a.Place.Line)
}
