// Package regions splits a launch into stages and batches, runs them and gates them.
//
// [NewPlan] is pure: manifest and regions in, [Plan] out. A [Dispatcher] walks the plan stage by
// stage and puts batches on a queue; a [Worker] per vantage takes them, asks the edge and records
// one observation for each task, once.
package regions
