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

// Severities are all severities, the worst first.
func Severities() []Severity { return []Severity{Blocker, Error, Warning, Note} }

// AtLeast reports whether s is as bad as other or worse.
func (s Severity) AtLeast(other Severity) bool { return s.rank() <= other.rank() }

// rank is a severity's place, 0 for the worst.
func (s Severity) rank() int {
	for i, other := range Severities() {
		if s == other {
			return i
		}
	}
	return len(Severities())
}

// Span is a place in a finding's evidence: bytes Start to End of the line with that index.
type Span struct {
	Line  int `json:"line"`
	Start int `json:"start"`
	End   int `json:"end"`
}

// Finding is a rule's complaint about one cell, or about one URL across cells.
type Finding struct {
	Rule     string   `json:"rule"` // such as "ST003"
	Severity Severity `json:"severity"`
	URL      string   `json:"url"`
	Variant  string   `json:"variant,omitempty"`
	Region   string   `json:"region,omitempty"`
	Vantage  string   `json:"vantage,omitempty"`
	// Profile is the cache whose rules decided, by the names of package policy.
	Profile string `json:"profile,omitempty"`
	// Message says what is wrong, with the values that decided.
	Message string `json:"message"`
	// Evidence are the response header lines that the message rests on, as received.
	Evidence []string `json:"evidence,omitempty"`
	// At is where in the evidence the trouble is; nil when it is not one place.
	At *Span `json:"at,omitempty"`
	// Fix is the next step, with the exact header line to set where one helps.
	Fix string `json:"fix"`
}
