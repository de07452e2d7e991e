package crawl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// run is the state of one crawl. Only merging touches it, one answer after another.
type run struct {
	*Crawler

	fetch Fetch         // the crawler's, with a memory when a browser asks too
	seats chan struct{} // of a browser's fetches

	limits   Limits
	devices  []Viewport
	chosen   selection
	scope    compiledScope
	assets   map[string]*Asset
	problems map[[2]string]Problem // by URL and name
	asked    map[string]bool       // by role and URL
	readURLs map[string]bool       // by URL: asked for to be read
	sitemaps []item
	queue    []item
	probes   []item // asked for last, unless they were read meanwhile
	probing  bool
	filter   sitemapFilter
	listed   listed
	left     leftBySitemaps

	pages      []*pageStyle
	unstyled   []*pageStyle        // those of them whose style sheets were not all answered
	paths      int                 // in their shapes
	cascades   map[string]*cascade // by the sheets that pages apply
	sheets     map[string]*sheetNode
	documents  int            // queued to be read
	hosts      map[string]int // the same by host
	follow     following
	found      int // assets that the launch does not declare
	sitemapped int // URLs taken from sitemaps
	indexed    int // sitemaps taken from indexes
	files      int // asked for because sitemaps list them, beside documents
	cut        map[string]*cutCount
}

func newRun(c *Crawler) *run {
	limits, fetch := c.cfg.Limits.WithDefaults(), c.fetch
	if c.cfg.Renderer != nil {
		fetch = newMemo(c.fetch, memoBytes).fetch
	}
	return &run{
		Crawler:  c,
		fetch:    fetch,
		seats:    make(chan struct{}, limits.Concurrency),
		limits:   limits,
		devices:  c.cfg.viewports(),
		chosen:   newSelection(viewportNames(c.cfg.viewports())),
		scope:    c.cfg.EffectiveScope().compile(),
		assets:   map[string]*Asset{},
		problems: map[[2]string]Problem{},
		asked:    map[string]bool{},
		readURLs: map[string]bool{},
		sheets:   map[string]*sheetNode{},
		cascades: map[string]*cascade{},
		hosts:    map[string]int{},
		follow:   newFollowing(),
		cut:      map[string]*cutCount{},
		filter:   sitemapFilter{since: c.cfg.SitemapSince, minPriority: c.cfg.SitemapMinPriority},
	}
}

// declare takes what the launch file names.
func (r *run) declare() {
	for _, list := range []struct {
		urls   []string
		source string
		reason string
	}{
		{r.cfg.Entries, "entry", "entry page"},
		{r.cfg.Pages, "page", "declared page"},
		{r.cfg.URLs, "url-list", "declared URL"},
	} {
		for _, raw := range list.urls {
			if l, err := parseLink(raw); err == nil { // validated before
				r.takeDeclared(l, Asset{Source: list.source, Reason: list.reason}, list.source == "url-list")
			}
		}
	}
	for _, raw := range r.cfg.Sitemaps {
		if l, err := parseLink(raw); err == nil {
			r.askSitemap(l, item{Asset: Asset{Source: "sitemap"}}, true)
		}
	}
}

// takeDeclared takes a URL that is a document, unless its extension may say otherwise and does.
func (r *run) takeDeclared(l link, a Asset, byExtension bool) {
	l = r.scope.preview.public(l)
	a.URL, a.Kind = l.key, Document
	if byExtension {
		a.Kind = kindOfURL(l.path, Document)
	}
	if err := r.scope.allows(l); err != nil {
		r.problem(Problem{
			URL: l.key, Problem: "third-party-entry",
			Detail: fmt.Sprintf("the launch names it, but it is out of scope (%v); add it to scope or take it out", err), Incomplete: true,
		})
	}
	r.takeDeclaredRef(declaredRef(l, a))
}

func (r *run) takeDeclaredRef(f ref) {
	r.take(f, item{declared: true, origin: f.link.origin()})
	if f.role == readSheet { // there is no page to tell what of it is used
		r.keepPage(&pageStyle{
			origin: f.link.origin(), sheets: []sheetEdge{{url: f.link.key}}, shape: anyShape(), screens: screens(r.devices, "width=device-width"),
		})
	}
}

// declaredRef completes what is declared of a public URL by what follows from its kind.
func declaredRef(l link, a Asset) ref {
	f := ref{Asset: a, link: l, role: declaredRole(a.Kind), mask: allViewports}
	f.URL, f.Mode, f.Priority = l.key, NoCORS, High
	switch a.Kind {
	case Document:
		f.Mode, f.Priority = Navigate, Critical
	case Stylesheet, Script:
		f.Priority = Critical
	case Font:
		f.Mode, f.Initiator, f.Priority = CORS, l.origin(), Critical
	case Image, Media, WebApp, Data, Social:
	}
	return f
}

// declaredRole is what is read of a declared URL.
func declaredRole(k Kind) role {
	switch k {
	case Document:
		return readDocument
	case Stylesheet:
		return readSheet
	case Script:
		return readScript
	case Font, Image, Media, WebApp, Data, Social:
	}
	return unread
}

