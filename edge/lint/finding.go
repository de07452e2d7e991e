package lint

// Severity ranks a finding.
type Severity string

// The severities. A Blocker or an Error makes a launch NOT READY at the default fail level.
const (
	Blocker Severity = "blocker"
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is a rule's complaint about one cell, or about one URL across cells.
type Finding struct {
	Rule     string   `json:"rule"` // such as "ST003"
	Severity Severity `json:"severity"`
	URL      string   `json:"url"`
	Variant  string   `json:"variant,omitempty"`
	Region   string   `json:"region,omitempty"`
	Vantage  string   `json:"vantage,omitempty"`
	// Message says what is wrong, with the values that decided.
	Message string `json:"message"`
	// Evidence are the response header lines that the message rests on, as received.
	Evidence []string `json:"evidence,omitempty"`
	// Fix is the next step, with the exact header line to set where one helps.
	Fix string `json:"fix"`
}
