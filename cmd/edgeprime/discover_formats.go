package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/edgeprime/edgeprime/crawl"
	"github.com/edgeprime/edgeprime/report/safe"
)

// discoverFormats are the formats that discover prints.
func discoverFormats() []string {
	return []string{"text", "csv", "urls", "jsonl", "manifest", "cloudflare"}
}

// discovered is one asset in an export. Unlike a line of a manifest it says every field, so that a
// reader need not know what an absent one means.
type discovered struct {
	URL        string         `json:"url"`
	Kind       crawl.Kind     `json:"kind"`
	Priority   crawl.Priority `json:"priority"`
	Critical   bool           `json:"critical"`
	Reason     string         `json:"reason"`
	Mode       crawl.Mode     `json:"mode"`
	Initiator  string         `json:"initiator"`
	Page       string         `json:"page"`
	Source     string         `json:"source"`
	Selected   []string       `json:"selected"`
	ThirdParty bool           `json:"third_party"`
	Status     int            `json:"status"`
	Location   string         `json:"location"`
	Canonical  string         `json:"canonical"`
	Bytes      int64          `json:"bytes"`
}

func exported(a crawl.Asset) discovered {
	return discovered{
		URL: a.URL, Kind: a.Kind, Priority: a.Priority, Critical: a.Priority == crawl.Critical, Reason: a.Reason, Mode: a.Mode,
		Initiator: a.Initiator, Page: a.Page, Source: a.Source, Selected: append([]string{}, a.Selected...), ThirdParty: a.ThirdParty,
		Status: a.Status, Location: a.Location, Canonical: a.Canonical, Bytes: a.Bytes,
	}
}

// writeDiscoveredLines writes JSON Lines: one asset a line, then one problem a line, which has the
// key "problem".
func writeDiscoveredLines(w io.Writer, m *crawl.Manifest) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for a := range m.All() {
		if err := enc.Encode(exported(a)); err != nil {
			return fmt.Errorf("discover: %w", err)
		}
	}
	for _, p := range m.Problems {
		if err := enc.Encode(p); err != nil {
			return fmt.Errorf("discover: %w", err)
		}
	}
	return out.Flush()
}

// writeDiscoveredURLs writes the URLs in scope, one a line: a list that url_lists takes.
func writeDiscoveredURLs(w io.Writer, m *crawl.Manifest) error {
	out := bufio.NewWriter(w)
	for a := range m.All() {
		if !a.ThirdParty {
			_, _ = out.WriteString(a.URL + "\n") // Flush tells the error
		}
	}
	return out.Flush()
}

// writeDiscoveredCSV writes a table for spreadsheets (RFC 4180). Credentials are hidden, and no
// value is taken for a formula.
func writeDiscoveredCSV(w io.Writer, m *crawl.Manifest) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write([]string{ // Error tells the error
		"url", "kind", "priority", "critical", "reason", "mode", "page", "source", "selected", "third_party", "status", "location", "canonical", "bytes",
	})
	for a := range m.All() {
		row := []string{
			safe.URL(a.URL), string(a.Kind), string(a.Priority), strconv.FormatBool(a.Priority == crawl.Critical), safe.URL(a.Reason), string(a.Mode),
			safe.URL(a.Page), a.Source, strings.Join(a.Selected, " "), strconv.FormatBool(a.ThirdParty), strconv.Itoa(a.Status),
			safe.URL(a.Location), safe.URL(a.Canonical), strconv.FormatInt(a.Bytes, 10),
		}
		for i, cell := range row {
			row[i] = safe.CSV(cell)
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}
