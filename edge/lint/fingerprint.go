package lint

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Fingerprint says whether a URL's path changes with what it names.
type Fingerprint string

// The fingerprints.
const (
	FingerprintNone    Fingerprint = "none"
	FingerprintHash    Fingerprint = "hash"    // a hash of the content, or a build id
	FingerprintVersion Fingerprint = "version" // a version number
)

// fingerprints detects fingerprints.
type fingerprints struct{ include, exclude []*regexp.Regexp }

func newFingerprints(p FingerprintPatterns) fingerprints {
	var f fingerprints
	for _, pattern := range p.Include {
		f.include = append(f.include, regexp.MustCompile(pattern)) // Config.Validate has compiled it
	}
	for _, pattern := range p.Exclude {
		f.exclude = append(f.exclude, regexp.MustCompile(pattern))
	}
	return f
}

// Fingerprint says whether the path of a URL changes with what it names. A query never counts,
// since several caches leave it out of their key.
func (l *Linter) Fingerprint(rawURL string) Fingerprint { return l.of(rawURL) }

// of returns the fingerprint of a URL: what the patterns say, else what its path shows.
func (f fingerprints) of(rawURL string) Fingerprint {
	path := pathOf(rawURL)
	switch {
	case matches(f.exclude, path):
		return FingerprintNone
	case matches(f.include, path):
		return FingerprintHash
	}
	directories := strings.Split(strings.Trim(path, "/"), "/")
	file := directories[len(directories)-1]
	directories = directories[:len(directories)-1]
	stem, extension := file, ""
	if i := strings.LastIndexByte(file, '.'); i >= 0 {
		stem, extension = file[:i], strings.ToLower(file[i+1:])
	}
	switch {
	case hashedStem(stem):
		return FingerprintHash
	case !loaded(extension):
		return FingerprintNone
	}
	if slices.ContainsFunc(directories, func(d string) bool { return base64url(d) || len(d) >= 8 && hexToken(d) }) {
		return FingerprintHash
	}
	if versionedStem(stem) || slices.ContainsFunc(directories, versionedDirectory) {
		return FingerprintVersion
	}
	return FingerprintNone
}

// pathOf returns the decoded path of a URL; of text that is none, what stands before a query.
func pathOf(rawURL string) string {
	if u, err := url.Parse(rawURL); err == nil {
		return u.Path
	}
	path, _, _ := strings.Cut(rawURL, "#")
	path, _, _ = strings.Cut(path, "?")
	if _, rest, ok := strings.Cut(path, "://"); ok {
		_, path, _ = strings.Cut(rest, "/")
	}
	return path
}

func matches(patterns []*regexp.Regexp, path string) bool {
	return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(path) })
}

// hashedStem reports whether a file's name without its extension has a hash: a token of hex
// digits, or a part in the manner of base64url.
func hashedStem(stem string) bool {
	for token := range strings.FieldsFuncSeq(stem, func(r rune) bool { return r == '.' || r == '_' || r == '-' }) {
		if hexToken(token) {
			return true
		}
	}
	return hasPart(stem, base64url)
}

// hasPart reports whether a test holds for a part of a stem between dots, or for what follows the
// first or the last hyphen of one.
func hasPart(stem string, test func(string) bool) bool {
	for part := range strings.SplitSeq(stem, ".") {
		_, afterFirst, _ := strings.Cut(part, "-")
		if test(part) || test(afterFirst) || test(part[strings.LastIndexByte(part, '-')+1:]) {
			return true
		}
	}
	return false
}

// maybeHashed reports whether the last segment of a URL's path may have a hash that nobody can
// tell from a name or a date: by chance every fourth hash of Vite has no digit, and those of
// esbuild have no lower-case letter.
func maybeHashed(rawURL string) bool {
	path := pathOf(rawURL)
	file := path[strings.LastIndexByte(path, '/')+1:]
	return hasPart(file, func(s string) bool {
		if len(s) < shortestHash || len(s) > longestHash {
			return false
		}
		upper, digit := 0, 0
		for i := range len(s) {
			switch c := s[i]; {
			case c >= 'A' && c <= 'Z':
				upper++
			case c >= '0' && c <= '9':
				digit++
			}
		}
		return upper > 1 || digit >= shortestHash
	})
}

// Bounds of the length of a hash in base64url.
const (
	shortestHash = 8
	longestHash  = 22
)

// hexToken reports whether s is 5 to 64 hex digits with a decimal digit and a letter among them.
func hexToken(s string) bool {
	if len(s) < 5 || len(s) > 64 {
		return false
	}
	var digit, letter bool
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case s[i] >= '0' && s[i] <= '9':
			digit = true
		case c >= 'a' && c <= 'f':
			letter = true
		default:
			return false
		}
	}
	return digit && letter
}

// base64url reports whether s looks like a short hash in base64url: 8 to 22 characters with a
// lower-case letter, an upper-case one and a digit among them.
func base64url(s string) bool {
	if len(s) < shortestHash || len(s) > longestHash {
		return false
	}
	var lower, upper, digit bool
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case c >= '0' && c <= '9':
			digit = true
		case c != '-' && c != '_':
			return false
		}
	}
	return lower && upper && digit
}

// loaded reports whether an extension is that of a script, style, image, font or media file: of
// data, a directory such as v1 names an interface and not a release.
func loaded(extension string) bool {
	switch extension {
	case "js", "mjs", "cjs", "wasm", "css",
		"png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp", "apng", "jxl",
		"woff", "woff2", "ttf", "otf", "eot",
		"mp4", "webm", "mp3", "m4a", "ogg", "oga", "ogv", "wav", "flac", "mov", "m4v", "m4s", "ts", "aac":
		return true
	}
	return false
}

// versionedStem reports whether a stem has a version: 1.2 or 1.2.3 as a delimited part, or a
// number of three digits or more between dots.
func versionedStem(stem string) bool {
	parts := strings.Split(stem, ".")
	for i, part := range parts {
		if i > 0 && len(part) >= 3 && digits(part) {
			return true
		}
		if i+1 == len(parts) {
			break
		}
		major := part[strings.LastIndexAny(part, "-_")+1:]
		minor := parts[i+1]
		if end := strings.IndexAny(minor, "-_"); end >= 0 {
			minor = minor[:end]
		}
		if digits(major) && digits(minor) {
			return true
		}
	}
	return false
}

// versionedDirectory reports whether a directory is 1.2.3, or starts with v and a digit.
func versionedDirectory(s string) bool {
	if len(s) > 1 && s[0]|0x20 == 'v' && s[1] >= '0' && s[1] <= '9' {
		return true
	}
	numbers := 0
	for part := range strings.SplitSeq(s, ".") {
		if !digits(part) {
			return false
		}
		numbers++
	}
	return numbers == 3
}

// digits reports whether s is decimal digits, at least one.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
