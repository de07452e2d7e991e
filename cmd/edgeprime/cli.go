package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/report/safe"
)

// The exit codes. They stand in `edgeprime help exit-codes` too.
const (
	exitReady        = 0   // ready, or the command did what it was asked
	exitRuntime      = 1   // I/O, state, disk, internal
	exitUsage        = 2   // command line or launch file
	exitNotReady     = 3   // the gate failed on evidence
	exitCredentials  = 4   // missing, refused or expired
	exitInconclusive = 5   // evidence is missing
	exitInterrupted  = 130 // a signal; the report is marked INCOMPLETE
)

// errInterrupted is the cause of the context that a signal has cancelled.
var errInterrupted = errors.New("interrupted")

// exitError is an error with the exit code that the process ends with.
type exitError struct {
	code int
	err  error
}

// Error implements error.
func (e *exitError) Error() string { return e.err.Error() }

// Unwrap returns the error without its code.
func (e *exitError) Unwrap() error { return e.err }

// usageError is a mistake on the command line or in a launch file.
func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// notReady is a verdict that evidence has decided against the launch.
func notReady(format string, args ...any) error {
	return &exitError{exitNotReady, fmt.Errorf(format, args...)}
}

// credentials is a credential that is missing, refused or expired.
func credentials(format string, args ...any) error {
	return &exitError{exitCredentials, fmt.Errorf(format, args...)}
}

// inconclusive is a verdict that no evidence decides.
func inconclusive(format string, args ...any) error {
	return &exitError{exitInconclusive, fmt.Errorf(format, args...)}
}

// interrupted is a run that a signal has stopped.
func interrupted(format string, args ...any) error {
	return &exitError{exitInterrupted, fmt.Errorf(format, args...)}
}

// hinted is an error with the next step, which is printed on a line of its own.
type hinted struct {
	err  error
	hint string
}

// Error implements error.
func (h *hinted) Error() string { return h.err.Error() }

// Unwrap returns the error without its hint.
func (h *hinted) Unwrap() error { return h.err }

// withHint adds the next step to an error.
func withHint(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// errDone ends a run early and well, such as after --version.
var errDone = errors.New("done")

// exitCode maps the outcome of a run to the exit code. An interrupted run is never a success, and
// no code of the library's own choice leaves the process.
func exitCode(ctx context.Context, err error) int {
	var coded *exitError
	var library cli.ExitCoder
	stopped := errors.Is(context.Cause(ctx), errInterrupted)
	switch {
	case errors.As(err, &coded):
		return coded.code
	case stopped, errors.Is(err, errInterrupted):
		return exitInterrupted
	case err == nil, errors.Is(err, errDone):
		return exitReady
	case errors.As(err, &library):
		return exitUsage
	default:
		return exitRuntime
	}
}

// finish prints the error, if any, and returns the exit code. It is the one place that prints
// errors.
func (e *env) finish(ctx context.Context, err error) int {
	code := exitCode(ctx, err)
	if err == nil && code == exitInterrupted {
		err = errInterrupted
	}
	if err != nil && !errors.Is(err, errDone) {
		printError(e.stderr, err)
	}
	return code
}

// printError writes the message, and the hint on the next line when there is one.
func printError(w io.Writer, err error) {
	fmt.Fprintf(w, "edgeprime: %s\n", printable(err.Error()))
	if h, ok := errors.AsType[*hinted](err); ok {
		fmt.Fprintf(w, "hint: %s\n", printable(h.hint))
	}
}

// printable makes a message of ours safe to show, line by line: it may quote what a site, a file or
// the command line says.
func printable(s string) string {
	const longest = 2000 // characters of one line
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = safe.Text(safe.URL(line), longest)
	}
	return strings.Join(lines, "\n")
}
