package lint

import "regexp"

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
