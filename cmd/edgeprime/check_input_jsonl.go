package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/check"
)

// recordedLine is one answer of JSON Lines. Keys that it does not know are ignored.
type recordedLine struct {
	ID       json.RawMessage `json:"id"` // a string or a number
	URL      string          `json:"url"`
	Method   string          `json:"method"` // default GET
	Status   int             `json:"status"`
	Sent     pairs           `json:"request_headers"`
	Header   pairs           `json:"response_headers"`
	Asked    moment          `json:"requested_at"`
	Received moment          `json:"received_at"`
	Now      moment          `json:"now"`
	// Profile names the cache, Kind and Critical the asset, where the record knows them.
	Profile  string     `json:"profile"`
	Kind     crawl.Kind `json:"kind"`
	Critical *bool      `json:"critical"`
}

// readJSONLines reads one answer a line. Empty lines are none.
func readJSONLines(in *bufio.Reader, file string, now time.Time) recordings {
	return func(yield func(recording, error) bool) {
		seen := 0
		for line, err := range inputLines(in, file) {
			if err != nil {
				yield(recording{}, err)
				return
			}
			text := bytes.TrimSpace(bytes.TrimPrefix(line.text, []byte("\xef\xbb\xbf")))
			if len(text) == 0 {
				continue
			}
			seen++
			r, err := parseRecordedLine(text, seen, now)
			r.place = check.Place{File: file, Line: line.number, Column: 1}
			if err != nil {
				err = withHint(usageError("%s:%d: %w", file, line.number, err), "one JSON object a line: edgeprime help check-input")
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// inputLine is a line of an input with its end.
type inputLine struct {
	number int
	text   []byte
}

// inputLines reads an input line by line. After an error there are no more.
func inputLines(in *bufio.Reader, file string) iter.Seq2[inputLine, error] {
	return func(yield func(inputLine, error) bool) {
		for number := 1; ; number++ {
			text, err := boundedLine(in)
			last := errors.Is(err, io.EOF)
			if err != nil && !last {
				yield(inputLine{}, inputError(file, number, err))
				return
			}
			if len(text) > 0 && !yield(inputLine{number, text}, nil) || last {
				return
			}
		}
	}
}

// errLongLine means that a line of an input is over mostInputLine.
var errLongLine = fmt.Errorf("the line is longer than %d MiB", mostInputLine>>20)

// boundedLine reads a line with its end. The last one may come together with io.EOF.
func boundedLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > mostInputLine {
			return nil, errLongLine
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// inputError is a line that could not be read.
func inputError(file string, number int, err error) error {
	if errors.Is(err, errLongLine) {
		return usageError("%s:%d: %w", file, number, err)
	}
	return fmt.Errorf("%s:%d: %w", file, number, err)
}

func parseRecordedLine(text []byte, place int, now time.Time) (recording, error) {
	var in recordedLine
	if err := json.Unmarshal(text, &in); err != nil {
		return recording{}, jsonProblem(err)
	}
	r := recording{id: recordedID(in.ID, place), profile: in.Profile}
	if in.Method == "" {
		in.Method = "GET"
	}
	asked, received, judged := fillTimes(in.Asked.Time, in.Received.Time, in.Now.Time, arrival(in.Header, now))
	r.answer = recorded(exchange{
		url: in.URL, method: in.Method, status: in.Status, sent: in.Sent, header: in.Header, requested: asked, received: received, judged: judged,
	})
	if in.Kind != "" {
		r.answer.Asset.Kind = in.Kind
	}
	if in.Critical != nil && !*in.Critical {
		r.answer.Asset.Priority = crawl.Low
	}
	if in.Status < 100 || in.Status > 599 {
		r.failure = fmt.Sprintf("status %d is none of HTTP's: there is no answer to judge", in.Status)
	}
	return r, nil
}

// recordedID is the id as text, else the place among the inputs.
func recordedID(raw json.RawMessage, place int) string {
	var text string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return strconv.Itoa(place)
	case json.Unmarshal(raw, &text) == nil:
		return text
	default:
		return strings.TrimSpace(string(raw))
	}
}

// jsonProblem says what is wrong with JSON in words for people.
func jsonProblem(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the input ends in the middle")
	case errors.As(err, &syntax):
		return fmt.Errorf("this is no JSON: %w, at byte %d", err, syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("%q is a %s where another type is expected", kind.Field, kind.Value)
	default:
		return err
	}
}
