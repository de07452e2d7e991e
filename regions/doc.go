// Package regions splits a launch into stages and batches, runs them and gates them.
//
// [NewPlan] is pure: manifest and regions in, [Plan] out. A [Dispatcher] walks the plan stage by
// stage and puts batches on a queue; a [Worker] per vantage takes them, asks the edge and records
// one observation for each task, once.
//
// Where no shield is named, the first answers teach which vantages are behind an upper tier that is
// warm ([Lesson]), and that decides who is primed next. A plan that is [Detached] is dealt out in
// shares, each a plan of its own, for processes that know nothing of each other.
package regions
