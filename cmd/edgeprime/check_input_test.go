package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inputNow is when inputs of tests are judged that do not say it themselves.
var inputNow = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

// readAll reads all recordings of a text, up to the error that ends them.
func readAll(text, file string, format inputFormat) (list []recording, err error) {
	for r, err := range readRecordings(strings.NewReader(text), file, format, inputNow) {
		if err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

// said writes a recording down: id, line, method, URL, status, kind, header, instants behind
// inputNow in seconds, and the failure.
func said(r recording) string {
	o := r.answer.Observation
	header := make([]string, len(o.Header))
	for i, pair := range o.Header {
		header[i] = pair[0] + "=" + pair[1]
	}
	var sent strings.Builder
	for _, pair := range o.Sent {
		sent.WriteString(" >" + pair[0] + "=" + pair[1])
	}
	line := fmt.Sprintf("%s@%d %s %s %d %s%s [%s]", r.id, r.place.Line, r.answer.Method, o.URL, o.Status, r.answer.Asset.Kind, sent.String(), strings.Join(header, "|"))
	if r.failure != "" {
		line += " !" + r.failure
	}
	return line
}

func saidAll(list []recording) (lines []string) {
	for _, r := range list {
		lines = append(lines, said(r))
	}
	return lines
}

func TestHeaderBlocks(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":        {"", nil},
		"only remarks":   {"# a remark\n\n# https://a.example/\n", nil},
		"header alone":   {"Cache-Control: max-age=60\nAge: 3", []string{"1@1 GET  200 data [Cache-Control=max-age=60|Age=3]"}},
		"status line":    {"HTTP/1.1 404 Not Found\r\nAge: 3\r\n\r\n", []string{"1@1 GET  404 data [Age=3]"}},
		"HTTP/2, a name": {"# url: https://a.example/x.css\nHTTP/2 200\nage: 3\n", []string{"1@2 GET https://a.example/x.css 200 stylesheet [age=3]"}},
		"byte order mark": {
			"\ufeffHTTP/2 200\nage: 3\n", []string{"1@1 GET  200 data [age=3]"},
		},
		"no final line feed, several blocks": {
			"Age: 1\n\n\nAge: 2\n\nAge: 3",
			[]string{"1@1 GET  200 data [Age=1]", "2@4 GET  200 data [Age=2]", "3@6 GET  200 data [Age=3]"},
		},
		"folded": {
			"HTTP/1.1 200 OK\nCache-Control: public,\n\t max-age=60  \nAge: 3\n", []string{"1@1 GET  200 data [Cache-Control=public, max-age=60|Age=3]"},
		},
		"latin-1, empty value, colon in the value": {
			"X-Name: J\xfcrg\nEmpty:\nLink: <https://a.example/>\n", []string{"1@1 GET  200 data [X-Name=J\xfcrg|Empty=|Link=<https://a.example/>]"},
		},
		"interim answers and a proxy's": {
			"HTTP/1.1 200 Connection established\nVia: x\n\nHTTP/1.1 103 Early Hints\nLink: </a.css>\n\nHTTP/1.1 200 OK\nAge: 3\n",
			[]string{"1@7 GET  200 data [Age=3]"},
		},
		"redirects, as curl -L writes them": {
			"# https://a.example/x\nHTTP/2 301\nlocation: /y/\n\nHTTP/2 200\ncontent-type: text/html\n\n",
			[]string{"1@2 GET https://a.example/x 301 data [location=/y/]", "2@5 GET https://a.example/y/ 200 document [content-type=text/html]"},
		},
		"a body, as curl -i writes it": {
			"HTTP/2 200\nage: 3\n\n#main {\n  color: red\n}\n\nGET to the point\nHTTP/1.1 is text\n# not https\nno header\x00\n\nHTTP/2 200\nage: 4\n",
			[]string{"1@1 GET  200 data [age=3]", "2@13 GET  200 data [age=4]"},
		},
		"the next URL behind a body": {
			"# https://a.example/\nHTTP/2 200\nage: 3\n\n<p>\n# https://b.example/\nHTTP/2 200\nage: 4\n",
			[]string{"1@2 GET https://a.example/ 200 document [age=3]", "2@7 GET https://b.example/ 200 document [age=4]"},
		},
		"requests": {
			"HEAD /x.js HTTP/1.1\nHost: a.example\nAccept-Encoding: gzip\n\nHTTP/1.1 200 OK\nAge: 3\n\n\nGET http://b.example/ HTTP/1.1\n\nHTTP/1.1 200 OK\nAge: 4\n",
			[]string{
				"1@5 HEAD https://a.example/x.js 200 script >Host=a.example >Accept-Encoding=gzip [Age=3]",
				"2@11 GET http://b.example/ 200 document [Age=4]",
			},
		},
		"a request that a remark has named": {
			"# http://a.example/x.js\nGET /x.js HTTP/1.1\nHost: a.example\n\nHTTP/1.1 200 OK\nAge: 3\n",
			[]string{"1@5 GET http://a.example/x.js 200 script >Host=a.example [Age=3]"},
		},
		"a body that begins like a request": {
			"HTTP/2 200\nage: 3\n\nGET /x HTTP/1.1\nis a line of text\n\nHTTP/2 200\nage: 4\n",
			[]string{"1@1 GET  200 data [age=3]", "2@7 GET  200 data [age=4]"},
		},
		"a body that quotes a request": {
			"HTTP/2 200\nage: 3\n\ntext\nGET /x HTTP/1.1\nHost: b.example\n\nHTTP/2 200\nage: 4\n",
			[]string{"1@1 GET  200 data [age=3]", "2@8 GET  200 data [age=4]"},
		},
		"curl -v": {
			"* Connected to a.example\n> GET /x.js HTTP/2\n> Host: a.example\n>\n{ [5 bytes data]\n< HTTP/2 200\n< age: 3\n<\n{ [100 bytes data]\n* Connection left intact\n",
			[]string{"1@6 GET https://a.example/x.js 200 script >Host=a.example [age=3]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := readAll(tt.in, "h.txt", "")
			require.NoError(t, err)
			assert.Equal(t, tt.want, saidAll(list))
		})
	}
}

func TestHARFiles(t *testing.T) {
	const head = `{"log":{"version":"1.2","creator":{"name":"x","x":[{"entries":[]}]},"entries":[`
	entry := func(rest string) string {
		return `{"startedDateTime":"2026-12-01T09:00:00.000Z","time":9,"request":{"method":"GET","url":"https://a.example/a.png","headers":[{"name":":path","value":"/"},{"name":"Accept","value":"*/*"}]},` + rest + `}`
	}
	answer := func(status int) string {
		return fmt.Sprintf(`"response":{"status":%d,"headers":[{"name":"Age","value":"3"},{"name":"Set-Cookie","value":"a=1\nb=2"}],"content":{"size":7},"bodySize":5,"_error":"net::ERR_FAILED"}`, status)
	}
	for name, tt := range map[string]struct {
		in   string
		want []string
	}{
		"no entry": {head + `]}}`, nil},
		"entries, the second of a style sheet, and one that no server answered": {
			head + "\n" + entry(answer(200)) + ",\n" + entry(`"_resourceType":"stylesheet",`+answer(404)) + ",\n" + strings.ReplaceAll(entry(answer(200)), "https:", "data:") + "]}}",
			[]string{
				"1@2 GET https://a.example/a.png 200 image >Accept=*/* [Age=3|Set-Cookie=a=1|Set-Cookie=b=2]",
				"2@3 GET https://a.example/a.png 404 stylesheet >Accept=*/* [Age=3|Set-Cookie=a=1|Set-Cookie=b=2]",
			},
		},
		"no answer": {
			head + entry(answer(0)) + "]}}",
			[]string{"1@1 GET https://a.example/a.png 0 image >Accept=*/* [Age=3|Set-Cookie=a=1|Set-Cookie=b=2] !there was no answer net::ERR_FAILED"},
		},
		"the browser's own cache": {
			"\ufeff" + head + entry(`"_fromCache":"disk",`+answer(200)) + "]}}",
			[]string{"1@1 GET https://a.example/a.png 200 image >Accept=*/* [Age=3|Set-Cookie=a=1|Set-Cookie=b=2] !the browser took it from its own cache, and asked no server"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := readAll(tt.in, "x", "")
			require.NoError(t, err)
			assert.Equal(t, tt.want, saidAll(list))
			for _, r := range list {
				assert.Equal(t, inputNow, r.answer.Now)
				assert.EqualValues(t, 7, r.answer.Observation.Bytes)
				assert.EqualValues(t, 5, r.answer.Observation.WireBytes)
			}
		})
	}

	list, err := readAll(head+`{"time":9,"timings":{"blocked":-1,"dns":1000,"connect":-1,"send":1000,"wait":3000},"request":{"url":"https://a.example/"},"response":{"status":200}}]}}`, "x", "")
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, inputNow.Add(2*time.Second), list[0].answer.Observation.At, "without an instant of its own, from now on")
	assert.Equal(t, inputNow.Add(5*time.Second), list[0].answer.Now, "an answer is judged when its header has come")
}

