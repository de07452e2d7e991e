package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/url"
	stdpath "path"
	"slices"
	"strconv"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/check"
)

// target is a URL that check asks for.
type target struct {
	id    string
	asset crawl.Asset
	place check.Place
	known bool // a manifest has said what to expect
}

// targetsOf makes targets of URLs; place says where each is named.
func targetsOf(urls []string, place func(i int) check.Place) ([]target, error) {
	var targets []target
	for i, raw := range urls {
		at := place(i)
		if err := checkURL(raw); err != nil {
			if at.File != "" {
				err = fmt.Errorf("%s:%d: %w", at.File, at.Line, err)
			}
			return nil, withHint(usageError("%w", err), "name URLs as in https://www.example.com/, a launch file, or --headers-from FILE")
		}
		u, _ := whatwg.Parse(raw) // checkURL has parsed it
		targets = append(targets, target{id: strconv.Itoa(i + 1), asset: guessedAsset(u.Href(true)), place: at})
	}
	return targets, nil
}

// guessedAsset is what a browser would most likely ask the URL as.
func guessedAsset(raw string) crawl.Asset {
	a := crawl.Asset{URL: raw, Kind: crawl.KindOf(raw, ""), Priority: crawl.Critical, Source: "check", Mode: crawl.NoCORS}
	if u, err := url.Parse(raw); err == nil && a.Kind == crawl.Data && stdpath.Ext(u.Path) == "" {
		a.Kind = crawl.Document
	}
	if a.Kind == crawl.Document {
		a.Mode = crawl.Navigate
	}
	return a
}

// urlLines reads a list of URLs, one a line; "#" at the start of a line begins a comment.
func urlLines(in io.Reader, file string) (urls []string, places []check.Place, err error) {
	data, err := capped(in, maxList)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	lines.Buffer(nil, len(data)+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		urls = append(urls, line)
		places = append(places, check.Place{File: file, Line: n, Column: 1})
	}
	return urls, places, lines.Err()
}

// manifestTargets are the assets of a manifest that are in scope, each with its line.
func manifestTargets(in io.Reader, file string) ([]target, error) {
	m, err := crawl.ReadManifest(in)
	if err != nil {
		return nil, withHint(usageError("%s: %w", file, err), "a manifest is what edgeprime discover --format manifest writes")
	}
	var targets []target
	line := 0
	for a := range m.All() {
		line++
		if !a.ThirdParty {
			targets = append(targets, target{id: strconv.Itoa(line), asset: a, place: check.Place{File: file, Line: line, Column: 1}, known: true})
		}
	}
	return targets, nil
}

// declaredTargets are the pages that a launch file names, each with its line. What they load is not
// discovered: a manifest has that.
func (l *launch) declaredTargets() ([]target, error) {
	var urls []string
	var places []check.Place
	for _, list := range []struct {
		key  string
		urls []string
	}{{"entries", l.File.Entries}, {"pages", l.File.Pages}} {
		for i, raw := range list.urls {
			_, mark, _ := l.tree.find(keyPath{list.key}.index(i))
			urls = append(urls, raw)
			places = append(places, check.Place{File: l.Path, Line: max(1, mark.Line), Column: max(1, mark.Column)})
		}
	}
	_, mark, _ := l.tree.find(keyPath{"url_lists"})
	for _, raw := range l.urls {
		urls = append(urls, raw)
		places = append(places, check.Place{File: l.Path, Line: max(1, mark.Line), Column: max(1, mark.Column)})
	}
	return targetsOf(urls, func(i int) check.Place { return places[i] })
}

// hostPages is one URL of each host among the targets.
func hostPages(targets []target) []string {
	var pages []string
	seen := map[string]bool{}
	for _, t := range targets {
		if u, err := url.Parse(t.asset.URL); err == nil && !seen[u.Host] {
			seen[u.Host] = true
			pages = append(pages, t.asset.URL)
		}
	}
	return slices.Clip(pages)
}
