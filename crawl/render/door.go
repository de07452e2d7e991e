package render

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"

	"github.com/edgeprime/edgeprime/crawl"
)

// maxBody is how much of a body a page gets: more than any page, script or image, less than what
// the browser's pipe takes in one message.
const maxBody = 32 << 20

// reply is what a paused request is answered with: a reason to fail, or an answer.
type reply struct {
	fail   network.ErrorReason
	status int
	header []*fetch.HeaderEntry
	body   []byte
}

func refused(why network.ErrorReason) reply { return reply{fail: why} }

func (r reply) send(ctx context.Context, session cdp.Session, id fetch.RequestID) error {
	if r.fail != "" {
		_, err := cdp.Call(ctx, session, fetch.FailRequest, fetch.FailRequestParams{RequestID: id, ErrorReason: r.fail})
		return err
	}
	_, err := cdp.Call(ctx, session, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: id, ResponseCode: int64(r.status), ResponseHeaders: r.header, Body: r.body,
	})
	return err
}

// answer decides on one paused request.
func (v *visit) answer(p *fetch.EventRequestPaused) reply {
	ask := request{
		url: p.Request.URL, id: p.NetworkID, kind: p.ResourceType,
		referer: headerOf(p.Request, "Referer"), origin: headerOf(p.Request, "Origin"),
		frame: p.FrameID, document: p.ResourceType == network.ResourceTypeDocument,
		worker: headerOf(p.Request, "Service-Worker") != "",
	}
	switch {
	case !strings.HasPrefix(ask.url, "http://") && !strings.HasPrefix(ask.url, "https://"):
		return refused(network.ErrorReasonBlockedByClient)
	case isPreflight(p.Request):
		return preflight(p.Request, ask.origin)
	case p.Request.Method != http.MethodGet && p.Request.Method != http.MethodHead:
		return v.refuseMethod(p)
	case !v.take():
		return refused(network.ErrorReasonBlockedByClient)
	case !v.job.Allows(ask.url):
		v.note("render-third-party", withoutQuery(ask.url))
		v.requested(ask)
		return refused(network.ErrorReasonBlockedByClient)
	case strings.HasPrefix(headerOf(p.Request, "Accept"), "text/event-stream"):
		v.note("render-socket", "")
		v.requested(ask)
		return refused(network.ErrorReasonBlockedByClient)
	}
	resp, err := v.fetch(ask.asset(v.job.Page.URL))
	if err != nil {
		v.stop(err)
		return refused(network.ErrorReasonAborted)
	}
	ask.status, ask.bytes, ask.location = resp.Status, max(0, resp.WireBytes), locationOf(ask.url, resp)
	r := v.reply(ask, resp)
	if p.Request.Method == http.MethodHead {
		r.body = nil
	}
	v.requested(ask)
	return r
}

// refuseMethod names what would change something at the origin, or at a third party.
func (v *visit) refuseMethod(p *fetch.EventRequestPaused) reply {
	switch p.ResourceType {
	case network.ResourceTypePing, network.ResourceTypeCSPViolationReport: // nothing waits for the answer
	default:
		name := "render-method"
		if !v.job.Allows(p.Request.URL) {
			name = "render-third-party"
		}
		v.note(name, p.Request.Method+" "+withoutQuery(p.Request.URL))
	}
	return refused(network.ErrorReasonBlockedByClient)
}

// reply is the crawl's answer as the browser takes it.
func (v *visit) reply(ask request, resp crawl.Response) reply {
	if resp.Failure != "" || resp.Status < 100 {
		return refused(network.ErrorReasonConnectionFailed)
	}
	body := resp.Body
	if len(body) > maxBody {
		v.note("render-body", withoutQuery(ask.url))
		body = body[:maxBody]
	}
	return reply{status: resp.Status, header: headerEntries(resp.Header), body: body}
}

// headerEntries leaves out what belongs to the connection and to codings that are removed already.
func headerEntries(h http.Header) []*fetch.HeaderEntry {
	var out []*fetch.HeaderEntry
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch strings.ToLower(name) {
		case "content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "trailer", "upgrade",
			"alt-svc", "proxy-authenticate", "proxy-connection":
			continue
		}
		for _, value := range h[name] {
			out = append(out, &fetch.HeaderEntry{Name: name, Value: strings.ToValidUTF8(value, "")})
		}
	}
	return out
}

func isPreflight(r *network.Request) bool {
	return r.Method == http.MethodOptions && headerOf(r, "Access-Control-Request-Method") != ""
}

// preflight lets the page ask; the answer to its question decides, and it is not sent if it is
// anything but a GET.
func preflight(r *network.Request, origin string) reply {
	return reply{status: http.StatusNoContent, header: []*fetch.HeaderEntry{
		{Name: "Access-Control-Allow-Origin", Value: origin},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: headerOf(r, "Access-Control-Request-Method")},
		{Name: "Access-Control-Allow-Headers", Value: headerOf(r, "Access-Control-Request-Headers")},
	}}
}

func headerOf(r *network.Request, name string) string {
	for key, value := range r.Headers {
		if text, ok := value.(string); ok && strings.EqualFold(key, name) {
			return text
		}
	}
	return ""
}
