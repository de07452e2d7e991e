package check

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// The formats.
const (
	FormatText     = "text"     // for a terminal
	FormatJSON     = "json"     // one document, see [Schema]
	FormatJSONL    = "jsonl"    // one line for each answer, see [LineSchema]
	FormatMarkdown = "markdown" // for a pull request or a job summary
	FormatJUnit    = "junit"    // JUnit XML
	FormatSARIF    = "sarif"    // SARIF 2.1.0
	FormatGitHub   = "github"   // annotations of GitHub Actions
	FormatGitLab   = "gitlab"   // GitLab code quality
)

// format is a format and what writes it.
type format struct {
	name  string
	write func(io.Writer, *Check) error
}

func formats() []format {
	return []format{
		{FormatText, WriteText},
		{FormatJSON, WriteJSON},
		{FormatJSONL, WriteJSONL},
		{FormatMarkdown, WriteMarkdown},
		{FormatJUnit, WriteJUnit},
		{FormatSARIF, WriteSARIF},
		{FormatGitHub, WriteGitHub},
		{FormatGitLab, WriteGitLab},
	}
}

// Formats are the names of all formats.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Write writes a result in a format.
func Write(w io.Writer, name string, c *Check) error {
	list := formats()
	i := slices.IndexFunc(list, func(f format) bool { return f.name == name })
	if i < 0 {
		return fmt.Errorf("check: there is no format %q: choose one of %s", name, strings.Join(Formats(), ", "))
	}
	if err := list[i].write(w, c); err != nil {
		return fmt.Errorf("check: %s: %w", name, err)
	}
	return nil
}
