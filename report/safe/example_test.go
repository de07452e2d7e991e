package safe_test

import (
	"fmt"

	"github.com/edgeprime/edgeprime/report/safe"
)

// A line that an edge sent is masked first, then made visible, then written for its format.
func Example() {
	line := "Location: https://user:pass@www.example/next?token=abc|\x1b[31m"
	shown := safe.Text(safe.Header(line), 200)
	fmt.Println(shown)
	fmt.Println(safe.Markdown("see [" + shown[:8] + "]"))
	fmt.Println(safe.CSV("=1+1"))
	// Output:
	// Location: https://***@www.example/next?token=***
	// see \[Location\]
	// '=1+1
}
