package crawl

import (
	"fmt"
	"strings"
)

// picture is an open picture element: its sources wait for the img that shows them.
type picture struct {
	srcsets []string
	done    bool
}

// mediaElement is an open video or audio element.
type mediaElement struct {
	loads    bool // false when nothing is fetched before play
	priority Priority
	reason   string
}

// image takes an img with all its candidates, and those of the picture around it.
func (s *htmlScan) image() {
	a := Asset{Kind: Image, Mode: s.attrs.mode()}
	switch {
	case s.attrs.is("loading", "lazy"):
		a.Priority, a.Reason = Low, "lazy image"
	case s.attrs.is("fetchpriority", "high"):
		a.Priority, a.Reason = Critical, "image with fetchpriority=high"
		s.images++
	default:
		s.images++
		a.Priority = High
		if s.images <= heroImages {
			a.Priority, a.Reason = Critical, fmt.Sprintf("image %d of the page, may be its largest paint", s.images)
		}
	}
	if s.picture != nil && !s.picture.done {
		s.picture.done = true
		for _, srcset := range s.picture.srcsets {
			s.srcset(srcset, "html:source[srcset]", a)
		}
	}
	if srcset, ok := s.attrs.get("srcset"); ok {
		s.srcset(srcset, "html:img[srcset]", a)
	}
	a.Source = "html:img[src]"
	s.add("src", a)
}

func (s *htmlScan) srcset(value, source string, a Asset) {
	a.Source = source
	for _, c := range parseSrcset(value) {
		s.doc.refs.add(c.url, a)
	}
}

// source reads a source element of a picture, or else of a video or audio.
func (s *htmlScan) source() {
	switch {
	case s.picture != nil:
		srcset := s.attrs.value("srcset")
		if s.picture.done || srcset == "" || !readableImage(s.attrs.value("type")) || offScreen(s.attrs.value("media")) {
			return
		}
		s.picture.srcsets = append(s.picture.srcsets, srcset)
	case s.media != nil && s.media.loads:
		if t := mediaType(s.attrs.value("type")); t != "" && !strings.HasPrefix(t, "video/") && !strings.HasPrefix(t, "audio/") &&
			t != "application/ogg" && t != "application/vnd.apple.mpegurl" && t != "application/x-mpegurl" {
			return
		}
		s.add("src", Asset{Kind: Media, Source: "html:source[src]", Priority: s.media.priority, Reason: s.media.reason})
	}
}

// openMedia reads a video or audio: its poster, and what it fetches before somebody presses play.
func (s *htmlScan) openMedia(tag string) {
	autoplay := s.attrs.has("autoplay")
	s.media = &mediaElement{loads: autoplay || !s.attrs.is("preload", "none"), priority: Low, reason: "media before play"}
	if autoplay {
		s.media.priority, s.media.reason = High, "media that plays at once"
	}
	if tag == "video" {
		s.add("poster", Asset{Kind: Image, Source: "html:video[poster]", Reason: "poster of a video"})
	}
	if s.media.loads {
		s.add("src", Asset{
			Kind: Media, Mode: s.attrs.mode(), Source: "html:" + tag + "[src]",
			Priority: s.media.priority, Reason: s.media.reason,
		})
	}
}

// track takes the text track that is shown without being chosen.
func (s *htmlScan) track() {
	if s.media == nil || !s.attrs.has("default") {
		return
	}
	s.add("src", Asset{Kind: Media, Source: "html:track[src]", Priority: Low, Reason: "default text track"})
}
