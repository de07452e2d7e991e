package natsq

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/edgeprime/edgeprime/edge"
)

const (
	// senders is how many chunks are on their way at once: what hides the way's length.
	senders = 4
	// linger is how long a chunk waits for company.
	linger = 20 * time.Millisecond
	// sendTimeout bounds one try to store a chunk.
	sendTimeout = 5 * time.Second
	// localTries is how often a server in the same process is asked to store a chunk. One elsewhere
	// is asked until the link is closed: it may be away for a while.
	localTries = 3
)

var errClosed = errors.New("natsq: the link is closed")

// sender stores observations in chunks, several at once, and tells when each is stored.
type sender struct {
	js     jetstream.JetStream
	tries  int // zero: without end
	stored func(tasks []string)

	failed context.Context //nolint:containedctx // ends when a chunk cannot be stored, not with a call
	fail   context.CancelCauseFunc

	mu      sync.Mutex
	open    map[string]*chunk // by subject: not yet on its way
	timer   map[string]*time.Timer
	closing bool
	slots   chan struct{}
	sending sync.WaitGroup
}

func newSender(js jetstream.JetStream, tries int, stored func([]string)) *sender {
	s := &sender{
		js: js, tries: tries, stored: stored,
		open: map[string]*chunk{}, timer: map[string]*time.Timer{}, slots: make(chan struct{}, senders),
	}
	s.failed, s.fail = context.WithCancelCause(context.Background())
	return s
}

// put adds an observation to the chunk of its subject. It waits while all senders are busy and the
// chunk is full.
func (s *sender) put(ctx context.Context, subject, proof string, o edge.Observation) error {
	s.mu.Lock()
	if s.closing || s.failed.Err() != nil {
		s.mu.Unlock()
		return s.why()
	}
	c := s.open[subject]
	if c == nil {
		c = &chunk{}
		s.open[subject] = c
		s.timer[subject] = time.AfterFunc(linger, func() { s.flush(context.Background(), subject, c) })
	}
	err := c.add(proof, o)
	full := c.full()
	s.mu.Unlock()
	if err == nil && full {
		s.flush(ctx, subject, c)
	}
	return err
}

// why is the error of a sender that takes nothing any more.
func (s *sender) why() error {
	if err := context.Cause(s.failed); err != nil {
		return err
	}
	return errClosed
}

// flush sends a chunk on its way, unless that happened already, and waits for a free sender before.
func (s *sender) flush(ctx context.Context, subject string, c *chunk) {
	s.mu.Lock()
	if s.open[subject] != c {
		s.mu.Unlock()
		return
	}
	delete(s.open, subject)
	s.timer[subject].Stop()
	s.sending.Add(1)
	s.mu.Unlock()
	s.slots <- struct{}{}
	go func() {
		defer s.sending.Done()
		defer func() { <-s.slots }()
		s.send(context.WithoutCancel(ctx), subject, c)
	}()
}

// send stores a chunk, and tries again while that may help.
func (s *sender) send(ctx context.Context, subject string, c *chunk) {
	var err error
	for try := 0; (s.tries == 0 || try < s.tries) && s.failed.Err() == nil; try++ {
		if try > 0 {
			pause(s.failed)
		}
		if err = s.store(ctx, subject, c); err == nil {
			s.stored(c.tasks)
			return
		}
	}
	s.fail(fmt.Errorf("natsq: keep %d observations: %w", len(c.tasks), err))
}

func (s *sender) store(ctx context.Context, subject string, c *chunk) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	_, err := s.js.Publish(ctx, subject, c.body.Bytes())
	return err
}

// close sends what is left. What is not stored when the context ends is lost, and said.
func (s *sender) close(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	left := maps.Clone(s.open)
	s.mu.Unlock()
	for subject, c := range left {
		s.flush(ctx, subject, c)
	}
	done := make(chan struct{})
	go func() {
		s.sending.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		s.fail(fmt.Errorf("natsq: the link was closed: %w", context.Cause(ctx)))
		<-done
	}
	if s.failed.Err() != nil {
		return context.Cause(s.failed)
	}
	return nil
}
