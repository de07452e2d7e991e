package natsq

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

// ErrNoRun means that the engine holds no such run.
var ErrNoRun = errors.New("natsq: no such run")

// Run is what one run has seen. It is a regions.Recorder; safe for concurrent use.
type Run struct {
	engine *Engine
	id     string
	secret []byte
	stream jetstream.Stream

	mu   sync.Mutex
	done map[taskKey]struct{}
}

// Run opens the observations of a run, and creates them when the run begins.
func (e *Engine) Run(ctx context.Context, id string) (*Run, error) {
	stream, err := e.stream(ctx, jetstream.StreamConfig{
		Name: e.results(id), Subjects: []string{e.resultSubject("*", id)}, Compression: jetstream.S2Compression,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, DenyDelete: true,
	})
	if err != nil {
		return nil, fmt.Errorf("natsq: run %s: %w", id, err)
	}
	r := &Run{engine: e, id: id, stream: stream, done: map[taskKey]struct{}{}}
	if r.secret, err = e.secret(ctx, id); err != nil {
		return nil, err
	}
	for o, err := range r.Observations(ctx) {
		if err != nil {
			return nil, err
		}
		if _, err := r.Record(o); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Put stores an observation of the coordinator itself, unless its task has one.
func (r *Run) Put(ctx context.Context, o edge.Observation) error {
	if r.Recorded(o.Task) {
		return nil
	}
	var c chunk
	if err := c.add(r.proof(o.Task), o); err != nil {
		return err
	}
	subject := r.engine.resultSubject(o.Region, r.id)
	if _, err := r.engine.js.Publish(ctx, subject, c.body.Bytes()); err != nil {
		return fmt.Errorf("natsq: keep an observation: %w", err)
	}
	_, err := r.Record(o)
	return err
}

// Record implements regions.Recorder: it takes note of an observation that is stored.
func (r *Run) Record(o edge.Observation) (fresh bool, err error) {
	key, err := keyOf(o.Task)
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.done[key]; ok {
		return false, nil
	}
	r.done[key] = struct{}{}
	return true, nil
}

// Recorded implements regions.Recorder.
func (r *Run) Recorded(task string) bool {
	key, err := keyOf(task)
	if err != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.done[key]
	return ok
}

// Len returns how many tasks have their observation.
func (r *Run) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.done)
}

// Observations streams what counts: the first observation of each task, in stored order.
func (r *Run) Observations(ctx context.Context) iter.Seq2[edge.Observation, error] {
	return func(yield func(edge.Observation, error) bool) {
		next, err := r.Next(ctx)
		if err != nil {
			yield(edge.Observation{}, err)
			return
		}
		seen := map[taskKey]struct{}{}
		err = r.read(ctx, 1, next, func(m message) error {
			for _, l := range m.lines {
				key, err := keyOf(l.Observation.Task)
				if _, again := seen[key]; again || err != nil || !counts(l.Observation) || r.refuses(m.region, l) != "" {
					continue
				}
				seen[key] = struct{}{}
				if !yield(l.Observation, nil) {
					return errStop
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(edge.Observation{}, fmt.Errorf("natsq: run %s: %w", r.id, err))
		}
	}
}

var errStop = errors.New("natsq: enough")

// counts reports whether an observation is evidence of anything: what was never tried is not.
func counts(o edge.Observation) bool { return o.Failure != edge.FailUnreachable }

// readAhead is how many messages are asked for at once.
const readAhead = 256

// read hands the stored messages from one sequence to another on to visit; a zero end never comes.
func (r *Run) read(ctx context.Context, from, end uint64, visit func(message) error) error {
	if from == end {
		return nil
	}
	consumer, err := r.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(readAhead))
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		raw, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := raw.Metadata()
		if err != nil {
			return err
		}
		m, err := parse(raw.Subject(), raw.Data())
		if err != nil {
			return fmt.Errorf("message %d: %w", meta.Sequence.Stream, err)
		}
		if err := visit(m); err != nil || meta.Sequence.Stream+1 == end {
			return err
		}
	}
}

// Follow hands every observation that is stored from a sequence on to the sink, until the context ends.
// Refused hears of what does not count; nil for nobody.
func (r *Run) Follow(ctx context.Context, from uint64, sink regions.Sink, refused func(region, why string)) error {
	err := r.read(ctx, from, 0, func(m message) error {
		for _, l := range m.lines {
			if why := r.refuses(m.region, l); why != "" {
				if refused != nil {
					refused(m.region, why)
				}
				continue
			}
			if err := sink.Put(ctx, l.Observation); err != nil {
				return err
			}
		}
		return nil
	})
	if ctx.Err() != nil {
		return nil //nolint:nilerr // that is how it ends
	}
	return err
}

// refuses says why an observation does not count, or nothing: a worker may send anything.
func (r *Run) refuses(region string, l line) string {
	o := &l.Observation
	switch {
	case o.Region != region:
		return "an observation of another region"
	case o.Task != regions.TaskID(r.id, o):
		return "an observation of another task than it says"
	case !hmac.Equal([]byte(l.Proof), []byte(r.proof(o.Task))):
		return "an observation of a task that was not handed out"
	default:
		return ""
	}
}

// proof says that a task was handed out: only who got the task knows it.
func (r *Run) proof(task string) string {
	mac := hmac.New(sha256.New, r.secret)
	mac.Write([]byte(task))
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

// Next returns the sequence that the next stored chunk will have.
func (r *Run) Next(ctx context.Context) (uint64, error) {
	info, err := r.stream.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("natsq: run %s: %w", r.id, err)
	}
	return info.State.LastSeq + 1, nil
}
