// Package lint holds the rules that decide whether a launch can be served from cache: rules over
// one answer, over an answer and its probes, over one cell, one region, one URL's cells. A rule
// never fetches: it reads evidence.
//
// The catalogue is [Rules]; RULES.md beside this file lists it. A [Linter] is the catalogue under a
// [Config] and one cache's profile, and has one method for each level: [Linter.Response],
// [Linter.Probes], [Linter.Cell], [Linter.Region] and [Linter.URL]. Missing evidence is no finding:
// a report that counts cells says what could not be measured.
//
// One file holds one family of rules: the literals of its rules first, then what they check. A
// check gets an answer with three policies worked out - by the letter of RFC 9111, under the
// profile, in a visitor's browser - and an index of the header fields, so that a rule without
// cause costs next to nothing.
//
// A [Cell] is small and folds [Evidence] as it comes, so that a launch's observations can be
// streams:
//
//	cell.Add(lint.EvidenceOf(observation))
//	findings := linter.Cell(cell)
package lint
