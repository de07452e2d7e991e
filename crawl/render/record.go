package render

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"github.com/edgeprime/edgeprime/crawl"
)

// request is one request that a visit has made.
type request struct {
	url      string
	id       network.RequestID // of the page's own event; empty for frames of other sites and workers
	kind     network.ResourceType
	referer  string
	origin   string // of the initiator, when the request is a cors one
	frame    cdp.FrameID
	document bool // of the tab itself
	worker   bool // the script of a service worker
	late     bool // made while scrolling

	status   int
	bytes    int64
	location string
}

// sentKey finds the event of a request: by id and URL (redirects keep the id), or by URL alone.
type sentKey struct {
	id  network.RequestID
	url string
}

// kindOf is what a request asks for; empty when only the URL can tell.
func kindOf(t network.ResourceType) crawl.Kind {
	switch t {
	case network.ResourceTypeDocument, network.ResourceTypePrefetch: // of a later page
		return crawl.Document
	case network.ResourceTypeStylesheet:
		return crawl.Stylesheet
	case network.ResourceTypeScript:
		return crawl.Script
	case network.ResourceTypeFont:
		return crawl.Font
	case network.ResourceTypeImage:
		return crawl.Image
	case network.ResourceTypeMedia, network.ResourceTypeTextTrack:
		return crawl.Media
	case network.ResourceTypeManifest:
		return crawl.WebApp
	default:
		return ""
	}
}

func isFetch(t network.ResourceType) bool {
	return t == network.ResourceTypeXHR || t == network.ResourceTypeFetch
}

// asset is the request as the crawl asks for it.
func (r request) asset(page string) crawl.Asset {
	a := crawl.Asset{
		URL: r.url, Kind: kindOf(r.kind), Mode: crawl.NoCORS, Priority: crawl.High, Page: page, Source: "render",
		Status: r.status, Bytes: r.bytes, Location: r.location,
	}
	switch {
	case a.Kind == crawl.Document:
		a.Mode = crawl.Navigate
	case r.origin != "" && r.origin != "null":
		a.Mode, a.Initiator = crawl.CORS, r.origin
	case isFetch(r.kind) || a.Kind == crawl.Font || a.Kind == crawl.WebApp:
		a.Mode, a.Initiator = crawl.CORS, originOf(r.url) // a cors request to another origin names it
	}
	return a
}

// named is the request as the manifest names it: what it is to the browser, and who asked.
func (v *visit) named(r request, documents map[string]bool) crawl.Asset {
	e := v.sent[sentKey{r.id, r.url}]
	if e == nil {
		e = v.sent[sentKey{url: r.url}]
	}
	asked := r.kind
	if e != nil && (e.Type == network.ResourceTypeScript || isFetch(r.kind)) {
		r.kind = e.Type // the door calls a worker's script Other, and XHR all that a service worker passes on
	}
	a := r.asset(v.job.Page.URL)
	a.Source = "render:" + by(r, asked, e, documents)
	a.Priority, a.Reason = v.priority(r, a, e)
	if who := initiator(r, e); who != "" {
		a.Reason = strings.TrimPrefix(a.Reason+", asked for by "+who, ", ")
	}
	a.Selected = []string{v.device.Name}
	return a
}

// by says in a word how the request came about.
func by(r request, asked network.ResourceType, e *network.EventRequestWillBeSent, documents map[string]bool) string {
	switch {
	case r.worker || asked == network.ResourceTypeOther && r.kind == network.ResourceTypeScript:
		return "worker"
	case e == nil && r.referer != "" && !documents[withoutFragment(r.referer)] && kindOf(r.kind) != crawl.Document:
		return "worker" // a worker's requests name its script
	case e == nil && r.referer != "":
		return "frame"
	case isFetch(r.kind):
		return "fetch"
	case e != nil && e.Request.IsLinkPreload:
		return "preload"
	case e != nil && e.Initiator != nil:
		return strings.ToLower(string(e.Initiator.Type))
	}
	return "other"
}

