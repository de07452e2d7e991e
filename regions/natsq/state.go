package natsq

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Get returns what is kept under a key; ok says whether anything is.
func (e *Engine) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	entry, err := e.state.Get(ctx, key)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("natsq: read %s: %w", key, err)
	}
	return entry.Value(), true, nil
}

// Set keeps a value under a key: letters, digits, dots, hyphens and underscores.
func (e *Engine) Set(ctx context.Context, key string, value []byte) error {
	if _, err := e.state.Put(ctx, key, value); err != nil {
		return fmt.Errorf("natsq: keep %s: %w", key, err)
	}
	return nil
}

// secret returns what the proofs of a run are made with.
func (e *Engine) secret(ctx context.Context, run string) ([]byte, error) {
	key := "secret." + run
	value, ok, err := e.Get(ctx, key)
	if err != nil || ok {
		return value, err
	}
	value = make([]byte, 32)
	_, _ = rand.Read(value) // never fails
	return value, e.Set(ctx, key, value)
}

// RunKey is the key of what else is kept of a run; it goes with the run.
func RunKey(id string) string { return "run." + id }

// Info is what the engine holds of a run.
type Info struct {
	ID    string
	Bytes uint64 // on disk
}

// Runs returns the runs of the launch, oldest first: their ids sort by time.
func (e *Engine) Runs(ctx context.Context) ([]Info, error) {
	var runs []Info
	list := e.js.ListStreams(ctx, jetstream.WithStreamListSubject(e.resultSubject("*", "*")))
	for info := range list.Info() {
		id, ok := strings.CutPrefix(info.Config.Name, e.results(""))
		if !ok {
			continue
		}
		runs = append(runs, Info{ID: id, Bytes: info.State.Bytes})
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("natsq: list runs: %w", err)
	}
	slices.SortFunc(runs, func(a, b Info) int { return strings.Compare(a.ID, b.ID) })
	return runs, nil
}

// DeleteRun forgets a run.
func (e *Engine) DeleteRun(ctx context.Context, id string) error {
	err := e.js.DeleteStream(ctx, e.results(id))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("%w: %s", ErrNoRun, id)
	}
	for _, key := range []string{"secret." + id, RunKey(id)} {
		err = errors.Join(err, e.state.Purge(ctx, key))
	}
	if err != nil {
		return fmt.Errorf("natsq: delete run %s: %w", id, err)
	}
	return nil
}
