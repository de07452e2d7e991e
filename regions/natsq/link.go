package natsq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

const (
	// pullWait is how long one question for a batch stands.
	pullWait = 20 * time.Second
	// abandonedAfter is how often a batch is handed out before it is given up: something in it ends
	// its workers.
	abandonedAfter = 5
)

// Link is a worker's end: a regions.Source and a regions.Sink for the vantages of one region. A batch
// that it holds stays its own while the process lives; it is acked when every task's observation is
// stored. Create one with Engine.Local or Door.Link; it is safe for concurrent use.
type Link struct {
	names

	region string
	js     jetstream.JetStream
	sender *sender

	mu        sync.Mutex
	consumers map[string]jetstream.Consumer // by vantage
	leases    map[*lease]struct{}
	tasks     map[string]*leased
	stopped   context.Context //nolint:containedctx // ends when no further batch is wanted, not with a call
	stop      context.CancelFunc
	closed    chan struct{}
	beats     sync.WaitGroup
}

// lease is a batch in this process's hands.
type lease struct {
	msg  jetstream.Msg
	run  string
	left int // tasks without a stored observation
}

type leased struct {
	lease *lease
	proof string
}

// Local returns the end of a worker of a region in this process.
func (e *Engine) Local(region string) *Link {
	return newLink(e.names, region, e.js, localTries)
}

func newLink(n names, region string, js jetstream.JetStream, tries int) *Link {
	l := &Link{
		names: n, region: region, js: js,
		consumers: map[string]jetstream.Consumer{}, leases: map[*lease]struct{}{}, tasks: map[string]*leased{},
		closed: make(chan struct{}),
	}
	l.stopped, l.stop = context.WithCancel(context.Background())
	l.sender = newSender(js, tries, l.stored)
	l.beats.Go(l.beat)
	return l
}

// Pull implements regions.Source.
func (l *Link) Pull(ctx context.Context, vantage string) (regions.Batch, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(l.sender.failed, func() { cancel(context.Cause(l.sender.failed)) })()
	defer context.AfterFunc(l.stopped, func() { cancel(regions.ErrClosed) })()
	for {
		msg, err := l.next(ctx, vantage)
		switch {
		case ctx.Err() != nil:
			if msg != nil {
				_ = msg.Nak()
			}
			return regions.Batch{}, context.Cause(ctx)
		case err != nil:
			pause(ctx)
			continue
		case msg == nil:
			continue
		}
		b, err := l.accept(msg)
		if err != nil {
			_ = msg.Term() // nobody else could read it either
			continue
		}
		if b != nil {
			return *b, nil
		}
	}
}

// pause waits a moment for a coordinator that is away.
func pause(ctx context.Context) {
	select {
	case <-time.After(200 * time.Millisecond):
	case <-ctx.Done():
	}
}

// next returns a batch, or nil when none came in time.
func (l *Link) next(ctx context.Context, vantage string) (jetstream.Msg, error) { //nolint:ireturn // the library has no other type
	consumer, err := l.consumer(ctx, vantage)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, pullWait)
	defer cancel()
	messages, err := consumer.Fetch(1, jetstream.FetchContext(ctx))
	if err != nil {
		return nil, err
	}
	if msg, ok := <-messages.Messages(); ok {
		return msg, nil
	}
	if err := messages.Error(); errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		return nil, nil //nolint:nilnil // no work yet
	}
	return nil, messages.Error()
}

func (l *Link) consumer(ctx context.Context, vantage string) (jetstream.Consumer, error) { //nolint:ireturn // the library has no other type
	l.mu.Lock()
	c := l.consumers[vantage]
	l.mu.Unlock()
	if c != nil {
		return c, nil
	}
	c, err := l.js.Consumer(ctx, l.work(l.region), vantageToken(vantage))
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.consumers[vantage] = c
	return c, nil
}

// accept takes a batch into this process's hands. It is nil when the batch was given up.
func (l *Link) accept(msg jetstream.Msg) (*regions.Batch, error) {
	var h handed
	if err := json.Unmarshal(msg.Data(), &h); err != nil {
		return nil, fmt.Errorf("natsq: batch: %w", err)
	}
	if len(h.Proofs) != len(h.Batch.Tasks) {
		return nil, fmt.Errorf("natsq: batch: %d proofs for %d tasks", len(h.Proofs), len(h.Batch.Tasks))
	}
	meta, err := msg.Metadata()
	if err != nil {
		return nil, err
	}
	held := &lease{msg: msg, run: h.Run, left: len(h.Batch.Tasks)}
	l.mu.Lock()
	l.leases[held] = struct{}{}
	for i, t := range h.Batch.Tasks {
		if before := l.tasks[t.ID]; before != nil {
			l.done(before.lease) // it was delivered again to the same hands
		}
		l.tasks[t.ID] = &leased{held, h.Proofs[i]}
	}
	l.mu.Unlock()
	if meta.NumDelivered < abandonedAfter {
		return &h.Batch, nil
	}
	for _, t := range h.Batch.Tasks {
		if err := l.Put(context.Background(), abandoned(t)); err != nil {
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // it was given up
}

// abandoned is the observation of a task whose workers ended, again and again.
func abandoned(t regions.Task) edge.Observation {
	return edge.Observation{
		Task: t.ID, URL: t.Asset.URL, Variant: t.Variant.Name, Region: t.Vantage.Region, Vantage: t.Vantage.Name,
		Stage: t.Stage, Pass: t.Pass, Epoch: t.Epoch, At: time.Now().UTC(),
		Cache:   edge.CacheStatus{Outcome: edge.Unknown, Origin: edge.ContactUnknown},
		Failure: edge.FailAbandoned,
		Error:   fmt.Sprintf("given up: %d workers that had it ended before it did", abandonedAfter-1),
	}
}

// Put implements regions.Sink: it takes an observation over, and waits while too many are on their way.
func (l *Link) Put(ctx context.Context, o edge.Observation) error {
	l.mu.Lock()
	held := l.tasks[o.Task]
	l.mu.Unlock()
	if held == nil {
		return nil // stored already
	}
	return l.sender.put(ctx, l.resultSubject(l.region, held.lease.run), held.proof, o)
}

// stored acks the batches whose last task is stored.
func (l *Link) stored(tasks []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, task := range tasks {
		held := l.tasks[task]
		if held == nil {
			continue
		}
		delete(l.tasks, task)
		l.done(held.lease)
	}
}

// done takes one task off a lease. The caller holds the link's lock.
func (l *Link) done(held *lease) {
	if held.left--; held.left == 0 {
		delete(l.leases, held)
		_ = held.msg.Ack() // one that is lost is delivered again
	}
}

// beat says of every batch that it is still at work.
func (l *Link) beat() {
	ticker := time.NewTicker(leaseTime / 3)
	defer ticker.Stop()
	for {
		select {
		case <-l.closed:
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		for held := range l.leases {
			_ = held.msg.InProgress()
		}
		l.mu.Unlock()
	}
}

// Stop ends every Pull with regions.ErrClosed, now and later.
func (l *Link) Stop() { l.stop() }

// Failed ends when observations can no longer be stored; its cause says why.
func (l *Link) Failed() context.Context { return l.sender.failed }

// Close sends what was put, gives back what has no observation yet, and says what could not be sent.
func (l *Link) Close(ctx context.Context) error {
	l.stop()
	err := l.sender.close(ctx)
	close(l.closed)
	l.beats.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for held := range l.leases {
		_ = held.msg.Nak()
	}
	clear(l.leases)
	return err
}
