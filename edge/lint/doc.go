// Package lint holds the rules that decide whether a launch can be served from cache: rules over
// one observation, and rules over one URL's cells. A rule never fetches: it reads evidence.
//
// The catalogue is [Rules]. Each level has one function: [CheckResponse] for an answer's status and
// headers, [CheckCell] for what a cell showed over the passes, [CheckRegion] for a region's share
// of hits and [CheckURL] for what differs between vantages. Missing evidence is no finding: a
// report that counts cells says what could not be measured.
//
// A [Cell] is small and folds [Evidence] as it comes, so that a launch's observations can be
// streams:
//
//	cell.Add(lint.EvidenceOf(observation))
//	findings := lint.CheckCell(cell, thresholds)
package lint
