package policy

import (
	"slices"
	"time"
)

func vercel() Profile {
	return shared(
		"vercel", "",
		deviation{
			fact: Fact{ID: "vercel-targets", Says: "reads Vercel-CDN-Cache-Control, then CDN-Cache-Control, before Cache-Control", Source: vercelDocs, Read: read},
			set:  targets("Vercel-CDN-Cache-Control", "CDN-Cache-Control"),
		},
		deviation{
			fact: Fact{ID: "vercel-default", Says: "takes what states no lifetime for public, max-age=0, must-revalidate", Source: vercelDocs, Read: read},
			set:  does(func(b *Behaviour) { b.Statuses = []StatusRule{{Silent: SilentDefault}} }),
		},
		deviation{
			fact: Fact{ID: "vercel-swr", Says: "serves stale copies beside s-maxage", Source: vercelDocs, Read: read},
			set:  does(func(b *Behaviour) { b.StaleDespiteSMaxage = true }),
		},
		deviation{
			fact: Fact{ID: "vercel-sie", Says: "does not implement stale-if-error and proxy-revalidate", Source: vercelDocs, Read: read},
			set:  does(func(b *Behaviour) { b.NoSIE, b.Ignores = true, []string{"proxy-revalidate"} }),
		},
		deviation{
			fact: Fact{ID: "vercel-max-ttl", Says: "keeps nothing for more than 31536000 s", Source: vercelDocs, Read: "2026-11-26"},
			set:  does(func(b *Behaviour) { b.MaxTTL = new(365 * 24 * time.Hour) }),
		},
		deviation{
			fact: Fact{ID: "vercel-max-age", Says: "asks for s-maxage in one document and takes max-age in another", Source: vercelDocs, Read: "2026-11-26"},
			set: doubts(Doubt{
				Why:  "Vercel's documents disagree whether max-age in Cache-Control is enough without s-maxage",
				When: WhenMaxAge, Storable: true, Lifetime: true,
			}),
		},
		deviation{
			fact: Fact{ID: "vercel-vary-cookie", Says: "stores nothing with Vary: Cookie", Source: vercelDocs, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesVary = []string{"cookie"} }),
		},
		deviation{
			fact: Fact{ID: "vercel-consumed", Says: "removes the fields and directives meant for it and answers public, max-age=0, must-revalidate", Source: vercelDocs, Read: read},
			set: doubts(Doubt{
				Why:  "Vercel has consumed what it was told and answers its default",
				When: WhenField, Field: "Cache-Control", Value: "public, max-age=0, must-revalidate", Storable: true, Lifetime: true,
			}),
		},
	)
}

func netlify() Profile {
	return shared(
		"netlify", "",
		deviation{
			fact: Fact{ID: "netlify-targets", Says: "reads Netlify-CDN-Cache-Control, then CDN-Cache-Control, before Cache-Control", Source: netlifyDocs, Read: read},
			set:  targets("Netlify-CDN-Cache-Control", "CDN-Cache-Control"),
		},
		deviation{
			fact: Fact{ID: "netlify-methods", Says: "stores answers to GET only", Source: netlifyDocs, Read: read},
			set:  does(func(b *Behaviour) { b.Methods = []string{"GET"} }),
		},
		deviation{
			fact: Fact{ID: "netlify-consumed", Says: "answers static files with public, max-age=0, must-revalidate for browsers and keeps them itself", Source: netlifyDocs, Read: read},
			set: doubts(Doubt{
				Why:  "Netlify answers static files so and keeps them for up to a year itself",
				When: WhenField, Field: "Cache-Control", Value: "public, max-age=0, must-revalidate", Storable: true, Lifetime: true,
			}),
		},
		deviation{
			fact: Fact{ID: "netlify-static", Says: "keeps static files for up to a year, whatever shorter max-age they state, and answers of functions only as they state", Source: netlifyDocs, Read: read},
			set: doubts(
				Doubt{
					Why:  "Netlify keeps static files for up to a year and no answer of a function, and the header does not tell which this is",
					When: WhenQuiet, Storable: true, Lifetime: true,
				},
				Doubt{
					Why:  "Netlify keeps static files for up to a year whatever shorter max-age they state, and the header does not tell whether this is one",
					When: WhenMaxAge, Below: 365 * 24 * time.Hour, Lifetime: true,
				},
			),
		},
	)
}

// The cache modes of Google Cloud CDN.
const (
	gcpStatic  = "cache-all-static"
	gcpOrigins = "use-origin-headers"
	gcpForce   = "force-cache-all"
)

func gcp() Profile {
	ds := slices.Concat(gcpAlways(), gcpModes(), []deviation{gcpNegative()})
	return shared("gcp", gcpStatic, ds...)
}

