package regions_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// manifest has n assets: the first half critical, of growing size; the rest low.
func manifest(n int) *crawl.Manifest {
	var assets []crawl.Asset
	for i := range n {
		a := crawl.Asset{
			URL: fmt.Sprintf("http://shop.example/%03d", i), Kind: crawl.Image, Mode: crawl.NoCORS,
			Source: "test", Priority: crawl.Critical, Bytes: int64(i * 1000),
		}
		if i >= n/2 {
			a.Priority = crawl.Low
		}
		assets = append(assets, a)
	}
	assets = append(assets, crawl.Asset{URL: "http://third.example/x.js", Kind: crawl.Script, ThirdParty: true, Priority: crawl.High})
	return crawl.NewManifest(assets)
}

func input(n int) regions.Input {
	return regions.Input{
		Launch: "sale", Manifest: manifest(n), Variants: []edge.Variant{{Name: "chromium"}},
		Regions: []regions.Region{{Name: "us"}, {Name: "eu"}, {Name: "ap"}},
		Stages:  regions.Stages{Shield: []edge.Vantage{{Address: "127.0.0.11:80"}}, Canary: "eu", Cover: 1},
	}
}

// world answers tasks without a network, as caches behind a shield would.
type world struct {
	mu     sync.Mutex
	asked  []string // "pass vantage url"
	stored map[string]bool
	answer func(t regions.Task, o *edge.Observation)
}

func (w *world) fetch(_ context.Context, t regions.Task) (edge.Observation, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := t.Vantage.Name + " " + t.Asset.URL
	w.asked = append(w.asked, string(t.Pass)+" "+key)
	hit := w.stored[key]
	o := edge.Observation{
		URL: t.Asset.URL, Variant: t.Variant.Name, Status: 200, Completeness: edge.Complete,
		Cache:    edge.CacheStatus{Outcome: edge.Miss, EdgeHit: &hit, Origin: edge.ContactUnknown},
		Attempts: []edge.Attempt{{}},
	}
	if hit {
		o.Cache.Outcome = edge.Hit
	}
	w.stored[key] = true
	if w.answer != nil {
		w.answer(t, &o)
	}
	return o, nil
}

func (w *world) passes(prefix string) (n int) {
	for _, a := range w.asked {
		if len(a) >= len(prefix) && a[:len(prefix)] == prefix {
			n++
		}
	}
	return n
}

// run drives a plan with one worker per vantage.
type run struct {
	dispatcher *regions.Dispatcher
	journal    *regions.Journal
	path       string
	plan       *regions.Plan
}

func newRun(t *testing.T, in regions.Input, path string) *run {
	t.Helper()
	plan, err := regions.NewPlan(in)
	require.NoError(t, err)
	j, err := regions.OpenJournal(path)
	require.NoError(t, err)
	d := &regions.Dispatcher{Run: "r1", Plan: plan, Manifest: in.Manifest, Recorder: j}
	require.NoError(t, d.Replay(regions.ReadObservations(path)))
	return &run{d, j, path, plan}
}

