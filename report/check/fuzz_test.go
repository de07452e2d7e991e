package check_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/check"
)

// FuzzFormats writes a result with foreign text everywhere: whatever it is, each format stays what
// it is and nothing in it steers a terminal.
func FuzzFormats(f *testing.F) {
	f.Add("https://u:hunter2@h.example/?token=hunter2", "Cache-Control: max-age=60", 4, 9)
	f.Add(hostileText(), hostileText(), 30, 90)
	f.Add("\ufffe\uffff]]>", "::error::\r\n%0A", -1, 0)
	f.Fuzz(func(t *testing.T, text, line string, start, end int) {
		a := cookie(text, text)
		a.Variant, a.Region, a.Place.File, a.Unknown, a.Cache.PoP, a.Profile.Deviations = text, text, text, []string{text}, text, []string{text}
		a.Findings[0].Finding = lint.Finding{Rule: text, Severity: lint.Error, URL: text, Message: text, Fix: text, Evidence: []string{line}, At: &lint.Span{Start: start, End: end}}
		b := refused(text, text)
		b.Failure = text
		h := head()
		h.Source, h.Profile, h.Tool = text, text, text
		for _, answers := range [][]check.Answer{{a}, {a, b}} {
			c := check.Build(check.Input{Head: h, Answers: answers})
			for _, format := range check.Formats() {
				out := written(t, format, c)
				require.True(t, utf8.ValidString(out), format)
				require.False(t, strings.ContainsFunc(out, steers), format)
				require.NoError(t, wellFormed(format, out), format)
			}
		}
	})
}

// steers reports whether a character moves the eye or the terminal instead of being seen.
func steers(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}

// wellFormed parses an output whose format has a grammar.
func wellFormed(format, out string) error {
	switch format {
	case check.FormatJSON, check.FormatJSONL, check.FormatSARIF, check.FormatGitLab:
		dec := json.NewDecoder(strings.NewReader(out))
		for {
			var v any
			if err := dec.Decode(&v); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
		}
	case check.FormatJUnit:
		var got suites
		return xml.Unmarshal([]byte(out), &got)
	default:
		return nil
	}
}

func FuzzReadWaivers(f *testing.F) {
	f.Add("waivers:\n  - {rule: ST003, url: /**, reason: r, owner: o, expires: 2026-12-01}\n")
	f.Add("waivers: [1, {rule: x}, {url: ''}]")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, data string) {
		w, err := check.ReadWaivers("w.yaml", []byte(data))
		if err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		for _, one := range w.List {
			assert.NotEmpty(t, one.Reason)
			assert.NotEmpty(t, one.Expires)
		}
		c := check.Build(check.Input{Answers: []check.Answer{finds(lint.Error)}, Criteria: check.Criteria{Waivers: w, Now: began()}})
		assert.Equal(t, 1, c.Counting.Error+c.Waived)
	})
}

func FuzzReadBaseline(f *testing.F) {
	var b recorder
	if err := check.WriteBaseline(&b, check.NewBaseline(check.Build(mixed()))); err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add(`{"schema_version":"1.9","profile":"cloudflare","findings":[{"key":"k","rule":"r","severity":"error"}]}`)
	f.Fuzz(func(t *testing.T, data string) {
		base, err := check.ReadBaseline(strings.NewReader(data), "cloudflare")
		if err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		in := mixed()
		in.Criteria.Baseline = base
		c := check.Build(in)
		assert.GreaterOrEqual(t, c.Counting.Blocker, 2, "no baseline excuses a blocker")
	})
}