func gcpAlways() []deviation {
	return []deviation{
		{
			fact: Fact{ID: "gcp-targets", Says: "reads CDN-Cache-Control before Cache-Control", Source: googleDocs, Read: read},
			set:  targets("CDN-Cache-Control"),
		},
		{
			fact: Fact{ID: "gcp-methods", Says: "stores answers to GET only", Source: googleDocs, Read: read},
			set:  does(func(b *Behaviour) { b.Methods = []string{"GET"} }),
		},
		{
			fact: Fact{ID: "gcp-set-cookie", Says: "stores nothing with Set-Cookie", Source: googleDocs, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesFields = []string{"Set-Cookie"} }),
		},
		{
			fact: Fact{ID: "gcp-vary", Says: "stores responses whose Vary has Accept, Accept-Encoding and Origin only, by an older document", Source: googleDocs, Read: read},
			set: doubts(Doubt{
				Why:  "Google's documents name Accept, Accept-Encoding and Origin as the members of Vary that are stored, and may be dated",
				When: WhenVary, Members: []string{"accept", "accept-encoding", "origin"}, Storable: true,
			}),
		},
		{
			fact: Fact{ID: "gcp-stale", Says: "does not implement stale-if-error, and serves stale for 86400 s while it revalidates unless the header states a window", Source: googleDocs, Read: read},
			set:  does(func(b *Behaviour) { b.NoSIE, b.DefaultSWR = true, 24*time.Hour }),
		},
	}
}

func gcpModes() []deviation {
	staticTypes := []string{
		"text/css", "text/ecmascript", "text/javascript", "application/javascript", "font/", "image/", "video/", "audio/",
		"application/pdf", "application/postscript",
	}
	return []deviation{
		{
			fact: Fact{ID: "gcp-cache-all-static", Says: "keeps static media types that state no lifetime for 3600 s, other types not, and nothing for more than 86400 s", Source: googleDocs, Read: "2026-11-26"},
			mode: gcpStatic,
			set: does(func(b *Behaviour) {
				b.Statuses = []StatusRule{
					{Codes: []int{2, 3}, Types: staticTypes, Silent: SilentDefault, Default: time.Hour},
					{Silent: SilentRefuse},
				}
				b.MaxTTL = new(24 * time.Hour)
			}),
		},
		{
			fact: Fact{ID: "gcp-use-origin-headers", Says: "stores nothing that states no lifetime", Source: googleDocs, Read: "2026-11-26"},
			mode: gcpOrigins,
			set:  does(func(b *Behaviour) { b.Statuses = []StatusRule{{Silent: SilentRefuse}} }),
		},
		{
			fact: Fact{ID: "gcp-force-cache-all", Says: "keeps every successful response for the default TTL, 3600 s unless declared, in spite of private, no-store and no-cache", Source: googleDocs, Read: "2026-11-26"},
			mode: gcpForce,
			set: does(func(b *Behaviour) {
				b.Ignores = []string{"private", "no-store", "no-cache", "max-age", "s-maxage"}
				b.IgnoresExpires = true
				b.Statuses = []StatusRule{{Codes: []int{2, 3}, Silent: SilentDefault, Default: time.Hour}, {Silent: SilentRefuse}}
			}),
		},
	}
}

func gcpNegative() deviation {
	return deviation{
		fact: Fact{ID: "gcp-negative", Says: "keeps 300, 301 and 308 that state no lifetime for 10 min, 404, 410 and 451 for 2 min, 405 and 501 for 1 min", Source: "Google Cloud CDN documentation, negative caching", Read: "2026-11-26"},
		set: does(func(b *Behaviour) {
			b.Statuses = slices.Concat([]StatusRule{
				{Codes: []int{300, 301, 308}, Silent: SilentDefault, Default: 10 * time.Minute},
				{Codes: []int{302, 307}, Silent: SilentRefuse},
				{Codes: []int{404, 410, 451}, Silent: SilentDefault, Default: 2 * time.Minute},
				{Codes: []int{405, 501}, Silent: SilentDefault, Default: time.Minute},
			}, b.Statuses)
		}),
	}
}

func azure() Profile {
	return shared(
		"azure", "",
		deviation{
			fact: Fact{ID: "azure-methods", Says: "stores answers to GET only", Source: azureDocs, Read: read},
			set:  does(func(b *Behaviour) { b.Methods = []string{"GET"} }),
		},
		deviation{
			fact: Fact{ID: "azure-no-cache", Says: "takes no-cache for no-store", Source: azureDocs, Read: read},
			set:  does(func(b *Behaviour) { b.Refuses = []string{"no-cache"} }),
		},
		deviation{
			fact: Fact{ID: "azure-swr", Says: "does not implement stale-while-revalidate", Source: "Microsoft Q&A 768364, answer of the product team", Read: "2022-03-16"},
			set:  does(func(b *Behaviour) { b.NoSWR = true }),
		},
		deviation{
			fact: Fact{ID: "azure-default-ttl", Says: "keeps what states no lifetime for one to three days", Source: azureDocs, Read: read},
			set:  doubts(Doubt{Why: "Azure keeps what states no lifetime for one to three days, as it chooses", When: WhenQuiet, Lifetime: true}),
		},
	)
}
