package edge

import "slices"

// Outcome is what a cache says it did for a request.
type Outcome string

// The outcomes.
const (
	Hit         Outcome = "hit"         // fresh copy used
	Stale       Outcome = "stale"       // expired copy sent at once
	Updating    Outcome = "updating"    // expired copy sent, refresh runs behind
	Revalidated Outcome = "revalidated" // origin confirmed the copy while the client waited
	Expired     Outcome = "expired"     // copy found too old, full refetch
	Miss        Outcome = "miss"        // no copy; forwarded
	Bypass      Outcome = "bypass"      // a rule, header or method kept the cache out
	Dynamic     Outcome = "dynamic"     // URL not eligible under the CDN's rules
	Errored     Outcome = "error"       // CDN error, denial or cached error
	Unknown     Outcome = "unknown"     // no evidence, or a body built at the edge
)

// Contact says whether the origin was asked.
type Contact string

// The values of Contact.
const (
	ContactYes     Contact = "yes"
	ContactNo      Contact = "no"
	ContactUnknown Contact = "unknown"
)

// CacheStatus is what the response headers say about caches between the client and the origin.
type CacheStatus struct {
	Outcome Outcome `json:"outcome"`
	// EdgeHit is whether the edge itself answered from its store; nil when the headers cannot tell.
	EdgeHit *bool `json:"edge_hit"`
	// Origin is whether the origin was contacted.
	Origin Contact `json:"origin"`
	// Synthetic is true when the edge built the body itself; Outcome is then Unknown.
	Synthetic bool `json:"synthetic,omitempty"`
	// Dialect is the reading that decided, such as "rfc9211", "cloudflare", "varnish"; empty without evidence.
	Dialect string `json:"dialect,omitempty"`
	// PoP is the point of presence that answered, as its headers name it; empty when they do not.
	PoP string `json:"pop,omitempty"`
	// Node is the cache node within the PoP.
	Node string `json:"node,omitempty"`
	// Layers are the outcomes cache by cache, nearest the origin first.
	Layers []Outcome `json:"layers,omitempty"`
	// TTL is the remaining lifetime in seconds that the cache itself states; nil when it does not.
	TTL *int64 `json:"ttl,omitempty"`
	// Conflict names two signals that disagree; empty when none do. A conflict never proves a hit.
	Conflict string `json:"conflict,omitempty"`
}

// FilledAbove reports whether the edge missed, and a cache nearer to the origin had the copy. That cache
// may be the origin's own: it is no proof that the origin was spared.
func (s CacheStatus) FilledAbove() bool {
	return s.Outcome == Miss && (s.Origin == ContactNo || slices.Contains(s.Layers, Hit))
}
