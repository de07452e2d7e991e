package crawl

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

// Manifest is what discovery found: assets sorted and unique by URL, and the problems it met.
type Manifest struct {
	Assets   []Asset
	Problems []Problem
}
