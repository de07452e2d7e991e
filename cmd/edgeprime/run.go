package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/google/renameio/v2"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/regions/natsq"
)

// The files of a run folder. A complete file means: this step is done.
const (
	manifestFile     = "manifest.jsonl"
	planFile         = "plan.json"
	observationsFile = "observations.jsonl"
	reportFile       = "report.json"
)

// launchRun is one command's work on one run folder. Its steps are called in order; each leaves a
// complete file behind or none.
type launchRun struct {
	beginning

	state    *launchState
	e        *env
	launch   *launch
	dir      string // the run's folder
	seen     *natsq.Run
	share    *share            // nil: the run is carried out here, as a whole
	detached *regions.Detached // what the plan to come is for; nil for this process
	tower    *tower
	desk     *desk
	legacy   *legacy

	manifest *crawl.Manifest
	plan     *regions.Plan
	pages    []crawl.Asset        // launch pages that are held against changes
	pins     map[string]string    // the fingerprints that they had first, by URL; nil before they were looked up
	pauses   notes                // what the guard did for the origin's sake
	notes    notes                // what else the report must tell of the way
	trace    func(crawl.Decision) // hears what discovery decides; nil for nobody
	mute     bool                 // what discovery or the DNS does not tell is shown with the result
	stopped  string               // why the run ended early, in words; empty when it did not
}

// notes collects lines from several goroutines.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

func (n *notes) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lines)
}

var runID = regexp.MustCompile(`^\d{8}T\d{9}Z-[0-9a-f]{8}$`)

// newRunID returns an id that sorts by time, never repeats and holds no dot.
func newRunID(now time.Time) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	stamp := now.UTC().Format("20060102T150405.000Z")
	return stamp[:15] + stamp[16:] + "-" + hex.EncodeToString(random[:])
}

// openRun begins a run, or goes on with the one that resume names.
func openRun(ctx context.Context, e *env, l *launch, resume string, primes bool) (*launchRun, error) {
	return open(ctx, e, l, l.folder(), func(r *launchRun) (dir string, err error) {
		if resume == "" {
			err = r.begin(ctx, newRunID(e.now()), primes)
		} else {
			err = r.goOn(ctx, resume)
		}
		return filepath.Join(r.state.base, r.ID), err
	})
}

// open opens the state in a folder and the run that identify begins or finds there; it returns the run's
// own folder.
func open(ctx context.Context, e *env, l *launch, base string, identify func(*launchRun) (dir string, err error)) (r *launchRun, err error) {
	r = &launchRun{e: e, launch: l}
	if r.state, err = openState(ctx, e, l, base); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	if r.dir, err = identify(r); err != nil {
		return r, err
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return r, fmt.Errorf("run folder: %w", err)
	}
	if r.seen, err = r.state.engine.Run(ctx, r.ID); err != nil {
		return r, err
	}
	if r.tower, err = newTower(r); err != nil {
		return r, err
	}
	if err := r.takeOver(ctx, &legacy{r.state.engine}); err != nil {
		return r, err
	}
	context.AfterFunc(r.state.engine.Lost(), r.tower.permits.Drain)
	r.desk, err = r.openDesk()
	return r, err
}

// takeOver stays quiet as long as an earlier process may have requests at the origin.
func (r *launchRun) takeOver(ctx context.Context, l *legacy) error {
	now := time.Now()
	until, err := l.quietUntil(ctx, now, r.tower.permits.LongestLegacy())
	if err != nil {
		return err
	}
	if wait := until.Sub(now).Round(time.Second); wait > time.Second {
		r.e.tell("nothing is asked for %s: an earlier run was killed or was asked to wait, and may still weigh on the origin", wait)
	}
	r.tower.permits.Quiet(until)
	r.legacy = l
	return l.open(ctx)
}

// begin starts a new run and writes down how.
func (r *launchRun) begin(ctx context.Context, id string, primes bool) error {
	r.beginning = beginning{
		ID: id, Started: r.e.now().UTC().Truncate(time.Millisecond), Config: r.launch.Digest, Tool: toolVersion(), Primes: primes,
	}
	return r.state.keep(ctx, r.beginning)
}

// goOn reads how a run began. Another launch file would make another run of it.
func (r *launchRun) goOn(ctx context.Context, id string) error {
	if !runID.MatchString(id) {
		return withHint(usageError("%q is no run id", id), "a run id looks like 20261201T140000123Z-7f3a90c1; edgeprime runs lists them")
	}
	b, ok, err := r.state.beginningOf(ctx, id)
	if err == nil && !ok {
		err = withHint(usageError("launch %s has no run %s, or its state was pruned", r.launch.File.Name, id), "edgeprime runs lists what can be resumed")
	}
	if err != nil {
		return err
	}
	r.beginning = b
	if r.Config != r.launch.Digest {
		return withHint(usageError("run %s began with other settings than %s has now: its evidence would not fit", id, r.launch.Path),
			"undo the change to resume, or begin a new run without --resume")
	}
	return nil
}

// complete exports the observations into the run's folder, and returns how many: every step is done.
func (r *launchRun) complete(ctx context.Context) (n int, err error) {
	err = r.e.writeTo(filepath.Join(r.dir, observationsFile), func(w io.Writer) error {
		n, err = writeObservations(w, r.seen.Observations(ctx))
		return err
	})
	return n, err
}

// observations streams what the run has seen, and before it what discovery has seen for its shares.
func (r *launchRun) observations(ctx context.Context) iter.Seq2[edge.Observation, error] {
	if r.share == nil {
		return r.seen.Observations(ctx)
	}
	return inOrder(r.share.discovered, r.seen.Observations(ctx))
}

// Close ends the work on the run; what is not complete can be resumed.
func (r *launchRun) Close() error {
	var errs []error
	if r.desk != nil {
		r.desk.close()
	}
	if r.legacy != nil {
		errs = append(errs, r.legacy.leave(context.Background(), time.Now().Add(r.tower.permits.Legacy())))
	}
	if r.tower != nil {
		errs = append(errs, r.tower.Close())
	}
	return errors.Join(append(errs, r.state.Close())...)
}

// writeJSON writes a value to a file, whole or not at all.
func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := renameio.WriteFile(path, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// endedEarly is why a step ended before its end, when that is no failure of the program: the run
// goes on to its report.
func (r *launchRun) endedEarly(ctx context.Context, err error) bool {
	switch {
	case ctx.Err() != nil:
		r.stopped = "interrupted"
	case errors.Is(err, crawl.ErrNothing):
		r.stopped = "no asset in scope was found"
	case errors.Is(err, regions.ErrGate), errors.Is(err, origin.ErrExpired), errors.Is(err, errUnsteady), isAborted(err):
		r.stopped = err.Error()
	default:
		return false
	}
	return true
}
