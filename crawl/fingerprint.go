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
// Nonces, the rest of inline scripts, comments, the values of hidden inputs and the contents of CSRF
// meta elements do not count, so that two answers of one deploy have one fingerprint.
func Fingerprint(body []byte, pageURL string) string {
	h := sha256.New()
	text, _ := decodeDocument(body, "")
	z := htmlTokens{text: text}
	var scripts []byte // the script elements, and what their URLs are relative to
	inScript := false
	for kind := z.next(); kind != noToken; kind = z.next() {
		isScript := inScript
		inScript = false
		switch {
		case kind == textToken && isScript:
			scripts = append(scripts, z.raw...)
			continue
		case kind == otherToken && !isDoctype(z.raw):
			continue
		case kind == startToken && (string(z.name) == "script" || string(z.name) == "base"):
			scripts = append(scripts, z.raw...)
			inScript = string(z.name) == "script"
		case kind == endToken && string(z.name) == "script":
			scripts = append(scripts, z.raw...)
		}
		writeStable(h, &z, kind)
	}
	for _, u := range ownURLs(scripts, pageURL) {
		h.Write([]byte("\n" + u))
	}
	return "sha-256:" + hex.EncodeToString(h.Sum(nil))
}

func isDoctype(raw []byte) bool {
	const start = "<!doctype"
	return len(raw) > len(start) && bytes.EqualFold(raw[:len(start)], []byte(start))
}

// ownURLs are the URLs of a page's own host that a document names, sorted.
func ownURLs(text []byte, pageURL string) []string {
	page, err := parseLink(pageURL)
	if err != nil {
		return nil
	}
	var urls []string
	for _, a := range ExtractHTML(text, pageURL) {
		if l, err := parseLink(a.URL); err == nil && l.hostPort() == page.hostPort() {
			urls = append(urls, a.URL)
		}
	}
	slices.Sort(urls)
	return urls
}

// writeStable writes a token without what changes from request to request.
func writeStable(h hash.Hash, z *htmlTokens, kind tokenKind) {
	drop := ""
	switch name := string(z.name); {
	case kind != startToken:
	case name == "input" && z.attrs.is("type", "hidden"):
		drop = "value"
	case name == "meta" && isTokenName(z.attrs.value("name")):
		drop = "content"
	}
	if kind != startToken || drop == "" && !z.attrs.has("nonce") {
		h.Write(z.raw)
		return
	}
	h.Write([]byte("<"))
	h.Write(z.name)
	for i, name := range z.attrs.names {
		if string(name) != drop && string(name) != "nonce" {
			h.Write([]byte(" "))
			h.Write(name)
			h.Write([]byte("="))
			h.Write(z.attrs.values[i])
		}
	}
	h.Write([]byte(">"))
}

// isTokenName tells the meta elements that hold a token against forged requests.
func isTokenName(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "csrf") || strings.Contains(name, "xsrf")
}
