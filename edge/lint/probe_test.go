package lint_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

func TestProbeRequest(t *testing.T) {
	t.Parallel()
	const (
		page = "https://www.example/a.css"
		css  = "Content-Type: text/css"
		mark = "edgeprime=gjdgxs-" // of the instant below
	)
	for _, tt := range []struct {
		probe        lint.Probe
		why          string
		url          string
		header, sent string
		want         string // method, URL and one field
		no           bool
	}{
		{probe: lint.ProbeAgain, want: "GET " + page},
		{probe: lint.ProbeIfNoneMatch, header: `ETag: W/"a"`, want: "GET " + page + ` If-None-Match: W/"a"`},
		{probe: lint.ProbeIfNoneMatch, why: "nothing to send", no: true},
		{probe: lint.ProbeIfNoneMatch, why: "no entity tag", header: "ETag: a", no: true},
		{probe: lint.ProbeIfModified, header: "Last-Modified: Tue, 01 Dec 2026 10:00:00 GMT", want: "GET " + page + " If-Modified-Since: Tue, 01 Dec 2026 10:00:00 GMT"},
		{probe: lint.ProbeIfModified, why: "no date", header: "Last-Modified: yesterday", no: true},
		{probe: lint.ProbeIdentity, header: css, sent: "Accept-Encoding: gzip", want: "GET " + page + " Accept-Encoding: identity"},
		{probe: lint.ProbeIdentity, why: "the first answer is one", header: css, sent: "Accept-Encoding: identity", no: true},
		{probe: lint.ProbeGzip, header: css, sent: "Accept-Encoding: gzip, br", want: "GET " + page + " Accept-Encoding: gzip"},
		{probe: lint.ProbeGzip, why: "has codings", header: "Content-Type: image/png|Vary: Accept-Encoding", want: "GET " + page + " Accept-Encoding: gzip"},
		{probe: lint.ProbeGzip, why: "is not coded", header: "Content-Type: image/png", no: true},
		{probe: lint.ProbeRange, want: "GET " + page + " Range: bytes=0-99"},
		{probe: lint.ProbeRange, why: "is refused beforehand", header: "Accept-Ranges: none", no: true},
		{probe: lint.ProbeHead, want: "HEAD " + page},
		{probe: lint.ProbeQuery, want: "GET " + page + "?" + mark + "query"},
		{probe: lint.ProbeQuery, why: "a query is there", url: page + "?x=%20", want: "GET " + page + "?x=%20&" + mark + "query"},
		{probe: lint.ProbeAccept, sent: "Accept: text/css,*/*;q=0.1", want: "GET " + page + "?" + mark + "accept Accept: */*"},
		{probe: lint.ProbeAccept, sent: "Accept: */*", want: "GET " + page + "?" + mark + "accept Accept: text/html,*/*;q=0.1"},
		{probe: lint.ProbeAcceptLanguage, want: "GET " + page + "?" + mark + "accept-language Accept-Language: eo"},
		{probe: lint.ProbeOrigin, want: "GET " + page + "?" + mark + "origin Origin: https://edgeprime.invalid"},
		{probe: lint.ProbeCookie, want: "GET " + page + "?" + mark + "cookie Cookie: edgeprime=1"},
		{probe: lint.ProbeRegion, no: true},
		{probe: "other", no: true},
	} {
		row := ruleRow{header: tt.header, sent: tt.sent, url: tt.url}
		if tt.url == "" {
			row.url = page
		}
		r := row.response()
		r.Observation.At = time.Unix(1, 0)
		got, ok := lint.ProbeRequest(tt.probe, r)
		require.Equal(t, !tt.no, ok, "%s %s", tt.probe, tt.why)
		if tt.no {
			continue
		}
		words := []string{got.Method, got.URL}
		for name, value := range got.Header {
			words = append(words, name+":", value)
		}
		assert.Equal(t, tt.want, strings.Join(words, " "), "%s %s", tt.probe, tt.why)
		assert.Equal(t, tt.probe, got.Probe)
	}
}

// TestProbeRequestNeedsAnAnswer asks nothing more where the answer tells nothing.
func TestProbeRequestNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*lint.Response){
		"none":      func(r *lint.Response) { r.Observation = nil },
		"status":    func(r *lint.Response) { r.Observation.Status = 404 },
		"failure":   func(r *lint.Response) { r.Observation.Failure = edge.FailReset },
		"challenge": func(r *lint.Response) { r.Observation.Challenge = "captcha" },
		"head":      func(r *lint.Response) { r.Method = "HEAD" },
	} {
		r := ruleRow{}.response()
		_, ok := lint.ProbeRequest(lint.ProbeAgain, r)
		require.True(t, ok)
		spoil(&r)
		_, ok = lint.ProbeRequest(lint.ProbeAgain, r)
		assert.False(t, ok, name)
	}
}

func TestWants(t *testing.T) {
	t.Parallel()
	off, err := lint.New(lint.Config{Preset: lint.StaticOnly}, policy.RFC9111())
	require.NoError(t, err)
	assert.Empty(t, off.Wants(), "rules of one answer read no probe")
	one, err := lint.New(lint.Config{Preset: lint.StaticOnly, Levels: map[string]lint.Severity{"ENC003": lint.Error, "LEN003": lint.Note}}, policy.RFC9111())
	require.NoError(t, err)
	assert.Equal(t, []lint.Probe{lint.ProbeIdentity, lint.ProbeGzip, lint.ProbeHead}, one.Wants())
}
