package natsq

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrUnready means that the servers outside cannot keep what the launch needs: too few are online.
var ErrUnready = errors.New("the servers are not ready")

const (
	settleTime  = 20 * time.Second
	settleEvery = 250 * time.Millisecond
)

// settled does what makes or changes a stream or a consumer, and waits while the servers cannot: a
// cluster that has just started, or lost one of its servers, needs a moment. What is done more than once
// must be the same.
func settled[T any](ctx context.Context, do func(context.Context) (T, error)) (T, error) {
	for until := time.Now().Add(settleTime); ; {
		made, err := do(ctx)
		switch {
		case err == nil || !isUnready(err) || ctx.Err() != nil:
			return made, err
		case time.Now().After(until):
			return made, fmt.Errorf("%w after %s: %w", ErrUnready, settleTime, err)
		}
		select {
		case <-time.After(settleEvery):
		case <-ctx.Done():
			return made, context.Cause(ctx)
		}
	}
}

// isUnready reports whether a server's refusal can pass by itself, or there was no answer. The numbers
// are those of nats-server's errors.json.
func isUnready(err error) bool {
	const noPeers, unavailable, notLeader, noResources jetstream.ErrorCode = 10005, 10008, 10009, 10023
	if api, ok := errors.AsType[*jetstream.APIError](err); ok {
		return slices.Contains([]jetstream.ErrorCode{noPeers, unavailable, notLeader, noResources}, api.ErrorCode)
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrNoResponders)
}

// keyValue opens a bucket, and creates it.
func (e *Engine) keyValue(ctx context.Context, c jetstream.KeyValueConfig) (jetstream.KeyValue, error) { //nolint:ireturn // the library has no other type
	c.History, c.Storage, c.Replicas = 1, jetstream.FileStorage, e.replicas
	return settled(ctx, func(ctx context.Context) (jetstream.KeyValue, error) { return e.js.CreateOrUpdateKeyValue(ctx, c) })
}

// stream opens a stream, and creates it.
func (e *Engine) stream(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) { //nolint:ireturn // the library has no other type
	c.Storage, c.MaxMsgSize, c.Replicas = jetstream.FileStorage, maxMessage, e.replicas
	return settled(ctx, func(ctx context.Context) (jetstream.Stream, error) { return e.js.CreateOrUpdateStream(ctx, c) })
}