// take adds a reference to the manifest, or merges it with what is known of its URL, and queues
// it when it has to be read. from says on whose behalf.
func (r *run) take(f ref, from item) {
	f.link = r.scope.preview.public(f.link)
	f.URL = f.link.key
	if from.modest && f.Priority == Critical {
		f.Priority = High
	}
	r.cfg.Critical.apply(&f.Asset, f.link)
	f.ThirdParty = r.scope.allows(f.link) != nil
	known := r.assets[f.URL]
	if known == nil {
		known = r.unpack(f.URL)
	}
	switch {
	case r.isSpare(f):
		r.decide(f.Asset, Left, "requested by no viewport, and discovery.candidates is "+CandidatesSelected)
		return
	case known != nil:
		known.join(f.Asset)
		r.decide(f.Asset, Known, f.Reason)
	case !from.declared && r.found >= r.limits.Assets:
		r.leaveOut("limit-assets", f.URL)
		r.decide(f.Asset, Left, fmt.Sprintf("beyond discovery.assets %d", r.limits.Assets))
		return
	default:
		if !from.declared {
			r.found++
		}
		known = &f.Asset
		r.assets[f.URL] = known
		r.decide(f.Asset, Taken, takenReason(f.Asset))
	}
	r.chosen.note(f)
	if r.mustProbe(f) {
		f.role = probed
	}
	if f.ThirdParty || f.role == unread {
		return
	}
	r.enqueue(f, from)
}

// isSpare tells whether the configuration leaves out a candidate. What it calls critical itself stays.
func (r *run) isSpare(f ref) bool {
	mayBe := f.mask == 0 && (f.demand == onChoice || f.demand == ifUsed)
	return mayBe && f.Priority != Critical && r.cfg.Candidates == CandidatesSelected
}

// mustProbe tells whether an asset that need not be read is asked for all the same: where it redirects
// to is requested too. Media are too large for that.
func (r *run) mustProbe(f ref) bool {
	return f.role == unread && f.mask != 0 && f.Kind != Media && f.Kind != Document && r.cfg.Ask != AskNeeded
}

// takenReason is the reason of an asset in a decision.
func takenReason(a Asset) string {
	switch {
	case a.ThirdParty:
		return "third party: named, never fetched"
	case a.Reason == "":
		return "named by " + a.Source
	default:
		return a.Reason
	}
}

// join merges a second reference to the same URL: the higher priority counts, and a cors request
// covers one without, since its answer must fit both.
func (a *Asset) join(b Asset) {
	if rank(b.Priority) < rank(a.Priority) {
		a.Priority, a.Reason = b.Priority, b.Reason
	}
	if a.Mode == NoCORS && b.Mode == CORS {
		a.Mode, a.Initiator = b.Mode, b.Initiator
	}
}

func rank(p Priority) int {
	return slices.Index([]Priority{Critical, High, Low}, p)
}

func (r *run) enqueue(f ref, from item) {
	it := item{
		Asset: f.Asset, role: f.role, inert: f.inert, origin: from.origin, page: from.page, imports: from.imports,
		declared: from.declared, hops: from.hops, level: from.level, modest: from.modest,
	}
	if f.Source == "redirect" || from.role == f.role {
		it.depth = from.depth
	}
	if f.Source != "redirect" && from.role == f.role {
		it.depth++
	}
	if f.role == readSheet {
		r.node(f.URL, it).use(r, f.inert)
	}
	key := askedKey(f.role, f.URL)
	if r.asked[key] {
		return
	}
	if limit := r.overLimit(it, f.link); limit != "" {
		r.leaveOut(limit, f.URL)
		r.decide(f.Asset, Unread, "listed, but not read: "+limit)
		return
	}
	r.asked[key] = true
	if f.role == probed && !r.probing {
		r.probes = append(r.probes, it)
		return
	}
	r.readURLs[f.URL] = true
	r.queue = append(r.queue, it)
}

// probe queues the probes of what was not read by now; from here on, those of their redirects too.
func (r *run) probe() {
	for _, it := range r.probes {
		if !r.readURLs[it.URL] {
			r.queue = append(r.queue, it)
		}
	}
	r.probes, r.probing = nil, true
}

func askedKey(is role, url string) string { return fmt.Sprint(is, " ", url) }

// maxDetail bounds what a server can put into a problem's words.
const maxDetail = 1000

func (r *run) problem(p Problem) {
	key := [2]string{p.URL, p.Problem}
	if len(p.Detail) > maxDetail {
		p.Detail = strings.ToValidUTF8(p.Detail[:maxDetail], "") + "…"
	}
	if _, ok := r.problems[key]; !ok {
		r.problems[key] = p
	}
}

// manifest is the result, sorted.
func (r *run) manifest() *Manifest {
	r.nameLimits()
	r.nameLeft()
	var read packer
	for _, url := range slices.Sorted(maps.Keys(r.assets)) {
		a := *r.assets[url]
		r.chosen.finish(&a)
		read.add(a)
	}
	assets := mergePacked([]packed{read.packed(), r.listed.whole})
	return &Manifest{Problems: slices.SortedFunc(maps.Values(r.problems), compareProblems), assets: assets}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
