package policy

import "time"

// read is when the documents behind the facts of this file were read, unless a fact says
// otherwise.
const read = "2026-11"

// Sources of several facts.
const (
	cloudflareDocs = "developers.cloudflare.com, cache"
	cloudfrontDocs = "AWS CloudFront developer guide, managing how long content stays in the cache"
	fastlyDocs     = "Fastly documentation, HTTP caching semantics"
	fastlyRecorded = "http-tests/cache-tests, results for Fastly of 2025-12-29"
	vercelDocs     = "vercel.com/docs, CDN cache and Cache-Control headers"
	netlifyDocs    = "docs.netlify.com, caching overview"
	googleDocs     = "Google Cloud CDN documentation, caching overview and TTL overrides"
	akamaiDocs     = "techdocs.akamai.com, Property Manager behaviour caching"
	azureDocs      = "Microsoft documentation, Azure Front Door and CDN caching"
)

// cdns are the profiles of CDNs.
func cdns() []Profile {
	return []Profile{cloudflare(), cloudfront(), fastly(), akamai(), vercel(), netlify(), gcp(), azure()}
}

func cloudflare() Profile {
	return shared(
		"cloudflare", "",
		deviation{
			fact: Fact{ID: "cloudflare-targets", Says: "reads Cloudflare-CDN-Cache-Control, then CDN-Cache-Control, before Cache-Control", Source: cloudflareDocs, Read: read},
			set:  targets("Cloudflare-CDN-Cache-Control", "CDN-Cache-Control"),
		},
		deviation{
			fact: Fact{ID: "cloudflare-surrogate-control", Says: "ignores Cache-Control beside Surrogate-Control", Source: cloudflareDocs, Read: read},
			set:  does(func(b *Behaviour) { b.Hiders = []string{"Surrogate-Control"} }),
		},
		deviation{
			fact: Fact{ID: "cloudflare-vary", Says: "ignores Vary unless a cache rule adds its members to the key", Source: cloudflareDocs, Read: read},
			set:  does(func(b *Behaviour) { b.IgnoresVary = true }),
		},
		deviation{
			fact: Fact{ID: "cloudflare-default-ttl", Says: "keeps what states no lifetime for 120 min (200, 206, 301), 20 min (302, 303) or 3 min (404, 410)", Source: cloudflareDocs, Read: read},
			set: does(func(b *Behaviour) {
				b.Statuses = []StatusRule{
					{Codes: []int{200, 206, 301}, Silent: SilentDefault, Default: 120 * time.Minute},
					{Codes: []int{302, 303}, Silent: SilentDefault, Default: 20 * time.Minute},
					{Codes: []int{404, 410}, Silent: SilentDefault, Default: 3 * time.Minute},
					{Silent: SilentRefuse},
				}
			}),
		},
		deviation{
			fact: Fact{ID: "cloudflare-extensions", Says: "caches by the extension of the path, not HTML and not JSON, unless a cache rule says otherwise", Source: cloudflareDocs, Read: read},
			set: does(func(b *Behaviour) {
				b.Extensions = cloudflareExtensions()
				b.Doubts = append(b.Doubts, Doubt{Why: "Cloudflare caches by extension and the URL is not known", When: WhenNoURL, Storable: true})
			}),
		},
		deviation{
			fact: Fact{ID: "cloudflare-eligible", Says: "answers CF-Cache-Status: DYNAMIC where a URL is not eligible, and another word where it is, a cache rule or none", Source: cloudflareDocs, Read: read},
			set: does(func(b *Behaviour) {
				b.StatusField, b.Ineligible, b.StatusSilent = "CF-Cache-Status", "DYNAMIC", []string{"NONE", "UNKNOWN", "NONE/UNKNOWN"}
			}),
		},
		deviation{
			fact: Fact{ID: "cloudflare-object-limit", Says: "stores nothing above 512 MB on the plans Free, Pro and Business", Source: cloudflareDocs, Read: read},
			set:  does(func(b *Behaviour) { b.MaxObject = 512 << 20 }),
		},
		deviation{
			fact: Fact{ID: "cloudflare-set-cookie", Says: "strips Set-Cookie and stores, or stores nothing, as it is configured", Source: cloudflareDocs, Read: read},
			set: doubts(Doubt{
				Why:  "Cloudflare strips Set-Cookie and stores the response, or does not store it, as it is configured",
				When: WhenField, Field: "Set-Cookie", Storable: true,
			}),
		},
	)
}

