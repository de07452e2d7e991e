package check

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// A judge keeps what the baseline names and no more, however many answers it sees.
func TestJudgeStaysSmall(t *testing.T) {
	t.Parallel()
	known := Answer{ID: "1", URL: "https://www.example/0", Findings: Findings([]lint.Finding{{Rule: "ST008", Severity: lint.Warning, URL: "https://www.example/0"}})}
	j := NewJudge(Criteria{Baseline: NewBaseline(Build(Input{Answers: []Answer{known}}))})
	for i := range 1000 {
		a := Answer{URL: fmt.Sprintf("https://www.example/%d", i), Failure: "no answer"}
		a.Findings = Findings([]lint.Finding{{Rule: "ST008", Severity: lint.Warning, URL: a.URL}})
		j.Judge(&a)
	}
	assert.Len(t, j.met, 1)
	assert.Len(t, j.unseen, 1)
	assert.Equal(t, 1000, j.Decision().Inputs)
	assert.Equal(t, 999, j.Decision().Counting.Warning)
}
