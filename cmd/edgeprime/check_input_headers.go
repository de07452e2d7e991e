package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/report/check"
)

// headerBlocks reads what curl -i, -D and -v write, or header lines alone: blocks of header lines
// with an empty line behind each. A line "# https://..." or a request line names the URL of the
// blocks that follow. When the first block has a status line, text without one is a body.
type headerBlocks struct {
	file   string
	now    time.Time
	number int // of the line
	seen   int // blocks

	url, method string
	statusLines bool // the first block had one

	block  block
	inBody bool
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
		for {
			line, err := boundedLine(in)
			h.number++
			last := errors.Is(err, io.EOF)
			if err != nil && !last {
				yield(recording{}, inputError(file, h.number, err))
				return
			}
			var done *recording
			if !last || len(line) > 0 {
				if done, err = h.take(strings.TrimRight(string(line), "\r\n")); err != nil {
					yield(recording{}, withHint(usageError("%s:%d: %w", file, h.number, err), "header blocks look like the output of curl -sI URL: edgeprime help check-input"))
					return
				}
			}
			if done != nil && !yield(*done, nil) {
				return
			}
			if last {
				if done := h.end(); done != nil {
					yield(*done, nil)
				}
				return
			}
		}
	}
}

// take takes a line, and returns the recording that it ends.
func (h *headerBlocks) take(line string) (*recording, error) {
	if h.number == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	line, marked := curlMark(line)
	if marked && line == "" {
		return nil, nil //nolint:nilnil // a line of curl's talk
	}
	switch {
	case strings.TrimSpace(line) == "":
		done := h.end()
		h.inBody = h.statusLines
		return done, nil
	case strings.HasPrefix(line, "HTTP/"):
		done := h.end()
		return done, h.status(line)
	case !h.block.began && h.names(line):
		h.inBody = false
		return nil, nil //nolint:nilnil // it names what follows
	case h.inBody:
		return nil, nil //nolint:nilnil // nobody asked for the body
	}
	return nil, h.field(line)
}

// curlMark takes away the marks of curl -v: "< " stands before the answer's lines, "> ", "* " and
// braces before its own.
func curlMark(line string) (rest string, marked bool) {
	switch {
	case strings.HasPrefix(line, "< "):
		return line[2:], false
	case line == "<":
		return "", false
	case strings.HasPrefix(line, "* "), strings.HasPrefix(line, "> "), line == ">", strings.HasPrefix(line, "{ ["), strings.HasPrefix(line, "} ["):
		return "", true
	}
	return line, false
}

// names reports whether the line says what was asked for: a URL behind "#", or a request line.
func (h *headerBlocks) names(line string) bool {
	if rest, ok := strings.CutPrefix(line, "#"); ok {
		rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "url:"))
		if u, err := url.Parse(rest); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			h.url, h.method = rest, "GET"
		}
		return true // every other one is a remark
	}
	method, rest, ok := strings.Cut(line, " ")
	target, version, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 || !strings.HasPrefix(version, "HTTP/") || strings.ContainsAny(method, ":/") {
		return false
	}
	if strings.Contains(target, "://") {
		h.url = target
	}
	h.method = method
	return true
}

// status begins a block with its status line.
func (h *headerBlocks) status(line string) error {
	_, rest, _ := strings.Cut(line, " ")
	word, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	code, err := strconv.Atoi(word)
	if err != nil || code < 100 || code > 599 {
		return fmt.Errorf("%.80q is no status line", line)
	}
	h.block = block{began: true, line: h.number, status: code}
	h.statusLines, h.inBody = true, false
	switch {
	case code < 200:
		h.block.unusual = "interim"
	case strings.EqualFold(strings.TrimSpace(reason), "connection established"):
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
	r.answer = recorded(h.url, h.method, b.status, nil, b.pairs, h.now, h.now, h.now)
	if location := r.answer.Asset.Location; location != "" && h.url != "" {
		if base, err := url.Parse(h.url); err == nil {
			if next, err := base.Parse(location); err == nil {
				h.url = next.String()
			}
		}
	}
	return r
}
