package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"
)

// env is what a command has of the world around it; tests replace it.
type env struct {
	argv           []string // as the process got it
	stdin          io.Reader
	stdout, stderr io.Writer // results; talk
	log            *slog.Logger
	level          *slog.LevelVar // of log
	quiet          bool           // --quiet: no progress
	now            func() time.Time
	getenv         func(string) string
}

func newEnv(argv []string, stdin io.Reader, stdout, stderr io.Writer) *env {
	level := &slog.LevelVar{}
	return &env{
		argv: argv, stdin: stdin, stdout: &pipe{w: stdout}, stderr: stderr,
		log: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})), level: level,
		now: time.Now, getenv: os.Getenv,
	}
}

// pipe forgets what is written after its reader has gone: `edgeprime launch | head -1` keeps its
// exit code. Every other failure to write stays an error. It is safe for concurrent use.
type pipe struct {
	mu     sync.Mutex
	w      io.Writer
	closed bool
}

// Write implements io.Writer.
func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return len(b), nil
	}
	n, err := p.w.Write(b)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		p.closed = true
		return len(b), nil
	}
	return n, err
}

// tell writes one line for people, unless --quiet.
func (e *env) tell(format string, args ...any) {
	if !e.quiet {
		fmt.Fprintf(e.stderr, "%s\n", printable(fmt.Sprintf(format, args...)))
	}
}
