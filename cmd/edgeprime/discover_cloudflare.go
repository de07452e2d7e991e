package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
)

// The limits of Cloudflare's URL prefetching: manifests, and URLs and bytes of each.
const (
	prefetchFiles = 16
	prefetchURLs  = 1024
	prefetchBytes = 1 << 20
)

// writePrefetch writes the assets as manifests for Cloudflare's URL prefetching, an Enterprise
// feature: text files of URLs that Link fields of answers point at. It prefetches only what
// Cloudflare caches by default, and nothing where the cache key is changed.
func (d *discoverer) writePrefetch(m *crawl.Manifest) error {
	files, skipped, beyond := prefetchManifests(m)
	if len(files) == 0 {
		return withHint(inconclusive("nothing of this is cached by Cloudflare by default, so there is nothing to prefetch"),
			"it caches by file extension, and neither HTML nor JSON; prime the documents with: edgeprime launch")
	}
	if d.output == "" || d.output == "-" {
		for _, file := range files[1:] {
			beyond += len(file)
		}
		files = files[:1]
	}
	for i, urls := range files {
		name := numbered(d.output, i)
		err := d.e.writeTo(name, func(w io.Writer) error {
			out := bufio.NewWriter(w)
			for _, url := range urls {
				_, _ = out.WriteString(url + "\n") // Flush tells the error
			}
			return out.Flush()
		})
		if err != nil {
			return err
		}
		file := "prefetch.txt"
		if name != "" && name != "-" {
			file = filepath.Base(name)
		}
		d.e.tell("%s: %s; serve it as text/plain, turn on Prefetch URLs, and send with a page: Link: <%s/%s>; rel=\"prefetch\"",
			file, plural(len(urls), "URL"), originOf(urls[0]), file)
	}
	if hosts := prefetchHosts(files); len(hosts) > 1 {
		d.e.tell("the URLs are of %s, each of which must be behind Cloudflare: %s", plural(len(hosts), "host"), strings.Join(hosts, ", "))
	}
	if skipped > 0 {
		d.e.tell("%s left out: Cloudflare does not cache their file extension by default; prime them with: edgeprime launch", plural(skipped, "asset"))
	}
	if beyond > 0 {
		d.e.tell("%s left out: a manifest holds %d URLs, and a zone %d manifests; -o FILE writes more than one", plural(beyond, "asset"), prefetchURLs, prefetchFiles)
	}
	return nil
}

// prefetchHosts are the hosts of all URLs, sorted.
func prefetchHosts(files [][]string) []string {
	hosts := map[string]bool{}
	for _, url := range slices.Concat(files...) {
		hosts[hostOf(url)] = true
	}
	return slices.Sorted(maps.Keys(hosts))
}

// originOf is the scheme, host and port of a URL in its WHATWG form.
func originOf(url string) string {
	host := hostOf(url)
	return url[:strings.Index(url, host)+len(host)]
}

// prefetchManifests are the lines of each file, the critical assets first, and how many assets are
// not cached by default or beyond the limits. What is third party or was answered with an error has
// no line.
func prefetchManifests(m *crawl.Manifest) (files [][]string, skipped, beyond int) {
	size := 0
	for _, p := range priorities() {
		for a := range m.All() {
			switch {
			case a.Priority != p || a.ThirdParty || a.Status >= http.StatusBadRequest:
				continue
			case !cachedByExtension(a.URL):
				skipped++
				continue
			}
			last := len(files) - 1
			if last < 0 || len(files[last]) == prefetchURLs || size+len(a.URL)+1 > prefetchBytes {
				if len(files) == prefetchFiles {
					beyond++
					continue
				}
				files = append(files, nil)
				last, size = last+1, 0
			}
			files[last] = append(files[last], a.URL)
			size += len(a.URL) + 1
		}
	}
	return files, skipped, beyond
}

// numbered is the name of the file that follows others: list.txt, list-2.txt, list-3.txt.
func numbered(name string, i int) string {
	if i == 0 {
		return name
	}
	ext := filepath.Ext(name)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), i+1, ext)
}

// cachedByExtension tells what Cloudflare caches without a rule: by the file extension, whatever the
// type of the answer.
func cachedByExtension(url string) bool {
	url, _, _ = strings.Cut(url, "?")
	ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(url)), ".")
	return slices.Contains(strings.Fields(`7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso jar
		jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf webm webp woff woff2 xls
		xlsx zip zst`), ext)
}
