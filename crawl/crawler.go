package crawl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"
)

// ErrNothing means that a crawl found no asset in scope. The manifest beside it holds the
// problems that say why.
var ErrNothing = errors.New("crawl: no asset in scope was found")

// Crawler finds the assets of one launch. It is safe for concurrent use when its Trace is.
type Crawler struct {
	// Trace hears what was done about every reference and why; nil costs nothing. It is called by
	// one goroutine, and for equal answers always in the same order.
	Trace func(Decision)

	cfg   Config
	fetch Fetch
	log   *slog.Logger
}

// New returns a Crawler over a validated configuration. A nil log discards.
func New(cfg Config, fetch Fetch, log *slog.Logger) *Crawler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Crawler{cfg: cfg, fetch: fetch, log: log}
}

// Crawl reads sitemaps first, then every document, style sheet, module script and web app
// manifest that they lead to. What it returns depends on the answers alone, not on their order in
// time. It fails when fetch does, and with [ErrNothing].
func (c *Crawler) Crawl(ctx context.Context) (*Manifest, error) {
	if err := c.cfg.Validate(); err != nil {
		return nil, fmt.Errorf("crawl: configuration: %w", err)
	}
	r := newRun(c)
	for _, step := range []func(context.Context) error{always(r.declare), always(r.applyStyles), r.render, always(r.probe)} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("crawl: stopped: %w", err)
		}
		if err := r.drainAll(ctx); err != nil {
			return nil, err
		}
	}
	r.nameLoops()
	m := r.manifest()
	c.log.DebugContext(ctx, "crawl finished", slog.Int("assets", m.Len()), slog.Int("problems", len(m.Problems)))
	for a := range m.All() {
		if !a.ThirdParty {
			return m, nil
		}
	}
	return m, ErrNothing
}

// always is a step that cannot fail.
func always(do func()) func(context.Context) error {
	return func(context.Context) error { do(); return nil }
}

func (r *run) drainAll(ctx context.Context) error {
	if err := r.drain(ctx, &r.sitemaps, sitemapBatch, min(sitemapsAtOnce, r.limits.Concurrency)); err != nil {
		return fmt.Errorf("crawl: stopped: %w", err)
	}
	r.listed.seal()
	if err := r.drain(ctx, &r.queue, batchSize, r.limits.Concurrency); err != nil {
		return fmt.Errorf("crawl: stopped: %w", err)
	}
	if err := r.followLinks(ctx); err != nil {
		return fmt.Errorf("crawl: stopped: %w", err)
	}
	return nil
}

// How many answers are held before they are merged, and how many sitemaps are asked for at once: it
// bounds memory.
const (
	batchSize      = 64
	sitemapBatch   = 8 // each can list hundreds of thousands of URLs
	sitemapsAtOnce = 2 // each can have MaxSitemapBytes
)

// drain asks for everything in a queue, and for what that brings into it. Answers are read side
// by side and merged in the order of the queue.
func (r *run) drain(ctx context.Context, queue *[]item, most, atOnce int) error {
	for len(*queue) > 0 {
		n := min(most, len(*queue))
		batch := (*queue)[:n:n]
		*queue = (*queue)[n:]
		answers, err := r.ask(ctx, batch, atOnce)
		if err != nil {
			return err
		}
		for i, it := range batch {
			r.merge(it, answers[i])
		}
		r.stylePages(false)
	}
	return nil
}

func (r *run) ask(ctx context.Context, batch []item, atOnce int) ([]answer, error) {
	answers := make([]answer, len(batch))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, it := range batch {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			resp, err := r.fetch(ctx, r.scope.preview.request(it.Asset))
			if err != nil {
				return err
			}
			answers[i] = r.read(it, resp)
			r.log.DebugContext(ctx, "discovery fetched", slog.String("source", it.Source), slog.Int("status", resp.Status))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	return answers, nil
}
