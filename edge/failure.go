package edge

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// bodyError marks a failure after the answer's header.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// protocolError is an answer that is not valid HTTP, or not one to what was asked.
type protocolError string

func (e protocolError) Error() string { return "edge: " + string(e) }

// classify names the failure behind an error of the tower. What no other name fits is an answer
// that is not valid HTTP: net/http words these too variously to tell them apart.
func classify(err error) Failure {
	var (
		dns        *net.DNSError
		body       *bodyError
		connecting *connectError
		protocol   protocolError
		timeout    net.Error
	)
	switch {
	case errors.Is(err, ErrAddress):
		return FailAddress
	case errors.Is(err, ErrScope):
		return FailScope
	case errors.As(err, &dns):
		return FailDNS
	case isTLS(err):
		return FailTLS
	case errors.As(err, &protocol):
		return FailProtocol
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		if errors.As(err, &connecting) {
			return FailConnect
		}
		return FailTimeout
	case errors.As(err, &connecting):
		return FailConnect
	case errors.Is(err, errCoding):
		return FailBody
	case isReset(err):
		return FailReset
	case errors.As(err, &body):
		return FailBody
	default:
		return FailProtocol
	}
}

func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		invalid     x509.CertificateInvalidError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &invalid)
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.Contains(err.Error(), "server closed idle connection") ||
		strings.Contains(err.Error(), "stream error") || strings.Contains(err.Error(), "GOAWAY") ||
		strings.Contains(err.Error(), "client connection lost")
}

// describe puts an error into words without what a URL may hide.
func describe(err error) string {
	if inURL, ok := errors.AsType[*url.Error](err); ok {
		err = fmt.Errorf("%s: %w", withoutQuery(inURL.URL), inURL.Err)
	}
	return strings.TrimPrefix(err.Error(), "edge: ")
}

// withoutQuery cuts the query, which may hold a token, and credentials.
func withoutQuery(raw string) string {
	raw, _, _ = strings.Cut(raw, "?")
	if scheme, rest, ok := strings.Cut(raw, "://"); ok {
		if at := strings.LastIndex(rest, "@"); at >= 0 {
			return scheme + "://" + rest[at+1:]
		}
	}
	return raw
}
