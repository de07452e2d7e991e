package render

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// scrollStep scrolls by nearly a screen and tells whether that moved anything. It scrolls the page,
// or else what scrolls in the middle of the screen. It waits for two frames, in which lazy images
// come into sight.
const scrollStep = `(() => {
	const tall = e => e.scrollHeight > e.clientHeight + 1;
	let box = document.scrollingElement || document.documentElement;
	if (!tall(box)) {
		for (let e = document.elementFromPoint(innerWidth / 2, innerHeight / 2); e; e = e.parentElement) {
			if (tall(e) && /auto|scroll/.test(getComputedStyle(e).overflowY)) { box = e; break; }
		}
	}
	const before = box.scrollTop;
	box.scrollBy({top: 0.9 * Math.min(box.clientHeight, innerHeight), behavior: "instant"});
	return new Promise(done => {
		const end = () => done(box.scrollTop > before);
		setTimeout(end, 250);
		requestAnimationFrame(() => requestAnimationFrame(end));
	});
})()`

// scroll goes down to the page's end, which may move away while it grows.
func (v *visit) scroll(ctx context.Context) error {
	v.mu.Lock()
	v.scrolling = true
	v.mu.Unlock()
	for range v.cfg.Screens {
		moved, err := v.scrollOnce(ctx)
		if err != nil {
			return err
		}
		if moved {
			continue
		}
		if err := v.calm.wait(ctx, v.cfg.Quiet); err != nil {
			return err
		}
		if moved, err = v.scrollOnce(ctx); err != nil || !moved {
			return err
		}
	}
	v.note("render-scroll", "")
	return v.calm.wait(ctx, v.cfg.Quiet)
}

// scrollOnce runs the step out of reach of the page's own scripts. A page that has just gone to
// another document is asked again.
func (v *visit) scrollOnce(ctx context.Context) (bool, error) {
	var err error
	for range 3 {
		var moved bool
		if moved, err = isolated(ctx, scrollStep); err == nil {
			return moved, nil
		}
		if err := v.calm.wait(ctx, v.cfg.Quiet); err != nil {
			return false, err
		}
	}
	return false, fmt.Errorf("scroll: %w", err)
}

func isolated(ctx context.Context, expression string) (bool, error) {
	tab := chromedp.FromContext(ctx).Target
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: cdp.FrameID(tab.TargetID)})
	if err != nil {
		return false, err
	}
	yes := true
	got, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: world.ExecutionContextID, AwaitPromise: &yes, ReturnByValue: &yes,
	})
	if err != nil {
		return false, err
	}
	if got.ExceptionDetails != nil {
		return false, fmt.Errorf("the page cannot be scrolled (line %d)", got.ExceptionDetails.LineNumber)
	}
	var moved bool
	return moved, json.Unmarshal(got.Result.Value, &moved)
}
