package lint

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/edgeprime/edgeprime/edge"
)

// edgeRules are the rules of evidence that edges serve from their store: those over one answer
// here, those over cells and regions in edge_cell.go.
func edgeRules() []Rule { return append(edgeAnswerRules(), edgeCellRules()...) }

func edgeAnswerRules() []Rule {
	return []Rule{
		{
			ID: "EDGE003", Severity: Blocker, check: dynamic, Source: "edgeprime",
			Title: "critical asset that the CDN does not consider for its cache",
			Why:   "what is not eligible is fetched from the origin for every visitor, whatever its headers say",
			Fix:   "add a rule that makes the URL eligible for the CDN's cache",
		},
		{
			ID: "EDGE004", Severity: Error, check: bypassed, Source: "edgeprime",
			Title: "critical asset that passes by the edge's cache",
			Why:   "a rule, a cookie or a header keeps the cache out, so every visitor's request reaches the origin",
			Fix:   "remove the rule, cookie or header that keeps the cache out",
		},
		{
			ID: "EDGE006", Severity: Warning, check: disagreeing, answers: onAny, Source: "edgeprime",
			Title: "two status headers that disagree",
			Why:   "one speaks of a cache behind the CDN, so people and tools read the wrong one",
			Fix:   "remove the header of the inner cache at the edge",
		},
		{
			ID: "EDGE007", Severity: Warning, check: notAList, answers: onAny, Source: "RFC 9211, section 2",
			Title: "Cache-Status that is no Structured Field List",
			Why:   "readers that go by the standard drop the whole field",
			Fix:   `report it to the cache's vendor: a member is written as "name"; hit; ttl=60`,
		},
		{
			ID: "EDGE008", Severity: Note, check: noEvidence, Source: "edgeprime",
			Title: "edge answer that does not say what its cache did",
			Why:   "whether it hit is not known, so nothing can be proven by it",
			Fix:   "make the edge send its cache's status, such as the field Cache-Status",
		},
		{
			ID: "EDGE009", Severity: Error, check: statedTooShort, Source: "RFC 9211, section 2.5; Fastly, Fastly-Debug header, 2026-11",
			Title: "critical copy whose remaining life, as the cache states it, ends before the warm window",
			Why:   "the cache knows its copy's life better than any arithmetic on headers",
			Fix:   "prime it later, or give it a longer lifetime",
		},
		{
			ID: "EDGE010", Severity: Note, check: hitAndForwarded, answers: onAny, Source: "RFC 9211, section 2.1",
			Title: "Cache-Status with hit and fwd in one member",
			Why:   "a cache either answers from its store or forwards; together they are read as stale",
			Fix:   "report it to the cache's vendor: a member has hit or fwd",
		},
		{
			ID: "EDGE011", Severity: Warning, check: parentHit, Source: "edgeprime",
			Title: "miss at the edge and hit at a parent",
			Why:   "the origin is spared, but visitors wait for the way to the parent",
			Fix:   "prime the edge itself: ask it until it hits",
		},
		{
			ID: "EDGE012", Severity: Note, check: leaksInternals, answers: onAny, Source: "RFC 9211, section 6",
			Title: "cache keys or debug fields in a plain answer",
			Why:   "they tell everybody how the cache is keyed, which helps to poison it",
			Fix:   "strip them at the edge unless the request asks for them",
		},
	}
}

func dynamic(a *answer) *complaint {
	if !a.critical || a.Observation.Cache.Outcome != edge.Dynamic {
		return nil
	}
	return &complaint{message: "the edge says dynamic: the URL is not eligible for its cache", evidence: a.statusLines()}
}

func bypassed(a *answer) *complaint {
	if !a.critical || a.Observation.Cache.Outcome != edge.Bypass {
		return nil
	}
	return &complaint{message: "the edge's cache was bypassed", evidence: append(a.statusLines(), a.lines("Cache-Control", "Set-Cookie")...)}
}

func disagreeing(a *answer) *complaint {
	if a.Observation.Cache.Conflict == "" {
		return nil
	}
	return &complaint{message: a.Observation.Cache.Conflict, evidence: a.statusLines()}
}

