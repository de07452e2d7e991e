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

// KindOf returns the kind of what was answered, for an answer that no page asked for: its media type
// decides where that tells, else the URL's extension, else it is Data. HTML under the name of what is
// none, such as an error page at a style sheet's URL, is of the kind that the URL names.
func KindOf(rawURL, contentType string) Kind {
	byName := kindOfURL(rawURL, "")
	essence := mediaType(contentType)
	switch major, _, _ := strings.Cut(essence, "/"); {
	case byName != "" && essence == "text/html":
		return byName
	case essence == "text/html", essence == "application/xhtml+xml":
		return Document
	case essence == "text/css":
		return Stylesheet
	case essence == "text/javascript", essence == "application/javascript", essence == "application/x-javascript":
		return Script
	case essence == "application/manifest+json":
		return WebApp
	case major == "font", strings.HasPrefix(essence, "application/font-"), strings.HasPrefix(essence, "application/x-font-"):
		return Font
	case major == "image":
		return Image
	case major == "audio", major == "video":
		return Media
	case byName != "":
		return byName
	}
	if essence == "" && strings.HasSuffix(rawURL, "/") {
		return Document
	}
	return Data
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
