package origin_test

import (
	"context"
	"fmt"

	"github.com/edgeprime/edgeprime/origin"
)

// A guard is shared by everything that may cause load at one origin.
func ExampleGuard() {
	guard, err := origin.NewGuard(origin.Limits{MaxRPS: 20, MaxInFlight: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	permit, err := guard.Acquire(context.Background(), "eu-west")
	if err != nil {
		fmt.Println(err)
		return
	}
	// Ask the edge now. The answer was a hit and was read to its end: the origin was spared, so the
	// permit counts neither as open nor against the rate any more.
	permit.Release(origin.Outcome{Written: true, Complete: true, Status: 200, Spared: true})
	fmt.Println(guard.Legacy())
	// Output: 0s
}

// Limits say what is wrong with them, all at once.
func ExampleLimits_Validate() {
	fmt.Println(origin.Limits{MaxRPS: -1, MaxInFlight: -4}.Validate())
	// Output:
	// origin: max_rps is -1: set the requests per second the origin has agreed to, at least 1
	// origin: max_in_flight is -4: set how many requests may be open at once, at least 1
}
