package crawl

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxManifestLine bounds one line of a manifest file: an asset holds at most six URLs.
const maxManifestLine = 64 << 10

// Write writes the manifest as JSON Lines: assets sorted by URL, then problems sorted by URL,
// name and detail. Equal manifests are equal byte for byte.
func (m *Manifest) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for a := range m.All() {
		if err := enc.Encode(a); err != nil {
			return fmt.Errorf("crawl: write manifest: %w", err)
		}
	}
	for _, p := range slices.SortedFunc(slices.Values(m.Problems), compareProblems) {
		if err := enc.Encode(p); err != nil {
			return fmt.Errorf("crawl: write manifest: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("crawl: write manifest: %w", err)
	}
	return nil
}

func compareProblems(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Problem, b.Problem), cmp.Compare(a.Detail, b.Detail))
}

// Digest is "sha-256:" and the hexadecimal SHA-256 of exactly what [Manifest.Write] writes.
func (m *Manifest) Digest() string {
	h := sha256.New()
	_ = m.Write(h) // a hash takes everything
	return "sha-256:" + hex.EncodeToString(h.Sum(nil))
}

// ReadManifest reads what [Manifest.Write] wrote. An error names the line.
func ReadManifest(r io.Reader) (*Manifest, error) {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 4096), maxManifestLine)
	var m manifestReader
	line := 0
	for in.Scan() {
		line++
		if err := m.readLine(in.Bytes()); err != nil {
			return nil, fmt.Errorf("crawl: read manifest: line %d: %w", line, err)
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("crawl: read manifest: line %d: %w", line+1, err)
	}
	return &Manifest{Problems: m.problems, assets: m.assets.packed()}, nil
}

// manifestReader is what stands above the next line of a manifest file.
type manifestReader struct {
	assets   packer
	last     string // URL
	problems []Problem
}

// readLine takes a line for an asset, as nearly all are, and looks again when it is none.
func (m *manifestReader) readLine(line []byte) error {
	var a Asset
	err := decodeStrict(line, &a)
	if err == nil {
		return m.addAsset(a)
	}
	var kind struct {
		Problem *string `json:"problem"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return fmt.Errorf("this is no JSON object: %w", err)
	}
	if kind.Problem != nil {
		return m.readProblem(line)
	}
	return err
}

func (m *manifestReader) readProblem(line []byte) error {
	var p Problem
	if err := decodeStrict(line, &p); err != nil {
		return err
	}
	if p.Problem == "" {
		return errors.New("a problem has no name")
	}
	if n := len(m.problems); n > 0 && compareProblems(m.problems[n-1], p) > 0 {
		return errors.New("problems are not sorted; write the manifest anew with discover")
	}
	m.problems = append(m.problems, p)
	return nil
}

func (m *manifestReader) addAsset(a Asset) error {
	if err := a.validate(); err != nil {
		return err
	}
	if len(m.problems) > 0 {
		return errors.New("an asset stands behind a problem; assets come first")
	}
	switch cmp.Compare(m.last, a.URL) {
	case 0:
		return errors.New("the URL of the line before is repeated; keep one")
	case 1:
		return errors.New("assets are not sorted by URL; write the manifest anew with discover")
	}
	m.assets.add(a)
	m.last = a.URL
	return nil
}

func decodeStrict(line []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is text behind the object")
	}
	return nil
}

func (a Asset) validate() error {
	l, err := parseLink(a.URL)
	if err != nil {
		return err
	}
	if l.key != a.URL {
		return errors.New("the URL is not in its WHATWG form without fragment")
	}
	switch a.Kind {
	case Document, Stylesheet, Script, Font, Image, Media, WebApp, Data, Social:
	default:
		return fmt.Errorf("kind %q is unknown", a.Kind)
	}
	switch a.Priority {
	case Critical, High, Low:
	default:
		return fmt.Errorf("priority %q is unknown", a.Priority)
	}
	switch a.Mode {
	case Navigate, NoCORS, CORS:
	default:
		return fmt.Errorf("mode %q is unknown", a.Mode)
	}
	if (a.Mode == CORS) != (a.Initiator != "") {
		return errors.New("an initiator belongs to mode cors, and only there")
	}
	if c, err := parseLink(a.Canonical); a.Canonical != "" && (err != nil || c.key != a.Canonical) {
		return errors.New("the canonical URL is not in its WHATWG form without fragment")
	}
	if a.Status != 0 && (a.Status < 100 || a.Status > 999) || a.Bytes < 0 || a.Epoch < 0 {
		return errors.New("status, bytes or epoch is out of range")
	}
	return nil
}
