package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/edgeprime/edgeprime/regions/natsq"
)

// stateFolder holds what is alive of a launch's runs: one lock, and the engine's store.
const stateFolder = ".state"

// launchState is a launch's folder, opened by the one command that works on it.
type launchState struct {
	base   string // the folder of the launch: runs, and the state beside them
	lock   *flock.Flock
	engine *natsq.Engine
}

// folder is where a launch's runs are.
func (l *launch) folder() string { return filepath.Join(l.File.Report.Dir, l.File.Name) }

// openState opens the state in a folder of a launch. One command at a time works on it.
func openState(ctx context.Context, e *env, l *launch, base string) (*launchState, error) {
	s := &launchState{base: base}
	folder := filepath.Join(s.base, stateFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("run folder: %w", err)
	}
	s.lock = flock.New(filepath.Join(folder, "LOCK"))
	switch locked, err := s.lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock of launch %s: %w", l.File.Name, err)
	case !locked:
		return nil, withHint(fmt.Errorf("another edgeprime is at work on launch %s", l.File.Name),
			"wait for it to end; it holds %s", s.lock.Path())
	}
	config, err := engineConfig(e, l, filepath.Join(folder, "engine"))
	if err == nil {
		s.engine, err = natsq.Open(ctx, config)
	}
	switch w := l.File.Workers; {
	case errors.Is(err, natsq.ErrStart) && w.Listen != "":
		err = withHint(err, "workers.listen is %s: end what has the port, or choose another", w.Listen)
	case errors.Is(err, natsq.ErrUnready):
		err = withHint(err, "workers.replicas is %d: start the servers that are offline, or lower it", max(1, w.Replicas))
	}
	if err != nil {
		return nil, errors.Join(err, s.lock.Unlock())
	}
	return s, nil
}

// Close gives the launch back.
func (s *launchState) Close() error { return errors.Join(s.engine.Close(), s.lock.Unlock()) }

// beginning is what a run must still know when it is resumed.
type beginning struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	Config  string    `json:"config"` // digest of the resolved launch file
	Tool    string    `json:"tool"`
	Primes  bool      `json:"primes"` // false: the run measures only
	// Approved: the set of cells is that of an approved plan.
	Approved bool   `json:"approved,omitempty"`
	Pinned   pinned `json:"pinned,omitzero"`
	Places   places `json:"places,omitempty"`
}

// keep writes down how a run began.
func (s *launchState) keep(ctx context.Context, b beginning) error {
	data, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("run %s: %w", b.ID, err)
	}
	return s.engine.Set(ctx, natsq.RunKey(b.ID), data)
}

// beginningOf reads how a run began; ok says whether there is such a run.
func (s *launchState) beginningOf(ctx context.Context, id string) (b beginning, ok bool, err error) {
	data, ok, err := s.engine.Get(ctx, natsq.RunKey(id))
	if err != nil || !ok {
		return b, false, err
	}
	if err := json.Unmarshal(data, &b); err != nil {
		return b, false, fmt.Errorf("run %s: %w", id, err)
	}
	return b, true, nil
}
