package edge

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/edgeprime/edgeprime/crawl"
)

// ErrScope means that a request would have left the launch's scope.
var ErrScope = errors.New("edge: out of scope")

// Scoped is the outermost layer of the transport tower: no request leaves the launch's scope, and
// only GET and HEAD are sent. Redirects are never followed here or below; a redirect's target is an
// asset of its own.
type Scoped struct {
	Base  http.RoundTripper
	Scope crawl.Scope
}

// RoundTrip implements http.RoundTripper.
func (s *Scoped) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		return nil, fmt.Errorf("edge: method %s is never sent", req.Method)
	}
	if err := s.Scope.Allows(targetURL(req)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrScope, err)
	}
	return s.Base.RoundTrip(req)
}
