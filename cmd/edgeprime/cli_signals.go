package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interruptible returns a context that the first signal cancels with the cause errInterrupted, so
// that a run drains and still writes its report. The second signal ends the process at once, by
// exit. The returned function undoes it all.
func interruptible(parent context.Context, exit func(int)) (context.Context, func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup means to go on
		signal.Notify(signals, syscall.SIGHUP)
	}
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE) // writing to a closed pipe becomes an error instead of the end
	ctx, stop := watch(parent, signals, exit)
	return ctx, func() {
		signal.Stop(signals)
		signal.Stop(pipes)
		stop()
	}
}

// watch turns signals into the end of the context, then into the end of the process. Its function
// waits until no goroutine of it is left.
func watch(parent context.Context, signals <-chan os.Signal, exit func(int)) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	done := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-signals:
			}
			if n > 0 {
				exit(exitInterrupted)
			}
			cancel(errInterrupted)
		}
	})
	return ctx, func() {
		close(done)
		watcher.Wait()
		cancel(nil)
	}
}
