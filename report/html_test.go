package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report"
)

func page(t *testing.T, r *report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.WriteHTML(&b, r))
	return b.Bytes()
}

func parsed(t *testing.T, r *report.Report) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page(t, r)))
	require.NoError(t, err)
	return doc
}

func TestHTMLGolden(t *testing.T) {
	for name, r := range map[string]*report.Report{
		"not-ready.html": sample(), "ready.html": ready(), "bare.html": bare(), "hostile.html": hostile(),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, page(t, r)) })
	}
}

// The page loads nothing, runs nothing, and links to nothing but the pages that were judged.
func TestHTMLIsInert(t *testing.T) {
	for name, r := range map[string]*report.Report{"sample": sample(), "hostile": hostile(), "bare": bare()} {
		t.Run(name, func(t *testing.T) {
			out := page(t, r)
			checkInert(t, string(out))
			doc := parsed(t, r)
			assert.Equal(t, "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
				doc.Find(`meta[http-equiv="Content-Security-Policy"]`).AttrOr("content", ""))
			assert.Equal(t, 1, doc.Find("script").Length())
			assert.Equal(t, "application/json", doc.Find("script#report").AttrOr("type", ""))
			assert.Zero(t, doc.Find("img, iframe, object, embed, form, base, link:not([rel=icon]), [src], [style]").Length())
			doc.Find("*").Each(func(_ int, s *goquery.Selection) {
				for _, a := range s.Nodes[0].Attr {
					assert.False(t, strings.HasPrefix(a.Key, "on"), "%s=%q", a.Key, a.Val)
				}
			})
			doc.Find("a").Each(func(_ int, s *goquery.Selection) {
				target := s.AttrOr("href", "")
				if !strings.HasPrefix(target, "#") {
					assert.Regexp(t, `^https?://`, target)
					assert.Equal(t, "noreferrer noopener", s.AttrOr("rel", ""))
				}
			})
		})
	}
	assert.Equal(t, 7, parsed(t, sample()).Find(`a[href^="https://"]`).Length())
	assert.Zero(t, parsed(t, hostile()).Find(`a[href^="http"]`).Length(), "what had to be masked or escaped leads nowhere")
}

// checkInert proves that nothing in a text acts on its reader, and that no secret is left.
func checkInert(t *testing.T, s string) {
	t.Helper()
	assert.True(t, utf8.ValidString(s))
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			t.Errorf("%U is left", r)
		}
	}
	for _, bad := range []string{"<script>", "<img", "hunter2", "s3cret", "ZgotmplZ"} {
		if at := strings.Index(s, bad); at >= 0 {
			t.Errorf("%q is left: %q", bad, s[max(0, at-60):min(len(s), at+60)])
		}
	}
}

func TestHTMLTwin(t *testing.T) {
	text := parsed(t, sample()).Find("script#report").Text()
	var got report.Report
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	want := sample()
	assert.Equal(t, "https://www.shop.example/js/app.js?v=8&token=***", got.Rules[1].Cells[0].URL)
	assert.Equal(t, []string{"Set-Cookie: sid=***; Path=/; HttpOnly"}, got.Rules[1].Cells[0].Evidence)
	want.Rules[1].Cells[0] = got.Rules[1].Cells[0]
	want.Launch.At, got.Launch.At = want.Launch.At.UTC(), got.Launch.At.UTC()
	want.Launch.WarmUntil, got.Launch.WarmUntil = want.Launch.WarmUntil.UTC(), got.Launch.WarmUntil.UTC()
	want.Launch.PrimeAt, got.Launch.PrimeAt = want.Launch.PrimeAt.UTC(), got.Launch.PrimeAt.UTC()
	assert.Equal(t, want, &got)

	foreign := sample()
	foreign.Launch.Name = "größe 日本 😀 \u202e\u009b"
	text = parsed(t, foreign).Find("script#report").Text()
	assert.NotRegexp(t, `[^ -~]`, text, "printable ASCII")
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	assert.Equal(t, foreign.Launch.Name, got.Launch.Name)
}

// A verdict is a word and a shape, never a colour alone.
func TestHTMLVerdict(t *testing.T) {
	for _, tt := range []struct {
		verdict     report.Verdict
		interrupted bool
		class, word string
	}{
		{report.Ready, false, "ready", "READY"},
		{report.NotReady, false, "not-ready", "NOT READY"},
		{report.Inconclusive, true, "inconclusive", "INCONCLUSIVE"},
		{"", false, "inconclusive", "INCONCLUSIVE"},
		{"PERHAPS", false, "inconclusive", "INCONCLUSIVE"},
	} {
		r := sample()
		r.Verdict, r.Run.Interrupted = tt.verdict, tt.interrupted
		doc := parsed(t, r)
		assert.Equal(t, tt.class, doc.Find("body").AttrOr("class", ""))
		assert.Equal(t, tt.word, doc.Find("#verdict h2").Text())
		assert.Equal(t, 1, doc.Find("#verdict svg.glyph").Length())
		assert.Equal(t, tt.interrupted, strings.Contains(doc.Find("#verdict").Text(), "INCOMPLETE"))
		assert.Contains(t, doc.Find("title").Text(), tt.word)
		r.Next = nil
		assert.Equal(t, tt.class == "ready", strings.Contains(parsed(t, r).Text(), "Nothing. Keep this report"))
	}
}

