package origin

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testRun = "20261201T140000123Z-7f3a90c1"

func read(t *testing.T, log string) (entries []LogEntry, bad []BadLine, lines int) {
	t.Helper()
	lines, err := ReadAccessLog(strings.NewReader(log), "log", func(e LogEntry) { entries = append(entries, e) }, func(b BadLine) { bad = append(bad, b) })
	require.NoError(t, err)
	return entries, bad, lines
}

func TestAccessLogFormats(t *testing.T) {
	second := time.Date(2026, 12, 1, 14, 0, 5, 0, time.UTC)
	base := LogEntry{At: second, Resolution: time.Second, Method: "GET", URI: "/a?b=1", Status: 200}
	with := func(change func(*LogEntry)) LogEntry {
		e := base
		change(&e)
		return e
	}
	agent := func(e *LogEntry) { e.UserAgent, e.Agented = "edgeprime/1.0 (+https://x)", true }
	full := func(e *LogEntry) {
		agent(e)
		e.Run, e.AcceptEncoding = testRun, "gzip, br"
		e.Stamp, e.Timed, e.Duration, e.DurationStep = StampEnd, true, 12*time.Millisecond, time.Millisecond
	}
	const combined = `192.0.2.1 - - [01/Dec/2026:15:00:05 +0100] "GET /a?b=1 HTTP/1.1" 200 512 "-" "edgeprime/1.0 (+https://x)"`
	for name, c := range map[string]struct {
		line string
		want LogEntry
	}{
		"common":         {`192.0.2.1 - frank [01/Dec/2026:14:00:05 +0000] "GET /a?b=1 HTTP/1.0" 200 -`, base},
		"combined":       {combined, with(agent)},
		"virtual host":   {"www.example:443 " + combined, with(func(e *LogEntry) { agent(e); e.Host = "www.example:443" })},
		"varnishncsa":    {`192.0.2.1 - - [01/Dec/2026:14:00:05 +0000] "GET http://www.example/a?b=1 HTTP/1.1" 200 512 "-" "edgeprime/1.0 (+https://x)"`, with(func(e *LogEntry) { agent(e); e.Host = "www.example" })},
		"nginx appended": {combined + ` "` + testRun + `" "gzip, br" 0.012`, with(full)},
		"nginx msec": {combined + ` "` + testRun + `" "gzip, br" 1796133605.250 0.012`, with(func(e *LogEntry) {
			full(e)
			e.At, e.Resolution = second.Add(250*time.Millisecond), time.Millisecond
		})},
		"apache fraction": {strings.Replace(combined, "05 +0100", "05.250 +0100", 1) + " 12034", with(func(e *LogEntry) {
			agent(e)
			e.At, e.Resolution = second.Add(250*time.Millisecond), time.Millisecond
		})},
		"caddy": {`{"level":"info","ts":1796133605.250001,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"192.0.2.1","proto":"HTTP/1.1","method":"GET","host":"www.example","uri":"/a?b=1","headers":{"User-Agent":["edgeprime/1.0 (+https://x)"],"Edgeprime-Run":["` + testRun + `"],"Accept-Encoding":["gzip, br"]}},"bytes_read":0,"duration":0.012000001,"size":512,"status":200}`, with(func(e *LogEntry) {
			full(e)
			e.Host, e.At, e.Resolution = "www.example", second.Add(250001*time.Microsecond), time.Microsecond
			e.Duration, e.DurationStep = 12000001, 1
		})},
		"envoy": {`{"start_time":"2026-12-01T14:00:05.250Z","method":"GET","path":"/a?b=1","protocol":"HTTP/1.1","response_code":200,"duration":12,"authority":"www.example","user_agent":"edgeprime/1.0 (+https://x)"}`, with(func(e *LogEntry) {
			full(e)
			e.Host, e.At, e.Resolution = "www.example", second.Add(250*time.Millisecond), time.Millisecond
			e.Run, e.AcceptEncoding, e.Stamp = "", "", StampStart
		})},
		"nginx json":                      {`{"time_iso8601":"2026-12-01T14:00:05+00:00","request":"GET /a?b=1 HTTP/1.1","status":"200","request_time":"0.012","http_user_agent":"edgeprime/1.0 (+https://x)","http_edgeprime_run":"` + testRun + `","http_accept_encoding":"gzip, br"}`, with(full)},
		"refused before it was a request": {`192.0.2.1 - - [01/Dec/2026:14:00:05 +0000] "\x16\x03\x01" 400 157`, with(func(e *LogEntry) { e.Method, e.URI, e.Status = "-", "-", 400 })},
	} {
		t.Run(name, func(t *testing.T) {
			got, bad, lines := read(t, c.line+"\n")
			assert.Empty(t, bad)
			assert.Equal(t, 1, lines)
			require.Len(t, got, 1)
			assert.True(t, c.want.At.Equal(got[0].At), "%s", got[0].At)
			got[0].At = c.want.At
			assert.Equal(t, c.want, got[0])
		})
	}
}

func TestAccessLogBadLines(t *testing.T) {
	good := `h - - [01/Dec/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 1`
	log := strings.Join([]string{
		good, "\x00\x1b[31m", strings.Repeat("x", 3*MaxLogLine), `h - - [99/Foo/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 1`,
		`{"ts":`, `{"ts":"1e99","request":{"method":"GET","uri":"/"}}`, `h - - [01/Dec/2026:14:00:05 +0000] "GET`,
		`{"ts":1796133605,"duration":"-3s","method":"GET","path":"/"}`, good,
	}, "\n")
	got, bad, lines := read(t, log)
	assert.Len(t, got, 2)
	assert.Equal(t, 9, lines)
	var at []int
	for _, b := range bad {
		at = append(at, b.Line)
		assert.NotContains(t, b.Reason, "\x1b")
	}
	assert.Equal(t, []int{2, 3, 4, 5, 6, 7, 8}, at)
	assert.Equal(t, "longer than 65536 bytes", bad[1].Reason)
}

func TestAccessLogGzip(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(`h - - [01/Dec/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 1`))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	whole := b.String()
	got, _, _ := read(t, whole)
	assert.Len(t, got, 1)
	_, err = ReadAccessLog(strings.NewReader(whole[:len(whole)-4]), "log", func(LogEntry) {}, func(BadLine) {})
	assert.ErrorContains(t, err, "log: after line")
}

func FuzzAccessLog(f *testing.F) {
	f.Add([]byte(`h - - [01/Dec/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 1 "-" "a\"b" "` + testRun + `" 0.001`))
	f.Add([]byte(`{"ts":1796133605.25,"request":{"method":"GET","uri":"/","headers":{"User-Agent":["x"]}},"duration":0.1,"status":200}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		told := 0
		lines, err := ReadAccessLog(bytes.NewReader(data), "log", func(e LogEntry) {
			told++
			assert.Positive(t, e.Resolution)
			assert.GreaterOrEqual(t, e.Duration, time.Duration(0))
			assert.NotEmpty(t, e.URI)
		}, func(BadLine) { told++ })
		if err == nil {
			assert.LessOrEqual(t, told, lines)
		}
	})
}
