package policy_test

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// script is what an origin answers below one name, and what a client asks with.
type script struct {
	name, query string
	status      int
	answer      [][2]string // {+4s} in a value is an HTTP-date relative to the answer
	request     [][2]string // headers of every request
	again       [][2]string // headers of every request but the first
}

// scripts reads the policies that servers are asked about.
func scripts(t *testing.T) map[string]script {
	t.Helper()
	raw, err := os.ReadFile("testdata/servers/policies.txt")
	require.NoError(t, err)
	out := map[string]script{}
	var s script
	for line := range strings.Lines(string(raw)) {
		field, indented := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case strings.HasPrefix(line, "#"):
			continue
		case !indented:
			s = newScript(t, field)
		default:
			s.add(t, field)
		}
		out[s.name] = s
	}
	return out
}

// newScript reads "name?query status".
func newScript(t *testing.T, line string) script {
	t.Helper()
	s := script{status: http.StatusOK}
	path, status, found := strings.Cut(line, " ")
	if found {
		var err error
		s.status, err = strconv.Atoi(status)
		require.NoError(t, err)
	}
	s.name, s.query, _ = strings.Cut(path, "?")
	if s.status >= 300 && s.status < 309 {
		s.answer = [][2]string{{"Location", "http://site.example/"}}
	}
	return s
}

// add reads a header of the answer, or one of the requests.
func (s *script) add(t *testing.T, line string) {
	t.Helper()
	to := &s.answer
	if rest, ok := strings.CutPrefix(line, ">> "); ok {
		to, line = &s.again, rest
	} else if rest, ok := strings.CutPrefix(line, "> "); ok {
		to, line = &s.request, rest
	}
	name, value, found := strings.Cut(line, ": ")
	require.True(t, found, line)
	*to = append(*to, [2]string{name, value})
}

// path is where a round's ask of the script is found.
func (s script) path(round, ask string) string {
	path := "/" + s.name + "/" + round + "/" + ask
	if s.query != "" {
		path += "?" + s.query
	}
	return path
}

// header is what the origin answers at an instant.
func (s script) header(now time.Time) [][2]string {
	var out [][2]string
	dated := false
	for _, h := range s.answer {
		out = append(out, [2]string{h[0], dates(h[1], now)})
		dated = dated || h[0] == "Date"
	}
	if !dated {
		out = append(out, [2]string{"Date", dates("{0s}", now)})
	}
	return out
}

// dates replaces {+4s} by an HTTP-date.
func dates(value string, now time.Time) string {
	before, rest, found := strings.Cut(value, "{")
	offset, after, _ := strings.Cut(rest, "}")
	d, err := time.ParseDuration(offset)
	if !found || err != nil {
		return value
	}
	return before + now.Add(d).UTC().Format(http.TimeFormat) + after
}

// evaluate asks what the script's answer at an instant says under a profile.
func (s script) evaluate(at time.Time, p policy.Profile) policy.Policy {
	req := policy.Request{URL: s.path("", ""), Header: s.request}
	return policy.Evaluate(req, policy.Response{Status: s.status, Header: s.header(at)}, at, at, p)
}

// excuses are the policies that a server treats as no profile says, by server and policy.
func excuses() map[string]string {
	return map[string]string{
		"nginx accel-over-no-store":                   "before 1.23.3 no-store holds when Cache-Control comes before X-Accel-Expires",
		"squid overflow-int32":                        "a number from 2^31 on overflows",
		"trafficserver authorization-must-revalidate": "it is kept, and validated on every use",
	}
}
