package crawl

import (
	"fmt"
	"strconv"
	"strings"
)

// picture is an open picture element: its sources wait for the img that shows them.
type picture struct {
	sets []*candidateSet
	done bool
}

// mediaElement is an open video or audio element.
type mediaElement struct {
	loads    bool // false when nothing is fetched before play
	priority Priority
	reason   string
}

// image takes an img with all its candidates, and those of the picture around it.
func (s *htmlScan) image() {
	a := Asset{Kind: Image, Mode: s.z.attrs.mode()}
	switch {
	case s.z.attrs.is("loading", "lazy"):
		a.Priority, a.Reason = Low, "lazy image"
	case s.z.attrs.is("fetchpriority", "high"):
		a.Priority, a.Reason = Critical, "image with fetchpriority=high"
		s.images++
	case s.isSmall():
		a.Priority, a.Reason = High, "image too small to be the largest paint"
	default:
		s.images++
		a.Priority = High
		if s.images <= heroImages {
			a.Priority, a.Reason = Critical, fmt.Sprintf("image %d of the page, may be its largest paint", s.images)
		}
	}
	s.candidates(a)
}

// candidates takes the source sets of an img and of the picture around it. A src that stands
// alone is no candidate; one beside a srcset is taken in any case, chosen or not.
func (s *htmlScan) candidates(a Asset) {
	var sets []*candidateSet
	if s.picture != nil && !s.picture.done {
		s.picture.done = true
		sets = s.picture.sets
	}
	src, srcset := s.z.attrs.value("src"), s.z.attrs.value("srcset")
	if len(sets) == 0 && srcset == "" {
		a.Source = "html:img[src]"
		s.doc.refs.add(src, a)
		return
	}
	own := &candidateSet{source: "html:img[srcset]", sizes: s.z.attrs.value("sizes"), list: parseSrcset(srcset)}
	hasDefault := own.withDefault(src)
	s.doc.refs.chooseFrom(append(sets, own), newAutoSize(&s.z.attrs))
	for _, set := range sets {
		s.doc.refs.addCandidates(set, a)
	}
	var chosenBy viewportMask
	if n := len(own.list) - 1; hasDefault {
		chosenBy = own.chosenBy[n]
		own.list = own.list[:n]
	}
	s.doc.refs.addCandidates(own, a)
	a.Source = "html:img[src]"
	s.doc.refs.addCandidate(src, a, chosenBy)
}

// isSmall tells whether an image is no larger than an icon, by its width and height attributes.
func (s *htmlScan) isSmall() bool {
	const icon = 64
	small := false
	for _, side := range []string{"width", "height"} {
		value, ok := s.z.attrs.get(side)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSuffix(strings.Trim(value, htmlSpace), "px"), 64)
		if err != nil || n > icon {
			return false
		}
		small = true
	}
	return small
}

// source reads a source element of a picture, or else of a video or audio.
func (s *htmlScan) source() {
	switch {
	case s.picture != nil:
		srcset := s.z.attrs.value("srcset")
		if s.picture.done || srcset == "" || !readableImage(s.z.attrs.value("type")) || offScreen(s.z.attrs.value("media")) {
			return
		}
		s.picture.sets = append(s.picture.sets, &candidateSet{
			source: "html:source[srcset]", media: s.z.attrs.value("media"), sizes: s.z.attrs.value("sizes"), list: parseSrcset(srcset),
		})
	case s.media != nil && s.media.loads:
		if t := mediaType(s.z.attrs.value("type")); t != "" && !strings.HasPrefix(t, "video/") && !strings.HasPrefix(t, "audio/") &&
			t != "application/ogg" && t != "application/vnd.apple.mpegurl" && t != "application/x-mpegurl" {
			return
		}
		s.add("src", Asset{Kind: Media, Source: "html:source[src]", Priority: s.media.priority, Reason: s.media.reason})
	}
}

// openMedia reads a video or audio: its poster, and what it fetches before somebody presses play.
func (s *htmlScan) openMedia(tag string) {
	autoplay := s.z.attrs.has("autoplay")
	s.media = &mediaElement{loads: autoplay || !s.z.attrs.is("preload", "none"), priority: Low, reason: "media before play"}
	if autoplay {
		s.media.priority, s.media.reason = High, "media that plays at once"
	}
	if tag == "video" {
		s.add("poster", Asset{Kind: Image, Source: "html:video[poster]", Reason: "poster of a video"})
	}
	if s.media.loads {
		s.add("src", Asset{
			Kind: Media, Mode: s.z.attrs.mode(), Source: "html:" + tag + "[src]",
			Priority: s.media.priority, Reason: s.media.reason,
		})
	}
}

// track takes the text track that is shown without being chosen.
func (s *htmlScan) track() {
	if s.media == nil || !s.z.attrs.has("default") {
		return
	}
	s.add("src", Asset{Kind: Media, Source: "html:track[src]", Priority: Low, Reason: "default text track"})
}
