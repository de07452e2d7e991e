package render

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/edgeprime/edgeprime/crawl"
)

// ErrNoBrowser means that there is no Chromium where one was looked for.
var ErrNoBrowser = errors.New("no Chromium was found")

// Browser loads pages in headless Chromium. It implements [crawl.Renderer]. The process starts
// with the first page; Close ends it. One visit is made at a time: a Browser is safe for
// concurrent use, but gains nothing by it.
type Browser struct {
	cfg  Config
	path string

	visiting sync.Mutex // held by a visit, and to start and stop the process
	process  *process

	mu      sync.Mutex
	current *visit
}

// process is a running browser.
type process struct {
	// tab makes the context of a new tab with a profile of its own.
	tab     func(onEvent func(any)) (context.Context, context.CancelFunc)
	call    cdp.Session
	version browser.GetVersionResult
	lost    <-chan struct{}
	close   func()
}

// New finds the browser; it starts nothing. It fails with [ErrNoBrowser].
func New(cfg Config) (*Browser, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	path, err := find(cfg.Path)
	if err != nil {
		return nil, err
	}
	return &Browser{cfg: cfg.withDefaults(), path: path}, nil
}

// names are the commands that Chromium has on the systems that package it, Debian's first.
func names() []string {
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell", "chrome"}
}

func find(path string) (string, error) {
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("render: %w: %w", ErrNoBrowser, err)
		}
		return found, nil
	}
	for _, name := range names() {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("render: %w: none of %s is in PATH", ErrNoBrowser, strings.Join(names(), ", "))
}

// Close ends the browser and removes its profile. It is safe to call more than once.
func (b *Browser) Close() {
	b.visiting.Lock()
	defer b.visiting.Unlock()
	b.stop()
}

func (b *Browser) stop() {
	if b.process != nil {
		b.process.close()
		b.process = nil
	}
}

// running starts the browser unless it runs.
func (b *Browser) running(ctx context.Context) (*process, error) {
	if b.process != nil {
		select {
		case <-b.process.lost:
			b.stop()
		default:
			return b.process, nil
		}
	}
	p, err := b.start(ctx)
	if err != nil {
		return nil, fmt.Errorf("render: start %s: %w", b.path, err)
	}
	b.process = p
	return p, nil
}

// start starts the browser and puts the door in before anything can be loaded. The browser ends
// with the context at the latest.
func (b *Browser) start(ctx context.Context) (*process, error) {
	dir, err := os.MkdirTemp("", "edgeprime-")
	if err != nil {
		return nil, err
	}
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, b.flags(dir)...)
	silent := func(string, ...any) {} // what a page does must not reach a log raw
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithLogf(silent), chromedp.WithErrorf(silent))
	stop := func() {
		cancel()
		cancelAllocator()
		_ = os.RemoveAll(dir) // nothing of value, in a folder for such things
	}
	version, err := chromedp.CallBrowser(ctx, browser.GetVersion, cdp.Empty{})
	if err == nil {
		err = b.guard(ctx)
	}
	if err != nil {
		stop()
		return nil, err
	}
	session := chromedp.FromContext(ctx).Browser
	return &process{
		tab: func(onEvent func(any)) (context.Context, context.CancelFunc) {
			return chromedp.NewContext(ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(onEvent))
		},
		call: session, version: version, lost: session.LostConnection, close: stop,
	}, nil
}

// guard pauses every request of the browser and hands it to the visit under way.
func (b *Browser) guard(ctx context.Context) error {
	session := chromedp.FromContext(ctx).Browser
	err := chromedp.ListenBrowser(ctx, func(event any) {
		if paused, ok := event.(*fetch.EventRequestPaused); ok {
			b.admit(ctx, session, paused)
		}
	})
	if err != nil {
		return err
	}
	everything := []*fetch.RequestPattern{{URLPattern: "*"}}
	if _, err := chromedp.CallBrowser(ctx, fetch.Enable, fetch.EnableParams{Patterns: everything}); err != nil {
		return err
	}
	deny := browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny}
	_, err = chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, deny)
	return err
}

// admit answers one paused request without holding up the events behind it. A request that no
// visit is responsible for is refused.
func (b *Browser) admit(ctx context.Context, session cdp.Session, p *fetch.EventRequestPaused) {
	b.mu.Lock()
	v := b.current
	if v != nil {
		v.calm.begin(p.Request.URL)
		v.open.Add(1)
	}
	b.mu.Unlock()
	go func() {
		if v == nil {
			_ = refused(network.ErrorReasonAborted).send(ctx, session, p.RequestID)
			return
		}
		defer v.open.Done()
		defer v.calm.end(p.Request.URL)
		// A request whose frame has gone cannot be answered any more, and need not be.
		_ = v.answer(p).send(ctx, session, p.RequestID)
	}()
}

// begin makes a visit the one that requests are charged to.
func (b *Browser) begin(v *visit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.current = v
}

// flags start the browser without a network, a window or a memory.
func (b *Browser) flags(dir string) []chromedp.ExecAllocatorOption {
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(b.path), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.NoInheritEnv, chromedp.Env(environment(dir, os.LookupEnv)...),
		// No connection: port 9 discards, and not even its address is resolved. Loopback is no exception.
		chromedp.Flag("proxy-server", "127.0.0.1:9"),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
		chromedp.Flag("webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		// A machine without a mouse has visitors with one; a phone's finger is emulated over it.
		chromedp.Flag("blink-settings", "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"),
	}
	for _, name := range []string{
		"disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync",
		"disable-default-apps", "disable-extensions", "disable-breakpad", "disable-dev-shm-usage",
		"disable-client-side-phishing-detection", "disable-domain-reliability", "no-pings",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
	} {
		flags = append(flags, chromedp.Flag(name, true))
	}
	return append(flags, chromedp.Flag("no-sandbox", os.Geteuid() == 0))
}

// environment is what the browser needs of the environment; the rest may hold credentials. What it
// writes beside its profile goes to a folder of ours.
func environment(dir string, lookup func(string) (string, bool)) []string {
	env := []string{"HOME=" + dir, "TMPDIR=" + dir}
	for _, name := range []string{"PATH", "LANG", "TZ", "TEMP", "LOCALAPPDATA", "USERPROFILE", "SYSTEMROOT"} {
		if value, ok := lookup(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// Render implements [crawl.Renderer].
func (b *Browser) Render(ctx context.Context, job crawl.Visit) (crawl.Rendered, error) {
	b.visiting.Lock()
	defer b.visiting.Unlock()
	var all record
	for _, device := range job.Viewports {
		if err := ctx.Err(); err != nil {
			return crawl.Rendered{}, err
		}
		p, err := b.running(ctx)
		if err != nil {
			return crawl.Rendered{}, err
		}
		v := newVisit(ctx, b.cfg, job, device)
		b.begin(v)
		alive := v.run(ctx, p)
		b.begin(nil)
		if !alive {
			b.stop()
		}
		v.open.Wait()
		if err := errors.Join(ctx.Err(), v.stopped()); err != nil {
			return crawl.Rendered{}, err
		}
		all.add(v)
	}
	return all.rendered(), nil
}
