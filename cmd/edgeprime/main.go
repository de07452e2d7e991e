// Command edgeprime primes CDN edges region by region before a launch, under one limit on the
// origin's load, measures what the edges then answer and says whether the launch is ready.
//
// The commands are in one file each; cli.go holds exit codes and the one place that prints
// errors, launchfile.go the launch file.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it: it returns the exit code.
func run(ctx context.Context, argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := interruptible(ctx, os.Exit)
	defer stop()
	e := newEnv(argv, stdin, stdout, stderr)
	slog.SetDefault(e.log) // net/http writes peer bytes to the standard log: quoted, and with --verbose only
	slog.SetLogLoggerLevel(slog.LevelDebug)
	return e.finish(ctx, newApp(e).RunContext(ctx, argv))
}
