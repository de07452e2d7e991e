// Package report turns observations and findings into a verdict, and the verdict into a readiness
// report in every format.
//
// [Build] streams a run's observations once and keeps a small cell for each asset, variant and
// vantage. False beats unknown beats true: a proven failure makes a launch NOT READY, missing
// evidence INCONCLUSIVE, and READY needs complete, correct, fresh evidence for every critical cell.
// The writers render a [Report] without looking at anything else, so a report can be read from its
// JSON and rendered again.
package report
