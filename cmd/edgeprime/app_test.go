package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v2"
)

// testEnv is an env whose world is the test's.
func testEnv(argv ...string) (e *env, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	e = newEnv(argv, strings.NewReader(""), stdout, stderr)
	e.getenv = func(string) string { return "" }
	e.now = func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }
	return e, stdout, stderr
}

func TestExitCode(t *testing.T) {
	live := t.Context()
	stopped, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	ended, end := context.WithCancel(t.Context())
	end()
	for _, tt := range []struct {
		name string
		ctx  context.Context //nolint:containedctx // a column of the table
		err  error
		want int
	}{
		{"success", live, nil, 0},
		{"version", live, errDone, 0},
		{"any error", live, io.ErrUnexpectedEOF, 1},
		{"usage", live, usageError("x"), 2},
		{"usage with a hint", live, withHint(usageError("x"), "y"), 2},
		{"wrapped usage", live, fmt.Errorf("a: %w", usageError("x")), 2},
		{"not ready", live, notReady("x"), 3},
		{"credentials", live, credentials("x"), 4},
		{"inconclusive", live, inconclusive("x"), 5},
		{"interrupted", live, interrupted("x"), 130},
		{"signal, error of the context", stopped, context.Canceled, 130},
		{"signal, no error: never a success", stopped, nil, 130},
		{"signal, but the verdict stands", stopped, notReady("x"), 3},
		{"the caller's end is no signal", ended, context.Canceled, 1},
		{"cause without context", live, fmt.Errorf("prime: %w", errInterrupted), 130},
		{"the library's code 3 is no verdict", live, cli.Exit("No help topic", 3), 2},
	} {
		assert.Equal(t, tt.want, exitCode(tt.ctx, tt.err), tt.name)
	}
}

func TestFinishPrintsOnce(t *testing.T) {
	e, stdout, stderr := testEnv()
	code := e.finish(t.Context(), fmt.Errorf("launch: %w", withHint(notReady("2 assets are cold in \x1b[31meu\u202e"), "edgeprime prime --resume x\x07")))
	assert.Equal(t, 3, code)
	assert.Empty(t, stdout.String())
	assert.Equal(t, "edgeprime: launch: 2 assets are cold in \\x1b[31meu\\u202e\nhint: edgeprime prime --resume x\\x07\n", stderr.String())

	e, _, stderr = testEnv()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	assert.Equal(t, 130, e.finish(ctx, nil))
	assert.Equal(t, "edgeprime: interrupted\n", stderr.String())
}

// sliceApp is the real command line with another check.
func sliceApp(e *env, got, positional *[]string) *cli.App {
	app := newApp(e)
	check := &cli.Command{
		Name: "check",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "header"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}},
			&cli.BoolFlag{Name: "all", Aliases: []string{"a"}},
		},
		Action: func(c *cli.Context) error {
			if c.Bool("all") && c.NArg() == 0 {
				return cli.Exit("the library's own exit", 3)
			}
			*got = c.StringSlice("header")
			var err error
			*positional, err = positionals(c, e.argv)
			return err
		},
	}
	e.close(check)
	app.Commands = append(slices.DeleteFunc(app.Commands, func(c *cli.Command) bool { return c.Name == check.Name }), check)
	return app
}

func TestCommasStayInOneValue(t *testing.T) {
	argv := []string{"edgeprime", "check", "--header", "Accept: image/avif, */*", "--header", "https://a.example/x,y", "u"}
	e, _, _ := testEnv(argv...)
	var got, positional []string
	require.NoError(t, sliceApp(e, &got, &positional).RunContext(t.Context(), argv))
	assert.Equal(t, []string{"Accept: image/avif, */*", "https://a.example/x,y"}, got)
	assert.Equal(t, []string{"u"}, positional)
}

func TestFlagsBehindArguments(t *testing.T) {
	for _, tt := range []struct {
		args string
		want string // the arguments, or the flag that is refused
	}{
		{"https://a --format json", "refused --format"},
		{"https://a --format=json", "refused --format=json"},
		{"https://a -f json", "refused -f"},
		{"https://a -a", "refused -a"},
		{"https://a --unknown", "refused --unknown"},
		{"https://a https://b --all", "refused --all"},
		{"--all https://a -f json", "refused -f"},
		{"https://a --help", "refused --help"},
		{"- --all", "refused --all"},
		{"https://a --all -- --b", "refused --all"},
		{"https://a -", "https://a -"},
		{"-", "-"},
		{"-- --all", "--all"},
		{"https://a -- --all -x", "https://a --all -x"},
		{"--all -- -- a", "-- a"},
		{"https://a -- b -- -c", "https://a b -- -c"},
		{"--format json https://a", "https://a"},
		{"", ""},
	} {
		argv := append([]string{"edgeprime", "check"}, strings.Fields(tt.args)...)
		e, _, _ := testEnv(argv...)
		var got, positional []string
		err := sliceApp(e, &got, &positional).RunContext(t.Context(), argv)
		if flag, refused := strings.CutPrefix(tt.want, "refused "); refused {
			require.ErrorContains(t, err, "flag "+flag+" stands behind an argument", tt.args)
			assert.Equal(t, exitUsage, exitCode(t.Context(), err), tt.args)
			continue
		}
		require.NoError(t, err, tt.args)
		assert.Equal(t, strings.Fields(tt.want), append([]string{}, positional...), tt.args)
	}
}

