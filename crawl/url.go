package crawl

import (
	"errors"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/encoding"
)

// maxURL is the longest URL that is taken; longer ones are dropped and named.
const maxURL = 2048

// The reasons for which a reference is no asset.
var (
	errURLScheme   = errors.New("only absolute http and https URLs are fetched")
	errURLInvalid  = errors.New("the URL cannot be parsed")
	errURLTooLong  = errors.New("the URL is longer than 2048 characters")
	errURLUserinfo = errors.New("the URL holds a user name or password; browsers do not load it")
)

// link is an http or https URL in its WHATWG form. Its key is the identity of an asset.
type link struct {
	key    string // serialisation without fragment
	scheme string
	host   string // as serialised: lower case, ASCII
	port   string // empty for the scheme's default
	path   string
}

func parseLink(raw string) (link, error) {
	if l, ok := plainLink(raw); ok {
		return l, nil
	}
	return parseAnyLink(raw)
}

func parseAnyLink(raw string) (link, error) {
	if len(raw) > maxURL {
		return link{}, errURLTooLong
	}
	u, err := whatwg.Parse(raw)
	if err != nil {
		if !strings.Contains(raw, ":") {
			return link{}, errURLScheme
		}
		return link{}, errURLInvalid
	}
	return newLink(u)
}

func newLink(u *whatwg.Url) (link, error) {
	scheme := u.Scheme()
	if scheme != "http" && scheme != "https" {
		return link{}, errURLScheme
	}
	if u.Username() != "" || u.Password() != "" {
		return link{}, errURLUserinfo
	}
	l := link{key: u.Href(true), scheme: scheme, host: u.Hostname(), port: u.Port(), path: u.Pathname()}
	if path := strings.ReplaceAll(l.path, "^", "%5E"); path != l.path {
		// The standard has it in the path's set since 2024, and browsers encode it; the library does not.
		l.key = l.origin() + path + l.key[len(l.origin())+len(l.path):]
		l.path = path
	}
	if len(l.key) > maxURL {
		return link{}, errURLTooLong
	}
	if l.host == "" {
		return link{}, errURLInvalid
	}
	return l, nil
}

func (l link) hostPort() string {
	if l.port == "" {
		return l.host
	}
	return l.host + ":" + l.port
}

func (l link) origin() string { return l.scheme + "://" + l.hostPort() }

// effectivePort is the port that a connection would use.
func (l link) effectivePort() string {
	switch {
	case l.port != "":
		return l.port
	case l.scheme == "https":
		return "443"
	default:
		return "80"
	}
}

// resolver turns the references of one document or style sheet into links.
type resolver struct {
	parser whatwg.Parser
	base   *whatwg.Url
	query  *encoding.Encoder // nil for UTF-8
	near   link              // the base itself
}

func newResolver(base string) (resolver, error) {
	parser := whatwg.NewParser()
	u, err := parser.Parse(base)
	if err != nil {
		return resolver{}, errURLInvalid
	}
	r := resolver{parser: parser, base: u}
	r.near, _ = newLink(u)
	return r, nil
}

// origin is that of the base; empty when it is none that can be requested.
func (r resolver) origin() string {
	if r.near.host == "" {
		return ""
	}
	return r.near.origin()
}

// resolve leaves out what no request is made for: an empty reference or a fragment of the
// document itself, by errURLScheme.
func (r resolver) resolve(ref string) (link, error) {
	ref = strings.Trim(ref, " \t\n\f\r")
	if ref == "" || ref[0] == '#' {
		return link{}, errURLScheme
	}
	if hasForeignScheme(ref) {
		return link{}, errURLScheme
	}
	if ref, _, _ = strings.Cut(ref, "#"); len(ref) > maxURL { // no request has a fragment
		return link{}, errURLTooLong
	}
	if l, ok := r.plain(ref); ok {
		return l, nil
	}
	if r.query != nil {
		ref = encodeQuery(ref, r.query)
	}
	u, err := r.parser.BasicParser(ref, r.base, nil, whatwg.NoState)
	if err != nil {
		return link{}, errURLInvalid
	}
	return newLink(u)
}

// hasForeignScheme spares long data: URLs the parser.
func hasForeignScheme(ref string) bool {
	for _, scheme := range []string{"data:", "javascript:", "blob:", "mailto:", "about:"} {
		if len(ref) >= len(scheme) && strings.EqualFold(ref[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// withBase is the resolver after a base element; a base that is no http URL changes nothing.
func (r resolver) withBase(href string) resolver {
	u, err := r.parser.BasicParser(strings.Trim(href, " \t\n\f\r"), r.base, nil, whatwg.NoState)
	if err != nil || u.Scheme() != "http" && u.Scheme() != "https" {
		return r
	}
	r.base = u
	r.near, _ = newLink(u)
	return r
}

// plain resolves what nearly all references are without the parser: see [plainLink]. It is false
// when the parser must decide.
func (r resolver) plain(ref string) (link, bool) {
	if strings.HasPrefix(ref, "https://") || strings.HasPrefix(ref, "http://") {
		return plainLink(ref)
	}
	up := 0
	for strings.HasPrefix(ref, "../") {
		ref = ref[3:]
		up++
	}
	first := strings.IndexAny(ref, ":/?")
	switch {
	case r.near.host == "" || ref == "" || ref[0] == '.' || ref[0] == '?', first >= 0 && ref[first] == ':', strings.HasPrefix(ref, "//"):
		return link{}, false
	case ref[0] != '/':
		ref = parentOf(r.near.path, up) + ref
	case up > 0:
		return link{}, false
	}
	path, ok := plainPath(ref)
	l := r.near
	l.path, l.key = path, l.origin()+ref
	return l, ok && len(l.key) <= maxURL
}

// parentOf is the folder of a path, or one some levels above it.
func parentOf(path string, up int) string {
	path = path[:strings.LastIndexByte(path, '/')+1]
	for range up {
		if path == "/" {
			break
		}
		path = path[:strings.LastIndexByte(path[:len(path)-1], '/')+1]
	}
	return path
}

// originOf is the origin of a URL; empty when it has none.
func originOf(raw string) string {
	l, err := parseLink(raw)
	if err != nil {
		return ""
	}
	return l.origin()
}
