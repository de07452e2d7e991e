package natsq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

const (
	// leaseTime is how long a batch is a worker's without a sign of life; a worker gives three.
	leaseTime = 10 * time.Second
	// queueDepth is how many batches wait for a vantage or are with its workers: back-pressure.
	queueDepth = 64
	// pushAgain is how long a full queue is left alone.
	pushAgain = 10 * time.Millisecond
)

// Work is what the coordinator hands out for a run: a regions.Queue. Safe for concurrent use.
type Work struct {
	run     *Run
	regions map[string]string // of vantages
}

// handed is a batch on its way, with what proves that each task was handed out.
type handed struct {
	Run    string        `json:"run"`
	Batch  regions.Batch `json:"batch"`
	Proofs []string      `json:"proofs"`
}

// Work opens the queues of the vantages. What an earlier process left in them is forgotten: the
// dispatcher hands out what has no observation.
func (r *Run) Work(ctx context.Context, vantages []edge.Vantage) (*Work, error) {
	w := &Work{run: r, regions: map[string]string{}}
	opened := map[string]jetstream.Stream{}
	for _, v := range vantages {
		w.regions[v.Name] = v.Region
		stream := opened[v.Region]
		if stream == nil {
			var err error
			if stream, err = r.openWork(ctx, v.Region); err != nil {
				return nil, fmt.Errorf("natsq: work of %s: %w", v.Region, err)
			}
			opened[v.Region] = stream
		}
		_, err := settled(ctx, func(ctx context.Context) (jetstream.Consumer, error) {
			return stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
				Durable: vantageToken(v.Name), FilterSubject: r.engine.workSubject(v.Region, v.Name),
				AckPolicy: jetstream.AckExplicitPolicy, AckWait: leaseTime, MaxDeliver: -1,
				MaxAckPending: queueDepth, MaxWaiting: 2048, Replicas: r.engine.replicas,
			})
		})
		if err != nil {
			return nil, fmt.Errorf("natsq: work of %s: %w", v.Name, err)
		}
	}
	return w, nil
}

func (r *Run) openWork(ctx context.Context, region string) (jetstream.Stream, error) { //nolint:ireturn // the library has no other type
	e := r.engine
	stream, err := e.stream(ctx, jetstream.StreamConfig{
		Name: e.work(region), Subjects: []string{e.workSubjects(region)}, Retention: jetstream.WorkQueuePolicy,
		Discard: jetstream.DiscardNew, MaxMsgsPerSubject: queueDepth, DiscardNewPerSubject: true,
	})
	if err != nil {
		return nil, err
	}
	return stream, stream.Purge(ctx)
}

// Push implements regions.Queue: it waits while the vantage's queue is full.
func (w *Work) Push(ctx context.Context, b regions.Batch) error {
	h := handed{Run: w.run.id, Batch: b}
	for _, t := range b.Tasks {
		h.Proofs = append(h.Proofs, w.run.proof(t.ID))
	}
	data, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("natsq: push: %w", err)
	}
	subject := w.run.engine.workSubject(w.regions[b.Vantage], b.Vantage)
	for {
		_, err := w.run.engine.js.Publish(ctx, subject, data)
		if !isFull(err) {
			return pushError(ctx, err)
		}
		select {
		case <-time.After(pushAgain):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func pushError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return fmt.Errorf("natsq: push: %w", err)
	}
}

// isFull reports whether a subject holds as many messages as it may. The same code stands for a
// full stream and a full disk, which are errors.
func isFull(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == 10077 && strings.Contains(api.Description, "per subject")
}
