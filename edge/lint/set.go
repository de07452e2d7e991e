package lint

import (
	"hash/maphash"
	"net/url"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// Bounds of what a Set keeps.
const (
	mostSpellings = 1 << 20 // URLs that are compared for KEY004
	mostAlike     = 1000    // findings of KEY004
	mostPoPs      = 10_000
)

// Set applies the rules over all cells of a run. Cells come URL by URL and are not kept: memory
// grows with minutes of the warm window, points of presence, regions and, at eight bytes and a
// reference each, with the first 2^20 URLs. Make one with [Linter.Set]. It is not safe for
// concurrent use.
type Set struct {
	linter    *Linter
	window    Window
	originRPS float64
	minutes   map[int64]int
	seed      maphash.Seed
	spellings map[uint64]string
	alike     []Finding
	regionsOf map[string]map[string]bool // by point of presence
	elsewhere map[[2]string]stray        // by region and vantage
	regions   map[string]*proof
	known     int // measured answers that tell whether the origin was asked
	fetched   int // of them: it was
}

// stray are answers from another place than planned.
type stray struct {
	answers      int
	planned, pop string
}

// proof counts a region's critical cells.
type proof struct{ cells, asked, few, unknown int }

// Set returns an empty set. OriginRPS is how many requests a second the origin can take; 0 means
// that it is not known.
func (l *Linter) Set(w Window, originRPS float64) *Set {
	return &Set{
		linter: l, window: w, originRPS: originRPS, minutes: map[int64]int{}, seed: maphash.MakeSeed(), spellings: map[uint64]string{},
		regionsOf: map[string]map[string]bool{}, elsewhere: map[[2]string]stray{}, regions: map[string]*proof{},
	}
}

// Add takes the cells of one URL into account.
func (s *Set) Add(cells []Cell) {
	type expiring struct {
		variant string
		minute  int64
	}
	counted := map[expiring]bool{}
	spelled := false
	for i := range cells {
		c := &cells[i]
		if c.Tier {
			continue
		}
		s.addProof(c)
		s.addPlace(c)
		if minute, ok := s.expiry(c); ok {
			if key := (expiring{c.Variant, minute}); !counted[key] {
				counted[key] = true
				s.minutes[minute]++
			}
		}
		if e := &c.Last; e.Measures() && e.answered() && e.Origin != edge.ContactUnknown && e.Origin != "" {
			s.known++
			s.fetched += count(e.Origin == edge.ContactYes)
		}
		if !spelled && c.Last.wholeBody() {
			spelled = true
			s.addSpelling(c)
		}
	}
}

// expiry is the minute in which a critical copy expires within the warm window.
func (s *Set) expiry(c *Cell) (int64, bool) {
	until := c.Last.FreshUntil
	if c.Asset.Priority != crawl.Critical || !c.Last.Hit(c.PoP) || until.IsZero() || until.Before(c.Last.At) || until.After(s.window.WarmUntil) {
		return 0, false
	}
	return until.Unix() / 60, true
}

// addProof counts a critical cell for its region.
func (s *Set) addProof(c *Cell) {
	if c.Asset.Priority != crawl.Critical {
		return
	}
	p := s.regions[c.Region]
	if p == nil {
		p = &proof{}
		s.regions[c.Region] = p
	}
	p.cells++
	p.asked += count(c.Asked > 0)
	p.few += count(c.Asked < s.linter.config.Samples)
	p.unknown += count(c.Asked > 0 && c.Known == 0 && !c.Last.refused())
}

// addPlace notes where a cell was answered.
func (s *Set) addPlace(c *Cell) {
	pop := c.Last.PoP
	if pop == "" || !c.Last.answered() {
		return
	}
	if !edge.PoPMatches(c.PoP, pop) {
		key := [2]string{c.Region, c.Vantage}
		one := s.elsewhere[key]
		s.elsewhere[key] = stray{answers: one.answers + 1, planned: c.PoP, pop: pop}
		return
	}
	if s.regionsOf[pop] == nil {
		if len(s.regionsOf) >= mostPoPs {
			return
		}
		s.regionsOf[pop] = map[string]bool{}
	}
	s.regionsOf[pop][c.Region] = true
}

// addSpelling compares a URL and its body with the ones before.
func (s *Set) addSpelling(c *Cell) {
	rule, level := s.linter.place("KEY004")
	canonical, ok := spelling(c.url())
	if level == Off || !ok {
		return
	}
	key := maphash.Comparable(s.seed, [3]string{canonical, c.Variant, firstOf(c.Last.Fingerprint, c.Last.Digest)})
	first, seen := s.spellings[key]
	if !seen {
		if len(s.spellings) < mostSpellings {
			s.spellings[key] = c.url()
		}
		return
	}
	if other, _ := spelling(first); first == c.url() || other != canonical || len(s.alike) >= mostAlike {
		return
	}
	f := c.finding(rule, level, "serves the same body as "+first)
	f.Region, f.Vantage, f.Variant = "", "", ""
	s.alike = append(s.alike, f)
}

// spelling is a URL without what spellings differ in: in lower case, the query's members sorted, no
// slash at the end.
func spelling(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", false
	}
	query := strings.Split(strings.ToLower(u.RawQuery), "&")
	slices.Sort(query)
	return u.Scheme + "://" + u.Host + strings.TrimRight(strings.ToLower(u.EscapedPath()), "/") + "?" + strings.Join(query, "&"), true
}
