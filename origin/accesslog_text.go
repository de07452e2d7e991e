package origin

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// runID is the form of a run's id.
var runID = regexp.MustCompile(`^[0-9]{8}T[0-9]{9}Z-[0-9a-f]{8}$`)

// codings is the form of an Accept-Encoding header.
var codings = regexp.MustCompile(`^(?i)((gzip|br|zstd|deflate|identity|\*)(;q=[0-9.]+)?(, *|$))+$`)

// parseText reads a line of a common or combined log, with or without a host before it and fields
// behind it: a quoted run id, a quoted Accept-Encoding, $request_time and $msec of nginx.
func parseText(line []byte) (e LogEntry, err error) {
	before, rest, ok := strings.Cut(string(line), "[")
	stamp, rest, ok2 := strings.Cut(rest, "]")
	if !ok || !ok2 {
		return e, errNoEntry
	}
	if e.At, e.Resolution, err = parseTime(stamp); err != nil {
		return e, err
	}
	if words := strings.Fields(before); len(words) > 3 { // a virtual host stands before the client
		e.Host = words[0]
	}
	fields := splitFields(rest)
	if len(fields) < 3 || !fields[0].quoted {
		return e, errNoEntry
	}
	e.Method, e.Host, e.URI = requestLine(fields[0].text, e.Host)
	if e.Status, err = strconv.Atoi(fields[1].text); err != nil {
		return e, errNoEntry
	}
	if e.Method == "" && e.Status >= 400 { // what the server refused before it was a request
		e.Method, e.URI = "-", "-"
	}
	if len(fields) > 4 && fields[3].quoted && fields[4].quoted {
		e.UserAgent, e.Agented = fields[4].text, true
		fields = fields[2:]
	}
	for _, f := range fields[3:] {
		e.extra(f)
	}
	return e, nil
}

// extra takes a field behind those that every server writes.
func (e *LogEntry) extra(f field) {
	switch {
	case f.quoted && runID.MatchString(f.text):
		e.Run = f.text
	case f.quoted && codings.MatchString(f.text):
		e.AcceptEncoding = f.text
	default:
		seconds, step, ok := decimal(strings.TrimPrefix(f.text, "rt="))
		if !ok || step == time.Second { // a whole number may be bytes, µs or seconds
			return
		}
		e.Stamp = StampEnd // both are variables of nginx
		if seconds > 1e6*time.Second {
			e.At, e.Resolution = time.Unix(0, int64(seconds)), step
			return
		}
		e.Duration, e.DurationStep, e.Timed = seconds, step, true
	}
}

// requestLine splits "GET /x HTTP/1.1"; an absolute target brings its host.
func requestLine(line, host string) (method, authority, uri string) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return "", host, ""
	}
	uri = words[1]
	if _, rest, ok := strings.Cut(uri, "://"); ok && !strings.HasPrefix(uri, "/") {
		host, uri, _ = strings.Cut(rest, "/")
		uri = "/" + uri
	}
	return words[0], host, uri
}

type field struct {
	text   string
	quoted bool
}

// splitFields splits at spaces, but not within quotes; a backslash escapes.
func splitFields(s string) (out []field) {
	for s = strings.TrimLeft(s, " \t"); s != ""; s = strings.TrimLeft(s, " \t") {
		if s[0] != '"' {
			end := strings.IndexAny(s, " \t")
			if end < 0 {
				end = len(s)
			}
			out, s = append(out, field{text: s[:end]}), s[end:]
			continue
		}
		end := 1
		for end < len(s) && s[end] != '"' {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(s))
		out = append(out, field{text: s[1:end], quoted: true})
		s = s[min(end+1, len(s)):]
	}
	return out
}

// parseTime reads a log's time and its step.
func parseTime(s string) (time.Time, time.Duration, error) {
	for _, layout := range []string{"02/Jan/2006:15:04:05 -0700", time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006/01/02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			_, fraction, _ := strings.Cut(s, ".")
			return t, step(len(fraction) - len(strings.TrimLeft(fraction, "0123456789"))), nil
		}
	}
	if d, step, ok := decimal(s); ok && d > 1e6*time.Second {
		return time.Unix(0, int64(d)), step, nil
	}
	return time.Time{}, 0, errNoTime
}

// step is the step of a number of seconds with so many decimals.
func step(digits int) time.Duration {
	d := time.Second
	for range min(digits, 9) {
		d /= 10
	}
	return d
}

// decimal reads seconds, exactly: a float of today has no nanoseconds.
func decimal(s string) (value, unit time.Duration, ok bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = fraction[:min(len(fraction), 9)]
	n, err := strconv.ParseUint(whole, 10, 33)
	if err != nil {
		return 0, 0, false
	}
	frac, err := strconv.ParseUint(fraction+"000000000"[len(fraction):], 10, 32)
	if err != nil {
		return 0, 0, false
	}
	return time.Duration(n)*time.Second + time.Duration(frac), step(len(fraction)), true // 33 bits of seconds fit
}
