package main

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/fixtures/world"
	"github.com/edgeprime/edgeprime/report"
)

// scriptReport reads a JSON report of a script.
func scriptReport(ts *testscript.TestScript, file string) *report.Report {
	r, err := report.Read(strings.NewReader(ts.ReadFile(file)))
	ts.Check(err)
	return r
}

// judged checks verdict and exit code of a report: judged FILE "NOT READY" 3.
func judged(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: judged FILE VERDICT")
	}
	r := scriptReport(ts, args[0])
	if string(r.Verdict) != args[1] || r.ExitCode != r.Verdict.ExitCode() {
		ts.Fatalf("verdict %s, exit code %d, not %s", r.Verdict, r.ExitCode, args[1])
	}
}

// found checks that a rule found exactly the cells of a URL path at the vantages, and that no other
// rule failed but those behind "besides": found FILE TTL001 /css/main.css us-east,eu-west besides EDGE001.
func found(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 4 {
		ts.Fatalf("usage: found FILE RULE PATH VANTAGES [besides RULE...]")
	}
	r, besides := scriptReport(ts, args[0]), args[4:]
	seen := false
	for _, rule := range r.Rules {
		failing := rule.Severity == lint.Blocker || rule.Severity == lint.Error
		switch {
		case rule.Rule == args[1]:
			seen = true
			checkCells(ts, rule, args[2], strings.Split(args[3], ","))
		case failing && !slices.Contains(besides, rule.Rule):
			ts.Fatalf("%s failed too: %+v", rule.Rule, rule.Cells)
		}
	}
	if !seen {
		ts.Fatalf("no finding of %s: %v", args[1], r.Reasons)
	}
}

func checkCells(ts *testscript.TestScript, rule report.RuleFindings, path string, vantages []string) {
	var got []string
	for _, cell := range rule.Cells {
		if path != "*" && !strings.HasSuffix(cell.URL, path) {
			ts.Fatalf("%s names %s", rule.Rule, cell.URL)
		}
		if !slices.Contains(got, cell.Vantage) {
			got = append(got, cell.Vantage)
		}
	}
	slices.Sort(got)
	slices.Sort(vantages)
	if !slices.Equal(got, vantages) {
		ts.Fatalf("%s names %v, not %v", rule.Rule, got, vantages)
	}
}

// lacking checks that exactly one vantage lacks evidence, for a reason, and that nothing is proven:
// lacking FILE eu-west "bot protection".
func lacking(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: lacking FILE VANTAGE REASON")
	}
	r := scriptReport(ts, args[0])
	if len(r.Missing) != 1 || r.Missing[0].Vantage != args[1] || !strings.Contains(r.Missing[0].Reason, args[2]) {
		ts.Fatalf("missing is %+v", r.Missing)
	}
	if r.Missing[0].Total != r.Scope.Critical || r.Scope.Critical == 0 {
		ts.Fatalf("%d of %d critical cells are missing", r.Missing[0].Total, r.Scope.Critical)
	}
	for _, rule := range r.Rules {
		if rule.Severity == lint.Blocker || rule.Severity == lint.Error {
			ts.Fatalf("%s failed: %+v", rule.Rule, rule.Cells)
		}
	}
}

// steadied writes a report without what differs from run to run, times above all, and without how often
// an edge was asked in all, since shares do not ask launch pages again: steadied IN OUT.
func steadied(ts *testscript.TestScript, _ bool, args []string) {
	r := scriptReport(ts, args[0])
	r.Launch, r.Run, r.Method, r.Reasons, r.Actual.Duration = report.Launch{}, report.RunInfo{}, nil, nil, 0
	r.Origin = report.Load{Limits: r.Origin.Limits, Requests: r.Origin.Requests, Errors: r.Origin.Errors}
	r.Actual.Requests, r.Actual.Bytes = 0, 0
	for i, v := range r.Vantages {
		v.Address, v.TTFBHit, v.TTFBMiss = "", report.Times{Count: v.TTFBHit.Count}, report.Times{Count: v.TTFBMiss.Count}
		r.Vantages[i] = v
	}
	ts.Check(writeJSON(ts.MkAbs(args[1]), r))
}

// worlds are the running worlds of scripts.
type worlds struct {
	mu sync.Mutex
	of map[*testscript.TestScript]*world.World
}

// start starts a world and writes its launch file, edgeprime.yaml: world [DELAY].
func (s *worlds) start(ts *testscript.TestScript, _ bool, args []string) {
	options := world.Options{}
	if len(args) == 1 {
		delay, err := time.ParseDuration(args[0])
		ts.Check(err)
		options.Delay = delay
	}
	w, err := world.Start(context.Background(), options)
	ts.Check(err)
	ts.Defer(func() { ts.Check(w.Close()) })
	file, err := demoFile(w, "readiness", time.Now())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("edgeprime.yaml"), []byte(file), 0o600))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of[ts] = w
}

// load checks the origin's own meter: load FILLS RPS INFLIGHT are the most that it may have seen, and
// no URL and variant may have been filled more than once.
func (s *worlds) load(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: load FILLS RPS INFLIGHT")
	}
	s.mu.Lock()
	m := s.of[ts].Origin
	s.mu.Unlock()
	for i, got := range []int{m.Count(), m.PeakStarts(time.Second), m.MaxInFlight()} {
		most, err := strconv.Atoi(args[i])
		ts.Check(err)
		if got > most || got == 0 {
			ts.Fatalf("%s: the origin saw %d, not 1 to %d", []string{"fills", "a second", "in flight"}[i], got, most)
		}
	}
	for fill, n := range m.Fills() {
		if n > 1 {
			ts.Fatalf("%+v was filled %d times", fill, n)
		}
	}
}

// cold empties the cache of a region's edge: cold eu-west.
func (s *worlds) cold(ts *testscript.TestScript, _ bool, args []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.of[ts].Edges[args[0]].PurgeAll(); n == 0 {
		ts.Fatalf("%s was cold already", args[0])
	}
}