// priority is how much the launch depends on the asset, and why.
func (v *visit) priority(r request, a crawl.Asset, e *network.EventRequestWillBeSent) (crawl.Priority, string) {
	switch {
	case r.document:
		return crawl.Critical, "document"
	case r.late:
		return crawl.Low, "requested while scrolling"
	case r.kind == network.ResourceTypePrefetch:
		return crawl.Low, "prefetch for a later page"
	case a.Kind == crawl.Font:
		return crawl.Critical, "font in use"
	case a.Kind == crawl.Image && v.lcp != "" && v.lcp == r.url:
		return crawl.Critical, "largest contentful paint"
	case e == nil:
		return crawl.High, ""
	case e.RenderBlockingBehavior == network.RenderBlockingBehaviorBlocking, e.RenderBlockingBehavior == network.RenderBlockingBehaviorInBodyParserBlocking:
		return crawl.Critical, "render-blocking"
	case e.Request.IsLinkPreload:
		return crawl.Critical, "preload"
	case e.Request.InitialPriority == network.ResourcePriorityVeryLow && a.Kind != crawl.Script: // workers have it too
		return crawl.Low, "of the lowest priority"
	}
	return crawl.High, ""
}

// initiator is the URL of the script, sheet or document that asked, with the line; empty when the
// browser did by itself.
func initiator(r request, e *network.EventRequestWillBeSent) string {
	if e != nil && e.Initiator != nil {
		if u := withoutQuery(e.Initiator.URL); u != "" {
			return fmt.Sprintf("%s:%d", u, int(e.Initiator.LineNumber)+1)
		}
		for stack := e.Initiator.Stack; stack != nil; stack = stack.Parent {
			for _, frame := range stack.CallFrames {
				if u := withoutQuery(frame.URL); u != "" {
					return fmt.Sprintf("%s:%d", u, frame.LineNumber+1)
				}
			}
		}
	}
	return withoutQuery(r.referer)
}

// withoutQuery is an http URL that may stand in a message; empty for anything else.
func withoutQuery(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.RawQuery, u.Fragment, u.RawFragment, u.User = "", "", "", nil
	return u.String()
}

func withoutFragment(raw string) string {
	head, _, _ := strings.Cut(raw, "#")
	return head
}

func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// locationOf is where an answer redirects to, absolute; empty when it does not.
func locationOf(asked string, resp crawl.Response) string {
	location := resp.Header.Get("Location")
	if resp.Failure != "" || resp.Status < 300 || resp.Status > 399 || location == "" {
		return ""
	}
	base, err := url.Parse(asked)
	if err != nil {
		return ""
	}
	to, err := base.Parse(location)
	if err != nil {
		return ""
	}
	return withoutFragment(to.String())
}

// record is what the visits of one page have seen. Its zero value has seen nothing.
type record struct {
	assets   map[string]crawl.Asset
	problems []crawl.Problem
}

// add takes over a visit that has ended.
func (rec *record) add(v *visit) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if rec.assets == nil {
		rec.assets = map[string]crawl.Asset{}
	}
	documents := map[string]bool{}
	for _, r := range v.requests {
		if r.kind == network.ResourceTypeDocument {
			documents[r.url] = true
		}
	}
	for _, r := range v.requests {
		a := v.named(r, documents)
		known, ok := rec.assets[a.URL]
		if ok {
			a = join(known, a)
		}
		rec.assets[a.URL] = a
	}
	rec.problems = append(rec.problems, v.problems()...)
}

// join merges two requests for one URL, whichever came first in time.
func join(a, b crawl.Asset) crawl.Asset {
	first, second := a, b
	if ka, kb := sortKey(a), sortKey(b); kb < ka {
		first, second = b, a
	}
	first.Selected = slices.Clone(a.Selected)
	for _, name := range b.Selected {
		if !slices.Contains(first.Selected, name) {
			first.Selected = append(first.Selected, name)
		}
	}
	if first.Mode == crawl.NoCORS && second.Mode == crawl.CORS {
		first.Mode, first.Initiator = second.Mode, second.Initiator
	}
	if first.Status == 0 {
		first.Status, first.Bytes, first.Location = second.Status, second.Bytes, second.Location
	}
	return first
}

// sortKey puts the request first that matters most.
func sortKey(a crawl.Asset) string {
	rank := slices.Index([]crawl.Priority{crawl.Critical, crawl.High, crawl.Low}, a.Priority)
	return fmt.Sprint(rank, " ", a.Source, " ", a.Reason, " ", a.Kind, " ", a.Initiator)
}

// rendered is the result, sorted.
func (rec *record) rendered() crawl.Rendered {
	var out crawl.Rendered
	for _, u := range slices.Sorted(maps.Keys(rec.assets)) {
		out.Assets = append(out.Assets, rec.assets[u])
	}
	out.Problems = rec.problems
	return out
}
