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

// freshnessCase is a response, stored at T0, and what a cache does when asked again.
type freshnessCase struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind"`
	Cache    string        `json:"cache"`
	T0       int64         `json:"t0"`
	Elapsed  int64         `json:"elapsed_s"`
	Request  vectorMessage `json:"request"`
	Response vectorMessage `json:"response"`
	Expected struct {
		Reused      bool `json:"reused_without_contacting_origin"`
		Revalidated any  `json:"stored_but_revalidated"`
	} `json:"expected"`
	Deployed map[string]string `json:"deployed_results"`
}

type vectorMessage struct {
	Method  string      `json:"method"`
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
}

// survey is the kind of case that never fails a test.
const survey = "check"

// freshnessCases reads cache_freshness.json.
func freshnessCases(t *testing.T) []freshnessCase {
	t.Helper()
	var file struct {
		Cases []freshnessCase `json:"cases"`
	}
	readVectors(t, "cache_freshness.json", &file)
	require.NotEmpty(t, file.Cases)
	return file.Cases
}

// under is whether a cache of the profile spares the second request because the copy is fresh. How
// long the recorded caches were configured to send stale copies is not known.
func (c freshnessCase) under(profile policy.Profile) (p policy.Policy, reused bool) {
	at := time.Unix(c.T0, 0)
	p = policy.Evaluate(policy.Request{Method: c.Request.Method, URL: "/test", Header: c.Request.Headers},
		policy.Response{Status: c.Response.Status, Header: c.Response.Headers}, at, at, profile)
	return p, p.State(at.Add(time.Duration(c.Elapsed)*time.Second)) == policy.StateFresh
}

// recorded is whether a deployed cache was seen to reuse the response; false when it was not seen.
func (c freshnessCase) recorded(cache string) (reused, seen bool) {
	switch c.Deployed[cache] {
	case "pass", "yes":
		return c.Expected.Reused, true
	case "fail", "no":
		return !c.Expected.Reused, true
	case "optional_fail":
		// One that should have been validated was fetched anew, which is no reuse either.
		return !c.Expected.Reused && c.Expected.Revalidated == nil, true
	}
	return false, false
}

func TestCacheFreshnessVectors(t *testing.T) {
	t.Parallel()
	judged := 0
	for _, c := range freshnessCases(t) {
		profile := policy.RFC9111()
		if c.Cache == "private" {
			profile = policy.Browser()
		}
		_, reused := c.under(profile)
		if c.Kind == survey {
			t.Logf("survey %s: reused %v, others %v", c.ID, reused, c.Expected.Reused)
			continue
		}
		judged++
		assert.Equal(t, c.Expected.Reused, reused, "%s %s", c.Kind, c.ID)
	}
	assert.GreaterOrEqual(t, judged, 34)
}

// TestProfilesAgreeWithRecordings compares the profiles with what deployed caches were recorded to
// do, most of them in other versions. Where the RFC is recorded and a fact of the profile says
// otherwise the test fails, unless the difference is explained; other disagreements tell where a
// fact may be missing.
func TestProfilesAgreeWithRecordings(t *testing.T) {
	t.Parallel()
	caches := map[string]string{
		"nginx": "nginx", "squid": "squid", "trafficserver": "trafficserver", "apache": "httpd", "varnish": "varnish", "fastly": "fastly-vcl",
	}
	explained := map[string]string{
		"squid freshness-max-age-case-insenstive": "Squid 6.13 was recorded, the fact is of 5.7",
		"squid cc-resp-no-cache-case-insensitive": "Squid 6.13 was recorded, the fact is of 5.7",
	}
	for cache, name := range caches {
		agreed := 0
		for _, c := range freshnessCases(t) {
			recorded, seen := c.recorded(cache)
			if !seen {
				continue
			}
			p, reused := c.under(with(t, name, policy.Settings{}))
			if reused == recorded {
				agreed++
				continue
			}
			why := explained[cache+" "+c.ID]
			_, plain := c.under(policy.RFC9111())
			t.Logf("%s: %s is recorded as reused %v, the profile says %v by %v: %s", cache, c.ID, recorded, reused, ids(p), why)
			assert.False(t, c.Kind != survey && plain == recorded && why == "", "%s: facts say what was not recorded: %s", cache, c.ID)
		}
		assert.GreaterOrEqual(t, agreed, 25, cache)
	}
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