func TestTheLibraryNeverExits(t *testing.T) {
	argv := []string{"edgeprime", "check", "--all"}
	e, _, _ := testEnv(argv...)
	var none []string
	err := sliceApp(e, &none, &none).RunContext(t.Context(), argv)
	require.Error(t, err, "still here")
	assert.Equal(t, exitUsage, exitCode(t.Context(), err))
}

func TestMessagesHideCredentials(t *testing.T) {
	e, _, stderr := testEnv()
	e.finish(t.Context(), withHint(usageError("cannot ask https://u:hunter2@a.example/?token=hunter2"), "open https://a.example/?sig=hunter2"))
	assert.NotContains(t, stderr.String(), "hunter2")
}

func TestEveryCommandIsClosed(t *testing.T) {
	e, _, _ := testEnv()
	var walk func(list []*cli.Command)
	walk = func(list []*cli.Command) {
		for _, c := range list {
			assert.NotEmpty(t, c.Usage, "%s says what it does", c.Name)
			assert.NotNil(t, c.OnUsageError, c.Name)
			assert.NotNil(t, c.Action, c.Name)
			assert.True(t, c.HideHelpCommand, c.Name)
			for _, f := range c.Flags {
				required, ok := f.(cli.RequiredFlag)
				assert.False(t, ok && required.IsRequired(), "%s %s: the library prints the usage of a missing flag to stdout", c.Name, f.Names()[0])
			}
			walk(c.Subcommands)
		}
	}
	walk(newApp(e).Commands)
}

// brokenPipe fails as a pipe does whose reader has gone.
type brokenPipe struct{ err error }

func (b brokenPipe) Write([]byte) (int, error) { return 0, b.err }

func TestClosedStdoutKeepsTheExitCode(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"schema"}, {"init", "-"}, {"--version"}, {"help", "exit-codes"}} {
		argv := append([]string{"edgeprime"}, args...)
		var stderr bytes.Buffer
		broken := brokenPipe{&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}}
		assert.Equal(t, 0, run(t.Context(), argv, strings.NewReader(""), broken, &stderr), args)
		assert.Empty(t, stderr.String(), args)
	}
	var stderr bytes.Buffer
	full := brokenPipe{&os.PathError{Op: "write", Path: "/dev/full", Err: syscall.ENOSPC}}
	assert.Equal(t, exitRuntime, run(t.Context(), []string{"edgeprime", "schema"}, strings.NewReader(""), full, &stderr))
	assert.Contains(t, stderr.String(), "no space left")
}

func TestSignals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal, 2)
		var codes []int
		ctx, stop := watch(t.Context(), signals, func(code int) { codes = append(codes, code) })
		synctest.Wait()
		require.NoError(t, ctx.Err())

		signals <- syscall.SIGINT
		<-ctx.Done()
		require.ErrorIs(t, context.Cause(ctx), errInterrupted)
		synctest.Wait()
		assert.Empty(t, codes, "the first signal drains")

		signals <- syscall.SIGTERM
		synctest.Wait()
		assert.Equal(t, []int{130}, codes, "the second leaves at once")
		stop()
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := watch(t.Context(), make(chan os.Signal), nil)
		stop()
		assert.NotErrorIs(t, context.Cause(ctx), errInterrupted)
	})
}

// TestSignalsEndTheProcess sends real signals to a process that waits for its launch file.
func TestSignalsEndTheProcess(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Args = []string{"edgeprime", "validate", "-"}
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.WriteString(stdin, strings.Repeat("# more than a pipe holds\n", 8<<10))
	require.NoError(t, err) // so it reads already, and its signal handlers stand
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	for cmd.Process.Signal(syscall.SIGINT) == nil { // a second signal may fall together with the first
		if state, _ := processState(cmd); state {
			break
		}
	}
	exit, ok := errors.AsType[*exec.ExitError](cmd.Wait())
	require.True(t, ok)
	assert.Equal(t, 130, exit.ExitCode())
}

// processState is true when the process has ended and waits to be collected.
func processState(cmd *exec.Cmd) (ended bool, err error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid))
	if err != nil {
		return true, err
	}
	_, state, _ := bytes.Cut(data, []byte(") "))
	return len(state) == 0 || state[0] == 'Z', nil
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{
		"max_rsp": "max_rps", "maxrps": "max_rps", "max-rps": "max_rps", "timeuot": "timeout",
		"MAX_RPS": "", "x": "", "": "", "amplifcation": "amplification", strings.Repeat("max_rps", 5000): "",
	} {
		assert.Equal(t, want, nearest(word, []string{"max_rps", "max_in_flight", "amplification", "timeout"}), word)
	}
}
