package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"github.com/edgeprime/edgeprime/crawl"
)

// Caps on URL lists.
const (
	maxURL      = 2048      // the longest URL that is taken
	maxList     = 256 << 20 // bytes of one list
	maxListBugs = 20        // mistakes that are shown of one list
)

// checkURL returns why a URL cannot be a start of discovery. The message never shows a query or
// credentials.
func checkURL(raw string) error {
	if raw == "" {
		return errors.New("the URL is empty")
	}
	if len(raw) > maxURL {
		return fmt.Errorf("the URL is longer than %d characters", maxURL)
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return errors.New("the URL holds white space; percent-encode it")
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return fmt.Errorf("%q has no scheme; write https:// in front of it", shown(raw))
	}
	if scheme = strings.ToLower(scheme); scheme != "http" && scheme != "https" {
		return fmt.Errorf("the scheme %q is not http or https", shortened(scheme))
	}
	u, err := whatwg.Parse(raw)
	switch {
	case err != nil || strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, `\`): // browsers guess a host there
		return fmt.Errorf("%q is no URL", shown(raw))
	case u.Username() != "" || u.Password() != "":
		return errors.New("the URL holds a user name or password; use headers with a reference instead")
	}
	return nil
}

// shown is a URL as messages show it: without credentials, query and fragment.
func shown(raw string) string {
	raw, _, _ = strings.Cut(raw, "#")
	raw, _, _ = strings.Cut(raw, "?")
	if i := strings.LastIndex(raw, "@"); i >= 0 {
		raw = "***" + raw[i:]
	}
	return shortened(raw)
}

// urls checks every declared URL, reads the URL lists and makes sure that there is something to
// discover and that it is in scope.
func (c *checker) urls(l *launch, e *env) {
	f := &l.File
	for _, list := range []struct {
		key  string
		urls []string
	}{{"entries", f.Entries}, {"pages", f.Pages}, {"sitemaps", f.Sitemaps}} {
		for i, raw := range list.urls {
			at := path(list.key).index(i)
			if err := checkURL(raw); err != nil {
				c.bad(at, "%s: %s", at, err)
			} else if strings.Contains(raw, "#") {
				c.note("%s: the part behind # is never sent; %s is asked for", at, shown(raw))
			}
		}
	}
	for i, name := range f.URLLists {
		c.urlList(l, e, path("url_lists").index(i), name)
	}
	declared := len(f.Entries) + len(f.Pages) + len(f.Sitemaps) + len(f.URLLists)
	lists := []keyPath{path("entries"), path("pages"), path("sitemaps"), path("url_lists")}
	if slices.ContainsFunc(lists, c.isBroken) {
		return
	}
	if declared == 0 {
		c.bad(path("entries"), "the launch names no page; add entries, pages, sitemaps or url_lists")
		return
	}
	if len(c.found) == 0 {
		c.inScope(l)
	}
}

// inScope reports every declared URL that the launch's own scope keeps out. Path globs choose assets,
// not sitemaps.
func (c *checker) inScope(l *launch) {
	scope := l.CrawlConfig().EffectiveScope()
	hosts := scope
	hosts.Include, hosts.Exclude = nil, nil
	for _, list := range []struct {
		key   string
		urls  []string
		scope crawl.Scope
	}{{"entries", l.File.Entries, scope}, {"pages", l.File.Pages, scope}, {"sitemaps", l.File.Sitemaps, hosts}} {
		for i, raw := range list.urls {
			if err := list.scope.Allows(raw); err != nil {
				at := path(list.key).index(i)
				c.bad(at, "%s is outside the launch's scope: %s", at, strings.TrimPrefix(err.Error(), "crawl: scope: "))
			}
		}
	}
}

// urlList reads a file of URLs, one a line; "#" at the start of a line begins a comment.
func (c *checker) urlList(l *launch, e *env, at keyPath, name string) {
	if name == "" {
		c.bad(at, "%s is empty; name a file of URLs", at)
		return
	}
	file := name
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(l.Path), file)
	}
	data, err := readRegular(file, maxList)
	if err != nil {
		c.bad(at, "%s: %s", at, reason(err))
		return
	}
	found := len(l.urls)
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	lines.Buffer(nil, len(data)+1)
	bugs := 0
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := checkURL(line); err == nil {
			l.urls = append(l.urls, line)
		} else if bugs++; bugs <= maxListBugs {
			c.found = append(c.found, problem{file, n, err.Error()})
		}
	}
	switch {
	case bugs > 0:
		c.bad(at, "%s: %s has %d lines that are no URL", at, name, bugs)
	case len(l.urls) == found:
		c.bad(at, "%s: %s names no URL", at, name)
	}
	e.log.Debug("url list read", slog.String("file", file), slog.Int("urls", len(l.urls)-found))
}

// errTooLarge means that a file is over its cap.
var errTooLarge = errors.New("the file is too large")

// readRegular reads what must be a plain file: a device or a pipe could have no end.
func readRegular(file string, most int64) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", file)
	}
	return readCapped(file, most)
}

// readCapped reads a file that must not be larger than a cap, in bytes.
func readCapped(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return nil, errors.Join(err, errors.New("it is a directory"))
	}
	return capped(f, most)
}

func capped(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%w: the most is %d bytes", errTooLarge, most)
	}
	return data, err
}

// reason says why a file cannot be read, without its name, which the message has already.
func reason(err error) string {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Sprintf("cannot read %s: %s", p.Path, p.Err)
	}
	return err.Error()
}
