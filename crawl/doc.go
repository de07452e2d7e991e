// Package crawl finds what a first visitor's browser will request when a launch goes live.
//
// A [Crawler] starts from the pages, sitemaps and URL lists of a launch, reads every document and
// style sheet that is in scope, and collects one [Asset] for each URL into a [Manifest]. It never
// opens a connection: the caller hands it a [Fetch] function, so that discovery goes through the
// same limits and guards as priming, and counts as priming where it went.
package crawl
