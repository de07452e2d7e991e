package lint

import (
	"fmt"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// acrossShare is the part of the longest lifetime by which lifetimes may differ between CDNs.
const acrossShare = 10 // a tenth

// Across compares the lifetime that an answer has under the linter's profile with that under
// others: TGT008, for those whose lifetime is known. It is for a site behind several CDNs, and for
// answers of its origin.
func (l *Linter) Across(r Response, others []policy.Profile) []Finding {
	rule, level := l.place("TGT008")
	if o := r.Observation; level == Off || o == nil || !rule.answers.has(o.Status) || o.Challenge != "" {
		return nil
	}
	a := l.answer(r)
	shortest, longest := a.cdn, a.cdn
	known := a.cdn.Storable && a.lifetimeKnown()
	for _, p := range others {
		other := l.For(p).answer(r)
		one := other.cdn
		if !one.Storable || !other.lifetimeKnown() {
			continue
		}
		if !known {
			shortest, longest, known = one, one, true
		}
		if one.Lifetime < shortest.Lifetime {
			shortest = one
		}
		if one.Lifetime > longest.Lifetime {
			longest = one
		}
	}
	if !known || longest.Lifetime-shortest.Lifetime <= longest.Lifetime/acrossShare {
		return nil
	}
	return []Finding{a.finding(rule, level, &complaint{
		message: fmt.Sprintf("%s keeps it %s, by %s, but %s %s, by %s", shortest.Profile, seconds(shortest.Lifetime), shortest.Basis,
			longest.Profile, seconds(longest.Lifetime), longest.Basis),
		evidence: a.lines("Cache-Control", "CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Netlify-CDN-Cache-Control",
			"Vercel-CDN-Cache-Control", "Surrogate-Control", "Edge-Control", "X-Accel-Expires", "Expires"),
	})}
}
