//go:build e2e && unix

package policy_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/fixtures/stack"
)

// The asks, each of an address of its own: at once, before and after the end of a lifetime of 4 s.
const (
	askNow   = "/now"
	askFresh = "/fresh"
	askStale = "/stale"
	askFails = "/fails" // as askStale, and the origin fails
	askKeeps = "/keeps" // as askStale, and the origin confirms what the cache has
)

// asks are in the order of their times.
func asks() []string { return []string{askNow, askFresh, askStale, askFails, askKeeps} }

// after is when an ask comes, since its cache was filled.
func after(ask string) time.Duration {
	switch ask {
	case askNow:
		return 0
	case askFresh:
		return 2 * time.Second
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

// rounds is how often a script is tried when the machine was too slow to tell.
const rounds = 4

// TestServersDoAsPredicted compares what policies predict under a server's profile with what the
// server then does, and what its answers say about themselves with the origin's counter.
func TestServersDoAsPredicted(t *testing.T) {
	t.Parallel()
	for _, software := range []stack.Software{stack.Nginx, stack.Varnish, stack.Squid, stack.TrafficServer, stack.Httpd, stack.Caddy} {
		t.Run(string(software), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, software)
			left := slices.Sorted(maps.Keys(b.origin.scripts))
			told := 0
			for round := 1; len(left) > 0; round++ {
				require.LessOrEqual(t, round, rounds, "the machine is too slow to tell: %v", left)
				trials := b.try(t, strconv.Itoa(round), left)
				left = nil
				for _, tr := range trials {
					n, conclusive := b.judge(t, tr)
					told += n
					if !conclusive {
						left = append(left, tr.script.name)
					}
				}
			}
			assert.Greater(t, told, 3*len(b.origin.scripts), "most asks tell something")
			t.Log(told, "asks compared for", len(b.origin.scripts), "policies")
		})
	}
}

// trial is one script asked in all ways.
type trial struct {
	script   script
	first    map[string]exchange // the request that filled the cache, by ask
	answered map[string]answer
	second   map[string][]exchange // what the origin was asked afterwards
}

// judge compares a trial with the prediction and returns how many asks told something; false when
// one came so late that it tells nothing.
func (b *bench) judge(t *testing.T, tr trial) (told int, conclusive bool) {
	t.Helper()
	excuse, excused := excuses()[string(b.software)+" "+tr.script.name]
	agree, stored := true, false
	var p policy.Policy
	for _, ask := range asks() {
		if tr.script.status >= 500 && after(ask) > after(askFresh) {
			continue // the origin's usual answer is a failure
		}
		p = tr.evaluate(ask, b.profile)
		if !steady(p, ask, p.Received.Add(after(ask)), p.Received.Add(after(ask))) {
			continue // the prediction changes about then
		}
		a := tr.answered[ask]
		if !steady(p, ask, a.begin, a.end) {
			return told, false
		}
		did := tr.did(ask)
		b.checkStatus(t, tr, ask, did, p)
		told++
		if ask == askKeeps {
			continue // whether the cache asks for a confirmation is not predicted
		}
		want := tr.predict(p, ask, a.end)
		agree = agree && did == want
		if !excused {
			assert.Equal(t, want, did, "%s%s: %v %s %v %v", tr.script.name, ask, p.Lifetime, p.Basis, p.Reason, p.CorrectedAge)
			rfc := tr.evaluate(ask, policy.RFC9111())
			if steady(rfc, ask, a.begin, a.end) && tr.predict(rfc, ask, a.end) != did {
				assert.NotEmpty(t, p.Deviations(), "%s%s differs from RFC 9111 for no reason", tr.script.name, ask)
			}
		}
		stored = stored || did != forwards && did != fails || len(tr.second[ask]) > 0 && tr.second[ask][0].conditional
	}
	agree = agree && stored == p.Storable
	if excused {
		assert.False(t, agree, "%s needs no excuse any more: %s", tr.script.name, excuse)
	} else if told > 0 && len(tr.script.again) == 0 {
		assert.Equal(t, p.Storable, stored, "%s: stored; %s", tr.script.name, p.Reason)
	}
	return told, true
}

// evaluate asks what the answer that filled the cache says under a profile.
func (tr trial) evaluate(ask string, p policy.Profile) policy.Policy {
	e := tr.first[ask]
	req := policy.Request{URL: tr.script.path("", ask), Header: tr.script.request}
	return policy.Evaluate(req, policy.Response{Status: max(tr.script.status, 200), Header: e.header}, e.at, e.at, p)
}

// steady reports whether the prediction is the same from begin to end, give or take the rounding.
func steady(p policy.Policy, ask string, begin, end time.Time) bool {
	first, last := begin.Add(-rounding), end.Add(rounding)
	if first.Before(p.Received) {
		first = p.Received
	}
	return p.State(first) == p.State(last) && (ask != askFails || p.ServesOnError(first) == p.ServesOnError(last))
}

// predict tells what the cache will do at an instant.
func (tr trial) predict(p policy.Policy, ask string, now time.Time) string {
	state := p.State(now)
	switch {
	case len(tr.script.again) > 0 && ask == askFails:
		return fails // another variant is asked for
	case len(tr.script.again) > 0:
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

// did tells what the cache did.
func (tr trial) did(ask string) string {
	a, asked := tr.answered[ask], len(tr.second[ask]) > 0
	switch {
	case a.version == "1" && !asked:
		return hits
	case a.version == "1" && ask == askFails:
		return covers
	case a.version == "1" && ask == askKeeps:
		return validates
	case a.version == "1":
		return refreshes
	case a.version == "2":
		return forwards
	}
	return fails
}
