package crawl_test

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/edgeprime/edgeprime/crawl"
)

// A Fetch is all that a Crawler knows of the network. Here it answers from memory.
func ExampleCrawler() {
	fetch := func(_ context.Context, _ crawl.Asset) (crawl.Response, error) {
		header := http.Header{"Content-Type": {"text/html"}}
		body := []byte(`<link rel=icon href=/icon.svg><script src=/app.js></script>`)
		return crawl.Response{Status: http.StatusOK, Header: header, Body: body}, nil
	}
	c := crawl.New(crawl.Config{Entries: []string{"https://shop.example/"}}, fetch, nil)
	m, err := c.Crawl(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for a := range m.All() {
		fmt.Println(a.Priority, a.Kind, a.URL)
	}
	// Output:
	// critical document https://shop.example/
	// critical script https://shop.example/app.js
	// low image https://shop.example/icon.svg
}

func ExampleScope_Allows() {
	s := crawl.Scope{Hosts: []string{"shop.example"}, Exclude: []string{"/cart/**"}}
	fmt.Println(s.Allows("https://shop.example/"))
	fmt.Println(s.Allows("https://shop.example/cart/add"))
	// Output:
	// <nil>
	// crawl: scope: path "/cart/add" is kept out by exclude "/cart/**"
}

func ExampleManifest_Write() {
	m := crawl.NewManifest([]crawl.Asset{
		{URL: "https://shop.example/", Kind: crawl.Document, Priority: crawl.Critical, Mode: crawl.Navigate, Source: "entry"},
	})
	if err := m.Write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"url":"https://shop.example/","kind":"document","priority":"critical","mode":"navigate","source":"entry"}
}
