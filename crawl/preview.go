package crawl

import (
	"fmt"
	"slices"
)

// preview translates between the public hosts of a launch and the preview hosts it is discovered
// on. It is the only place that knows both. Its zero value translates nothing.
type preview struct {
	toPublic, toPreview map[string]string
}

func newPreview(hosts map[string]string) preview {
	p := preview{toPublic: map[string]string{}, toPreview: map[string]string{}}
	for from, to := range hosts {
		f, err := parseHostRule(from)
		if err != nil {
			continue
		}
		t, err := parseHostRule(to)
		if err != nil {
			continue
		}
		p.toPublic[f.name()] = t.name()
		p.toPreview[t.name()] = f.name()
	}
	return p
}

// validatePreview makes sure that the translation has one answer in each direction.
func validatePreview(hosts map[string]string) []error {
	var errs []error
	names := make([]string, 0, len(hosts))
	for from := range hosts {
		names = append(names, from)
	}
	slices.Sort(names)
	taken := map[string]string{}
	for _, from := range names {
		to := hosts[from]
		for _, h := range []string{from, to} {
			if r, err := parseHostRule(h); err != nil {
				errs = append(errs, fmt.Errorf("crawl: scope: preview: %q: %w", h, err))
			} else if r.wildcard {
				errs = append(errs, fmt.Errorf("crawl: scope: preview: %q: give one host, without *", h))
			}
		}
		r, err := parseHostRule(to)
		if err != nil {
			continue
		}
		if other, ok := taken[r.name()]; ok {
			errs = append(errs, fmt.Errorf("crawl: scope: preview: %q and %q both stand for %q; keep one", other, from, to))
		}
		taken[r.name()] = from
	}
	return errs
}

func (r hostRule) name() string {
	if r.port == "" {
		return r.host
	}
	return r.host + ":" + r.port
}

// public is the public URL that a link stands for; the link itself when it is public already.
func (p preview) public(l link) link { return translate(l, p.toPublic) }

// private is the URL on which discovery asks for a public URL.
func (p preview) private(l link) link { return translate(l, p.toPreview) }

func translate(l link, hosts map[string]string) link {
	target, ok := hosts[l.host+":"+l.effectivePort()]
	if !ok && l.port == "" {
		target, ok = hosts[l.host]
	}
	if !ok {
		return l
	}
	moved, err := parseLink(l.scheme + "://" + target + l.key[len(l.origin()):])
	if err != nil {
		return l
	}
	return moved
}

// request is the asset as discovery asks for it: on the preview host, if there is one.
func (p preview) request(a Asset) Asset {
	if len(p.toPreview) == 0 {
		return a
	}
	if l, err := parseLink(a.URL); err == nil {
		a.URL = p.private(l).key
	}
	if l, err := parseLink(a.Initiator); err == nil && a.Initiator != "" {
		a.Initiator = p.private(l).origin()
	}
	return a
}
