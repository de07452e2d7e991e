package check_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/check"
)

func TestReadWaiversRefuses(t *testing.T) {
	t.Parallel()
	const good = "{rule: ST003, url: /**, reason: r, expires: 2026-12-01}"
	for name, c := range map[string]struct{ file, want string }{
		"empty":           {"", "w.yaml:1: the file is empty: write waivers: []"},
		"no YAML":         {"waivers: [", "w.yaml:2: the file is no YAML"},
		"list":            {"- " + good, "w.yaml:1: "},
		"unknown key":     {"waiver: []", `w.yaml:1: there is no key "waiver"; there are: waivers`},
		"unknown field":   {"waivers:\n  - " + good + "\n  - {rule: ST003, url: /**, reason: r, expires: 2026-12-01, expire: x}", `w.yaml:3: there is no key "expire"; there are: rule, url, region, reason, owner, expires`},
		"no mapping":      {"waivers: [x]", "w.yaml:1: "},
		"no rule":         {"waivers:\n  - {url: /**, reason: r, expires: 2026-12-01}", `w.yaml:2: "" is no rule: edgeprime explain lists them`},
		"wrong rule":      {"waivers:\n\n  - {rule: ST999, url: /**, reason: r, expires: 2026-12-01}", `w.yaml:3: "ST999" is no rule: edgeprime explain lists them`},
		"case":            {"waivers:\n  - {rule: st003, url: /**, reason: r, expires: 2026-12-01}", `w.yaml:2: "st003" is no rule`},
		"no URL":          {"waivers:\n  - {rule: ST003, reason: r, expires: 2026-12-01}", "w.yaml:2: the waiver of ST003 has no url: write a glob such as /assets/**, or /** for all"},
		"bad glob":        {"waivers:\n  - {rule: ST003, url: assets, reason: r, expires: 2026-12-01}", `w.yaml:2: url: glob "assets" must begin with a slash or a star`},
		"no reason":       {"waivers:\n  - {rule: ST003, url: /**, reason: ' ', expires: 2026-12-01}", "w.yaml:2: the waiver of ST003 has no reason: say why it is accepted"},
		"no end":          {"waivers:\n  - {rule: ST003, url: /**, reason: r}", "w.yaml:2: the waiver of ST003 never ends: set expires to its last day, YYYY-MM-DD"},
		"bad end":         {"waivers:\n  - {rule: ST003, url: /**, reason: r, expires: '1.12.2026'}", `w.yaml:2: expires is "1.12.2026": write the last day as YYYY-MM-DD`},
		"two documents":   {"waivers: []\n---\nwaivers: []", "w.yaml:"},
		"too big":         {"waivers: [] #" + strings.Repeat("x", check.MaxWaivers), "w.yaml: the file is larger than 1 MiB"},
		"several at once": {"waivers:\n  - {rule: X, url: /**, reason: r, expires: 2026-12-01}\n  - {rule: ST003, url: /**, reason: r}", "w.yaml:3: the waiver of ST003 never ends"},
	} {
		_, err := check.ReadWaivers("w.yaml", []byte(c.file))
		require.ErrorContains(t, err, c.want, name)
	}
	w, err := check.ReadWaivers("w.yaml", []byte("waivers:\n  - "+good+"\n"))
	require.NoError(t, err)
	assert.Equal(t, []check.PlacedWaiver{{
		Waiver: check.Waiver{Rule: "ST003", URL: "/**", Reason: "r", Expires: "2026-12-01"}, File: "w.yaml", Line: 2,
	}}, w.List)
}

