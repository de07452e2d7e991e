package lint_test

import (
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// datRows are the rows of the rules of dates and ages.
func datRows() []ruleRow {
	again := func(header string) map[lint.Probe]*edge.Observation {
		return map[lint.Probe]*edge.Observation{lint.ProbeAgain: observe(200, header)}
	}
	slow := func(r *lint.Response) { r.Observation.Timing.TTFB = 2000 }
	unseen := func(r *lint.Response) { r.Observation.At = time.Time{} }
	w := window()
	w.PrimeAt = now().Add(-time.Minute)
	return []ruleRow{
		{rule: "DAT001", fire: true, header: "Age: 1"},
		{rule: "DAT001", fire: true, status: 404},
		{rule: "DAT001", header: "date: x"},
		{rule: "DAT001", why: "a failing server", status: 500},
		{rule: "DAT002", fire: true, why: "ahead", header: "Date: Tue, 01 Dec 2026 14:00:06 GMT"},
		{rule: "DAT002", why: "within the tolerance", header: "Date: Tue, 01 Dec 2026 14:00:05 GMT"},
		{rule: "DAT002", fire: true, why: "behind", header: "Date: Tue, 01 Dec 2026 13:59:54 GMT"},
		{rule: "DAT002", why: "the exchange took that long", header: "Date: Tue, 01 Dec 2026 13:59:55 GMT", edit: slow},
		{rule: "DAT002", why: "as old as it says", header: "Date: Tue, 01 Dec 2026 13:00:00 GMT|Age: 3600"},
		{rule: "DAT002", fire: true, why: "older than it says", header: "Date: Tue, 01 Dec 2026 13:00:00 GMT|Age: 3594"},
		{rule: "DAT002", fire: true, why: "younger than it says", header: "Date: Tue, 01 Dec 2026 13:00:00 GMT|Age: 3606"},
		{rule: "DAT002", why: "Date is the proxy's", header: "Date: Tue, 01 Dec 2026 14:00:00 GMT|Age: 3600"},
		{rule: "DAT002", why: "a copy that hides its age", header: "Date: Tue, 01 Dec 2026 13:00:00 GMT|X-Cache-Status: HIT"},
		{rule: "DAT002", fire: true, why: "no copy", header: "Date: Tue, 01 Dec 2026 13:00:00 GMT|X-Cache-Status: MISS"},
		{rule: "DAT002", why: "configured", header: "Date: Tue, 01 Dec 2026 14:00:06 GMT", config: lint.Config{ClockSkew: time.Minute}},
		{rule: "DAT002", why: "nobody noted the arrival", header: "Date: Tue, 01 Dec 2026 13:00:00 GMT", edit: unseen},
		{rule: "DAT002", why: "no date", header: "Date: x"},
		{rule: "DAT003", fire: true, header: "Age: 6|Date: Tue, 01 Dec 2026 13:59:55 GMT"},
		{rule: "DAT003", why: "a young copy", header: "Age: 5|Date: Tue, 01 Dec 2026 13:59:55 GMT"},
		{rule: "DAT003", why: "its own Date", header: "Age: 6|Date: Tue, 01 Dec 2026 13:59:54 GMT"},
		{rule: "DAT004", fire: true, header: "Cache-Status: edge; hit"},
		{rule: "DAT004", why: "it says", header: "Cache-Status: edge; hit|Age: 0"},
		{rule: "DAT004", why: "a miss", header: "Cache-Status: edge; fwd=miss"},
		{rule: "DAT004", why: "nginx never does", header: "X-Cache-Status: HIT"},
		{rule: "DAT004", why: "Cloudflare between its tiers", header: "CF-Cache-Status: HIT"},
		{rule: "DAT005", fire: true, header: "X-Cache-Status: HIT|Age: 9", probes: again("X-Cache-Status: HIT|Age: 8")},
		{rule: "DAT005", why: "the same age", header: "X-Cache-Status: HIT|Age: 9", probes: again("X-Cache-Status: HIT|Age: 9")},
		{rule: "DAT005", why: "refilled", header: "X-Cache-Status: HIT|Age: 9", probes: again("X-Cache-Status: MISS|Age: 8")},
		{rule: "DAT005", why: "no hit before", header: "X-Cache-Status: STALE|Age: 9", probes: again("X-Cache-Status: HIT|Age: 8")},
		{
			rule: "DAT005", why: "another place", header: "CF-Cache-Status: HIT|Age: 9|CF-RAY: 1-AMS",
			probes: again("CF-Cache-Status: HIT|Age: 8|CF-RAY: 1-FRA"),
		},
		{rule: "DAT005", why: "not asked again", header: "X-Cache-Status: HIT|Age: 9"},
		{rule: "DAT006", fire: true, header: "X-Cache-Status: HIT|Age: 62", window: w},
		{rule: "DAT006", why: "primed in this run", header: "X-Cache-Status: HIT|Age: 61", window: w},
		{rule: "DAT006", why: "to be primed", header: "X-Cache-Status: HIT|Age: 62", window: w, edit: planned},
		{rule: "DAT006", why: "no run", header: "X-Cache-Status: HIT|Age: 62"},
		{rule: "DAT006", why: "at the origin", header: "Age: 62|X-Cache-Status: HIT", window: w, edit: func(r *lint.Response) { r.Side = lint.SideOrigin }},
	}
}
