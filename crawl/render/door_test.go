package render

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/crawl"
)

// visitOf is a visit whose door leads to a function; what is on shop.example is in scope.
func visitOf(t *testing.T, ask func(crawl.Asset) (crawl.Response, error)) *visit {
	t.Helper()
	job := crawl.Visit{
		Page:   crawl.Asset{URL: "https://shop.example/"},
		Fetch:  func(_ context.Context, a crawl.Asset) (crawl.Response, error) { return ask(a) },
		Allows: func(url string) bool { return strings.HasPrefix(url, "https://shop.example/") },
	}
	return newVisit(t.Context(), Config{Requests: 3}.withDefaults(), job, crawl.Viewport{Name: "mobile"})
}

func paused(method, url string, kind network.ResourceType, fields ...string) *fetch.EventRequestPaused {
	h := network.Headers{}
	for i := 0; i+1 < len(fields); i += 2 {
		h[fields[i]] = fields[i+1]
	}
	return &fetch.EventRequestPaused{RequestID: "1", ResourceType: kind, Request: &network.Request{URL: url, Method: method, Headers: h}}
}

func never(t *testing.T) func(crawl.Asset) (crawl.Response, error) {
	t.Helper()
	return func(a crawl.Asset) (crawl.Response, error) {
		t.Errorf("%s was asked for", a.URL)
		return crawl.Response{}, nil
	}
}

func TestDoorRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		p     *fetch.EventRequestPaused
		note  string
		named bool
	}{
		{"another scheme", paused("GET", "file:///etc/passwd", network.ResourceTypeDocument), "", false},
		{"a third party", paused("GET", "https://third.example/a.js?token=hunter2", network.ResourceTypeScript), "render-third-party", true},
		{"a third party's POST", paused("POST", "https://third.example/collect", network.ResourceTypeXHR), "render-third-party", false},
		{"a POST", paused("POST", "https://shop.example/graph?token=hunter2", network.ResourceTypeXHR), "render-method", false},
		{"a DELETE", paused("DELETE", "https://shop.example/cart", network.ResourceTypeFetch), "render-method", false},
		{"a beacon", paused("POST", "https://shop.example/seen", network.ResourceTypePing), "", false},
		{"OPTIONS that are no preflight", paused("OPTIONS", "https://shop.example/", network.ResourceTypeXHR), "render-method", false},
		{"an event stream", paused("GET", "https://shop.example/events", network.ResourceTypeXHR, "accept", "text/event-stream"), "render-socket", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := visitOf(t, never(t))
			assert.Equal(t, network.ErrorReasonBlockedByClient, v.answer(tt.p).fail)
			assert.Equal(t, tt.named, len(v.requests) == 1)
			if tt.note == "" {
				assert.Empty(t, v.notes)
				return
			}
			assert.Contains(t, v.notes, tt.note)
			assert.NotContains(t, v.problems()[0].Detail, "hunter2")
		})
	}
}

func TestDoorLimitsAVisit(t *testing.T) {
	asked := 0
	v := visitOf(t, func(crawl.Asset) (crawl.Response, error) { asked++; return crawl.Response{Status: 200}, nil })
	for range 5 {
		v.answer(paused("GET", "https://shop.example/a", network.ResourceTypeXHR))
	}
	assert.Equal(t, 3, asked)
	assert.Equal(t, 2, v.notes["render-limit-requests"].count)
}

func TestDoorAnswers(t *testing.T) {
	var asked crawl.Asset
	v := visitOf(t, func(a crawl.Asset) (crawl.Response, error) {
		asked = a
		return crawl.Response{Status: 200, Body: []byte("body"), WireBytes: 3, Header: http.Header{
			"Content-Type": {"text/css"}, "Content-Encoding": {"br"}, "Content-Length": {"3"}, "Set-Cookie": {"a=1", "b=2"}, "X-Odd": {"a\xffb"},
		}}, nil
	})
	r := v.answer(paused("GET", "https://shop.example/f.woff2", network.ResourceTypeFont, "Origin", "https://www.shop.example", "Referer", "https://shop.example/s.css"))
	assert.Equal(t, crawl.Asset{
		URL: "https://shop.example/f.woff2", Kind: crawl.Font, Mode: crawl.CORS, Initiator: "https://www.shop.example", Priority: crawl.High,
		Page: "https://shop.example/", Source: "render",
	}, asked)
	assert.Equal(t, 200, r.status)
	assert.Equal(t, "body", string(r.body))
	assert.Equal(t, []*fetch.HeaderEntry{
		{Name: "Content-Type", Value: "text/css"}, {Name: "Set-Cookie", Value: "a=1"}, {Name: "Set-Cookie", Value: "b=2"}, {Name: "X-Odd", Value: "ab"},
	}, r.header)
	assert.Empty(t, v.answer(paused("HEAD", "https://shop.example/f.woff2", network.ResourceTypeXHR)).body)
}

func TestDoorFailures(t *testing.T) {
	v := visitOf(t, func(crawl.Asset) (crawl.Response, error) { return crawl.Response{Failure: "reset"}, nil })
	assert.Equal(t, network.ErrorReasonConnectionFailed, v.answer(paused("GET", "https://shop.example/a", network.ResourceTypeXHR)).fail)
	assert.NoError(t, v.stopped())

	v = visitOf(t, func(crawl.Asset) (crawl.Response, error) {
		return crawl.Response{}, errors.New("the guard has stopped the run")
	})
	assert.Equal(t, network.ErrorReasonAborted, v.answer(paused("GET", "https://shop.example/a", network.ResourceTypeXHR)).fail)
	assert.ErrorContains(t, v.stopped(), "the guard has stopped the run")

	v = visitOf(t, func(crawl.Asset) (crawl.Response, error) {
		return crawl.Response{Status: 200, Body: make([]byte, maxBody+1)}, nil
	})
	assert.Len(t, v.answer(paused("GET", "https://shop.example/film.mp4", network.ResourceTypeMedia)).body, maxBody)
	assert.Contains(t, v.problems()[0].Detail, "1 bodies were cut after 32 MiB, such as that of https://shop.example/film.mp4")
}

func TestDoorAnswersPreflights(t *testing.T) {
	r := visitOf(t, never(t)).answer(paused("OPTIONS", "https://third.example/", network.ResourceTypeXHR,
		"Origin", "https://shop.example", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-own"))
	assert.Equal(t, http.StatusNoContent, r.status)
	assert.Contains(t, r.header, &fetch.HeaderEntry{Name: "Access-Control-Allow-Headers", Value: "x-own"})
	assert.Contains(t, r.header, &fetch.HeaderEntry{Name: "Access-Control-Allow-Origin", Value: "https://shop.example"})
}
