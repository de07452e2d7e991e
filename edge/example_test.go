package edge_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
)

// A fetcher asks one edge at a pinned address, with Host and SNI of the URL, and writes down what
// the answer showed.
func ExampleFetcher() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Status", "fra1; hit; ttl=3600")
		fmt.Fprint(w, "hello from ", r.Host)
	}))
	defer server.Close()
	address := server.Listener.Addr().String()

	guard, err := edge.NewAddressGuard([]string{address}) // loopback is refused unless it is named
	if err != nil {
		fmt.Println(err)
		return
	}
	pool := edge.NewPool(&edge.Dialer{Guard: guard, Vantage: edge.Vantage{Name: "fra", Address: address}}, 0)
	defer func() { _ = pool.Close() }()
	fetcher := &edge.Fetcher{
		Base:      &edge.Scoped{Base: pool, Scope: crawl.Scope{Hosts: []string{"www.example"}}},
		UserAgent: "edgeprime/example",
	}
	o, body, err := fetcher.Fetch(context.Background(), edge.Request{Asset: crawl.Asset{URL: "http://www.example/"}, Keep: true})
	fmt.Println(err, o.Status, o.Cache.Outcome, o.Cache.Origin, o.Completeness)
	fmt.Println(string(body))
	// Output:
	// <nil> 200 hit no complete
	// hello from www.example
}
