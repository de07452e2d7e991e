package crawl

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
)

// prospect is a link, or a redirect of a followed one, that only robots.txt and the limits can
// keep from being followed.
type prospect struct {
	ref

	from item
}

// following is what a crawl knows of the links that it follows.
type following struct {
	next     []prospect
	seen     map[string]bool // prospects, and what a guard keeps out
	robots   map[string]*robots
	ask      []item // robots.txt files
	patterns map[string]int
	queries  map[string]int
}

func newFollowing() following {
	return following{seen: map[string]bool{}, robots: map[string]*robots{}, patterns: map[string]int{}, queries: map[string]int{}}
}

// linksOf is what an item's links are gathered in: nil when they are not followed. Who wants to
// know of every decision hears of those that are too deep, too.
func (r *run) linksOf(it item) *pageLinks {
	if it.level < r.limits.Depth || r.Trace != nil {
		return &pageLinks{most: r.limits.LinksPerPage}
	}
	return nil
}

// mergeLinks makes prospects of the links of one document.
func (r *run) mergeLinks(it item, links *pageLinks) {
	if links == nil {
		return
	}
	if links.more > 0 && it.level < r.limits.Depth {
		r.problem(Problem{
			URL: it.URL, Problem: "limit-links-followed",
			Detail:     fmt.Sprintf("it has %d links; the first %d were considered, raise discovery.links_per_page", links.more+links.most, links.most),
			Incomplete: true,
		})
	}
	for _, l := range links.list {
		l.link = r.scope.preview.public(l.link)
		f := ref{link: l.link, role: readDocument, mask: allViewports, Asset: Asset{
			URL: l.link.key, Kind: Document, Mode: Navigate, Priority: High, Page: it.URL, Source: l.source,
			Reason: fmt.Sprintf("linked, depth %d", it.level+1),
		}}
		if outcome, why := r.judgeLink(it, l); why != "" {
			r.decide(f.Asset, outcome, why)
			continue
		}
		r.follow.seen[f.URL] = true
		r.follow.next = append(r.follow.next, prospect{f, item{level: it.level + 1, origin: l.link.origin()}})
	}
}

// judgeLink says why a link is no prospect; empty when it is one.
func (r *run) judgeLink(it item, l pageLink) (Outcome, string) {
	url := l.link.key
	if err := r.scope.allows(l.link); err != nil {
		return Left, "out of scope: " + err.Error()
	}
	known := r.assets[url]
	_, packed := r.listed.whole.find(url)
	switch {
	case packed && r.documents >= r.limits.Pages:
		return Known, "linked, and listed by a sitemap beyond discovery.pages"
	case known != nil && known.Kind != Document:
		return Known, "linked, and an asset of another kind already"
	case r.asked[askedKey(readDocument, url)]:
		return Known, "linked, and read already"
	case r.follow.seen[url]:
		return Known, "linked before"
	case l.nofollow:
		return Left, "the page asks not to follow the link (nofollow)"
	case it.level >= r.limits.Depth:
		return Left, fmt.Sprintf("linked beyond discovery.depth %d", r.limits.Depth)
	case kindOfURL(l.link.path, Document) != Document:
		return Left, "linked, but no page by its extension"
	}
	name, why := trap(l.link)
	if name == "" {
		name, why = r.walks(l.link)
	}
	if name != "" {
		r.follow.seen[url] = true
		r.leaveOut(name, url)
		return Left, why
	}
	return "", ""
}

// walks counts the links of one pattern, and the queries of one path.
func (r *run) walks(l link) (name, why string) {
	path, pattern := l.origin()+l.path, patternOf(l)
	hasQuery := len(queryOf(l)) > 0
	switch {
	case r.follow.patterns[pattern] >= r.limits.LinksPerPattern:
		return leftPattern, fmt.Sprintf("more than discovery.links_per_pattern %d links differ in numbers and ids only", r.limits.LinksPerPattern)
	case hasQuery && r.follow.queries[path] >= r.limits.QueriesPerPath:
		return leftQueries, fmt.Sprintf("more than discovery.queries_per_path %d queries of one path are linked", r.limits.QueriesPerPath)
	}
	r.follow.patterns[pattern]++
	if hasQuery {
		r.follow.queries[path]++
	}
	return "", ""
}

