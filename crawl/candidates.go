package crawl

import "slices"

// The values of [Config.Candidates].
const (
	CandidatesAll      = "all"
	CandidatesSelected = "selected"
)

// unchosen is how the reason of a candidate ends that no viewport chooses.
const unchosen = "chosen by no viewport"

// candidateSet is the source set of one source or img element, or of one imagesrcset.
type candidateSet struct {
	source       string // the extractor
	media, sizes string
	list         []candidate
	chosenBy     []viewportMask // for each candidate
}

// withDefault adds the src attribute when the set has no widths, and tells whether it did. A
// candidate of density 1 stands before it and wins.
func (c *candidateSet) withDefault(src string) bool {
	if src == "" || slices.ContainsFunc(c.list, candidate.hasWidth) {
		return false
	}
	c.list = append(c.list, candidate{url: src, density: 1})
	return true
}

// chooseFrom lets each screen choose from the first set that has candidates and that its media
// lets through.
func (r *refs) chooseFrom(sets []*candidateSet, auto autoSize) {
	for _, set := range sets {
		set.chosenBy = make([]viewportMask, len(set.list))
	}
	for n, v := range r.screens {
		for _, set := range sets {
			if len(set.list) > 0 && v.matches(set.media) {
				i := v.choose(set.list, r.sourceSize(v, set, auto))
				set.chosenBy[i] |= 1 << n
				break
			}
		}
	}
}

// sizeKey is all that a source size depends on.
type sizeKey struct {
	screen screen
	sizes  string
	auto   autoSize
}

// maxSizes bounds how many source sizes a document remembers.
const maxSizes = 256

// sourceSize is the width at which a screen draws the images of a set; 0 when it does not matter.
// Pages repeat their sizes attributes, so that they are parsed once.
func (r *refs) sourceSize(v screen, set *candidateSet, auto autoSize) float64 {
	if !slices.ContainsFunc(set.list, candidate.hasWidth) {
		return 0
	}
	key := sizeKey{v, set.sizes, auto}
	size, known := r.sizes[key]
	if known {
		return size
	}
	size = v.sourceSize(set.sizes, auto)
	if r.sizes == nil {
		r.sizes = map[sizeKey]float64{}
	}
	if len(r.sizes) < maxSizes {
		r.sizes[key] = size
	}
	return size
}

// choose is the index of the candidate with the smallest density that is enough for the screen,
// else of the one with the largest; the first of equals. Images are drawn size pixels wide. The
// list is not empty.
func (v screen) choose(list []candidate, size float64) int {
	best, bestDensity := 0, list[0].densityAt(size)
	for i, c := range list[1:] {
		d := c.densityAt(size)
		if bestDensity < v.dpr && d > bestDensity || bestDensity >= v.dpr && d >= v.dpr && d < bestDensity {
			best, bestDensity = i+1, d
		}
	}
	return best
}

func (c candidate) hasWidth() bool { return c.width > 0 }

// densityAt is a candidate's density when its image is drawn at a width.
func (c candidate) densityAt(size float64) float64 {
	if c.hasWidth() {
		return float64(c.width) / size // infinite for size 0
	}
	return c.density
}

// addCandidate takes one candidate, with the viewports that choose it.
func (r *refs) addCandidate(url string, a Asset, chosenBy viewportMask) {
	if chosenBy == 0 && len(r.screens) > 0 {
		a.Priority = Low
	}
	if f := r.add(url, a); f != nil {
		f.demand, f.mask = onChoice, chosenBy
	}
}

func (r *refs) addCandidates(set *candidateSet, a Asset) {
	a.Source = set.source
	for i, c := range set.list {
		r.addCandidate(c.url, a, set.chosenBy[i])
	}
}

// selection gathers, over all references to one URL, which viewports request it.
type selection struct {
	names  []string // of all viewports
	masks  map[string]viewportMask
	choice map[string]bool // named as a candidate
}

func newSelection(names []string) selection {
	return selection{names: names, masks: map[string]viewportMask{}, choice: map[string]bool{}}
}

// note adds one reference to what is known of its URL.
func (s *selection) note(f ref) {
	if f.mask != 0 {
		s.masks[f.URL] |= f.mask
	}
	if f.demand == onChoice {
		s.choice[f.URL] = true
	}
}

// finish writes down what was gathered.
func (s *selection) finish(a *Asset) {
	mask := s.masks[a.URL]
	for i, name := range s.names {
		if mask&(1<<i) != 0 {
			a.Selected = append(a.Selected, name)
		}
	}
	switch {
	case !s.choice[a.URL] || len(a.Selected) > 0 || len(s.names) == 0:
	case a.Reason == "":
		a.Reason = unchosen
	default:
		a.Reason += "; " + unchosen
	}
}

func viewportNames(list []Viewport) []string {
	names := make([]string, 0, len(list))
	for _, v := range list {
		names = append(names, v.Name)
	}
	return names
}
