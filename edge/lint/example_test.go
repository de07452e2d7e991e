package lint_test

import (
	"fmt"
	"time"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/edge/lint"
)

func ExampleLinter_Response() {
	at := time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC)
	findings := lint.Default().Response(lint.Response{
		Asset: crawl.Asset{URL: "https://www.example/app.css", Priority: crawl.Critical},
		Observation: &edge.Observation{
			URL: "https://www.example/app.css", At: at, Status: 200,
			Header: [][2]string{
				{"Cache-Control", "max-age=600, stale-while-revalidate=60, stale-if-error=86400"},
				{"Date", "Tue, 01 Dec 2026 14:00:00 GMT"},
				{"ETag", `"a"`},
			},
		},
		Window: lint.Window{PrimeAt: at, WarmUntil: at.Add(time.Hour)},
	})
	for _, f := range findings {
		fmt.Println(f.Rule, f.Severity)
		fmt.Println(f.Message)
		fmt.Println(f.Fix)
	}
	// Output:
	// TTL001 blocker
	// the copy expires 2026-12-01 14:10:00 UTC, 50m0s before the warm window ends 2026-12-01 15:00:00 UTC
	// set Cache-Control: stale-while-revalidate=60, stale-if-error=86400, max-age=3600, or prime later
}