// followLinks follows one level of links after another, so that the way to each page is the
// shortest whatever its redirects.
func (r *run) followLinks(ctx context.Context) error {
	for len(r.follow.next) > 0 {
		level := r.nextLevel()
		for _, c := range level {
			r.askRobots(c.link.origin())
		}
		if err := r.drain(ctx, &r.follow.ask, batchSize, r.limits.Concurrency); err != nil {
			return err
		}
		for _, c := range level {
			r.followOne(c)
		}
		if err := r.drain(ctx, &r.queue, batchSize, r.limits.Concurrency); err != nil {
			return err
		}
	}
	return nil
}

// nextLevel takes out the prospects that the fewest links lead to.
func (r *run) nextLevel() []prospect {
	least := slices.MinFunc(r.follow.next, func(a, b prospect) int { return cmp.Compare(a.from.level, b.from.level) }).from.level
	var level, rest []prospect
	for _, c := range r.follow.next {
		if c.from.level == least {
			level = append(level, c)
		} else {
			rest = append(rest, c)
		}
	}
	r.follow.next = rest
	return level
}

// followOne takes a prospect unless robots.txt or a limit keeps it out.
func (r *run) followOne(c prospect) {
	left, why := "", ""
	switch rule, ok := r.follow.robots[c.link.origin()].allows(c.link); {
	case r.asked[askedKey(readDocument, c.URL)]:
	case !ok:
		left, why = leftRobots, "robots.txt of "+c.link.hostPort()+": "+rule
	case r.documents >= r.limits.Pages:
		left, why = leftPages, fmt.Sprintf("beyond discovery.pages %d", r.limits.Pages)
	case r.hosts[c.link.hostPort()] >= r.limits.PagesPerHost:
		left, why = leftHostPages, fmt.Sprintf("beyond discovery.pages_per_host %d", r.limits.PagesPerHost)
	}
	if left != "" {
		r.leaveOut(left, c.URL)
		r.decide(c.Asset, Left, why)
		return
	}
	r.take(c.ref, c.from)
}

// askRobots queues the robots.txt of an origin, once.
func (r *run) askRobots(origin string) {
	if r.follow.robots[origin] != nil {
		return
	}
	r.follow.robots[origin] = &robots{closed: "was not read"}
	r.follow.ask = append(r.follow.ask, item{
		Asset:  Asset{URL: origin + "/robots.txt", Kind: Data, Mode: NoCORS, Priority: Low, Source: "robots"},
		role:   readRobots,
		origin: origin,
	})
}

// mergeRobots obeys RFC 9309 section 2.3.1: the rules of what answers, none when the answer is a
// 4xx, and no link at all when nobody knows what the rules are.
func (r *run) mergeRobots(it item, a answer) {
	switch {
	case a.redirects():
		r.redirectRobots(it, a)
	case a.robots != nil:
		r.follow.robots[it.origin] = a.robots
	case a.Failure == "" && a.Status >= http.StatusBadRequest && a.Status < http.StatusInternalServerError:
		r.follow.robots[it.origin] = &robots{}
	case a.Failure == "" && a.Status != 0:
		r.closeRobots(it, fmt.Sprintf("it answers %d", a.Status))
	case a.Failure != "":
		r.closeRobots(it, a.Failure)
	default:
		r.closeRobots(it, "there was no answer")
	}
}

// redirectRobots follows a redirect within the scope. The rules hold where they were asked for.
func (r *run) redirectRobots(it item, a answer) {
	resolver, err := newResolver(it.URL)
	if err != nil {
		return
	}
	l, err := resolver.resolve(a.Header.Get("Location"))
	if err != nil {
		r.closeRobots(it, fmt.Sprintf("it answers %d without a Location that can be fetched", a.Status))
		return
	}
	l = r.scope.preview.public(l)
	if err := r.scope.allowsHost(l); err != nil {
		r.closeRobots(it, fmt.Sprintf("it redirects out of scope (%v)", err))
		return
	}
	if it.hops++; it.hops > robotsRedirects {
		r.closeRobots(it, fmt.Sprintf("it redirects more than %d times in a row", robotsRedirects))
		return
	}
	it.URL = l.key
	r.follow.ask = append(r.follow.ask, it)
}

// closeRobots gives up the links of an origin.
func (r *run) closeRobots(it item, why string) {
	r.follow.robots[it.origin] = &robots{closed: "cannot be read: " + why}
	r.problem(Problem{
		URL: it.origin + "/robots.txt", Problem: "robots-unreachable",
		Detail:     why + "; what it forbids is unknown, so no link to its host was followed: fix it, or declare the pages in the launch file",
		Incomplete: true,
	})
}
