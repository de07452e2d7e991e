// Package crawl finds what a first visitor's browser will request when a launch goes live.
//
// A [Crawler] starts from the pages, sitemaps and URL lists of a launch, reads every document and
// style sheet that is in scope, and collects one [Asset] for each URL into a [Manifest]. It never
// opens a connection: the caller hands it a [Fetch] function, so that discovery goes through the
// same limits and guards as priming, and counts as priming where it went.
//
// Each extractor has one file: HTML elements, links, media and scripts, srcset, CSS, scripts and the
// tables of bundlers, import maps, Link headers, web app manifests, sitemaps. None of them knows
// scope, limits or the network; they turn bytes into references. A run merges the references of many
// answers, batch by batch and always in the same order, so that equal answers make equal manifests
// whatever their order in time.
//
// What a page's style sheets make a browser request is decided late, when all of them are read. A
// document is kept as its shape: each path of elements, once. The cascade of its sheets is followed
// over that shape far enough to know which images and font faces are requested: selectors, layers,
// media, display, custom properties, the text of each element. What cannot be known from a shape,
// such as the order of siblings, may match, and then overrides nothing. A page whose style would cost
// too much work is taken to request everything that its sheets name. So [Asset].Selected names,
// for every asset, the viewports whose browser asks for it on a first visit; of a srcset, by the
// media, sizes and densities of the standards. What nobody asks for stays in the manifest with low
// priority, unless the configuration leaves such candidates out.
//
// At last the run asks for what is requested and was not read, since redirects lead on: see
// [Config].Ask.
//
// A [Renderer] loads the entries and declared pages in a browser too, if the configuration has one:
// package render. It gets nothing but what the crawl would fetch itself, and adds what only running
// script requests; the Source of such an asset begins with "render:".
//
// What discovery could not read is a [Problem] of the manifest, never silence. A Problem that is
// Incomplete says that assets may be missing.
//
// Sitemaps may list a million URLs. They are unpacked, decoded and parsed as streams; what they list
// beyond the pages that are read is sorted and packed block by block, and merged into the manifest at
// the end, which is packed as well: of each URL it holds what differs from the URL before. Memory
// grows by some twenty bytes a URL.
//
// Links are followed only if [Limits].Depth says so, one level after another, from everything that
// the launch declares, the pages of its sitemaps included. The robots.txt of a host (RFC 9309, token
// edgeprime), nofollow marks and guards against endless sites decide which links; none of them
// touches what a launch declares and what that loads. A linked page has priority high, and so has
// at most what it alone loads. [Crawler].Trace hears about every decision. A robots.txt that the
// launch names among its sitemaps is read for its Sitemap lines.
package crawl
