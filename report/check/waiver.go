package check

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge/lint"
)

// WaiverFile is the name under which a file of waivers is found in the current folder.
const WaiverFile = ".edgeprimeignore.yaml"

// MaxWaivers is the size in bytes above which a file of waivers is refused.
const MaxWaivers = 1 << 20

// Waiver is an accepted finding. It silences a finding and never stands for missing evidence.
type Waiver struct {
	// Rule is a rule's id.
	Rule string `json:"rule" yaml:"rule"`
	// URL is a glob of URLs, as the launch file's critical globs are: over the path, or over the
	// whole URL when it holds "://". "/**" covers findings without a URL too, such as a region's.
	URL string `json:"url" yaml:"url"`
	// Region is a region's name; empty means every one.
	Region string `json:"region,omitempty" yaml:"region"`
	// Reason says why, Owner who answers for it; a reason is required.
	Reason string `json:"reason" yaml:"reason"`
	Owner  string `json:"owner,omitempty" yaml:"owner"`
	// Expires is the last day, YYYY-MM-DD in UTC, on which the waiver holds.
	Expires string `json:"expires" yaml:"expires"`
}

// Waivers are the waivers of a file. Nil has none.
type Waivers struct {
	File string
	List []PlacedWaiver
}

// PlacedWaiver is a waiver with the line that it starts at.
type PlacedWaiver struct {
	Waiver

	File string
	Line int
}

// ReadWaivers reads a file of waivers. Every mistake is named with its line.
func ReadWaivers(file string, data []byte) (*Waivers, error) {
	if len(data) > MaxWaivers {
		return nil, fmt.Errorf("%s: the file is larger than %d MiB", file, MaxWaivers>>20)
	}
	r := waiverReader{file: file}
	var top struct {
		Waivers []yaml.Node `yaml:"waivers"`
	}
	if r.load(func() error { return yaml.Load(data, &top, yaml.WithKnownFields()) }, 1, "waivers"); len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	out := &Waivers{File: file}
	for i := range top.Waivers {
		n := &top.Waivers[i]
		w := PlacedWaiver{File: file, Line: n.Line}
		before := len(r.errs)
		r.load(func() error { return n.Load(&w.Waiver, yaml.WithKnownFields()) }, n.Line, "rule, url, region, reason, owner, expires")
		if len(r.errs) == before {
			r.validate(w)
		}
		out.List = append(out.List, w)
	}
	return out, errors.Join(r.errs...)
}

// waiverReader collects mistakes.
type waiverReader struct {
	file string
	errs []error
}

func (r *waiverReader) bad(line int, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %w", r.file, max(1, line), fmt.Errorf(format, args...)))
}

// load records what the YAML library refuses; line is for an error that has none, keys are those
// that there are.
func (r *waiverReader) load(load func() error, line int, keys string) {
	err := load()
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case err == nil:
	case strings.Contains(err.Error(), "no documents"):
		r.bad(line, "the file is empty: write waivers: []")
	case errors.As(err, &all):
		for _, e := range all.Errors {
			if key, isKey := unknownKey(e.Message); isKey {
				r.bad(e.Mark.Line, "there is no key %q; there are: %s", key, keys)
			} else {
				r.bad(e.Mark.Line, "%s", e.Message)
			}
		}
	case errors.As(err, &one):
		r.bad(one.Mark.Line, "the file is no YAML: %s", one.Message)
	default:
		r.bad(line, "%w", err)
	}
}

// unknownKey finds the key in what the YAML library says of one that it does not know: its words
// name Go's types.
func unknownKey(message string) (string, bool) {
	before, _, ok := strings.Cut(message, " not found in type ")
	key, isField := strings.CutPrefix(before, "field ")
	return key, ok && isField
}

func (r *waiverReader) validate(w PlacedWaiver) {
	if rule, ok := lint.Find(w.Rule); !ok || rule.ID != w.Rule {
		r.bad(w.Line, "%q is no rule: edgeprime explain lists them", w.Rule)
	}
	if w.URL == "" {
		r.bad(w.Line, "the waiver of %s has no url: write a glob such as /assets/**, or /** for all", w.Rule)
	} else if err := w.globs().Validate(); err != nil {
		r.bad(w.Line, "url: %s", strings.TrimPrefix(err.Error(), "crawl: critical: include: "))
	}
	if strings.TrimSpace(w.Reason) == "" {
		r.bad(w.Line, "the waiver of %s has no reason: say why it is accepted", w.Rule)
	}
	if _, err := w.until(); w.Expires == "" {
		r.bad(w.Line, "the waiver of %s never ends: set expires to its last day, YYYY-MM-DD", w.Rule)
	} else if err != nil {
		r.bad(w.Line, "expires is %q: write the last day as YYYY-MM-DD", w.Expires)
	}
}

// globs are the waiver's glob.
func (w *Waiver) globs() crawl.Globs { return crawl.Globs{Include: []string{w.URL}} }

func (w *Waiver) covers(url string) bool { return url == "" && w.URL == "/**" || w.globs().Match(url) }

// until is the instant at which the waiver ends.
func (w *Waiver) until() (time.Time, error) {
	day, err := time.Parse(time.DateOnly, w.Expires)
	return day.AddDate(0, 0, 1), err
}

func (w *Waiver) expired(now time.Time) bool {
	until, err := w.until()
	return err != nil || !now.Before(until)
}

func (w *PlacedWaiver) place() string { return fmt.Sprintf("%s:%d", w.File, w.Line) }

func (w *Waivers) len() int {
	if w == nil {
		return 0
	}
	return len(w.List)
}

// find is the place of the waiver that covers a finding, -1 when none does. The last one wins, so
// that a narrow one may follow a wide one.
func (w *Waivers) find(f *Finding, now time.Time) int {
	for i := w.len() - 1; i >= 0; i-- {
		one := &w.List[i]
		if one.Rule == f.Rule && (one.Region == "" || one.Region == f.Region) && !one.expired(now) && one.covers(f.URL) {
			return i
		}
	}
	return -1
}