func TestJSONLines(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want []string
	}{
		"empty lines and a byte order mark": {"\ufeff\n\n{\"status\":200}\n\n", []string{"1@3 GET  200 data []"}},
		"all keys": {
			`{"id":"home","url":"https://a.example/","method":"HEAD","status":200,"request_headers":[["Accept","*/*"]],"response_headers":[["Age","3"],["Age","4"]],"kind":"script","x":1}`,
			[]string{"home@1 HEAD https://a.example/ 200 script >Accept=*/* [Age=3|Age=4]"},
		},
		"ids":             {"{\"id\":7,\"status\":200}\n{\"id\":null,\"status\":200}", []string{"7@1 GET  200 data []", "2@2 GET  200 data []"}},
		"no status":       {`{"url":"https://a.example/"}`, []string{"1@1 GET https://a.example/ 0 document [] !status 0 is none of HTTP's: there is no answer to judge"}},
		"a strange value": {`{"status":200,"response_headers":[["X","a\u0000\u001b[31m\n"]]}`, []string{"1@1 GET  200 data [X=a\x00\x1b[31m\n]"}},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := readAll(tt.in, "x", inputJSONL)
			require.NoError(t, err)
			assert.Equal(t, tt.want, saidAll(list))
		})
	}
}

func TestInstantsOfALine(t *testing.T) {
	at := func(s float64) time.Time { return inputNow.Add(time.Duration(s * float64(time.Second))) }
	unix := strconv.FormatInt(inputNow.Unix(), 10)
	for in, want := range map[string][3]time.Time{
		``:                                      {at(0), at(0), at(0)},
		`"now":"2026-12-01T10:00:09+01:00"`:     {at(9), at(9), at(9)},
		`"now":` + unix + `.25`:                 {at(.25), at(.25), at(.25)},
		`"received_at":"2026-12-01T09:00:05Z"`:  {at(5), at(5), at(5)},
		`"requested_at":"2026-12-01T09:00:05Z"`: {at(5), at(5), at(5)},
		`"requested_at":` + unix + `,"received_at":` + unix + `.5,"now":"2026-12-01T09:01:00Z"`: {at(0), at(.5), at(60)},
		`"requested_at":"2026-12-01T09:00:05Z","received_at":` + unix:                           {at(0), at(0), at(0)},
		`"now":null`: {at(0), at(0), at(0)},
	} {
		text := `{"status":200}`
		if in != "" {
			text = `{"status":200,` + in + `}`
		}
		list, err := readAll(text, "x", "")
		require.NoError(t, err, in)
		require.Len(t, list, 1, in)
		o := list[0].answer.Observation
		received := o.At.Add(time.Duration(o.Timing.TTFB * float64(time.Millisecond)))
		for i, got := range []time.Time{o.At, received, list[0].answer.Now} {
			assert.WithinDuration(t, want[i], got, 0, "%s: instant %d", in, i)
		}
	}
}

