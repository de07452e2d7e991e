package crawl

// Kind is what an asset is to a browser: the request destination of the Fetch standard, folded
// into the classes that caches and launches distinguish.
type Kind string

// The kinds of assets.
const (
	Document   Kind = "document"
	Stylesheet Kind = "stylesheet"
	Script     Kind = "script"
	Font       Kind = "font"
	Image      Kind = "image"
	Media      Kind = "media"
	WebApp     Kind = "manifest" // a web app manifest, not a [Manifest]
	Data       Kind = "data"
	// Social is an image that link previews and search engines show; no visitor's browser asks
	// for it with the page.
	Social Kind = "social"
)

// Mode is the request mode of the Fetch standard under which a browser asks for an asset.
// A cors request carries an Origin header and can select another stored response.
type Mode string

// The request modes.
const (
	Navigate Mode = "navigate"
	NoCORS   Mode = "no-cors"
	CORS     Mode = "cors"
)

// Priority says how much a launch depends on an asset.
type Priority string

// The priorities. A verdict needs evidence for every Critical asset.
const (
	Critical Priority = "critical"
	High     Priority = "high"
	Low      Priority = "low"
)

// Asset is one URL that a visitor's browser will request. It is a plain value: one line of a
// manifest file.
type Asset struct {
	// URL is the WHATWG serialisation without fragment, sent byte for byte.
	URL string `json:"url"`
	// Kind is what the URL is asked as.
	Kind Kind `json:"kind"`
	// Priority is how much the launch depends on it, Reason why.
	Priority Priority `json:"priority"`
	Reason   string   `json:"reason,omitempty"`
	// Mode is the request mode; Initiator is the initiator's origin (scheme://host[:port]),
	// set for cors requests only.
	Mode      Mode   `json:"mode"`
	Initiator string `json:"initiator,omitempty"`
	// Page is the URL of the document or style sheet that named the asset first; empty for
	// what the launch file declares.
	Page string `json:"page,omitempty"`
	// Source is the extractor that found it, such as "html:img[srcset]", "css:url", "sitemap",
	// "redirect", "entry".
	Source string `json:"source"`
	// Selected are the viewports, in the order of the configuration, whose browsers are expected
	// to request the asset on a first visit, scrolled to its end. It is empty for what is named and
	// not asked for: other candidates of a srcset, whose Reason ends with "chosen by no viewport",
	// images and fonts of rules that apply to nothing, what a script may load, link previews.
	Selected []string `json:"selected,omitempty"`
	// ThirdParty marks a URL outside the launch's scope: named, never fetched.
	ThirdParty bool `json:"third_party,omitempty"`
	// Status is what discovery was answered; 0 when discovery did not fetch the asset.
	Status int `json:"status,omitempty"`
	// Location is the redirect target, absolute, when Status is 3xx and has one.
	Location string `json:"location,omitempty"`
	// Canonical is the URL that a document declares to be the one to show for it, absolute: by the
	// Link field of its answer, else by its first link rel=canonical in the head. It is recorded,
	// not fetched; empty when the document declares none or was not read.
	Canonical string `json:"canonical,omitempty"`
	// Bytes is the size of the body on the wire as discovery saw it; 0 when unknown.
	Bytes int64 `json:"bytes,omitempty"`
	// Epoch counts the changes of the launch during a run: what was seen of the asset in an earlier
	// epoch says nothing of it any more. 0 when it has not changed.
	Epoch int `json:"epoch,omitempty"`
}
