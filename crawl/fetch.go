package crawl

import (
	"context"
	"net/http"
)

// Response is what a [Fetch] was answered.
type Response struct {
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Header holds the answer's header fields, EarlyHints those of 103 answers before it.
	Header, EarlyHints http.Header
	// Body is the whole body with its content codings removed; nil when there is none.
	Body []byte
	// WireBytes is the size of the body as it was sent.
	WireBytes int64
	// Failure says in words why there is no usable answer; empty when there is one.
	Failure string
}

// Fetch asks for one asset and never follows a redirect. A failed fetch is a [Response] with a
// Failure. It returns an error only when the whole crawl must stop. It is called from several
// goroutines at once.
type Fetch func(ctx context.Context, a Asset) (Response, error)

func (r Response) ok() bool {
	return r.Failure == "" && r.Status >= 200 && r.Status <= 299
}

func (r Response) redirects() bool {
	switch r.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return r.Failure == ""
	}
	return false
}