// TestBadInputs holds that every mistake is a usage error that names the place and the next step.
func TestArrival(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		header [][2]string
		ago    time.Duration
	}{
		"no Date":                 {nil, 0},
		"an old Date":             {[][2]string{{"Date", "Mon, 30 Nov 2026 09:00:00 GMT"}}, 24 * time.Hour},
		"a copy's Date":           {[][2]string{{"Date", "Mon, 30 Nov 2026 09:00:00 GMT"}, {"Age", "3600"}}, 23 * time.Hour},
		"a copy of now":           {[][2]string{{"Date", "Tue, 01 Dec 2026 08:59:00 GMT"}, {"Age", "3600"}}, 0},
		"a Date to come":          {[][2]string{{"Date", "Wed, 02 Dec 2026 09:00:00 GMT"}}, 0},
		"a Date that is no date":  {[][2]string{{"Date", "yesterday"}}, 0},
		"an Age that is no count": {[][2]string{{"Date", "Mon, 30 Nov 2026 09:00:00 GMT"}, {"Age", "old"}}, 24 * time.Hour},
	} {
		assert.Equal(t, row.ago, now.Sub(arrival(row.header, now)), name)
	}
}

func TestBadInputs(t *testing.T) {
	for _, tt := range []struct {
		name, file, in string
		want           string
		kept           int // answers in front of the mistake
	}{
		{"no header line", "h", "Age: 3\nnonsense\n", `h:2: "nonsense" is no header line`, 0},
		{"a space in the name", "h", "Age : 3\n", `h:1: "Age : 3" is no header line`, 0},
		{"a fold without a field", "h", "HTTP/1.1 200 OK\n folded\n", `h:2: " folded" is no header line`, 0},
		{"NUL", "h", "Age: 3\nX: a\x00b\n", `h:2: byte 5 is '\x00', which no header line may have`, 0},
		{"carriage return", "h", "X: a\rb\n", `h:1: byte 5 is '\r'`, 0},
		{"status line", "h", "HTTP/1.1 OK\n", `h:1: "HTTP/1.1 OK" is no status line`, 0},
		{"status out of range", "h", "HTTP/1.1 0200 OK\n", `h:1: "HTTP/1.1 0200 OK" is no status line`, 0},
		{"ten thousand lines", "h", "HTTP/2 200\n\nHTTP/2 200\n" + strings.Repeat("X: a\n", 10_000), "h:1004: the answer has more than 1000 header lines", 1},
		{"a line without end", "h", "X: " + strings.Repeat("a", mostInputLine), "h:1: the line is longer than 16 MiB", 0},
		{"UTF-16", "h", "\xff\xfeA\x00g\x00e\x00", "h:1: byte 4 is", 0},
		{"JSON array", "h", `[{"status":200}]`, "h:1:", 0},
		{"HAR that is no JSON", "x.HAR", "<html>", "x.HAR:1: this is no HAR", 0},
		{"empty HAR", "x.har", "", "x.har:1: this is no HAR", 0},
		{"HAR without log", "h", "{\n\"version\": 1}", `h:2: this is no HAR: "log" is missing`, 0},
		{"HAR whose log is text", "h", `{"log": "x"}`, `h:1: this is no HAR: it has no object with "entries"`, 0},
		{"HAR without entries", "h", "{\"log\": {\n\"pages\": []}}", `h:2: this is no HAR: "entries" is missing`, 0},
		{"HAR whose entries are none", "h", `{"log": {"entries": 3}}`, `h:1: this is no HAR: "entries" is no list`, 0},
		{"HAR that ends early", "h", "{\"log\": {\"entries\": [\n{\"response\": {\"status\": 200}},\n{\"resp", "h:3: the input ends in the middle", 1},
		{"HAR that ends behind an entry", "h", "{\"log\": {\"entries\": [\n{\"response\": {\"status\": 200}}\n", "h:3: the input ends in the middle", 1},
		{"HAR with a mistyped status", "h", `{"log":{"entries":[{"response":{"status":"200"}}]}}`, `h:1: "response.status" is a string where another type is expected`, 0},
		{"HAR that is deep", "x.har", strings.Repeat(`{"log":`, 20_000), "x.har:1: ", 0},
		{"line that is no JSON", "h", "{\"status\":200}\n{\"status\":200,}\n", "h:2: this is no JSON", 1},
		{"line that is no object", "h", "{\"status\":200}\n3\n", "h:2: ", 1},
		{"line cut off", "h", `{"status":200,"url":"https://a`, "h:1: this is no JSON: unexpected end of JSON input", 0},
		{"mistyped key", "h", `{"status":"200"}`, `h:1: "status" is a string where another type is expected`, 0},
		{"header object", "h", `{"status":200,"response_headers":{"Age":"3"}}`, "h:1: header fields must be pairs of strings", 0},
		{"header triple", "h", `{"status":200,"response_headers":[["Age","3","4"]]}`, "h:1: a header field must be a name and a value", 0},
		{"header without a name", "h", `{"status":200,"response_headers":[["","3"]]}`, "h:1: a header field must be a name and a value", 0},
		{"no time", "h", `{"status":200,"now":"yesterday"}`, `h:1: "yesterday" is no time: write RFC 3339`, 0},
		{"time out of range", "h", `{"status":200,"now":1e300}`, "h:1: 1e300 is no time", 0},
		{"negative time", "h", `{"status":200,"now":-1}`, "h:1: -1 is no time", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := readAll(tt.in, tt.file, "")
			require.ErrorContains(t, err, tt.want)
			assert.Equal(t, exitUsage, exitCode(t.Context(), err))
			assert.Less(t, len(err.Error()), 400)
			assert.Len(t, list, tt.kept)
		})
	}
}

