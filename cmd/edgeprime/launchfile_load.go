package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/edge"
	"github.com/edgeprime/edgeprime/origin"
	"github.com/edgeprime/edgeprime/regions"
	"github.com/edgeprime/edgeprime/report"
)

// maxLaunchFile bounds a launch file, in bytes.
const maxLaunchFile = 1 << 20

// launch is a launch file that has been read, checked and resolved.
type launch struct {
	File   launchFile // with defaults
	Path   string     // of the launch file; "-" for standard input
	AdHoc  bool       // it leaves no run behind, see asAdHoc
	Digest string     // "sha-256:" and hex of every resolved value but credentials, and of the URL lists

	At        time.Time // in the launch's zone, as the two below
	WarmUntil time.Time
	PrimeAt   time.Time // planned, or now

	Headers map[string]edge.Secret // for preview hosts only
	Proxies map[string]edge.Secret // user:password, by the reference that the launch file has
	Secret  edge.Secret            // that identify sends
	Notes   []string               // what the user should know, in the order of the file

	stages       regions.Stages
	sitemapSince time.Time
	urls         []string // lines of the URL lists
	tree         *tree
}

// CrawlConfig is where discovery starts and how far it goes.
func (l *launch) CrawlConfig() crawl.Config {
	f := l.File
	return crawl.Config{
		Entries: f.Entries, Pages: f.Pages, Sitemaps: f.Sitemaps, URLs: l.urls,
		Scope: f.Scope, Critical: f.Critical, Limits: f.Discovery.Limits,
		SitemapSince: l.sitemapSince, SitemapMinPriority: f.Discovery.SitemapMinPriority,
		Viewports: f.Discovery.Viewports, Candidates: f.Discovery.Candidates, Ask: f.Discovery.Ask,
	}
}

// Stages is the order of the launch with the shield's names resolved.
func (l *launch) Stages() regions.Stages { return l.stages }

// Limits is what the origin has agreed to.
func (l *launch) Limits() origin.Limits { return l.File.Origin.Limits }

// criteria is when the launch is ready.
func (l *launch) criteria() report.Criteria { return l.File.Criteria }

// loadLaunch reads and checks a launch file without any network. It reports every mistake at once,
// each with its line. An empty path means edgeprime.yaml or .edgeprime.yaml in the current folder,
// "-" standard input.
func loadLaunch(e *env, path string, over overrides) (*launch, error) {
	path, data, err := readLaunch(e, path)
	if err != nil {
		return nil, err
	}
	return parseLaunch(e, path, data, over)
}

// parseLaunch is loadLaunch for a file that has been read.
func parseLaunch(e *env, path string, data []byte, over overrides) (*launch, error) {
	t, err := parseTree(path, data)
	if err != nil {
		return nil, err
	}
	t.apply(over)
	c := &checker{tree: t}
	c.shape()
	l := &launch{Path: path, tree: t, Proxies: map[string]edge.Secret{}}
	c.decode(&l.File)
	l.File = l.File.withDefaults()
	c.check(l, e)
	if err := c.err(); err != nil {
		return nil, err
	}
	l.Notes = c.notes
	l.Digest, err = l.digest()
	return l, err
}

// decode fills in the file from what shape has left of the tree. What the library still refuses
// is a problem too.
func (c *checker) decode(f *launchFile) {
	err := c.tree.root.Load(f, yaml.WithKnownFields())
	var all *yaml.LoadErrors
	switch {
	case err == nil:
	case errors.As(err, &all):
		for _, one := range all.Errors {
			c.found = append(c.found, problem{c.tree.file, max(1, one.Mark.Line), unquoted(one.Message)})
		}
	default:
		c.found = append(c.found, problem{c.tree.file, 1, unquoted(err.Error())})
	}
}

// digest names the launch by its resolved values: what a run can be resumed under.
func (l *launch) digest() (string, error) {
	f := l.File
	f.Discovery.Render, f.Discovery.Browser = false, "" // what they found is in the manifest, which has its own digest
	data, err := yaml.Dump(f)
	if err != nil {
		return "", fmt.Errorf("digest of %s: %w", l.Path, err)
	}
	h := sha256.New()
	_, _ = h.Write(data)
	for _, u := range l.urls {
		_, _ = fmt.Fprintln(h, u)
	}
	return "sha-256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// launchNames are the launch files that are found without being named, in the current folder only.
func launchNames() []string { return []string{"edgeprime.yaml", ".edgeprime.yaml"} }

// readLaunch finds and reads the launch file.
func readLaunch(e *env, path string) (string, []byte, error) {
	if path == "-" {
		data, err := capped(e.stdin, maxLaunchFile)
		if err != nil {
			return path, nil, usageError("cannot read the launch file from standard input: %w", err)
		}
		return path, data, nil
	}
	if path == "" {
		i := slices.IndexFunc(launchNames(), func(name string) bool { _, err := os.Stat(name); return err == nil })
		if i < 0 {
			return "", nil, withHint(usageError("there is no launch file: neither edgeprime.yaml nor .edgeprime.yaml is in this folder"),
				"name one with --config FILE, or write one with: edgeprime init")
		}
		path = launchNames()[i]
	}
	data, err := readCapped(path, maxLaunchFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil, withHint(usageError("there is no launch file %s", path), "write one with: edgeprime init %s", path)
	case err != nil:
		return path, nil, usageError("launch file %s: %s", path, reason(err))
	}
	return path, data, nil
}
