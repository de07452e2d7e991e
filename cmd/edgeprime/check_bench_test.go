package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkCheckRecorded is the whole command with its start, on 1,000 recorded answers: typical
// headers of assets under several caches, all rules that recorded answers decide.
func BenchmarkCheckRecorded(b *testing.B) {
	const answers = 1000
	caches := []string{`["CF-Cache-Status","HIT"],["CF-Ray","8f1a2b3c4d5e6f70-FRA"]`, `["X-Cache","Hit from cloudfront"],["X-Amz-Cf-Pop","FRA56-P1"]`, `["Cache-Status","FRA; hit; ttl=86000"]`}
	var in strings.Builder
	for i := range answers {
		fmt.Fprintf(&in, `{"id":%d,"url":"https://www.example.com/assets/app.%08x.css","method":"GET","status":200,"request_headers":[["Accept-Encoding","gzip"]],"response_headers":[["Date","Tue, 01 Dec 2026 09:00:00 GMT"],["Content-Type","text/css"],["Content-Encoding","gzip"],["Content-Length","4711"],["Vary","Accept-Encoding"],["ETag","\"%d\""],["Cache-Control","public, max-age=31536000, immutable"],["Age","120"],%s],"received_at":"2026-12-01T09:02:00Z","now":"2026-12-01T09:03:00Z"}`+"\n",
			i, i*7919+1<<24, i, caches[i%len(caches)])
	}
	for _, format := range []string{"jsonl", "text", "sarif"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				var stdout, stderr bytes.Buffer
				argv := []string{"edgeprime", "check", "--headers-from", "-", "--format", format, "--preset", "static-only", "--fail-on", "never", "--launch-at", "+7d"}
				code := run(context.Background(), argv, strings.NewReader(in.String()), &stdout, &stderr)
				require.NotEqual(b, exitUsage, code, stderr.String())
				require.NotZero(b, stdout.Len())
			}
		})
	}
}
