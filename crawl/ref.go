package crawl

import "errors"

// role says how discovery reads an answer.
type role int

const (
	unread role = iota
	readDocument
	readSheet
	readModule
	readScript // a classic script, or that of a worker
	readWorker // a service worker
	readRules  // speculation rules
	readWebApp
	readSitemap
	// probed assets are asked for, so that their redirects are known, and not read.
	probed
	readRobots
)

// ref is one reference that an extractor found.
type ref struct {
	Asset
	link link
	role role
	// inert marks a style sheet that is fetched but not applied: what it draws is not requested.
	inert bool
	// demand is how browsers come to request it, mask which viewports do on a first visit.
	demand demand
	mask   viewportMask
	// media and layer are those under which an @import or link applies a style sheet.
	media, layer string
	// layers is how many layers a sheet names before an @import.
	layers int
}

// demand is how browsers come to request what a reference names.
type demand int

const (
	onLoad   demand = iota // without a choice
	onChoice               // when they choose it among candidates
	ifUsed                 // when a rule that applies names it
	never                  // not by themselves: it is for preview cards, search engines or scripts
)

// viewportMask has a bit for each viewport of the configuration.
type viewportMask uint32

const allViewports = ^viewportMask(0)

// refs collects the references of one document or style sheet, and counts what it must leave out.
type refs struct {
	resolver resolver
	page     string   // the URL that named them
	origin   string   // of the document, for cors requests
	screens  []screen // on which candidates are chosen
	sizes    map[sizeKey]float64
	off      string // why browsers leave out what is named here, such as noscript; empty when they do not
	list     []ref
	// canonical is the first canonical URL that is declared; its key is empty when there is none.
	canonical link
	invalid   int
	tooLong   int
}

// add resolves a reference and takes it. It returns nil when there is nothing to request. The
// pointer is good until the next add.
func (r *refs) add(raw string, a Asset) *ref {
	f, ok := r.resolve(raw, a)
	if !ok {
		return nil
	}
	r.list = append(r.list, f)
	if r.off != "" {
		return nil // nothing to read for a browser
	}
	return &r.list[len(r.list)-1]
}

// addUnasked takes what browsers do not request by themselves.
func (r *refs) addUnasked(raw string, a Asset) {
	a.Priority = Low
	if f := r.add(raw, a); f != nil {
		f.demand, f.mask = never, 0
	}
}

// resolve completes a reference. It returns false when there is nothing to request.
func (r *refs) resolve(raw string, a Asset) (ref, bool) {
	l, err := r.resolver.resolve(raw)
	switch {
	case err == nil:
	case errors.Is(err, errURLTooLong):
		r.tooLong++
		return ref{}, false
	case errors.Is(err, errURLScheme):
		return ref{}, false
	default:
		r.invalid++
		return ref{}, false
	}
	a.URL, a.Page = l.key, r.page
	if a.Priority == "" {
		a.Priority = High
	}
	if a.Mode == "" {
		a.Mode = NoCORS
	}
	if a.Mode == CORS {
		a.Initiator = r.origin
	}
	f := ref{Asset: a, link: l, mask: allViewports}
	if r.off != "" {
		f.Source, f.Priority, f.Reason = r.off+"/"+f.Source, Low, "only without scripts"
		f.demand, f.mask = never, 0
	}
	return f, true
}

// canonize records a canonical URL. The first one that can be parsed counts.
func (r *refs) canonize(raw string) {
	if r.canonical.key != "" {
		return
	}
	if l, err := r.resolver.resolve(raw); err == nil {
		r.canonical = l
	}
}

// assets are the references as plain values, each URL once, in order of appearance.
func (r *refs) assets() []Asset {
	at := make(map[string]int, len(r.list))
	out := make([]Asset, 0, len(r.list))
	names := make([]string, 0, len(r.screens))
	for _, v := range r.screens {
		names = append(names, v.name)
	}
	chosen := newSelection(names)
	for _, f := range r.list {
		if _, seen := at[f.URL]; !seen {
			at[f.URL] = len(out)
			out = append(out, f.Asset)
		}
		chosen.note(f)
	}
	for i := range out {
		chosen.finish(&out[i])
	}
	return out
}
