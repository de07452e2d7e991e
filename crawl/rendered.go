package crawl

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// Visit is one page that a [Renderer] is to load.
type Visit struct {
	// Page is the page; its URL is public.
	Page Asset
	// Viewports are the devices to load it on, each as a first visitor.
	Viewports []Viewport
	// Fetch is the only way to the network that a visit has. It takes public URLs, never asks for
	// what is out of scope, and answers again what was asked before.
	Fetch Fetch
	// Allows tells whether a URL is in scope.
	Allows func(url string) bool
}

// Rendered is what browsers requested for a page.
type Rendered struct {
	// Assets are the requests, each URL once, with the viewports that made them in Selected, a
	// Source that begins with "render:" and a Reason that names the initiator. A Kind that is empty
	// is taken from the URL. ThirdParty is left to the crawl.
	Assets []Asset
	// Problems say what the browser could not see.
	Problems []Problem
}

// Renderer loads pages as browsers do. What goes wrong on a page is a [Problem]; an error stops
// the crawl.
type Renderer interface {
	Render(ctx context.Context, v Visit) (Rendered, error)
}

// render loads the entries and the declared pages in a browser, and merges what it requested with
// what was found without: it is found already, and the browser adds what only running script names.
func (r *run) render(ctx context.Context) error {
	if r.cfg.Renderer == nil {
		return nil
	}
	rendered := 0
	for _, page := range r.pagesToRender() {
		if rendered >= r.limits.RenderedPages {
			r.leaveOut("limit-rendered-pages", page.URL)
			continue
		}
		rendered++
		got, err := r.cfg.Renderer.Render(ctx, Visit{Page: page, Viewports: r.devices, Fetch: r.door, Allows: r.inScope})
		if err != nil {
			return fmt.Errorf("render: %w", err)
		}
		for _, p := range got.Problems {
			r.problem(p)
		}
		for _, a := range got.Assets {
			r.takeRendered(a)
		}
	}
	return nil
}

// pagesToRender are the entries and pages that answered, each once.
func (r *run) pagesToRender() []Asset {
	var pages []Asset
	seen := map[string]bool{}
	for _, raw := range slices.Concat(r.cfg.Entries, r.cfg.Pages) {
		l, err := parseLink(raw)
		if err != nil { // validated before
			continue
		}
		known := r.assets[r.scope.preview.public(l).key]
		if known == nil || known.ThirdParty || seen[known.URL] {
			continue
		}
		seen[known.URL] = true
		if known.Status >= http.StatusOK && known.Status < http.StatusBadRequest { // what failed is named already
			pages = append(pages, *known)
		}
	}
	return pages
}

// takeRendered adds what a browser requested. What is known already keeps its source and its page.
func (r *run) takeRendered(a Asset) {
	l, err := parseLink(a.URL)
	if err != nil {
		r.problem(Problem{
			URL: a.Page, Problem: "render-url",
			Detail: "the browser requested a URL that is left out: " + err.Error(), Incomplete: true,
		})
		return
	}
	l = r.scope.preview.public(l)
	a.URL = l.key
	if a.Kind == "" {
		a.Kind = kindOfURL(l.path, Data)
	}
	if a.Mode == CORS && a.Initiator == "" {
		a.Initiator = l.origin()
	}
	r.cfg.Critical.apply(&a, l)
	a.ThirdParty = r.scope.allows(l) != nil
	r.chosen.note(ref{Asset: a, mask: r.maskOf(a.Selected)})
	a.Selected = nil // made of the masks at the end
	if a.Status != 0 {
		r.readURLs[a.URL] = true // there is nothing left to probe
	}
	known := r.assets[a.URL]
	if known == nil {
		known = r.unpack(a.URL)
	}
	switch {
	case known != nil:
		known.joinRendered(a)
		r.decide(a, Known, takenReason(a))
	case r.found >= r.limits.Assets:
		r.leaveOut("limit-assets", a.URL)
		r.decide(a, Left, fmt.Sprintf("beyond discovery.assets %d", r.limits.Assets))
	default:
		r.found++
		r.assets[a.URL] = &a
		r.decide(a, Taken, takenReason(a))
	}
}

func (r *run) maskOf(viewports []string) viewportMask {
	var mask viewportMask
	for i, d := range r.devices {
		if slices.Contains(viewports, d.Name) {
			mask |= 1 << i
		}
	}
	return mask
}

func (a *Asset) joinRendered(b Asset) {
	a.join(b)
	if a.Status == 0 {
		a.Status, a.Bytes, a.Location = b.Status, b.Bytes, b.Location
	}
}

// door is how a browser's request is asked for: in scope only, on the preview host where there is
// one, and with the answer as the public host would give it.
func (r *run) door(ctx context.Context, a Asset) (Response, error) {
	l, err := parseLink(a.URL)
	if err != nil {
		return Response{Failure: err.Error()}, nil
	}
	l = r.scope.preview.public(l)
	if err := r.scope.allows(l); err != nil {
		return Response{Failure: err.Error()}, nil
	}
	select {
	case r.seats <- struct{}{}:
		defer func() { <-r.seats }()
	case <-ctx.Done():
		return Response{}, ctx.Err()
	}
	a.URL = l.key
	if a.Kind == "" {
		a.Kind = kindOfURL(l.path, Data)
	}
	resp, err := r.fetch(ctx, r.scope.preview.request(a))
	if err != nil {
		return Response{}, err
	}
	resp.Header = r.scope.preview.publicHeader(resp.Header, l)
	return resp, nil
}

func (r *run) inScope(url string) bool {
	l, err := parseLink(url)
	return err == nil && r.scope.allows(r.scope.preview.public(l)) == nil
}

// publicHeader is the header of a preview host's answer as the public host would send it: where it
// redirects to, and whom it lets read the answer.
func (p preview) publicHeader(h http.Header, asked link) http.Header {
	if len(p.toPublic) == 0 {
		return h
	}
	h = h.Clone()
	if location := h.Get("Location"); location != "" {
		if own, err := newResolver(p.private(asked).key); err == nil {
			if l, err := own.resolve(location); err == nil {
				h.Set("Location", p.public(l).key)
			}
		}
	}
	const allowed = "Access-Control-Allow-Origin"
	if l, err := parseLink(h.Get(allowed)); err == nil {
		h.Set(allowed, p.public(l).origin())
	}
	return h
}
