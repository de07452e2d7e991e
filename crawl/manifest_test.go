package crawl

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	lineA = `{"url":"https://a.example/","kind":"document","priority":"critical","mode":"navigate","source":"entry"}`
	lineB = `{"url":"https://b.example/?a&b","kind":"font","priority":"low","mode":"cors","initiator":"https://a.example","source":"x"}`
	lineP = `{"url":"https://p.example/","problem":"page-status","detail":"it answers 500","incomplete":true}`
)

func TestManifestFile(t *testing.T) {
	m := NewManifest(
		[]Asset{
			{URL: "https://b.example/?a&b", Kind: Font, Priority: Low, Mode: CORS, Initiator: "https://a.example", Source: "x"},
			{URL: "https://a.example/", Kind: Document, Priority: Critical, Mode: Navigate, Source: "entry"},
		},
		Problem{URL: "https://q.example/", Problem: "b", Detail: "2"},
		Problem{URL: "https://q.example/", Problem: "b", Detail: "1"},
		Problem{URL: "https://p.example/", Problem: "page-status", Detail: "it answers 500", Incomplete: true},
	)
	var file strings.Builder
	require.NoError(t, m.Write(&file))
	want := lineA + "\n" + lineB + "\n" + lineP + "\n" +
		`{"url":"https://q.example/","problem":"b","detail":"1"}` + "\n" + `{"url":"https://q.example/","problem":"b","detail":"2"}` + "\n"
	assert.Equal(t, want, file.String())
	assert.Equal(t, "2", m.Problems[0].Detail, "writing leaves the manifest as it is")
	assert.Regexp(t, "^sha-256:[0-9a-f]{64}$", m.Digest())

	back, err := ReadManifest(strings.NewReader(file.String()))
	require.NoError(t, err)
	assert.Equal(t, m.Digest(), back.Digest())
	assets := slices.Collect(back.All())
	assets[0].Status = 200
	assert.NotEqual(t, m.Digest(), NewManifest(assets, m.Problems...).Digest())

	empty, err := ReadManifest(strings.NewReader(""))
	require.NoError(t, err)
	assert.Equal(t, "sha-256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", empty.Digest())

	twice := NewManifest([]Asset{assets[1], assets[0], assets[1]}, m.Problems...)
	assert.Equal(t, 2, twice.Len())
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestManifestWriteFails(t *testing.T) {
	long := strings.Repeat("x", 10000)
	require.ErrorContains(t, NewManifest([]Asset{{URL: "https://a.example/"}}).Write(fullDisk{}), "no space left")
	require.ErrorContains(t, NewManifest(nil, Problem{Detail: long}).Write(fullDisk{}), "no space left")
	require.ErrorContains(t, NewManifest([]Asset{{Reason: long}}).Write(fullDisk{}), "no space left")
}

func TestReadManifestRefuses(t *testing.T) {
	set := func(old, replacement string) string { return strings.Replace(lineA, old, replacement, 1) }
	for name, c := range map[string]struct{ file, want string }{
		"not json":         {lineA + "\nx", "line 2: this is no JSON object"},
		"blank line":       {lineA + "\n\n" + lineB, "line 2: this is no JSON object"},
		"cut line":         {lineA[:40], "line 1: this is no JSON object"},
		"text behind":      {lineA + " 1", "line 1: this is no JSON object"},
		"duplicate":        {lineA + "\n" + lineA, "line 2: the URL of the line before is repeated"},
		"unsorted":         {lineB + "\n" + lineA, "line 2: assets are not sorted"},
		"asset last":       {lineP + "\n" + lineA, "line 2: an asset stands behind a problem"},
		"unsorted problem": {lineP + "\n" + strings.Replace(lineP, "p.example", "o.example", 1), "line 2: problems are not sorted"},
		"unnamed problem":  {strings.Replace(lineP, "page-status", "", 1), "line 1: a problem has no name"},
		"unknown field":    {set(`"source"`, `"sauce"`), `line 1: decode: json: unknown field "sauce"`},
		"problem's field":  {strings.Replace(lineP, `"detail"`, `"kind"`, 1), "line 1: decode"},
		"kind":             {set("document", "thing"), `kind "thing" is unknown`},
		"priority":         {set("critical", ""), `priority "" is unknown`},
		"mode":             {set("navigate", "same-origin"), `mode "same-origin" is unknown`},
		"initiator":        {set("navigate", "cors"), "an initiator belongs to mode cors"},
		"no cors":          {strings.Replace(lineB, `"cors"`, `"no-cors"`, 1), "an initiator belongs to mode cors"},
		"relative":         {set("https://a.example/", "/a"), "only absolute http and https"},
		"fragment":         {set("https://a.example/", "https://a.example/#x"), "not in its WHATWG form"},
		"upper case":       {set("https://a.example/", "https://A.example/"), "not in its WHATWG form"},
		"canonical":        {set(`"source"`, `"canonical":"/x","source"`), "the canonical URL is not in its WHATWG form"},
		"status":           {set(`"source"`, `"status":99,"source"`), "out of range"},
		"bytes":            {set(`"source"`, `"bytes":-1,"source"`), "out of range"},
		"long line":        {lineA + "\n" + strings.Repeat("x", maxManifestLine+1), "line 2: bufio.Scanner: token too long"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadManifest(strings.NewReader(c.file))
			require.ErrorContains(t, err, "crawl: read manifest: ")
			require.ErrorContains(t, err, c.want)
		})
	}
}
