package crawl

import "strings"

// fontFace is one @font-face rule.
type fontFace struct {
	family  string
	sources []fontSource
	// resolver and page are of the sheet that holds the rule.
	resolver resolver
	page     string
}

// fontSource is one url() of a face's src; its URL is empty when the font is embedded.
type fontSource struct {
	url    string
	format string
}

func (f *fontFace) addSource(raw string) {
	raw = strings.Trim(raw, htmlSpace)
	if len(raw) >= 5 && strings.EqualFold(raw[:5], "data:") {
		raw = ""
	} else if raw == "" {
		return
	}
	f.sources = append(f.sources, fontSource{url: raw})
}

func (f *fontFace) setFormat(format string) {
	if n := len(f.sources); n > 0 {
		f.sources[n-1].format = strings.ToLower(format)
	}
}

// chosen is the source that a browser asks for: the first whose format it can read. An empty
// URL means that nothing is requested.
func (f *fontFace) chosen() string {
	for _, s := range f.sources {
		if s.url == "" || s.supported() {
			return s.url
		}
	}
	return ""
}

func (s fontSource) supported() bool {
	switch strings.TrimSuffix(s.format, "-variations") {
	case "woff2", "woff", "truetype", "opentype", "collection":
		return true
	case "":
		path, _, _ := strings.Cut(s.url, "?")
		return !strings.HasSuffix(strings.ToLower(path), ".eot")
	}
	return false
}

func fontAsset() Asset {
	return Asset{Kind: Font, Mode: CORS, Source: "css:font-face", Priority: Critical, Reason: "font of a used @font-face"}
}

// chosenFonts are the fonts that a document with these faces asks for when its rules use these
// families. The origin is the document's.
func chosenFonts(faces []fontFace, families map[string]bool, origin string) []ref {
	var out refs
	for _, f := range faces {
		if !families[f.family] {
			continue
		}
		out.resolver, out.page, out.origin = f.resolver, f.page, origin
		out.add(f.chosen(), fontAsset())
	}
	return out.list
}
