package main

import (
	"net"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/regions"
)

// workers checks where workers elsewhere connect to.
func (c *checker) workers(f *launchFile) {
	w := f.Workers
	c.workerRegions(f)
	if _, _, err := net.SplitHostPort(w.Listen); w.Listen != "" && err != nil {
		c.bad(path("workers", "listen"), "workers.listen is %q; write host:port, such as 0.0.0.0:7422", shortened(w.Listen))
	}
	switch {
	case len(w.Regions) == 0 && (w.Listen != "" || len(w.Servers) > 0):
		c.bad(path("workers"), "workers names no regions; say whose requests workers elsewhere make, such as regions: [%s]", f.Regions[0].Name)
	case w.Listen != "" && len(w.Servers) > 0:
		c.bad(path("workers", "listen"), "workers.listen and workers.servers are both set; leave one out")
	case (w.Certificate == "") != (w.Key == ""):
		c.bad(path("workers"), "workers.certificate and workers.key belong together; set both, or neither")
	}
	for i, s := range w.Servers {
		if scheme, host, ok := strings.Cut(s, "://"); !ok || host == "" || !slices.Contains([]string{"tls", "nats", "ws", "wss"}, scheme) {
			at := path("workers", "servers").index(i)
			c.bad(at, "%s is %q; write tls://host:4222", at, shortened(s))
		}
	}
	if !slices.Contains([]int{1, 3, 5}, w.Replicas) {
		c.bad(path("workers", "replicas"), "workers.replicas is %d; use 1, 3 or 5", w.Replicas)
	}
	if w.Patience < 0 {
		c.bad(path("workers", "patience"), "workers.patience is %s; use a time such as 2m", w.Patience)
	}
}

// workerRegions checks that what workers work on is there.
func (c *checker) workerRegions(f *launchFile) {
	names := []string{regions.ShieldRegion}
	for _, r := range f.Regions {
		names = append(names, r.Name)
	}
	for i, name := range f.Workers.Regions {
		at := path("workers", "regions").index(i)
		if !slices.Contains(names, name) {
			c.bad(at, "%s is %q, which is no region of the launch; %s", at, shortened(name), near(name, names))
		}
		if slices.Index(f.Workers.Regions, name) < i {
			c.bad(at, "%s is %q, which stands twice", at, name)
		}
	}
}
