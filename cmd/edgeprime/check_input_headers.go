package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/report/check"
)

// headerBlocks reads what curl -i, -D and -v write, or header lines alone: blocks of header lines
// with an empty line behind each. A line "# https://..." names the URL of the blocks that follow, and
// so does a request line with the request's header. When the first answer has a status line, text
// without one is a body.
type headerBlocks struct {
	file   string
	now    time.Time
	number int // of the line
	seen   int // blocks

	url, method string
	path        string      // of the request line, until Host says where it is
	sent        [][2]string // the request's header
	statusLines bool        // the first answer had one

	block     block
	inBody    bool
	inRequest bool
	wasEmpty  bool // the line before
}

// block is the header that is being read.
type block struct {
	began   bool
	line    int // where it starts
	status  int
	pairs   [][2]string
	unusual string // why it is none to judge: an interim answer, a proxy's
}

func readHeaderBlocks(in *bufio.Reader, file string, now time.Time) recordings {
	return func(yield func(recording, error) bool) {
		h := headerBlocks{file: file, now: now, method: "GET"}
		for line, err := range inputLines(in, file) {
			var done *recording
			if err == nil {
				done, err = h.line(line)
			}
			if err != nil {
				yield(recording{}, err)
				return
			}
			if done != nil && !yield(*done, nil) {
				return
			}
		}
		if done := h.end(); done != nil {
			yield(*done, nil)
		}
	}
}

// line takes a line, and says where a mistake is.
func (h *headerBlocks) line(line inputLine) (*recording, error) {
	h.number = line.number
	done, err := h.take(strings.TrimRight(string(line.text), "\r\n"))
	if err != nil {
		err = withHint(usageError("%s:%d: %w", h.file, h.number, err), "header blocks look like the output of curl -sI URL: edgeprime help check-input")
	}
	return done, err
}

// take takes a line, and returns the recording that it ends.
func (h *headerBlocks) take(line string) (*recording, error) {
	if h.number == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	line, talk := curlMark(line)
	if talk {
		return nil, nil //nolint:nilnil // it is curl's, not the server's
	}
	wasEmpty := h.wasEmpty
	h.wasEmpty = strings.TrimSpace(line) == ""
	switch {
	case h.wasEmpty:
		h.inBody = h.statusLines && !h.inRequest
		h.inRequest = false
		return h.end(), nil
	case strings.HasPrefix(line, "HTTP/") && (!h.inBody || isStatusLine(line)):
		done := h.end()
		return done, h.status(line)
	case !h.block.began && (h.remark(line) || (!h.inBody || wasEmpty) && h.request(line)), h.inBody:
		return nil, nil //nolint:nilnil // it names what follows, or is a body that nobody asked for
	case h.inRequest && h.asked(line):
		return nil, nil //nolint:nilnil // more of the request
	}
	return nil, h.field(line)
}

// curlMark takes away the marks of curl -v: "< " stands before the answer's lines, "> " before the
// request's, "* " and braces before curl's own.
func curlMark(line string) (rest string, talk bool) {
	switch {
	case strings.HasPrefix(line, "< "), strings.HasPrefix(line, "> "):
		return line[2:], false
	case line == "<", line == ">":
		return "", false
	case strings.HasPrefix(line, "* "), strings.HasPrefix(line, "{ ["), strings.HasPrefix(line, "} ["):
		return "", true
	}
	return line, false
}

// remark reports whether the line is one, and takes the URL that it may name, which ends a body.
func (h *headerBlocks) remark(line string) bool {
	rest, ok := strings.CutPrefix(line, "#")
	if !ok {
		return false
	}
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "url:"))
	u, err := url.Parse(rest)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return true
	}
	h.url, h.method, h.sent, h.inBody = rest, "GET", nil, false
	return true
}

