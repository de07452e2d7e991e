package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteJSON writes the report as one JSON document with its schema version.
func WriteJSON(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("report: json: %w", err)
	}
	return nil
}

// Read reads what WriteJSON has written. Another major schema version is refused.
func Read(r io.Reader) (*Report, error) {
	var out Report
	if err := json.NewDecoder(r).Decode(&out); err != nil {
		return nil, fmt.Errorf("report: this is no report: %w", err)
	}
	major, _, _ := strings.Cut(out.SchemaVersion, ".")
	want, _, _ := strings.Cut(SchemaVersion, ".")
	if major != want {
		return nil, fmt.Errorf("report: schema version %q is not %s.x: render it with the edgeprime that made it", out.SchemaVersion, want)
	}
	return &out, nil
}
