package policy

import (
	"net/http"
	"strings"
)

// whyNot returns why the response must not be stored (RFC 9111, section 3), or "".
func (e *evaluation) whyNot() string {
	ds := e.policy.Directives
	status := e.response.Status
	special := status == 206 || status == 304 || ds.Has("must-understand")
	switch {
	case !e.methodAllows():
		return ReasonMethod
	case status < 200 || status > 599 || special && !Understood(status):
		return ReasonStatus
	case ds.Has("no-store") && (!ds.Has("must-understand") || !Understood(status)):
		return ReasonNoStore
	case e.profile.Shared && ds.Unqualified("private"):
		return ReasonPrivate
	case e.profile.Shared && e.authorized() && !sharedWithCredentials(ds):
		return ReasonAuthorization
	case !e.permitted():
		return ReasonNoFreshness
	}
	return ""
}

// methodAllows reports whether a response to the request's method can be stored.
func (e *evaluation) methodAllows() bool {
	switch e.request.Method {
	case "", http.MethodGet, http.MethodHead:
		return true
	case http.MethodPost:
		ds := e.policy.Directives
		explicit := ds.Has("max-age") || e.profile.Shared && ds.Has("s-maxage") || len(e.fields.expires) > 0
		return explicit && e.fields.contentLocation
	}
	return false
}

// permitted reports whether anything permits to store the response.
func (e *evaluation) permitted() bool {
	ds := e.policy.Directives
	return ds.Has("public") || ds.Has("max-age") || len(e.fields.expires) > 0 ||
		e.profile.Shared && ds.Has("s-maxage") || !e.profile.Shared && ds.Has("private") ||
		HeuristicStatus(e.response.Status)
}

// authorized reports whether the request carried credentials.
func (e *evaluation) authorized() bool {
	for _, h := range e.request.Header {
		if strings.EqualFold(h[0], "Authorization") {
			return true
		}
	}
	return false
}

// sharedWithCredentials reports whether a shared cache may reuse an answer to an authorized
// request (RFC 9111, section 3.5).
func sharedWithCredentials(ds Directives) bool {
	return ds.Has("public") || ds.Has("must-revalidate") || ds.Has("s-maxage")
}

// HeuristicStatus reports whether a status is cacheable without explicit permission (RFC 9110,
// section 15.1).
func HeuristicStatus(status int) bool {
	switch status {
	case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// Understood reports whether a cache knows what a status means for caching: the final statuses of
// RFC 9110. A 304 stores nothing of its own and is not among them.
func Understood(status int) bool {
	switch {
	case status >= 200 && status <= 206, status >= 300 && status <= 303, status == 307, status == 308:
		return true
	case status >= 400 && status <= 417, status == 421, status == 422, status == 426:
		return true
	}
	return status >= 500 && status <= 505
}