func (r *run) do(ctx context.Context, fetch regions.Fetch, steps ...func(context.Context) error) error {
	queue := regions.NewMemoryQueue(2)
	r.dispatcher.Queue = queue
	group, groupCtx := errgroup.WithContext(ctx)
	for _, v := range r.plan.Vantages() {
		w := &regions.Worker{
			Vantage: v.Name, Source: queue, Sink: r.dispatcher, Slots: 3,
			Asker: &regions.Asker{Fetch: fetch, Budget: origin.NewBudget(100), Breakers: &origin.Breakers{}},
		}
		group.Go(func() error { return w.Run(groupCtx) })
	}
	group.Go(func() error {
		defer queue.Close()
		for _, step := range steps {
			if err := step(groupCtx); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(group.Wait(), r.journal.Close())
}

func TestRunPrimesInStagesAndMeasuresEveryVisitorsCell(t *testing.T) {
	w := &world{stored: map[string]bool{}}
	r := newRun(t, input(40), filepath.Join(t.TempDir(), "j"))
	var last [4]string
	r.dispatcher.Progress = func(stage string, pass edge.Pass, done, total int) {
		last = [4]string{stage, string(pass), strconv.Itoa(done), strconv.Itoa(total)}
	}
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime, r.dispatcher.Verify))
	for prefix, want := range map[string]int{
		"prime shield-1": 40, "prime eu": 40, "prime us": 40, "prime ap": 40,
		"sample shield-1": 20, "sample eu": 20, "sample us": 0,
		"verify shield": 0, "verify eu": 40, "verify us": 40, "verify ap": 40, "confirm": 0,
	} {
		assert.Equal(t, want, w.passes(prefix), prefix)
	}
	at := func(prefix string) (first, last int) {
		first = slices.IndexFunc(w.asked, func(a string) bool { return len(a) > len(prefix) && a[:len(prefix)] == prefix })
		for i, a := range w.asked {
			if len(a) > len(prefix) && a[:len(prefix)] == prefix {
				last = i
			}
		}
		return first, last
	}
	_, shieldEnd := at("prime shield-1")
	canary, canaryEnd := at("prime eu")
	rest, _ := at("prime us")
	assert.Less(t, shieldEnd, canary)
	assert.Less(t, canaryEnd, rest)
	assert.Equal(t, [4]string{"verify", "verify", "120", "120"}, last)

	seen := map[string]int{}
	for o, err := range regions.ReadObservations(r.path) {
		require.NoError(t, err)
		seen[o.Task]++
		assert.NotContains(t, o.URL, "third.example")
	}
	assert.Len(t, seen, 4*40+2*20+3*40)
	for id, n := range seen {
		assert.Equal(t, 1, n, id)
	}
}

func TestRunAsksAgainWhereTheFirstMeasurementMissed(t *testing.T) {
	w := &world{stored: map[string]bool{}, answer: func(t regions.Task, o *edge.Observation) {
		no := false
		switch {
		case t.Asset.URL == "http://shop.example/001" && t.Pass == edge.Verify,
			t.Asset.URL == "http://shop.example/002" && t.Pass != edge.Prime:
			o.Cache.Outcome, o.Cache.EdgeHit = edge.Miss, &no
		case t.Asset.URL == "http://shop.example/003":
			o.Cache.Outcome, o.Cache.EdgeHit = edge.Unknown, nil // asking again tells no more
		case t.Asset.URL == "http://shop.example/004":
			o.Status, o.Challenge = 403, "challenge"
		}
	}}
	r := newRun(t, input(40), filepath.Join(t.TempDir(), "j"))
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime, r.dispatcher.Verify))
	assert.Equal(t, 6, w.passes("confirm"))
	assert.Equal(t, 1, w.passes("confirm us http://shop.example/001"))
	assert.Equal(t, 1, w.passes("confirm us http://shop.example/002"))
}

func TestRunGate(t *testing.T) {
	fail := func(o *edge.Observation) { o.Failure = edge.FailProtocol }
	for name, tc := range map[string]struct {
		answer func(t regions.Task, o *edge.Observation)
		want   string
	}{
		"errors": {func(t regions.Task, o *edge.Observation) {
			if t.Vantage.Name == "eu" && t.Asset.URL < "http://shop.example/005" {
				fail(o)
			}
		}, "behind stage canary-eu: 5 of 20 critical cells failed while priming, allowed is a share of 0.2; the first: http://shop.example/00"},
		"challenges": {func(t regions.Task, o *edge.Observation) {
			if t.Vantage.Name == "eu" {
				o.Challenge = "a page that answers 200"
			}
		}, "8 of 8 critical cells failed"}, // asking on would make it a ban
		"cold": {func(t regions.Task, o *edge.Observation) {
			if no := false; t.Vantage.Name == "eu" {
				o.Cache.Outcome, o.Cache.EdgeHit = edge.Miss, &no
			}
		}, "behind stage canary-eu: 0 of 20 sampled cells hit"},
		"some errors are allowed": {func(t regions.Task, o *edge.Observation) {
			if t.Vantage.Name == "eu" && t.Asset.URL < "http://shop.example/004" {
				fail(o)
			}
		}, ""},
		"low assets close no gate": {func(t regions.Task, o *edge.Observation) {
			if t.Asset.Priority == crawl.Low {
				o.Status = 404
			}
		}, ""},
		"unknown outcomes close no gate": {func(_ regions.Task, o *edge.Observation) {
			o.Cache.Outcome, o.Cache.EdgeHit = edge.Unknown, nil
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{stored: map[string]bool{}, answer: tc.answer}
				r := newRun(t, input(40), filepath.Join(t.TempDir(), "j"))
				var gate error
				err := r.do(t.Context(), w.fetch, func(ctx context.Context) error {
					gate = r.dispatcher.Prime(ctx)
					return r.dispatcher.Verify(ctx)
				})
				require.NoError(t, err)
				if tc.want == "" {
					require.NoError(t, gate)
					return
				}
				require.ErrorIs(t, gate, regions.ErrGate)
				require.ErrorContains(t, gate, tc.want)
				assert.Zero(t, w.passes("prime us"))
				assert.Zero(t, w.passes("verify us"), "measuring a cold region would fill it behind the gate's back")
				if name == "challenges" {
					assert.LessOrEqual(t, w.passes("verify eu"), 1, "it was given up")
					return
				}
				assert.Equal(t, 40, w.passes("verify eu"))
			})
		})
	}
}

func TestRunResumesWithoutAskingTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	w := &world{stored: map[string]bool{}}
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	first := newRun(t, input(40), path)
	n := 0
	err := first.do(ctx, func(ctx context.Context, task regions.Task) (edge.Observation, error) {
		w.mu.Lock()
		if n++; n == 70 {
			cancel(stopped)
		}
		w.mu.Unlock()
		return w.fetch(ctx, task)
	}, first.dispatcher.Prime)
	require.ErrorIs(t, err, stopped)
	before := first.journal.Len()
	assert.Equal(t, len(w.asked), before, "what was asked was recorded, drained requests too")
	assert.Less(t, before, 200)

	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString(`{"task":"torn`)
	require.NoError(t, errors.Join(err, file.Close()))

	second := newRun(t, input(40), path)
	require.NoError(t, second.do(t.Context(), w.fetch, second.dispatcher.Prime, second.dispatcher.Verify))
	assert.Len(t, w.asked, 4*40+2*20+3*40)
	slices.Sort(w.asked)
	assert.Len(t, slices.Compact(w.asked), 4*40+2*20+3*40, "nothing twice")
}

func TestJournalRefusesDamageInTheMiddle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	w := &world{stored: map[string]bool{}}
	r := newRun(t, input(4), path)
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, at := range []int{0, 300, len(data) / 2} {
		broken := slices.Clone(data)
		broken[at] = '\n'
		require.NoError(t, os.WriteFile(path, broken, 0o600))
		_, err = regions.OpenJournal(path)
		require.ErrorIs(t, err, regions.ErrJournal)
		require.ErrorContains(t, err, "at byte")
		var readErr error
		for _, err := range regions.ReadObservations(path) {
			readErr = errors.Join(readErr, err)
		}
		require.ErrorIs(t, readErr, regions.ErrJournal)
	}
	for cut := range 40 { // a torn tail loses the last line only
		require.NoError(t, os.WriteFile(path, data[:len(data)-1-cut], 0o600))
		j, err := regions.OpenJournal(path)
		require.NoError(t, err)
		assert.Equal(t, r.journal.Len()-1, j.Len())
		require.NoError(t, j.Close())
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, byte('\n'), after[len(after)-1], "the torn line is cut off")
	}
	_, err = regions.OpenJournal(t.TempDir())
	require.Error(t, err)
	for o, readErr := range regions.ReadObservations(path) {
		require.NoError(t, readErr)
		fresh, err := r.journal.Record(o)
		require.NoError(t, err)
		assert.False(t, fresh, "a task has one observation, ever")
		break
	}
	_, err = r.journal.Record(edge.Observation{Task: "short"})
	require.ErrorContains(t, err, "is no task id")
	assert.False(t, r.journal.Recorded("short"))
}

