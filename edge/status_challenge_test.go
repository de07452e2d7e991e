package edge_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
)

func TestReadChallenge(t *testing.T) {
	t.Parallel()
	html := "Content-Type: text/html; charset=UTF-8"
	for name, c := range map[string]struct {
		status       int
		header, body string
		want         string
	}{
		"cloudflare header":         {403, "cf-mitigated: challenge", "", "Cloudflare"},
		"cloudflare header on 200":  {200, "CF-Mitigated: challenge", "", "Cloudflare"},
		"aws header":                {202, "x-amzn-waf-action: challenge", "", "AWS WAF challenge"},
		"aws captcha":               {405, "X-Amzn-Waf-Action: captcha", "", "AWS WAF captcha"},
		"vercel":                    {429, "x-vercel-mitigated: challenge", "", "Vercel"},
		"cloudflare page":           {503, html, "<html><title>Just a moment...</title>", "Cloudflare challenge page"},
		"cloudflare script":         {403, html, "<script>window._cf_chl_opt={}</script>", "Cloudflare challenge page"},
		"cloudflare block":          {403, html, "<title>Attention Required! | Cloudflare</title>", "Cloudflare block page"},
		"cloudflare plain":          {403, "Content-Type: text/plain; charset=UTF-8", "error code: 1020", "Cloudflare block page"},
		"cloudflare rate limit":     {429, "Content-Type: text/plain; charset=UTF-8", "error code: 1015", "Cloudflare rate limit"},
		"akamai":                    {403, html, `Reference&#32;&#35;18 <P>https&#58;&#47;&#47;errors.edgesuite.net`, "Akamai block page"},
		"imperva":                   {403, html, "Request unsuccessful. Incapsula incident ID: 1-2", "Imperva block page"},
		"datadome":                  {403, html, "<script src=https://geo.captcha-delivery.com/c.js>", "DataDome"},
		"human":                     {429, html, `<div id="px-captcha">`, "HUMAN"},
		"no type":                   {403, "Server: x", "px-captcha", "HUMAN"},
		"marker at the limit":       {403, html, strings.Repeat("x", 16<<10-10) + "px-captcha", "HUMAN"},
		"marker over the limit":     {403, html, strings.Repeat("x", 16<<10-9) + "px-captcha", ""},
		"origin 403":                {403, html, "<h1>Forbidden</h1>", ""},
		"origin 404":                {404, html, "<h1>Not Found</h1> px-captcha", ""},
		"origin 503":                {503, html, "<h1>Service Unavailable</h1>", ""},
		"origin 429":                {429, "Content-Type: application/json|Retry-After: 5", `{"error":"px-captcha"}`, ""},
		"page about challenges":     {200, html, "<title>Just a moment...</title> _cf_chl_opt", ""},
		"ordinary cloudflare error": {403, html + "|CF-RAY: 1-AMS", `<script src="/cdn-cgi/challenge-platform/x.js">Forbidden`, ""},
		"ordinary imperva error":    {403, html + "|X-Iinfo: 1", `<script src="/_Incapsula_Resource?x">Forbidden`, ""},
		"other waf action":          {200, "x-amzn-waf-action: count", "", ""},
		"long error":                {403, "Content-Type: text/plain", "error code: 10200", ""},
	} {
		got := edge.ReadChallenge(c.status, pairs(strings.Split(c.header, "|")...), []byte(c.body))
		if c.want == "" {
			assert.Empty(t, got, name)
			continue
		}
		assert.True(t, strings.HasPrefix(got, c.want), "%s: %q", name, got)
	}
}

func FuzzReadChallenge(f *testing.F) {
	f.Add(403, "cf-mitigated", "challenge", []byte("<title>Just a moment...</title>"))
	f.Add(503, "Content-Type", "text/html", []byte("Incapsula incident ID"))
	f.Fuzz(func(t *testing.T, status int, name, value string, body []byte) {
		header := [][2]string{{name, value}}
		why := edge.ReadChallenge(status, header, body)
		if status == 404 && !strings.Contains(strings.ToLower(name), "-") {
			require.Empty(t, why)
		}
		if len(body) > 16<<10 {
			require.Equal(t, why, edge.ReadChallenge(status, header, body[:16<<10]))
		}
	})
}

func BenchmarkReadChallenge(b *testing.B) {
	header := pairs("Content-Type: text/html", "Server: x", "Date: Tue, 01 Dec 2026 14:00:00 GMT")
	body := bytes.Repeat([]byte("<p>Forbidden</p>\n"), 1000)
	b.ReportAllocs()
	for b.Loop() {
		_ = edge.ReadChallenge(403, header, body)
	}
}
