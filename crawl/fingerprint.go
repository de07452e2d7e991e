package crawl

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
)

// Fingerprint is "sha-256:" and the digest of what matters in a document: its markup without what a
// server writes anew for each request, and the URLs of its own host that its inline scripts load.
// Nonces, the rest of inline scripts, what CDNs inject, comments, the values of hidden inputs and the
// contents of CSRF meta elements do not count, so that two answers of one deploy have one fingerprint.
func Fingerprint(body []byte, pageURL string) string {
	text, _ := decodeDocument(body, "")
	s := stableMarkup{h: sha256.New(), z: htmlTokens{text: text}, text: text}
	for kind := s.z.next(); kind != noToken; kind = s.z.next() {
		s.token(kind)
	}
	s.leaveOut(0)
	for _, u := range ownURLs(s.scripts, pageURL) {
		s.h.Write([]byte("\n" + u))
	}
	return "sha-256:" + hex.EncodeToString(s.h.Sum(nil))
}

// stableMarkup hashes a document without what changes from request to request.
type stableMarkup struct {
	h        hash.Hash
	z        htmlTokens
	text     []byte // from what was hashed on; the current token ends where z goes on
	scripts  []byte // the script elements, and what their URLs are relative to
	inScript bool   // the current token is the text of one, unless there is none
}

func (s *stableMarkup) token(kind tokenKind) {
	inScript := s.inScript
	s.inScript = false
	switch {
	case kind == otherToken && !isDoctype(s.z.raw):
		s.leaveOut(len(s.z.raw))
	case kind == textToken && inScript:
		s.scripts = append(s.scripts, s.z.raw...)
		s.leaveOut(len(s.z.raw))
	case kind == startToken:
		s.inScript = string(s.z.name) == "script"
		if s.inScript || string(s.z.name) == "base" {
			s.scripts = append(s.scripts, s.z.raw...)
		}
		if src := s.z.attrs.value("src"); s.inScript && (src == "" || injected(src)) {
			s.leaveOut(len(s.z.raw))
			return
		}
		s.tag()
	case kind == endToken && string(s.z.name) == "script":
		s.scripts = append(s.scripts, s.z.raw...)
		s.leaveOut(len(s.z.raw))
	}
}

// injected tells the scripts that CDNs write into documents at the edge: bot detection, and measurements
// of visitors. Their paths are reserved on every host; one has a host of its own.
func injected(src string) bool {
	host, path := "", strings.TrimPrefix(src, "/")
	if scheme, rest, ok := strings.Cut(src, "//"); ok && (scheme == "" || scheme == "https:" || scheme == "http:") {
		host, path, _ = strings.Cut(rest, "/")
	}
	return host == "static.cloudflareinsights.com" || slices.ContainsFunc([]string{
		"cdn-cgi/",            // Cloudflare
		"akam/",               // Akamai
		"_Incapsula_Resource", // Imperva
		"TSPD/",               // F5
	}, func(reserved string) bool { return strings.HasPrefix(path, reserved) })
}

// leaveOut hashes what was read but for its last n bytes.
func (s *stableMarkup) leaveOut(n int) {
	s.h.Write(s.text[:len(s.text)-len(s.z.text)-n])
	s.text = s.z.text
}

// tag hashes a start tag without its volatile attributes, if it has any.
func (s *stableMarkup) tag() {
	attrs, drop := &s.z.attrs, ""
	switch string(s.z.name) {
	case "input":
		if attrs.is("type", "hidden") {
			drop = "value"
		}
	case "meta":
		if isTokenName(attrs.value("name")) {
			drop = "content"
		}
	}
	if drop == "" && !attrs.has("nonce") {
		return
	}
	s.leaveOut(len(s.z.raw))
	s.h.Write(s.z.name)
	for i, name := range attrs.names {
		if string(name) != drop && string(name) != "nonce" {
			s.h.Write(slices.Concat([]byte(" "), name, []byte("="), attrs.values[i]))
		}
	}
	s.h.Write([]byte(">"))
}

func isDoctype(raw []byte) bool {
	const start = "<!doctype"
	return len(raw) > len(start) && bytes.EqualFold(raw[:len(start)], []byte(start))
}

// ownURLs are the URLs of a page's own host that a document names, sorted.
func ownURLs(text []byte, pageURL string) []string {
	page, err := parseLink(pageURL)
	if err != nil || len(text) == 0 {
		return nil
	}
	var urls []string
	for _, a := range ExtractHTML(text, pageURL) {
		if _, rest, _ := strings.Cut(a.URL, "://"); strings.HasPrefix(rest, page.hostPort()+"/") && !injected(a.URL) {
			urls = append(urls, a.URL)
		}
	}
	slices.Sort(urls)
	return urls
}

// isTokenName tells the meta elements that hold a token against forged requests.
func isTokenName(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "csrf") || strings.Contains(name, "xsrf")
}