func TestHTMLFacts(t *testing.T) {
	r := sample()
	r.Run.StoppedBecause = "the origin's error rate was over 5 %"
	doc := parsed(t, r)
	text := regexp.MustCompile(`\s+`).ReplaceAllString(doc.Find("body").Text(), " ")
	for _, want := range []string{
		"Launch Tue 1 Dec 2026, 09:00 EST (in 7d 23h, as of this report)", "Warm until Tue 1 Dec 2026, 15:00 EST",
		"The run stopped early: the origin's error rate was over 5 %", "Web platform", "web-oncall@shop.example", "Maria Lindqvist",
		"web-2026.12.01-rc3", "20261123T141207123Z-7f3a90c1", "sha-256:4c1d…9a20", "10.0.4.7:443", "cdn.analytics.example, fonts.example",
		"IAD89-C1, JFK50-P2", "93.5 % 771 of 824 below 95 %", "2 206 of 2 408", "2 and 1 challenged", "at most 2 408", "and 59 more places",
		"Assets may be missing because of this.", "no finding of severity error or worse", "start a worker there",
		"37 sizes unknown", "at least 2m 0s", "6m 41s",
	} {
		assert.Contains(t, strings.ReplaceAll(text, "\u202f", " "), want)
	}
	assert.Equal(t, 2, doc.Find("details.rule[open]").Length(), "what decides is unfolded")
	doc.Find("svg.chart").Each(func(_ int, s *goquery.Selection) {
		title, desc, _ := strings.Cut(s.AttrOr("aria-labelledby", ""), " ")
		assert.NotEmpty(t, s.Find("title#"+title).Text())
		assert.NotEmpty(t, s.Find("desc#"+desc).Text())
	})
	assert.Equal(t, 5, doc.Find("svg.chart").Length())
	assert.Equal(t, "en", doc.Find("html").AttrOr("lang", ""))
	assert.Equal(t, 1, doc.Find("h1").Length())
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		assert.False(t, ids[s.AttrOr("id", "")], "id %q twice", s.AttrOr("id", ""))
		ids[s.AttrOr("id", "")] = true
	})
	doc.Find(`a[href^="#"]`).Each(func(_ int, s *goquery.Selection) {
		assert.True(t, ids[s.AttrOr("href", "#")[1:]], s.AttrOr("href", ""))
	})
}

// A figure over what was agreed is marked, and one within is not.
func TestHTMLMarks(t *testing.T) {
	r := ready()
	assert.Zero(t, parsed(t, r).Find(".bad").Length())
	r.Origin.PeakRPS, r.Origin.MaxOpen, r.Origin.Series[3].Starts = 21, 5, 30
	doc := parsed(t, r)
	assert.Equal(t, 2, doc.Find("dd.bad").Length())
	assert.Equal(t, 1, doc.Find("li.bad").Length())
	assert.Equal(t, 1, doc.Find("path.over").Length())
}

func TestHTMLTimes(t *testing.T) {
	for name, tt := range map[string]struct {
		at, finished time.Time
		zone, want   string
	}{
		"no zone keeps the offset":      {time.Date(2026, 12, 1, 9, 0, 0, 0, time.FixedZone("", -5*3600)), time.Time{}, "", "Launch Tue 1 Dec 2026, 09:00 -05:00"},
		"unknown zone":                  {time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), time.Time{}, "Mars/Olympus", "Launch Tue 1 Dec 2026, 09:00 UTC"},
		"another zone":                  {time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), time.Time{}, "Europe/Berlin", "Launch Tue 1 Dec 2026, 10:00 CET"},
		"a zone without an abbrevation": {time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), time.Time{}, "America/Sao_Paulo", "Launch Tue 1 Dec 2026, 06:00 -03:00"},
		"past":                          {time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 11, 5, 0, 0, time.UTC), "", "(2h 5m ago, as of this report)"},
		"now":                           {time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 9, 0, 20, 0, time.UTC), "", "(now, as of this report)"},
		"none":                          {time.Time{}, time.Date(2026, 12, 1, 9, 0, 20, 0, time.UTC), "", "No launch time is set"},
	} {
		t.Run(name, func(t *testing.T) {
			r := bare()
			r.Launch.At, r.Launch.TimeZone, r.Run.Finished = tt.at, tt.zone, tt.finished
			assert.Contains(t, parsed(t, r).Find("header").Text(), tt.want)
		})
	}
}

// Long lists are cut with a count, so that a page opens on a phone.
func TestHTMLBounds(t *testing.T) {
	r := sample()
	for range 3_000 {
		r.Problems = append(r.Problems, r.Problems[0])
		r.Reasons = append(r.Reasons, r.Reasons[0])
		r.ThirdParty = append(r.ThirdParty, "x.example")
		r.Next = append(r.Next, r.Next[0])
		r.Rules[0].Cells = append(r.Rules[0].Cells, lint.Finding{URL: "https://www.shop.example/x"})
	}
	r.Rules[0].Total = 40_000
	doc := parsed(t, r)
	doc.Find("script").Remove()
	text, err := doc.Html()
	require.NoError(t, err)
	assert.Less(t, len(text), 300_000)
	for _, want := range []string{"and 2902 more problems", "and 2902 more reasons", "and 2802 more hosts", "and 2953 more steps", "and 39950 more places"} {
		assert.Contains(t, text, want)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWritersReportErrors(t *testing.T) {
	require.ErrorContains(t, report.WriteHTML(brokenWriter{}, sample()), "report: html: disk full")
	require.ErrorContains(t, report.WriteMarkdown(brokenWriter{}, sample()), "report: markdown: disk full")
	r := sample()
	r.Origin.Ms.P50 = inf()
	require.ErrorContains(t, report.WriteHTML(&bytes.Buffer{}, r), "report: json")
}
