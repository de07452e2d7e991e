package main

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report/safe"
)

// previewStation asks the preview hosts of a launch that is not public yet. They are no edges: what
// is fetched there primes nothing. Credentials go there and nowhere else.
type previewStation struct {
	hosts   []string
	vantage edge.Vantage
	fetcher *edge.Fetcher
	secrets safe.Masker
}

// mask takes the launch's credentials out of what a preview host may have sent back.
func (p *previewStation) mask(o *edge.Observation) {
	o.Error = p.secrets.Mask(o.Error)
	for i := range o.Header {
		o.Header[i][1] = p.secrets.Mask(o.Header[i][1])
	}
}

// preview returns the station of the launch's preview hosts; without any it serves nothing.
func (t *tower) preview(l *launch) *previewStation {
	p := &previewStation{vantage: edge.Vantage{Name: "preview", Region: "preview", Via: edge.Direct}}
	for host := range l.File.Scope.Preview {
		p.hosts = append(p.hosts, host)
	}
	if len(p.hosts) == 0 {
		return p
	}
	s := t.station(p.vantage)
	p.fetcher = s.prime
	p.fetcher.Base = &edge.Scoped{Base: s.pools[0], Scope: crawl.Scope{Hosts: p.hosts}}
	p.fetcher.Header = http.Header{runHeader: t.header[runHeader]}
	var secrets []string
	for name, secret := range l.Headers {
		p.fetcher.Header.Set(name, secret.Reveal())
		secrets = append(secrets, secret.Reveal())
	}
	p.secrets = safe.NewMasker(secrets)
	return p
}

// serves reports whether a URL is on a preview host.
func (p *previewStation) serves(raw string) bool {
	if len(p.hosts) == 0 {
		return false
	}
	u, err := url.Parse(raw)
	return err == nil && (slices.Contains(p.hosts, u.Host) || slices.Contains(p.hosts, u.Hostname()))
}
