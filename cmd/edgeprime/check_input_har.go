package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/check"
)

// harEntry is what check reads of an entry of an HTTP Archive 1.2, as browsers save it.
type harEntry struct {
	Started  time.Time  `json:"startedDateTime"`
	Time     float64    `json:"time"` // milliseconds
	Timings  harTimings `json:"timings"`
	Type     string     `json:"_resourceType"`
	FromDisk string     `json:"_fromCache"`
	Request  struct {
		Method  string     `json:"method"`
		URL     string     `json:"url"`
		Headers []harField `json:"headers"`
	} `json:"request"`
	Response struct {
		Status  int        `json:"status"`
		Headers []harField `json:"headers"`
		Content struct {
			Size int64 `json:"size"`
		} `json:"content"`
		BodySize int64  `json:"bodySize"`
		Error    string `json:"_error"`
	} `json:"response"`
}

// harTimings are milliseconds; -1 is not known.
type harTimings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
}

type harField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// readHAR reads the entries of an HTTP Archive one by one. Those that do not say when they were asked
// for are judged as of now.
func readHAR(in io.Reader, file string, now time.Time) recordings {
	return func(yield func(recording, error) bool) {
		data, err := io.ReadAll(io.LimitReader(in, mostHAR+1))
		if err == nil && len(data) > mostHAR {
			err = usageError("%s: a HAR file may have %d MiB", file, mostHAR>>20)
		}
		if err != nil {
			yield(recording{}, err)
			return
		}
		h := harFile{file: file, now: now, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))}
		if err := h.entries(func(r recording) bool { return yield(r, nil) }); err != nil {
			yield(recording{}, withHint(usageError("%s:%d: %w", file, h.line(), err), "a HAR file is what a browser's network panel saves: edgeprime help check-input"))
		}
	}
}

// harFile is a HAR file that is being read.
type harFile struct {
	file string
	now  time.Time
	data []byte
	at   int64 // the byte that is looked at
	from int64 // where lines were counted to
	seen int   // line feeds up to there
}

// entries yields what servers answered, until yield says no.
func (h *harFile) entries(yield func(recording) bool) error {
	dec := json.NewDecoder(bytes.NewReader(h.data))
	if err := toEntries(dec); err != nil {
		h.at = dec.InputOffset()
		return err
	}
	for place := 1; dec.More(); place++ {
		h.at = h.next(dec.InputOffset())
		var e harEntry
		if err := dec.Decode(&e); err != nil {
			return jsonProblem(err)
		}
		if strings.HasPrefix(e.Request.URL, "data:") || strings.HasPrefix(e.Request.URL, "blob:") {
			continue // no server was asked
		}
		if e.Started.IsZero() {
			e.Started = h.now
		}
		r := e.recording(place)
		r.place = check.Place{File: h.file, Line: h.line(), Column: 1}
		if !yield(r) {
			return nil
		}
	}
	h.at = h.next(dec.InputOffset())
	if _, err := dec.Token(); err != nil {
		return jsonProblem(err)
	}
	return nil
}

// next is where the next value of a list begins.
func (h *harFile) next(offset int64) int64 {
	rest := h.data[min(offset, int64(len(h.data))):]
	return int64(len(h.data) - len(bytes.TrimLeft(rest, ", \t\r\n")))
}

// line is the line that is looked at.
func (h *harFile) line() int {
	to := max(h.from, min(h.at, int64(len(h.data))))
	h.seen += bytes.Count(h.data[h.from:to], []byte("\n"))
	h.from = to
	return h.seen + 1
}

// toEntries moves to the first of log.entries.
func toEntries(dec *json.Decoder) error {
	for _, key := range []string{"log", "entries"} {
		if t, err := dec.Token(); err != nil || t != json.Delim('{') {
			return fmt.Errorf("this is no HAR: it has no object with %q", key)
		}
		for {
			t, err := dec.Token()
			if err != nil || t == json.Delim('}') {
				return fmt.Errorf("this is no HAR: %q is missing", key)
			}
			if t == key {
				break
			}
			var skip json.RawMessage
			if err := dec.Decode(&skip); err != nil {
				return jsonProblem(err)
			}
		}
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("this is no HAR: %q is no list", "entries")
	}
	return nil
}

func (e *harEntry) recording(place int) recording {
	requested := e.Started.Add(milliseconds(known(e.Timings.Blocked) + known(e.Timings.DNS) + known(e.Timings.Connect) + known(e.Timings.Send)))
	received := requested.Add(milliseconds(known(e.Timings.Wait)))
	r := recording{id: strconv.Itoa(place)}
	r.answer = recorded(exchange{
		url: e.Request.URL, method: e.Request.Method, status: e.Response.Status, sent: harPairs(e.Request.Headers),
		header: harPairs(e.Response.Headers), requested: requested, received: received, judged: received,
	})
	r.answer.Observation.Bytes, r.answer.Observation.WireBytes = max(0, e.Response.Content.Size), max(0, e.Response.BodySize)
	if kind := harKind(e.Type); kind != "" {
		r.answer.Asset.Kind = kind
	}
	switch {
	case e.FromDisk != "":
		r.failure = "the browser took it from its own cache, and asked no server"
	case e.Response.Status < 100 || e.Response.Status > 599:
		r.failure = strings.TrimSpace("there was no answer " + e.Response.Error)
	}
	return r
}

// harKind is the kind of a resource type of Chromium's.
func harKind(kind string) crawl.Kind {
	switch kind {
	case "document", "stylesheet", "script", "font", "image", "media":
		return crawl.Kind(kind)
	case "manifest":
		return crawl.WebApp
	case "xhr", "fetch":
		return crawl.Data
	}
	return ""
}

// harPairs are the fields without the pseudo fields of HTTP/2 and 3. Firefox joins lines of one
// field with line feeds.
func harPairs(fields []harField) [][2]string {
	var list [][2]string
	for _, f := range fields {
		if f.Name == "" || f.Name[0] == ':' {
			continue
		}
		for value := range strings.SplitSeq(f.Value, "\n") {
			list = append(list, [2]string{f.Name, value})
		}
	}
	return list
}

func known(ms float64) float64 { return max(0, ms) }

func milliseconds(ms float64) time.Duration {
	const day = 24 * 60 * 60 * 1000
	return time.Duration(min(ms, day) * float64(time.Millisecond))
}
