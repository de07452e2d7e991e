package render

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/crawl"
)

func sent(kind network.ResourceType, i network.Initiator) *network.EventRequestWillBeSent {
	return &network.EventRequestWillBeSent{Type: kind, Initiator: &i, Request: &network.Request{InitialPriority: network.ResourcePriorityHigh}}
}

func TestRecordNamesRequests(t *testing.T) {
	const page, script = "https://shop.example/", "https://shop.example/app.js"
	stack := &runtime.StackTrace{
		CallFrames: []*runtime.CallFrame{{URL: "blob:https://shop.example/1"}},
		Parent:     &runtime.StackTrace{CallFrames: []*runtime.CallFrame{{URL: script + "?token=hunter2", LineNumber: 6}}},
	}
	blocking := sent(network.ResourceTypeStylesheet, network.Initiator{Type: network.InitiatorTypeParser, URL: page, LineNumber: 2})
	blocking.RenderBlockingBehavior = network.RenderBlockingBehaviorBlocking
	prefetch := sent(network.ResourceTypeOther, network.Initiator{Type: network.InitiatorTypeParser, URL: page})
	prefetch.Request.InitialPriority = network.ResourcePriorityVeryLow
	preload := sent(network.ResourceTypeImage, network.Initiator{Type: network.InitiatorTypeParser, URL: page})
	preload.Request.IsLinkPreload = true
	for _, tt := range []struct {
		name     string
		r        request
		e        *network.EventRequestWillBeSent
		source   string
		priority crawl.Priority
		reason   string
	}{
		{"the page", request{kind: network.ResourceTypeDocument, document: true}, nil, "render:other", crawl.Critical, "document"},
		{
			"an image by script",
			request{kind: network.ResourceTypeImage},
			sent(network.ResourceTypeImage, network.Initiator{Type: network.InitiatorTypeScript, Stack: stack}),
			"render:script", crawl.High, "asked for by " + script + ":7",
		},
		{
			"a fetch",
			request{kind: network.ResourceTypeXHR},
			sent(network.ResourceTypeFetch, network.Initiator{Type: network.InitiatorTypeScript, Stack: stack}),
			"render:fetch", crawl.High, "asked for by " + script + ":7",
		},
		{"a style sheet that blocks", request{kind: network.ResourceTypeStylesheet}, blocking, "render:parser", crawl.Critical, "render-blocking, asked for by " + page + ":3"},
		{"a preload", request{kind: network.ResourceTypeImage}, preload, "render:preload", crawl.Critical, "preload, asked for by " + page + ":1"},
		{"a prefetch", request{kind: network.ResourceTypeXHR}, prefetch, "render:parser", crawl.Low, "of the lowest priority, asked for by " + page + ":1"},
		{
			"a prefetch by speculation rules",
			request{kind: network.ResourceTypePrefetch, referer: page},
			sent(network.ResourceTypePrefetch, network.Initiator{Type: network.InitiatorTypeScript, URL: page}),
			"render:script", crawl.Low, "prefetch for a later page, asked for by " + page + ":1",
		},
		{
			"a font",
			request{kind: network.ResourceTypeFont, referer: "https://shop.example/a.css"},
			sent(network.ResourceTypeFont, network.Initiator{Type: network.InitiatorTypeParser}),
			"render:parser", crawl.Critical, "font in use, asked for by https://shop.example/a.css",
		},
		{"the largest paint", request{url: "https://shop.example/hero.png", kind: network.ResourceTypeImage}, nil, "render:other", crawl.Critical, "largest contentful paint"},
		{
			"while scrolling",
			request{kind: network.ResourceTypeImage, late: true},
			sent(network.ResourceTypeImage, network.Initiator{Type: network.InitiatorTypeParser, URL: page}),
			"render:parser", crawl.Low, "requested while scrolling, asked for by " + page + ":1",
		},
		{"by a worker", request{kind: network.ResourceTypeXHR, referer: "https://shop.example/worker.js?v=1"}, nil, "render:worker", crawl.High, "asked for by https://shop.example/worker.js"},
		{
			"a worker",
			request{kind: network.ResourceTypeOther, referer: page},
			sent(network.ResourceTypeScript, network.Initiator{Type: network.InitiatorTypeOther, URL: page}),
			"render:worker", crawl.High, "asked for by " + page + ":1",
		},
		{"a service worker", request{kind: network.ResourceTypeOther, referer: page, worker: true}, nil, "render:worker", crawl.High, "asked for by " + page},
		{"in another site's frame", request{kind: network.ResourceTypeImage, referer: "https://partner.example/"}, nil, "render:frame", crawl.High, "asked for by https://partner.example/"},
		{"the browser itself", request{kind: network.ResourceTypeOther}, nil, "render:other", crawl.High, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := visitOf(t, never(t))
			v.lcp = "https://shop.example/hero.png"
			if tt.e != nil {
				v.sent[sentKey{tt.r.id, tt.r.url}] = tt.e
			}
			a := v.named(tt.r, map[string]bool{page: true, "https://partner.example/": true})
			assert.Equal(t, []any{tt.source, tt.priority, tt.reason, []string{"mobile"}}, []any{a.Source, a.Priority, a.Reason, a.Selected})
		})
	}
}

func TestRecordMergesVisits(t *testing.T) {
	image := func(r request) request {
		r.url, r.kind = "https://shop.example/a.png", network.ResourceTypeImage
		return r
	}
	for _, order := range [][]request{
		{image(request{late: true}), image(request{status: 200, bytes: 5})},
		{image(request{status: 200, bytes: 5}), image(request{late: true})},
	} {
		var rec record
		for i, r := range order {
			v := visitOf(t, never(t))
			v.device.Name = []string{"mobile", "desktop"}[i]
			v.requests = []request{r}
			v.note("render-scroll", "")
			rec.add(v)
		}
		got := rec.rendered()
		assert.Equal(t, []crawl.Asset{{
			URL: "https://shop.example/a.png", Kind: crawl.Image, Mode: crawl.NoCORS, Priority: crawl.High, Page: "https://shop.example/", Source: "render:other",
			Selected: []string{"mobile", "desktop"}, Status: 200, Bytes: 5,
		}}, got.Assets)
		assert.Len(t, got.Problems, 2)
	}
}

func TestLocationOf(t *testing.T) {
	to := func(status int, location string) string {
		return locationOf("https://shop.example/a/b", crawl.Response{Status: status, Header: map[string][]string{"Location": {location}}})
	}
	assert.Equal(t, "https://shop.example/a/c", to(302, "c#x"))
	assert.Equal(t, "https://else.example/", to(301, "https://else.example/"))
	assert.Empty(t, to(200, "c"))
	assert.Empty(t, to(302, "http://[bad"))
}
