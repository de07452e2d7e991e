package crawl

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Fingerprint is "sha-256:" and the digest of what matters in a document: the URLs of its own
// host that it loads, and its markup without what a server writes anew for each request. Nonces,
// inline script bodies, comments, the values of hidden inputs and the contents of CSRF meta
// elements do not count, so that two answers of one deploy have one fingerprint.
func Fingerprint(body []byte, pageURL string) string {
	h := sha256.New()
	host := ""
	if l, err := parseLink(pageURL); err == nil {
		host = l.hostPort()
	}
	var urls []string
	for _, a := range ExtractHTML(body, pageURL) {
		if l, err := parseLink(a.URL); err == nil && l.hostPort() == host {
			urls = append(urls, a.URL)
		}
	}
	slices.Sort(urls)
	for _, u := range urls {
		h.Write([]byte(u + "\n"))
	}
	text, _ := decodeDocument(body, "")
	z := html.NewTokenizer(bytes.NewReader(text))
	script := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return "sha-256:" + hex.EncodeToString(h.Sum(nil))
		case html.CommentToken:
		case html.TextToken:
			if !script {
				h.Write(z.Raw())
			}
			script = false
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			script = tag.Data == "script"
			h.Write([]byte(stableTag(tag)))
		case html.EndTagToken, html.DoctypeToken:
			script = false
			h.Write(z.Raw())
		}
	}
}

// stableTag is a start tag without what changes from request to request.
func stableTag(t html.Token) string {
	drop := map[string]bool{"nonce": true}
	for _, a := range t.Attr {
		name, value := strings.ToLower(a.Key), strings.ToLower(a.Val)
		switch {
		case t.Data == "input" && name == "type" && value == "hidden":
			drop["value"] = true
		case t.Data == "meta" && name == "name" && (strings.Contains(value, "csrf") || strings.Contains(value, "xsrf")):
			drop["content"] = true
		}
	}
	kept := t.Attr[:0]
	for _, a := range t.Attr {
		if !drop[a.Key] {
			kept = append(kept, a)
		}
	}
	t.Attr = kept
	return t.String()
}