// cloudflareExtensions are the file types that Cloudflare caches without a rule.
func cloudflareExtensions() []string {
	return []string{
		"7z", "avi", "avif", "apk", "bin", "bmp", "bz2", "class", "css", "csv", "doc", "docx", "dmg", "ejs", "eot", "eps", "exe",
		"flac", "gif", "gz", "ico", "iso", "jar", "jpg", "jpeg", "js", "mid", "midi", "mkv", "mp3", "mp4", "ogg", "otf", "pdf",
		"pict", "pls", "png", "ppt", "pptx", "ps", "rar", "svg", "svgz", "swf", "tar", "tif", "tiff", "ttf", "webm", "webp",
		"woff", "woff2", "xls", "xlsx", "zip", "zst", "robots.txt",
	}
}

func cloudfront() Profile {
	const read = "2023"
	return shared(
		"cloudfront", "",
		deviation{
			fact: Fact{ID: "cloudfront-default-ttl", Says: "keeps what states no lifetime for the default TTL, 86400 s unless declared", Source: cloudfrontDocs, Read: read},
			set: does(func(b *Behaviour) {
				b.Statuses = []StatusRule{{Codes: []int{2, 3}, Silent: SilentDefault, Default: 24 * time.Hour}}
			}),
		},
		deviation{
			fact: Fact{ID: "cloudfront-ttl-bounds", Says: "keeps lifetimes within minimum and maximum TTL, 0 and 31536000 s unless declared", Source: cloudfrontDocs, Read: read},
			set:  does(func(b *Behaviour) { b.MinTTL, b.MaxTTL = new(time.Duration(0)), new(365*24*time.Hour) }),
		},
		deviation{
			fact: Fact{ID: "cloudfront-min-ttl", Says: "keeps a response for a minimum TTL above 0 in spite of no-store, no-cache, private and Vary: *", Source: cloudfrontDocs, Read: read},
			set:  does(func(b *Behaviour) { b.MinBeats, b.MinBeatsVary = []string{"no-store", "no-cache", "private"}, true }),
		},
		deviation{
			fact: Fact{ID: "cloudfront-errors", Says: "keeps 404, 405, 414 and 500 to 504 for at least 10 s, and 400, 403, 412 and 415 where max-age or s-maxage is stated", Source: cloudfrontDocs, Read: read},
			set: does(func(b *Behaviour) {
				b.Statuses = append(
					b.Statuses,
					StatusRule{
						Codes:  []int{404, 405, 414, 500, 501, 502, 503, 504},
						Silent: SilentDefault, Default: 10 * time.Second, Floor: 10 * time.Second,
					},
					StatusRule{Codes: []int{400, 403, 412, 415}, With: "max-age"},
					StatusRule{Codes: []int{400, 403, 412, 415}, With: "s-maxage"},
					StatusRule{Codes: []int{400, 403, 412, 415}, Refused: true},
				)
			}),
		},
		deviation{
			fact: Fact{ID: "cloudfront-request", Says: "ignores Cache-Control of requests", Source: cloudfrontDocs, Read: read},
			set:  does(func(b *Behaviour) { b.IgnoresRequest = true }),
		},
		deviation{
			fact: Fact{ID: "cloudfront-other-statuses", Says: "does not say what it does with other statuses", Source: cloudfrontDocs, Read: read},
			set: doubts(Doubt{
				Why: "CloudFront's documents do not say whether this status is kept", When: WhenCode, Storable: true,
				Codes: []int{2, 3, 400, 403, 404, 405, 412, 414, 415, 500, 501, 502, 503, 504},
			}),
		},
		deviation{
			fact: Fact{ID: "cloudfront-object-limit", Says: "stores nothing above 30 GB", Source: cloudfrontDocs, Read: read},
			set:  does(func(b *Behaviour) { b.MaxObject = 30 << 30 }),
		},
	)
}

