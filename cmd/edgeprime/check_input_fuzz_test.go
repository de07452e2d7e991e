package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func bufferOf(text string) *bufio.Reader {
	return bufio.NewReaderSize(strings.NewReader(text), 64<<10)
}

// fuzzInput holds for any input of a format: no panic, every mistake is a usage error, every answer
// can be judged, and what comes out parses and is printable.
func fuzzInput(f *testing.F, format inputFormat, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := readAll(string(data), "input", format)
		if err != nil {
			require.Equal(t, exitUsage, exitCode(t.Context(), err), err)
		}
		for _, r := range list {
			require.NotNil(t, r.answer.Observation)
			assert.Positive(t, r.place.Line)
		}
		e, stdout, stderr := testEnv("edgeprime", "check", "--headers-from", "-", "--input-format", string(format), "--format", "jsonl", "--launch-at", "+7d", "--preset", "strict")
		e.stdin = bytes.NewReader(data)
		code := e.finish(context.Background(), newApp(e).RunContext(context.Background(), e.argv))
		require.Contains(t, []int{exitReady, exitUsage, exitNotReady, exitInconclusive}, code, stderr)
		if err != nil {
			require.Equal(t, exitUsage, code)
		}
		lines := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
		if stdout.Len() == 0 {
			lines = nil
		}
		require.Len(t, lines, len(list))
		for _, line := range lines {
			require.True(t, json.Valid([]byte(line)), line)
		}
		for _, b := range append(stdout.Bytes(), stderr.Bytes()...) {
			require.True(t, b == '\n' || b >= ' ' && b != 0x7f, "byte %q of the output", b)
		}
	})
}

func FuzzHeaderBlocks(f *testing.F) {
	fuzzInput(f, inputHeaders,
		"HTTP/2 200\ncache-control: public,\n max-age=60, stale-while-revalidate=5\ndate: Tue, 01 Dec 2026 09:00:00 GMT\nage: 3\n\n",
		"# https://www.example.com/a.css\nHTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\nHTTP/1.1 200 OK\r\nVary: *\r\n\r\n#body {\r\n",
		"> GET / HTTP/1.1\n> Host: a.example\n>\n< HTTP/1.1 200 OK\n< Age: 3\n<\n* done\n",
		"CDN-Cache-Control: max-age=60;x\nCache-Status: a; hit; ttl=3, b; fwd=miss\nSet-Cookie: a=b\nExpires: 0\n")
}

func FuzzHAR(f *testing.F) {
	fuzzInput(f, inputHAR,
		`{"log":{"entries":[{"startedDateTime":"2026-12-01T09:00:00Z","timings":{"blocked":-1,"wait":1e308},"request":{"method":"GET","url":"https://a.example/","headers":[{"name":"Accept","value":"*/*"}]},"response":{"status":200,"headers":[{"name":"Age","value":"3\n4"}],"content":{"size":-1},"bodySize":-1}}]}}`,
		`{"log":{"pages":[],"entries":[`, `{}`, `{"log":{"entries":[{}]}}`)
}

func FuzzJSONLines(f *testing.F) {
	fuzzInput(f, inputJSONL,
		`{"id":"a","url":"https://a.example/","method":"GET","status":200,"request_headers":[["Authorization","x"]],"response_headers":[["Cache-Control","s-maxage=\"60\", max-age=99999999999999999999"],["Age","-1"]],"requested_at":1764579600,"received_at":"2026-12-01T09:00:00.5Z","now":253402300799}`,
		`{"id":{"a":1},"url":"::","status":304,"response_headers":[["ETag","\"x"]],"kind":"font","critical":false,"profile":"cloudflare"}`,
		"{}\n{\"status\":599}\n\n")
}
