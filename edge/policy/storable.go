package policy

import (
	"net/http"
	"net/url"
	"slices"
)

// whyNot returns why the response must not be stored (RFC 9111, section 3), or "".
func (e *evaluation) whyNot() string {
	status := e.response.Status
	understand := e.has("must-understand")
	special := status == http.StatusPartialContent || status == http.StatusNotModified || understand
	switch {
	case !e.methodAllows():
		return ReasonMethod
	case e.asksNotToStore():
		return ReasonRequest
	case status < 200 || status > 599 || special && !Understood(status):
		return ReasonStatus
	case e.has("no-store") && (!understand || !Understood(status)):
		return ReasonNoStore
	case e.profile.Shared && e.unqualified("private"):
		return ReasonPrivate
	case e.profile.Shared && e.authorized() && !e.sharedWithCredentials():
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
		explicit := e.has("max-age") || e.profile.Shared && e.has("s-maxage") || e.fields.expires.n > 0
		return explicit && e.answersItself()
	}
	return false
}

// answersItself reports whether Content-Location says that the body is what a GET of the request's
// own URL would get (RFC 9110, section 9.3.3). Where the URL is not known, any will do.
func (e *evaluation) answersItself() bool {
	location, ok := find(e.response.Header, "Content-Location")
	if !ok || e.request.URL == "" {
		return ok
	}
	target, err := url.Parse(e.request.URL)
	if err != nil {
		return false
	}
	named, err := target.Parse(trim(location))
	return err == nil && named.String() == target.String()
}

// asksNotToStore reports whether the request says no-store (RFC 9111, section 5.2.1.5).
func (e *evaluation) asksNotToStore() bool {
	var found lines
	found.values(e.request.Header, "Cache-Control")
	return found.n > 0 && !e.behaviour.IgnoresRequest && Lex(found.all()).Has("no-store")
}

// permitted reports whether anything permits to store the response.
func (e *evaluation) permitted() bool {
	return HeuristicStatus(e.response.Status) || e.has("public") || e.has("max-age") || e.fields.expires.n > 0 ||
		e.profile.Shared && e.has("s-maxage") || !e.profile.Shared && e.has("private")
}

// authorized reports whether the request carried credentials that count for this cache.
func (e *evaluation) authorized() bool {
	_, ok := find(e.request.Header, "Authorization")
	return ok && !e.behaviour.IgnoresAuthorization
}

// sharedWithCredentials reports whether a shared cache may reuse an answer to an authorized
// request (RFC 9111, section 3.5).
func (e *evaluation) sharedWithCredentials() bool {
	if needs := e.behaviour.AuthorizationNeeds; len(needs) > 0 {
		return slices.ContainsFunc(needs, e.has)
	}
	return e.has("public") || e.has("must-revalidate") || e.has("s-maxage")
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
