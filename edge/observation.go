package edge

import (
	"strings"
	"time"
)

// Pass names why a cell was asked.
type Pass string

// The passes of a run, in the order in which a cell meets them.
const (
	// Discover asked for something that is no asset, such as robots.txt or a sitemap.
	Discover Pass = "discover"
	// Prime asks so that the edge stores the asset.
	Prime Pass = "prime"
	// Sample asks some primed cells again, for the gate behind a stage.
	Sample Pass = "sample"
	// Verify asks every cell again on a fresh connection: primed means that it hits.
	Verify Pass = "verify"
	// Confirm asks once more where Verify did not hit: the first answer may have filled a node.
	Confirm Pass = "confirm"
	// Cover repeats what hit, on further fresh connections: another cache node may answer. Round is the number
	// of the repetition.
	Cover Pass = "cover"
	// Recheck asks what a worker elsewhere has measured, from the coordinator's place: they must agree.
	Recheck Pass = "recheck"
	// Pin asks again for a launch page whose content must not have changed; Epoch is the number of the check.
	Pin Pass = "pin"
)

// Completeness says whether a body arrived whole.
type Completeness string

// The values of Completeness. A body with neither length nor chunking that ended with the
// connection is CompletenessUnknown and never supports READY.
const (
	Complete            Completeness = "complete"
	Truncated           Completeness = "truncated"
	CompletenessUnknown Completeness = "unknown"
)

// Failure classes a fetch that ended without a usable answer; empty when there is one.
type Failure string

// The failures.
const (
	FailDNS       Failure = "dns"       // the name did not resolve
	FailAddress   Failure = "address"   // the address guard refused every address
	FailConnect   Failure = "connect"   // no connection
	FailTLS       Failure = "tls"       // handshake or certificate
	FailTimeout   Failure = "timeout"   // a deadline passed
	FailReset     Failure = "reset"     // the connection broke
	FailProtocol  Failure = "protocol"  // not valid HTTP, or headers over the caps
	FailBody      Failure = "body"      // body short, over the caps, or not decodable
	FailScope     Failure = "scope"     // outside the launch's scope
	FailAbandoned Failure = "abandoned" // every worker that had the task ended before it did
	// FailUnreachable means that the host was given up before this task's turn. Nothing was tried,
	// so it is never recorded.
	FailUnreachable Failure = "unreachable"
)

// Attempt is one request that was written to the wire.
type Attempt struct {
	// At is when the write began.
	At time.Time `json:"at"`
	// Ms is how long the exchange took, to the end of the body or the failure, in milliseconds.
	Ms float64 `json:"ms"`
	// Status is the answer's status code, 0 without one.
	Status int `json:"status,omitempty"`
	// Spared is true when the answer proves that the origin was not asked.
	Spared bool `json:"spared,omitempty"`
}

// Timing holds durations in milliseconds.
type Timing struct {
	Connect float64 `json:"connect_ms,omitempty"` // DNS, TCP and TLS; 0 on a reused connection
	RTT     float64 `json:"rtt_ms,omitempty"`     // the TCP handshake with Remote
	Permit  float64 `json:"permit_ms,omitempty"`  // waiting for the origin's limit
	TTFB    float64 `json:"ttfb_ms,omitempty"`    // request written to first byte of the answer
	Total   float64 `json:"total_ms,omitempty"`   // all of it
}

// Observation is everything one fetch showed. It is evidence: nothing in it is judged.
type Observation struct {
	Task    string    `json:"task"` // task id, see regions.Task
	URL     string    `json:"url"`
	Variant string    `json:"variant"`
	Region  string    `json:"region"`
	Vantage string    `json:"vantage"`
	Stage   string    `json:"stage"`
	Pass    Pass      `json:"pass"`
	Epoch   int       `json:"epoch,omitempty"`
	Round   int       `json:"round,omitempty"` // of a repetition, from 1
	At      time.Time `json:"at"`              // when the fetch began, UTC

	Status int         `json:"status,omitempty"` // 0 without an answer
	Proto  string      `json:"proto,omitempty"`  // such as "HTTP/1.1"
	TLS    string      `json:"tls,omitempty"`    // such as "TLS 1.3"
	Header [][2]string `json:"header,omitempty"` // name and value as received, sorted by name; order within a name kept
	// Early holds the Link fields of 103 answers (RFC 8297) that came before.
	Early  [][2]string `json:"early,omitempty"`
	Sent   [][2]string `json:"sent,omitempty"`   // request headers that can select a variant; no credentials
	Remote string      `json:"remote,omitempty"` // ip:port that answered

	Cache     CacheStatus `json:"cache"`
	Challenge string      `json:"challenge,omitempty"` // why the answer is a challenge or block page; empty when it is none

	Digest       string       `json:"digest,omitempty"`      // "sha-256:" and hex, of the decoded body
	Fingerprint  string       `json:"fingerprint,omitempty"` // of a document without what changes on every request; see crawl.Fingerprint
	WireBytes    int64        `json:"wire_bytes,omitempty"`
	Bytes        int64        `json:"bytes,omitempty"` // decoded
	Completeness Completeness `json:"completeness,omitempty"`

	Timing   Timing    `json:"timing"`
	Attempts []Attempt `json:"attempts,omitempty"`
	Failure  Failure   `json:"failure,omitempty"`
	Error    string    `json:"error,omitempty"` // the failure in words, without query strings or credentials
}

// Get returns the first value of the named header field, compared without case, or "".
func (o *Observation) Get(name string) string {
	for _, v := range o.Values(name) {
		return v
	}
	return ""
}

// Values returns the values of the named header field, compared without case, in received order.
func (o *Observation) Values(name string) []string {
	var values []string
	for _, h := range o.Header {
		if strings.EqualFold(h[0], name) {
			values = append(values, h[1])
		}
	}
	return values
}
