package crawl

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// Scope is what discovery and priming may fetch. Its zero value allows nothing; see
// [Config.EffectiveScope] for the hosts that a launch without a scope has.
type Scope struct {
	// Hosts are "host", "host:port" or "*.host", which stands for every name below host, not host
	// itself. A host without a port means the scheme's default port. Empty means the hosts of the
	// declared URLs.
	Hosts []string `yaml:"hosts" json:"hosts,omitempty"`
	// Preview maps a preview host, with its port if it has one, to the public host it stands for.
	// Discovery asks the preview host; manifests hold public URLs.
	Preview map[string]string `yaml:"preview" json:"preview,omitempty"`
	// Include are path globs; empty means every path. "*" is any run of characters without a
	// slash, "**" any run.
	Include []string `yaml:"include" json:"include,omitempty"`
	// Exclude are path globs too, and win over Include.
	Exclude []string `yaml:"exclude" json:"exclude,omitempty"`
}

// Validate names every mistake in the scope.
func (s Scope) Validate() error {
	var errs []error
	for _, h := range s.Hosts {
		if _, err := parseHostRule(h); err != nil {
			errs = append(errs, fmt.Errorf("crawl: scope: hosts: %q: %w", h, err))
		}
	}
	errs = append(errs, validatePreview(s.Preview)...)
	for _, list := range []struct {
		name  string
		globs []string
	}{{"include", s.Include}, {"exclude", s.Exclude}} {
		for _, g := range list.globs {
			if strings.Contains(g, "://") {
				errs = append(errs, fmt.Errorf("crawl: scope: %s: %q is a URL; give a path glob such as \"/shop/**\"", list.name, g))
			} else if err := validateGlob(g); err != nil {
				errs = append(errs, fmt.Errorf("crawl: scope: %s: %w", list.name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// Allows returns nil when the URL may be fetched, else an error that names the rule that keeps
// it out. Hosts are compared in ASCII (IDNA) lower case together with the effective port. A
// preview host is judged as the public host it stands for.
func (s Scope) Allows(rawURL string) error {
	l, err := parseLink(rawURL)
	if err != nil {
		return fmt.Errorf("crawl: scope: %w", err)
	}
	c := s.compile()
	if err := c.allows(c.preview.public(l)); err != nil {
		return fmt.Errorf("crawl: scope: %w", err)
	}
	return nil
}

// Key is the identity of a URL: the WHATWG serialisation, without fragment, of the public URL that
// it stands for.
func (s Scope) Key(rawURL string) (string, error) {
	l, err := parseLink(rawURL)
	if err != nil {
		return "", fmt.Errorf("crawl: scope: %w", err)
	}
	return newPreview(s.Preview).public(l).key, nil
}

// hostRule is one parsed entry of Scope.Hosts.
type hostRule struct {
	host     string
	port     string // empty: the scheme's default
	wildcard bool
}

func (r hostRule) matches(l link) bool {
	if r.port != "" && r.port != l.effectivePort() || r.port == "" && l.port != "" {
		return false
	}
	if r.wildcard {
		return strings.HasSuffix(l.host, "."+r.host)
	}
	return l.host == r.host
}

func parseHostRule(raw string) (hostRule, error) {
	rest, wildcard := strings.CutPrefix(raw, "*.")
	if rest == "" || strings.ContainsAny(rest, "/?#@*\\ \t\r\n") {
		return hostRule{}, errors.New("give host, host:port or *.host")
	}
	u, err := whatwg.Parse("http://" + rest + "/")
	if err != nil || u.Hostname() == "" {
		return hostRule{}, errors.New("this is no host name or address")
	}
	r := hostRule{host: u.Hostname(), wildcard: wildcard}
	if wildcard && (u.IsIPv4() || u.IsIPv6()) {
		return hostRule{}, errors.New("an address has no names below it")
	}
	// The parser drops port 80, which a scope must keep.
	if _, port, err := net.SplitHostPort(rest); err == nil {
		r.port = strings.TrimLeft(port, "0")
		if r.port == "" {
			return hostRule{}, errors.New("port 0 cannot be connected to")
		}
	}
	return r, nil
}

// compiledScope answers many questions about one Scope.
type compiledScope struct {
	hosts            []hostRule
	include, exclude []string
	preview          preview
}

func (s Scope) compile() compiledScope {
	c := compiledScope{include: s.Include, exclude: s.Exclude, preview: newPreview(s.Preview)}
	for _, h := range s.Hosts {
		if r, err := parseHostRule(h); err == nil {
			c.hosts = append(c.hosts, r)
		}
	}
	return c
}

// allows judges a public URL.
func (c compiledScope) allows(l link) error {
	if err := c.allowsHost(l); err != nil {
		return err
	}
	for _, g := range c.exclude {
		if matchGlob(g, l.path) {
			return fmt.Errorf("path %q is kept out by exclude %q", l.path, g)
		}
	}
	if len(c.include) > 0 && !slices.ContainsFunc(c.include, func(g string) bool { return matchGlob(g, l.path) }) {
		return fmt.Errorf("path %q is in no include", l.path)
	}
	return nil
}

// allowsHost judges what is read but never primed: path globs choose assets, not sitemaps.
func (c compiledScope) allowsHost(l link) error {
	if !slices.ContainsFunc(c.hosts, func(r hostRule) bool { return r.matches(l) }) {
		return fmt.Errorf("host %q is not in hosts", l.host+":"+l.effectivePort())
	}
	return nil
}
