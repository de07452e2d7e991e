package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/edge/policy"
	"github.com/edgeprime/edgeprime/report/check"
)

// recording is an answer that check judges, as it was recorded somewhere or fetched just now.
type recording struct {
	id      string
	place   check.Place
	profile string // of the cache that gave it; empty when its own headers are to tell
	answer  lint.Response
	failure string // why there is no answer, or none that can be judged
	// probes are further answers of the same URL, origin is that of the origin itself; nil where none
	// were asked for.
	probes map[lint.Probe]*edge.Observation
	origin *lint.Response
}

// recordings are inputs of check, one after the other. After an error there are no more.
type recordings = iter.Seq2[recording, error]

// inputFormat is how recorded headers are written down.
type inputFormat string

// The input formats.
const (
	inputJSONL   inputFormat = "jsonl"
	inputHAR     inputFormat = "har"
	inputHeaders inputFormat = "headers"
)

func inputFormats() []string {
	return []string{string(inputJSONL), string(inputHAR), string(inputHeaders)}
}

// Bounds of inputs, so that no file can fill the memory.
const (
	mostInputLine   = 16 << 20  // bytes of one line
	mostHAR         = 512 << 20 // bytes of a HAR file, which holds bodies
	mostHeaderLines = 1000      // of one answer
)

// readRecordings reads recorded headers. An empty format is told by the first bytes.
func readRecordings(r io.Reader, file string, format inputFormat, now time.Time) recordings {
	in := bufio.NewReaderSize(r, 64<<10)
	if format == "" {
		format = detectInput(in, file)
	}
	switch format {
	case inputJSONL:
		return readJSONLines(in, file, now)
	case inputHAR:
		return readHAR(in, file, now)
	default:
		return readHeaderBlocks(in, file, now)
	}
}

// detectInput tells the format by the first bytes, which it leaves in place: JSON Lines have a whole
// object on the first line, a HAR file is an object with a log. What is called .har is none else: its
// mistakes are told as a HAR's.
func detectInput(in *bufio.Reader, file string) inputFormat {
	head, _ := in.Peek(in.Size()) // less at the end of the input
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if strings.EqualFold(filepath.Ext(file), ".har") {
		return inputHAR
	}
	if len(head) == 0 || head[0] != '{' {
		return inputHeaders
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	dec := json.NewDecoder(bytes.NewReader(line))
	_, _ = dec.Token()
	key, err := dec.Token()
	if key == "log" || err != nil && !bytes.Contains(line, []byte(`":`)) {
		return inputHAR
	}
	return inputJSONL
}

// pairs are header fields as JSON writes them: ["Name", "value"] each.
type pairs [][2]string

// UnmarshalJSON implements json.Unmarshaler. Arrays of another length would be cut or filled in.
func (p *pairs) UnmarshalJSON(data []byte) error {
	var list [][]string
	if err := json.Unmarshal(data, &list); err != nil {
		return errors.New(`header fields must be pairs of strings, such as [["Age","3"]]`)
	}
	for _, pair := range list {
		if len(pair) != 2 || pair[0] == "" {
			return fmt.Errorf("a header field must be a name and a value, such as [\"Age\",\"3\"], not %d strings", len(pair))
		}
		*p = append(*p, [2]string{pair[0], pair[1]})
	}
	return nil
}

// moment is an instant as JSON writes it: RFC 3339, or seconds since 1970 with or without a
// fraction.
type moment struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(data []byte) error {
	var text string
	switch {
	case string(data) == "null":
		return nil
	case json.Unmarshal(data, &text) == nil:
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return fmt.Errorf("%q is no time: write RFC 3339, such as 2026-12-01T09:00:00Z, or seconds since 1970", text)
		}
		m.Time = t.UTC()
		return nil
	}
	seconds, err := strconv.ParseFloat(string(data), 64)
	const most = 253402300799 // the end of the year 9999
	if err != nil || seconds < 0 || seconds > most {
		return fmt.Errorf("%s is no time: write RFC 3339, such as 2026-12-01T09:00:00Z, or seconds since 1970", data)
	}
	whole := int64(seconds)
	m.Time = time.Unix(whole, int64((seconds-float64(whole))*1e6)*1e3).UTC()
	return nil
}

// fillTimes fills in instants that a record leaves out from those that it has.
func fillTimes(requested, received, judged, now time.Time) (time.Time, time.Time, time.Time) {
	for _, t := range []time.Time{requested, judged, now} {
		if received.IsZero() {
			received = t
		}
	}
	if requested.IsZero() || requested.After(received) {
		requested = received
	}
	if judged.IsZero() {
		judged = received
	}
	return requested, received, judged
}

// arrival is when an answer came that nobody noted the time of: as long ago as its Date and Age
// allow, so that a recording is judged as of when it was made.
func arrival(header [][2]string, now time.Time) time.Time {
	p := policy.Evaluate(policy.Request{}, policy.Response{Status: http.StatusOK, Header: header}, now, now, policy.RFC9111())
	return now.Add(-max(0, p.ApparentAge-p.AgeValue))
}

// exchange is what a record says about a request and its answer.
type exchange struct {
	url, method                 string
	status                      int
	sent, header                [][2]string
	requested, received, judged time.Time
}

// recorded makes the answer of a record. Every input is critical unless a manifest says otherwise,
// and no one expected it to be another than it is: its status and redirect are taken as known.
func recorded(x exchange) lint.Response {
	o := &edge.Observation{
		URL: x.url, At: x.requested, Status: x.status, Header: x.header, Sent: x.sent, Cache: edge.ReadCacheStatus(x.header),
		Timing: edge.Timing{TTFB: float64(x.received.Sub(x.requested)) / float64(time.Millisecond)},
	}
	o.Challenge = edge.ReadChallenge(x.status, x.header, nil)
	return lint.Response{Asset: knownAsset(x.url, o), Observation: o, Method: x.method, Now: x.judged}
}

// knownAsset is the asset of an answer that no manifest names.
func knownAsset(url string, o *edge.Observation) crawl.Asset {
	a := crawl.Asset{URL: url, Kind: crawl.KindOf(url, o.Get("Content-Type")), Priority: crawl.Critical, Status: o.Status, Source: "check"}
	if o.Status >= 300 && o.Status <= 399 {
		a.Location = o.Get("Location")
	}
	return a
}
