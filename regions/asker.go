package regions

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
)

// retryBackoff is how long the first retry waits; each further one waits twice as long.
const retryBackoff = 250 * time.Millisecond

// Fetch asks the edge for one task. The returned observation carries everything but the task's
// identity; an error means that edgeprime held the request back.
type Fetch func(ctx context.Context, t Task) (edge.Observation, error)

// Asker asks one vantage and tries again within the run's budget. Safe for concurrent use.
type Asker struct {
	Fetch    Fetch
	Budget   *origin.Budget   // of the run
	Breakers *origin.Breakers // of the vantage, by host: it refused connections, or its bot protection answers
}

// Ask returns the observation of a task. No further try begins once ctx has ended; a request that
// is open goes on until open ends. An error means that edgeprime held the request back.
func (a *Asker) Ask(ctx, open context.Context, t Task) (edge.Observation, error) {
	o, err := a.try(ctx, open, t)
	o.Task, o.Region, o.Vantage = t.ID, t.Vantage.Region, t.Vantage.Name
	o.Stage, o.Pass, o.Epoch, o.Round = t.Stage, t.Pass, t.Epoch, t.Round
	return o, err
}

// try fetches, and fetches again while the failure may pass and the budget lasts.
func (a *Asker) try(ctx, open context.Context, t Task) (edge.Observation, error) {
	var last edge.Observation
	var attempts []edge.Attempt
	breaker := a.Breakers.For(hostOf(t.Asset.URL))
	for try := 0; ; try++ {
		switch err := breaker.Wait(ctx); {
		case errors.Is(err, origin.ErrUnreachable) && try > 0:
			return last, nil
		case errors.Is(err, origin.ErrUnreachable):
			return unreachable(t), nil
		case err != nil:
			return edge.Observation{}, err
		}
		o, err := a.Fetch(open, t)
		if err != nil {
			return o, err
		}
		attempts = append(attempts, o.Attempts...)
		o.Attempts = attempts
		last = o
		breaker.Report(reached(o) && o.Challenge == "") // asking on is how a rate limit becomes a ban
		if !worthRetry(o) || try == origin.RetriesPerItem || !a.Budget.Take() {
			return o, nil
		}
		if !sleep(ctx, retryBackoff<<try) {
			return o, context.Cause(ctx) // a resumed run asks again
		}
	}
}

// hostOf is the host of a URL, with its port.
func hostOf(rawURL string) string {
	_, rest, _ := strings.Cut(rawURL, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// unreachable is the observation of a task whose host was given up. Without an attempt it is no
// evidence, and is not recorded: a resumed run asks again.
func unreachable(t Task) edge.Observation {
	return edge.Observation{
		URL: t.Asset.URL, Variant: t.Variant.Name, At: time.Now().UTC(),
		Cache:   edge.CacheStatus{Outcome: edge.Unknown, Origin: edge.ContactUnknown},
		Failure: edge.FailUnreachable,
		Error:   "not asked: the edge refused several connections in a row, or its bot protection answered, and so did every probe after that",
	}
}

// reached reports whether somebody answered at the vantage.
func reached(o edge.Observation) bool {
	switch o.Failure {
	case edge.FailConnect, edge.FailDNS, edge.FailAddress, edge.FailTLS:
		return false
	case edge.FailTimeout:
		return o.Status != 0
	default:
		return true
	}
}

// worthRetry reports whether the same request may well succeed in a moment. A challenge is never
// asked again: that is how a rate limit becomes a ban.
func worthRetry(o edge.Observation) bool {
	switch o.Failure {
	case edge.FailConnect, edge.FailReset, edge.FailTimeout, edge.FailDNS:
		return true
	case "":
		return o.Challenge == "" && (o.Status == 502 || o.Status == 503 || o.Status == 504 || o.Status == 429)
	default:
		return false
	}
}

// sleep waits about d, up to twice, and reports whether the context is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d + rand.N(d)) //nolint:gosec // jitter is no secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
