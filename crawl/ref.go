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
}

// refs collects the references of one document or style sheet, and counts what it must leave out.
type refs struct {
	resolver resolver
	page     string // the URL that named them
	origin   string // of the document, for cors requests
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
	seen := make(map[string]bool, len(r.list))
	out := make([]Asset, 0, len(r.list))
	for _, f := range r.list {
		if !seen[f.URL] {
			seen[f.URL] = true
			out = append(out, f.Asset)
		}
	}
	return out
}
