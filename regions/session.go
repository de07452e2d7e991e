package regions

import (
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// Protocol is the version of what a coordinator and its workers say to each other. They refuse
// another one.
const Protocol = 2

// Hello is what a worker elsewhere says of itself, every few seconds: it is its sign of life too.
type Hello struct {
	Protocol int    `json:"protocol"`
	Tool     string `json:"tool"`   // version of its program
	Worker   string `json:"worker"` // name, unique among workers
}

// Session is what a coordinator answers: the run at work and what the worker needs for it. The worker
// keeps caps of its own whatever it says.
type Session struct {
	Protocol int            `json:"protocol"`
	Tool     string         `json:"tool"`
	Run      string         `json:"run,omitempty"` // empty when none is at work: say hello again later
	Scope    crawl.Scope    `json:"scope"`
	Vantages []edge.Vantage `json:"vantages,omitempty"`   // of the worker's region
	Timeout  time.Duration  `json:"timeout_ns,omitempty"` // of one fetch
	Slots    int            `json:"slots,omitempty"`      // requests that are of use to have open
	Requests int            `json:"requests,omitempty"`   // that are planned for the region, about
}
