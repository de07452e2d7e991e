package crawl

import "errors"

// role says how discovery reads an answer; most assets are not read at all.
type role int

const (
	unread role = iota
	readDocument
	readSheet
	readModule
	readWebApp
	readSitemap
)

// ref is one reference that an extractor found.
type ref struct {
	Asset
	link link
	role role
	// inert marks a style sheet that is fetched but not applied: what it draws is not requested.
	inert bool
	// demand is how browsers come to request it.
	demand demand
}

// refs collects the references of one document or style sheet, and counts what it must leave out.
type refs struct {
	resolver resolver
	page     string   // the URL that named them
	origin   string   // of the document, for cors requests
	screens  []screen // on which candidates are chosen
	sizes    map[sizeKey]float64
	list     []ref
	invalid  int
	tooLong  int
}

// add resolves a reference and takes it. It returns nil when there is nothing to request. The
// pointer is good until the next add.
func (r *refs) add(raw string, a Asset) *ref {
	l, err := r.resolver.resolve(raw)
	switch {
	case err == nil:
	case errors.Is(err, errURLTooLong):
		r.tooLong++
		return nil
	case errors.Is(err, errURLScheme):
		return nil
	default:
		r.invalid++
		return nil
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
	r.list = append(r.list, ref{Asset: a, link: l})
	return &r.list[len(r.list)-1]
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
		i, seen := at[f.URL]
		if !seen {
			i = len(out)
			at[f.URL] = i
			out = append(out, f.Asset)
		}
		chosen.note(&out[i], f)
	}
	for i := range out {
		chosen.explain(&out[i])
	}
	return out
}
