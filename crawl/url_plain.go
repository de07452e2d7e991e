package crawl

import "strings"

// plainLink is parseLink for URLs that are in their WHATWG form already and have nothing that needs
// a closer look, which is nearly all that sitemaps list: it costs a hundredth of the parser. It is
// false when the parser must decide.
func plainLink(raw string) (link, bool) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok || scheme != "https" && scheme != "http" || len(raw) > maxURL {
		return link{}, false
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 0 || !plainHost(rest[:slash]) {
		return link{}, false
	}
	path, ok := plainPath(rest[slash:])
	return link{key: raw, scheme: scheme, host: rest[:slash], path: path}, ok
}

// plainPath is the path of a path with a query that both are in their WHATWG form. It is false
// when the parser must decide.
func plainPath(raw string) (path string, ok bool) {
	query := -1
	for i := range len(raw) {
		switch c := raw[i]; {
		case c == '?' && query < 0:
			query = i
		case c == '.' && query < 0 && raw[i-1] == '/':
			return "", false // perhaps a dot segment
		case c == '%' && query < 0 && len(raw) > i+2 && raw[i+1] == '2' && raw[i+2]|0x20 == 'e':
			return "", false // likewise
		case c == '\'' && query >= 0:
			return "", false
		case !plainByte(c):
			return "", false
		}
	}
	switch {
	case query == len(raw)-1:
		return "", false
	case query > 0:
		return raw[:query], true
	}
	return raw, true
}

// plainByte reports whether a byte stands in paths and queries as it is.
func plainByte(c byte) bool {
	switch c {
	case '/', '-', '_', '.', '~', '%', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '=', ':', '@', '?':
		return true
	}
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
}

// plainHost reports whether a host is a name of letters, digits, inner hyphens and dots in lower
// case, not in punycode, and no address. A port is none of its business.
func plainHost(host string) bool {
	label := ""
	for more := true; more; {
		label, host, more = strings.Cut(host, ".")
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Contains(label, "--") {
			return false
		}
		for i := range len(label) {
			if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return label[0] >= 'a' // a last label that begins with a digit may be that of an address
}
