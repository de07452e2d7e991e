package crawl_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/crawl"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, contentType string
		want             crawl.Kind
	}{
		{"https://a.example/", "text/html; charset=utf-8", crawl.Document},
		{"https://a.example/", "", crawl.Document},
		{"https://a.example/sale", "TEXT/HTML", crawl.Document},
		{"https://a.example/sale", "application/xhtml+xml", crawl.Document},
		{"https://a.example/a.css", "text/css", crawl.Stylesheet},
		{"https://a.example/a.css?v=1", "text/html", crawl.Stylesheet},
		{"https://a.example/style", "text/css", crawl.Stylesheet},
		{"https://a.example/app", "text/javascript", crawl.Script},
		{"https://a.example/app.mjs", "application/octet-stream", crawl.Script},
		{"https://a.example/f", "font/woff2", crawl.Font},
		{"https://a.example/f", "application/x-font-ttf", crawl.Font},
		{"https://a.example/i.php", "image/avif", crawl.Image},
		{"https://a.example/v", "video/mp4", crawl.Media},
		{"https://a.example/site", "application/manifest+json", crawl.WebApp},
		{"https://a.example/site.webmanifest", "application/json", crawl.WebApp},
		{"https://a.example/api", "application/json", crawl.Data},
		{"https://a.example/api", "", crawl.Data},
	} {
		assert.Equal(t, c.want, crawl.KindOf(c.url, c.contentType), c)
	}
}
