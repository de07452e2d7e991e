package render

import (
	"fmt"
	"maps"
	"slices"

	"github.com/edgeprime/edgeprime/crawl"
)

// problems are what the visit's reader must know, in words.
func (v *visit) problems() []crawl.Problem {
	var out []crawl.Problem
	for _, name := range slices.Sorted(maps.Keys(v.notes)) {
		t := v.notes[name]
		words, incomplete := v.words(name, t)
		out = append(out, crawl.Problem{
			URL: v.job.Page.URL, Problem: name, Detail: fmt.Sprintf("on %s %s", v.device.Name, words), Incomplete: incomplete,
		})
	}
	return out
}

// words say what a problem means and what to do, and whether assets may be missing. Requests to
// third parties are no such case by themselves: nearly every page makes some, and the static
// result does not see behind them either.
func (v *visit) words(name string, t *tally) (words string, incomplete bool) {
	switch name {
	case "render-third-party":
		return fmt.Sprintf("%d requests to hosts out of scope were refused, such as %s; what the page loads only after them is not seen, add the host to scope if it belongs to the launch", t.count, t.first), false
	case "render-socket":
		return fmt.Sprintf("%d web sockets or event streams were refused; list under urls what the page loads only after a message", t.count), false
	case "render-scroll":
		return fmt.Sprintf("the page has no end within %d screens, and was not scrolled any further", v.cfg.Screens), false
	case "render-body":
		return fmt.Sprintf("%d bodies were cut after %d MiB, such as that of %s; what the page does with the rest is not seen", t.count, maxBody>>20, t.first), false
	case "render-method":
		return fmt.Sprintf("%d requests other than GET were refused, such as %s; list under urls what the page loads only after them, or put the path under scope.exclude if nothing hangs on it", t.count, t.first), true
	case "render-limit-requests":
		return fmt.Sprintf("the page made more than %d requests, and those behind were refused (%d until the visit ended); check for a loop that makes up URLs", v.cfg.Requests, t.count), true
	case "render-deadline":
		return fmt.Sprintf("the page did not come to rest within %s; raise origin.max_rps if the origin can bear more, or check for a script that never ends", v.cfg.Deadline), true
	case "render-crashed":
		return "the page crashed the browser's tab, so that what it would have loaded then is not known; discover again", true
	case "render-lost":
		return "the browser ended while the page was loaded, so that what the page would have loaded then is not known; check the machine's memory and discover again", true
	default:
		return fmt.Sprintf("the page could not be loaded (%s); open it in a browser and look why", t.first), true
	}
}
