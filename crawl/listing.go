package crawl

import (
	"cmp"
	"slices"
)

// listing is what one sitemap file lists, ready to be merged.
type listing struct {
	sitemap

	url     string
	assets  packer // in the order of the file
	dropped dropped
	untaken []Decision          // about what is not taken, if somebody wants to know
	seen    map[string]struct{} // of entries with alternates, which name each other
}

// maxSeen bounds what a listing remembers to leave out repetitions; merging finds all of them.
const maxSeen = 20_000

// maxUntaken bounds how many entries of one sitemap are told one by one why they are not taken.
const maxUntaken = 100_000

// readSitemap reads one sitemap file. It runs beside others and touches nothing shared.
func (r *run) readSitemap(it item, contentType string, body []byte) *listing {
	l := &listing{url: it.URL, seen: map[string]struct{}{}}
	l.sitemap = sitemap{filter: r.filter, most: r.limits.SitemapURLs, take: func(e *sitemapEntry) { r.listEntry(l, e) }}
	if r.Trace != nil {
		l.leave = func(loc, reason string) {
			if len(l.untaken) == maxUntaken {
				return // its problems count them all
			}
			l.untaken = append(l.untaken, Decision{URL: loc, Outcome: Left, Reason: reason, Kind: Document, Page: l.url, Source: "sitemap"})
		}
	}
	l.read(MaxSitemapBytes, it.URL, contentType, body)
	l.take, l.leave, l.seen, l.entry = nil, nil, nil, sitemapEntry{}
	return l
}

// listEntry lists a page and what an entry names beside it.
func (r *run) listEntry(l *listing, e *sitemapEntry) {
	page, ok := r.listedLink(l, e.loc)
	if !ok {
		return
	}
	related := len(e.links) > 0
	if !related || !l.repeats(page.key) {
		a := Asset{Source: "sitemap", Page: l.url, Reason: "listed in a sitemap", Kind: kindOfURL(page.path, Document), Selected: r.chosen.names}
		l.assets.add(r.listedAsset(page, a))
	}
	for _, other := range e.links {
		to, ok := r.listedLink(l, other.url)
		if !ok || other.as == alternateLink && l.repeats(to.key) {
			continue
		}
		a := Asset{Page: page.key}
		switch other.as {
		case alternateLink:
			a.Page, a.Source, a.Kind, a.Reason = l.url, "sitemap:link", kindOfURL(to.path, Document), "alternate listed in a sitemap"
			a.Selected = r.chosen.names
		case imageLink:
			a.Source, a.Kind, a.Reason = "sitemap:image", Image, "image of a page, listed in a sitemap"
		case thumbnailLink:
			a.Source, a.Kind, a.Priority, a.Reason = "sitemap:video", Image, Low, "preview of a video, listed in a sitemap"
		case videoLink:
			a.Source, a.Kind, a.Priority, a.Reason = "sitemap:video", Media, Low, "video listed in a sitemap, loaded when it is played"
		}
		l.assets.add(r.listedAsset(to, a))
	}
}

// repeats reports whether a URL was listed lately.
func (l *listing) repeats(url string) bool {
	if _, ok := l.seen[url]; ok {
		return true
	}
	if len(l.seen) >= maxSeen {
		clear(l.seen)
	}
	l.seen[url] = struct{}{}
	return false
}

// listedLink is the public URL of what a sitemap names, unless that is dropped.
func (r *run) listedLink(l *listing, raw string) (link, bool) {
	to, err := parseLink(raw)
	if err != nil {
		l.dropped.unusable(raw)
		l.left(raw, err.Error())
		return link{}, false
	}
	to = r.scope.preview.public(to)
	if err := r.scope.allows(to); err != nil {
		l.dropped.foreign++
		l.left(to.key, "out of scope: "+err.Error())
		return link{}, false
	}
	return to, true
}

