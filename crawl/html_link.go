package crawl

import "strings"

// link reads a link element. One element can ask for several things.
func (s *htmlScan) link() {
	href, ok := s.z.attrs.get("href")
	rels := strings.Fields(strings.ToLower(s.z.attrs.value("rel")))
	has := map[string]bool{}
	for _, r := range rels {
		has[r] = true
	}
	if has["icon"] {
		s.doc.hasIcon = s.doc.hasIcon || !s.noscript
		s.doc.refs.add(href, Asset{Kind: Image, Priority: Low, Reason: "icon", Source: "html:link[rel=icon]"})
	}
	if has["preload"] || has["modulepreload"] || has["prefetch"] {
		s.doc.refs.hint(hint{
			url: href, source: "html:link", has: has, as: strings.ToLower(s.z.attrs.value("as")), mime: s.z.attrs.value("type"),
			media: s.z.attrs.value("media"), srcset: s.z.attrs.value("imagesrcset"), sizes: s.z.attrs.value("imagesizes"), cors: s.z.attrs.has("crossorigin"),
		})
	}
	if !ok {
		return
	}
	if has["canonical"] && s.inHead && !s.noscript {
		s.doc.refs.canonize(href)
	}
	s.pageRelations(href, has)
	if has["stylesheet"] || has["preload"] && s.z.attrs.is("as", "style") && s.loadSets("rel") {
		s.stylesheet(href, has["alternate"])
	}
	if has["apple-touch-icon"] || has["apple-touch-icon-precomposed"] || has["mask-icon"] || has["fluid-icon"] || has["apple-touch-startup-image"] {
		s.doc.refs.addUnasked(href, Asset{Kind: Image, Reason: "icon for home screens", Source: "html:link[rel=touch-icon]"})
	}
	if has["image_src"] {
		s.doc.refs.addUnasked(href, previewImage("html:link[rel=image_src]"))
	}
	if t := mediaType(s.z.attrs.value("type")); has["alternate"] && !has["stylesheet"] && strings.HasPrefix(t, "application/") {
		s.doc.refs.addUnasked(href, Asset{Kind: Data, Reason: "alternate representation", Source: "html:link[rel=alternate]"})
	}
	if has["manifest"] {
		a := Asset{Kind: WebApp, Mode: CORS, Priority: Low, Reason: "web app manifest", Source: "html:link[rel=manifest]"}
		if f := s.doc.refs.add(href, a); f != nil {
			f.role = readWebApp
		}
	}
}

// stylesheet takes a sheet whatever its media: browsers fetch all of them, but wait only for
// those that apply.
func (s *htmlScan) stylesheet(href string, alternate bool) {
	if t := mediaType(s.z.attrs.value("type")); s.z.attrs.has("disabled") || t != "" && t != "text/css" {
		return
	}
	a := Asset{Mode: s.z.attrs.mode(), Source: "html:link[rel=stylesheet]", Priority: Critical, Reason: "style sheet that blocks rendering"}
	inert := true
	switch {
	case s.loadSets("media"):
		a.Priority, a.Reason = High, "style sheet that applies once it is loaded"
		s.sheetLink(href, a, "", false)
		return
	case offScreen(s.z.attrs.value("media")):
		a.Priority, a.Reason = High, "style sheet for media that no screen matches"
	case alternate:
		a.Priority, a.Reason = High, "alternate style sheet"
	default:
		inert = false
	}
	s.sheetLink(href, a, s.z.attrs.value("media"), inert)
}

// loadSets tells whether a link's load event sets one of its properties. That is how pages load
// sheets without waiting: for print, or as a preload, and applied once they are there.
func (s *htmlScan) loadSets(property string) bool {
	onload := s.z.attrs.value("onload")
	at := strings.Index(onload, property)
	return at >= 0 && strings.HasPrefix(strings.TrimLeft(onload[at+len(property):], htmlSpace), "=")
}

func (s *htmlScan) sheetLink(href string, a Asset, media string, inert bool) {
	a.Kind = Stylesheet
	if f := s.doc.refs.add(href, a); f != nil {
		f.role, f.inert, f.media = readSheet, inert, media
	}
}

// hint is a preload, modulepreload or prefetch, from markup or from a Link header.
type hint struct {
	url, source     string
	has             map[string]bool // the relations
	as, mime, media string
	srcset, sizes   string // of images
	cors            bool
}

// hint takes what a hint makes browsers request.
func (r *refs) hint(h hint) {
	if offScreen(h.media) {
		return
	}
	if h.has["preload"] {
		r.preload(h)
	}
	if h.has["modulepreload"] && (h.as == "" || h.as == "script" || h.as == "style" || h.as == "json") {
		a := Asset{Kind: kindOfHint(h.as), Mode: CORS, Priority: Critical, Reason: "modulepreload", Source: h.source + "[rel=modulepreload]"}
		if h.as == "" {
			a.Kind = Script
		}
		r.add(h.url, a)
	}
	if h.has["prefetch"] {
		a := Asset{Kind: kindOfHint(h.as), Priority: Low, Reason: "prefetch for a later page", Source: h.source + "[rel=prefetch]"}
		if h.as == "" {
			a.Kind = kindOfURL(h.url, Document)
		}
		if h.cors {
			a.Mode = CORS
		}
		r.add(h.url, a)
	}
}

// preload takes nothing without a destination that browsers know, since they do not either.
func (r *refs) preload(h hint) {
	a := Asset{Kind: kindOfHint(h.as), Priority: Critical, Reason: "preload", Source: h.source + "[rel=preload]"}
	if h.cors {
		a.Mode = CORS
	}
	essence := mediaType(h.mime)
	known := true
	switch h.as {
	case "image":
		known = readableImage(essence)
	case "font":
		known = readableFont(essence)
	case "style":
		known = essence == "" || essence == "text/css"
	case "script":
		known = essence == "" || isScriptType(essence)
	case "fetch", "track", "json":
	default:
		known = false
	}
	if !known {
		return
	}
	if h.as == "image" && (h.srcset != "" || h.media != "") {
		r.preloadCandidates(h, a)
		return
	}
	r.add(h.url, a)
}

// preloadCandidates takes a preload that depends on the device.
func (r *refs) preloadCandidates(h hint, a Asset) {
	set := &candidateSet{source: h.source + "[imagesrcset]", media: h.media, sizes: h.sizes, list: parseSrcset(h.srcset)}
	hasDefault := set.withDefault(h.url)
	r.chooseFrom([]*candidateSet{set}, autoSize{})
	var chosenBy viewportMask
	if n := len(set.list) - 1; hasDefault {
		chosenBy = set.chosenBy[n]
		set.list = set.list[:n]
	}
	r.addCandidates(set, a)
	if h.srcset != "" && chosenBy == 0 {
		a.Priority, a.Reason = High, "preload where imagesrcset is not known"
	}
	r.addCandidate(h.url, a, chosenBy)
}

func kindOfHint(as string) Kind {
	switch as {
	case "script", "worker", "sharedworker", "serviceworker", "audioworklet", "paintworklet":
		return Script
	case "style":
		return Stylesheet
	case "image":
		return Image
	case "font":
		return Font
	case "track", "audio", "video":
		return Media
	case "document", "iframe", "frame":
		return Document
	}
	return Data
}
