package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/report/safe"
)

// previewStation asks the preview hosts of a launch that is not public yet. They are no edges: what
// is fetched there primes nothing. Credentials go there and nowhere else.
type previewStation struct {
	hosts   []string
	vantage edge.Vantage
	trusted []string      // scheme://host[:port] that the launch file declares pages of
	fetcher *edge.Fetcher // with the credentials
	plain   *edge.Fetcher // without
	names   []string      // of the headers that hold them
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
	base := &edge.Scoped{Base: s.pools[0], Scope: crawl.Scope{Hosts: p.hosts}}
	p.plain = &edge.Fetcher{Base: base, Caps: t.caps, UserAgent: userAgent(), Header: http.Header{runHeader: t.header[runHeader]}}
	p.fetcher = &edge.Fetcher{Base: base, Caps: t.caps, UserAgent: userAgent(), Header: p.plain.Header.Clone()}
	p.trusted = trusted(l)
	var secrets []string
	for name, secret := range l.Headers {
		p.fetcher.Header.Set(name, secret.Reveal())
		secrets = append(secrets, secret.Reveal())
		p.names = append(p.names, name)
	}
	p.fetcher.Mask = safe.NewMasker(secrets).Mask
	p.plain.Mask = p.fetcher.Mask
	return p
}

// trusted are the origins on preview hosts that the launch file's own URLs stand for: a page must not
// lead a credential to another scheme or port.
func trusted(l *launch) []string {
	var origins []string
	cfg := l.CrawlConfig()
	for _, raw := range slices.Concat(cfg.Entries, cfg.Pages, cfg.Sitemaps, cfg.URLs) {
		u, err := url.Parse(raw)
		if err != nil {
			continue
		}
		for preview, public := range cfg.Scope.Preview {
			if public == u.Host {
				origins = append(origins, u.Scheme+"://"+preview)
			}
		}
	}
	return origins
}

// ask returns who asks for a URL on a preview host: with the credentials where they belong.
func (p *previewStation) ask(raw string) *edge.Fetcher {
	u, err := url.Parse(raw)
	if err == nil && slices.Contains(p.trusted, u.Scheme+"://"+u.Host) {
		return p.fetcher
	}
	return p.plain
}

// refusal is the error of a preview host that does not let us in: discovery would find its login page.
func (p *previewStation) refusal(raw string, status int) error {
	if !p.serves(raw) || status != http.StatusUnauthorized && status != http.StatusForbidden {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	refused := credentials("the preview host %s answered %d", u.Host, status)
	if len(p.names) == 0 {
		return withHint(refused, "name its credential under headers in the launch file, such as X-Preview: ${env:PREVIEW_TOKEN}")
	}
	return withHint(refused, "check the credential of headers: %s", strings.Join(p.names, ", "))
}

// serves reports whether a URL is on a preview host.
func (p *previewStation) serves(raw string) bool {
	if len(p.hosts) == 0 {
		return false
	}
	u, err := url.Parse(raw)
	return err == nil && (slices.Contains(p.hosts, u.Host) || slices.Contains(p.hosts, u.Hostname()))
}
