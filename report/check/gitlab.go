package check

import (
	"cmp"
	"encoding/json"
	"io"

	"github.com/edgeprime/edgeprime/edge/lint"
	"github.com/edgeprime/edgeprime/report/safe"
)

// Pseudo is the path that stands for inputs that are in no file of the repository, such as URLs of
// the command line: code scanners know no other place than a file.
const Pseudo = "edgeprime-check"

// issue is an entry of a GitLab code quality report.
type issue struct {
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"` // info, minor, major, critical or blocker
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"`
	Lines lines  `json:"lines"`
}

type lines struct {
	Begin int `json:"begin"`
}

// WriteGitLab writes the findings that count as a GitLab code quality report. One complaint about
// several variants of a URL is one entry, since a fingerprint must be unique.
func WriteGitLab(w io.Writer, c *Check) error {
	issues, seen := []issue{}, map[string]bool{}
	c.each(func(a *Answer, f *Finding) {
		if !f.Counts() || seen[f.Key] {
			return
		}
		seen[f.Key] = true
		path, line, _ := a.artifact()
		issues = append(issues, issue{
			Description: safe.Text(f.Message+" ("+whereOf(a, f)+"); fix: "+f.Fix, markdownText),
			CheckName:   safe.Text(f.Rule, markdownText), Fingerprint: f.Key, Severity: gitlabSeverity(f.Severity),
			Location: location{Path: safe.Text(path, markdownText), Lines: lines{Begin: line}},
		})
	})
	out, err := json.MarshalIndent(issues, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(visible(out), '\n'))
	return err
}

func gitlabSeverity(s lint.Severity) string {
	switch s {
	case lint.Blocker:
		return "blocker"
	case lint.Error:
		return "critical"
	case lint.Warning:
		return "minor"
	default:
		return "info"
	}
}

// artifact is the file and line that a code scanner shows an answer at: a path within the
// repository, else Pseudo. The answer may be nil.
func (a *Answer) artifact() (path string, line int, ok bool) {
	if a == nil || !inside(a.Place.File) {
		return Pseudo, 1, false
	}
	return a.Place.File, cmp.Or(max(a.Place.Line, 0), 1), true
}
