package origin

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"time"
)

// Stamp says which moment of a request the time in its log line is.
type Stamp string

// The stamps.
const (
	StampUnknown Stamp = ""      // either: common and combined logs look alike whoever wrote them
	StampStart   Stamp = "start" // Apache's %t, varnishncsa's %t, Envoy's %START_TIME%
	StampEnd     Stamp = "end"   // nginx's variables, Caddy's ts
)

// LogEntry is one request as an origin's access log tells it. A zero field is not in the line.
type LogEntry struct {
	At         time.Time
	Resolution time.Duration // the step of At: one second without a fraction
	Stamp      Stamp
	// Duration is how long the request was open, in steps of DurationStep; Timed is false when
	// the line does not say.
	Duration     time.Duration
	DurationStep time.Duration
	Timed        bool

	Method, Host, URI string // URI is path and query
	Status            int
	UserAgent         string
	Agented           bool // the line tells the user agent, be it empty
	Run               string
	AcceptEncoding    string
}

// BadLine is a line that is no request.
type BadLine struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// MaxLogLine is the longest line of an access log that is read, in bytes.
const MaxLogLine = 64 << 10

// errs of lines; they name no content.
var (
	errLongLine = fmt.Errorf("longer than %d bytes", MaxLogLine)
	errNoTime   = errors.New("no time that can be read")
	errNoEntry  = errors.New("neither a common, a combined nor a JSON access log line")
	errNoTarget = errors.New("no request line with method and target")
)

// ReadAccessLog reads a log, gzip or plain, line by line, and passes on each request, and each line
// that is none as bad. Empty lines are neither. Memory is that of one line.
func ReadAccessLog(r io.Reader, name string, entry func(LogEntry), bad func(BadLine)) (lines int, err error) {
	in := bufio.NewReaderSize(r, MaxLogLine)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return 0, fmt.Errorf("origin: access log %s: %w", name, err)
		}
		in = bufio.NewReaderSize(z, MaxLogLine)
	}
	for {
		line, long, err := readLine(in)
		if len(line) > 0 || long {
			lines++
		}
		if e, reason := parseLine(line, long); reason != nil {
			bad(BadLine{File: name, Line: lines, Reason: reason.Error()})
		} else if e.Method != "" {
			entry(e)
		}
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, fmt.Errorf("origin: access log %s: after line %d: %w", name, lines, err)
		}
	}
}

// readLine returns the next line with its end; a long one is read to its end and cut.
func readLine(in *bufio.Reader) (line []byte, long bool, err error) {
	line, err = in.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) {
		long = true
		_, err = in.ReadSlice('\n')
	}
	return line, long, err
}

// parseLine reads one line; an empty one is an entry without a method.
func parseLine(line []byte, long bool) (LogEntry, error) {
	if long {
		return LogEntry{}, errLongLine
	}
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return LogEntry{}, nil
	}
	parse := parseText
	if line[0] == '{' {
		parse = parseJSON
	}
	e, err := parse(line)
	switch {
	case err != nil:
		return e, err
	case e.At.Year() < 1990 || e.At.Year() > 2200: // nanoseconds since 1970 fit
		return e, errNoTime
	case e.Method == "" || e.URI == "":
		return e, errNoTarget
	}
	return e, nil
}
