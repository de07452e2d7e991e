package main

import (
	"errors"
	"flag"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgeprime/edgeprime/fixtures/world"
)

var update = flag.Bool("update", false, "write golden files and scripts anew")

// TestMain makes edgeprime itself a command of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"edgeprime": main})
}

// TestScript runs the stories of the command line, one a file.
func TestScript(t *testing.T) {
	w := &worlds{of: map[*testscript.TestScript]*world.World{}}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/.cache")
			env.Setenv("ESC", "\x1b")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each race-checked process lingers for a second
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "judged": judged, "found": found, "lacking": lacking, "world": w.start, "load": w.load, "originlog": w.originLog, "cold": w.cold, "steadied": steadied, "serve": serve,
		},
	})
}

// exits runs a command that must end with exactly the given exit code: exits 2 edgeprime xyzzy.
// What ends with a usage error has written nothing to stdout.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT ...]")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("%s ended with code %d, not %s", strings.Join(args[1:], " "), code, args[0])
	}
	if out := ts.ReadFile("stdout"); code == exitUsage && out != "" {
		ts.Fatalf("a usage error wrote to stdout: %q", out)
	}
}
