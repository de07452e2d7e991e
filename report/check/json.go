package check

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// WriteJSON writes a result as one JSON document of printable ASCII.
func WriteJSON(w io.Writer, c *Check) error {
	out, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(visible(out), '\n'))
	return err
}

// WriteJSONL writes one JSON document for each answer, one line each.
func WriteJSONL(w io.Writer, c *Check) error {
	b := bufio.NewWriter(w)
	for i := range c.Answers {
		if err := writeLine(b, &c.Answers[i]); err != nil {
			return err
		}
	}
	return b.Flush()
}

// Lines judges answers and writes them as JSON Lines, one after the other: it keeps only what the
// decision rests on. It is not safe for concurrent use.
type Lines struct {
	*Judge

	w *bufio.Writer
}

// NewLines returns a writer of lines to w. It must be flushed.
func NewLines(w io.Writer, c Criteria) *Lines {
	return &Lines{Judge: NewJudge(c), w: bufio.NewWriter(w)}
}

// Write judges an answer, which changes as [Judge.Judge] says, and writes it.
func (l *Lines) Write(a *Answer) error {
	l.Judge.Judge(a)
	if err := writeLine(l.w, a); err != nil {
		return fmt.Errorf("check: jsonl: %w", err)
	}
	return nil
}

// Flush writes what is still held back. A program flushes when its input has nothing more at hand,
// so that whoever waits for an answer gets it.
func (l *Lines) Flush() error {
	if err := l.w.Flush(); err != nil {
		return fmt.Errorf("check: jsonl: %w", err)
	}
	return nil
}

func writeLine(w *bufio.Writer, a *Answer) error {
	out, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := w.Write(visible(out)); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

// visible returns JSON with every character outside printable ASCII escaped: nothing in it steers a
// terminal, and whoever parses it gets the same text.
func visible(doc []byte) []byte {
	if bytes.IndexFunc(doc, func(r rune) bool { return r > unicode.MaxASCII || r == 0x7f }) < 0 {
		return doc
	}
	out := make([]byte, 0, len(doc)+len(doc)/4)
	for len(doc) > 0 {
		r, size := utf8.DecodeRune(doc)
		doc = doc[size:]
		switch {
		case r < 0x7f:
			out = append(out, byte(r)) //nolint:gosec // r is below 0x7f
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
	}
	return out
}
