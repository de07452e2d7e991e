//go:build e2e && unix

package policy_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/fixtures/stack"
)

// record writes anew what the servers do.
var record = flag.Bool("record", false, "write testdata/servers anew")

// rounds is how often a script is tried when the machine was too slow to tell.
const rounds = 4

// TestServersDoAsPredicted compares what policies predict under a server's profile with what the
// server then does, and what its answers say about themselves with the origin's counter.
func TestServersDoAsPredicted(t *testing.T) {
	t.Parallel()
	for _, name := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, stack.Software(name))
			left := slices.Sorted(maps.Keys(b.origin.scripts))
			for round := 1; len(left) > 0; round++ {
				require.LessOrEqual(t, round, rounds, "the machine is too slow to tell: %v", left)
				trials := b.try(t, strconv.Itoa(round), left)
				left = nil
				for _, tr := range trials {
					if !tr.judge(t, b) {
						left = append(left, tr.script.name)
					}
				}
			}
			b.told.suffices(t, name)
			t.Log(b.told, "for", len(b.origin.scripts), "policies")
			if *record {
				text := strings.Join(slices.Sorted(maps.Values(b.did)), "")
				require.NoError(t, os.WriteFile(recordOf(name), []byte(text), 0o600))
			}
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

// judge compares a trial with the prediction; false when the machine was too slow to tell.
func (tr trial) judge(t *testing.T, b *bench) bool {
	t.Helper()
	var did []string
	kept := false
	for i, ask := range asks() {
		a, p := tr.answered[ask], tr.evaluate(ask, b.profile)
		did = append(did, tr.did(ask))
		conditional := len(tr.second[ask]) > 0 && tr.second[ask][0].conditional
		kept = kept || conditional || did[i] != forwards && did[i] != fails
		if tr.script.predictions(p)[i] == untold {
			did[i] = untold
		} else if !steady(p, ask, a.begin, a.end) {
			return false
		}
	}
	did = append(did, isStored(kept))
	b.did[tr.script.name] = fmt.Sprintf("%-32s %s\n", tr.script.name, strings.Join(did, " "))
	b.told.add(tr.script.compare(t, b.profile, did))
	for _, ask := range append(asks(), askKeeps) {
		if tr.script.telling(ask) {
			b.checkStatus(t, tr, ask, tr.did(ask), tr.evaluate(ask, b.profile))
		}
	}
	return true
}

// evaluate asks what the answer that filled the cache says under a profile.
func (tr trial) evaluate(ask string, p policy.Profile) policy.Policy {
	return tr.script.evaluate(tr.first[ask].at, p)
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
