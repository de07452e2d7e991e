package lint

import (
	"net/http"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// valRules are the rules of validators.
func valRules() []Rule {
	rules := []Rule{
		{
			ID: "VAL001", Severity: Warning, Static: true, check: withoutValidator, Source: "RFC 9110, section 8.8",
			Title: "stored answer without a validator",
			Why:   "a copy that has expired can only be fetched again in full",
			Fix:   "send an ETag made from the content",
		},
		{
			ID: "VAL002", Severity: Note, Static: true, check: weakForRanges, Source: "RFC 9111, section 3.4",
			Title: "media with a weak ETag only",
			Why:   "ranges of the file cannot be combined, so players and caches fetch it again",
			Fix:   "send a strong ETag, one without W/",
		},
		{
			ID: "VAL003", Severity: Error, Static: true, check: malformedETag, answers: onAny, Source: "RFC 9110, section 8.8.3",
			Title: "ETag that is no entity tag",
			Why:   "caches ignore it or echo it wrongly, so validation fails",
			Fix:   `write the tag in double quotes, as in: ETag: "abc"`,
		},
		{
			ID: "VAL010", Severity: Error, Static: true, check: modifiedLater, answers: onAny, Source: "RFC 9110, section 8.8.2.1",
			Title: "Last-Modified later than Date",
			Why:   "no answer can be modified after it was made, so one of the clocks is wrong",
			Fix:   "repair the clock of the server or of the build, and send Last-Modified no later than Date",
		},
	}
	return append(rules, valProbeRules()...)
}

func withoutValidator(a *answer) *complaint {
	if a.has(fieldEtag) || a.has(fieldLastModified) || a.Observation.Status != http.StatusOK || !a.cdn.Storable {
		return nil
	}
	return &complaint{message: "the answer may be stored, and has neither ETag nor Last-Modified", evidence: a.lines("Cache-Control")}
}

func weakForRanges(a *answer) *complaint {
	if !a.has(fieldEtag) || a.Observation.Status != http.StatusOK || !a.inRanges() {
		return nil
	}
	if tag, ok := policy.ParseETag(a.value(fieldEtag)); !ok || !tag.Weak {
		return nil
	}
	return &complaint{message: "the only ETag is weak, and the type is asked for in ranges", evidence: a.lines("ETag", "Content-Type")}
}

// inRanges reports whether clients ask for such content in ranges.
func (a *answer) inRanges() bool {
	kind := mediaType(a.value(fieldContentType))
	return a.Asset.Kind == crawl.Media || strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/") || kind == "application/pdf"
}

func malformedETag(a *answer) *complaint {
	if !a.has(fieldEtag) || a.count(fieldEtag) > 1 { // PAR015 tells of more than one line
		return nil
	}
	tag := a.value(fieldEtag)
	if _, ok := policy.ParseETag(tag); ok {
		return nil
	}
	c := &complaint{message: "the ETag is not a quoted text with an optional W/ before it", evidence: a.lines("ETag")}
	if fixed, ok := policy.ParseETag(`"` + strings.Trim(tag, `"`) + `"`); ok && fixed.Opaque != "" {
		c.fix = "set ETag: " + fixed.String()
	}
	return c
}

func modifiedLater(a *answer) *complaint {
	if !a.has(fieldLastModified) || !a.has(fieldDate) {
		return nil
	}
	modified, ok := dateOf(a.value(fieldLastModified), a.policy.Received)
	made, alsoOK := dateOf(a.value(fieldDate), a.policy.Received)
	if !ok || !alsoOK || !modified.After(made) {
		return nil
	}
	return &complaint{
		message:  "Last-Modified is " + seconds(modified.Sub(made)) + " later than Date",
		evidence: a.lines("Last-Modified", "Date"),
	}
}

// dateOf reads an HTTP-date.
func dateOf(value string, now time.Time) (time.Time, bool) {
	t, err := policy.ParseDate(strings.Trim(value, " \t"), now)
	return t, err == nil
}
