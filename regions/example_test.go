package regions_test

import (
	"fmt"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/regions"
)

// A plan primes the shield first, then a canary region, then the rest.
func ExampleNewPlan() {
	plan, err := regions.NewPlan(regions.Input{
		Launch: "spring-sale",
		Manifest: crawl.NewManifest([]crawl.Asset{
			{URL: "https://www.example/", Kind: crawl.Document, Priority: crawl.Critical},
			{URL: "https://www.example/hero.avif", Kind: crawl.Image, Priority: crawl.High, Bytes: 90_000},
		}),
		Variants: []edge.Variant{{Name: "chromium", Headers: map[string]string{"Accept-Encoding": "gzip, deflate, br, zstd"}}},
		Regions:  []regions.Region{{Name: "us-east"}, {Name: "eu-west"}, {Name: "ap-south"}},
		Stages:   regions.Stages{Shield: []edge.Vantage{{Address: "192.0.2.1:443"}}, Canary: "eu-west"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range plan.Stages {
		fmt.Println(s.Name, s.Cells)
	}
	fmt.Println(plan.Estimate.OriginRequests, "requests to the origin at most")
	// Output:
	// shield 2
	// canary-eu-west 2
	// rest 4
	// 2 requests to the origin at most
}
