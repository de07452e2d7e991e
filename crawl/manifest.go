package crawl

import (
	"iter"
	"slices"
)

// Problem is something that discovery met and that a reader of the report must know.
type Problem struct {
	// URL is where it happened.
	URL string `json:"url"`
	// Problem is a short stable name, such as "sitemap-not-xml", "page-not-html", "limit-pages".
	Problem string `json:"problem"`
	// Detail says it in words, with the next step.
	Detail string `json:"detail"`
	// Incomplete is true when assets may be missing because of it: such a manifest never
	// supports READY.
	Incomplete bool `json:"incomplete,omitempty"`
}

// Manifest is what discovery found: assets sorted and unique by URL, and the problems it met. It
// holds a million assets in a few dozen megabytes. Its zero value is empty. Its assets never
// change, so that it is safe for concurrent use as long as nobody touches Problems.
type Manifest struct {
	Problems []Problem

	assets packed // sorted and unique by URL
}

// NewManifest returns the manifest of assets in any order. Of several with one URL it makes one,
// as discovery does: the first, with the highest priority of all.
func NewManifest(assets []Asset, problems ...Problem) *Manifest {
	return &Manifest{Problems: problems, assets: packSorted(slices.Clone(assets))}
}

// All yields the assets, sorted by URL. What they hold must not be changed.
func (m *Manifest) All() iter.Seq[Asset] { return m.assets.all() }

// Len is the number of assets.
func (m *Manifest) Len() int { return m.assets.n }

// Find returns the asset of a URL.
func (m *Manifest) Find(url string) (Asset, bool) { return m.assets.find(url) }
