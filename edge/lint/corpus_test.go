package lint_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// recorded is a line of testdata/good.jsonl or bad.jsonl: an answer as a cache of the profile gives
// it. The header sets follow the documents that the profiles' facts name and public dumps; hosts,
// ids and hashes are made up. The lines are input of `edgeprime check --headers-from` too.
type recorded struct {
	ID       string      `json:"id"`
	Profile  string      `json:"profile"`
	URL      string      `json:"url"`
	Status   int         `json:"status"`
	Sent     [][2]string `json:"request_headers"`
	Header   [][2]string `json:"response_headers"`
	Asked    time.Time   `json:"requested_at"`
	Received time.Time   `json:"received_at"`
	Expect   []string    `json:"expect"` // rules that must complain
}

func readRecorded(tb testing.TB, path string) []recorded {
	tb.Helper()
	data, err := os.ReadFile(path)
	require.NoError(tb, err)
	var all []recorded
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var r recorded
		require.NoError(tb, json.Unmarshal(lines.Bytes(), &r))
		all = append(all, r)
	}
	require.NoError(tb, lines.Err())
	return all
}

// response is the answer as a critical asset, expected to be what it is.
func (r recorded) response(w lint.Window, planned bool) lint.Response {
	o := &edge.Observation{
		URL: r.URL, At: r.Asked, Status: r.Status, Header: r.Header, Sent: r.Sent, Cache: edge.ReadCacheStatus(r.Header),
		Timing: edge.Timing{TTFB: float64(r.Received.Sub(r.Asked)) / float64(time.Millisecond)},
	}
	asset := crawl.Asset{URL: r.URL, Kind: crawl.KindOf(r.URL, o.Get("Content-Type")), Priority: crawl.Critical, Status: r.Status}
	if r.Status == 301 {
		asset.Location = o.Get("Location")
	}
	return lint.Response{Asset: asset, Observation: o, Window: w, Planned: planned}
}

// linter judges for the recorded profile.
func (r recorded) linter(tb testing.TB, c lint.Config) *lint.Linter {
	tb.Helper()
	p, ok := policy.Named(r.Profile)
	require.True(tb, ok, r.Profile)
	l, err := lint.New(c, p)
	require.NoError(tb, err)
	return l
}

// TestGoodAnswers judges well-made answers of every profile for a launch in seven days and for one
// in ten minutes, primed shortly before.
func TestGoodAnswers(t *testing.T) {
	t.Parallel()
	all := readRecorded(t, "testdata/good.jsonl")
	require.GreaterOrEqual(t, len(all), 200)
	profiles := map[string]int{}
	for _, r := range all {
		profiles[r.Profile]++
		for _, ahead := range []time.Duration{7 * 24 * time.Hour, 10 * time.Minute} {
			launch := r.Received.Add(ahead)
			window := lint.Window{PrimeAt: launch.Add(-10 * time.Minute), LaunchAt: launch, WarmUntil: launch}
			for _, f := range r.linter(t, lint.Config{}).Response(r.response(window, true)) {
				if f.Severity.AtLeast(lint.Error) {
					assert.Fail(t, "false alarm", "%s, %s ahead: %s %s: %s %q", r.ID, ahead, f.Rule, f.Severity, f.Message, f.Evidence)
				}
			}
		}
	}
	for _, name := range policy.Names() {
		if name != "browser" && name != "cdn" {
			assert.GreaterOrEqual(t, profiles[name], 10, "answers of %s", name)
		}
	}
}

// TestBadAnswers shows that the good ones do not pass because nobody looks.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	all := readRecorded(t, "testdata/bad.jsonl")
	require.NotEmpty(t, all)
	for _, r := range all {
		var fired []string
		for _, f := range r.linter(t, lint.Config{}).Response(r.response(lint.Window{}, true)) {
			fired = append(fired, f.Rule)
		}
		for _, id := range r.Expect {
			assert.True(t, slices.Contains(fired, id), "%s: %s is silent, %v fire", r.ID, id, fired)
		}
	}
}
