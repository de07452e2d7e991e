package origin

import (
	"encoding/json"
	"strconv"
	"time"
)

// parseJSON reads a line of Caddy, of Envoy, or of nginx with a log_format of JSON whose keys are
// the names of its variables.
func parseJSON(line []byte) (e LogEntry, err error) {
	var o object
	if json.Unmarshal(line, &o) != nil {
		return e, errNoEntry
	}
	var request, headers object
	_ = json.Unmarshal(o["request"], &request) // in nginx it is the request line
	_ = json.Unmarshal(request["headers"], &headers)
	if err := e.time(o); err != nil {
		return e, err
	}
	if err := e.duration(o, request != nil); err != nil {
		return e, err
	}
	e.Method, e.Host, e.URI = requestLine(o.text("request"), "")
	e.Method = first(e.Method, request.text("method"), o.text("method", "request_method"))
	e.URI = first(e.URI, request.text("uri"), o.text("path", "request_uri", "uri", ":path"))
	e.Host = first(request.text("host"), o.text("host", "authority", "http_host", ":authority"), e.Host)
	e.Status, _ = strconv.Atoi(o.text("status", "response_code"))
	const agent = "User-Agent"
	e.UserAgent = first(headers.text(agent), o.text("user_agent", "http_user_agent"))
	e.Agented = e.UserAgent != "" || headers != nil
	e.Run = first(headers.text("Edgeprime-Run"), o.text("http_edgeprime_run", "edgeprime_run"))
	if !runID.MatchString(e.Run) {
		e.Run = ""
	}
	e.AcceptEncoding = first(headers.text("Accept-Encoding"), o.text("http_accept_encoding", "accept_encoding"))
	return e, nil
}

// duration reads how long the request took: nginx and Caddy write seconds, Envoy milliseconds.
func (e *LogEntry) duration(o object, caddy bool) error {
	s, unit := o.text("request_time"), time.Second
	if s == "" {
		s = o.text("duration")
		if !caddy {
			unit = time.Millisecond
		}
	}
	if s == "" {
		return nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		if f < 0 || f > 1e9 || f != f {
			return errNoTime
		}
		_, e.DurationStep, _ = decimal(s)
		if caddy && unit == time.Second {
			e.DurationStep = time.Nanosecond
		}
		e.DurationStep = max(e.DurationStep/(time.Second/unit), time.Nanosecond)
		e.Duration, e.Timed = time.Duration(f*float64(unit)), true
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return errNoTime
	}
	e.Duration, e.DurationStep, e.Timed = d, time.Nanosecond, true
	return nil
}

// object is a JSON object whose values are read when they are asked for.
type object map[string]json.RawMessage

// text is the first value of these names that is a string, a number, or a list that begins with one.
func (o object) text(names ...string) string {
	for _, name := range names {
		raw := o[name]
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			raw = list[0]
		}
		var s string
		if json.Unmarshal(raw, &s) != nil && len(raw) > 0 && raw[0] != '{' && raw[0] != '[' {
			s = string(raw)
		}
		if s != "" && s != "-" && s != "null" {
			return s
		}
	}
	return ""
}

// time reads when the request started or ended, by the key that says so.
func (e *LogEntry) time(o object) (err error) {
	for _, key := range []string{"start_time", "msec", "ts", "time_iso8601", "time_local", "time", "timestamp", "@timestamp"} {
		s := o.text(key)
		if s == "" {
			continue
		}
		switch key {
		case "start_time":
			e.Stamp = StampStart
		case "msec", "ts", "time_iso8601", "time_local":
			e.Stamp = StampEnd
		}
		e.At, e.Resolution, err = parseTime(s)
		return err
	}
	return errNoTime
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
