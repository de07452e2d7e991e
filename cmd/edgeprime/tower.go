package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report/safe"
)

// runHeader carries the run id, so that an origin's own log can tell our requests.
const runHeader = "Edgeprime-Run"

// tower composes the layers of every request once, for a whole run: scope, then a connection
// through the address guard at the vantage, then the permit, then the write.
type tower struct {
	permits  *origin.Guard  // nil with a worker elsewhere
	ask      origin.Permits // who is asked before each request
	address  *edge.AddressGuard
	resolver *edge.Resolver
	proxies  map[string]edge.Secret // credentials, by reference
	scope    crawl.Scope
	caps     edge.Caps
	header   http.Header
	mask     func(string) string // nil without a secret in header
	budget   *origin.Budget
	stations map[string]*station
}

// station is one vantage with the two ways to ask it: on kept connections while priming, on a
// fresh one each while measuring.
type station struct {
	vantage        edge.Vantage
	prime, measure *edge.Fetcher
	breakers       origin.Breakers
	pools          []*edge.Pool
}

func newTower(r *launchRun) (*tower, error) {
	limits := r.launch.Limits().WithDefaults()
	permits, err := newPermits(limits)
	if err != nil {
		return nil, err
	}
	permits.Notify = func(why string) {
		r.e.tell("origin: %s", why)
		r.pauses.add(why)
	}
	address, err := edge.NewAddressGuard(r.launch.File.AllowAddresses)
	if err != nil {
		return nil, err
	}
	header, mask := identified(r.ID, r.launch.File.Identify.Header, r.launch.Secret)
	return &tower{
		permits: permits, ask: permits, address: address, scope: r.launch.CrawlConfig().EffectiveScope(),
		resolver: &edge.Resolver{Servers: r.launch.File.Resolvers, Guard: address}, proxies: r.launch.Proxies,
		caps:   r.launch.caps(limits.Timeout),
		header: header, mask: mask,
		stations: map[string]*station{},
	}, nil
}

// identified is the header of every request: the run, and what bot protection knows edgeprime by. The mask
// takes that secret out of what comes back.
func identified(run, name string, secret edge.Secret) (header http.Header, mask func(string) string) {
	header = http.Header{runHeader: {run}}
	if name == "" {
		return header, nil
	}
	header.Set(name, secret.Reveal())
	return header, safe.NewMasker([]string{secret.Reveal()}).Mask
}

// station returns the vantage's station; it is built on first use, by one goroutine.
func (t *tower) station(v edge.Vantage) *station {
	if s := t.stations[v.Name]; s != nil {
		return s
	}
	s := &station{vantage: v}
	s.prime, s.measure = t.fetcher(s, false), t.fetcher(s, true)
	t.stations[v.Name] = s
	return s
}

func (t *tower) fetcher(s *station, fresh bool) *edge.Fetcher {
	pool := edge.NewPool(t.dialer(s.vantage), t.caps.Total/2)
	pool.Fresh = fresh
	pool.Around = func(conn http.RoundTripper) http.RoundTripper {
		return &origin.Transport{Base: conn, Permits: t.ask, Region: s.vantage.Region, Contact: edge.OriginContact}
	}
	s.pools = append(s.pools, pool)
	return &edge.Fetcher{
		Base: &edge.Scoped{Base: pool, Scope: t.scope}, Caps: t.caps, Header: t.header, Mask: t.mask, UserAgent: userAgent(),
	}
}

// dialer opens the connections of a vantage.
func (t *tower) dialer(v edge.Vantage) *edge.Dialer {
	return &edge.Dialer{Guard: t.address, Vantage: v, Resolver: t.resolver, ProxyAuth: t.proxies[v.ProxyAuth]}
}

// lists returns who asks a station for sitemaps and robots.txt: the scope's path globs choose assets,
// not what names them.
func (t *tower) lists(s *station) *edge.Fetcher {
	f, scope := *s.prime, t.scope
	scope.Include, scope.Exclude = nil, nil
	f.Base = &edge.Scoped{Base: s.pools[0], Scope: scope}
	return &f
}

func userAgent() string {
	return "edgeprime/" + toolVersion() + " (+https://github.com/edgeprime/edgeprime)"
}

// asker returns who asks the station's vantage for tasks.
func (t *tower) asker(s *station) *regions.Asker {
	return &regions.Asker{
		Budget: t.budget, Breakers: &s.breakers,
		Fetch: func(ctx context.Context, task regions.Task) (edge.Observation, error) {
			f := s.measure
			if task.Pass == edge.Prime {
				f = s.prime
			}
			o, _, err := f.Fetch(ctx, edge.Request{Asset: task.Asset, Variant: task.Variant})
			return o, err
		},
	}
}

// Close closes every connection.
func (t *tower) Close() error {
	var errs []error
	for _, s := range t.stations {
		for _, p := range s.pools {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

// isAborted reports whether the guard stopped the run to protect the origin.
func isAborted(err error) bool { return errors.Is(err, origin.ErrAborted) }
