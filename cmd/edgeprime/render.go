package main

import (
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/crawl/render"
	"github.com/edgeprime/edgeprime/edge"
)

// renderFlag is discovery.render on the command line.
const renderFlag = "render"

func renderFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: renderFlag, Usage: "load the entries and pages in headless Chromium too, and scroll them"},
	}
}

// renderOverride is what the flag says over the launch file.
func renderOverride(c *cli.Context) overrides {
	if !c.Bool(renderFlag) {
		return nil
	}
	return overrides{{path: path("discovery", "render"), value: "true", source: "flag --" + renderFlag}}
}

// browser finds the browser of a launch that wants one; it starts with the first page. Without,
// nothing is looked for.
func (l *launch) browser() (*render.Browser, error) {
	if !l.File.Discovery.Render {
		return nil, nil //nolint:nilnil // no browser is wanted, and none is given
	}
	b, err := render.New(render.Config{Path: l.File.Discovery.Browser})
	if errors.Is(err, render.ErrNoBrowser) {
		return nil, withHint(usageError("rendered discovery: %w", err),
			"install one (on Debian: apt-get install chromium), name it with discovery.browser, or discover without --render")
	}
	return b, err
}

// maxShown bounds a body that the browser is given: a page looks different without its images.
const maxShown = 32 << 20

// caps bound every exchange of the launch.
func (l *launch) caps(total time.Duration) edge.Caps {
	caps := edge.Caps{Total: total}
	if l.File.Discovery.Render {
		caps.KeptWire, caps.KeptDecoded = maxShown, maxShown
	}
	return caps
}

// shownToBrowser tells whether the browser is given the body. Films and sounds it is not: they are
// primed whole, which may be more than can be kept.
func shownToBrowser(a crawl.Asset) bool {
	return a.Source == "render" && a.Kind != crawl.Media
}

// tellRendered says what the browser was good for.
func (r *launchRun) tellRendered(m *crawl.Manifest) {
	if !r.launch.File.Discovery.Render || m == nil {
		return
	}
	found := 0
	for a := range m.All() {
		if strings.HasPrefix(a.Source, "render:") {
			found++
		}
	}
	r.e.tell("the browser alone found %s", plural(found, "asset"))
}