func TestInputFormats(t *testing.T) {
	for in, want := range map[string]inputFormat{
		"":                                 inputHeaders,
		"HTTP/2 200\n":                     inputHeaders,
		"Age: {\n":                         inputHeaders,
		"[]":                               inputHeaders,
		`{"status":200}`:                   inputJSONL,
		"\ufeff \n{\"status\":200}\n":      inputJSONL,
		`{"status":200`:                    inputJSONL,
		"{\n  \"log\": {":                  inputHAR,
		`{"log":{"entries":[]}}`:           inputHAR,
		"{":                                inputHAR,
		`{"url":"https://a.example/","log`: inputJSONL,
	} {
		assert.Equal(t, want, detectInput(bufferOf(in), "x.txt"), in)
	}
	assert.Equal(t, inputHAR, detectInput(bufferOf("HTTP/2 200"), "x.har"))
	list, err := readAll(`{"status":200}`, "x.har", inputJSONL)
	require.NoError(t, err, "what the command line says counts")
	assert.Len(t, list, 1)
}

// TestLinesAreReadOneByOne holds that a stream is not read ahead of what is taken of it.
func TestLinesAreReadOneByOne(t *testing.T) {
	endless := &repeating{line: `{"status":200,"url":"https://a.example/"}` + "\n"}
	n := 0
	for r, err := range readRecordings(endless, "-", "", inputNow) {
		require.NoError(t, err)
		n++
		assert.Equal(t, strconv.Itoa(n), r.id)
		if n == 5000 {
			break
		}
	}
	assert.Less(t, endless.read, 5000*len(endless.line)+(256<<10))
}

// repeating repeats a line without end.
type repeating struct {
	line string
	read int
}

func (r *repeating) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		k := copy(p[n:], r.line[r.read%len(r.line):])
		n, r.read = n+k, r.read+k
	}
	return n, nil
}

func TestMomentsRoundTrip(t *testing.T) {
	var m moment
	require.NoError(t, json.Unmarshal([]byte("1764579600.123"), &m))
	assert.WithinDuration(t, time.Unix(1764579600, 123e6), m.Time, time.Microsecond)
}
