package report

import (
	"strings"
	"time"

	"github.com/edgeprime/edgeprime/edge/lint"
)

// place words where a finding was made.
func place(f lint.Finding) string {
	var parts []string
	for _, part := range []struct{ name, value string }{{"region", f.Region}, {"vantage", f.Vantage}, {"variant", f.Variant}} {
		if value := shown(part.value); value != "" {
			parts = append(parts, part.name+" "+value)
		}
	}
	return strings.Join(parts, " · ")
}

// severityWord is a severity, or "note" for one that is not known: it becomes a class of the page.
func severityWord(s lint.Severity) string {
	if rank(s) == len(severities()) {
		return string(lint.Note)
	}
	return string(s)
}

// moreWords says how many were left out.
func moreWords(shown, total int, what string) string {
	if total <= shown {
		return ""
	}
	return "and " + plural(total-shown, "more "+what)
}

// loadTable is the chart of the load in figures.
type loadTable struct {
	Seconds int // of one step of the chart
	Rows    []loadRow
}

// loadRow is one span of the run.
type loadRow struct {
	At           string
	Starts, Open int
}

// loadRows is how many rows the table of the load has at most.
const loadRows = 60

func newLoadTable(series []Second) loadTable {
	t := loadTable{Seconds: int(fold(series, loadSteps).Span / time.Second)}
	rows := fold(series, loadRows)
	for i := range rows.Starts {
		t.Rows = append(t.Rows, loadRow{clock(time.Duration(i) * rows.Span), rows.Starts[i], rows.Open[i]})
	}
	return t
}
