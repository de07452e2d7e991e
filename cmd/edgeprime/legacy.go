package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/google/renameio/v2"
)

// legacy is a file that hands the origin's limit from one process to the next: while a process
// asks, the file is empty; when it ends it writes until when the next one must stay quiet. A
// killed process leaves it empty, and nothing is known of what it had open.
type legacy struct{ path string }

// longestLegacy is more than any pause that a process can leave behind.
const longestLegacy = 5 * time.Minute

// quietUntil returns until when a process that begins now must stay quiet: what the last one has
// written, else the given time for one that was killed.
func (l legacy) quietUntil(now time.Time, longest time.Duration) (time.Time, error) {
	data, err := os.ReadFile(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return now, nil
	case err != nil:
		return now, fmt.Errorf("origin's limit: %w", err)
	}
	if until, err := time.Parse(time.RFC3339Nano, string(data)); err == nil && until.Before(now.Add(longestLegacy)) {
		return until, nil
	}
	return now.Add(longest), nil // killed, damaged, or the clock was set back
}

// open says that a process asks from now on.
func (l legacy) open() error { return l.write("") }

// leave says until when the next process must stay quiet.
func (l legacy) leave(until time.Time) error { return l.write(until.UTC().Format(time.RFC3339Nano)) }

func (l legacy) write(text string) error {
	if err := renameio.WriteFile(l.path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("origin's limit: %w", err)
	}
	return nil
}
