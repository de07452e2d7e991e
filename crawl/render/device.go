package render

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/edgeprime/edgeprime/crawl"
)

// phoneWidth is the width below which a viewport is a phone's or a tablet's, as crawl has it.
const phoneWidth = 980

// emulate makes the tab a device.
func emulate(ctx context.Context, d crawl.Viewport, product string) error {
	phone := d.Width < phoneWidth
	metrics := emulation.SetDeviceMetricsOverrideParams{
		Width: int64(d.Width), Height: int64(d.Height), DeviceScaleFactor: d.DPR, Mobile: phone,
		ScreenWidth: int64(d.Width), ScreenHeight: int64(d.Height),
	}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, metrics); err != nil {
		return fmt.Errorf("viewport: %w", err)
	}
	touch := emulation.SetTouchEmulationEnabledParams{Enabled: phone}
	if phone {
		touch.MaxTouchPoints = 5
	}
	if _, err := chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, touch); err != nil {
		return fmt.Errorf("touch: %w", err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, userAgent(product, phone)); err != nil {
		return fmt.Errorf("user agent: %w", err)
	}
	return nil
}

// userAgent is what Chrome of the browser's version says of itself. product is such as
// "HeadlessChrome/156.0.8078.108" or "Chrome/156.0.8078.108".
func userAgent(product string, phone bool) emulation.SetUserAgentOverrideParams {
	_, version, _ := strings.Cut(product, "/")
	major, _, _ := strings.Cut(version, ".")
	system, platform, suffix := "X11; Linux x86_64", "Linux", ""
	if phone {
		system, platform, suffix = "Linux; Android 10; K", "Android", " Mobile"
	}
	return emulation.SetUserAgentOverrideParams{
		UserAgent: fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%s.0.0.0%s Safari/537.36", system, major, suffix),
		UserAgentMetadata: &emulation.UserAgentMetadata{
			Brands:   []*emulation.UserAgentBrandVersion{{Brand: "Chromium", Version: major}},
			Platform: platform, Mobile: phone,
		},
	}
}