// A redelivered batch is answered twice; gates must count it once.
func TestRunCountsATaskOnce(t *testing.T) {
	w := &world{stored: map[string]bool{}, answer: func(task regions.Task, o *edge.Observation) {
		if task.Vantage.Name == "eu" && task.Asset.URL < "http://shop.example/004" {
			o.Failure = edge.FailProtocol
		}
	}}
	r := newRun(t, input(40), filepath.Join(t.TempDir(), "j"))
	twice := func(ctx context.Context, task regions.Task) (edge.Observation, error) {
		o, err := w.fetch(ctx, task)
		first := o
		first.Task, first.Vantage, first.Pass = task.ID, task.Vantage.Name, task.Pass
		if first.Failure != "" {
			err = errors.Join(err, r.dispatcher.Put(ctx, first))
		}
		return o, err
	}
	require.NoError(t, r.do(t.Context(), twice, r.dispatcher.Prime), "4 of 20 critical cells may fail")
	assert.Equal(t, 40, w.passes("prime us"))
	assert.Equal(t, 4*40+2*20, r.journal.Len())
}

// A region's own edge may be the upper tier of the others: it is primed first and once, and measured
// as what its visitors meet.
func TestRunMeasuresAShieldThatServesVisitors(t *testing.T) {
	in := input(10)
	in.Regions[1].Vantages = []edge.Vantage{{Name: "eu", Region: "eu", Via: edge.Direct}}
	in.Stages = regions.Stages{Shield: []edge.Vantage{{Name: "eu", Region: "eu"}}, Canary: "us"}
	w := &world{stored: map[string]bool{}}
	r := newRun(t, in, filepath.Join(t.TempDir(), "j"))
	var stages []string
	for s, v := range r.plan.Vantages() {
		stages = append(stages, s.Name+" "+v.Name)
		assert.Equal(t, v.Name, v.Region)
	}
	assert.Equal(t, []string{"shield eu", "canary-us us", "rest ap"}, stages)
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime, r.dispatcher.Verify))
	for _, region := range []string{"eu", "us", "ap"} {
		assert.Equal(t, 10, w.passes("prime "+region), region)
		assert.Equal(t, 10, w.passes("verify "+region), region)
	}
}

// What changed while the run went on is asked anew from the first stage on, and what was seen of it before
// counts for no gate and for no second measurement.
func TestRunAsksAnewForWhatChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	in := input(6)
	in.Stages = regions.Stages{Canary: "eu", Cover: 1}
	r := newRun(t, in, path)
	w := &world{stored: map[string]bool{}, answer: func(t regions.Task, o *edge.Observation) {
		if t.Asset.URL == "http://shop.example/000" && t.Epoch == 0 {
			o.Status = 500 // the old one is broken
		}
	}}
	changed := errors.New("changed")
	var behind []string
	r.dispatcher.Between = func(_ context.Context, s regions.Stage) error {
		behind = append(behind, s.Name)
		return changed
	}
	r.plan.Stages[0].Gate.MaxErrorRatio = 0.4
	require.ErrorIs(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime), changed)
	assert.Equal(t, []string{"canary-eu"}, behind)
	asked := len(w.asked)

	var assets []crawl.Asset
	for a := range in.Manifest.All() {
		if a.URL == "http://shop.example/000" {
			a.Epoch = 1
		}
		assets = append(assets, a)
	}
	in.Manifest = crawl.NewManifest(assets)
	again := newRun(t, in, path)
	again.plan.Stages[0].Gate.MaxErrorRatio = 0.1
	require.NoError(t, again.do(t.Context(), w.fetch, again.dispatcher.Prime, again.dispatcher.Verify))
	var anew []string
	for _, a := range w.asked[asked:] {
		if strings.Contains(a, " eu ") && !strings.HasPrefix(a, "verify") {
			anew = append(anew, a)
		}
	}
	assert.Equal(t, []string{"prime eu http://shop.example/000", "sample eu http://shop.example/000"}, anew)
	assert.Zero(t, w.passes("confirm"))
}

func TestMeasuringAloneDoesNotPrime(t *testing.T) {
	w := &world{stored: map[string]bool{}}
	r := newRun(t, input(10), filepath.Join(t.TempDir(), "j"))
	r.dispatcher.MeasureOnly = true
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Verify))
	assert.Equal(t, 30, w.passes("verify"))
	assert.Zero(t, w.passes("confirm"), "a second answer would only show what the first one has filled")
}

