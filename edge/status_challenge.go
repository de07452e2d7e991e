package edge

import (
	"bytes"
	"strings"
)

// challengeBytes is how much of a body is searched for markers.
const challengeBytes = 16 << 10

// challengeHeaders prove bot protection on their own, whatever the status.
var challengeHeaders = [...]struct{ name, value, why string }{
	{"cf-mitigated", "challenge", "Cloudflare challenge (cf-mitigated)"},
	{"x-amzn-waf-action", "challenge", "AWS WAF challenge (x-amzn-waf-action)"},
	{"x-amzn-waf-action", "captcha", "AWS WAF captcha (x-amzn-waf-action)"},
	{"x-vercel-mitigated", "challenge", "Vercel challenge (x-vercel-mitigated)"},
	{"x-vercel-mitigated", "deny", "Vercel firewall (x-vercel-mitigated)"},
}

// challengeMarkers are texts of challenge and block pages that ordinary pages behind the same
// protection do not have: its scripts alone prove nothing (2026-11).
var challengeMarkers = [...]struct{ text, why string }{
	{"_cf_chl_opt", "Cloudflare challenge page"},
	{"<title>Just a moment...</title>", "Cloudflare challenge page"},
	{"<title>Attention Required! | Cloudflare</title>", "Cloudflare block page"},
	{"errors.edgesuite.net", "Akamai block page"},
	{"sec-if-cpt-container", "Akamai challenge page"},
	{"bm-verify", "Akamai challenge page"},
	{"Incapsula incident ID", "Imperva block page"},
	{"captcha-delivery.com", "DataDome challenge page"},
	{"AwsWafIntegration", "AWS WAF challenge page"},
	{"awsWafCookieDomainList", "AWS WAF challenge page"},
	{"px-captcha", "HUMAN challenge page"},
	{"Sucuri WebSite Firewall - Access Denied", "Sucuri block page"},
	{"<H2>Request blocked.</H2>", "CloudFront block page"},
	{"Request blocked.\nWe can't connect to the server for this app", "CloudFront block page"},
}

// ReadChallenge says why an answer is a challenge or block page of bot protection instead of the
// site's own, or "" when nothing shows that. Body is the decoded body or its beginning; 16 KiB
// are searched. An origin's own 403, 404, 429 or 503 is no challenge.
func ReadChallenge(status int, header [][2]string, body []byte) string {
	contentType := ""
	for _, h := range header {
		for i := range challengeHeaders {
			c := &challengeHeaders[i]
			if len(h[0]) == len(c.name) && strings.EqualFold(h[0], c.name) && hasPrefixFold(strings.Trim(h[1], " \t"), c.value) {
				return c.why
			}
		}
		if strings.EqualFold(h[0], "Content-Type") {
			contentType = h[1]
		}
	}
	if !challengeStatus(status) || !pageType(contentType) {
		return ""
	}
	body = body[:min(len(body), challengeBytes)]
	if len(body) == len("error code: 1020") && bytes.HasPrefix(body, []byte("error code: 10")) {
		if bytes.HasSuffix(body, []byte("1015")) {
			return "Cloudflare rate limit"
		}
		return "Cloudflare block page"
	}
	for i := range challengeMarkers {
		if bytes.Contains(body, []byte(challengeMarkers[i].text)) {
			return challengeMarkers[i].why
		}
	}
	return ""
}

// challengeStatus reports whether bot protection answers with the status. A 200 is not searched:
// a page may quote what it is protected by.
func challengeStatus(status int) bool {
	switch status {
	case 403, 405, 429, 503:
		return true
	}
	return false
}

// pageType reports whether people are meant to read the body.
func pageType(contentType string) bool {
	return contentType == "" || hasPrefixFold(contentType, "text/html") || hasPrefixFold(contentType, "text/plain")
}
