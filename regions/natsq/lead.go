package natsq

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// leadTime is how long a coordinator leads without a sign of life: longer than servers outside
	// take to agree on a new leader of their own.
	leadTime  = 15 * time.Second
	leadEvery = time.Second
	leadKey   = "coordinator"
)

// ErrLost means that another process may coordinate the launch now: this one must ask for nothing more.
var ErrLost = errors.New("natsq: the lead of the launch is lost")

// lead is the right to coordinate a launch on servers that other machines reach too. It ends when it
// could not be renewed in time.
type lead struct {
	bucket jetstream.KeyValue
	owner  string
	value  []byte // owner, and what tells this process from one before

	lost context.Context //nolint:containedctx // ends with the lead, not with a call
	lose context.CancelCauseFunc
	quit chan struct{}
	done sync.WaitGroup
}

// takeLead waits for the lead as long as a dead process can hold it. What an owner of the same name has
// left is taken over at once: its folder's lock says that it has ended.
func (e *Engine) takeLead(ctx context.Context, owner string) error {
	bucket, err := e.keyValue(ctx, jetstream.KeyValueConfig{Bucket: "LEAD_" + e.launch, TTL: leadTime})
	if err != nil {
		return err
	}
	l := &lead{bucket: bucket, owner: owner, quit: make(chan struct{})}
	l.lost, l.lose = context.WithCancelCause(context.Background())
	if l.value, err = json.Marshal([]string{owner, rand.Text()}); err != nil {
		return err
	}
	revision, err := l.take(ctx)
	if err != nil {
		return err
	}
	e.lead = l
	l.done.Go(func() { l.keep(revision) })
	return nil
}

func (l *lead) take(ctx context.Context) (revision uint64, err error) {
	for until := time.Now().Add(leadTime + 2*leadEvery); ; {
		revision, err = l.bucket.Create(ctx, leadKey, l.value)
		if !errors.Is(err, jetstream.ErrKeyExists) {
			return revision, err
		}
		held, err := l.bucket.Get(ctx, leadKey)
		if err == nil && ownerOf(held.Value()) == l.owner {
			return l.bucket.Update(ctx, leadKey, l.value, held.Revision())
		}
		if time.Now().After(until) {
			return 0, fmt.Errorf("%w: another machine coordinates the launch", ErrBusy)
		}
		select {
		case <-time.After(leadEvery):
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

// ownerOf is the owner that a lead names; empty when it names none.
func ownerOf(value []byte) string {
	var names []string
	if json.Unmarshal(value, &names) != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}

// keep renews the lead until it is given back or lost.
func (l *lead) keep(revision uint64) {
	renewed := time.Now()
	for {
		select {
		case <-time.After(leadEvery):
		case <-l.quit:
			return
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		next, err := l.bucket.Update(ctx, leadKey, l.value, revision)
		cancel()
		if isTaken(err) {
			if next, err = l.mine(); err == nil {
				revision = next
				continue
			}
		}
		switch {
		case err == nil:
			revision, renewed = next, began
		case errors.Is(err, ErrLost):
			l.lose(err)
			return
		case time.Since(renewed) > leadTime-2*requestTimeout:
			l.lose(fmt.Errorf("%w: %w", ErrLost, err))
			return
		}
	}
}

// mine returns the revision of the lead when it is still this process': the answer to a renewal can get
// lost on its way. The error wraps ErrLost when it is another's.
func (l *lead) mine() (revision uint64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	held, err := l.bucket.Get(ctx, leadKey)
	switch {
	case err != nil:
		return 0, err
	case string(held.Value()) != string(l.value):
		return 0, fmt.Errorf("%w: another process has it", ErrLost)
	default:
		return held.Revision(), nil
	}
}

// isTaken reports whether a value was changed by somebody else.
func isTaken(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// give gives the lead back.
func (l *lead) give() {
	close(l.quit)
	l.done.Wait()
	if l.lost.Err() == nil {
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		defer cancel()
		_ = l.bucket.Purge(ctx, leadKey) // else it ends by itself
	}
}

// Lost ends when another process may coordinate the launch; its cause wraps ErrLost. With a server in
// the process it never does: its folder has a lock.
func (e *Engine) Lost() context.Context {
	if e.lead == nil {
		return context.Background()
	}
	return e.lead.lost
}
