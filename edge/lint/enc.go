package lint

import "strings"

// encRules are the rules of content codings.
func encRules() []Rule { return nil }

// textLike reports whether content of the type shrinks when coded.
func textLike(contentType string) bool {
	kind := mediaType(contentType)
	switch kind {
	case "application/javascript", "application/json", "application/manifest+json", "application/xml", "application/wasm",
		"font/ttf", "font/otf":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}
