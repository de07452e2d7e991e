package main

import (
	"context"
	"fmt"
	"time"
)

// legacy hands the origin's limit from one process to the next through the engine's store: while a
// process asks, the value is empty; when it ends it writes until when the next one must stay quiet.
// A killed process leaves it empty, and nothing is known of what it had open.
type legacy struct{ store keyStore }

// keyStore keeps values over processes; natsq.Engine is one.
type keyStore interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Set(ctx context.Context, key string, value []byte) error
}

// legacyKey is where the engine keeps it.
const legacyKey = "origin"

// longestLegacy is more than any pause that a process can leave behind.
const longestLegacy = 5 * time.Minute

// quietUntil returns until when a process that begins now must stay quiet: what the last one has
// written, else the given time for one that was killed.
func (l *legacy) quietUntil(ctx context.Context, now time.Time, longest time.Duration) (time.Time, error) {
	data, ok, err := l.store.Get(ctx, legacyKey)
	switch {
	case err != nil:
		return now, fmt.Errorf("origin's limit: %w", err)
	case !ok:
		return now, nil
	}
	if until, err := time.Parse(time.RFC3339Nano, string(data)); err == nil && until.Before(now.Add(longestLegacy)) {
		return until, nil
	}
	return now.Add(longest), nil // killed, damaged, or the clock was set back
}

// open says that a process asks from now on.
func (l *legacy) open(ctx context.Context) error { return l.write(ctx, "") }

// leave says until when the next process must stay quiet.
func (l *legacy) leave(ctx context.Context, until time.Time) error {
	return l.write(ctx, until.UTC().Format(time.RFC3339Nano))
}

func (l *legacy) write(ctx context.Context, text string) error {
	if err := l.store.Set(ctx, legacyKey, []byte(text)); err != nil {
		return fmt.Errorf("origin's limit: %w", err)
	}
	return nil
}