func TestRunAsksAgainWhatWasNeverTried(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	dead := &world{stored: map[string]bool{}, answer: func(task regions.Task, o *edge.Observation) {
		if task.Vantage.Name == "ap" {
			*o = edge.Observation{URL: o.URL, Variant: o.Variant, Failure: edge.FailUnreachable}
		}
	}}
	first := newRun(t, input(10), path)
	require.NoError(t, first.do(t.Context(), dead.fetch, first.dispatcher.Prime, first.dispatcher.Verify))
	for o, err := range regions.ReadObservations(path) {
		require.NoError(t, err)
		assert.NotEqual(t, "ap", o.Vantage, "what was not tried is no evidence")
	}
	assert.Zero(t, dead.passes("verify ap"), "and what was not primed is not measured")
	assert.Equal(t, 10, dead.passes("verify us"), "but the other vantages of its stage are")

	alive := &world{stored: map[string]bool{}}
	second := newRun(t, input(10), path)
	require.NoError(t, second.do(t.Context(), alive.fetch, second.dispatcher.Prime, second.dispatcher.Verify))
	assert.Equal(t, 10, alive.passes("prime ap"))
	assert.Equal(t, 10, alive.passes("verify ap"))
	assert.Zero(t, alive.passes("prime us"))
}

// What a deploy changed, and a gate has kept from a region since, is not measured there: that would fill it.
func TestVerifyLeavesWhatAGateHasKeptBackSinceADeploy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	in := input(6)
	in.Stages = regions.Stages{Canary: "eu", Cover: 1}
	r := newRun(t, in, path)
	w := &world{stored: map[string]bool{}, answer: func(t regions.Task, o *edge.Observation) {
		if t.Epoch == 1 {
			o.Status = 500 // the new one is broken
		}
	}}
	require.NoError(t, r.do(t.Context(), w.fetch, r.dispatcher.Prime))
	var assets []crawl.Asset
	for a := range in.Manifest.All() {
		a.Epoch = map[bool]int{true: 1}[a.URL == "http://shop.example/000"]
		assets = append(assets, a)
	}
	in.Manifest = crawl.NewManifest(assets)
	again := newRun(t, in, path)
	again.plan.Stages[0].Gate.MaxErrorRatio = 0.1
	require.ErrorIs(t, again.do(t.Context(), w.fetch, again.dispatcher.Prime), regions.ErrGate)
	last := newRun(t, in, path)
	require.NoError(t, last.do(t.Context(), w.fetch, last.dispatcher.Verify))
	assert.Equal(t, 1, w.passes("verify eu http://shop.example/000"))
	assert.Zero(t, w.passes("verify us http://shop.example/000"))
	assert.Equal(t, 1, w.passes("verify us http://shop.example/001"), "what was primed is measured")
}

// A region that nobody works on any more is not waited for, however full its queue is; the others go on.
func TestARegionThatIsGivenUpHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := input(40)
		plan, err := regions.NewPlan(in)
		require.NoError(t, err)
		j, err := regions.OpenJournal(filepath.Join(t.TempDir(), "j"))
		require.NoError(t, err)
		queue := regions.NewMemoryQueue(2)
		d := &regions.Dispatcher{Run: "r1", Plan: plan, Manifest: in.Manifest, Recorder: j, Queue: queue}
		last := plan.Stages[len(plan.Stages)-1].Vantages
		gone := last[len(last)-1]
		w := &world{stored: map[string]bool{}}
		group, ctx := errgroup.WithContext(t.Context())
		for _, v := range plan.Vantages() {
			if v.Name == gone.Name {
				continue
			}
			worker := &regions.Worker{
				Vantage: v.Name, Source: queue, Sink: d, Slots: 3,
				Asker: &regions.Asker{Fetch: w.fetch, Budget: origin.NewBudget(100), Breakers: &origin.Breakers{}},
			}
			group.Go(func() error { return worker.Run(ctx) })
		}
		time.AfterFunc(time.Hour, func() {
			assert.Positive(t, d.Waiting(gone.Region))
			d.GiveUp(gone.Region)
			assert.Zero(t, d.Waiting(gone.Region))
		})
		done := make(chan error, 1)
		go func() { done <- d.Prime(ctx) }()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(2 * time.Hour):
			assert.Fail(t, "the run waits for a region that was given up")
		}
		queue.Close()
		require.NoError(t, group.Wait())
		require.NoError(t, j.Close())
	})
}
