package policy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// readVectors decodes a file of the folder that EDGEPRIME_VECTORS names, or skips the test.
func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	folder := os.Getenv("EDGEPRIME_VECTORS")
	if folder == "" {
		t.Skip("EDGEPRIME_VECTORS is not set: the recorded cases are not run, the tables of this package are")
	}
	data, err := os.ReadFile(filepath.Join(folder, name))
	require.NoError(t, err, "EDGEPRIME_VECTORS must name the folder of the vectors")
	require.NoError(t, json.Unmarshal(data, into))
}

func TestCacheFreshnessVectors(t *testing.T) {
	t.Parallel()
	type message struct {
		Method  string      `json:"method"`
		Status  int         `json:"status"`
		Headers [][2]string `json:"headers"`
	}
	var file struct {
		Cases []struct {
			ID       string  `json:"id"`
			Kind     string  `json:"kind"`
			Cache    string  `json:"cache"`
			T0       int64   `json:"t0"`
			Elapsed  int64   `json:"elapsed_s"`
			Request  message `json:"request"`
			Response message `json:"response"`
			Expected struct {
				Reused bool `json:"reused_without_contacting_origin"`
			} `json:"expected"`
		} `json:"cases"`
	}
	readVectors(t, "cache_freshness.json", &file)
	judged := 0
	for _, c := range file.Cases {
		profile := policy.RFC9111()
		if c.Cache == "private" {
			profile = policy.Browser()
		}
		at := time.Unix(c.T0, 0)
		p := policy.Evaluate(policy.Request{Method: c.Request.Method, Header: c.Request.Headers},
			policy.Response{Status: c.Response.Status, Header: c.Response.Headers}, at, at, profile)
		reused := p.State(at.Add(time.Duration(c.Elapsed)*time.Second)) != policy.StateStale
		if c.Kind == "check" {
			t.Logf("survey %s: reused %v, others %v", c.ID, reused, c.Expected.Reused)
			continue
		}
		judged++
		assert.Equal(t, c.Expected.Reused, reused, "%s %s", c.Kind, c.ID)
	}
	assert.GreaterOrEqual(t, judged, 34)
}

func TestRFCVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Dates []struct {
			V    string `json:"v"`
			OK   bool   `json:"ok"`
			Unix int64  `json:"unix"`
		} `json:"http_date"`
		Stale []struct {
			CC     string `json:"cc"`
			Age    int64  `json:"age"`
			Origin int    `json:"origin"`
			Expect string `json:"expect"`
		} `json:"stale_timeline"`
		Targeted []struct {
			Headers [][2]string    `json:"headers"`
			Expect  map[string]any `json:"expect"`
		} `json:"targeted"`
		Compare []struct {
			A      string `json:"a"`
			B      string `json:"b"`
			Strong bool   `json:"strong"`
			Weak   bool   `json:"weak"`
		} `json:"etag_compare"`
		Syntax []struct {
			V    string `json:"v"`
			OK   bool   `json:"ok"`
			Weak bool   `json:"weak"`
		} `json:"etag_syntax"`
		Search []struct {
			V       string `json:"v"`
			Default bool   `json:"default"`
			NoVary  any    `json:"no_vary"`
			Vary    any    `json:"vary"`
			Order   bool   `json:"key_order"`
		} `json:"no_vary_search_parse"`
	}
	readVectors(t, "rfc_vectors.json", &file)
	require.NotEmpty(t, file.Dates)
	require.NotEmpty(t, file.Stale)
	require.NotEmpty(t, file.Targeted)
	for _, d := range file.Dates {
		got, err := policy.ParseDate(d.V, now())
		assert.Equal(t, d.OK, err == nil, d.V)
		if d.OK {
			assert.Equal(t, d.Unix, got.Unix(), d.V)
		}
	}
	for _, s := range file.Stale {
		assert.Equal(t, s.Expect, timeline(s.CC, time.Duration(s.Age)*time.Second, s.Origin), s)
	}
	for _, row := range file.Targeted {
		for who, want := range row.Expect {
			assert.Equal(t, want, targetedView(row.Headers, who), "%s of %v", who, row.Headers)
		}
	}
	require.NotEmpty(t, file.Compare)
	for _, row := range file.Compare {
		a, okA := policy.ParseETag(row.A)
		b, okB := policy.ParseETag(row.B)
		require.True(t, okA && okB, row)
		assert.Equal(t, row.Strong, a.StrongEqual(b), row)
		assert.Equal(t, row.Weak, a.WeakEqual(b), row)
	}
	require.NotEmpty(t, file.Syntax)
	for _, row := range file.Syntax {
		tag, ok := policy.ParseETag(row.V)
		assert.Equal(t, row.OK, ok, row.V)
		assert.Equal(t, row.Weak, tag.Weak, row.V)
	}
	require.NotEmpty(t, file.Search)
	for _, row := range file.Search {
		n := policy.ParseNoVarySearch([]string{row.V})
		assert.Equal(t, row.Default, n.IsDefault(), row.V)
		if !row.Default {
			noVary, vary := searchView(n)
			assert.Equal(t, row.NoVary, noVary, row.V)
			assert.Equal(t, row.Vary, vary, row.V)
			assert.Equal(t, row.Order, !n.IgnoresOrder, row.V)
		}
	}
}

// searchView says which parameters do not count and which do, in the words of the vectors.
func searchView(n policy.NoVarySearch) (noVary, vary any) {
	list := func(names []string) any {
		all := []any{}
		for _, name := range names {
			all = append(all, name)
		}
		return all
	}
	if n.IgnoresAll {
		return "wildcard", list(n.Kept)
	}
	return list(n.Ignored), "wildcard"
}

// timeline says what a cache does at an age, in the words of the vectors.
func timeline(cc string, age time.Duration, origin int) string {
	p := evaluate(200, "Cache-Control", cc)
	at := now().Add(age)
	if origin < 500 {
		return string(p.State(at))
	}
	if p.ServesOnError(at) {
		return "serve-stale"
	}
	return "write-error-through"
}

// targetedView says what one kind of cache makes of an answer, in the words of the vectors.
func targetedView(headers [][2]string, who string) any {
	profile := policy.RFC9111()
	switch who {
	case "cdn", "cdn_remaining":
		profile = policy.CDN()
	case "private", "downstream_fresh":
		profile = policy.Browser()
	}
	p := policy.Evaluate(policy.Request{}, policy.Response{Status: 200, Header: headers}, now(), now(), profile)
	switch {
	case who == "downstream_fresh":
		return p.Fresh(now())
	case who == "cdn_remaining":
		return p.Remaining(now()).Seconds()
	case !p.Storable:
		return "not-storable"
	case !p.Explicit && who == "cdn":
		return "storable-heuristic-only"
	case !p.Explicit:
		return "heuristic"
	}
	return p.Lifetime.Seconds()
}
