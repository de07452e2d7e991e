package lint

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/policy"
)

// lenRules are the rules of lengths, and of HEAD, which tells them.
func lenRules() []Rule {
	return []Rule{
		{
			ID: "LEN001", Severity: Warning, Profiles: []string{"cloudfront"}, check: endUnknown, Source: "AWS documentation, how CloudFront processes dropped connections, 2026-11",
			Title: "body whose end only the connection tells",
			Why:   "when the connection drops, this CDN may keep the part as the whole",
			Fix:   "send Content-Length, or Transfer-Encoding: chunked",
		},
		{
			ID: "LEN002", Severity: Error, check: cutShort, Source: "RFC 9112, section 8",
			Title: "body shorter than Content-Length",
			Why:   "visitors get a broken file, and caches do not keep it",
			Fix:   "send the whole body, and a Content-Length that counts it as coded",
		},
		{
			ID: "LEN003", Severity: Warning, Needs: []Probe{ProbeHead}, compare: headDiffers, Source: "RFC 9110, section 9.3.2",
			Title: "HEAD that is answered otherwise than GET",
			Why:   "caches renew or drop what they stored by the answer to HEAD, and monitors see what visitors do not",
			Fix:   "answer HEAD with the status and the caching fields of GET",
		},
	}
}

func endUnknown(a *answer) *complaint {
	o := a.Observation
	if o.Status != http.StatusOK || a.Method == http.MethodHead || a.has(fieldContentLength) || a.has(fieldTransferEncoding) {
		return nil
	}
	recorded := o.Completeness == "" && strings.HasPrefix(o.Proto, "HTTP/1.")
	if o.Completeness != edge.CompletenessUnknown && !recorded {
		return nil
	}
	return &complaint{message: "the answer has neither Content-Length nor Transfer-Encoding: chunked"}
}

// cutShort goes by a connection that ended within the body: a fetch that was given up for its size
// or for the time it takes proves nothing.
func cutShort(a *answer) *complaint {
	o := a.Observation
	size, ok := lengthOf(o)
	if !ok || o.Completeness != edge.Truncated || o.Failure != edge.FailReset || o.WireBytes >= size {
		return nil
	}
	return &complaint{
		message:  fmt.Sprintf("the body ended after %d of %d bytes", o.WireBytes, size),
		evidence: a.lines("Content-Length"),
	}
}

// lifetimeSlack is how far the lifetimes of two answers may lie apart: some edges count them down.
const lifetimeSlack = time.Minute

// headDiffers compares what caches go by, and not the fields that a server may leave out of an
// answer to HEAD because it learns their values by making the body.
func headDiffers(p *probed) *complaint {
	o := p.get(ProbeHead)
	if o.Status != p.Observation.Status {
		return &complaint{message: fmt.Sprintf("GET is answered %d, HEAD %d", p.Observation.Status, o.Status)}
	}
	requested, received := Instants(o)
	req := policy.Request{Method: http.MethodHead, Header: o.Sent}
	head := policy.Evaluate(req, policy.Response{Status: o.Status, Header: o.Header}, requested, received, policy.RFC9111())
	apart := (head.Lifetime - p.policy.Lifetime).Abs()
	same := head.Storable == p.policy.Storable && head.NoCache == p.policy.NoCache && head.Explicit == p.policy.Explicit
	if same && (!head.Explicit || apart <= max(lifetimeSlack, p.policy.Lifetime/10)) {
		return nil
	}
	return &complaint{
		message:  "HEAD and GET are answered with different caching policies",
		evidence: append(p.lines("Cache-Control", "Expires"), linesOf(o, "Cache-Control", "Expires")...),
	}
}