func TestWaivers(t *testing.T) {
	t.Parallel()
	f := lint.Finding{Rule: "ST003", Severity: lint.Blocker, URL: "https://www.example/js/app.js?v=1", Region: "eu"}
	now := time.Date(2026, 11, 23, 23, 59, 59, 0, time.UTC)
	for name, c := range map[string]struct {
		waiver string
		waived bool
		warns  string
	}{
		"glob of the path":  {"{rule: ST003, url: /js/*, reason: r, expires: 2026-12-01}", true, ""},
		"glob of the URL":   {"{rule: ST003, url: 'https://www.example/**', reason: r, expires: 2026-12-01}", true, ""},
		"its last day":      {"{rule: ST003, url: /js/*, reason: r, expires: 2026-11-23}", true, ""},
		"the region":        {"{rule: ST003, url: /js/*, region: eu, reason: r, expires: 2026-12-01}", true, ""},
		"the day before":    {"{rule: ST003, url: /js/*, reason: r, owner: web, expires: 2026-11-22}", false, "w.yaml:2: the waiver of ST003 expired on 2026-11-22 and is void: fix the finding, or ask web to renew it"},
		"nobody's":          {"{rule: ST003, url: /js/*, reason: r, expires: 2026-11-22}", false, "expired on 2026-11-22 and is void: fix the finding, or ask its owner to renew it"},
		"another rule":      {"{rule: ST001, url: /js/*, reason: r, expires: 2026-12-01}", false, "w.yaml:2: the waiver of ST001 for /js/* matches nothing: remove it"},
		"another path":      {"{rule: ST003, url: /css/*, reason: r, expires: 2026-12-01}", false, "matches nothing"},
		"another region":    {"{rule: ST003, url: /js/*, region: us, reason: r, expires: 2026-12-01}", false, "matches nothing"},
		"another host":      {"{rule: ST003, url: 'https://x.example/**', reason: r, expires: 2026-12-01}", false, "matches nothing"},
		"only a part of it": {"{rule: ST003, url: /js, reason: r, expires: 2026-12-01}", false, "matches nothing"},
	} {
		w, err := check.ReadWaivers("w.yaml", []byte("waivers:\n  - "+c.waiver+"\n"))
		require.NoError(t, err, name)
		a := good("1", f.URL)
		a.Findings = check.Findings([]lint.Finding{f})
		got := check.Build(check.Input{Answers: []check.Answer{a}, Criteria: check.Criteria{Waivers: w, Now: now}})
		assert.Equal(t, c.waived, got.Answers[0].Findings[0].Waiver != nil, name)
		assert.Equal(t, map[bool]int{true: 0, false: 3}[c.waived], got.ExitCode, name)
		assert.Equal(t, map[bool]int{true: 1, false: 0}[c.waived], got.Waived, name)
		if c.warns == "" {
			assert.Empty(t, got.Warnings, name)
		} else {
			require.Len(t, got.Warnings, 1, name)
			assert.Contains(t, got.Warnings[0], c.warns, name)
		}
	}
}

// A finding about a region has no URL: only a waiver of all covers it.
func TestWaiversOfRegions(t *testing.T) {
	t.Parallel()
	for glob, want := range map[string]int{"/**": 1, "/*": 0, "https://**": 0} {
		w, err := check.ReadWaivers("w.yaml", []byte("waivers: [{rule: EDGE002, url: '"+glob+"', region: eu, reason: r, expires: 2026-12-01}]"))
		require.NoError(t, err)
		sets := check.Findings([]lint.Finding{{Rule: "EDGE002", Severity: lint.Error, Region: "eu"}, {Rule: "EDGE002", Severity: lint.Error, Region: "us"}})
		assert.Equal(t, want, check.Build(check.Input{Sets: sets, Criteria: check.Criteria{Waivers: w, Now: began()}}).Waived, glob)
	}
}

// The last waiver that covers a finding is the one that is told.
func TestLastWaiverWins(t *testing.T) {
	t.Parallel()
	w, err := check.ReadWaivers("w.yaml", []byte(`waivers:
  - {rule: ST008, url: /**, reason: wide, expires: 2026-12-01}
  - {rule: ST008, url: /a*, reason: narrow, expires: 2026-12-01}
`))
	require.NoError(t, err)
	a := good("1", "https://www.example/app")
	a.Findings = check.Findings([]lint.Finding{{Rule: "ST008", Severity: lint.Warning, URL: a.URL}})
	c := check.Build(check.Input{Answers: []check.Answer{a}, Criteria: check.Criteria{Waivers: w, Now: began()}})
	assert.Equal(t, "narrow", c.Answers[0].Findings[0].Waiver.Reason)
	assert.Contains(t, c.Warnings, "w.yaml:2: the waiver of ST008 for /** matches nothing: remove it")
}

// A waiver silences a finding; it never stands for an answer that is missing.
func TestWaiversAreNoEvidence(t *testing.T) {
	t.Parallel()
	w, err := check.ReadWaivers("w.yaml", []byte("waivers: [{rule: ST003, url: /**, reason: r, expires: 2026-12-01}]"))
	require.NoError(t, err)
	in := single()
	in.Answers = append(in.Answers, refused("2", "https://www.shop.example/x"))
	in.Answers[0].Findings = in.Answers[0].Findings[:1]
	in.Criteria = check.Criteria{Waivers: w, Now: began()}
	assert.Equal(t, 5, check.Build(in).ExitCode)
}
