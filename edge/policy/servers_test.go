package policy_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
)

// The asks, each of an address of its own: at once, before and after the end of a lifetime of 4 s.
const (
	askNow   = "now"
	askFresh = "fresh"
	askStale = "stale"
	askFails = "fails" // as askStale, and the origin fails
	askKeeps = "keeps" // as askStale, and the origin confirms what the cache has
)

// asks are the asks that are predicted, in the order of their times.
func asks() []string { return []string{askNow, askFresh, askStale, askFails} }

// after is when an ask comes, since its cache was filled.
func after(ask string) time.Duration {
	switch ask {
	case askNow:
		return 0
	case askFresh:
		return time.Second
	default:
		return 6500 * time.Millisecond
	}
}

// What a cache does for a request.
const (
	hits      = "hits"      // answers alone
	refreshes = "refreshes" // answers with what it has, and asks the origin behind
	forwards  = "forwards"  // answers with what the origin says
	covers    = "covers"    // answers with what it has, since the origin fails
	fails     = "fails"     // answers with the origin's failure
	validates = "validates" // answers with what it has, after the origin has confirmed it
)

// rounding is how far a cache's clock of whole seconds is off.
const rounding = 1200 * time.Millisecond

// servers are the profiles of the caches that were asked.
func servers() []string {
	return []string{"nginx", "varnish", "squid", "trafficserver", "httpd", "caddy"}
}

// TestServersDidAsPredicted compares predictions with what the real servers did when they were
// last asked; the end-to-end tests ask them.
func TestServersDidAsPredicted(t *testing.T) {
	t.Parallel()
	all := scripts(t)
	for _, name := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			profile, ok := policy.Named(name)
			require.True(t, ok)
			raw, err := os.ReadFile(recordOf(name))
			require.NoError(t, err)
			told, n := tally{}, 0
			for line := range strings.Lines(string(raw)) {
				did := strings.Fields(line)
				require.Len(t, did, len(asks())+2)
				require.Contains(t, all, did[0])
				n++
				told.add(all[did[0]].compare(t, profile, did[1:]))
			}
			assert.Len(t, all, n)
			told.suffices(t, name)
		})
	}
}

// recordOf is the file of what a server did: a policy, what it did for each ask, - where the
// prediction changes about then, and whether it had stored the answer.
func recordOf(server string) string { return "testdata/servers/" + server + ".txt" }

// untold stands in a record for what tells nothing.
const untold = "-"

// isStored is the last word of a record.
func isStored(yes bool) string {
	return map[bool]string{true: "stored", false: "not-stored"}[yes]
}

// tally is how often each thing that a cache does was compared with a prediction.
type tally map[string]int

func (n tally) add(did []string) {
	for _, d := range did {
		n[d]++
	}
}

// enough is how many policies at least must tell of each thing that a cache does.
const enough = 3

// suffices asserts that a server was seen to do everything that a cache does.
func (n tally) suffices(t *testing.T, server string) {
	t.Helper()
	words := []string{hits, forwards, fails, isStored(true), isStored(false)}
	if server == "caddy" {
		words = []string{forwards, fails, isStored(false)}
	}
	for _, word := range words {
		assert.GreaterOrEqual(t, n[word], enough, "%s: %s in %v", server, word, n)
	}
	if server == "caddy" {
		assert.Len(t, n, len(words), "a server without a cache does nothing else: %v", n)
	}
}

// compare asserts that the predictions came true, and that a fact of the profile explains what RFC
// 9111 does not predict; or, for an excused policy, that some did not. It returns what was compared.
func (s script) compare(t *testing.T, profile policy.Profile, did []string) (told []string) {
	t.Helper()
	at := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	p, rfc := s.evaluate(at, profile), s.evaluate(at, policy.RFC9111())
	predicted, byRFC := s.predictions(p), s.predictions(rfc)
	var wrong []string
	for i, d := range did {
		if predicted[i] == untold || d == untold {
			continue
		}
		told = append(told, d)
		if predicted[i] != d {
			wrong = append(wrong, append(asks(), "at the end")[i]+": "+predicted[i]+", not "+d)
		}
		if byRFC[i] != untold && byRFC[i] != d {
			assert.NotEmpty(t, p.Deviations(), "%s differs from RFC 9111 without a fact", s.name)
		}
	}
	if reason, excused := excuses()[profile.Name+" "+s.name]; excused {
		assert.NotEmpty(t, wrong, "%s needs no excuse: %s", s.name, reason)
		return nil
	}
	assert.Empty(t, wrong, "%s: %v %s %v %v", s.name, p.Lifetime, p.Basis, p.Reason, p.CorrectedAge)
	return told
}

// predictions are the words of a record as a policy predicts them.
func (s script) predictions(p policy.Policy) []string {
	var out []string
	for _, ask := range asks() {
		now := p.Received.Add(after(ask))
		if s.telling(ask) && steady(p, ask, now, now) {
			out = append(out, s.predict(p, ask, now))
		} else {
			out = append(out, untold)
		}
	}
	if len(s.again) > 0 {
		return append(out, untold) // another variant is asked for
	}
	return append(out, isStored(p.Storable))
}

// telling reports whether an ask tells something: not whether the origin fails when it always does.
func (s script) telling(ask string) bool { return s.status < 500 || after(ask) <= after(askFresh) }

// steady reports whether the prediction is the same from begin to end, give or take the rounding.
func steady(p policy.Policy, ask string, begin, end time.Time) bool {
	first, last := begin.Add(-rounding), end.Add(rounding)
	if first.Before(p.Received) {
		first = p.Received
	}
	return p.State(first) == p.State(last) && (ask != askFails || p.ServesOnError(first) == p.ServesOnError(last))
}

// predict tells what the cache will do at an instant.
func (s script) predict(p policy.Policy, ask string, now time.Time) string {
	state := p.State(now)
	switch {
	case len(s.again) > 0 && ask == askFails:
		return fails // another variant is asked for
	case len(s.again) > 0:
		return forwards
	case state == policy.StateFresh:
		return hits
	case ask == askFails && (state == policy.StateSWR || p.ServesOnError(now)):
		return covers
	case ask == askFails:
		return fails
	case state == policy.StateSWR:
		return refreshes
	}
	return forwards
}