func fastly() Profile {
	return shared(
		"fastly-vcl", "",
		deviation{
			fact: Fact{ID: "fastly-surrogate-control", Says: "takes the lifetime of Surrogate-Control before that of Cache-Control", Source: fastlyDocs, Read: read},
			set:  does(func(b *Behaviour) { b.Surrogates = []string{"Surrogate-Control"} }),
		},
		deviation{
			fact: Fact{ID: "fastly-ignored-directives", Says: "stores in spite of no-store and no-cache", Source: fastlyRecorded, Read: "2025-12-29"},
			set:  does(func(b *Behaviour) { b.Ignores = []string{"no-store", "no-cache"} }),
		},
		deviation{
			fact: Fact{ID: "fastly-authorization", Says: "stores answers to authorized requests", Source: fastlyRecorded, Read: "2025-12-29"},
			set:  does(func(b *Behaviour) { b.IgnoresAuthorization = true }),
		},
		deviation{
			fact: Fact{ID: "fastly-set-cookie", Says: "passes responses with Set-Cookie", Source: fastlyDocs, Read: read},
			set:  does(func(b *Behaviour) { b.RefusesFields = []string{"Set-Cookie"} }),
		},
		deviation{
			fact: Fact{ID: "fastly-statuses", Says: "stores 200, 203, 300, 301, 302, 404 and 410 only", Source: fastlyDocs, Read: read},
			set: does(func(b *Behaviour) {
				b.Statuses = []StatusRule{
					{Codes: []int{200, 203, 300, 301, 302, 404, 410}, Silent: SilentDefault},
					{Refused: true},
				}
			}),
		},
		deviation{
			fact: Fact{ID: "fastly-expires-age", Says: "counts the lifetime of Expires from the arrival, whatever Age says", Source: "Fastly documentation, header Age", Read: "2026-11-26"},
			set:  does(func(b *Behaviour) { b.IgnoresAgeForExpires = true }),
		},
		deviation{
			fact: Fact{ID: "fastly-fallback-ttl", Says: "keeps what states no lifetime for a fallback TTL that its documents put at 120 s and at 3600 s", Source: fastlyDocs, Read: read},
			set:  doubts(Doubt{Why: "Fastly's documents disagree about the fallback TTL of what states no lifetime: 120 s or 3600 s", When: WhenQuiet, Lifetime: true}),
		},
	)
}

func akamai() Profile {
	why := "Akamai's caching behaviour is not declared: set cache_mode"
	return shared(
		"akamai", undeclared,
		deviation{
			fact: Fact{ID: "akamai-undeclared", Says: "caches as a property's behaviour says, which no header shows", Source: akamaiDocs, Read: read},
			mode: undeclared,
			set:  doubts(Doubt{Why: why, When: Always, Storable: true, Lifetime: true}),
		},
		deviation{
			fact: Fact{ID: "akamai-vary", Says: "stores nothing with a member of Vary other than Accept-Encoding, unless configured", Source: akamaiDocs, Read: read},
			set:  does(func(b *Behaviour) { b.AcceptsVary = []string{"accept-encoding"} }),
		},
		deviation{
			fact: Fact{ID: "akamai-edge-control", Says: "reads Edge-Control, in a syntax that was not verified", Source: akamaiDocs, Read: read},
			set: doubts(Doubt{
				Why: "Akamai reads Edge-Control, whose effect is not known here", When: WhenField, Field: "Edge-Control", Storable: true, Lifetime: true,
			}),
		},
		deviation{
			fact: Fact{ID: "akamai-max-age", Says: "keeps everything for the lifetime of the behaviour, which is declared as edge_ttl", Source: akamaiDocs, Read: read},
			mode: "max-age",
			set:  doubts(Doubt{Why: "the lifetime of Akamai's behaviour is not declared: set edge_ttl", When: Always, Lifetime: true}),
		},
		deviation{
			fact: Fact{ID: "akamai-no-store", Says: "stores nothing", Source: akamaiDocs, Read: read},
			mode: "no-store",
			set:  does(func(b *Behaviour) { b.Statuses = []StatusRule{{Refused: true}} }),
		},
		deviation{
			fact: Fact{ID: "akamai-bypass-cache", Says: "goes past the cache", Source: akamaiDocs, Read: read},
			mode: "bypass-cache",
			set:  does(func(b *Behaviour) { b.Statuses = []StatusRule{{Refused: true}} }),
		},
		deviation{
			fact: Fact{ID: "akamai-cache-control", Says: "does not read Expires", Source: akamaiDocs, Read: read},
			mode: "cache-control",
			set:  does(func(b *Behaviour) { b.IgnoresExpires = true }),
		},
		deviation{
			fact: Fact{ID: "akamai-expires", Says: "takes the lifetime from Expires alone", Source: akamaiDocs, Read: read},
			mode: "expires",
			set:  does(func(b *Behaviour) { b.Ignores = []string{"max-age", "s-maxage"} }),
		},
		deviation{
			fact: Fact{ID: "akamai-later", Says: "takes the longer lifetime of Cache-Control and Expires", Source: akamaiDocs, Read: read},
			mode: "cache-control-and-expires",
			set:  does(func(b *Behaviour) { b.LongerExpires = true }),
		},
		deviation{
			fact: Fact{ID: "akamai-default-ttl", Says: "keeps what states no lifetime for the behaviour's maxage, which is declared as default_ttl", Source: akamaiDocs, Read: read},
			set:  doubts(Doubt{Why: "the lifetime of what states none is not declared: set default_ttl", When: WhenQuiet, Lifetime: true}),
		},
	)
}
