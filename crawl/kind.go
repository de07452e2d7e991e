package crawl

import (
	"mime"
	"path"
	"strings"
)

// kindOfURL is the kind that a URL's extension names, else fallback.
func kindOfURL(raw string, fallback Kind) Kind {
	if i := strings.IndexAny(raw, "?#"); i >= 0 {
		raw = raw[:i]
	}
	switch strings.ToLower(path.Ext(raw)) {
	case ".css":
		return Stylesheet
	case ".js", ".mjs":
		return Script
	case ".woff2", ".woff", ".ttf", ".otf", ".eot":
		return Font
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp", ".jxl", ".apng":
		return Image
	case ".mp4", ".webm", ".m4v", ".mov", ".ogv", ".ogg", ".mp3", ".m4a", ".aac", ".wav", ".flac", ".vtt", ".m3u8", ".mpd":
		return Media
	case ".webmanifest":
		return WebApp
	case ".json", ".xml", ".txt", ".pdf", ".wasm", ".zip", ".gz", ".csv", ".map", ".rss", ".atom", ".ics", ".docx", ".xlsx":
		return Data
	}
	return fallback
}

// mediaType is the essence of a Content-Type, in lower case; empty when there is none.
func mediaType(contentType string) string {
	essence, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(essence))
}

func charsetParam(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

func isScriptType(essence string) bool {
	switch essence {
	case "text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript",
		"application/ecmascript", "application/x-ecmascript", "text/x-javascript", "text/x-ecmascript",
		"text/jscript", "text/livescript":
		return true
	}
	return strings.HasPrefix(essence, "text/javascript1.")
}

func isDocumentType(essence string) bool {
	return essence == "text/html" || essence == "application/xhtml+xml" || essence == "image/svg+xml"
}

// readableImage tells whether browsers of today show images of a type attribute; none means yes.
func readableImage(t string) bool {
	switch mediaType(t) {
	case "", "image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/avif", "image/svg+xml",
		"image/x-icon", "image/vnd.microsoft.icon", "image/bmp", "image/apng", "image/jxl":
		return true
	}
	return false
}

func readableFont(t string) bool {
	switch mediaType(t) {
	case "", "font/woff2", "font/woff", "font/ttf", "font/otf", "font/sfnt", "font/collection",
		"application/font-woff", "application/font-woff2", "application/x-font-ttf", "application/x-font-otf",
		"application/x-font-opentype", "application/font-sfnt", "application/vnd.ms-opentype":
		return true
	}
	return false
}
