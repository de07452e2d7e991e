package check_test

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/check"
)

// A result is built once and written in as many formats as are wanted.
func Example() {
	answer := check.Answer{
		ID: "1", URL: "https://www.example/app.css", Method: "GET", Status: 200, Critical: true,
		Findings: check.Findings([]lint.Finding{{
			Rule: "ST008", Severity: lint.Error, URL: "https://www.example/app.css", Message: "no-cache without a validator",
			Evidence: []string{"Cache-Control: no-cache"}, At: &lint.Span{Start: 15, End: 23},
		}}),
	}
	c := check.Build(check.Input{
		Head:    check.Head{Source: "1 URL", Profile: "nginx", Preset: lint.Recommended},
		Answers: []check.Answer{answer},
		Criteria: check.Criteria{
			FailOn: lint.Error, Now: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
		},
	})
	if err := check.Write(os.Stdout, check.FormatGitHub, c); err != nil {
		fmt.Println(err)
	}
	fmt.Println("exit code", c.ExitCode)
	// Output:
	// ::error title=ST008 error::https://www.example/app.css: no-cache without a validator%0ACache-Control: no-cache
	// FAIL  1 finding at error or above
	// exit code 3
}

// A million answers are judged in the memory of one.
func ExampleLines() {
	lines := check.NewLines(io.Discard, check.Criteria{FailOn: lint.Error}) // to a file or a pipe
	for id := range 2 {
		a := check.Answer{ID: strconv.Itoa(id + 1), URL: "https://www.example/", Status: 200, Critical: true}
		if err := lines.Write(&a); err != nil {
			fmt.Println(err)
		}
	}
	if err := lines.Flush(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(lines.Decision().Verdict(), lines.Decision().Inputs)
	// Output:
	// PASS 2
}
