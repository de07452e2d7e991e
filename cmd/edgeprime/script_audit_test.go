package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgeprime/edgeprime/fixtures/meter"
)

// originLog writes what the origin's meter saw as an nginx access log with request times, and beside
// it, as NAME.combined, without anything that only edgeprime sends: originlog NAME.
func (s *worlds) originLog(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: originlog NAME")
	}
	s.mu.Lock()
	records := s.of[ts].Origin.Records()
	s.mu.Unlock()
	full, combined := accessLog(records)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(full), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".combined"), []byte(combined), 0o600))
}

// accessLog is what a meter saw as an nginx access log, with run and times and without.
func accessLog(records []meter.Record) (full, combined string) {
	var whole, short strings.Builder
	for _, r := range records {
		line := fmt.Sprintf(`127.0.0.1 - - [%s] "%s %s HTTP/1.1" %d %d "-" `,
			r.End.Format("02/Jan/2006:15:04:05 -0700"), r.Method, r.URI, r.Status, r.Bytes)
		fmt.Fprintf(&whole, "%s%q %q %q %d.%06d %.6f\n", line, r.UserAgent, r.Run, r.AcceptEncoding,
			r.End.Unix(), r.End.Nanosecond()/1000, r.End.Sub(r.Start).Seconds())
		short.WriteString(line + "\"Amazon CloudFront\"\n")
	}
	return whole.String(), short.String()
}