func notAList(a *answer) *complaint {
	if !a.has(fieldCacheStatus) || a.cacheStatus() != nil {
		return nil
	}
	return &complaint{message: "Cache-Status does not parse by RFC 9651", evidence: a.lines("Cache-Status")}
}

// cacheStatus are the members of Cache-Status; nil when it is no list of Items.
func (a *answer) cacheStatus() []httpsfv.Item {
	list, err := httpsfv.UnmarshalList(a.values(fieldCacheStatus))
	if err != nil {
		return nil
	}
	items := make([]httpsfv.Item, 0, len(list))
	for _, member := range list {
		item, ok := member.(httpsfv.Item)
		if !ok {
			return nil
		}
		items = append(items, item)
	}
	return items
}

func noEvidence(a *answer) *complaint {
	if a.Side != SideEdge || a.Observation.Cache.Dialect != "" {
		return nil
	}
	return &complaint{message: "no field says whether the edge answered from its store"}
}

func statedTooShort(a *answer) *complaint {
	ttl := a.statedTTL()
	if ttl == nil || !a.critical || a.Planned || a.Window.WarmUntil.IsZero() {
		return nil
	}
	until := a.policy.Received.Add(time.Duration(*ttl) * time.Second)
	if !until.Before(a.Window.WarmUntil) {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the cache gives its copy %d s more, to %s; the warm window ends %s", *ttl, utc(until), utc(a.Window.WarmUntil)),
		evidence: a.statusLines(),
		fix:      "prime it later, or set " + a.withLifetime(a.needed()),
	}
}

func hitAndForwarded(a *answer) *complaint {
	if !a.has(fieldCacheStatus) {
		return nil
	}
	for _, item := range a.cacheStatus() {
		hit, _ := item.Params.Get("hit")
		if _, fwd := item.Params.Get("fwd"); fwd && hit == true {
			return &complaint{message: "a member of Cache-Status has hit and fwd", evidence: a.lines("Cache-Status")}
		}
	}
	return nil
}

func parentHit(a *answer) *complaint {
	c := &a.Observation.Cache
	if a.Observation.Pass == edge.Prime || c.EdgeHit == nil || *c.EdgeHit || c.Origin != edge.ContactNo ||
		c.Outcome != edge.Miss && c.Outcome != edge.Hit {
		return nil
	}
	return &complaint{message: "the edge had no copy, a parent had one", evidence: a.statusLines()}
}

func leaksInternals(a *answer) *complaint {
	if a.askedForDebug() {
		return nil
	}
	if a.has(fieldDebug) {
		return &complaint{message: "debug fields are sent to everybody", evidence: a.debugLines()}
	}
	if !a.has(fieldCacheStatus) {
		return nil
	}
	for _, item := range a.cacheStatus() {
		if _, key := item.Params.Get("key"); key {
			return &complaint{message: "Cache-Status shows the cache key", evidence: a.lines("Cache-Status")}
		}
	}
	return nil
}

// askedForDebug reports whether the request asked the cache to show itself.
func (a *answer) askedForDebug() bool {
	for _, h := range a.Observation.Sent {
		switch strings.ToLower(h[0]) {
		case "fastly-debug", "x-azure-debuginfo", "x-debug", "x-ec-debug":
			return true
		case "pragma":
			return strings.Contains(strings.ToLower(h[1]), "akamai-x-")
		}
	}
	return false
}

// debugLines are the lines of debug fields, as received.
func (a *answer) debugLines() []string {
	var lines []string
	for _, h := range a.Observation.Header {
		if fieldOf(h[0]) == fieldDebug {
			lines = append(lines, h[0]+": "+h[1])
		}
	}
	return lines
}

// statusLines are the lines in which caches say what they did.
func (a *answer) statusLines() []string {
	return a.lines("CF-Cache-Status", "Akamai-Cache-Status", "X-Vercel-Cache", "CDN-Cache", "Cache-Status", "X-Cache", "X-Cache-Remote",
		"X-Cache-Status", "X-Proxy-Cache", "Fastly-Debug-TTL", "Age")
}

// times words a count.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}
