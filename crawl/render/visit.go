package render

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/debugger"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performancetimeline"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"github.com/edgeprime/edgeprime/crawl"
)

// visit is one page on one viewport.
type visit struct {
	cfg    Config
	job    crawl.Visit
	device crawl.Viewport
	calm   *calm
	open   sync.WaitGroup // requests that are being answered

	fetch func(crawl.Asset) (crawl.Response, error) // outlives the visit: what has begun is read to its end
	died  chan struct{}                             // closed when the page's process is gone

	mu        sync.Mutex
	frame     cdp.FrameID // of the tab itself
	taken     int
	scrolling bool
	requests  []request
	sent      map[sentKey]*network.EventRequestWillBeSent
	lcp       string
	notes     map[string]*tally
	err       error // the crawl must stop
	dead      bool
}

// tally counts what happened, with an example.
type tally struct {
	count int
	first string
}

var errCrashed = errors.New("the page's process has crashed")

func newVisit(ctx context.Context, cfg Config, job crawl.Visit, device crawl.Viewport) *visit {
	return &visit{
		fetch: func(a crawl.Asset) (crawl.Response, error) { return job.Fetch(ctx, a) },
		cfg:   cfg, job: job, device: device, calm: newCalm(), died: make(chan struct{}),
		sent: map[sentKey]*network.EventRequestWillBeSent{}, notes: map[string]*tally{},
	}
}

// run makes the visit. It returns false when the browser is good for nothing any more.
func (v *visit) run(ctx context.Context, p *process) bool {
	tab, closeTab := p.tab(v.event)
	defer closeTab()
	tab, cancel := context.WithTimeoutCause(tab, v.cfg.Deadline, context.DeadlineExceeded)
	defer cancel()
	err := v.load(tab, p.version.Product)
	select {
	case <-v.died:
		err = errCrashed
	default:
	}
	select {
	case <-p.lost:
		if ctx.Err() == nil {
			v.note("render-lost", "")
		}
		return false
	default:
	}
	switch {
	case err == nil, ctx.Err() != nil:
	case errors.Is(err, errCrashed):
		v.note("render-crashed", "")
	case errors.Is(tab.Err(), context.DeadlineExceeded):
		v.note("render-deadline", "")
		return false // it may hang
	default:
		v.note("render-load", err.Error())
	}
	return true
}

// load opens the page, waits for it and scrolls it to its end.
func (v *visit) load(ctx context.Context, product string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-v.died:
			cancel(errCrashed)
		case <-stop:
		}
	}()
	if err := chromedp.Do(ctx); err != nil { // opens the tab
		return fmt.Errorf("tab: %w", err)
	}
	v.mu.Lock()
	v.frame = cdp.FrameID(chromedp.FromContext(ctx).Target.TargetID)
	v.mu.Unlock()
	if err := emulate(ctx, v.device, product); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, serviceworker.Enable, cdp.Empty{}); err != nil {
		return fmt.Errorf("service workers: %w", err)
	}
	paints := performancetimeline.EnableParams{EventTypes: []string{"largest-contentful-paint"}}
	if _, err := chromedp.Call(ctx, performancetimeline.Enable, paints); err != nil {
		return fmt.Errorf("paint events: %w", err)
	}
	if err := traceInitiators(ctx); err != nil {
		return err
	}
	v.dismissDialogs(ctx)
	got, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: v.job.Page.URL})
	switch {
	case err != nil:
		return fmt.Errorf("navigate: %w", err)
	case got.ErrorText != "":
		return fmt.Errorf("navigate: %s", got.ErrorText)
	}
	if err := v.calm.wait(ctx, v.cfg.Quiet); err != nil {
		return err
	}
	return v.scroll(ctx)
}

// traceInitiators lets requests that a script has caused earlier, such as that of a new image, name
// the script. Breakpoints of the page are passed over.
func traceInitiators(ctx context.Context) error {
	const depth = 8
	if _, err := chromedp.Call(ctx, debugger.Enable, debugger.EnableParams{}); err != nil {
		return fmt.Errorf("initiators: %w", err)
	}
	if _, err := chromedp.Call(ctx, debugger.SetSkipAllPauses, debugger.SetSkipAllPausesParams{Skip: true}); err != nil {
		return fmt.Errorf("breakpoints: %w", err)
	}
	if _, err := chromedp.Call(ctx, debugger.SetAsyncCallStackDepth, debugger.SetAsyncCallStackDepthParams{MaxDepth: depth}); err != nil {
		return fmt.Errorf("initiators: %w", err)
	}
	return nil
}

// dismissDialogs answers alerts and questions with no, until the context ends.
func (v *visit) dismissDialogs(ctx context.Context) {
	opened := chromedp.Events(ctx, page.JavascriptDialogOpening)
	v.open.Go(func() {
		for _, err := range opened {
			if err != nil {
				return
			}
			_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
		}
	})
}

// event takes one event of the page, in order. It must not block.
func (v *visit) event(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		v.mu.Lock()
		v.sent[sentKey{e.RequestID, e.Request.URL}] = e
		if _, ok := v.sent[sentKey{url: e.Request.URL}]; !ok {
			v.sent[sentKey{url: e.Request.URL}] = e
		}
		v.mu.Unlock()
		if e.Type == network.ResourceTypePrefetch {
			// What speculation rules prefetch is not paused; there is no network that it could reach.
			v.requested(request{url: e.Request.URL, id: e.RequestID, kind: e.Type, referer: e.DocumentURL})
		}
	case *network.EventWebSocketCreated, *network.EventWebTransportCreated:
		v.note("render-socket", "")
	case *page.EventLoadEventFired:
		v.calm.load()
	case *serviceworker.EventWorkerVersionUpdated:
		for _, s := range e.Versions {
			underway := s.Status == serviceworker.VersionStatusNew || s.Status == serviceworker.VersionStatusInstalling
			stopped := s.RunningStatus == serviceworker.VersionRunningStatusStopped && s.Status != serviceworker.VersionStatusNew
			v.calm.install(s.VersionID, underway && !stopped)
		}
	case *performancetimeline.EventTimelineEventAdded:
		v.mu.Lock()
		if d := e.Event.LcpDetails; d != nil && !v.scrolling {
			v.lcp = d.URL
		}
		v.mu.Unlock()
	case *inspector.EventTargetCrashed:
		v.mu.Lock()
		defer v.mu.Unlock()
		if !v.dead {
			v.dead = true
			close(v.died)
		}
	}
}

// take counts a request against the visit's limit.
func (v *visit) take() bool {
	v.mu.Lock()
	v.taken++
	over := v.taken > v.cfg.Requests
	v.mu.Unlock()
	if over {
		v.note("render-limit-requests", "")
		v.calm.giveUp()
	}
	return !over
}

// requested records a request that a first visitor's browser makes.
func (v *visit) requested(r request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r.late = v.scrolling
	r.document = r.document && r.frame == v.frame
	v.requests = append(v.requests, r)
}

// note counts what a reader of the report must know.
func (v *visit) note(problem, example string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t := v.notes[problem]
	if t == nil {
		t = &tally{first: example}
		v.notes[problem] = t
	}
	t.count++
	if example != "" {
		t.first = min(t.first, example) // whatever came first in time
	}
}

// stop keeps the error that ends the crawl.
func (v *visit) stop(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.err = errors.Join(v.err, err)
}

func (v *visit) stopped() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}