// listedAsset completes what is declared of a URL by what follows from its kind; a lower priority
// that is given stays.
func (r *run) listedAsset(l link, a Asset) Asset {
	low := a.Priority
	f := declaredRef(l, a)
	f.Priority = cmp.Or(low, f.Priority)
	r.cfg.Critical.apply(&f.Asset, l)
	return f.Asset
}

// listed holds what sitemaps list and discovery does not read, sorted and packed in blocks. Its
// zero value is empty.
type listed struct {
	pending []Asset
	blocks  []packed
	whole   packed // once sealed
}

// listedBlock is how many assets are sorted at once.
const listedBlock = 1 << 15

func (l *listed) add(a Asset) {
	if l.pending = append(l.pending, a); len(l.pending) >= listedBlock {
		l.flush()
	}
}

func (l *listed) flush() {
	if len(l.pending) > 0 {
		l.blocks = append(l.blocks, packSorted(l.pending))
		clear(l.pending)
		l.pending = l.pending[:0]
	}
}

// seal ends the adding and begins the finding.
func (l *listed) seal() {
	l.flush()
	if len(l.blocks) > 0 {
		l.whole = mergePacked(append([]packed{l.whole}, l.blocks...))
	}
	l.pending, l.blocks = nil, nil
}

// list takes what a sitemap lists: as an asset like any other when it is known or is to be asked
// for, else packed away.
func (r *run) list(a Asset) {
	f := ref{Asset: a, role: declaredRole(a.Kind), mask: maskOf(a.Selected)}
	f.Selected = nil // until the end
	asks := f.role != unread || r.mustProbe(f)
	known, limit := r.assets[a.URL] != nil, r.listLimit(a)
	if !known && (!asks || limit != "") {
		r.listed.add(a)
		r.decide(a, Taken, a.Reason)
		if asks {
			r.leaveOut(limit, a.URL)
			r.decide(a, Unread, "listed, but not read: "+limit)
		}
		return
	}
	l, err := parseLink(a.URL)
	if err != nil {
		return // it was a link's
	}
	if !known && a.Kind != Document {
		r.files++
	}
	f.link = l
	r.takeDeclaredRef(f)
}

// listLimit is the limit that keeps what a sitemap lists from being asked for; empty when none does.
func (r *run) listLimit(a Asset) string {
	if a.Kind != Document {
		if r.files >= r.limits.Pages {
			return "limit-listed"
		}
		return ""
	}
	if r.documents >= r.limits.Pages {
		return "limit-pages"
	}
	if l, err := parseLink(a.URL); err == nil && r.hosts[l.hostPort()] >= r.limits.PagesPerHost {
		return "limit-pages-per-host"
	}
	return ""
}

// unpack makes an asset like any other of what sitemaps list at a URL; nil when they do not.
func (r *run) unpack(url string) *Asset {
	a, ok := r.listed.whole.find(url)
	if !ok {
		return nil
	}
	r.chosen.note(ref{Asset: a, mask: maskOf(a.Selected)})
	a.Selected = nil // until the end
	r.assets[url] = &a
	return &a
}

// maskOf are the viewports of what sitemaps list: all or none.
func maskOf(selected []string) viewportMask {
	if len(selected) > 0 {
		return allViewports
	}
	return 0
}

// joinListed is join for assets that are complete.
func (a *Asset) joinListed(b Asset) {
	a.join(b)
	if len(a.Selected) == 0 {
		a.Selected = b.Selected
	}
}

// packSorted sorts assets in place, joins those of one URL in their order, and packs them.
func packSorted(assets []Asset) packed {
	slices.SortStableFunc(assets, func(a, b Asset) int { return cmp.Compare(a.URL, b.URL) })
	var p packer
	for i := 0; i < len(assets); {
		a := assets[i]
		for i++; i < len(assets) && assets[i].URL == a.URL; i++ {
			a.joinListed(assets[i])
		}
		p.add(a)
	}
	return p.packed()
}