// request reports whether the line is a request line, and takes what it says.
func (h *headerBlocks) request(line string) bool {
	words := strings.Split(line, " ")
	if len(words) != 3 || !strings.HasPrefix(words[2], "HTTP/") || strings.Trim(words[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return false
	}
	h.method, h.path, h.sent = words[0], "", nil
	if strings.Contains(words[1], "://") {
		h.url = words[1]
	} else {
		h.path = words[1]
	}
	h.inBody, h.inRequest = false, true
	return true
}

// asked takes a header line of the request. What is none makes the request a body's text.
func (h *headerBlocks) asked(line string) bool {
	name, value, ok := strings.Cut(line, ":")
	if value = strings.Trim(value, " \t"); !ok || !isToken(name) || len(h.sent) == mostHeaderLines {
		h.inRequest, h.inBody = false, h.statusLines
		return h.inBody
	}
	h.sent = append(h.sent, [2]string{name, value})
	if there := value + h.path; strings.EqualFold(name, "Host") && h.path != "" && h.url != "http://"+there {
		h.url = "https://" + there
	}
	return true
}

func isStatusLine(line string) bool {
	_, _, err := parseStatusLine(line)
	return err == nil
}

// parseStatusLine returns the status and the reason of a status line.
func parseStatusLine(line string) (status int, reason string, err error) {
	_, rest, _ := strings.Cut(line, " ")
	word, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	status, err = strconv.Atoi(word)
	if err != nil || len(word) != 3 || status < 100 || status > 599 {
		return 0, "", fmt.Errorf("%.80q is no status line", line)
	}
	return status, strings.TrimSpace(reason), nil
}

// status begins a block with its status line.
func (h *headerBlocks) status(line string) error {
	code, reason, err := parseStatusLine(line)
	if err != nil {
		return err
	}
	h.block = block{began: true, line: h.number, status: code}
	h.statusLines, h.inBody, h.inRequest = true, false, false
	switch {
	case code < 200:
		h.block.unusual = "interim"
	case strings.EqualFold(reason, "connection established"):
		h.block.unusual = "proxy"
	}
	return nil
}

// field takes a header line. A folded one continues the line before it (RFC 9112, section 5.2).
func (h *headerBlocks) field(line string) error {
	if i := strings.IndexAny(line, "\x00\r"); i >= 0 {
		return fmt.Errorf("byte %d is %q, which no header line may have (RFC 9110, section 5.5)", i+1, line[i])
	}
	if n := len(h.block.pairs); n > 0 && (line[0] == ' ' || line[0] == '\t') {
		h.block.pairs[n-1][1] += " " + strings.Trim(line, " \t")
		return nil
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok || name == "" || !isToken(name) {
		return fmt.Errorf("%.80q is no header line: it needs a name, a colon and a value", line)
	}
	if len(h.block.pairs) == mostHeaderLines {
		return fmt.Errorf("the answer has more than %d header lines", mostHeaderLines)
	}
	if !h.block.began {
		h.block = block{began: true, line: h.number, status: 200}
	}
	h.block.pairs = append(h.block.pairs, [2]string{name, strings.Trim(value, " \t")})
	return nil
}

// isToken reports whether a field name is one (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	return !bytes.ContainsFunc([]byte(s), func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// end ends the block, and returns it when it is an answer. A redirect's target is the URL of the
// block behind it, as curl -L writes them.
func (h *headerBlocks) end() *recording {
	b := h.block
	h.block = block{}
	if !b.began || b.unusual != "" {
		return nil
	}
	h.seen++
	r := &recording{id: strconv.Itoa(h.seen), place: check.Place{File: h.file, Line: b.line, Column: 1}}
	at := arrival(b.pairs, h.now)
	r.answer = recorded(exchange{
		url: h.url, method: h.method, status: b.status, sent: h.sent, header: b.pairs, requested: at, received: at, judged: at,
	})
	h.sent = nil
	if location := r.answer.Asset.Location; location != "" && h.url != "" {
		if base, err := url.Parse(h.url); err == nil {
			if next, err := base.Parse(location); err == nil {
				h.url = next.String()
			}
		}
	}
	return r
}
